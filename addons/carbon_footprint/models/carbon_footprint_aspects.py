# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import allocation, footprint, uncertainty

BIOGENIC = ("biogenic_emitted_kg", "biogenic_removed_kg")


class CarbonFootprint(models.Model):
    """Figures beside the total: by stage, market-based, biogenic apart, and how sure they are."""

    _inherit = "carbon.footprint"

    scope2_market_kg_co2e = OptionalFloat(
        string="Scope 2, market-based (kg CO2e)",
        readonly=True,
        help="With the instruments that covered the energy. Empty: see what is missing.",
    )
    market_kg_co2e = OptionalFloat(
        string="Product, market-based (kg CO2e)",
        readonly=True,
        help="The figure of the product with scope 2 by market instead of by location.",
    )
    market_gap_text = fields.Text(string="No market-based figure because", readonly=True)
    biogenic_emitted_kg = OptionalFloat(string="Biogenic CO2 emitted (kg)", readonly=True)
    biogenic_removed_kg = OptionalFloat(
        string="Biogenic CO2 removed (kg)",
        readonly=True,
        help="Beside the figure and never netted with it, nor with what is emitted.",
    )
    biogenic_note = fields.Text(string="Biogenic CO2 not stated for", readonly=True)
    gsd = OptionalFloat(
        string="Geometric standard deviation",
        readonly=True,
        aggregator=None,
        digits=None,
        help="By data quality: about 68 % of outcomes lie between the figure divided and "
        "multiplied by it, 95 % by its square. Source: " + uncertainty.SOURCE,
    )

    @api.model
    def _get_aspects(self, rows, parts, outputs, is_complete: bool) -> dict:
        """Return figures (decimals or None) and texts beside the total, for the main product."""
        stages = self._get_stages(rows, parts) if is_complete else {}
        weights = [row["numerator"] for row in outputs] if is_complete else []
        mains = [index for index, row in enumerate(outputs) if row["is_main"]]
        figures = self._get_market_figures(rows, parts, weights, mains)
        figures |= self._get_biogenic_figures(rows, weights, mains)
        pairs = zip(rows, parts, strict=True) if is_complete else ()
        figures["gsd"] = uncertainty.propagate([(part, row["log_variance"]) for row, part in pairs])
        unstated = [row["name"] for row in rows if row.get("biogenic_removed_kg") is None]
        gaps = [row["market_gap"] for row in rows if row.get("market_gap")]
        return {
            "figures": figures,
            "texts": {
                "market_gap_text": "\n".join(gaps),
                "biogenic_note": ", ".join(dict.fromkeys(unstated)),
            },
            "stages": {stage: footprint.plain(value) for stage, value in stages.items()},
        }

    @api.model
    def _get_stages(self, rows, parts) -> dict:
        stages = {}
        for row, part in zip(rows, parts, strict=True):
            stages.setdefault(row.get("stage") or "processing", []).append(part)
        return {stage: footprint.total(values) for stage, values in sorted(stages.items())}

    @api.model
    def _get_market_figures(self, rows, parts, weights, mains) -> dict:
        """Return scope 2 and the whole by market; None while any bought energy has no answer."""
        none = {"scope2_market_kg_co2e": None, "market_kg_co2e": None}
        if not weights or any(row.get("market_gap") for row in rows):
            return none
        bought = [row["market_kg_co2e"] for row in rows if row.get("scope") == "2"]
        others = [part for row, part in zip(rows, parts, strict=True) if row.get("scope") != "2"]
        market = footprint.total(self._get_main_part(value, weights, mains) for value in bought)
        return {
            "scope2_market_kg_co2e": market,
            "market_kg_co2e": footprint.total(others) + market,
        }

    @api.model
    def _get_biogenic_figures(self, rows, weights, mains) -> dict:
        """Return what the product carries of biogenic CO2 as far as it is stated."""
        figures = {}
        for name in BIOGENIC:
            stated = [row[name] for row in rows if row.get(name) is not None]
            figures[name] = (
                footprint.total(self._get_main_part(value, weights, mains) for value in stated)
                if weights and stated
                else None
            )
        return figures

    @api.model
    def _get_main_part(self, value, weights, mains):
        parts = allocation.split(value, weights, footprint.QUANTUM)
        return footprint.total(parts[index] for index in mains)
