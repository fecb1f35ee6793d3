# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import Quantity


class MassBalancePlannerLine(models.TransientModel):
    """One part of a proposal: so much of a credit for an order, or what is short, and why."""

    _name = "mass.balance.planner.line"
    _description = "Proposed credit"

    planner_id = fields.Many2one("mass.balance.planner", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", string="Order line", required=True)
    credit_id = fields.Many2one("mass.balance.credit")
    quantity = Quantity(string="Proposed (kg)")
    short = Quantity(string="Short (kg)")
    reason = fields.Char(string="Why")
