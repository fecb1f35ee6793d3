# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text


class MassBalanceCredit(models.Model):
    """What is left in a book of one incoming declaration's set of characteristics.

    A running figure that entries keep up to date in the statement that books them, so that a
    draw costs the same however long the book is; it can be recomputed from the entries. In an
    input book it is kept for each lot. It can never be negative and nobody writes it by hand.
    """

    _name = "mass.balance.credit"
    _description = "Credit of one set of characteristics"
    _order = "id"
    _log_access = False

    account_id = fields.Many2one(
        "mass.balance.account", string="Book", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    declaration_id = fields.Many2one(
        "sustainability.declaration",
        string="Incoming declaration",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="restrict", index=True)
    remaining = Quantity(string="Left (kg)", required=True, readonly=True, default=0.0)
    product_group = fields.Char(related="account_id.product_group")
    category = fields.Selection(related="account_id.category")
    raw_material = fields.Char(related="account_id.raw_material")
    origin_country_id = fields.Many2one(related="declaration_id.origin_country_id")
    scheme = fields.Selection(related="account_id.scheme")

    _unique_set = models.UniqueIndex("(account_id, declaration_id, COALESCE(lot_id, 0))")
    _remaining_idx = models.Index("(account_id, id) WHERE remaining > 0")
    _remaining_not_negative = models.Constraint(
        "CHECK (remaining >= 0)",
        "A credit can never be negative: the quantity is already used.",
    )

    @api.depends("declaration_id", "lot_id")
    def _compute_display_name(self):
        for credit in self:
            parts = [credit.declaration_id.number, credit.lot_id.name]
            credit.display_name = " / ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: credits come from entries."""
        if vals_list:
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: credits come from entries."""
        if self:
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _refuse(self):
        raise UserError(self.env._("Credits are kept by the entries of the books, never by hand."))

    @api.model
    def _add(self, account, declaration_id: int, lot_id: int | None, signed: Decimal) -> None:
        """Add to (or take from) the running figures of a book and of one set in it.

        The caller holds the book (`account._lock`). The checks of both tables are the last
        word; callers look before they take and say it in words.
        """
        left = to_decimal(account.booked_balance) + signed
        if left < 0:
            raise UserError(
                self.env._(
                    "The book %(book)s holds %(held)s kg: %(wanted)s kg cannot be taken from it.",
                    book=account.name,
                    held=to_text(account.booked_balance),
                    wanted=to_text(-signed),
                )
            )
        self.env.cr.execute(
            "UPDATE mass_balance_account SET booked_balance = booked_balance + %s WHERE id = %s",
            [signed, account.id],
        )
        # An update first: the check of a negative insert fires before its conflict clause.
        self.env.cr.execute(
            """UPDATE mass_balance_credit SET remaining = remaining + %s
                WHERE account_id = %s AND declaration_id = %s AND COALESCE(lot_id, 0) = %s""",
            [signed, account.id, declaration_id, lot_id or 0],
        )
        if not self.env.cr.rowcount:
            self.env.cr.execute(
                """INSERT INTO mass_balance_credit
                          (account_id, company_id, declaration_id, lot_id, remaining)
                   VALUES (%s, %s, %s, %s, %s)""",
                [account.id, account.company_id.id, declaration_id, lot_id or None, signed],
            )
        account.invalidate_recordset(["booked_balance"])
        self.invalidate_model()

    @api.model
    def _get_left(self, accounts):
        """Return the credits of the books that are not used up, oldest first."""
        accounts.flush_recordset()
        return self.sudo().search(
            [("account_id", "in", accounts.ids), ("remaining", ">", 0)], order="id"
        )

    def _get_transfer_mark(self) -> str:
        """Return what a declaration says of multi-site credit transfers of this set (rule 8).

        A set of which any quantity came by credit transfer from another site of ours carries the
        mark as a whole: a quantity once booked together is not told apart again.
        """
        self.ensure_one()
        domain = [
            ("account_id", "=", self.account_id.id),
            ("source_declaration_id", "=", self.declaration_id.id),
            ("direction", "=", "transfer_in"),
            ("voucher_id.kind", "=", "site"),
        ]
        if self.env["mass.balance.entry"].sudo().search_count(domain, limit=1):
            return "issuer"
        known = self.declaration_id.credit_transfer
        return "upstream" if known in ("upstream", "issuer") else "none"

    def _get_remaining(self) -> Decimal:
        """Return what is left as a decimal."""
        self.ensure_one()
        return to_decimal(self.remaining)
