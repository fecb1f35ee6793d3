# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class MrpProductionDisposition(models.Model):
    """An order that carries out what was decided about held lots; and one that is given up.

    Its component is the held lot itself: the traceability shows what became of what.
    """

    _inherit = "mrp.production"

    disposition_deviation_ids = fields.Many2many(
        "process.deviation",
        "process_deviation_mrp_production_rel",
        "production_id",
        "deviation_id",
        string="Carries out",
        readonly=True,
        copy=False,
    )
    is_disposition = fields.Boolean(
        readonly=True, copy=False, help="It carries out what was decided about held lots."
    )

    def _get_stamped_fields(self):
        own = {"disposition_deviation_ids", "is_disposition"}
        return super()._get_stamped_fields() | own

    def _set_disposition(self, deviation) -> None:
        """Tie the order to a deviation, both ways, and give it the plan of what is reprocessed."""
        self.ensure_one()
        self._stamp(
            {
                "disposition_deviation_ids": [fields.Command.link(deviation.id)],
                "is_disposition": True,
            }
        )
        if self.state == "draft":
            self._stamp({"process_plan_id": self._find_process_plan().id})
        self.message_post(
            body=self.env._(
                "Opened to carry out %(name)s: %(disposition)s.",
                name=deviation.name,
                disposition=deviation._get_disposition_label(),
            )
        )
        deviation.message_post(body=self.env._("Order %s carries it out.", self.name))

    def _get_plan_bom(self):
        """Reprocessed product follows the plan it was made by, though it has no bill of its own."""
        origin = self.sudo().disposition_deviation_ids.production_id.filtered(
            lambda order: order.product_id == self.product_id
        )
        return self.bom_id or origin[:1].bom_id

    def _do_finish_given_up(self, quantity: float) -> None:
        """Finish an order whose batch was given up into its held lot; cancel it if it made nothing.

        The components are consumed in proportion, as for any other order.
        """
        self.ensure_one()
        order = self.with_context(skip_backorder=True, skip_consumption=True, skip_redirection=True)
        if quantity < 0 or quantity > self.product_qty * 2:
            raise UserError(
                self.env._("Order %s: enter how much it has made; 0 if nothing.", self.name)
            )
        if not quantity:
            order.action_cancel()
            return
        order.qty_producing = quantity
        order.set_qty_producing()
        order.button_mark_done()
        if self.state != "done":
            raise UserError(
                self.env._(
                    "Order %s cannot be finished yet: fill in its lot and its components first.",
                    self.name,
                )
            )

    def _post_inventory(self, cancel_backorder=False):
        """What is made of an affected lot is affected: it joins the deviation."""
        result = super()._post_inventory(cancel_backorder=cancel_backorder)
        for order in self.sudo():
            consumed = order.move_raw_ids.move_line_ids.lot_id
            others = consumed._get_holding_deviations() - order.disposition_deviation_ids
            others._add_descendants()
        return result

    def action_view_disposition_deviations(self):
        """Open the deviations that this order carries out."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_deviation_action"
        )
        domain = [("id", "in", self.disposition_deviation_ids.ids)]
        return {**action, "domain": domain, "context": {}}
