# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import isa88

ENDED = ("done", "cancel")


class ProcessDeviationDisposition(models.Model):
    """How a signed disposition is carried out where there is an order; none is left stuck.

    Reprocess: the stage is repeated as long as all of the product is still in its order, otherwise
    an order that takes the held lots as its component. Redirect: the batch is given up, its order
    finished into the held lot, and an order makes the named product of that. Destroy: the same,
    and all of the lot is scrapped. A batch that was given up never becomes complete.
    """

    _inherit = "process.deviation"

    disposition_order_ids = fields.Many2many(
        "mrp.production",
        "process_deviation_mrp_production_rel",
        "deviation_id",
        "production_id",
        string="Orders that carry it out",
        readonly=True,
        copy=False,
    )
    disposition_order_count = fields.Integer(compute="_compute_disposition_order_count")

    @api.depends("disposition_order_ids")
    def _compute_disposition_order_count(self):
        for deviation in self:
            deviation.disposition_order_count = len(deviation.disposition_order_ids)

    # -- where the product is -------------------------------------------------------------------

    def _is_order_open(self) -> bool:
        return bool(self.production_id) and self.production_id.state not in ENDED

    def _get_live_orders(self):
        return self.disposition_order_ids.filtered(lambda order: order.state != "cancel")

    def _needs_order(self) -> bool:
        """Tell whether an order has to take the held lots, and there is none yet."""
        if self.disposition not in ("reprocess", "redirect") or self._is_order_open():
            return False
        return bool(self._get_quants()) and not self._get_live_orders()

    # -- decided --------------------------------------------------------------------------------

    def _check_redirect(self):
        """What cannot be held cannot wait for another order either."""
        result = super()._check_redirect()
        production = self.sudo().production_id
        if production and production.product_id.tracking == "none":
            raise UserError(
                self.env._(
                    "%(product)s is not tracked by lots and could not be held until it is made "
                    "into something else: reprocess it in its order, or destroy it.",
                    product=production.product_id.display_name,
                )
            )
        return result

    def _apply_disposition(self):
        """Stop a batch that is given up, open the orders that are needed, tell the operators."""
        result = super()._apply_disposition()
        for deviation in self.sudo():
            if deviation.disposition in ("redirect", "destroy"):
                deviation._do_stop_batch()
            if deviation._needs_order():
                deviation._do_create_orders()
            if deviation.production_id:
                deviation._post_decision()
        return result

    def _do_stop_batch(self) -> None:
        run = self.run_id
        if run and isa88.path("stop", run.state):
            run._do_command("stop", reason=self.name)

    def _post_decision(self) -> None:
        self.production_id.message_post(
            body=self.env._(
                "%(name)s is decided: %(disposition)s. %(todo)s",
                name=self.name,
                disposition=self._get_disposition_label(),
                todo=self._get_todo(),
            )
        )

    def _get_disposition_label(self) -> str:
        labels = dict(self._fields["disposition"]._description_selection(self.env))
        return labels.get(self.disposition, "")

    def _get_todo(self) -> str:
        orders = ", ".join(self._get_live_orders().mapped("name"))
        if orders:
            return self.env._("Orders that carry it out: %s.", orders)
        if self.disposition == "reprocess":
            return self.env._("Repeat the stage.")
        if self.disposition in ("redirect", "destroy"):
            return self.env._("The batch is given up. Use “Carry out” on the deviation.")
        return self.env._("The batch can be restarted.")

    # -- carried out ----------------------------------------------------------------------------

    @api.depends("run_id.production_id.state", "disposition_order_ids.state")
    def _compute_is_to_carry_out(self):
        return super()._compute_is_to_carry_out()

    def _is_to_carry_out(self):
        is_given_up = self.disposition in ("redirect", "destroy") and self._is_order_open()
        return super()._is_to_carry_out() or is_given_up or self._needs_order()

    def _do_carry_out(self, quantity=None):
        """Finish an order that is given up first, so that there is a lot to do something with."""
        if self.disposition in ("redirect", "destroy") and self._is_order_open():
            self._do_finish_order(quantity)
        result = super()._do_carry_out(quantity)
        if self._needs_order():
            self._do_create_orders()
        return result

    def _do_finish_order(self, quantity) -> None:
        order = self.production_id
        quantity = order.product_qty if quantity is None else quantity
        self._do_stop_batch()
        self.run_id._stamp({"is_given_up": True})
        order._do_finish_given_up(quantity)
        if quantity and order.product_tracking == "none":
            # without a lot it could not be held, so it goes in the same breath
            scrap = self.env["stock.scrap"].create(self._prepare_scrap_of(order, quantity))
            scrap.do_scrap()

    def _prepare_scrap(self, quant):
        """Say of which batch it is scrap; scrap of bought material is that of no batch."""
        order = self._get_making_order(quant.lot_id)
        return super()._prepare_scrap(quant) | {"production_id": order.id}

    def _get_making_order(self, lot):
        """Return the order that made a lot: of several this deviation's own, else the last."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", lot.id),
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
                ("move_id.production_id", "!=", False),
                ("location_dest_id.usage", "!=", "inventory"),
            ],
            order="id desc",
        )
        orders = lines.move_id.production_id
        return (orders & self.production_id) or orders[:1]

    def _prepare_scrap_of(self, order, quantity: float) -> dict:
        return {
            "company_id": order.company_id.id,
            "production_id": order.id,
            "product_id": order.product_id.id,
            "product_uom_id": order.product_uom_id.id,
            "scrap_qty": quantity,
            "location_id": order.location_dest_id.id,
            "origin": self.name,
            "process_deviation_id": self.id,
        }

    def _do_create_orders(self) -> None:
        """Open a draft order for each product that is held; one that other deviations opened for
        the same lots and the same end is shared.
        """
        quants = self._get_quants()
        for product in quants.product_id:
            own = quants.filtered(lambda q, p=product: q.product_id == p)
            order = self._find_shared_order(own.lot_id)
            if not order:
                order = self.env["mrp.production"].create(self._prepare_order(product, own))
            order._set_disposition(self)

    def _find_shared_order(self, lots):
        others = lots.deviation_ids.filtered(
            lambda d: (
                d.disposition == self.disposition
                and d.redirect_product_id == self.redirect_product_id
            )
        )
        return others.disposition_order_ids.filtered(lambda order: order.state not in ENDED)[:1]

    def _prepare_order(self, product, quants) -> dict:
        quantity = sum(quants.mapped("quantity"))
        target = self.redirect_product_id if self.disposition == "redirect" else product
        made = quantity
        if target.uom_id != product.uom_id:
            is_convertible = product.uom_id._has_common_reference(target.uom_id)
            # in another kind of unit nobody but the plant knows how much it becomes
            made = (
                product.uom_id._compute_quantity(quantity, target.uom_id) if is_convertible else 1
            )
        return {
            "product_id": target.id,
            "product_qty": made,
            "product_uom_id": target.uom_id.id,
            "bom_id": False,
            "company_id": self.company_id.id,
            "origin": self.name,
            "move_raw_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "product_uom": product.uom_id.id,
                    }
                )
            ],
        }

    # -- done -----------------------------------------------------------------------------------

    def _is_disposition_done(self):
        """Reprocess: a later attempt is through. Otherwise: nothing of it is left anywhere."""
        is_done = super()._is_disposition_done()
        deviation = self.sudo()
        if not is_done or deviation.disposition == "release":
            return is_done
        if deviation.disposition == "reprocess":
            if deviation._is_reprocessed():
                return True
            if deviation._is_order_open():
                return not deviation.stage_id
        return deviation._is_all_gone()

    def _is_all_gone(self) -> bool:
        """Tell whether the orders have ended and nothing of the lots is in the plant."""
        orders = self._get_live_orders()
        has_ended = all(order.state in ENDED for order in orders)
        return has_ended and not self._is_order_open() and not self._get_quants()

    def _is_reprocessed(self) -> bool:
        """Tell whether a later attempt of the same stage was completed with all in limits."""
        own = self.stage_id
        later = self.production_id.process_run_ids.stage_ids.filtered(
            lambda s: (
                s.plan_stage_id == own.plan_stage_id
                and (s.run_id.number, s.attempt) > (own.run_id.number, own.attempt)
                and s.state == "complete"
            )
        )
        return bool(own) and any(stage._is_conforming() for stage in later)

    # -- lots -----------------------------------------------------------------------------------

    def _get_affected_lines(self, lines):
        """What was made to carry out this disposition is not affected by it any more."""
        orders = self.disposition_order_ids
        lines = super()._get_affected_lines(lines)
        return lines.filtered(lambda line: line.move_id.raw_material_production_id not in orders)

    def _keeps_lots(self):
        """Lots that went into an order are not free again by what comes back of them."""
        return super()._keeps_lots() or bool(self.disposition_order_ids)

    def action_view_disposition_orders(self):
        """Open the orders that carry out the disposition."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mrp.mrp_production_action")
        orders = self.disposition_order_ids
        action = {**action, "domain": [("id", "in", orders.ids)], "context": {}}
        if len(orders) == 1:
            action.update(res_id=orders.id, views=[(False, "form")])
        return action
