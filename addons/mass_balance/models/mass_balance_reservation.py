# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance


class MassBalanceReservation(models.Model):
    """Credits set aside for an order line: a plan, not a draw. The books do not change by it.

    Made by the planner or by the sustainability manager. Other orders leave it alone; the
    delivery of its own order draws it first. Once drawn or released it stays as it is.
    """

    _name = "mass.balance.reservation"
    _description = "Credits planned for an order"
    _order = "sale_line_id, id"
    _rec_name = "sale_line_id"

    company_id = fields.Many2one(related="credit_id.company_id", store=True, index=True)
    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order line", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", store=True, string="Order")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    credit_id = fields.Many2one(
        "mass.balance.credit", required=True, index=True, ondelete="restrict"
    )
    account_id = fields.Many2one(related="credit_id.account_id", string="Book")
    declaration_id = fields.Many2one(related="credit_id.declaration_id")
    quantity = Quantity(string="Planned (kg)", required=True)
    reason = fields.Char(string="Why this credit", readonly=True)
    state = fields.Selection(
        [("planned", "Planned"), ("drawn", "Drawn"), ("released", "Released")],
        default="planned",
        required=True,
        readonly=True,
    )

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "A plan of nothing is no plan.")
    _planned_idx = models.Index("(credit_id) WHERE state = 'planned'")

    @api.constrains("sale_line_id", "credit_id", "quantity", "state")
    def _check_covered(self):
        """No more is planned than the credit has left, and only for a claim it fits."""
        for record in self.filtered(lambda r: r.state == "planned").sudo():
            line, account = record.sale_line_id, record.credit_id.account_id
            if line.mb_claim != account.scheme or line.order_id.company_id != account.company_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s claims something else than the book %(book)s holds.",
                        order=line.display_name,
                        book=account.name,
                    )
                )
            planned = self.search(
                [("credit_id", "=", record.credit_id.id), ("state", "=", "planned")]
            )
            total = sum((to_decimal(each.quantity) for each in planned), balance.ZERO)
            left = record.credit_id._get_remaining()
            if total > left:
                raise ValidationError(
                    self.env._(
                        "%(planned)s kg would be planned of %(credit)s, of which %(left)s kg are "
                        "left.",
                        planned=to_text(total),
                        credit=record.credit_id.display_name,
                        left=to_text(left),
                    )
                )

    # -- what is free -----------------------------------------------------------------------------

    @api.model
    def _get_planned(self, credits, but_for=None) -> dict:
        """Return credit id → kg planned for other orders than the line `but_for`."""
        domain = [("credit_id", "in", credits.ids), ("state", "=", "planned")]
        if but_for:
            domain.append(("sale_line_id", "!=", but_for.id))
        groups = self.sudo()._read_group(domain, ["credit_id"], ["quantity:sum"])
        return {credit.id: to_decimal(total) for credit, total in groups}

    @api.model
    def _get_parts(self, sale_line, credits) -> list[tuple]:
        """Return [(credit, kg)] in the order a delivery of the line draws: its plan first.

        What is planned for other orders is left out.
        """
        own = self.sudo().search(
            [("sale_line_id", "=", sale_line.id), ("state", "=", "planned")], order="id"
        )
        others = self._get_planned(credits, but_for=sale_line)
        left = {c: c._get_remaining() - others.get(c.id, balance.ZERO) for c in credits}
        parts = []
        for record in own.filtered(lambda r: r.credit_id in credits):
            part = min(to_decimal(record.quantity), left[record.credit_id])
            parts.append((record.credit_id, part))
            left[record.credit_id] -= part
        parts += [(credit, rest) for credit, rest in left.items()]
        return [(credit, part) for credit, part in parts if part > 0]

    @api.model
    def _settle(self, sale_line, parts) -> list[tuple]:
        """Lower the plan of a line by what its delivery draws; return [(credit, kg)], each once."""
        drawn: dict = {}
        for credit, quantity in parts:
            drawn[credit] = drawn.get(credit, balance.ZERO) + quantity
        left = dict(drawn)
        own = self.sudo().search(
            [("sale_line_id", "=", sale_line.id), ("state", "=", "planned")], order="id"
        )
        for record in own:
            taken = min(left.get(record.credit_id, balance.ZERO), to_decimal(record.quantity))
            if taken <= 0:
                continue
            left[record.credit_id] -= taken
            if taken == to_decimal(record.quantity):
                record._stamp(state="drawn")
            else:
                record._stamp(quantity=float(to_decimal(record.quantity) - taken))
        return list(drawn.items())

    # -- life -------------------------------------------------------------------------------------

    def action_release(self):
        """Give planned credits back to every order."""
        if not (self.env.su or self.env.user.has_group("mass_balance.group_mass_balance_manager")):
            raise AccessError(self.env._("Only the sustainability manager plans credits."))
        self.filtered(lambda record: record.state == "planned")._stamp(state="released")
        return True

    def _stamp(self, **vals) -> bool:
        """Write what only our own steps write, past the guard of `write`."""
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        credits = self.env["mass.balance.credit"].browse(vals["credit_id"] for vals in vals_list)
        # the plans of one book are counted by one person at a time
        credits.sudo().account_id._lock()
        return super().create([{**vals, "state": "planned"} for vals in vals_list])

    def write(self, vals):
        """A plan is released and made anew: what was decided stays readable."""
        if vals:
            raise UserError(self.env._("Release the plan and make a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        if self.filtered(lambda record: record.state == "drawn"):
            raise UserError(self.env._("What was drawn by a delivery stays."))
