# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity

from .selections import (
    ATTRIBUTIONS,
    BASES,
    CATEGORIES,
    KINDS,
    METHODS,
    RED_CATEGORIES,
    SCHEMES,
    STATEMENTS,
)

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
)
RULE_FIELDS = ("method", "attribution", "basis")


class MassBalanceAccount(models.Model):
    """One book: what a legal entity holds at one site under one scheme, of one raw material.

    An input book holds certified feedstock that is not yet converted; an output book holds the
    credits of one product group made from it. Opened by the first booking, never by hand. Its
    key can never change; method, attribution and basis are fixed for a certification year.
    Nothing is netted between books.
    """

    _name = "mass.balance.account"
    _inherit = [
        "mass.balance.account.figures",
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
    uom_name = fields.Char(string="Unit", default="kg", required=True, readonly=True)
    method = fields.Selection(METHODS, required=True, tracking=True)
    attribution = fields.Selection(ATTRIBUTIONS, required=True, tracking=True)
    basis = fields.Selection(BASES, required=True, tracking=True)
    # Kept by the entries in the statement that books them: never negative, whoever writes.
    booked_balance = Quantity(readonly=True, default=0.0)
    entry_ids = fields.One2many("mass.balance.entry", "account_id")
    credit_ids = fields.One2many("mass.balance.credit", "account_id")
    period_ids = fields.One2many("mass.balance.period", "account_id")
    _unique_key = models.UniqueIndex(
        "(company_id, warehouse_id, scheme, kind, category, COALESCE(red_category, ''),"
        " raw_material, product_group, statement)",
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
            account.name = " / ".join(label for label in labels if label)

    def _get_label(self, name: str) -> str:
        """Labels in the source language: the name of a book stands in hashed entries."""
        return dict(self._fields[name].selection).get(self[name], "")

    def _get_key(self) -> dict[str, str]:
        """Return the pool key in business terms, as it stands in every entry."""
        self.ensure_one()
        return {
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

    @api.model
    def _get_key_fields(self) -> tuple[str, ...]:
        return KEY_FIELDS

    def _get_rules(self) -> tuple:
        """Return method, attribution and basis: one declaration shows exactly one of each."""
        self.ensure_one()
        return tuple(self[name] for name in RULE_FIELDS)

    # -- opening and locking ----------------------------------------------------------------

    @api.model
    def _get_or_create(self, key: dict):
        """Return the book of a key (`KEY_FIELDS` → values), opening it on its first booking."""
        domain = [(name, "=", key.get(name) or False) for name in KEY_FIELDS]
        account = self.sudo().search(domain, limit=1)
        if account:
            return account
        # Two first bookings at once: the second waits here and is retried on the unique index.
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('mass.balance.account'), %s)",
            [key["company_id"]],
        )
        warehouse = self.env["stock.warehouse"].sudo().browse(key["warehouse_id"])
        return self.sudo().create(
            {
                **key,
                "method": warehouse.mb_method or "credit",
                "attribution": warehouse.mb_attribution or "proportional",
                "basis": warehouse.mb_basis or "mass",
            }
        )

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

    def _get_period(self, day):
        """Return the open period for a booking on a day, opening what is missing before it."""
        self.ensure_one()
        return self.env["mass.balance.period"].sudo()._get_or_open(self, day)

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
        changed = self.filtered(
            lambda account: any(
                name in vals and vals[name] != account[name] for name in RULE_FIELDS
            )
        )
        for account in changed:
            account._check_rule_may_change()
        result = super().write(vals)
        changed._check_method()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().entry_ids:
            raise UserError(
                self.env._("The book %s has entries and cannot be deleted.", self[:1].name)
            )

    def _check_method(self) -> None:
        for account in self:
            if account.method == "rolling_average" and account.attribution != "proportional":
                raise UserError(
                    self.env._(
                        "%s: a rolling average spreads the certified share over all outputs. "
                        "Choose proportional attribution, or the credit method.",
                        account.name,
                    )
                )

    def _check_rule_may_change(self) -> None:
        """Method, attribution and basis hold for a certification year (rules 14 and 16)."""
        self.ensure_one()
        today = self.warehouse_id._get_plant_day()
        own = self.company_id._get_own_certification(self.warehouse_id, self.scheme, today)
        domain = [("account_id", "=", self.id)]
        if own:
            domain.append(("booking_date", ">=", own.valid_from))
        entry = self.env["mass.balance.entry"].sudo().search(domain, order="id", limit=1)
        if entry:
            raise UserError(
                self.env._(
                    "The book %(book)s has entries since %(day)s: method, attribution and basis "
                    "stay as they are until the next certificate begins.",
                    book=self.name,
                    day=entry.booking_date,
                )
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
