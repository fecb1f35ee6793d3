# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may see, configure, replay; and that companies do not see each other's brokers."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MqttCase

MONITORING = "process_monitoring.group_process_monitoring_"


@tagged("post_install", "-at_install")
class TestMqttAccess(MqttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mqtt.dead.letter"]._bury(cls.broker, [(cls.message(b"{"), "Because.")])
        cls.letter = cls.env["mqtt.dead.letter"].search([("broker_id", "=", cls.broker.id)])
        cls.records = cls.broker, cls.mapping, cls.letter

    def user(self, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login=f"mqtt-{group}-{company.id}",
            groups=f"base.group_user,{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def as_user(self, record, user):
        return record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def test_readers(self):
        for group in (f"{MONITORING}operator", "audit_chain.group_audit_chain_auditor"):
            user = self.user(group)
            for record in self.records:
                own = self.as_user(record, user)
                own.invalidate_recordset()
                own.read([own._rec_name or "name"])
                for call in (
                    lambda r=own: r.write({r._rec_name: "x"}),
                    lambda r=own: r.copy(),
                    lambda r=own: r.unlink(),
                ):
                    with self.assertRaises(UserError):  # an AccessError is one
                        call()
            with self.assertRaises(AccessError):
                self.as_user(self.letter, user).action_replay()
            with self.assertRaises(AccessError):
                self.as_user(self.letter, user).action_discard()

    def test_plain_user_sees_nothing(self):
        user = self.user("base.group_user")
        for record in self.records:
            with self.assertRaises(AccessError):
                self.as_user(record, user).read(["display_name"])

    def test_engineer_configures(self):
        user = self.user(f"{MONITORING}engineer")
        broker = self.env["mqtt.broker"].with_user(user).create({"name": "Own", "host": "h"})
        self.assertEqual(broker.company_id, self.company)
        mapping = self.as_user(self.mapping, user).copy({"broker_id": broker.id})
        mapping.topic_filter = "other/{line}/{tag}"
        mapping.unlink()
        broker.unlink()

    def test_engineer_and_integration_settle_letters(self):
        self.receive(self.message(b"}"))
        for group, letter in zip(("engineer", "integration"), self.letters(), strict=True):
            own = self.as_user(letter, self.user(f"{MONITORING}{group}"))
            own.action_replay()
            self.assertTrue(own.last_replay_reason)
            own.discard_reason = "Noise"
            own.action_discard()
            self.assertEqual(own.state, "discarded")
            self.assertEqual(own.settled_by_id, own.env.user)

    def test_engineer_cannot_make_up_or_delete_a_letter(self):
        user = self.user(f"{MONITORING}engineer")
        with self.assertRaises(AccessError):
            self.as_user(self.letter, user).copy()
        with self.assertRaises(AccessError):
            self.as_user(self.letter, user).unlink()

    def test_integration_does_not_configure(self):
        user = self.user(f"{MONITORING}integration")
        with self.assertRaises(AccessError):
            self.as_user(self.mapping, user).active = False

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self.user(f"{MONITORING}engineer", other)
        for record in self.records:
            model = self.env[record._name].with_user(user)
            model = model.with_context(allowed_company_ids=other.ids)
            self.assertFalse(model.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                model.browse(record.id).read(["display_name"])
