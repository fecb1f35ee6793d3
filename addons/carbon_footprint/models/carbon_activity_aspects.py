# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal, localcontext

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import basis, footprint, tree, uncertainty

PLACES = 12
NODE_TEXTS = (
    "source", "scope", "stage", "red_term", "unit", "factor_name", "document", "lot_name",
    "data_quality",
)  # fmt: skip
NODE_FIGURES = ("amount", "factor_value")


class CarbonActivity(models.Model):
    """What an activity tells beside its figure: biogenic CO2, market-based scope 2, uncertainty."""

    _inherit = "carbon.activity"

    source_output_id = fields.Many2one(
        "carbon.footprint.output",
        string="Carried over from",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The batch that made the consumed lot, as its footprint stood then.",
    )
    biogenic_emitted_kg = OptionalFloat(string="Biogenic CO2 emitted (kg)", readonly=True)
    biogenic_removed_kg = OptionalFloat(string="Biogenic CO2 removed (kg)", readonly=True)
    market_name = fields.Char(string="Market-based with", readonly=True)
    market_kg_co2e = OptionalFloat(string="Market-based (kg CO2e)", readonly=True)
    market_gap = fields.Char(string="No market-based figure because", readonly=True)
    log_variance = OptionalFloat(
        readonly=True, aggregator=None, digits=None, help="Variance of the logarithm of the figure."
    )

    @api.model
    def _prepare_from_fact(self, fact, production, leaf, gap, gwp_set) -> dict:
        row = super()._prepare_from_fact(fact, production, leaf, gap, gwp_set)
        if not leaf:
            return row
        aspects = self._get_biogenic(fact, leaf) | self._get_spread(fact)
        return row | aspects

    # -- biogenic carbon ----------------------------------------------------------------------

    @api.model
    def _get_biogenic(self, fact: dict, leaf) -> dict:
        """Return biogenic CO2 of a leaf; None where its source does not state it."""
        if fact.get("source_output_id"):
            output = self.env["carbon.footprint.output"].browse(fact["source_output_id"])
            per_unit = output._get_biogenic_per_kg()
        else:
            version = self._get_fact_version(fact)
            per_unit = [
                None if not version or version[name] is False else to_decimal(version[name], PLACES)
                for name in ("biogenic_emitted", "biogenic_removed")
            ]
        with localcontext() as context:
            context.prec = footprint.PRECISION
            emitted, removed = (
                None if value is None else (leaf.amount * value).quantize(footprint.QUANTUM)
                for value in per_unit
            )
        return {"biogenic_emitted_kg": emitted, "biogenic_removed_kg": removed}

    @api.model
    def _get_fact_version(self, fact: dict):
        return self.env["carbon.factor.version"].browse(fact.get("factor_version_id") or ())

    # -- uncertainty --------------------------------------------------------------------------

    @api.model
    def _get_spread(self, fact: dict) -> dict:
        """Return the variance of the logarithm of amount times factor, by their data quality."""
        quality = fact.get("data_quality")
        output = self.env["carbon.footprint.output"].browse(fact.get("source_output_id") or ())
        if output:
            upstream = output.footprint_id.gsd
            amount = uncertainty.variance(uncertainty.SCORES["measured"])
            if upstream is False:
                return {"log_variance": amount + uncertainty.variance(uncertainty.UNSCORED)}
            return {"log_variance": amount + uncertainty.from_gsd(to_decimal(upstream, 3))}
        version = self._get_fact_version(fact)
        amount_quality = "measured" if quality == "default" else quality
        amount = uncertainty.SCORES.get(amount_quality, uncertainty.UNSCORED)
        factor = version._get_scores() if version else uncertainty.SCORES["declared"]
        dimension = basis.unit(fact.get("converted_unit") or fact["unit"]).dimension
        return {"log_variance": uncertainty.combined(amount, factor, dimension)}

    # -- opened -------------------------------------------------------------------------------

    def _get_node_facts(self) -> dict[str, str]:
        """Return what people want to see beside a figure of the opened tree."""
        self.ensure_one()
        figures = {name: footprint.plain(Decimal(repr(self[name]))) for name in NODE_FIGURES}
        return {name: self[name] or "" for name in NODE_TEXTS} | figures

    def _get_gas_nodes(self, facts: dict) -> tuple[tree.Node, ...]:
        """Return the gases of the factor version, weighing against each other."""
        self.ensure_one()
        version = self.factor_version_id
        gases = version._get_gas_masses() if version else {}
        parts = tree.by_gas(Decimal(repr(self.factor_value)), gases, self.gwp_set)
        return tuple(tree.Node(gas, kg, (), facts | {"gas": gas}) for gas, kg in parts.items())
