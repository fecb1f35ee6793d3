# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Periods: rules 1 to 4 and 6 in the books."""

from datetime import date, datetime
from itertools import pairwise

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import D, MassBalanceCase, new_test_user, timedelta


class TestPeriod(MassBalanceCase):
    """Continuous, at most three months, closed by signature."""

    def setUp(self):
        super().setUp()
        self.receive_certified(100)
        self.account = self.book("input", "naphtha")
        self.period = self.account.period_ids

    def open_at(self, start, end):
        return (
            self.env["mass.balance.period"]
            .sudo()
            .create({"account_id": self.account.id, "date_start": start, "date_end": end})
        )

    def after(self, days=1):
        """A moment after the period has ended."""
        return freeze_time(self.period.date_end + timedelta(days=days))

    def close(self, period):
        period.with_user(self.manager)._check_may_sign("close")
        period.with_user(self.manager)._do_close()

    def test_the_first_is_the_calendar_quarter(self):
        self.assertLessEqual(self.period.date_start, self.today)
        self.assertGreaterEqual(self.period.date_end, self.today)
        self.assertIn(self.period.date_start.month, (1, 4, 7, 10))
        self.assertEqual(self.period.date_start.day, 1)

    def test_rules_1_and_2(self):
        start = self.period.date_end + timedelta(days=1)
        for first, last, words in (
            (start + timedelta(days=1), start + timedelta(days=30), "must begin on"),
            (start - timedelta(days=1), start + timedelta(days=30), "must begin on"),
            (start, start + timedelta(days=95), "at most three months"),
            (start, start - timedelta(days=1), "ends before it begins"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                self.open_at(first, last)
        self.open_at(start, start + timedelta(days=30))

    def test_rule_2_a_quarter_without_movement_exists(self):
        with freeze_time(self.period.date_end + timedelta(days=300)):
            self.env["mass.balance.period"]._cron_open()
        periods = self.account.period_ids.sorted("date_start")
        self.assertGreaterEqual(len(periods), 4)
        for before, after in pairwise(periods):
            self.assertEqual(after.date_start, before.date_end + timedelta(days=1))
        self.assertEqual(periods[2].closing_quantity, 100)
        self.assertEqual(periods[2].in_quantity, 0)

    def test_the_job_may_run_twice(self):
        for _turn in range(2):
            self.env["mass.balance.period"]._cron_open()
        self.assertEqual(len(self.account.period_ids), 1)

    def test_close_by_signature(self):
        with self.after():
            signature = self.sign(self.period, "close", self.manager)
        self.assertEqual(self.period.state, "closed")
        self.assertEqual(self.period.closed_by_id, self.manager)
        self.assertEqual(self.period.closed_quantity, 100)
        self.assertTrue(signature.is_valid)

    def test_rule_4_plus_carries_everything(self):
        self.period.write({"has_stock_reading": True, "physical_stock": 0})
        with self.after():
            self.close(self.period)
        self.assertEqual((self.period.closed_quantity, self.period.forfeited_quantity), (100, 0))

    def make_eu(self, **reading):
        """The same book under ISCC EU (the key is immutable, so SQL)."""
        self.env.flush_all()
        self.cr.execute(
            "UPDATE mass_balance_account SET scheme = 'iscc_eu' WHERE id = %s", [self.account.id]
        )
        self.cr.execute(
            "UPDATE mass_balance_period SET scheme = 'iscc_eu' WHERE id = %s", [self.period.id]
        )
        self.env.invalidate_all()
        if reading:
            self.period.write(reading)

    def test_rule_4_eu_carries_the_physical_stock(self):
        self.make_eu(has_stock_reading=True, physical_stock=40)
        with self.after():
            self.close(self.period)
        self.assertEqual((self.period.closed_quantity, self.period.forfeited_quantity), (40, 60))
        self.assertEqual(self.held("input", "naphtha"), D("40.000"))
        self.assertEqual(self.lines(direction="forfeit"), [("forfeit", "naphtha", D("-60.000"))])
        self.assertEqual(self.period.closing_quantity, 40)

    def test_rule_4_eu_without_reading_carries_nothing(self):
        self.make_eu()
        with self.after():
            self.close(self.period)
        self.assertEqual((self.period.closed_quantity, self.period.forfeited_quantity), (0, 100))
        self.assertEqual(self.period.closing_note, "No stock reading")
        self.assertIn(self.manager, self.account.activity_ids.user_id)

    def test_rule_6_stock_deviation(self):
        self.receive(900, product=self.fossil, lot="FN-1")
        self.assertEqual(self.period.stock_quantity, 1000)
        for reading, deviates in ((995.0, False), (994.9, True), (1005.0, False)):
            self.period.physical_stock = reading
            self.assertTrue(self.period.has_stock_reading)
            self.assertEqual(self.period.is_deviating, deviates)

    def test_defect_5_a_reading_is_compared_with_stock_and_not_with_credits(self):
        """100 kg of credit and 40 kg in the tank: under ISCC PLUS no deviation at all."""
        self.deliver(60, product=self.bio, claim="none")
        self.assertEqual((self.period.closing_quantity, self.period.stock_quantity), (100, 40))
        self.period.physical_stock = 40
        self.assertFalse(self.period.is_deviating)
        self.period.physical_stock = 100
        self.assertTrue(self.period.is_deviating)

    def test_not_before_it_ends(self):
        with freeze_time(self.period.date_end), self.assertRaisesRegex(UserError, "not ended yet"):
            self.close(self.period)

    def test_in_order(self):
        with freeze_time(self.period.date_end + timedelta(days=100)):
            self.env["mass.balance.period"]._cron_open()
            second = self.account.period_ids.sorted("date_start")[1]
            with self.assertRaisesRegex(UserError, "closed in order"):
                self.close(second)
            self.close(self.period)
            self.close(second)

    def test_only_the_manager(self):
        reader = new_test_user(
            self.env,
            "mb_reader3",
            "mass_balance.group_mass_balance_user",
            company_id=self.company.id,
        )
        with self.after(), self.assertRaises(AccessError):
            self.period.with_user(reader)._check_may_sign("close")

    def test_a_closed_period_stays(self):
        with self.after():
            self.close(self.period)
        for vals in ({"physical_stock": 1}, {"state": "open"}, {"date_end": self.today}):
            with self.assertRaisesRegex(UserError, "only the reading"):
                self.period.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "stays"):
            self.period.sudo().unlink()
        with self.after(), self.assertRaisesRegex(UserError, "already closed"):
            self.close(self.period)

    def test_a_late_booking_goes_into_the_next_period(self):
        with self.after():
            self.close(self.period)
            self.receive_certified(10, number="SD-2", lot="BN-2", dispatch_date=self.today)
        late = self.entries()[-1]
        self.assertNotEqual(late.period_id, self.period)
        self.assertEqual(late.period_id.date_start, self.period.date_end + timedelta(days=1))
        self.assertEqual(late.period_id.opening_quantity, 100)
        entry = self.env["mass.balance.entry"].create(
            [
                {
                    "account_id": self.account.id,
                    "direction": "correction",
                    "sign": -1,
                    "reason": "Counted twice",
                    "quantity": D("1.000"),
                    "booking_date": self.today,
                    "document": "Note",
                    "source_declaration_id": late.source_declaration_id.id,
                    "lot_id": late.lot_id.id,
                }
            ]
        )
        self.assertEqual(entry.period_id, late.period_id)
        self.assertEqual(self.period.closing_quantity, 100)

    def test_the_day_is_the_plants(self):
        """22:30 UTC on New Year's Eve is next year in Wesseling."""
        self.warehouse.plant_tz = "Europe/Berlin"
        day = self.warehouse._get_plant_day
        self.assertEqual(day(datetime(2026, 12, 31, 22, 59)), date(2026, 12, 31))
        self.assertEqual(day(datetime(2026, 12, 31, 23, 1)), date(2027, 1, 1))

    def test_rule_3_a_deficit_cannot_be_closed(self):
        period = self.period
        self.cr.execute("ALTER TABLE mass_balance_entry DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE mass_balance_entry SET signed_quantity = -0.001 WHERE account_id = %s",
            [self.account.id],
        )
        self.cr.execute("ALTER TABLE mass_balance_entry ENABLE TRIGGER USER")
        self.env.invalidate_all()
        with self.after(), self.assertRaisesRegex(UserError, "lacks 0.001 kg"):
            self.close(period)

    # -- correcting periods -----------------------------------------------------------------------

    def correct(self, period, reason="The scale was out of tolerance"):
        self.sign(period, "correct", self.manager, reason)
        return self.account.period_ids.filtered(lambda p: p.corrects_id == period)

    def book_correction(self, period, quantity):
        voucher = (
            self.env["mass.balance.voucher"]
            .with_user(self.manager)
            .create(
                {
                    "kind": "correction",
                    "account_id": self.account.id,
                    "credit_id": self.account.credit_ids[0].id,
                    "quantity": quantity,
                    "reason": "Recount",
                    "period_id": period.id,
                }
            )
        )
        self.sign(voucher, "book", self.manager)
        return voucher.entry_ids

    def test_reopening_is_a_correcting_period(self):
        with self.after():
            signature = self.sign(self.period, "close", self.manager)
            self.env["mass.balance.period"]._cron_open()
            correcting = self.correct(self.period)
            entry = self.book_correction(correcting, 8)
            self.assertEqual(entry.period_id, correcting)
            running = self.account.current_period_id
            self.assertFalse(running.revision)
            self.env.invalidate_all()
            self.assertEqual(
                (self.period.closing_quantity, self.period.closed_quantity), (100, 100)
            )
            self.assertTrue(signature.is_valid, "what was closed is as it was signed")
            self.assertEqual((correcting.opening_quantity, correcting.closing_quantity), (100, 92))
            self.assertEqual(running.opening_quantity, 92)
            self.close(correcting)
        self.assertEqual((correcting.state, correcting.closed_quantity), ("closed", 92))
        self.assertIn(f"{self.period.date_end}/1", entry.payload)

    def test_goods_never_go_into_a_correcting_period(self):
        with self.after():
            self.close(self.period)
            correcting = self.correct(self.period)
            self.receive_certified(10, number="SD-2", lot="BN-2", dispatch_date=self.today)
            self.assertFalse(correcting.entry_ids)
            with self.assertRaisesRegex(UserError, "no open correcting period"):
                self.book_correction(self.account.current_period_id, 1)

    def test_a_correcting_period_is_closed_first(self):
        with self.after():
            self.close(self.period)
        with freeze_time(self.period.date_end + timedelta(days=100)):
            self.env["mass.balance.period"]._cron_open()
            second = self.account.period_ids.sorted("date_start")[1]
            correcting = self.correct(self.period)
            with self.assertRaisesRegex(UserError, "closed in order"):
                self.close(second)
            with self.assertRaisesRegex(UserError, "follows and rests"):
                self.correct(self.period)
            self.close(correcting)
            self.close(second)
            with self.assertRaisesRegex(UserError, "follows and rests"):
                self.correct(correcting)

    def test_a_correcting_period_needs_a_reason_and_a_closed_one(self):
        with self.assertRaisesRegex(UserError, "is open"):
            self.correct(self.period)
        with self.after():
            self.close(self.period)
            with self.assertRaisesRegex(UserError, "Say why"):
                self.correct(self.period, " ")

    def test_rule_6_a_deviation_is_an_activity(self):
        self.period.with_user(self.manager).physical_stock = 99.5
        self.assertFalse(self.account.activity_ids)
        self.period.with_user(self.manager).physical_stock = 99.4
        self.assertEqual(self.account.activity_ids.user_id, self.manager)
        self.assertIn("0.600 %", self.account.activity_ids.note)

    def test_rule_6_the_stock_is_that_of_the_last_day(self):
        with freeze_time(self.period.date_end + timedelta(days=3)):
            self.env.flush_all()
            self.receive(900, product=self.fossil, lot="FN-1")
            self.env.invalidate_all()
            self.assertEqual(self.account.stock_quantity, 1000)
            self.assertEqual(self.period.stock_quantity, 100)
