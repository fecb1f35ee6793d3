# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import red, red_values, red_worksheet

INPUTS = (
    "name", "kind", "sequence", "term", "basis", "quantity", "unit", "factor_id", "own_factor",
    "own_gwp_set", "source", "gas", "distance", "fuel_use", "load", "is_empty_back",
    "carbon_before", "carbon_after", "other_chain_id",
)  # fmt: skip
OUTPUTS = ("name", "sequence", "quantity", "unit", "lhv", "lhv_basis", "moisture", "is_waste")
STEPS = ("name", "sequence", "term", "feed_quantity", "feed_unit")
DEPENDS = (
    *(f"step_ids.{name}" for name in STEPS),
    *(f"step_ids.input_ids.{name}" for name in INPUTS),
    *(f"step_ids.output_ids.{name}" for name in OUTPUTS),
    "step_ids.input_ids.factor_id.version_ids.state",
    "pathway", "feedstock_kind", "use", "delivered_on", "plant_start", "gwp_set", "name",
    "electrical_efficiency", "heat_efficiency", "heat_temperature", "eec_source", "ep_source",
    "etd_source", "is_restored_land", "land_bonus", "manure_credit",
)  # fmt: skip


class CarbonRedChain(models.Model):
    """What follows from the steps, computed as they are typed and stored nowhere."""

    _inherit = "carbon.red.chain"

    is_complete = fields.Boolean(compute="_compute_figures")
    gaps = fields.Text(string="What is missing", compute="_compute_figures")
    findings = fields.Text(string="Doubts", compute="_compute_figures")
    total = OptionalFloat(string="E (g CO2eq/MJ)", digits=None, compute="_compute_figures")
    final = OptionalFloat(
        string="E of electricity or heat (g CO2eq/MJ)", digits=None, compute="_compute_figures"
    )
    comparator_value = OptionalFloat(
        string="EF (g CO2eq/MJ)", digits=None, compute="_compute_figures"
    )
    saving = OptionalFloat(digits=None, compute="_compute_figures")
    threshold = OptionalFloat(string="Minimum saving", digits=None, compute="_compute_figures")
    is_met = fields.Boolean(string="Saving is reached", compute="_compute_figures")
    worksheet = fields.Html(compute="_compute_figures", sanitize=False)

    @api.depends(*DEPENDS)
    @api.depends_context("lang")
    def _compute_figures(self):
        for chain in self:
            chain.update(chain._prepare_figures())

    def _prepare_figures(self) -> dict:
        """Return everything that is shown; figures are empty while something is missing."""
        self.ensure_one()
        result = self._work_out()
        gaps = self._get_gaps(result)
        content = red_worksheet.content(result, self._get_defaults())
        names = ("total", "final", "comparator_value", "saving", "threshold", "is_met", "findings")
        vals = dict.fromkeys(names, False)
        try:
            stated, verdict = self._judge_pathway(result, gaps)
            values = {name: getattr(stated.terms, name) for name in stated.kinds}
            content["terms"] = red_worksheet.term_rows(values, stated.kinds)
            found = self._get_findings(stated, verdict, self._get_credits())
            vals |= {name: float(getattr(verdict, name)) for name in names[:2]}
            vals |= {name: float(getattr(verdict, name)) for name in ("saving", "threshold")}
            vals["comparator_value"] = float(verdict.comparator.value)
            vals["is_met"] = verdict.is_met
            vals["findings"] = "\n".join(f"{f.severity}: {f.sentence}" for f in found) or False
        except (red.MissingTerm, red_values.BadPathway) as error:
            gaps = gaps or [str(error)]
        return vals | {
            "is_complete": not gaps,
            "gaps": "\n".join(gaps) or False,
            "worksheet": self.env["carbon.red.result"]._render_worksheet(content),
        }

    def _judge_pathway(self, result, gaps: list[str]):
        """Return what is declared and how it is judged; refused while something is missing."""
        if gaps:
            raise red.MissingTerm(gaps[0])
        if not self.plant_start or not self.delivered_on:
            raise red.MissingTerm(
                self.env._("The day of delivery or the first day of the plant is not stated.")
            )
        return self._judge(self._get_terms(result))
