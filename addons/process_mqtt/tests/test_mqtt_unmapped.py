# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sensors that appear and have no mapping: listed in bounded space, mapped, dismissed, taken back.

Issue 4: "Sensors that appear on a known prefix but have no mapping are listed, to be mapped".
"""

import json
from unittest.mock import Mock, patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..bridge import watch
from ..models import mqtt_unmapped
from ..tools.message import Message
from ..tools.sightings import Sighting, Sightings
from .common import MqttCase, approve, change

MONITORING = "process_monitoring.group_process_monitoring_"
DAYS_31_MS = 31 * 86_400_000


@tagged("post_install", "-at_install")
class TestMqttUnmapped(MqttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = cls.make_user("engineer")

    @classmethod
    def make_user(cls, role, company=None, prefix=MONITORING):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"unmapped-{role}-{company.id}",
            groups=f"base.group_user,{prefix}{role}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def sight(self, *messages):
        """What the bridge does: a batch, its commit, and the next look around."""
        router = self.broker._get_router()
        self.broker._receive(list(messages), router)
        self.env.cr.postcommit.run()
        return self.list(*router.sightings.take())

    def list(self, found, beyond=0):
        self.env["mqtt.unmapped"]._note(self.broker, found, beyond)
        self.env.flush_all()
        return self.topics()

    def topics(self):
        return self.env["mqtt.unmapped"].search([("broker_id", "=", self.broker.id)], order="id")

    def test_new_topics_at_once_and_known_ones_now_and_then(self):
        """Whoever approves a mapping works on rows that the bridge leaves alone meanwhile."""
        watcher, seen, listed = watch.Watcher(is_first=True), Sightings(), []
        store = Mock()
        store.list_unmapped.side_effect = lambda found, beyond: (
            listed.append({sighting.topic: sighting.count for sighting in found}) or True
        )
        for topics in (["a"], ["a", "b"], ["a", "a"]):
            for topic in topics:
                seen.add(topic, b"1", self.now)
            watcher.report(store, seen)
        self.assertEqual(listed, [{"a": 1}, {"b": 1}])
        with patch.object(watch, "COUNT_S", 0):
            watcher.report(store, seen)
        self.assertEqual(listed[2:], [{"a": 3}])

    def stranger(self, name="plant/dairy/d1/ph", **content):
        content = {"ts": self.now, "value": 6.7, **content}
        return Sighting(name, json.dumps(content).encode(), self.now, self.now)

    def wizard(self, topic, user=None):
        wizards = self.env["mqtt.unmapped.wizard"].with_user(user or self.engineer)
        return Form(wizards.with_context(default_unmapped_id=topic.id))

    # -- listing --------------------------------------------------------------------------------

    def test_a_sensor_that_does_not_exist_is_listed_with_the_code_it_needs(self):
        self.sight(self.message(tag="ph"), self.message(tag="temp"))
        [topic] = self.sight(self.message(tag="ph", seq=2))
        self.assertEqual((topic.topic, topic.count), ("plant/dairy/d1/ph", 2))
        self.assertEqual((topic.sensor_code, topic.lacking), ("d1-ph", "sensor"))
        self.assertEqual((topic.state, topic.mapping_id), ("open", self.mapping))
        self.assertEqual(topic.suggested_unit, "degC")
        self.assertEqual(self.broker.unmapped_count, 1)
        self.assertEqual(len(self.letters()), 2, "the messages themselves are dead letters")

    def test_a_missing_sensor_is_listed_whatever_else_is_wrong_with_its_messages(self):
        [topic] = self.sight(self.message(b"{", tag="ph"))
        self.assertEqual((topic.sensor_code, topic.lacking), ("d1-ph", "sensor"))
        self.assertIn("not valid JSON", self.wizard(topic).example_result)

    def test_what_is_refused_for_another_reason_is_not_listed(self):
        bad = self.message(tag="temp", unit="bar"), self.message(b"{"), self.message(ts=1)
        self.assertFalse(self.sight(*bad))

    def test_a_sensor_that_was_retired_is_not_listed_again(self):
        self.temperature.active = False
        self.assertFalse(self.sight(self.message()))

    def test_a_topic_that_no_mapping_matches_is_listed(self):
        [topic] = self.sight(Message("utilities/steam/flow", b"17.5", self.now))
        self.assertEqual((topic.lacking, topic.sensor_code), ("mapping", "steam-flow"))
        self.assertFalse(topic.mapping_id)

    def test_a_batch_that_is_rolled_back_has_seen_nothing(self):
        router = self.broker._get_router()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.broker._receive([self.message(tag="ph")], router)
            self.env.cr.postcommit.clear()  # as a rollback does
            raise ZeroDivisionError
        self.env.cr.postcommit.run()
        self.assertFalse(router.sightings)

    def test_metrics_are_listed_only_where_they_are_watched(self):
        def metric(name):
            return Message(f"spBv1.0/dairy/edge1/{name}", b"{}", self.now, is_metric=True)

        self.mapping.active = False
        self.broker.invalidate_recordset()
        self.assertFalse(self.sight(metric("htst/Temp")))
        self.broker.watched_filters = "spBv1.0/dairy/+/htst/#\n\n"
        topics = self.sight(metric("htst/Temp"), metric("silo/Level"))
        self.assertEqual(topics.mapped("topic"), ["spBv1.0/dairy/edge1/htst/Temp"])

    def test_a_million_topics_do_not_fill_the_table(self):
        with patch.object(mqtt_unmapped, "MOST_LISTED", 3):
            self.list([self.stranger()])
            self.list([self.stranger(f"attack/{number}") for number in range(50)], beyond=7)
            self.list([self.stranger("attack/1"), self.stranger("attack/49")])
        self.assertEqual(self.topics().mapped("count"), [1, 1, 2])
        self.assertEqual(self.broker.unlisted_count, 48 + 7 + 1)
        with patch(f"{mqtt_unmapped.__name__.rpartition('.')[0]}.mqtt_broker_watch.MOST_LISTED", 3):
            self.broker.invalidate_recordset()
            self.assertTrue(self.broker.is_list_full)

    def test_strange_payloads_are_shown_and_bounded(self):
        [topic] = self.list([Sighting("a/b", b"\x00\xff" * 2_048, 1, 1)])
        self.assertIn("\\x00", topic.sample)
        self.assertLessEqual(len(topic.sample), 4 * 4_000 + 1)

    def test_what_is_not_seen_for_a_month_is_forgotten(self):
        old, dismissed, _new = self.list([self.stranger(f"a/{number}") for number in range(3)])
        (old | dismissed)._stamp({"last_ms": self.now - DAYS_31_MS})
        dismissed.with_user(self.engineer).action_dismiss()
        self.env["mqtt.unmapped"]._gc_forgotten()
        self.assertEqual(self.topics().mapped("topic"), ["a/1", "a/2"])

    def test_watched_prefixes_are_checked(self):
        for wrong in ("plant/#/a", "$share/g/plant/#", "plant/{line}/#", "ok/#\nplant/a#"):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "watched prefix"):
                self.broker.watched_filters = wrong
        self.broker.watched_filters = " plant/#\n\nplant/#\nother/+ "
        self.assertEqual(self.broker._get_settings().watched, ("plant/#", "other/+"))

    # -- mapping --------------------------------------------------------------------------------

    def test_two_clicks_make_a_sensor_that_works_at_once_and_replay_what_was_refused(self):
        [topic] = self.sight(self.message(tag="temp3"), self.message(tag="temp3", seq=2))
        with self.wizard(topic) as form:
            self.assertEqual((form.code, form.name), ("d1-temp3", "D1 temp3"))
            self.assertEqual(form.parameter_id, self.temperature.parameter_id)
            self.assertEqual(form.sensor_unit, "degC")
            self.assertEqual(form.letter_count, 2)
        answer = form.record.action_create()
        self.assertIn("2 of 2 dead letters", answer["params"]["message"])
        self.assertEqual((topic.state, topic.sensor_id.code), ("mapped", "d1-temp3"))
        self.assertEqual(len(self.readings(topic.sensor_id)), 2)
        self.assertEqual(set(self.letters().mapped("state")), {"replayed"})

    def test_a_new_mapping_stays_a_draft_until_somebody_else_has_approved_it(self):
        topic, beside = self.sight(
            Message("utilities/zone9/q7", b'{"ts": 1795348800000, "value": 5}', self.now),
            Message("utilities/zone9/temp", b'{"ts": 1795348800000, "value": 5}', self.now),
        )
        with self.wizard(topic) as form:
            form.scope = "all"
            self.assertEqual(form.topic_filter, "utilities/zone9/{tag}")
            self.assertEqual((form.value_path, form.time_path), ("value", "ts"))
            self.assertIn("zone9-q7", form.example_result)
            self.assertFalse(form.parameter_id)
            form.parameter_id = self.temperature.parameter_id
        answer = form.record.action_create()
        draft = self.env["mqtt.mapping"].browse(answer["res_id"])
        self.assertEqual((draft.state, draft.author_id), ("draft", self.engineer))
        self.assertEqual((topic | beside).mapped("state"), ["waiting", "waiting"])
        with self.assertRaisesRegex(AccessError, "somebody else"):
            draft.with_user(self.engineer)._check_may_sign("approve")
        approve(draft)
        self.assertEqual((topic.state, beside.state), ("mapped", "open"))
        self.assertEqual((beside.lacking, beside.sensor_code), ("sensor", "zone9-temp"))
        self.assertEqual(self.broker.unmapped_count, 1)

    def test_a_draft_that_is_thrown_away_puts_the_topic_back(self):
        [topic] = self.list([self.stranger("a/b")])
        form = self.wizard(topic)
        form.sensor_id = self.temperature
        self.assertEqual((form.code, form.sensor_template), ("d1-temp", "d1-temp"))
        draft = self.env["mqtt.mapping"].browse(form.save().action_create()["res_id"])
        self.assertEqual(topic.state, "waiting")
        draft.unlink()
        self.assertEqual(topic.state, "open")

    def test_a_sensor_or_mapping_made_elsewhere_counts_too(self):
        [topic] = self.sight(self.message(tag="ph"))
        sensor = self.temperature.copy({"code": "d1-ph"})
        self.assertEqual((topic.state, topic.sensor_id), ("mapped", sensor))
        change(self.mapping, topic_filter="elsewhere/{line}/{tag}")
        self.assertEqual((topic.state, topic.lacking), ("open", "mapping"))

    def test_what_is_mapped_and_then_read_no_more_is_listed_again(self):
        [topic] = self.sight(self.message(tag="ph"))
        sensor = self.temperature.copy({"code": "d1-ph"})
        sensor.active = False
        self.assertEqual(topic.state, "open")
        sensor.active = True
        self.assertEqual(topic.state, "mapped")
        self.mapping.active = False
        self.assertEqual((topic.state, topic.lacking), ("open", "mapping"))

    def test_the_wizard_says_what_does_not_fit(self):
        [topic, other] = self.list([self.stranger("a/b"), self.stranger("x/y", value="text")])
        for words, values in (
            ("does not match", {"topic_filter": "c/d"}),
            ("make the two the same", {"sensor_template": "other"}),
            ("already has this code", {"code": "d1-temp", "sensor_template": "d1-temp"}),
            ("choose a parameter", {"parameter_id": False}),
        ):
            wizard = self.wizard(topic).save()
            wizard.write({"parameter_id": self.temperature.parameter_id.id, **values})
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                wizard.action_create()
        self.assertEqual(self.wizard(other).text_path, "value")

    # -- dismissing and rights ------------------------------------------------------------------

    def test_dismissed_and_taken_back(self):
        [topic] = self.list([self.stranger()])
        own = topic.with_user(self.engineer)
        answer = own.action_dismiss()
        self.assertEqual(answer["params"]["ids"], topic.ids)
        self.assertEqual((topic.state, topic.dismissed_by_id), ("dismissed", self.engineer))
        self.list([self.stranger()])
        self.assertEqual((topic.state, topic.count), ("dismissed", 2), "counted, and not back")
        own.action_restore()
        self.assertEqual((topic.state, topic.dismissed_by_id.id), ("open", False))

    def test_who_may_what(self):
        [topic] = self.list([self.stranger()])
        readers = [
            self.make_user("operator"),
            self.make_user("integration"),
            self.make_user("group_audit_chain_auditor", prefix="audit_chain."),
        ]
        for user in readers:
            own = topic.with_user(user)
            own.read(["topic", "sample", "state"])
            for call in (
                own.action_dismiss,
                own.action_restore,
                own.unlink,
                lambda own=own: own.copy(),
                lambda user=user: self.wizard(topic, user).save().action_create(),
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    call()
        own = topic.with_user(self.engineer)
        for values in ({"topic": "x"}, {"state": "mapped"}, {"is_dismissed": True}, {"count": 0}):
            with self.assertRaisesRegex(UserError, "cannot be edited"):
                own.write(values)
        with self.assertRaises(AccessError):
            own.copy()
        own.unlink()

    def test_another_company_sees_nothing(self):
        [topic] = self.list([self.stranger()])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user("engineer", other)
        topics = self.env["mqtt.unmapped"].with_user(stranger)
        topics = topics.with_context(allowed_company_ids=other.ids)
        self.assertFalse(topics.search([("id", "=", topic.id)]))
        for call in (
            lambda: topics.browse(topic.id).read(["topic"]),
            lambda: topics.browse(topic.id).action_dismiss(),
            lambda: self.wizard(topic, stranger).save().action_create(),
        ):
            with self.assertRaises(AccessError):
                call()
