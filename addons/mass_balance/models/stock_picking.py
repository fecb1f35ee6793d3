# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """A receipt or delivery and the declarations that go with it."""

    _inherit = "stock.picking"

    declaration_ids = fields.Many2many(
        "sustainability.declaration",
        "sustainability_declaration_stock_picking_rel",
        "picking_id",
        "declaration_id",
        string="Sustainability declarations",
        copy=False,
    )
    mb_weighbridge_number = fields.Char(
        string="Weighbridge document",
        copy=False,
        help="Number of the weighing slip; without it nothing is credited.",
    )
    mb_dispatch_date = fields.Date(
        string="Dispatched on",
        copy=False,
        help="Day the supplier sent the goods, when no declaration says so yet.",
    )
    mb_is_no_claim = fields.Boolean(
        string="Receive without claim",
        copy=False,
        help="The goods come in as conventional material and never get a credit.",
    )
    mb_is_relevant = fields.Boolean(compute="_compute_mb_state", compute_sudo=True)
    mb_state = fields.Selection(
        [
            ("pending", "Declaration pending"),
            ("no_claim", "No claim"),
            ("booked", "Booked"),
            ("refused", "Not covered"),
            ("draft", "To issue"),
            ("issued", "Issued"),
        ],
        string="Sustainability",
        compute="_compute_mb_state",
        compute_sudo=True,
    )
    mb_message = fields.Char(compute="_compute_mb_state", compute_sudo=True)
    mb_declaration_count = fields.Integer(compute="_compute_mb_state", compute_sudo=True)

    @api.depends(
        "state",
        "mb_is_no_claim",
        "declaration_ids.state",
        "declaration_ids.refusal",
        "move_ids.product_id.is_mb_certified",
        "move_ids.sale_line_id.mb_claim",
    )
    def _compute_mb_state(self):
        for picking in self:
            declarations = picking.declaration_ids.filtered(lambda d: d.state != "cancelled")
            certified = picking.move_ids.filtered(lambda move: move._is_certified_receipt())
            claimed = picking.move_ids._get_claimed_deliveries()
            picking.mb_declaration_count = len(picking.declaration_ids)
            picking.mb_is_relevant = bool(certified or claimed)
            picking.mb_message = declarations.filtered("refusal")[:1].refusal
            if certified:
                picking.mb_state = picking._get_receipt_state(declarations)
            else:
                picking.mb_state = _get_delivery_state(declarations)

    def _get_receipt_state(self, declarations) -> str:
        if self.mb_is_no_claim:
            return "no_claim"
        booked = declarations and all(d.state == "booked" for d in declarations)
        return "booked" if booked else "pending"

    # -- validating ----------------------------------------------------------------------------

    def button_validate(self):
        """Queue before the books when the goods concern them, then validate."""
        booked = self.sudo().filtered(lambda p: any(p.move_ids.product_id.mapped("is_mb_material")))
        if booked:
            self.env["mass.balance.queue"]._wait_for_turn(booked.company_id)
        return super().button_validate()

    # -- linking --------------------------------------------------------------------------------

    def _assign_declarations(self) -> None:
        """Give each received lot the one declaration of the transfer that is for its product.

        Where two could be meant, the lines are left for a person to decide.
        """
        for picking in self.sudo().filtered(lambda p: not p.mb_is_no_claim):
            usable = picking.declaration_ids.filtered(
                lambda d: d.direction == "in" and d.state != "cancelled"
            )
            for line in picking.move_line_ids.filtered(
                lambda ml: not ml.declaration_id and ml.move_id._is_certified_receipt()
            ):
                fitting = usable.filtered(lambda d, ml=line: d.product_id == ml.product_id)
                if len(fitting) == 1:
                    line.declaration_id = fitting

    @api.constrains("declaration_ids")
    def _check_declarations(self):
        for picking in self.sudo():
            supplier = picking.partner_id.commercial_partner_id
            booked = picking.move_line_ids.declaration_id.filtered(lambda d: d.state == "booked")
            if booked - picking.declaration_ids:
                raise UserError(
                    self.env._(
                        "%(receipt)s is booked by declaration %(number)s: the link stays.",
                        receipt=picking.name,
                        number=(booked - picking.declaration_ids)[0].number,
                    )
                )
            for declaration in picking.declaration_ids.filtered(lambda d: d.direction == "in"):
                if declaration.company_id != picking.company_id:
                    raise UserError(
                        self.env._(
                            "Declaration %(number)s belongs to %(company)s.",
                            number=declaration.number,
                            company=declaration.company_id.name,
                        )
                    )
                if supplier and declaration.commercial_partner_id != supplier:
                    raise UserError(
                        self.env._(
                            "Declaration %(number)s was issued by %(issuer)s, %(receipt)s comes "
                            "from %(supplier)s.",
                            number=declaration.number,
                            issuer=declaration.commercial_partner_id.name,
                            receipt=picking.name,
                            supplier=supplier.name,
                        )
                    )

    def write(self, vals):
        """What completes a receipt that is done is booked at once."""
        if {"mb_is_no_claim", "mb_dispatch_date"} & set(vals):
            self._refuse_late_claim(vals)
        drafted = self._get_outgoing_declarations()
        result = super().write(vals)
        if "declaration_ids" in vals and drafted != self._get_outgoing_declarations():
            raise UserError(
                self.env._("Outgoing declarations are linked by the delivery that drafted them.")
            )
        if {"declaration_ids", "mb_weighbridge_number"} & set(vals):
            done = self.sudo().filtered(lambda p: p.state == "done" and not p.mb_is_no_claim)
            done._assign_declarations()
            done.move_line_ids.declaration_id._book_receipts()
        return result

    def _get_outgoing_declarations(self):
        return self.sudo().declaration_ids.filtered(lambda d: d.direction == "out")

    def _refuse_late_claim(self, vals: dict) -> None:
        for picking in self:
            changed = any(picking[n] != vals[n] for n in ("mb_is_no_claim",) if n in vals)
            if changed and picking.state == "done":
                raise UserError(
                    self.env._(
                        "%s is received: whether it carries a claim was settled then.",
                        picking.name,
                    )
                )

    def action_view_mb_declarations(self):
        """Open the declarations of this transfer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sustainability declarations"),
            "res_model": "sustainability.declaration",
            "view_mode": "list,form",
            "domain": [("picking_ids", "in", self.ids)],
            "context": {
                "default_direction": "in",
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_picking_ids": self.ids,
                "default_product_id": self.move_ids[:1].product_id.id,
            },
        }


def _get_delivery_state(declarations):
    if not declarations:
        return False
    if any(declarations.mapped("refusal")):
        return "refused"
    return "issued" if all(d.state == "issued" for d in declarations) else "draft"
