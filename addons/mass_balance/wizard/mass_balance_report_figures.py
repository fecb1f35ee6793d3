# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal, to_text

from ..tools import balance, indicators, statement
from ..tools.period import Span

IN = ("in", "opening")
TRANSFERS = ("transfer_in", "transfer_out")


class MassBalanceReportFigures(models.TransientModel):
    """What the report says (ISCC PLUS 9.4), taken from the entries, period by period."""

    _inherit = "mass.balance.report"

    def _prepare_statement(self) -> dict:
        """Return the whole report as texts: head, and one part for each book."""
        self.ensure_one()
        accounts = self._get_accounts()
        periods = self._get_periods(accounts).grouped("account_id")
        return {
            "facts": self._prepare_facts(),
            "heads": self._get_heads(),
            "books": [self._prepare_book(a, periods[a]) for a in accounts if a in periods],
        }

    def _prepare_facts(self) -> list[tuple[str, str]]:
        label = self._get_selection_label
        everything = self.env._("All")
        return [
            (self.env._("Legal entity"), self.company_id.name),
            (self.env._("Site"), self.warehouse_id.name or everything),
            (self.env._("Scheme"), label("scheme") or everything),
            (self.env._("Raw-material category"), label("category") or everything),
            (self.env._("Product"), self.product_group or everything),
            (self.env._("From"), str(self.date_from)),
            (self.env._("To"), str(self.date_to)),
            (self.env._("Unit"), "kg"),
            (self.env._("Written"), f"{fields.Datetime.now()} UTC, {self.env.user.name}"),
        ]

    def _get_selection_label(self, name: str, record=None) -> str:
        record = record if record is not None else self
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    # -- one book -----------------------------------------------------------------------------

    def _prepare_book(self, account, periods) -> dict:
        label = self._get_selection_label
        day = min(self.date_to, account.warehouse_id._get_plant_day())
        own = account.company_id._get_own_certification(account.warehouse_id, account.scheme, day)
        certificate = (
            f"{own.number}, {own.valid_from} – {own.valid_to}"
            if own
            else self.env._("None is valid on %s", day)
        )
        facts = [
            (
                self.env._("Legal entity, site"),
                f"{account.company_id.name}, {account.warehouse_id.name}",
            ),
            (self.env._("Certificate"), certificate),
            (self.env._("Scopes"), own.scope_codes or "–"),
            (self.env._("Raw material"), f"{account.raw_material} ({label('category', account)})"),
            (self.env._("Statement"), label("statement", account)),
            (
                self.env._("Method, attribution, basis"),
                ", ".join(label(name, account) for name in ("method", "attribution", "basis")),
            ),
        ]
        return {
            "name": account.name,
            "facts": facts,
            "periods": [self._prepare_period(record) for record in periods],
        }

    def _prepare_period(self, record) -> dict:
        entries = record.entry_ids.sorted("chain_sequence")
        span = Span(record.date_start, record.date_end)
        closing = to_decimal(record.closing_quantity)
        return {
            "name": record.name,
            "state": self._get_selection_label("state", record),
            "opening": to_text(record.opening_quantity),
            "movements": self._prepare_movements(entries),
            "closing": to_text(closing),
            "months": [
                (m.month, *(to_text(getattr(m, name)) for name in MONTH_FIGURES))
                for m in self._get_months(record, span, entries)
            ],
            "incoming": self._prepare_incoming(entries.filtered(lambda e: e.direction in IN)),
            "outgoing": self._prepare_outgoing(entries.filtered(lambda e: e.direction == "out")),
            "conversions": [
                (order, text, to_text(used), factor, to_text(made), evidence)
                for order, _book, text, used, factor, made, evidence in self._get_conversions(
                    entries
                )
            ],
            "others": self._prepare_others(entries),
            "ends": self._prepare_end(record),
            "uncertified": [to_text(kg) for kg in self._get_uncertified(record, entries)],
            "indicators": self._prepare_indicators(record, entries),
        }

    def _get_months(self, record, span, entries):
        movements = [
            statement.Movement(e.booking_date, e.direction, to_decimal(e.signed_quantity))
            for e in entries
        ]
        return statement.monthly(span, to_decimal(record.opening_quantity), movements)

    def _prepare_movements(self, entries) -> list[tuple[str, str]]:
        sums: dict[str, object] = {}
        for entry in entries:
            label = self._get_selection_label("direction", entry)
            sums[label] = sums.get(label, balance.ZERO) + to_decimal(entry.signed_quantity)
        return [(label, to_text(total)) for label, total in sums.items()]

    def _prepare_incoming(self, entries) -> list[tuple]:
        rows = []
        for entry in entries:
            source = entry.source_declaration_id
            texts = [
                source.raw_material,
                source.origin_country_id.code,
                self._get_selection_label("statement", source),
                self._get_selection_label("chain_of_custody", source),
            ]
            rows.append(
                (
                    str(entry.booking_date),
                    source.number or "",
                    source.supplier_name or "",
                    source.certificate_number or "",
                    entry.document,
                    entry.reason or "",
                    to_text(entry.quantity),
                    ", ".join(text for text in texts if text),
                )
            )
        return rows

    def _prepare_outgoing(self, entries) -> list[tuple]:
        return [
            (
                str(entry.booking_date),
                entry.declaration_id.number or "",
                entry.declaration_id.recipient_name or "",
                entry.document,
                entry.source_declaration_id.number or "",
                to_text(entry.quantity),
            )
            for entry in entries
        ]

    def _prepare_others(self, entries) -> list[tuple]:
        """Transfers with the partner's site, losses, fuel share, forfeits, corrections."""
        shown = entries.filtered(lambda e: e.direction not in (*IN, "out", "convert"))
        return [
            (
                str(entry.booking_date),
                self._get_selection_label("direction", entry),
                entry.document,
                entry.counterpart_id.warehouse_id.name or "",
                entry.reason or "",
                to_text(entry.signed_quantity),
            )
            for entry in shown
        ]

    def _get_conversions(self, entries) -> list[tuple]:
        """Return (order, input book, set, consumed, factor, credited, evidence), one each."""
        orders = entries.filtered(lambda e: e.direction == "convert").production_id
        found = {}
        for entry in orders.mb_entry_ids.filtered("conversion_id").sorted("chain_sequence"):
            key = (entry.production_id, entry.source_declaration_id, entry.conversion_id)
            row = found.setdefault(key, [balance.ZERO, balance.ZERO, ""])
            if entry.direction == "correction":
                continue
            if entry.kind == "input":
                row[0] -= to_decimal(entry.signed_quantity)
                row[2] = entry.account_id.name
            else:
                row[1] += to_decimal(entry.signed_quantity)
        return [
            (
                order.name,
                book,
                source._get_set_reference(),
                used,
                conversion._get_factor_text(),
                made,
                conversion.evidence or "",
            )
            for (order, source, conversion), (used, made, book) in found.items()
        ]

    def _prepare_end(self, record) -> list[tuple[str, str]]:
        ends = []
        if record.has_stock_reading:
            ends.append((self.env._("Physical stock"), f"{to_text(record.physical_stock)} kg"))
            ends.append(
                (self.env._("Deviation from the stock in Odoo"), f"{record.deviation:.3f} %")
            )
        else:
            ends.append((self.env._("Physical stock"), self.env._("Not read")))
        if record.state == "closed":
            ends += [
                (self.env._("Carried forward"), f"{to_text(record.closed_quantity)} kg"),
                (self.env._("Forfeited"), f"{to_text(record.forfeited_quantity)} kg"),
                (self.env._("Closed"), f"{record.closed_at} UTC, {record.closed_by_id.name}"),
            ]
        return ends

    # -- beside the books -----------------------------------------------------------------------

    def _get_uncertified(self, record, entries) -> tuple:
        """Return the kg that came from and went to partners without a claim, in the period."""
        account = record.account_id
        moved = {"supplier": balance.ZERO, "customer": balance.ZERO}
        for line in self._get_partner_lines(account, record):
            if not line.product_id._get_unweighable_reason(line.product_uom_id):
                usages = line.location_id.usage, line.location_dest_id.usage
                moved[usages[0] if usages[0] in moved else usages[1]] += line._get_kg()
        booked = {way: balance.ZERO for way in ("in", "out")}
        for entry in entries.filtered(lambda e: e.direction in booked):
            booked[entry.direction] += entry._get_quantity()
        return (
            max(moved["supplier"] - booked["in"], balance.ZERO),
            max(moved["customer"] - booked["out"], balance.ZERO),
        )

    def _get_partner_lines(self, account, record):
        zone = account.warehouse_id._get_plant_zone()
        start, end = (
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (record.date_start, record.date_end + timedelta(days=1))
        )
        root = account.warehouse_id.view_location_id.id
        return (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", account._get_products().ids),
                    ("company_id", "=", account.company_id.id),
                    ("state", "=", "done"),
                    ("date", ">=", start),
                    ("date", "<", end),
                    "|",
                    "&",
                    ("location_id.usage", "=", "supplier"),
                    ("location_dest_id", "child_of", root),
                    "&",
                    ("location_id", "child_of", root),
                    ("location_dest_id.usage", "=", "customer"),
                ]
            )
        )

    def _prepare_indicators(self, record, entries) -> list[tuple[str, str, str]]:
        """Return (name, value or –, why not): figures people ask for; no claim uses them."""
        orders = entries.filtered(lambda e: e.direction == "convert").production_id.sudo()
        inputs = orders.mb_entry_ids.filtered(
            lambda e: e.kind == "input" and e.direction != "correction"
        )
        contents = [(e._get_quantity(), e.lot_id._get_measured("biomass_content")) for e in inputs]
        scores = [(e._get_quantity(), e.source_declaration_id._get_score()) for e in inputs]
        made = sum((order._get_mb_output_kg() for order in orders), balance.ZERO)
        share = indicators.input_share(contents, made)
        score = indicators.score(scores)
        missing = self.env._("Production, biomass content or score is not known for every lot")
        return [
            (
                self.env._("Certified input × biomass content / production (%)"),
                "–" if share is None else f"{share}",
                missing if share is None else "",
            ),
            (
                self.env._("Weighted sustainability score"),
                "–" if score is None else f"{score}",
                missing if score is None else "",
            ),
        ]


MONTH_FIGURES = ("opening", "incoming", "converted", "outgoing", "other", "closing")
