# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity


class StockLot(models.Model):
    """A received lot carries one set of characteristics: that of its incoming declaration.

    The set is given once, when the receipt is booked, and never split or exchanged.
    """

    _inherit = "stock.lot"

    mb_declaration_id = fields.Many2one(
        "sustainability.declaration",
        string="Incoming declaration",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_mb_certified = fields.Boolean(related="product_id.is_mb_certified")
    mb_state = fields.Selection(
        [
            ("pending", "Declaration pending"),
            ("no_claim", "No claim"),
            ("certified", "Certified"),
            ("withdrawn", "Declaration cancelled"),
            ("attributed", "Mass-balance attributed"),
        ],
        string="Sustainability",
        compute="_compute_mb_state",
        compute_sudo=True,
    )
    mb_is_no_claim = fields.Boolean(string="Received without claim", readonly=True, copy=False)
    mb_category = fields.Selection(related="mb_declaration_id.category")
    mb_raw_material = fields.Char(related="mb_declaration_id.raw_material")
    mb_origin_country_id = fields.Many2one(related="mb_declaration_id.origin_country_id")
    mb_statement = fields.Selection(related="mb_declaration_id.statement")
    mb_waste_status = fields.Selection(related="mb_declaration_id.waste_status")
    mb_chain_of_custody = fields.Selection(related="mb_declaration_id.chain_of_custody")
    mb_ghg_value = Quantity(related="mb_declaration_id.ghg_value", string="GHG value")
    mb_ghg_unit = fields.Char(related="mb_declaration_id.ghg_unit")
    mb_quantity = Quantity(
        string="Certified left (kg)", compute="_compute_mb_quantity", compute_sudo=True
    )

    @api.depends("mb_declaration_id.state", "mb_is_no_claim", "product_id")
    def _compute_mb_state(self):
        attributed = self._get_attributed()
        for lot in self:
            declaration = lot.mb_declaration_id
            if lot in attributed:
                lot.mb_state = "attributed"
            elif declaration:
                cancelled = declaration.state == "cancelled"
                lot.mb_state = "withdrawn" if cancelled else "certified"
            elif lot.mb_is_no_claim:
                lot.mb_state = "no_claim"
            else:
                lot.mb_state = "pending" if lot.is_mb_certified else False

    def _get_attributed(self):
        """Return the lots made here that carry a certified share."""
        groups = self.env["mass.balance.entry"]._read_group(
            [("lot_id", "in", self.ids), ("kind", "=", "output"), ("direction", "=", "convert")],
            ["lot_id"],
        )
        return self.browse([lot.id for (lot,) in groups])

    @api.depends("mb_declaration_id")
    def _compute_mb_quantity(self):
        groups = self.env["mass.balance.credit"]._read_group(
            [("lot_id", "in", self.ids)], ["lot_id"], ["remaining:sum"]
        )
        left = {lot.id: remaining for lot, remaining in groups}
        for lot in self:
            lot.mb_quantity = left.get(lot.id, 0.0)

    def _get_input_credits(self):
        """Return what is left of the lot's certified input, oldest first."""
        return (
            self.env["mass.balance.credit"]
            .sudo()
            .search(
                [
                    ("lot_id", "in", self.ids),
                    ("account_id.kind", "=", "input"),
                    ("remaining", ">", 0),
                ],
                order="id",
            )
        )

    def _get_consuming_orders(self):
        """Return the orders that used the lot before its declaration was complete."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", self.ids),
                ("state", "=", "done"),
                ("move_id.raw_material_production_id", "!=", False),
            ]
        )
        return lines.move_id.raw_material_production_id

    def _set_declaration(self, declaration) -> None:
        """Give the lot its set of characteristics; a second, different one is refused."""
        for lot in self:
            known = lot.mb_declaration_id
            if known and known != declaration and known.state != "cancelled":
                raise UserError(
                    self.env._(
                        "Lot %(lot)s carries the characteristics of declaration %(known)s. They "
                        "cannot be mixed with those of %(new)s: receive it as a lot of its own.",
                        lot=lot.name,
                        known=known.number,
                        new=declaration.number,
                    )
                )
            lot._stamp_mass_balance(mb_declaration_id=declaration.id)

    def _stamp_mass_balance(self, **vals) -> bool:
        """Write what only the books write, past the guard of `write`."""
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        stamped = {"mb_declaration_id", "mb_is_no_claim"}
        return super().create(
            [{k: v for k, v in vals.items() if k not in stamped} for vals in vals_list]
        )

    def write(self, vals):
        """The set of characteristics comes from the receipt alone."""
        if {"mb_declaration_id", "mb_is_no_claim"} & set(vals):
            raise UserError(
                self.env._(
                    "The sustainability characteristics of lot %s come from its receipt and "
                    "cannot be changed.",
                    self[:1].name,
                )
            )
        return super().write(vals)

    def action_view_mb_entries(self):
        """Open what the books say of this lot."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mass-balance entries"),
            "res_model": "mass.balance.entry",
            "view_mode": "list,form",
            "domain": [("lot_id", "=", self.id)],
        }
