# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, transfer
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
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
    entry_count = fields.Integer(compute="_compute_figures")
    current_period_id = fields.Many2one("mass.balance.period", compute="_compute_current_period")
    opening_quantity = Quantity(string="Opening (kg)", compute="_compute_figures")
    in_quantity = Quantity(string="In (kg)", compute="_compute_figures")
    converted_quantity = Quantity(string="Converted (kg)", compute="_compute_figures")
    out_quantity = Quantity(string="Out (kg)", compute="_compute_figures")
    other_quantity = Quantity(string="Losses and corrections (kg)", compute="_compute_figures")
    balance = Quantity(string="Balance (kg)", compute="_compute_figures")
    stock_quantity = Quantity(string="In stock (kg)", compute="_compute_stock_quantity")

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

    def _get_rules(self) -> tuple:
        """Return method, attribution and basis: one declaration shows exactly one of each."""
        self.ensure_one()
        return tuple(self[name] for name in RULE_FIELDS)

    @api.depends("period_ids")
    def _compute_current_period(self):
        for account in self:
            open_periods = account.period_ids.filtered(lambda p: p.state == "open")
            account.current_period_id = open_periods.sorted("date_start")[-1:]

    @api.depends("entry_ids")
    def _compute_figures(self):
        sums = self._read_sums()
        for account in self:
            current = account.current_period_id
            own = sums.get(account.id, {})
            before = {k: v for k, v in own.items() if current and k[0] < current.date_start}
            now = {k[1]: v for k, v in own.items() if current and k[0] == current.date_start}
            total = sum((signed for signed, _count in own.values()), balance.ZERO)
            account.opening_quantity = sum((s for s, _count in before.values()), balance.ZERO)
            account.in_quantity = now.pop("in", (balance.ZERO, 0))[0]
            account.converted_quantity = now.pop("convert", (balance.ZERO, 0))[0]
            account.out_quantity = now.pop("out", (balance.ZERO, 0))[0]
            account.other_quantity = sum((s for s, _count in now.values()), balance.ZERO)
            account.balance = total
            account.entry_count = sum(count for _signed, count in own.values())

    def _read_sums(self) -> dict[int, dict]:
        """One SQL aggregate: account → (first day of period, direction) → (signed sum, lines)."""
        groups = self.env["mass.balance.entry"]._read_group(
            [("account_id", "in", self.ids)],
            ["account_id", "period_id", "direction"],
            ["signed_quantity:sum", "__count"],
        )
        found = defaultdict(dict)
        for account, period, direction, signed, count in groups:
            found[account.id][(period.date_start, direction)] = (to_decimal(signed), count)
        return found

    def _compute_stock_quantity(self):
        for account in self:
            account.stock_quantity = account._get_stock_quantity()

    def _get_stock_quantity(self):
        """Return what lies at the site of the book's products, certified or not, in kg."""
        self.ensure_one()
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("location_id", "child_of", self.warehouse_id.view_location_id.id),
                    ("location_id.usage", "=", "internal"),
                    ("product_id", "in", self._get_products().ids),
                ],
                ["product_id"],
                ["quantity:sum"],
            )
        )
        return sum(
            (
                product._get_kg(quantity, product.uom_id)
                for product, quantity in groups
                if not product._get_unweighable_reason(product.uom_id)
            ),
            balance.ZERO,
        )

    def _get_products(self):
        """Return the products that belong to the book's product group."""
        self.ensure_one()
        candidates = (
            self.env["product.product"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [self.company_id.id, False]),
                    "|",
                    "|",
                    ("mb_group", "=", self.product_group),
                    ("mb_material", "=", self.product_group),
                    ("name", "=", self.product_group),
                ]
            )
        )
        return candidates.filtered(
            lambda p: p.product_tmpl_id._get_mb_group() == self.product_group
        )

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

    # -- transfer ---------------------------------------------------------------------------

    def _transfer_to_scheme(self, scheme: str, quantity, reason: str):
        """Move credits into the same book of another scheme: two linked entries (rule 9).

        ISCC EU to ISCC PLUS only. Returns the entries, out first. Sets keep their identity.
        """
        self.ensure_one()
        problem = transfer.scheme_problem(self.scheme, scheme)
        if problem:
            raise UserError(
                self.env._(
                    "%(book)s: credits go from ISCC EU to ISCC PLUS, never back or elsewhere.",
                    book=self.name,
                )
            )
        key = {name: self[name] for name in KEY_FIELDS}
        key.update(
            company_id=self.company_id.id,
            warehouse_id=self.warehouse_id.id,
            scheme=scheme,
            red_category=False,
        )
        target = self._get_or_create(key)
        (self | target)._lock()
        return self._move_credits(target, quantity, reason)

    def _move_credits(self, target, quantity, reason: str):
        entries = self.env["mass.balance.entry"].sudo()
        credits = self.env["mass.balance.credit"]._get_left(self)
        parts = balance.oldest_first(quantity, [(c, c._get_remaining()) for c in credits])
        if not parts:
            raise UserError(
                self.env._(
                    "The book %(book)s holds %(held)s kg: %(wanted)s kg cannot be taken from it.",
                    book=self.name,
                    held=to_text(self.booked_balance),
                    wanted=to_text(quantity),
                )
            )
        moved = entries
        for credit, part in parts:
            values = {
                "quantity": part,
                "booking_date": self.warehouse_id._get_plant_day(),
                "document": self.env._("Transfer to %s", target.name),
                "reason": reason,
                "source_declaration_id": credit.declaration_id.id,
                "lot_id": credit.lot_id.id,
            }
            out = entries.create([{**values, "account_id": self.id, "direction": "transfer_out"}])
            moved |= out | entries.create(
                [
                    {
                        **values,
                        "account_id": target.id,
                        "direction": "transfer_in",
                        "counterpart_id": out.id,
                    }
                ]
            )
        return moved

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

    def unlink(self):
        if self.sudo().entry_ids:
            raise UserError(
                self.env._("The book %s has entries and cannot be deleted.", self[:1].name)
            )
        return super().unlink()

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
