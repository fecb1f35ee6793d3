# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter

from odoo import api, models

from odoo.addons.audit_chain.tools import chain

from ..tools import footprint

# What makes a fact that fact: the same text again means that nothing has changed.
IDENTITY = (
    "source",
    "name",
    "sensor_code",
    "lot_name",
    "document",
    "process_step",
    "allocation_note",
    "amount",
    "unit",
    "conversion",
    "converted_unit",
    "start_ms",
    "end_ms",
    "start_reading",
    "end_reading",
    "shared_with",
    "factor_name",
    "factor_unit",
    "factor_value",
    "gwp_set",
    "kg_co2e",
    "scope",
    "stage",
    "red_term",
    "biogenic_emitted_kg",
    "biogenic_removed_kg",
    "market_name",
    "market_kg_co2e",
    "market_gap",
    "market_claim_ids",
    "log_variance",
    "gap",
)


class CarbonActivity(models.Model):
    """Facts (dicts from meters, moves and people) become activities, weighed by the pure logic."""

    _inherit = "carbon.activity"

    @api.model
    def _weigh_facts(self, facts: list[dict], production, gwp_set: str):
        """Return the values of an activity for each fact, and the result of the pure logic."""
        result = footprint.compute(
            [self._to_tool(str(index), fact) for index, fact in enumerate(facts)], gwp_set
        )
        leaves = {leaf.key: leaf for leaf in result.leaves}
        gaps = {gap.key: gap for gap in result.gaps}
        rows, seen = [], Counter()
        for index, fact in enumerate(facts):
            key = str(index)
            row = self._prepare_from_fact(fact, production, leaves.get(key), gaps.get(key), gwp_set)
            identity = {name: _text(row.get(name)) for name in IDENTITY}
            # two alike (the same lot taken twice) are two activities, not one
            repeats = seen[chain.digest(identity)]
            seen[chain.digest(identity)] += 1
            rows.append(row | {"fingerprint": chain.digest(identity | {"repeat": str(repeats)})})
        return rows, result

    @api.model
    def _to_tool(self, key: str, fact: dict) -> footprint.Activity:
        return footprint.Activity(
            key=key,
            label=fact["name"],
            amount=fact.get("amount"),
            unit=fact["unit"],
            factor=fact.get("factor"),
            gap=fact.get("gap") or "",
            gap_code=fact.get("gap_code") or footprint.DATA,
            subject=fact.get("subject") or "",
            conversion=fact.get("conversion") or 1,
            converted_unit=fact.get("converted_unit") or "",
        )

    @api.model
    def _prepare_from_fact(self, fact, production, leaf, gap, gwp_set) -> dict:
        factor = fact.get("factor")
        row = {name: value for name, value in fact.items() if name in self._fields}
        return row | {
            "production_id": production.id,
            "company_id": production.company_id.id,
            "date": fact.get("date") or production._get_carbon_date(),
            "state": "counted" if leaf else "incomplete",
            "factor_name": f"{factor.code} {factor.version}" if factor else False,
            "factor_unit": leaf.unit if leaf else False,
            "factor_value": leaf.value if leaf else None,
            "gwp_set": gwp_set,
            "kg_co2e": leaf.kg_co2e if leaf else None,
            "gap": gap.sentence if gap else False,
        }

    @api.model
    def _store(self, rows: list[dict], facts: list[dict], production):
        """Return an activity for each row: the one that says the same already, or a new one.

        A delivered draft becomes the activity itself; those no longer said lose their mark.
        """
        stored = self.search(
            [("production_id", "=", production.id), ("state", "!=", "draft")], order="id"
        )
        known = {activity.fingerprint: activity for activity in stored}
        fresh = []
        for row, fact in zip(rows, facts, strict=True):
            if row["fingerprint"] in known:
                continue
            draft = fact.get("delivered", self).filtered(lambda a: a.state == "draft")
            if draft:
                draft._stamp(_to_columns(row))
                known[row["fingerprint"]] = draft
            else:
                fresh.append(row)
        created = self._create_counted([_to_columns(row) for row in fresh])
        known |= {activity.fingerprint: activity for activity in created}
        activities = [known[row["fingerprint"]] for row in rows]
        self.concat(*activities).filtered(lambda a: not a.is_current)._set_current(True)
        (stored.filtered("is_current") - self.concat(*activities))._set_current(False)
        return activities


def _text(value) -> str:
    """Return a value as it enters the fingerprint."""
    if value is None or value is False:
        return ""
    return footprint.plain(value) if hasattr(value, "quantize") else str(value)


def _to_columns(row: dict) -> dict:
    """Return the row with decimals as the floats that columns take."""
    return {
        name: float(value) if hasattr(value, "quantize") else value for name, value in row.items()
    }
