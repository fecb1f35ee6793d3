# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance


class MassBalancePeriodFigures(models.AbstractModel):
    """The figures of a period, and the physical stock beside the stock of the books (rule 6)."""

    _name = "mass.balance.period.figures"
    _description = "Figures of a mass-balance period"

    opening_quantity = Quantity(string="Opening (kg)", compute="_compute_figures")
    in_quantity = Quantity(string="In (kg)", compute="_compute_figures")
    out_quantity = Quantity(string="Out (kg)", compute="_compute_figures")
    closing_quantity = Quantity(string="Closing (kg)", compute="_compute_figures")
    has_stock_reading = fields.Boolean(string="Stock was read")
    physical_stock = Quantity(
        string="Physical stock (kg)",
        help="Certified and conventional material at the site on the last day, as read.",
    )
    stock_quantity = Quantity(
        string="Stock in Odoo (kg)",
        compute="_compute_stock_quantity",
        help="At the end of the last day; while the period runs, now.",
    )
    deviation = fields.Float(string="Deviation (%)", digits=(16, 3), compute="_compute_deviation")
    is_deviating = fields.Boolean(string="Deviates too much", compute="_compute_deviation")

    @api.depends("entry_ids", "date_start")
    def _compute_figures(self):
        sums = self.account_id._read_sums()
        for record in self:
            own = sums.get(record.account_id.id, {})
            changes = {k: v[0] for k, v in own.items()}
            place = record._get_place()
            inside = [c for (where, _direction), c in changes.items() if where == place]
            record.opening_quantity = sum(
                (c for (where, _direction), c in changes.items() if where < place), balance.ZERO
            )
            record.in_quantity = sum((c for c in inside if c > 0), balance.ZERO)
            record.out_quantity = -sum((c for c in inside if c < 0), balance.ZERO)
            record.closing_quantity = to_decimal(record.opening_quantity) + sum(
                inside, balance.ZERO
            )

    @api.depends("date_end")
    def _compute_stock_quantity(self):
        now = fields.Datetime.now()
        for record in self:
            end = record._get_end()
            account = record.account_id
            past = end < now
            record.stock_quantity = (
                account._get_stock_quantity_at(end) if past else account.stock_quantity
            )

    def _get_end(self) -> datetime:
        """Return the moment the last day ends at the plant (naive UTC)."""
        self.ensure_one()
        midnight = datetime.combine(self.date_end + timedelta(days=1), time())
        zone = self.account_id.warehouse_id._get_plant_zone()
        return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("has_stock_reading", "physical_stock", "stock_quantity")
    def _compute_deviation(self):
        for record in self:
            share = None
            if record.has_stock_reading:
                share = balance.stock_deviation(
                    to_decimal(record.stock_quantity), to_decimal(record.physical_stock)
                )
            record.deviation = float(share * 100) if share is not None else 0.0
            record.is_deviating = share is not None and share > balance.STOCK_TOLERANCE

    def _tell_deviation(self) -> None:
        """Give the manager an activity when a reading is too far from the books."""
        for record in self.filtered("is_deviating"):
            record.company_id._schedule_mass_balance_activity(
                record.account_id,
                self.env._("Stock deviates from the books"),
                self.env._(
                    "%(period)s: %(read)s kg were read, the books say %(book)s kg, %(share)s %% "
                    "apart; 0.5 %% is accepted. Count again, or correct the stock.",
                    period=record.name,
                    read=to_text(record.physical_stock),
                    book=to_text(record.stock_quantity),
                    share=to_text(record.deviation),
                ),
            )
