# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.audit_chain.tools import chain

from ..tools import footprint

FORMAT = "batchproof-footprint/1"
ACTIVITY_TEXTS = (
    "source",
    "name",
    "sensor_code",
    "lot_name",
    "document",
    "shared_with",
    "process_step",
    "allocation_note",
    "unit",
    "converted_unit",
    "conversion_note",
    "factor_name",
    "factor_unit",
    "gwp_set",
    "scope",
    "stage",
    "red_term",
    "data_quality",
    "market_name",
    "market_gap",
    "gap",
)
ACTIVITY_FIGURES = (
    "biogenic_emitted_kg",
    "biogenic_removed_kg",
    "market_kg_co2e",
    "log_variance",
    "amount",
    "share",
    "conversion",
    "start_reading",
    "end_reading",
    "factor_value",
)


class CarbonFootprint(models.Model):
    """The values and the snapshot of a new version."""

    _inherit = "carbon.footprint"

    @api.model
    def _prepare_version(self, production, rule, rows, activities, result, division, reason):
        """Return the values of a new version from the results of the pure logic.

        `rows` are the values of `activities`, still in decimals; `division` is what
        `carbon.rule._divide` returned.
        """
        gaps = [*result.gaps, *division["gaps"]]
        is_complete = result.is_complete and not gaps
        outputs = [self._weigh_output(row, is_complete) for row in division["outputs"]]
        parts = self._get_product_parts(division["outputs"], rows, is_complete)
        figures = self._get_figures(result, rows, parts, outputs, is_complete)
        aspects = self._get_aspects(rows, parts, division["outputs"], is_complete)
        figures |= aspects["figures"]
        content = self._prepare_content(production, rule, reason) | {
            "state": "complete" if is_complete else "incomplete",
            **self._describe_gaps(gaps),
            **{name: footprint.plain(value) for name, value in figures.items()},
            **aspects["texts"],
            "stages": aspects["stages"],
            "outputs": [self._describe_output(row) for row in outputs],
            "activities": [
                self._describe_activity(row, part) for row, part in zip(rows, parts, strict=True)
            ],
        }
        return self._prepare_common(production, rule, reason, content) | {
            **{name: _column(value) for name, value in figures.items()},
            **{name: text or False for name, text in aspects["texts"].items()},
            "line_ids": [
                Command.create(self._prepare_line(production, index, activity, row, part))
                for index, (activity, row, part) in enumerate(
                    zip(activities, rows, parts, strict=True), start=1
                )
            ],
            "output_ids": [Command.create(self._prepare_output(production, o)) for o in outputs],
        }

    @api.model
    def _prepare_failed(self, production, gap: footprint.Gap, reason: str) -> dict:
        """Return the values of a version that could not be calculated at all."""
        rule = self.env["carbon.rule"]._get_rule(production)
        content = self._prepare_content(production, rule, reason) | {
            "state": "incomplete",
            **self._describe_gaps([gap]),
            **{name: None for name in ("total_kg_co2e", "product_kg_co2e", "kg_co2e_per_kg")},
            "outputs": [],
            "activities": [],
        }
        return self._prepare_common(production, rule, reason, content)

    @api.model
    def _describe_gaps(self, gaps: list[footprint.Gap]) -> dict:
        """Return the sentences for the plant; for everybody else code, subject and its line."""
        return {
            "gaps": [gap.sentence for gap in gaps],
            "lacking": [
                {
                    "code": gap.code,
                    "subject": gap.subject,
                    "line": int(gap.key) + 1 if gap.key else None,
                }
                for gap in gaps
            ],
        }

    @api.model
    def _prepare_content(self, production, rule, reason: str) -> dict:
        start_ms, end_ms = production._get_carbon_window()
        product = production.product_id
        return {
            "format": FORMAT,
            "company": production.company_id.name,
            "order": production.name,
            "product": {"code": product.default_code or "", "name": product.name},
            "date": fields.Date.to_string(production._get_carbon_date()),
            "window": {"start_ms": start_ms, "end_ms": end_ms},
            "reason": reason,
            "rule": {
                "name": rule.name or "",
                "allocation_basis": rule.allocation_basis or "",
                "gwp_set": rule.gwp_set or "",
                "declared_gwp_set": rule.declared_gwp_set or "",
                "mixed_batches": rule.mixed_batches or "",
                "boundary": rule.boundary or "",
            },
            "left_out": production._get_carbon_left_out(),
        }

    @api.model
    def _prepare_common(self, production, rule, reason: str, content: dict) -> dict:
        unchanging = {
            name: value
            for name, value in content.items()
            if name not in ("reason", "window", "date")
        }
        return {
            "company_id": production.company_id.id,
            "production_id": production.id,
            "product_id": production.product_id.id,
            "reason": reason,
            "date": content["date"],
            "start_ms": content["window"]["start_ms"],
            "end_ms": content["window"]["end_ms"],
            "state": content["state"],
            "gap_text": "\n".join(content["gaps"]) or False,
            "rule_name": rule.name,
            "allocation_basis": rule.allocation_basis,
            "gwp_set": rule.gwp_set,
            "boundary": rule.boundary,
            "snapshot": chain.canonical(content),
            "fingerprint": chain.digest(unchanging),
        }

    # -- figures ------------------------------------------------------------------------------

    @api.model
    def _weigh_output(self, row: dict, is_complete: bool) -> dict:
        """Return an output with its figure; none while the footprint is incomplete."""
        kg_co2e = footprint.total(row["parts"]) if is_complete else None
        per_kg = footprint.per_kg(kg_co2e, row["kg"]) if is_complete else None
        return row | {"kg_co2e": kg_co2e, "kg_co2e_per_kg": per_kg}

    @api.model
    def _get_product_parts(self, outputs, rows, is_complete: bool) -> list:
        """Return the main product's part of each activity, None where there is no figure."""
        if not is_complete:
            return [None] * len(rows)
        columns = [row["parts"] for row in outputs if row["is_main"]]
        return [footprint.total(parts) for parts in zip(*columns, strict=True)]

    @api.model
    def _get_figures(self, result, rows, parts, outputs, is_complete: bool) -> dict:
        """Return the figures of the footprint; what is not known is None."""
        product = footprint.total(parts) if is_complete else None
        mains = [row["kg"] for row in outputs if row["is_main"]]
        kg = None if not mains or None in mains else sum(mains)
        scopes = {
            f"scope{scope}_kg_co2e": footprint.total(
                part for row, part in zip(rows, parts, strict=True) if row.get("scope") == scope
            )
            if is_complete
            else None
            for scope in ("1", "2", "3")
        }
        return {
            "known_kg_co2e": result.known,
            "total_kg_co2e": result.known if is_complete else None,
            "product_kg_co2e": product,
            "quantity_kg": kg,
            "kg_co2e_per_kg": footprint.per_kg(product, kg) if is_complete else None,
            **scopes,
        }

    # -- rows ---------------------------------------------------------------------------------

    @api.model
    def _prepare_line(self, production, sequence, activity, row, part) -> dict:
        return {
            "company_id": production.company_id.id,
            "sequence": sequence,
            "activity_id": activity.id,
            "kg_co2e": _column(row["kg_co2e"]),
            "product_kg_co2e": _column(part),
        }

    @api.model
    def _prepare_output(self, production, row: dict) -> dict:
        return {
            "company_id": production.company_id.id,
            "product_id": row["product"].id,
            "lot_id": row["lot"].id,
            "is_main": row["is_main"],
            "is_residue": row["is_residue"],
            "quantity_kg": _column(row["kg"]),
            "numerator": _column(row["numerator"]),
            "denominator": _column(row["denominator"]),
            "kg_co2e": _column(row["kg_co2e"]),
            "kg_co2e_per_kg": _column(row["kg_co2e_per_kg"]),
        }

    @api.model
    def _describe_output(self, row: dict) -> dict:
        figures = ("kg", "numerator", "denominator", "kg_co2e", "kg_co2e_per_kg")
        return {
            "product": row["product"].default_code or row["product"].name,
            "lot": row["lot"].name or "",
            "is_main": row["is_main"],
            "is_residue": row["is_residue"],
            **{name: footprint.plain(row[name]) for name in figures},
        }

    @api.model
    def _describe_activity(self, row: dict, part) -> dict:
        return {
            **{name: row.get(name) or "" for name in ACTIVITY_TEXTS},
            **{name: footprint.plain(row.get(name)) for name in ACTIVITY_FIGURES},
            "start_ms": row.get("start_ms") or None,
            "end_ms": row.get("end_ms") or None,
            "kg_co2e": footprint.plain(row["kg_co2e"]),
            "product_kg_co2e": footprint.plain(part),
        }


def _column(value):
    """Return a decimal as the float a column takes; what is not known stays None."""
    return None if value is None else float(value)
