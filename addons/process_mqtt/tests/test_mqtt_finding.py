# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What bridges notice: findings that count on, an activity where readings are lost, sources."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.message import Counts, Message, Notice
from .common import MqttCase

MONITORING = "process_monitoring.group_process_monitoring_"


@tagged("post_install", "-at_install")
class TestMqttFinding(MqttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls.make_user("engineer")

    @classmethod
    def make_user(cls, group, company=None, prefix=MONITORING):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"finding-{group}-{company.id}",
            groups=f"base.group_user,{prefix}{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def note(self, *notices):
        self.broker._receive(list(notices), self.broker._get_router())
        return self.env["mqtt.finding"].search([("broker_id", "=", self.broker.id)], order="id")

    def gap(self, count=1, source="dairy/edge1", at_ms=1_000):
        return Notice("gap", source, self.now + at_ms, f"{count} missing.", count)

    def nodes(self):
        nodes = self.env["mqtt.node"].search([("broker_id", "=", self.broker.id)])
        return {node.name: node.state for node in nodes}

    def test_one_open_finding_for_each_kind_and_source_counts_on(self):
        findings = self.note(self.gap(), self.gap(2, at_ms=2_000), self.gap(source="dairy/edge2"))
        self.assertEqual(findings.mapped("count"), [3, 1])
        first = self.note(self.gap(4, at_ms=3_000))[0]
        self.assertEqual((first.count, first.last_ms - first.first_ms), (7, 2_000))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["mqtt.finding"]._open(self.broker, self.gap())
            self.env.flush_all()

    def test_engineers_are_told_of_lost_readings_and_only_of_these(self):
        finding = self.note(self.gap())
        self.assertIn(self.engineer, finding.activity_ids.user_id)
        self.note(self.gap())
        self.assertEqual(
            len(finding.activity_ids.filtered(lambda a: a.user_id == self.engineer)), 1
        )
        other = self.note(Notice("unborn", "dairy/edge1", self.now, "No birth.", 1)) - finding
        self.assertFalse(other.activity_ids)

    def test_settled_with_an_answer_and_never_again_changed(self):
        finding = self.note(self.gap()).with_user(self.engineer)
        with self.assertRaisesRegex(UserError, "Say what was found"):
            finding.action_settle()
        finding.answer = "The switch was replaced."
        finding.action_settle()
        self.assertEqual((finding.state, finding.settled_by_id), ("settled", self.engineer))
        self.assertFalse(finding.activity_ids)
        for values in ({"answer": "x"}, {"state": "open"}, {"count": 0}):
            with self.assertRaises(UserError):
                finding.sudo().write(values)
        with self.assertRaises(UserError):
            finding.sudo().unlink()
        self.assertEqual(len(self.note(self.gap())), 2, "a new one is opened")
        self.assertTrue(
            self.env["audit.record"].search([("event", "=", "mqtt.finding.settle")], limit=1)
        )

    def test_dropped_messages_are_counted_from_what_was_seen_before(self):
        """The broker's counter: a baseline, a difference, and a new count after its restart."""

        def counter(value):
            return Notice("overflow", "", self.now, count=value)

        self.assertFalse(self.note(counter(40)), "before this bridge first looked")
        self.assertFalse(self.note(counter(40)))
        finding = self.note(counter(45))
        self.assertEqual((finding.kind, finding.count), ("overflow", 5))
        self.assertIn("dropped 5 messages", finding.detail)
        self.assertTrue(finding.activity_ids)
        self.note(counter(3))
        self.assertEqual(finding.count, 8)
        self.note(counter(0))
        self.assertEqual(finding.count, 8)

    def test_births_and_deaths_by_source(self):
        def notice(kind, source, count=0):
            return Notice(kind, source, self.now, count=count)

        self.note(notice("birth", "d/e1", 2), notice("birth", "d/e1/x", 9), notice("birth", "d/e2"))
        self.assertEqual(self.nodes(), dict.fromkeys(("d/e1", "d/e1/x", "d/e2"), "online"))
        self.assertEqual(self.broker._find_online_nodes(), [("d", "e1"), ("d", "e2")])
        self.note(notice("death", "d/e1"))
        self.assertEqual(self.nodes(), {"d/e1": "offline", "d/e1/x": "offline", "d/e2": "online"})
        node = self.env["mqtt.node"].search([("name", "=", "d/e1/x")])
        self.assertEqual((node.metric_count, node.is_device), (9, True))
        self.assertTrue(node.birth_date and node.death_date)
        for values in ({"state": "online"}, {"name": "x"}):
            with self.assertRaises(UserError):
                node.write(values)
        with self.assertRaises(UserError):
            node.unlink()

    def test_metrics_that_nobody_mapped_are_ignored_and_counted(self):
        metric = Message("spBv1.0/d/e/x/y", b"{}", self.now, is_metric=True)
        self.assertEqual(self.receive(metric), Counts(ignored=1))
        self.assertFalse(self.letters())

    def test_message_with_a_problem_is_a_dead_letter_with_that_reason(self):
        message = self.message()
        letter = Message(message.topic, message.payload, self.now, problem="Because.")
        self.assertEqual(self.receive(letter), Counts(rejected=1))
        self.assertEqual(self.letters().reason, "Because.")

    def test_host_id_is_a_name(self):
        self.broker.write({"is_sparkplug": True, "host_id": "plant"})
        for host_id in (False, "a/b", "a+"):
            with self.assertRaises(ValidationError):
                self.broker.host_id = host_id

    def test_access(self):
        finding = self.note(self.gap(), Notice("birth", "d/e1", self.now))
        node = self.env["mqtt.node"].search([("broker_id", "=", self.broker.id)])
        stranger = self.make_user("engineer", self.env["res.company"].create({"name": "Other"}))
        operator = self.make_user("operator")
        auditor = self.make_user("group_audit_chain_auditor", prefix="audit_chain.")
        nobody = self.make_user("group_user", prefix="base.")
        for record in (finding, node):
            for user in (operator, auditor):
                own = record.with_user(user)
                own.read(["display_name"])
                for call in (lambda r=own: r.write({"state": "x"}), own.unlink, own.copy):
                    with self.assertRaises(UserError):
                        call()
            for user in (stranger, nobody):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
        with self.assertRaises(AccessError):
            finding.with_user(operator).action_settle()
