# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import red_pathway, red_products, red_values, red_worksheet
from .carbon_factor_version import GWP_SETS
from .carbon_red_case_mixin import TERMS, to_decimal

SOURCES = [("actual", "Calculated from the steps"), ("default", "Default value of the pathway")]
CASE = (
    "pathway", "feedstock_kind", "use", "delivered_on", "plant_start", "electrical_efficiency",
    "heat_efficiency", "heat_temperature",
)  # fmt: skip


class CarbonRedChain(models.Model):
    """A pathway of the RED entered step by step: what each step takes, makes, consumes and emits.

    A sustainability manager keeps it as a working sheet: what is missing is named, and E, its terms
    and the saving follow at once. What is declared is a `carbon.red.result` made from it, which
    keeps the whole sheet as it stood; the pathway itself may go on and give the next result.
    """

    _name = "carbon.red.chain"
    _inherit = ["carbon.red.case.mixin", "mail.thread"]
    _description = "Pathway of the RED"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    gwp_set = fields.Selection(
        GWP_SETS,
        string="GWP set",
        required=True,
        default="AR4",
        tracking=True,
        help="RED II Annex V part C point 4 names CH4 25 and N2O 298. A factor of another set is "
        "restated from its gases, or refused where its source does not state them.",
    )
    eec_source = fields.Selection(SOURCES, string="eec", required=True, default="actual")
    ep_source = fields.Selection(SOURCES, string="ep", required=True, default="actual")
    etd_source = fields.Selection(SOURCES, string="etd", required=True, default="actual")
    is_restored_land = fields.Boolean(
        string="Restored degraded land", help="Lowers el by the bonus eB, after all divisions."
    )
    land_bonus = OptionalFloat(
        string="Bonus eB (g CO2eq/MJ)",
        digits=None,
        default=float(red_products.LAND_BONUS),
        help="29 in Annex V part C point 7. Confirm the evidence it asks for with your scheme.",
    )
    manure_credit = OptionalFloat(
        string="Manure credit (g CO2eq/MJ manure)",
        digits=None,
        default=float(red_products.MANURE_CREDIT),
        help="45 in Annex VI part B. Confirm it with your scheme.",
    )
    step_ids = fields.One2many("carbon.red.chain.step", "chain_id", string="Steps", copy=True)
    result_ids = fields.One2many("carbon.red.result", "chain_id", string="Results")
    result_count = fields.Integer(compute="_compute_result_count")
    note = fields.Html()

    @api.depends("result_ids")
    def _compute_result_count(self):
        counts = dict(
            self.env["carbon.red.result"]._read_group(
                [("chain_id", "in", self.ids)], ["chain_id"], ["__count"]
            )
        )
        for chain in self:
            chain.result_count = counts.get(chain, 0)

    # -- what the steps say -----------------------------------------------------------------------

    def _work_out(self) -> red_pathway.Result:
        """Return the steps worked out; one walk, no query per line beyond the records' own."""
        self.ensure_one()
        steps = self.step_ids.sorted(lambda step: (step.sequence, step._origin.id or 0))
        return red_pathway.work_out([step._to_tool() for step in steps], self.gwp_set)

    def _get_defaults(self) -> tuple[str, ...]:
        """Return the terms that are taken from the table of default values."""
        self.ensure_one()
        return tuple(term for term in red_values.PARTS if self[f"{term}_source"] == "default")

    def _get_bonus(self) -> Decimal:
        self.ensure_one()
        bonus = to_decimal(self.land_bonus) if self.is_restored_land else None
        return bonus or Decimal("0")

    def _get_gaps(self, result: red_pathway.Result) -> list[str]:
        """Return what is missing for the terms that the steps have to give."""
        self.ensure_one()
        defaults = self._get_defaults()
        if set(defaults) == set(red_values.PARTS) and not self.step_ids:
            return []
        wanted = [term for term in TERMS if term not in defaults]
        gaps = [gap.sentence for gap in result.gaps_of(wanted)]
        known = {*defaults, *(result.chain.stated if result.chain else wanted)}
        if self.feedstock_kind == "residue":
            known.add("eec")
        gaps += [
            self.env._("No step states %s: enter it, or take the default value.", term)
            for term in red_values.PARTS
            if term not in known
        ]
        if defaults and not self.pathway:
            gaps.append(
                self.env._(
                    "%s is to be a default value, but no pathway is chosen.", ", ".join(defaults)
                )
            )
        return gaps

    def _get_actual(self) -> dict[str, Decimal]:
        """Return the actual terms; refused with the names of what is missing while there is any."""
        self.ensure_one()
        result = self._work_out()
        gaps = self._get_gaps(result)
        if gaps:
            raise UserError(
                self.env._("“%(name)s” is incomplete:", name=self.name) + "\n" + "\n".join(gaps)
            )
        return self._get_terms(result)

    def _get_terms(self, result: red_pathway.Result) -> dict[str, Decimal]:
        return red_worksheet.actual_terms(
            result, self._get_defaults(), self.feedstock_kind, self._get_bonus()
        )

    def _get_credits(self) -> list[str]:
        """Return the names of the credits for surplus electricity."""
        lines = self.step_ids.input_ids.filtered(lambda line: line.kind == "credit")
        return lines.mapped("name")

    def _get_content(self) -> dict:
        """Return the sheet of the steps, as a result keeps it."""
        self.ensure_one()
        facts = {"pathway": self.name, "gwp_set": self.gwp_set, "land_bonus": None}
        if self.is_restored_land:
            facts["land_bonus"] = red_worksheet.text(self._get_bonus())
        return red_worksheet.content(self._work_out(), self._get_defaults()) | facts

    def _get_sources(self) -> list[str]:
        """Return the factor versions and stated sources that the steps are weighed with."""
        self.ensure_one()
        flows = [flow for sheet in self._work_out().sheets for flow in sheet.stage.flows]
        return sorted({flow.source for flow in flows if flow.source})

    # -- buttons ----------------------------------------------------------------------------------

    def action_state(self):
        """Make the result of the pathway as it stands, dated and frozen, and show it."""
        self.ensure_one()
        self._get_actual()
        vals = {name: self[name] for name in CASE}
        result = self.env["carbon.red.result"].create(
            vals | {"name": self.name, "company_id": self.company_id.id, "chain_id": self.id}
        )
        result.action_state()
        return result._get_records_action()

    def action_results(self):
        """Show every result that was made from the pathway."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_red_result_action"
        )
        return action | {"domain": [("chain_id", "in", self.ids)], "context": {}}
