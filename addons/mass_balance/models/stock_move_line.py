# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

BOOKED_FIELDS = {"quantity", "product_uom_id", "lot_id", "location_id", "location_dest_id"}


class StockMoveLine(models.Model):
    """One lot of a move; a received lot may name the declaration it came with."""

    _inherit = "stock.move.line"

    declaration_id = fields.Many2one(
        "sustainability.declaration",
        string="Incoming declaration",
        domain="[('direction', '=', 'in'), ('product_id', '=', product_id),"
        " ('state', '!=', 'cancelled')]",
        check_company=True,
        copy=False,
        index="btree_not_null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A line added to a move that is done passes the same doors as the move did."""
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.move_id.state == "done")
        if late:
            late._refuse_when_booked(self.env._("lines cannot be added"))
            late.move_id._check_receipt_covered()
            late.move_id._book_mass_balance()
        return lines

    def write(self, vals):
        """A done line that stands in the books keeps its quantity, lot and places."""
        changed = BOOKED_FIELDS & set(vals)
        if changed:
            lines = self.filtered(lambda line: line.state == "done" and line._differs(vals))
            lines._refuse_when_booked(self.env._("quantity, lot and places stay as they are"))
        if "declaration_id" in vals:
            self.filtered(lambda line: line.declaration_id)._refuse_when_booked(
                self.env._("its declaration stays")
            )
        result = super().write(vals)
        if vals.get("declaration_id"):
            done = self.sudo().filtered(lambda line: line.state == "done")
            done.declaration_id._book_receipts()
        return result

    def _differs(self, vals: dict) -> bool:
        """Is anything of what was booked really changed by these values?"""
        for name in BOOKED_FIELDS & set(vals):
            field = self._fields[name]
            new = field.convert_to_write(
                field.convert_to_record(field.convert_to_cache(vals[name], self), self), self
            )
            if new != field.convert_to_write(self[name], self):
                return True
        return False

    def _refuse_when_booked(self, what: str) -> None:
        if not self:
            return
        entries = self.env["mass.balance.entry"].sudo()
        entry = entries.search([("move_id", "in", self.move_id.ids)], limit=1)
        drafts = self.move_id._get_drafted_declarations()
        if entry or drafts:
            raise UserError(
                self.env._(
                    "%(document)s is in the mass-balance books: %(what)s. Return or scrap what "
                    "is wrong; the books follow.",
                    document=entry.document or drafts[0].number,
                    what=what,
                )
            )

    def _get_output_entries(self):
        """Return the entries that gave credits to the batch this line takes goods from.

        By its lot; goods without a lot are taken for the last batch made at the site.
        """
        self.ensure_one()
        domain = [("direction", "=", "convert"), ("signed_quantity", ">", 0)]
        entries = self.env["mass.balance.entry"].sudo()
        if self.lot_id:
            made = self.search(
                [("lot_id", "=", self.lot_id.id), ("move_id.production_id", "!=", False)]
            )
            return entries.search([*domain, ("move_id", "in", made.move_id.ids)])
        last = entries.search(
            [
                *domain,
                ("move_id.product_id", "=", self.product_id.id),
                ("warehouse_id", "=", self.location_id.warehouse_id.id),
            ],
            limit=1,
        )
        return entries.search([*domain, ("move_id", "=", last.move_id.id)]) if last else entries

    def _get_mb_figure(self, basis: str, day):
        """Return the figure of these goods on a basis: what is known of the lot on that day.

        A laboratory's heating value overrules the supplier's, and both that of the product.
        """
        self.ensure_one()
        own = self.lot_id._get_measured("lhv", day) if basis == "lhv" else None
        return own or self.product_id._get_mb_figure(basis)

    def _get_kg(self):
        """Return the quantity of the line in kg."""
        self.ensure_one()
        return self.product_id._get_kg(self.quantity, self.product_uom_id)
