# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import basis, covering, footprint
from .carbon_instrument import PLACES


class CarbonActivity(models.Model):
    """Bought energy is covered by contractual instruments, each as far as it reaches."""

    _inherit = "carbon.activity"

    market_claim_ids = fields.One2many(
        "carbon.instrument.claim", "activity_id", string="Claims of instruments", readonly=True
    )

    @api.model
    def _weigh_facts(self, facts, production, gwp_set):
        """Cover the bought energy of a batch first: its meters take of the same instruments."""
        left = {}
        covered = [
            fact | {"by_market": self._get_market(fact, production, gwp_set, left)}
            for fact in facts
        ]
        return super()._weigh_facts(covered, production, gwp_set)

    @api.model
    def _prepare_from_fact(self, fact, production, leaf, gap, gwp_set) -> dict:
        row = super()._prepare_from_fact(fact, production, leaf, gap, gwp_set)
        return row | fact["by_market"]

    @api.model
    def _get_market(self, fact: dict, production, gwp_set: str, left: dict) -> dict:
        """Return the market-based figure of bought energy and its claims, or why there is none.

        `left` is what the instruments have left for this order, by id; what is claimed goes off.
        """
        if fact.get("scope") != "2":
            return {}
        leaf = footprint.weigh(self._to_tool("market", fact), gwp_set)
        if isinstance(leaf, footprint.Gap):
            return {}
        factor = self.env["carbon.factor"].browse(fact.get("factor_id") or ())
        on_date = fact.get("date") or production._get_carbon_date()
        instruments = self.env["carbon.instrument"]._find(production.company_id, factor, on_date)
        if not instruments:
            gap = self.env._("no contractual instrument covers it on %s", on_date)
            return {"market_gap": f"{fact['name']}: {gap}."}
        for instrument in instruments.filtered(lambda one: one.id not in left):
            left[instrument.id] = instrument._get_left(production)
        cover = covering.cover(leaf.amount, instruments._get_sources(left, leaf.unit))
        return self._weigh_cover(cover, fact["name"], leaf, on_date, gwp_set, left)

    @api.model
    def _weigh_cover(self, cover, label: str, leaf, on_date, gwp_set: str, left: dict) -> dict:
        """Weigh each part with the factor of its instrument; a part without one claims nothing."""
        names, kilograms, claims = [], [], []
        for part in cover.parts:
            instrument = self.env["carbon.instrument"].browse(part.key)
            version = instrument.factor_id._get_version(on_date)
            factor = version._to_tool() if version else None
            own = footprint.Activity("market", label, part.amount, leaf.unit, factor)
            result = footprint.weigh(own, gwp_set)
            if isinstance(result, footprint.Gap):
                return {"market_gap": result.sentence}
            kilograms.append(result.kg_co2e)
            name = f"{version.display_name} ({instrument._get_label()})"
            names.append((_plain(part.amount), name))
            claims.append((instrument, instrument._get_claim(part.amount, leaf.unit)))
        answer = self._say_cover(cover, names, label, leaf, on_date)
        if cover.is_whole:
            answer["market_kg_co2e"] = footprint.total(kilograms)
        return answer | {"market_claim_ids": self._prepare_claims(claims, left)}

    @api.model
    def _say_cover(self, cover, names: list, label: str, leaf, on_date) -> dict:
        """Return what covers an amount, part by part where it is split, and what covers nothing."""
        unit = basis.unit(leaf.unit).label
        if cover.is_whole and len(names) == 1:
            return {"market_name": names[0][1]}
        parts = "; ".join(f"{amount} {unit}: {name}" for amount, name in names)
        if cover.is_whole:
            return {"market_name": parts}
        gap = self.env._(
            "the contractual instruments leave %(rest)s of %(amount)s %(unit)s uncovered on "
            "%(date)s",
            rest=_plain(cover.rest),
            amount=_plain(leaf.amount),
            unit=unit,
            date=on_date,
        )
        return {"market_name": parts, "market_gap": f"{label}: {gap}."}

    @api.model
    def _prepare_claims(self, claims: list, left: dict) -> list:
        """Return commands for the claims, and take them off what is left."""
        commands = []
        for instrument, amount in claims:
            if amount <= 0:
                continue
            if left[instrument.id] is not None:
                left[instrument.id] -= amount
            vals = {"instrument_id": instrument.id, "company_id": instrument.company_id.id}
            commands.append(Command.create(vals | {"amount": float(amount)}))
        return commands


def _plain(amount: Decimal) -> str:
    """Return an amount as people read it."""
    return footprint.plain(to_decimal(amount, PLACES))
