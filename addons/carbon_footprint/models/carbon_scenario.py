# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.process_monitoring.fields import OptionalFloat

from .carbon_factor_version import GWP_SETS

CHUNK = 2000
MANAGERS = "mass_balance.group_mass_balance_manager"


class CarbonScenario(models.Model):
    """A question to footprints that exist: what if other factors, or another GWP set, applied?

    A sustainability manager chooses footprints and what is different. Calculating makes a new
    result beside each of them, stamps who asked and when, and freezes the question; no footprint is
    ever touched. A question that changes nothing recomputes what is stored, digit by digit.
    """

    _name = "carbon.scenario"
    _inherit = ["carbon.frozen.mixin"]
    _description = "What-if of footprints"
    _order = "id desc"
    _free_state = "draft"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [("draft", "Draft"), ("calculated", "Calculated")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    date_from = fields.Date(string="Batches from", help="Empty: from the first.")
    date_to = fields.Date(string="Batches until", help="Empty: to the last.")
    product_ids = fields.Many2many("product.product", string="Products", help="Empty: every one.")
    gwp_set = fields.Selection(
        GWP_SETS, string="Under the GWP set", help="Empty: that of each footprint."
    )
    version_ids = fields.Many2many(
        "carbon.factor.version",
        string="With these factor versions",
        help="Each stands in for whatever version of its factor a footprint was weighed with. A "
        "draft may be tried before it is approved.",
    )
    note = fields.Text(string="Why it is asked")
    result_ids = fields.One2many("carbon.scenario.result", "scenario_id", readonly=True)
    result_count = fields.Integer(compute="_compute_totals")
    incomplete_count = fields.Integer(string="Without a figure", compute="_compute_totals")
    before_kg_co2e = OptionalFloat(string="Before (kg CO2e)", compute="_compute_totals")
    kg_co2e = OptionalFloat(string="After (kg CO2e)", compute="_compute_totals")
    calculated_by_id = fields.Many2one(
        "res.users", string="Calculated by", readonly=True, copy=False, ondelete="restrict"
    )
    calculated_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("state")
    def _compute_totals(self):
        rows = self.env["carbon.scenario.result"]._read_group(
            [("scenario_id", "in", self.ids)],
            ["scenario_id", "state"],
            ["__count", "before_kg_co2e:sum", "kg_co2e:sum"],
        )
        found = {(scenario.id, state): figures for scenario, state, *figures in rows}
        for scenario in self:
            complete = found.get((scenario.id, "complete"), [0, None, None])
            gaps = found.get((scenario.id, "incomplete"), [0, None, None])
            scenario.incomplete_count = gaps[0]
            scenario.result_count = complete[0] + gaps[0]
            scenario.before_kg_co2e, scenario.kg_co2e = complete[1:]

    @api.constrains("version_ids")
    def _check_versions(self):
        for scenario in self:
            factors = scenario.version_ids.mapped("factor_id")
            if len(factors) != len(scenario.version_ids):
                raise ValidationError(
                    self.env._("Choose one version for each factor: two cannot stand in at once.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Begin as a draft, whatever the caller says."""
        for vals in vals_list:
            for name in ("state", "calculated_by_id", "calculated_at"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        """Who calculated, and when, is stamped by the calculation."""
        if {"state", "calculated_by_id", "calculated_at"} & set(vals):
            raise UserError(self.env._("The calculation stamps who asked it, and when."))
        return super().write(vals)

    # -- calculate ----------------------------------------------------------------------------

    def action_calculate(self):
        """Make a new result beside every footprint that was asked for."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("A sustainability manager calculates what-ifs."))
        for scenario in self:
            if scenario.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is calculated. Duplicate it to ask again.", scenario.display_name
                    )
                )
            scenario._do_calculate()
        return True

    def _do_calculate(self) -> None:
        self.ensure_one()
        footprints = self.env["carbon.footprint"].search(self._get_domain(), order="id")
        if not footprints:
            raise UserError(self.env._("No footprint is among those asked for."))
        ids = footprints.ids
        for start in range(0, len(ids), CHUNK):
            chunk = footprints.browse(ids[start : start + CHUNK])
            self.env["carbon.scenario.result"]._make(self, chunk)
            self.env.invalidate_all()
        self._stamp(
            {
                "state": "calculated",
                "calculated_by_id": self.env.uid,
                "calculated_at": fields.Datetime.now(),
            }
        )

    def _stamp(self, vals: dict) -> bool:
        """Write what the calculation stamps, past the guard of `write`."""
        return super().write(vals)

    def _get_domain(self) -> Domain:
        domain = Domain("company_id", "=", self.company_id.id) & Domain("is_current", "=", True)
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<=", self.date_to)
        if self.product_ids:
            domain &= Domain("product_id", "in", self.product_ids.ids)
        return domain

    def action_view_results(self):
        """Open the results, footprint by footprint."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_scenario_result_action"
        )
        return action | {"domain": [("scenario_id", "=", self.id)]}
