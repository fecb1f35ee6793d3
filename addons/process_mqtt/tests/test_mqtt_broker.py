# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The broker's record: what the bridge reads from it, and what it shows of the bridge."""

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.process_monitoring import clock

from ..bridge.health import Health
from ..models.mqtt_broker import SILENT_MS
from ..tools.message import Counts
from .common import MqttCase, approve, prepare_mapping


@tagged("post_install", "-at_install")
class TestMqttBroker(MqttCase):
    def test_settings_follow_the_record(self):
        settings = self.broker._get_settings()
        self.assertEqual(
            (settings.host, settings.port, settings.use_tls), ("broker.example", 8883, True)
        )
        self.assertFalse(settings.allow_plain)
        self.assertEqual(settings.password_variable, "BATCHPROOF_MQTT_PASSWORD")
        self.assertEqual(settings.subscriptions(), ("plant/+/+/+",))

    def test_change_of_a_mapping_needs_no_new_connection(self):
        before = self.broker._get_settings()
        other = prepare_mapping(self.broker, topic_filter="{line}/{tag}")
        approve(self.env["mqtt.mapping"].create(other))
        after = self.broker._get_settings()
        self.assertNotEqual(before, after)
        self.assertEqual(before.connection, after.connection)
        self.broker.port = 8884
        self.assertNotEqual(after.connection, self.broker._get_settings().connection)

    def test_health_changes_no_settings(self):
        before = self.broker._get_settings()
        self.broker.write({"state": "connected", "message_count": 5, "heartbeat_ms": self.now})
        self.assertEqual(before, self.broker._get_settings())

    def test_only_variables_of_our_own_hold_passwords(self):
        for name in ("PGPASSWORD", "HOME", "BATCHPROOF_", "batchproof_x", "BATCHPROOF_X; ls"):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "BATCHPROOF_"):
                self.broker.password_variable = name

    def test_heartbeat_topic_is_plain(self):
        self.broker.heartbeat_topic = "batchproof/bridge"
        for name in ("a/+", "a/#", "{a}/b"):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "plain topic"):
                self.broker.heartbeat_topic = name

    @mute_logger("odoo.sql_db")
    def test_constraints(self):
        for values in (
            {"port": 0},
            {"port": 70_000},
            {"receive_maximum": 0},
            {"batch_size": 0},
            {"linger_ms": -1},
            {"session_expiry_s": 0},
        ):
            with self.subTest(values), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.broker.write(values)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.broker.copy({"client_id": self.broker.client_id})

    def test_each_bridge_has_a_client_id_of_its_own(self):
        twin = self.broker.copy()
        self.assertNotEqual(twin.client_id, self.broker.client_id)
        self.assertEqual(twin.health, "silent")

    def test_form_follows_the_registered_ports(self):
        form = Form(self.env["mqtt.broker"])
        form.name, form.host = "New", "new.example"
        self.assertTrue(form.use_tls)
        form.use_tls = False
        self.assertEqual(form.port, 1883)
        self.assertFalse(form.allow_plain)
        form.port = 1999
        form.use_tls = True
        self.assertEqual(form.port, 1999)

    def test_counts_and_smart_buttons(self):
        self.receive(self.message(b"{"), self.message(b"}"))
        self.letters()[0].discard_reason = "x"
        self.letters()[0].action_discard()
        self.assertEqual((self.broker.mapping_count, self.broker.dead_letter_count), (1, 1))
        for action in (self.broker.action_view_mappings(), self.broker.action_view_dead_letters()):
            self.assertEqual(action["domain"], [("broker_id", "=", self.broker.id)])

    def report(self, health, *arguments):
        self.env.flush_all()
        written = health._write(self.env.cr, *arguments)
        self.broker.invalidate_recordset()
        return written

    def test_bridge_reports_its_health(self):
        health = Health(self.broker.id)
        self.assertEqual(self.broker.health, "silent")
        health.count(Counts(stored=3, duplicates=1, rejected=2, retained=4), self.now)
        self.assertTrue(self.report(health, "connected", "", {"b", "a"}))
        self.assertEqual(self.broker.health, "ok")
        self.assertEqual(self.broker.message_count, 10)
        self.assertEqual(self.broker.stored_count, 3)
        self.assertEqual(self.broker.duplicate_count, 1)
        self.assertEqual(self.broker.rejected_count, 2)
        self.assertEqual(self.broker.retained_count, 4)
        self.assertEqual(self.broker.last_message_ms, self.now)
        self.assertEqual(self.broker.subscribed_filters, '["a", "b"]')
        self.assertTrue(self.report(health, "error", "Refused.", None))
        self.assertEqual((self.broker.health, self.broker.state_message), ("error", "Refused."))
        self.assertEqual(self.broker.subscribed_filters, '["a", "b"]')

    def test_counts_wait_while_somebody_holds_the_row(self):
        health = Health(self.broker.id)
        health.count(Counts(stored=1), self.now)
        # the broker of this test is not committed: to another transaction there is no such row,
        # as if it were locked
        self.assertFalse(health.report(self.registry, "connected"))
        self.assertEqual(health._pending, Counts(stored=1))

    def test_a_bridge_that_says_nothing_is_not_running(self):
        self.broker.write({"state": "connected", "heartbeat_ms": clock.now_ms() - SILENT_MS - 1})
        self.assertEqual(self.broker.health, "silent")
        self.broker.heartbeat_ms = clock.now_ms()
        self.assertEqual(self.broker.health, "ok")
        self.broker.state = "standby"
        self.assertEqual(self.broker.health, "standby")
        self.broker.state = "stopped"
        self.assertEqual(self.broker.health, "silent")
