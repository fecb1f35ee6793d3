# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import balance, statement, workbook
from ..tools.period import Span


class MassBalanceReportSheet(models.TransientModel):
    """The workbook of the report: the ledger's lines, and formulas over them."""

    _inherit = "mass.balance.report"

    def _render_workbook(self) -> bytes:
        """Return the report as .xlsx."""
        return workbook.Workbook(self._prepare_workbook()).render()

    def _prepare_workbook(self) -> workbook.Content:
        accounts = self._get_accounts()
        periods = self._get_periods(accounts).sorted(lambda p: (p.account_id.name, p.date_start))
        content = workbook.Content(
            title=self.env._("Mass-balance report"),
            facts=self._prepare_facts(),
            ledger=self._prepare_ledger_rows(),
        )
        for record in periods:
            entries = record.entry_ids.sorted("chain_sequence")
            content.balance.append(self._prepare_balance_row(record))
            content.months.extend(self._prepare_month_rows(record, entries))
            for order, book, source, used, factor, made, _evidence in self._get_conversions(
                entries
            ):
                numerator, denominator = (Decimal(part) for part in factor.split("/"))
                row = (order, book, source, used, numerator, denominator, made)
                if row not in content.conversions:
                    content.conversions.append(row)
            for name, value, why in self._prepare_indicators(record, entries):
                content.indicators.append(
                    (name, f"{record.account_id.name}, {record.name}", value, why)
                )
        content.declarations.extend(self._prepare_declaration_rows(periods))
        return content

    def _prepare_conversion_rows(self, entries) -> list[tuple]:
        rows = []
        for order, book, source, used, factor, made, _why in self._get_conversions(entries):
            numerator, denominator = (Decimal(part) for part in factor.split("/"))
            rows.append((order, book, source, used, numerator, denominator, made))
        return rows

    def _prepare_ledger_rows(self) -> list[tuple]:
        """Every entry of the site, scheme and category up to the last day, in chain order."""
        accounts = self.env["mass.balance.account"].search(self._get_scope_domain())
        entries = self.env["mass.balance.entry"].search(
            [("account_id", "in", accounts.ids), ("period_id.date_start", "<=", self.date_to)],
            order="chain_sequence",
        )
        return [self._prepare_ledger_row(entry) for entry in entries]

    def _prepare_ledger_row(self, entry) -> tuple:
        record = entry.period_id
        span = Span(record.date_start, record.date_end)
        return (
            entry.chain_sequence,
            str(entry.booking_date),
            statement.month_of(entry.booking_date, span),
            str(record.date_start),
            entry.account_id.name,
            entry.direction,
            to_decimal(entry.signed_quantity),
            entry.document,
            entry.declaration_id.number or "",
            entry.source_declaration_id._get_set_reference(),
            entry.lot_id.name or "",
            entry.production_id.name or "",
            entry.conversion_id._get_factor_text() if entry.conversion_id else "",
            entry.reason or "",
            entry.entry_hash,
        )

    def _prepare_balance_row(self, record) -> tuple:
        return (
            record.account_id.name,
            str(record.date_start),
            str(record.date_end),
            to_decimal(record.closing_quantity),
            record.scheme,
            to_decimal(record.physical_stock) if record.has_stock_reading else None,
            to_decimal(record.closed_quantity),
            to_decimal(record.forfeited_quantity),
            record.state,
        )

    def _prepare_month_rows(self, record, entries) -> list[tuple]:
        span = Span(record.date_start, record.date_end)
        return [
            (record.account_id.name, str(record.date_start), month.month, month.closing)
            for month in self._get_months(record, span, entries)
        ]

    def _prepare_declaration_rows(self, periods) -> list[tuple]:
        """Our declarations that drew from these books, with what they drew (rule 22)."""
        outgoing = periods.entry_ids.declaration_id.filtered(lambda d: d.direction == "out")
        rows = []
        for record in outgoing.sorted("number"):
            drawn = -self.env["mass.balance.entry"]._sum([("declaration_id", "=", record.id)])
            rows.append(
                (
                    record.number,
                    record.state,
                    record.recipient_name or "",
                    str(record.dispatch_date or ""),
                    to_decimal(record.quantity_kg),
                    drawn or balance.ZERO,
                )
            )
        return rows
