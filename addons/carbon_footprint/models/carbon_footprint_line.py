# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import tree


class CarbonFootprintLine(models.Model):
    """One leaf of a footprint: an activity, and how much of it the main product carries.

    Made with the footprint. The lines' `product_kg_co2e` add up to the footprint's figure exactly.
    Nothing of a line ever changes.
    """

    _name = "carbon.footprint.line"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Line of a footprint"
    _order = "footprint_id desc, sequence, id"

    footprint_id = fields.Many2one(
        "carbon.footprint", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    sequence = fields.Integer()
    activity_id = fields.Many2one("carbon.activity", required=True, index=True, ondelete="restrict")
    name = fields.Char(related="activity_id.name")
    source = fields.Selection(related="activity_id.source")
    category = fields.Selection(related="activity_id.category")
    scope = fields.Selection(related="activity_id.scope")
    stage = fields.Selection(related="activity_id.stage", string="Life-cycle stage")
    amount = OptionalFloat(related="activity_id.amount")
    unit = fields.Selection(related="activity_id.unit")
    factor_name = fields.Char(related="activity_id.factor_name")
    factor_value = OptionalFloat(related="activity_id.factor_value")
    gap = fields.Char(related="activity_id.gap")
    calculation = fields.Char(related="activity_id.calculation")
    lot_id = fields.Many2one(related="activity_id.lot_id")
    document = fields.Char(related="activity_id.document")
    data_quality = fields.Selection(related="activity_id.data_quality")
    factor_version_id = fields.Many2one(related="activity_id.factor_version_id")
    factor_source = fields.Char(related="factor_version_id.source", string="Source of the factor")
    factor_licence = fields.Char(related="factor_version_id.licence", string="Licence")
    kg_co2e = OptionalFloat(string="Order (kg CO2e)")
    product_kg_co2e = OptionalFloat(string="Product (kg CO2e)")

    def action_open_activity(self):
        """Open the activity: window of reading, amount, factor and its source."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "carbon.activity",
            "res_id": self.activity_id.id,
            "view_mode": "form",
        }

    def action_view_readings(self):
        """Open the readings that the meter gave in the window of the activity."""
        self.ensure_one()
        activity = self.activity_id
        action = activity.meter_id.sensor_id.action_view_readings()
        window = [
            ("sensor_id", "=", activity.meter_id.sensor_id.id),
            ("source_ms", ">=", activity.start_ms),
            ("source_ms", "<=", activity.end_ms),
        ]
        return {**action, "domain": window}

    def action_view_origin(self):
        """Open the lot that was consumed; its own footprint or declaration stands there."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": self.lot_id.id,
            "view_mode": "form",
        }

    # -- opened -------------------------------------------------------------------------------

    def _get_node(self, kg_co2e: float) -> tree.Node:
        """Return the line with what it consists of: the batch it consumed, or gases."""
        self.ensure_one()
        activity = self.activity_id
        facts = activity._get_node_facts()
        upstream = activity.source_output_id.footprint_id
        if upstream:
            parts = tuple(line._get_node(line.kg_co2e) for line in upstream.line_ids)
        else:
            parts = activity._get_gas_nodes(facts)
        return tree.Node(activity.name, to_decimal(kg_co2e, 6), parts, facts)
