# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import balance


class MassBalanceConversionMeasure(models.AbstractModel):
    """A conversion factor measured by what was posted: all outputs over all inputs of a window."""

    _name = "mass.balance.conversion.measure"
    _description = "Measuring of a conversion factor"

    window_start = fields.Date(string="Measured from")
    window_end = fields.Date(string="Measured to")

    def action_compute_from_production(self):
        """Fill output and input with what was posted in the window by orders of the product."""
        self.ensure_one()
        if not (self.window_start and self.window_end):
            raise UserError(self.env._("%s: enter the window it is measured in.", self.name))
        produced = consumed = balance.ZERO
        orders = self._get_window_orders()
        for order in orders:
            consumed += order._get_mb_input_kg()
            produced += order._get_mb_output_kg()
        if not produced or not consumed:
            raise UserError(
                self.env._(
                    "%(name)s: no order of the product was finished from %(start)s to %(end)s.",
                    name=self.name,
                    start=self.window_start,
                    end=self.window_end,
                )
            )
        self.write(
            {
                "numerator": float(produced),
                "denominator": float(consumed),
                "evidence": self.env._("Posted production: %s", ", ".join(orders.mapped("name"))),
            }
        )
        return True

    def _get_window_orders(self):
        orders = self.env["mrp.production"].search(
            [
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
                ("product_id.product_tmpl_id", "=", self.product_tmpl_id.id),
                ("picking_type_id.warehouse_id", "=", self.warehouse_id.id),
            ],
            order="id",
        )
        day = self.warehouse_id._get_plant_day
        return orders.filtered(
            lambda o: (
                o.date_finished and self.window_start <= day(o.date_finished) <= self.window_end
            )
        )
