# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.process_monitoring.fields import OptionalFloat

# what a result takes from its footprint
TAKEN = ("state", "product_kg_co2e", "quantity_kg", "product_id", "date")


class CarbonScenarioResult(models.Model):
    """What one footprint would be in a what-if, beside what it is.

    Made by the calculation of the scenario. Where the question cannot be answered (a factor without
    gases under another GWP set) there is no figure but a gap. Nothing of it ever changes.
    """

    _name = "carbon.scenario.result"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Result of a what-if"
    _order = "scenario_id desc, id"

    scenario_id = fields.Many2one("carbon.scenario", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    footprint_id = fields.Many2one(
        "carbon.footprint", required=True, index=True, ondelete="restrict"
    )
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    date = fields.Date(required=True)
    state = fields.Selection(
        [("incomplete", "Incomplete"), ("complete", "Complete")], required=True
    )
    gap = fields.Char(string="What is missing")
    before_kg_co2e = OptionalFloat(string="Before (kg CO2e)")
    kg_co2e = OptionalFloat(string="After (kg CO2e)")
    difference_kg_co2e = OptionalFloat(string="Difference (kg CO2e)")
    kg_co2e_per_kg = OptionalFloat(string="After, per kg", aggregator="avg", digits=None)

    @api.depends("scenario_id.name", "footprint_id.name")
    def _compute_display_name(self):
        for result in self:
            result.display_name = f"{result.scenario_id.name}: {result.footprint_id.name}"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse what no calculation made."""
        raise UserError(self.env._("Results of a what-if are made by calculating it."))

    @api.model
    def _make(self, scenario, footprints):
        """Create the result of each footprint: one query for what was stored, one insert."""
        # these columns and no other: the snapshot beside them is a hundred times as large
        footprints.fetch(TAKEN)
        recomputed = footprints._recompute_under(scenario.gwp_set, scenario.version_ids)
        return super().create(
            [
                recomputed[footprint.id]
                | {
                    "scenario_id": scenario.id,
                    "company_id": scenario.company_id.id,
                    "footprint_id": footprint.id,
                    "product_id": footprint.product_id.id,
                    "date": footprint.date,
                }
                for footprint in footprints
            ]
        )
