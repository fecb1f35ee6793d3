# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from .selections import CATEGORIES, KINDS, SCHEMES

DIRECTIONS = [
    ("opening", "Opening"),
    ("in", "In"),
    ("convert", "Conversion"),
    ("loss", "Loss"),
    ("fuel", "Lost to fuel use"),
    ("out", "Out"),
    ("transfer_in", "Transfer in"),
    ("transfer_out", "Transfer out"),
    ("forfeit", "Forfeited"),
    ("correction", "Correction"),
]
# The sign is given by the direction where it can be; `convert` and `correction` go both ways.
SIGNS = {
    "opening": 1,
    "in": 1,
    "loss": -1,
    "fuel": -1,
    "out": -1,
    "transfer_in": 1,
    "transfer_out": -1,
    "forfeit": -1,
}
COPIED = ("scheme", "kind", "category", "product_group", "raw_material")


class MassBalanceEntry(models.Model):
    """One line of a book: a certified quantity that came in, was converted, left or was lost.

    Written by stock moves, manufacturing orders and declarations when they are done, and by signed
    vouchers; never by hand. Nothing of it can ever change: a correction is a new entry that names
    its reason. All entries of a company form one hash chain.
    """

    _name = "mass.balance.entry"
    _inherit = ["mass.balance.entry.take", "audit.chain.mixin"]
    _description = "Mass-balance entry"
    _order = "id desc"
    _rec_name = "document"

    account_id = fields.Many2one(
        "mass.balance.account",
        string="Book",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    period_id = fields.Many2one(
        "mass.balance.period", required=True, readonly=True, ondelete="restrict", index=True
    )
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    quantity = Quantity(string="Quantity (kg)", required=True, readonly=True)
    signed_quantity = Quantity(string="Change (kg)", required=True, readonly=True)
    booking_date = fields.Date(string="Date", required=True, readonly=True, index=True)
    document = fields.Char(required=True, readonly=True)
    reason = fields.Char(readonly=True)
    declaration_id = fields.Many2one(
        "sustainability.declaration", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    source_declaration_id = fields.Many2one(
        "sustainability.declaration",
        string="Set of characteristics",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    lot_id = fields.Many2one(
        "stock.lot", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    move_id = fields.Many2one(
        "stock.move", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    production_id = fields.Many2one(
        "mrp.production", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    conversion_id = fields.Many2one("mass.balance.conversion", readonly=True, ondelete="restrict")
    factor = fields.Char(
        string="Output/input",
        readonly=True,
        help="Both figures of the conversion factor, nothing divided.",
    )
    voucher_id = fields.Many2one(
        "mass.balance.voucher", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    corrected_id = fields.Many2one(
        "mass.balance.entry", string="Corrects", readonly=True, ondelete="restrict"
    )
    counterpart_id = fields.Many2one(
        "mass.balance.entry", string="Other leg", readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    # Copied from the book, whose key never changes: a stored related field would be written
    # after the row, and the table takes no update.
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Site", required=True, readonly=True, ondelete="restrict"
    )
    scheme = fields.Selection(SCHEMES, required=True, readonly=True)
    kind = fields.Selection(KINDS, string="Kind of book", required=True, readonly=True)
    category = fields.Selection(CATEGORIES, required=True, readonly=True)
    product_group = fields.Char(required=True, readonly=True)
    raw_material = fields.Char(required=True, readonly=True)

    _account_period_idx = models.Index("(account_id, period_id, direction)")
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "An entry of nothing is no entry."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Lock the books, open their periods, keep the running figures, then append.

        Each dict gives `account_id`, `direction`, `quantity` (kg, Decimal or its text, positive),
        `booking_date`, `document` and `source_declaration_id`. `convert` and `correction` take
        their sign from `sign` (1 or -1). `period_id` is given for a correcting period alone.
        """
        self.check_access("create")
        rows = [self._prepare_row(vals) for vals in vals_list]
        accounts = (
            self.env["mass.balance.account"].sudo().browse({row["account_id"] for row in rows})
        )
        accounts._lock()
        for row in rows:
            account = accounts.browse(row["account_id"])
            self._check_opening(account, row)
            row["company_id"] = account.company_id.id
            row["warehouse_id"] = account.warehouse_id.id
            row.update({name: account[name] for name in COPIED})
            correcting = row.get("period_id") if row["direction"] == "correction" else None
            row["period_id"] = account._get_period(row["booking_date"], correcting).id
            self.env["mass.balance.credit"]._add(
                account,
                row["source_declaration_id"],
                row.get("lot_id") if account.kind == "input" else None,
                row.pop("_signed"),
            )
        return super().create(rows)

    def _check_opening(self, account, row: dict) -> None:
        """What a book opens with stands before everything else in it, on one voucher."""
        if row["direction"] != "opening":
            return
        domain = [("account_id", "=", account.id)]
        voucher = row.get("voucher_id")
        domain += ["|", ("voucher_id", "=", False), ("voucher_id", "!=", voucher or False)]
        earlier = self.sudo().search(domain, order="id", limit=1)
        if earlier:
            raise UserError(
                self.env._(
                    "The book %(book)s has entries since %(day)s (%(document)s): an opening comes "
                    "before the first of them, once. Correct it by a correction.",
                    book=account.name,
                    day=earlier.booking_date,
                    document=earlier.document,
                )
            )

    def _prepare_row(self, vals: dict) -> dict:
        """Return the values to store: the sign by the direction, three digits, the user."""
        row = dict(vals)
        sign = row.pop("sign", None)
        if row["direction"] in SIGNS:
            sign = SIGNS[row["direction"]]
        elif sign not in (1, -1):
            raise UserError(self.env._("A conversion or correction goes in or out: say which."))
        if row["direction"] == "correction" and not row.get("reason"):
            raise UserError(self.env._("A correction names its reason."))
        quantity = to_decimal(row["quantity"])
        if quantity <= 0:
            raise UserError(self.env._("An entry of nothing is no entry (%s).", row["document"]))
        signed = quantity * sign
        row.update(
            quantity=float(quantity),
            signed_quantity=float(signed),
            booking_date=fields.Date.to_date(row["booking_date"]),
            user_id=self.env.uid,
            _signed=signed,
        )
        if row.get("conversion_id") and not row.get("factor"):
            conversion = self.env["mass.balance.conversion"].sudo().browse(row["conversion_id"])
            row["factor"] = conversion._get_factor_text()
        return row

    def _prepare_chain_payload(self, vals):
        account = self.env["mass.balance.account"].sudo().browse(vals["account_id"])
        period = self.env["mass.balance.period"].sudo().browse(vals["period_id"])
        declarations = self.env["sustainability.declaration"].sudo()
        declaration = declarations.browse(vals.get("declaration_id"))
        source = declarations.browse(vals["source_declaration_id"])
        voucher = self.env["mass.balance.voucher"].sudo().browse(vals.get("voucher_id"))
        corrected = self.sudo().browse(vals.get("corrected_id"))
        counterpart = self.sudo().browse(vals.get("counterpart_id"))
        payload = {
            "account": account._get_key(),
            "period": period._get_reference(),
            "direction": vals["direction"],
            "quantity": to_text(vals["quantity"]),
            "change": to_text(vals["signed_quantity"]),
            "date": str(vals["booking_date"]),
            "document": vals["document"],
            "reason": vals.get("reason") or "",
            "declaration": declaration.number or "",
            "set": source._get_set_reference(),
            "lot": self.env["stock.lot"].sudo().browse(vals.get("lot_id")).name or "",
            "order": self.env["mrp.production"].sudo().browse(vals.get("production_id")).name or "",
            "factor": vals.get("factor") or "",
            "counterpart": counterpart.chain_sequence if counterpart else None,
            "corrects": corrected.chain_sequence if corrected else None,
            "user": self.env["res.users"].sudo().browse(vals.get("user_id")).login or "",
        }
        return {**payload, **voucher._get_entry_payload()} if voucher else payload
