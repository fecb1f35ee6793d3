# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The page of health, the figures for a monitoring system, and who is told of a silent bridge."""

from datetime import datetime, timedelta
from unittest.mock import patch

from prometheus_client.parser import text_string_to_metric_families

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.process_monitoring import clock

from ..bridge.health import Health
from ..controllers.metrics import SWITCH
from ..tools.message import Counts
from ..tools.sightings import Sighting
from .common import MqttCase

MONITORING = "process_monitoring.group_process_monitoring_"
PAGE = "/process_mqtt/metrics"


class HealthCase(MqttCase):
    @classmethod
    def make_user(cls, role, company=None, prefix=MONITORING, **values):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"health-{role}-{company.id}-{len(values)}",
            groups=f"base.group_user,{prefix}{role}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            **values,
        )

    def report(self, state="connected", counts=None, at_ms=None, is_first=True, message=""):
        """What the bridge writes at a time."""
        health = Health(self.broker.id, is_first)
        health.count(counts or Counts(), at_ms or self.now)
        self.env.flush_all()
        with patch.object(clock, "now_ms", return_value=at_ms or clock.now_ms()):
            health._write(self.env.cr, state, message, None)
        self.broker.invalidate_recordset()

    def feed(self, complete_ms, client="-", now_ms=None):
        feeds, now_ms = self.broker._get_feed(), now_ms or clock.now_ms()
        feeds._start_listening(self.broker._get_origin(), client, now_ms)
        feeds._report(self.broker._get_origin(), client, complete_ms, now_ms)
        self.broker.invalidate_recordset()


@tagged("post_install", "-at_install")
class TestMqttHealthPage(HealthCase):
    def test_rate_is_that_of_the_last_ten_seconds(self):
        for seconds, count, rate in ((0, 5, 0), (5, 50, 0), (10, 50, 10), (15, 9, 10), (500, 9, 0)):
            self.report(counts=Counts(stored=count), at_ms=self.now + seconds * 1000)
            self.assertEqual(self.broker.message_rate, rate, f"after {seconds} s")
        self.assertEqual(self.broker.message_count, 123)

    def test_every_bridge_that_shares_the_work_counts_and_one_says_how_it_is(self):
        self.report(counts=Counts(stored=1))
        self.report(state="stopped", counts=Counts(stored=2), is_first=False)
        self.assertEqual((self.broker.stored_count, self.broker.health), (3, "ok"))

    def test_what_a_person_should_look_at_first(self):
        for grade, words, prepare in (
            ("bad", "No bridge is running", lambda: None),
            ("bad", "certificate", lambda: self.report("error", message="The certificate.")),
            ("watch", "about to connect", lambda: self.report("connecting")),
            ("watch", "catching up", lambda: self.feed(clock.now_ms() - 120_000)),
            ("good", "Everything", lambda: self.feed(clock.now_ms())),
            ("watch", "dead letters", lambda: self.receive(self.message(b"{"))),
        ):
            prepare()
            if words not in ("No bridge is running", "certificate", "about to connect"):
                self.report()
            with self.subTest(words):
                self.assertEqual(self.broker.grade, grade)
                self.assertIn(words, self.broker.remark)

    def test_the_connection_that_is_furthest_behind_counts_unless_it_is_gone(self):
        now = clock.now_ms()
        self.feed(now - 500, "one")
        self.feed(now - 300_000, "two")
        self.assertAlmostEqual(self.broker.lag_s, 300, delta=30)
        self.assertEqual(self.broker.lag_text, "5 min")
        self.assertEqual(len(self.broker.feed_ids), 2)
        self.broker.feed_ids.filtered(lambda feed: feed.client == "two").alive_ms = now - 300_000
        self.broker.invalidate_recordset()
        self.assertLess(self.broker.lag_s, 30)

    def test_another_brokers_connection_is_none_of_this_one(self):
        self.feed(clock.now_ms())
        twin = self.broker.copy({"name": "Twin"})
        self.assertFalse(twin.feed_ids)
        self.assertEqual((twin.lag_s, twin.lag_text), (False, "–"))

    def test_operators_and_auditors_see_the_page(self):
        self.feed(clock.now_ms())
        shown = ["grade", "remark", "lag_text", "rate_text", "last_message_text", "feed_ids"]
        for role, prefix in (
            ("operator", MONITORING),
            ("integration", MONITORING),
            ("group_audit_chain_auditor", "audit_chain."),
        ):
            own = self.broker.with_user(self.make_user(role, prefix=prefix))
            [values] = own.read(shown)
            self.assertTrue(values["feed_ids"])


