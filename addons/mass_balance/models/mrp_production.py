# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_text

from ..tools import balance

YIELD_TOLERANCE = Fraction(5, 100)


class MrpProduction(models.Model):
    """An order that turns certified input into credits of its outputs."""

    _inherit = "mrp.production"

    mb_entry_ids = fields.One2many(
        "mass.balance.entry", "production_id", string="Mass-balance entries"
    )
    mb_entry_count = fields.Integer(compute="_compute_mb_figures", compute_sudo=True)
    mb_input_quantity = Quantity(
        string="Certified input (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_credit_quantity = Quantity(
        string="Credits (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_loss_quantity = Quantity(
        string="Loss (kg)", compute="_compute_mb_figures", compute_sudo=True
    )
    mb_refusal = fields.Char(string="Not booked", readonly=True, copy=False)

    @api.depends("mb_entry_ids")
    def _compute_mb_figures(self):
        for order in self:
            entries = order.mb_entry_ids
            unbuilt = entries.filtered(lambda e: e.direction == "correction")
            taken = (entries - unbuilt).filtered(lambda e: e.signed_quantity < 0)
            made = entries - unbuilt - taken
            losses = taken.filtered(lambda e: e.direction in ("loss", "fuel"))
            back = unbuilt.filtered(lambda e: e.signed_quantity > 0)
            order.mb_entry_count = len(entries)
            order.mb_input_quantity = _total(taken) - _total(back)
            order.mb_credit_quantity = _total(made) - _total(unbuilt - back)
            order.mb_loss_quantity = _total(losses)

    # -- quantities -----------------------------------------------------------------------------

    def _get_mb_input_kg(self):
        """Return everything consumed by the order, in kg."""
        return _sum_kg(self.move_raw_ids)

    def _get_mb_output_kg(self):
        """Return everything made by the order but residues, in kg."""
        moves = self.move_finished_ids.filtered(lambda m: m.product_id.mb_output_kind != "residue")
        return _sum_kg(moves)

    def _get_unbuilt_kg(self, product, lot, warehouse):
        """Return how much of a consumed lot came back to a site when the order was unbuilt."""
        lines = self.env["stock.move.line"].search(
            [
                ("move_id.unbuild_id.mo_id", "=", self.id),
                ("state", "=", "done"),
                ("product_id", "=", product.id),
                ("lot_id", "=", lot.id),
                ("location_id.usage", "=", "production"),
                ("location_dest_id", "child_of", warehouse.view_location_id.id),
            ]
        )
        return sum((line._get_kg() for line in lines), balance.ZERO)

    # -- finishing ------------------------------------------------------------------------------

    def button_mark_done(self):
        """Queue before the books when the goods concern them, then finish."""
        moves = self.sudo().move_raw_ids | self.sudo().move_finished_ids
        booked = moves.filtered(lambda m: m.product_id.is_mb_material)
        if booked:
            self.env["mass.balance.queue"]._wait_for_turn(booked.company_id)
        return super().button_mark_done()

    # -- booking --------------------------------------------------------------------------------

    def action_book_mass_balance(self):
        """Book what could not be booked when the order was done."""
        self._book_conversion()
        return True

    def _book_conversion(self) -> None:
        """Turn the certified input that is consumed into credits, once the outputs are known.

        Losses come first: input × factor is what may be claimed at all; attribution then says
        which outputs carry it. Input that has been booked is not in its book any more, so that
        calling this again books only what is new. Certified input is feedstock that was received,
        or the product of another order with the credits of its batch.
        """
        for order in self.sudo():
            outputs = order.move_finished_ids.filtered(lambda m: m.state == "done" and m.quantity)
            consumed = order._get_certified_consumption() if outputs else []
            if not consumed:
                continue
            refusal = order._get_conversion_refusal(consumed, outputs)
            if refusal:
                order._refuse_conversion(refusal)
                continue
            for line, credit, quantity in consumed:
                order._convert_credit(line, credit, quantity, outputs)
            order.mb_refusal = False
            order._tell_yield(outputs)
            # an intermediate that was used before its own input had a declaration
            outputs.move_line_ids.lot_id._get_consuming_orders()._book_conversion()

    def _get_mb_warehouse(self):
        self.ensure_one()
        return self.picking_type_id.warehouse_id or self.location_src_id.warehouse_id

    def _get_mb_day(self):
        self.ensure_one()
        moment = max(self.move_finished_ids.filtered(lambda m: m.state == "done").mapped("date"))
        return self._get_mb_warehouse()._get_plant_day(moment)

    def _refuse_conversion(self, refusal: str) -> None:
        self.mb_refusal = refusal
        self.company_id._schedule_mass_balance_activity(
            self, self.env._("Production not booked in the mass balance"), refusal
        )

    def _tell_yield(self, outputs) -> None:
        """Tell the manager when this order's yield is far from the factor it was booked with."""
        consumed, made = self._get_mb_input_kg(), self._get_mb_output_kg()
        conversion = self.mb_entry_ids.conversion_id[:1]
        if not consumed or not conversion:
            return
        factor = conversion._get_factor().value
        deviation = abs(Fraction(made) / Fraction(consumed) - factor) / factor
        if deviation > YIELD_TOLERANCE:
            self.company_id._schedule_mass_balance_activity(
                self,
                self.env._("Yield far from the conversion factor"),
                self.env._(
                    "%(order)s made %(made)s kg from %(consumed)s kg; the factor is %(factor)s.",
                    order=self.name,
                    made=to_text(made),
                    consumed=to_text(consumed),
                    factor=f"{conversion.factor:.6g}",
                ),
            )

    def action_view_mb_entries(self):
        """Open what the books say of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mass-balance entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form,pivot",
            "domain": [("production_id", "=", self.id)],
        }


def _total(entries):
    return sum((entry._get_quantity() for entry in entries), balance.ZERO)


def _sum_kg(moves):
    lines = moves.filtered(lambda move: move.state == "done").move_line_ids
    return sum(
        (
            line._get_kg()
            for line in lines
            if not line.product_id._get_unweighable_reason(line.product_uom_id)
        ),
        balance.ZERO,
    )
