# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, period


class MassBalancePeriod(models.Model):
    """One balancing period of a book: at most three months, without gap to the one before.

    Opened by the first booking in it or by the scheduled action, so that a quarter without
    movement exists too. Closed by the sustainability manager's signature after its last day;
    the figures of a closed period can never change. What was wrong in the last closed one is put
    right in a correcting period of the same days, opened and closed by signature.
    """

    _name = "mass.balance.period"
    _inherit = [
        "mass.balance.period.figures",
        "mass.balance.period.correction",
        "audit.signable.mixin",
    ]
    _description = "Mass-balance period"
    _order = "date_start desc, revision desc, account_id, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    account_id = fields.Many2one(
        "mass.balance.account",
        string="Book",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    scheme = fields.Selection(related="account_id.scheme", store=True)
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(string="To", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")], default="open", required=True, readonly=True
    )
    entry_ids = fields.One2many("mass.balance.entry", "period_id")
    closed_quantity = Quantity(string="Carried forward (kg)", readonly=True)
    forfeited_quantity = Quantity(string="Forfeited (kg)", readonly=True)
    closing_note = fields.Char(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    closed_at = fields.Datetime(readonly=True)

    _unique_start = models.UniqueIndex(
        "(account_id, date_start, revision)", "This period exists already."
    )

    @api.depends("date_start", "date_end", "revision")
    def _compute_name(self):
        for record in self:
            name = f"{record.date_start} – {record.date_end}"
            record.name = f"{name} / {record.revision}" if record.revision else name

    def _get_reference(self) -> str:
        """Return how hashed entries name this period."""
        self.ensure_one()
        reference = f"{self.date_start}/{self.date_end}"
        return f"{reference}/{self.revision}" if self.revision else reference

    def _get_place(self) -> tuple:
        """Return what orders the periods of a book: a correction follows what it corrects."""
        self.ensure_one()
        return (self.date_start, self.revision)

    # -- opening ----------------------------------------------------------------------------

    @api.constrains("date_start", "date_end", "account_id")
    def _check_dates(self):
        for record in self.filtered(lambda p: not p.revision):
            own = [("account_id", "=", record.account_id.id), ("revision", "=", 0)]
            before = self.search(
                [*own, ("id", "!=", record.id)],
                order="date_end desc",
                limit=1,
            )
            problem = period.check(
                period.Span(record.date_start, record.date_end), before.date_end or None
            )
            if problem:
                raise ValidationError(record._get_problem_text(problem))

    def _get_problem_text(self, problem) -> str:
        texts = {
            "too_long": self.env._(
                "A mass-balance period has at most three months: %(name)s must end on %(day)s at "
                "the latest.",
                name=self.name,
                day=problem.expected,
            ),
            "reversed": self.env._("The period %s ends before it begins.", self.name),
        }
        follows = self.env._(
            "Periods follow each other without gap or overlap: %(name)s must begin on %(day)s.",
            name=self.name,
            day=problem.expected,
        )
        return texts.get(problem.code, follows)

    @api.model
    def _get_or_open(self, account, day):
        """Return the open period a booking of that day goes into.

        That is the period of the day while it is open, else the first open one after it: a
        closed period stays as it was signed. Missing periods are opened, none is skipped.
        """
        own = [("account_id", "=", account.id), ("revision", "=", 0)]
        last = self.search(own, order="date_end desc", limit=1)
        if not last or last.date_end < day or last.state == "closed":
            until = max(day, last.date_end + timedelta(days=1)) if last else day
            self._open_until(account, last.date_end or None, until)
        return self.search(
            [*own, ("state", "=", "open"), ("date_end", ">=", day)], order="date_start", limit=1
        )

    @api.model
    def _open_until(self, account, previous_end, day):
        for span in period.spans_until(previous_end, day):
            self.create({"account_id": account.id, "date_start": span.start, "date_end": span.end})

    @api.model
    def _cron_open(self):
        """Open the periods that have begun, for every book: also where nothing moved."""
        for account in self.env["mass.balance.account"].search([]):
            account._lock()
            self._get_or_open(account, account.warehouse_id._get_plant_day())

    # -- guard ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "state": "open"} for vals in vals_list])

    def write(self, vals):
        """A period keeps its dates and its state; only the stock reading is typed, while open."""
        frozen = set(vals) - {"has_stock_reading", "physical_stock"}
        closed = self.filtered(lambda record: record.state == "closed")
        if frozen or closed:
            raise UserError(
                self.env._(
                    "Period %(name)s: only the reading of the stock is entered, and only while "
                    "the period is open. What comes later is booked in the next period.",
                    name=(closed or self)[:1].name,
                )
            )
        if "physical_stock" in vals and "has_stock_reading" not in vals:
            vals = {**vals, "has_stock_reading": True}
        result = super().write(vals)
        self._tell_deviation()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Period %s is part of a continuous book and stays.", self[:1].name)
        )

    # -- closing ----------------------------------------------------------------------------

    def _get_signature_content(self):
        self.ensure_one()
        return {
            "account": self.account_id._get_key(),
            "from": str(self.date_start),
            "to": str(self.date_end),
            "opening": to_text(self.opening_quantity),
            "in": to_text(self.in_quantity),
            "out": to_text(to_decimal(self.out_quantity) - to_decimal(self.forfeited_quantity)),
            "physical_stock": to_text(self.physical_stock) if self.has_stock_reading else "",
        }

    def _get_signature_meanings(self):
        return {
            "close": self.env._("Closing of the period"),
            "correct": self.env._("Opening of a correcting period"),
        }

    def _check_may_sign(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self.env._("Only the sustainability manager closes a period."))
        if meaning == "correct":
            self._check_may_correct()
        else:
            self._check_may_close()

    def _check_may_close(self) -> None:
        if self.state == "closed":
            raise UserError(self.env._("Period %s is already closed.", self.name))
        if self.account_id.warehouse_id._get_plant_day() <= self.date_end:
            raise UserError(
                self.env._("Period %s has not ended yet: it can be closed after that.", self.name)
            )
        earlier = self.account_id.period_ids.filtered(
            lambda p: p.state == "open" and p._get_place() < self._get_place()
        )
        if earlier:
            raise UserError(
                self.env._("Close %s first: periods are closed in order.", earlier[-1].name)
            )
        self._check_no_deficit()

    def _check_no_deficit(self) -> None:
        closing = balance.close(to_decimal(self.closing_quantity), balance.ZERO)
        if not closing.can_close:
            raise UserError(
                self.env._(
                    "Period %(name)s of %(book)s lacks %(deficit)s kg: more left than came in. "
                    "It cannot be closed before the deficit is covered.",
                    name=self.name,
                    book=self.account_id.name,
                    deficit=to_text(closing.deficit),
                )
            )

    def _on_signed(self, signature):
        if signature.meaning == "correct":
            self._do_correct(signature.reason)
        else:
            self._do_close()

    def _do_close(self) -> None:
        """Carry over by the scheme's rule, forfeit the rest, freeze the figures."""
        self.ensure_one()
        record = self.sudo()
        record.account_id._lock()
        reading = to_decimal(record.physical_stock) if record.has_stock_reading else None
        result = balance.carry_over(to_decimal(record.closing_quantity), record.scheme, reading)
        if result.forfeited:
            record._book_forfeit(result.forfeited)
        if result.alert:
            record._alert_no_reading()
        record._stamp(
            state="closed",
            closed_quantity=float(result.carried),
            forfeited_quantity=float(result.forfeited),
            closing_note=self.env._("No stock reading") if result.alert else False,
            closed_by_id=self.env.uid,
            closed_at=fields.Datetime.now(),
        )
        self.env["audit.record"]._log(
            "mass_balance.period_closed",
            self,
            {"carried": to_text(result.carried), "forfeited": to_text(result.forfeited)},
        )

    def _stamp(self, **vals) -> bool:
        """Write what only the closing writes, past the guard of `write`."""
        return super().write(vals)

    def _book_forfeit(self, quantity) -> None:
        self.env["mass.balance.entry"]._take(
            self.account_id,
            quantity,
            {
                "direction": "forfeit",
                "booking_date": self.date_end,
                "document": self.name,
                "reason": self.env._("Above the physical stock at the end of the period"),
            },
        )

    def _alert_no_reading(self) -> None:
        self.company_id._schedule_mass_balance_activity(
            self.account_id,
            self.env._("Period closed without a stock reading"),
            self.env._(
                "%s: ISCC EU carries over no more than the physical stock. Without a reading the "
                "whole surplus was forfeited.",
                self.name,
            ),
        )
