# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Issued by a reviewer who did not ask, or under a rule that somebody approved."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import GROUP, CertificateCase


@tagged("post_install", "-at_install")
class TestAuthority(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user("colleague", f"{GROUP}_quality_manager")

    def make_uncovered(self):
        """Return a draft of the quality manager that no rule covers."""
        self.rule.action_end()
        return self.make_certificate(self.lot).with_user(self.quality)

    def test_without_rule_and_review_nothing_is_issued(self):
        certificate = self.make_uncovered()
        self.assertFalse(certificate.is_covered)
        with self.assertRaisesRegex(UserError, "Nobody has reviewed it"):
            certificate.action_request_issue()
        certificate._do_request_issue()
        certificate._issue()
        self.assertEqual((certificate.state, certificate.name), ("failed", False))

    def test_signed_review_issues(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        self.assertEqual(certificate.state, "review")
        review = certificate.review_ids
        self.assertEqual(review.requested_by_id, self.quality)
        self.assertIn(self.colleague, certificate.activity_ids.user_id)
        self.assertNotIn(self.quality, certificate.activity_ids.user_id)
        self.assertTrue(certificate.with_user(self.colleague).may_review)
        self.sign(review, "review", self.colleague)
        self.assertEqual(certificate.state, "to_issue")
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        self.assertFalse(certificate.rule_id)
        authority = certificate._get_snapshot_data()["authority"]
        self.assertEqual((authority["by"], authority["person"]), ("review", self.colleague.name))
        # the review stays what was signed, whatever became of the certificate
        self.assertTrue(review.signature_ids.is_valid)

    def test_reviewer_is_not_who_asked_or_drafted(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        self.assertFalse(certificate.may_review)
        with self.assertRaisesRegex(UserError, "somebody else reviews"):
            self.sign(certificate.review_ids, "review", self.quality)
        with self.assertRaisesRegex(AccessError, "Only the role"):
            self.sign(certificate.review_ids, "review", self.sales)
        drafted = (
            self.env["lot.certificate"]
            .with_user(self.colleague)
            .create({"lot_id": self.lot.id, "company_id": self.company.id})
        )
        drafted.with_user(self.quality).action_request_review()
        with self.assertRaisesRegex(UserError, "somebody else reviews"):
            self.sign(drafted.review_ids, "review", self.colleague)

    def test_sent_back_with_a_reason(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        with self.assertRaisesRegex(UserError, "what has to be corrected"), self.cr.savepoint():
            self.sign(certificate.review_ids, "reject", self.colleague)
        self.sign(certificate.review_ids, "reject", self.colleague, reason="Wrong customer")
        self.assertEqual(certificate.state, "draft")
        self.assertEqual(certificate.review_ids.state, "rejected")
        self.assertIn("Wrong customer", certificate.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "Nobody has reviewed it"):
            certificate.action_request_issue()

    def test_what_changed_since_the_review_is_not_issued(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        with self.assertRaisesRegex(UserError, "content cannot change"):
            certificate.quantity = 5
        self.sign(certificate.review_ids, "review", self.colleague)
        self.milk.name = "Something else"
        certificate._issue()
        self.assertEqual(certificate.state, "failed")
        self.assertIn("changed since it was reviewed", certificate.error)
        certificate.action_request_review()
        self.assertEqual(len(certificate.review_ids), 2)

    def test_review_of_what_has_changed_is_refused(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        self.milk.name = "Something else"
        with self.assertRaisesRegex(UserError, "has changed since the review was asked"):
            self.sign(certificate.review_ids, "review", self.colleague)

    def test_nobody_writes_a_review(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        review = certificate.review_ids
        for user in (self.colleague, self.env.user):
            with self.assertRaises(UserError):
                review.with_user(user).write({"state": "approved"})
        with self.assertRaises(AccessError):
            review.with_user(self.colleague).create(
                {"certificate_id": certificate.id, "state": "approved"}
            )
        with self.assertRaises(UserError):
            review.with_user(self.colleague).unlink()
        with self.assertRaises(UserError):
            certificate.requested_by_id = self.colleague
        certificate.action_withdraw()
        self.assertEqual((certificate.state, review.state), ("draft", "withdrawn"))
        with self.assertRaisesRegex(UserError, "stays on record"):
            certificate.unlink()

    # -- PostgreSQL ---------------------------------------------------------------------------

    def is_refused(self, statement):
        """Tell whether PostgreSQL itself refuses a statement, whoever sends it."""
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint(flush=False):
                self.cr.execute(statement)
        except IntegrityError:
            return True
        return False

    def test_sql_cannot_change_what_was_asked(self):
        """Who asked for which content, and when, is on record before anybody answers."""
        certificate = self.make_uncovered()
        certificate.action_request_review()
        review = certificate.review_ids
        where = SQL("WHERE id = %s", review.id)
        for name, value in (
            ("content_sha256", "0" * 64),
            ("requested_by_id", self.colleague.id),
            ("requested_at_ms", 1),
            ("subject", "Another"),
            ("certificate_id", self.make_certificate(self.lot).id),
        ):
            change = SQL("%s = %s", SQL.identifier(name), value)
            with self.subTest(name=name):
                self.assertTrue(
                    self.is_refused(SQL("UPDATE lot_certificate_review SET %s %s", change, where))
                )
        self.assertTrue(self.is_refused(SQL("DELETE FROM lot_certificate_review %s", where)))
        self.sign(review, "reject", self.colleague, reason="The farm is missing")
        self.assertEqual((review.state, review.note), ("rejected", "The farm is missing"))

    def test_sql_cannot_change_an_answered_review(self):
        certificate = self.make_uncovered()
        certificate.action_request_review()
        review = certificate.review_ids
        self.sign(review, "reject", self.colleague, reason="The farm is missing")
        where = SQL("WHERE id = %s", review.id)
        for name, value in (
            ("state", "approved"),
            ("state", "open"),
            ("content_sha256", "0" * 64),
            ("reviewed_by_id", self.quality.id),
            ("reviewed_at_ms", 1),
            ("note", "Fine"),
            ("certificate_id", self.make_certificate(self.lot).id),
        ):
            change = SQL("%s = %s", SQL.identifier(name), value)
            with self.subTest(name=name, value=value):
                self.assertTrue(
                    self.is_refused(SQL("UPDATE lot_certificate_review SET %s %s", change, where))
                )
        self.assertTrue(self.is_refused(SQL("DELETE FROM lot_certificate_review %s", where)))
        self.assertTrue(self.is_refused(SQL("TRUNCATE lot_certificate_review")))
        # nor by way of the certificate it is about
        gone = SQL("DELETE FROM lot_certificate WHERE id = %s", certificate.id)
        self.assertTrue(self.is_refused(gone))

    def test_sql_cannot_change_an_approved_rule(self):
        where = SQL("WHERE id = %s", self.rule.id)
        for name, value in (
            ("state", "draft"),
            ("reason", "x"),
            ("kind", "sustainability"),
            ("product_id", self.milk.id),
            ("partner_id", self.customer.id),
            ("revision", 2),
            ("approved_by_id", self.sales.id),
            ("author_id", self.sales.id),
        ):
            change = SQL("%s = %s", SQL.identifier(name), value)
            with self.subTest(name=name):
                self.assertTrue(
                    self.is_refused(SQL("UPDATE lot_certificate_rule SET %s %s", change, where))
                )
        self.assertTrue(self.is_refused(SQL("DELETE FROM lot_certificate_rule %s", where)))
        self.rule.action_end()
        again = SQL("UPDATE lot_certificate_rule SET state = 'approved' %s", where)
        self.assertTrue(self.is_refused(again), "what was ended stays so")

    # -- rules --------------------------------------------------------------------------------

    def make_rule(self, **values):
        return (
            self.env["lot.certificate.rule"]
            .with_user(self.quality)
            .create({"name": "One", "company_id": self.company.id, "reason": "Sensors", **values})
        )

    def test_certificate_names_its_rule(self):
        certificate = self.make_issued()
        self.assertEqual(certificate.rule_id, self.rule)
        authority = certificate._get_snapshot_data()["authority"]
        self.assertEqual((authority["by"], authority["name"]), ("rule", "Released milk"))
        self.assertEqual(self.rule.certificate_count, 1)

    def test_rule_is_approved_by_somebody_else(self):
        rule = self.make_rule()
        with self.assertRaisesRegex(UserError, "somebody else approves"):
            self.sign(rule, "approve", self.quality)
        with self.assertRaisesRegex(AccessError, "Only the role"):
            self.sign(rule, "approve", self.sales)
        self.sign(rule, "approve", self.colleague)
        self.assertEqual((rule.state, rule.approved_by_id), ("approved", self.colleague))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            rule.product_id = self.milk
        with self.assertRaises(UserError):
            rule.state = "draft"
        with self.assertRaises(UserError):
            rule.unlink()

    def test_product_customer_and_kind_of_a_rule(self):
        certificate = self.make_uncovered()
        other = self.env["res.partner"].create({"name": "Other"})
        for values, covers in (
            ({"product_id": self.raw.id}, False),
            ({"partner_id": other.id}, False),
            ({"kind": "sustainability"}, False),
            ({"product_id": self.milk.id, "partner_id": self.customer.id}, True),
        ):
            rule = self.make_rule(**values)
            with self.subTest(values=values):
                self.assertFalse(self.env["lot.certificate.rule"]._find(certificate))
                rule._stamp({"author_id": self.colleague.id})
                kind = values.get("kind", "batch")
                if kind == "batch":
                    self.sign(rule, "approve", self.quality)
                found = self.env["lot.certificate.rule"]._find(certificate)
                self.assertEqual(found == rule, covers)

    def test_tampered_rule_issues_nothing(self):
        # as the owner of the database could: the signature still tells
        self.cr.execute("ALTER TABLE lot_certificate_rule DISABLE TRIGGER USER")
        self.cr.execute(
            "UPDATE lot_certificate_rule SET reason = 'x' WHERE id = %s", [self.rule.id]
        )
        self.rule.invalidate_recordset()
        self.assertFalse(self.env["lot.certificate.rule"]._find(self.make_certificate(self.lot)))

    def test_revision_takes_the_place_of_the_one_before(self):
        draft = self.env["lot.certificate.rule"].browse(
            self.rule.with_user(self.quality).action_revise()["res_id"]
        )
        self.assertEqual((draft.revision, draft.replaces_id), (2, self.rule))
        self.assertEqual(draft.author_id, self.quality)
        self.sign(draft, "approve", self.colleague)
        self.assertEqual((draft.state, self.rule.state), ("approved", "superseded"))

    def test_access_and_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.rule.sudo().copy({"company_id": elsewhere.id})
        seen = self.env["lot.certificate.rule"].with_user(self.quality).search([])
        self.assertIn(self.rule, seen)
        self.assertNotIn(foreign, seen)
        with self.assertRaises(AccessError):
            self.rule.with_user(self.sales).action_end()
        certificate = self.make_uncovered()
        certificate.action_request_review()
        review = certificate.review_ids
        self.assertIn(review, review.with_user(self.sales).search([]))
        values = {"company_id": elsewhere.id, "state": "withdrawn"}
        foreign = review.sudo().create([{**review._prepare(certificate), **values}])
        self.assertNotIn(foreign, review.with_user(self.quality).search([]))

    def test_delivery_without_a_rule_waits_for_its_review(self):
        self.rule.action_end()
        picking = self.deliver(self.lot, 5)
        with self.enter_registry_test_mode():
            self.env.ref("lot_certificate.ir_cron_issue").method_direct_trigger()
        certificate = picking.lot_certificate_ids
        self.assertEqual(certificate.state, "review")
        self.assertEqual(certificate.requested_by_id, self.env.user)
