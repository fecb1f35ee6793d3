# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Refused messages beyond the quota: counted by topic and hour, and somebody is told."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.mqtt_finding import MOST_OPEN
from ..tools.message import Message, Notice
from .common import MqttCase

MONITORING = "process_monitoring.group_process_monitoring_"


@tagged("post_install", "-at_install")
class TestMqttRefusal(MqttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.broker.write({"letter_quota": 2, "letter_topics": 1})
        cls.engineer = cls.make_user("engineer")

    @classmethod
    def make_user(cls, role, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"refusal-{role}-{company.id}",
            groups=f"base.group_user,{MONITORING}{role}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def refusals(self):
        return self.env["mqtt.refusal"].search([("broker_id", "=", self.broker.id)])

    def figures(self):
        return {
            refusal.topic: (refusal.count, refusal.kept, refusal.left_out)
            for refusal in self.refusals()
        }

    def test_within_the_quota_everything_is_kept_and_counted(self):
        self.receive(self.message(b"{"), self.message(b"}"))
        self.assertEqual(len(self.letters()), 2)
        self.assertEqual(self.figures(), {"plant/dairy/d1/temp": (2, 2, 0)})
        self.assertTrue(self.refusals().is_sensor)
        self.assertEqual(self.broker.left_out_count, 0)
        self.assertFalse(self.env["mqtt.finding"].search([("broker_id", "=", self.broker.id)]))

    def test_beyond_it_they_are_counted_and_the_engineer_is_told_once(self):
        invented = [Message(f"plant/dairy/d1/x{n}", b"{}", self.now) for n in range(5)]
        self.receive(*invented, *(self.message(b"{") for _number in range(4)))
        self.receive(self.message(b"{"), self.message(seq=2))
        figures = {
            "plant/dairy/d1/x0": (1, 1, 0),
            "": (4, 2, 2),
            "plant/dairy/d1/temp": (5, 2, 3),
        }
        self.assertEqual(self.figures(), figures)
        self.assertEqual(len(self.letters()), 5)
        self.assertEqual(len(self.readings()), 1, "what can be read is stored all the same")
        finding = self.env["mqtt.finding"].search([("broker_id", "=", self.broker.id)])
        self.assertEqual((finding.kind, finding.count, finding.state), ("flood", 5, "open"))
        self.assertIn("plant/dairy/d1/temp", finding.detail)
        self.assertEqual(finding.activity_ids.user_id, self.engineer)
        self.broker.invalidate_recordset()
        self.assertEqual(self.broker.left_out_count, 5)
        self.assertEqual(
            self.env["mqtt.refusal"].search(finding.action_view_refusals()["domain"]),
            self.refusals(),
        )
        others = self.refusals().filtered(lambda refusal: not refusal.topic)
        self.assertEqual(others.display_name, "(further topics)")

    def test_what_is_kept_is_replayed_as_before(self):
        self.mapping.active = False
        self.receive(*(self.message(seq=number) for number in range(5)))
        self.mapping.active = True
        self.broker.invalidate_recordset()
        self.letters().action_replay()
        self.assertEqual(set(self.letters().mapped("state")), {"replayed"})
        self.assertEqual(len(self.readings()), 2)
        self.assertEqual(sum(self.refusals().mapped("count")), 5)

    def test_a_long_topic_is_kept_short_and_not_replayed_as_another(self):
        message = Message("plant/dairy/d1/" + "x" * 2000, b"{}", self.now)
        letter = self.env["mqtt.dead.letter"]._bury(self.broker, [(message, "Because.")])
        self.assertEqual(len(letter.topic), 1001)
        letter.action_replay()
        self.assertIn("topic was too large", letter.last_replay_reason)
        self.assertEqual(self.figures(), {"": (1, 1, 0)})

    def test_redelivered_messages_that_are_here_are_not_counted_again(self):
        self.receive(self.message(b"{"))
        self.receive(self.message(b"{", again=True))
        self.assertEqual(self.figures(), {"plant/dairy/d1/temp": (1, 1, 0)})

    def test_findings_of_invented_sources_are_bounded(self):
        findings = self.env["mqtt.finding"]
        notices = [Notice("unborn", f"g/n{n}", self.now, "x", 1) for n in range(MOST_OPEN + 20)]
        findings._note(self.broker, notices)
        found = findings.search([("broker_id", "=", self.broker.id)])
        self.assertEqual(len(found), MOST_OPEN + 1)
        self.assertEqual(found.filtered(lambda finding: not finding.source).count, 20)

    def test_nobody_edits_or_deletes_a_count(self):
        self.receive(self.message(b"{"))
        refusal = self.refusals()
        for call in (lambda: refusal.sudo().write({"count": 0}), lambda: refusal.sudo().unlink()):
            with self.assertRaises(UserError):
                call()
        as_engineer = refusal.with_user(self.engineer)
        self.assertEqual(as_engineer.count, 1)
        for call in (lambda: as_engineer.write({"count": 0}), lambda: as_engineer.copy()):
            with self.assertRaises(UserError):  # an AccessError is one
                call()

    def test_other_companies_do_not_see_it(self):
        self.receive(self.message(b"{"))
        other = self.env["res.company"].create({"name": "Other of refusals"})
        stranger = self.make_user("engineer", other)
        own = self.refusals().with_user(stranger).with_context(allowed_company_ids=other.ids)
        with self.assertRaises(AccessError):
            own.read(["count"])

    @mute_logger("odoo.sql_db")
    def test_a_quota_of_nothing_is_refused(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.broker.letter_quota = 0
            self.broker.flush_recordset()
