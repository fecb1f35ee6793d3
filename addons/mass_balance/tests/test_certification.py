# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Certificates: numbers, status, renewal, reminders."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import MassBalanceCase, timedelta


class TestCertification(MassBalanceCase):
    """What a certificate may be and who is told that it ends."""

    def test_numbers_of_the_scheme(self):
        for number in ("ISCC-PLUS-Cert-US201-12345", "EU-ISCC-Cert-DE105-82948108", "nonsense"):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self._certify(self.supplier, number, "UCO")
        self._certify(self.supplier, "  ISCC-PLUS-Cert-GR209-1271304 ", "UCO")
        self._certify(self.supplier, "REDcert-929-12", "UCO", scheme="other")

    def test_defect_11_a_number_of_another_scheme_is_not_recorded(self):
        numbers = (
            ("ISCC-PLUS-Cert-US201-138762025", "iscc_eu"),
            ("EU-ISCC-Cert-DE105-82948109", "iscc_plus"),
        )
        for number, scheme in numbers:
            with self.subTest(number=number), self.assertRaisesRegex(ValidationError, number):
                self._certify(self.supplier, number, "UCO", scheme=scheme)

    def test_rule_21_into_an_eu_book(self):
        self.assertEqual(
            self.certification._check_usable(self.today, "iscc_eu"),
            ["it belongs to another scheme (iscc_plus)"],
        )

    def test_rule_21_dates_of_the_example(self):
        record = self._certify(
            self.supplier,
            "ISCC-PLUS-Cert-US201-138762025",
            "Bio-naphtha",
            valid_from=date(2025, 5, 18),
            valid_to=date(2026, 5, 17),
        )
        self.assertFalse(record._check_usable(date(2026, 5, 17), "iscc_plus", "Bio-naphtha"))
        self.assertTrue(record._check_usable(date(2026, 5, 18), "iscc_plus", "Bio-naphtha"))
        record.suspended_from = date(2026, 2, 1)
        self.assertFalse(record._check_usable(date(2026, 1, 31), "iscc_plus"))
        self.assertTrue(record._check_usable(date(2026, 2, 2), "iscc_plus"))

    def test_own_is_found_by_the_holder(self):
        self.assertTrue(self.own.is_own)
        self.assertFalse(self.certification.is_own)
        self.own.checked_on = False
        self.assertFalse(self.own._check_usable(self.today, "iscc_plus"))

    def test_own_of_another_site_does_not_count(self):
        other = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "P2", "company_id": self.company.id}
        )
        self.own.warehouse_id = other
        find = self.company._get_own_certification
        self.assertFalse(find(self.warehouse, "iscc_plus", self.today))
        self.assertEqual(find(other, "iscc_plus", self.today), self.own)

    def test_status(self):
        record = self.certification
        for values, status in (
            ({}, "valid"),
            ({"valid_to": self.today + timedelta(days=60)}, "expiring"),
            ({"checked_on": False}, "unchecked"),
            ({"valid_from": self.today + timedelta(days=1)}, "future"),
            (
                {
                    "valid_to": self.today - timedelta(days=1),
                    "valid_from": self.today - timedelta(days=9),
                },
                "expired",
            ),
            ({"suspended_from": self.today}, "suspended"),
        ):
            record.write(values)
            self.assertEqual(record.status, status)
            found = self.env["partner.certification"].search([("status", "=", status)])
            self.assertIn(record, found)

    def test_dates_the_wrong_way_round(self):
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            self.certification.valid_to = self.certification.valid_from - timedelta(days=1)

    @mute_logger("odoo.sql_db")
    def test_the_same_certificate_twice(self):
        with self.assertRaises(Exception), self.cr.savepoint():
            self.certification.copy({"number": self.certification.number})
            self.env.flush_all()

    def test_defect_6_a_renewal_keeps_the_old_record(self):
        declaration = self.receive_certified(100)
        action = self.certification.action_renew()
        values = {k[8:]: v for k, v in action["context"].items() if k.startswith("default_")}
        renewal = self.env["partner.certification"].create(
            {
                **values,
                "number": "ISCC-PLUS-Cert-DE105-82948111",
                "valid_from": self.certification.valid_to + timedelta(days=1),
                "valid_to": self.certification.valid_to + timedelta(days=365),
            }
        )
        self.assertEqual(renewal.previous_id, self.certification)
        self.assertEqual(declaration.certificate_number, self.certification.number)
        for vals in ({"number": renewal.number}, {"valid_from": self.today}, {"scheme": "other"}):
            with self.assertRaisesRegex(UserError, "Record a renewal"):
                self.certification.write(vals)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.certification.unlink()

    def test_the_check_is_stamped(self):
        record = self.certification.with_user(self.manager)
        record.write({"checked_on": self.today, "check_evidence": "iscc-system.org"})
        self.assertEqual(record.checked_by_id, self.manager)
        record.checked_on = False
        self.assertFalse(record.checked_by_id)

    def test_reminders_at_60_30_and_7_days(self):
        record, model = self.certification, self.env["partner.certification"]

        def told(left):
            record.valid_to = self.today + timedelta(days=left)
            record.activity_ids.unlink()
            model._cron_remind()
            return len(record.activity_ids.filtered(lambda a: a.user_id == self.manager))

        self.assertEqual(
            [told(left) for left in (61, 60, 59, 31, 30, 8, 7, 6)], [0, 1, 0, 0, 1, 0, 1, 0]
        )

    def test_a_renewed_certificate_is_not_reminded(self):
        record = self.certification
        record.valid_to = self.today + timedelta(days=5)
        record.copy(
            {
                "number": "ISCC-PLUS-Cert-DE105-82948111",
                "previous_id": record.id,
                "valid_from": self.today,
                "valid_to": self.today + timedelta(days=365),
            }
        )
        self.env["partner.certification"]._cron_remind()
        self.assertFalse(record.activity_ids)

    def test_smart_buttons_of_the_partner(self):
        self.receive_certified(100)
        self.assertEqual(self.supplier.mb_certification_count, 1)
        self.assertEqual(self.supplier.mb_declaration_count, 1)
        action = self.supplier.action_view_mb_certifications()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self.certification)