@tagged("post_install", "-at_install")
class TestMqttSilence(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls.make_user("engineer", tz="Europe/Berlin")
        cls.broker.responsible_id = cls.engineer

    def look(self, after_s=0):
        self.broker._watch_bridge(self.now + after_s * 1000)
        self.env.flush_all()
        return self.broker.activity_ids

    def test_one_activity_for_the_responsible_person_and_no_second_one(self):
        self.report(at_ms=self.now)
        self.assertFalse(self.look(300))
        activity = self.look(301)
        self.assertEqual(activity.user_id, self.engineer)
        self.assertIn(clock.format_ms(self.env(user=self.engineer), self.now), activity.note)
        self.assertEqual(self.look(900), activity)
        [note] = [m for m in self.broker.message_ids if "No bridge has been" in (m.body or "")]
        self.assertIn(self.broker.name, note.body)

    def test_it_is_done_by_itself_when_a_bridge_is_back_and_given_again_next_time(self):
        first = self.look(301)
        self.assertIn("ever been connected", first.note)
        self.report(at_ms=self.now + 400_000)
        self.assertFalse(self.look(401))
        self.assertIn("connected again", self.broker.message_ids[0].body)
        self.assertTrue(self.look(401 + 301))

    def test_a_bridge_that_runs_and_cannot_connect_is_silent_too(self):
        self.report(at_ms=self.now)
        self.report("error", at_ms=self.now + 301_000, message="The certificate has expired.")
        with patch.object(clock, "now_ms", return_value=self.now + 301_000):
            self.assertIn("The certificate has expired.", self.look(301).note)

    def test_zero_tells_nobody_and_without_a_person_the_engineers_are_told(self):
        self.broker.silent_after_s = 0
        self.assertFalse(self.look(100_000))
        self.broker.write({"silent_after_s": 60, "responsible_id": False})
        self.assertEqual(self.look(61).user_id, self.engineer)

    def test_the_scheduled_action_looks_at_every_broker(self):
        self.broker.silent_after_s = 1
        self.report(at_ms=self.now - 60_000)
        with self.enter_registry_test_mode():
            self.env.ref("process_mqtt.ir_cron_watch_bridges").method_direct_trigger()
        self.assertEqual(len(self.broker.activity_ids), 1)


@tagged("post_install", "-at_install")
class TestMqttMetrics(HealthCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(SWITCH, "on")
        cls.user = cls.make_user("integration")
        cls.key = cls.make_key(cls.user)
        cls.broker.write(
            {
                "name": 'Hall "A"} 1\nfake_metric{x="\\',
                "host": "secret-host.example",
                "username": "secret-user",
                "password_variable": "BATCHPROOF_SECRET_NAME",
                "ca_file": "/secret/ca.crt",
            }
        )

    @classmethod
    def make_key(cls, user, scope=None):
        keys = cls.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate(scope, "test", datetime.now() + timedelta(days=1))

    def ask(self, key=None, **headers):
        self.env.flush_all()
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.url_open(PAGE, headers=headers)

    def collect(self, text):
        """As a collector reads it: name and the labels that tell samples apart, to number."""
        return {
            (sample.name, sample.labels["id"], *self.rest(sample.labels)): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @staticmethod
    def rest(labels):
        return [text for name, text in labels.items() if name not in ("id", "broker", "company")]

    def test_figures_are_those_of_the_record(self):
        self.report(counts=Counts(stored=7, duplicates=2, rejected=1, retained=3, ignored=4))
        self.feed(clock.now_ms() - 1500, "one")
        self.receive(self.message(b"{"))
        self.env["mqtt.unmapped"]._note(self.broker, [Sighting("a/b", b"1", 1, 1)], 5)
        response = self.ask(self.key)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        found, own = self.collect(response.text), str(self.broker.id)
        expected = {
            ("batchproof_mqtt_bridge_up", own): 1,
            ("batchproof_mqtt_bridge_state", own, "ok"): 1,
            ("batchproof_mqtt_bridge_state", own, "silent"): 0,
            ("batchproof_mqtt_messages_total", own, "stored"): 7,
            ("batchproof_mqtt_messages_total", own, "duplicate"): 2,
            ("batchproof_mqtt_messages_total", own, "rejected"): 1,
            ("batchproof_mqtt_messages_total", own, "retained"): 3,
            ("batchproof_mqtt_messages_total", own, "ignored"): 4,
            ("batchproof_mqtt_dead_letters", own): 1,
            ("batchproof_mqtt_unmapped_topics", own): 1,
            ("batchproof_mqtt_unlisted_messages_total", own): 5,
            ("batchproof_mqtt_connection_alive", own, "one"): 1,
        }
        self.assertEqual({key: found.get(key) for key in expected}, expected)
        self.assertGreaterEqual(found["batchproof_mqtt_bridge_behind_seconds", own], 1.5)
        self.assertAlmostEqual(
            found["batchproof_mqtt_message_timestamp_seconds", own], self.now / 1000, places=2
        )

    def test_a_name_starts_no_line_of_its_own_and_no_secret_is_told(self):
        text = self.ask(self.key).text
        self.assertNotIn("fake_metric", {key[0] for key in self.collect(text)})
        self.assertFalse([line for line in text.splitlines() if line.startswith("fake")])
        for secret in ("secret-host", "secret-user", "SECRET_NAME", "/secret/"):
            self.assertNotIn(secret, text)

    def test_without_a_right_key_there_is_nothing(self):
        wrong = [
            {},
            {"Authorization": f"Basic {self.key}"},
            {"Authorization": "Bearer "},
            {"Authorization": f"Bearer {self.key[:-1]}"},
            {"Authorization": f"Bearer {self.key}x"},
            {"Authorization": f"Bearer {self.make_key(self.user, 'other')}"},
            {"X-Api-Key": self.key},
        ]
        for headers in wrong:
            with self.subTest(headers):
                response = self.ask(**headers)
                self.assertNotEqual(response.status_code, 200)
                self.assertNotIn("batchproof_mqtt", response.text)
        self.assertNotEqual(self.url_open(f"{PAGE}?key={self.key}").status_code, 200)

    def test_off_until_it_is_switched_on(self):
        for value in ("off", "", "1", "On"):
            self.env["ir.config_parameter"].set_param(SWITCH, value)
            self.assertEqual(self.ask(self.key).status_code, 404, value)

    def test_a_user_without_the_right_and_another_company_see_nothing(self):
        plain = new_test_user(self.env, login="health-plain", groups="base.group_user")
        response = self.ask(self.make_key(plain))
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("batchproof", response.text)
        other = self.env["res.company"].create({"name": "Other"})
        response = self.ask(self.make_key(self.make_user("integration", other)))
        self.assertEqual((response.status_code, response.text), (200, ""))

    def test_only_reading(self):
        self.authenticate(None, None)
        headers = {"Authorization": f"Bearer {self.key}"}
        self.assertEqual(self.url_open(PAGE, data={"a": 1}, headers=headers).status_code, 405)
