# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity

from .selections import CATEGORIES, KINDS, RED_CATEGORIES, SCHEMES, STATEMENTS

KEY_FIELDS = (
    "company_id",
    "warehouse_id",
    "scheme",
    "kind",
    "category",
    "red_category",
    "raw_material",
    "product_group",
    "statement",
    "factor_key",
)


class MassBalanceAccount(models.Model):
    """One book: what a legal entity holds at one site under one scheme, of one raw material.

    An input book holds certified feedstock that is not yet converted; an output book holds the
    credits of one product group made from it. Opened by the first booking, never by hand. Its
    key can never change; method, attribution and basis are fixed for a certification year.
    Nothing is netted between books. Under ISCC EU an output book holds credits of one conversion
    factor only (rule 11).
    """

    _name = "mass.balance.account"
    _inherit = [
        "mass.balance.account.figures",
        "mass.balance.account.rules",
        "mass.balance.account.alert",
        "mass.balance.account.transfer",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Mass-balance book"
    _order = "company_id, warehouse_id, scheme, kind, product_group, category, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Site", required=True, readonly=True, ondelete="restrict"
    )
    scheme = fields.Selection(SCHEMES, required=True, readonly=True)
    kind = fields.Selection(
        KINDS,
        string="Kind of book",
        required=True,
        readonly=True,
    )
    category = fields.Selection(
        CATEGORIES, string="Raw-material category", required=True, readonly=True
    )
    red_category = fields.Selection(RED_CATEGORIES, readonly=True)
    raw_material = fields.Char(required=True, readonly=True)
    product_group = fields.Char(required=True, readonly=True, index=True)
    statement = fields.Selection(STATEMENTS, required=True, readonly=True)
    factor_key = fields.Char(
        string="Conversion factor of the pool",
        readonly=True,
        help="ISCC EU: credits made with another factor are another pool.",
    )
    uom_name = fields.Char(string="Unit", default="kg", required=True, readonly=True)
    # Kept by the entries in the statement that books them: never negative, whoever writes.
    booked_balance = Quantity(readonly=True, default=0.0)
    entry_ids = fields.One2many("mass.balance.entry", "account_id")
    credit_ids = fields.One2many("mass.balance.credit", "account_id")
    period_ids = fields.One2many("mass.balance.period", "account_id")
    _unique_key = models.UniqueIndex(
        "(company_id, warehouse_id, scheme, kind, category, COALESCE(red_category, ''),"
        " raw_material, product_group, statement, COALESCE(factor_key, ''))",
        "This book exists already.",
    )
    _balance_not_negative = models.Constraint(
        "CHECK (booked_balance >= 0)",
        "A mass-balance book can never be negative: the credits are already used.",
    )

    # -- figures ----------------------------------------------------------------------------

    @api.depends(*KEY_FIELDS)
    def _compute_name(self):
        for account in self:
            labels = [
                account.warehouse_id.code,
                account._get_label("scheme"),
                account._get_label("kind"),
                account.product_group,
                account._get_label("category"),
            ]
            if account.raw_material != account.product_group:
                labels.append(account.raw_material)
            if account.statement != "iscc_compliant":
                labels.append(account._get_label("statement"))
            if account.factor_key:
                labels.append(f"CF {account.factor_key}")
            account.name = " / ".join(label for label in labels if label)

    def _get_label(self, name: str) -> str:
        """Labels in the source language: the name of a book stands in hashed entries."""
        return dict(self._fields[name].selection).get(self[name], "")

    def _get_key(self) -> dict[str, str]:
        """Return the pool key in business terms, as it stands in every entry."""
        self.ensure_one()
        key = {
            "company": self.company_id.name,
            "site": self.warehouse_id.code,
            "scheme": self.scheme,
            "book": self.kind,
            "category": self.category,
            "red_category": self.red_category or "",
            "raw_material": self.raw_material,
            "product": self.product_group,
            "statement": self.statement,
            "unit": self.uom_name,
        }
        return {**key, "factor": self.factor_key} if self.factor_key else key

    def _get_key_values(self) -> dict:
        """Return the key as values of fields, to find or open the same book elsewhere."""
        self.ensure_one()
        values = {name: self[name] for name in KEY_FIELDS}
        return {**values, "company_id": self.company_id.id, "warehouse_id": self.warehouse_id.id}

    # -- opening and locking ----------------------------------------------------------------

    @api.model
    def _get_or_create(self, key: dict, like=None):
        """Return the book of a key (`KEY_FIELDS` → values), opening it on its first booking.

        A new book takes the rules of the book `like` it is fed from, else those its product has
        at the site in this certification year, else those of the site.
        """
        account = self._find(key)
        if account:
            return account
        # Two first bookings at once: the second waits here and is retried on the unique index.
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('mass.balance.account'), %s)",
            [key["company_id"]],
        )
        return self.sudo().create({**key, **self._prepare_rules(key, like)})

    @api.model
    def _find(self, key: dict):
        """Return the book of a key, or an empty recordset."""
        domain = [(name, "=", key.get(name) or False) for name in KEY_FIELDS]
        return self.sudo().search(domain, limit=1)

    def _prepare_output_key(self, warehouse, product_tmpl, factor: str = "") -> dict:
        """Return the key of the book in which credits made from this book are kept."""
        self.ensure_one()
        return {
            **self._get_key_values(),
            "warehouse_id": warehouse.id,
            "kind": "output",
            "product_group": product_tmpl._get_mb_group(),
            "factor_key": factor if self.scheme == "iscc_eu" else False,
        }

    def _lock(self) -> None:
        """Take the books for this transaction, always in the same order.

        The rows are updated, not only locked: under REPEATABLE READ a writer that waited would
        go on reading its old snapshot. So it gets a serialization failure and is retried.
        """
        for account_id in sorted(self.ids):
            self.env.cr.execute(
                "UPDATE mass_balance_account SET booked_balance = booked_balance WHERE id = %s",
                [account_id],
            )
        self.invalidate_recordset(["booked_balance"])

    def _get_period(self, day, correcting_id=None):
        """Return the open period for a booking on a day, opening what is missing before it.

        `correcting_id` names an open correcting period of this book that takes it instead.
        """
        self.ensure_one()
        periods = self.env["mass.balance.period"].sudo()
        if correcting_id:
            return periods.browse(correcting_id)._check_takes_corrections(self)
        return periods._get_or_open(self, day)

    # -- guard ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create([{**vals, "booked_balance": 0.0} for vals in vals_list])
        accounts._check_method()
        return accounts

    def write(self, vals):
        """Refuse another key, a typed balance, and another rule inside a certification year."""
        frozen = sorted(set(vals) & {*KEY_FIELDS, "uom_name", "booked_balance"})
        if frozen:
            raise UserError(
                self.env._(
                    "The key and the balance of the book %(book)s can never be changed "
                    "(%(fields)s). Another key is another book.",
                    book=self[:1].name,
                    fields=", ".join(frozen),
                )
            )
        self._check_rules_may_change(vals)
        result = super().write(vals)
        self._check_method()
        rules = self._get_changed_rules(vals)
        if rules:
            super(MassBalanceAccount, self._get_books_of_product() - self).write(rules)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().entry_ids:
            raise UserError(
                self.env._("The book %s has entries and cannot be deleted.", self[:1].name)
            )

    # -- buttons ----------------------------------------------------------------------------

    def _open(self, model: str, name: str, views: str) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": views,
            "domain": [("account_id", "=", self.id)],
        }

    def action_view_entries(self):
        """Open the entries of the book."""
        return self._open("mass.balance.entry", self.env._("Entries"), "list,form,pivot,graph")

    def action_view_credits(self):
        """Open what is left of each set of characteristics."""
        return self._open("mass.balance.credit", self.env._("Credits"), "list,form")

    def action_view_periods(self):
        """Open the periods of the book."""
        return self._open("mass.balance.period", self.env._("Periods"), "list,form")

    def action_view_vouchers(self):
        """Open the vouchers of the book."""
        return self._open("mass.balance.voucher", self.env._("Vouchers"), "list,form")

    def action_new_correction(self):
        """Open a new voucher that corrects this book."""
        return self._open_new_voucher("correction")

    def action_new_site_transfer(self):
        """Open a new voucher by which credits of this book go to another site."""
        return self._open_new_voucher("site")

    def action_new_scheme_transfer(self):
        """Open a new voucher by which credits go from ISCC EU to ISCC PLUS."""
        return self._open_new_voucher("scheme")

    def _open_new_voucher(self, kind: str) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Voucher"),
            "res_model": "mass.balance.voucher",
            "view_mode": "form",
            "context": {"default_kind": kind, "default_account_id": self.id},
        }
