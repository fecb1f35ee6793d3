# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A mapping is written by one person and approved by another; what was approved stays."""

import base64
import json
from dataclasses import replace

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.audit_chain.tests.common import SignatureCase

from ..tools.message import Counts
from .common import MqttCase, approve, change, prepare_mapping

MONITORING = "process_monitoring.group_process_monitoring_"


@tagged("post_install", "-at_install")
class TestMqttMappingVersion(SignatureCase, MqttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer, cls.second_engineer, cls.quality, cls.operator = (
            cls._user(login, role)
            for login, role in (
                ("mv-engineer", "engineer"),
                ("mv-second", "engineer"),
                ("mv-quality", "quality_manager"),
                ("mv-operator", "operator"),
            )
        )
        cls.mapping.active = False  # these tests bring mappings of their own

    @classmethod
    def _user(cls, login, role):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{MONITORING}{role}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def draft(self, **values):
        mappings = self.env["mqtt.mapping"].with_user(self.engineer)
        return mappings.create(prepare_mapping(self.broker, **values))

    def test_a_draft_reads_nothing(self):
        self.draft()
        self.assertEqual(self.receive(self.message()), Counts(rejected=1))

    def test_another_person_approves_by_signature(self):
        for signer in (self.second_engineer, self.quality):
            with self.subTest(signer.login):
                draft = self.draft(topic_filter=f"{signer.login}/{{line}}/{{tag}}")
                self.sign(draft.with_user(signer), "approve", signer)
                self.assertEqual(draft.state, "approved")
                self.assertEqual(draft.approved_by_id, signer)
                self.assertTrue(draft.approved_at)
                self.assertEqual(draft.signature_state, "valid")

    def test_the_author_cannot_approve(self):
        draft = self.draft()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            self.sign(draft, "approve", self.engineer)

    def test_who_changed_a_draft_last_is_its_author_too(self):
        draft = self.draft()
        draft.with_user(self.second_engineer).unit = "degC"
        for user in (self.engineer, self.second_engineer):
            with self.subTest(user.login), self.assertRaisesRegex(AccessError, "somebody else"):
                self.sign(draft.with_user(user), "approve", user)
        self.sign(draft.with_user(self.quality), "approve", self.quality)

    def test_an_operator_cannot_approve(self):
        draft = self.draft()
        with self.assertRaisesRegex(AccessError, "engineer or a quality manager"):
            self.sign(draft.with_user(self.operator), "approve", self.operator)

    def test_what_the_system_stamps_is_refused_at_every_door(self):
        draft = self.draft()
        for values in (
            {"state": "approved"},
            {"version": 7},
            {"approved_by_id": self.quality.id},
            {"author_id": self.quality.id},
        ):
            for mapping in (draft, draft.sudo(), draft.with_context(tracking_disable=True)):
                with self.subTest(values), self.assertRaisesRegex(UserError, "cannot be typed"):
                    mapping.write(values)
            with self.subTest(values), self.assertRaisesRegex(UserError, "cannot be typed"):
                self.draft(topic_filter="b/{line}/{tag}", **values)

    def test_what_was_approved_stays(self):
        mapping = approve(self.draft())
        for values in ({"scale": 2}, {"sensor_template": "x"}, {"sequence": 1}, {"deadband": 1}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "stays as it is"):
                mapping.sudo().write(values)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            mapping.sudo().unlink()
        mapping.example_topic = "plant/dairy/d1/temp"
        self.draft(topic_filter="c/{line}/{tag}").unlink()

    def test_a_new_version_takes_the_place_when_it_is_approved(self):
        first = approve(self.draft())
        again = first.browse(first.action_new_version()["res_id"])
        self.assertEqual(first.action_new_version()["res_id"], again.id)
        again.write({"scale": 0.1, "unit": "degC"})
        self.receive(self.message(value=60))
        self.assertEqual(self.readings().value, 60)
        self.sign(again.with_user(self.quality), "approve", self.quality)
        self.assertEqual((first.state, again.state, again.version), ("superseded", "approved", 2))
        self.receive(self.message(value=601, seq=2))
        self.assertEqual(sorted(self.readings().mapped("value")), [60, 60.1])
        with self.assertRaisesRegex(UserError, "Only an approved"):
            first.action_new_version()

    def test_export_and_import_give_the_same_mapping(self):
        change(approve(self.draft()), scale=0.1, offset=-1.5, unit="degC", deadband=0.25)
        mapping = self.broker.mapping_ids._filter_in_force()
        self.assertIn("mapping_document", self.broker.action_export_mappings()["url"])
        data = base64.b64decode(self.broker.mapping_document)
        other = self.broker.copy({"name": "Other", "client_id": "other"})
        drafts = other._import_mappings(data)
        self.assertEqual(drafts.mapped("state"), ["draft"])
        self.assertEqual(
            replace(drafts._get_mapping(), origin=self.broker._get_origin()), mapping._get_mapping()
        )
        self.assertEqual(drafts._prepare_document(), mapping._prepare_document())

    def test_import_takes_all_or_nothing(self):
        good = {"topic_filter": "a/{tag}", "sensor_template": "{tag}"}
        for bad, words in (
            ({**good, "state": "approved"}, "mapping 2: there is no field state"),
            ({**good, "scale": "NaN"}, "mapping 2: scale is not a number"),
            ({"topic_filter": "a"}, "mapping 2: sensor_template is missing"),
            ("x", "mapping 2: it is no object"),
        ):
            data = {"format": "batchproof-mqtt-mappings/1", "mappings": [good, bad]}
            wizard = self.env["mqtt.mapping.import.wizard"].create(
                {"broker_id": self.broker.id, "file": base64.b64encode(json.dumps(data).encode())}
            )
            before = self.env["mqtt.mapping"].search_count([])
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                wizard.action_import()
            self.assertEqual(self.env["mqtt.mapping"].search_count([]), before)

    def test_plain_values_are_timed_by_receipt(self):
        plain = {"payload_format": "plain", "time_source": "receipt", "unit": "degC"}
        approve(self.draft(**plain))
        counts = self.receive(
            self.message(b"72.4"),
            self.message(b"72,4"),
            self.message(b"NaN"),
            self.message(b""),
            self.message(b"forward", tag="valve"),
        )
        self.assertEqual(counts, Counts(stored=2, rejected=3))
        reading = self.readings(self.temperature)
        self.assertEqual((reading.value, reading.source_ms), (72.4, self.now))
        self.assertEqual(self.readings(self.valve).text_value, "forward")

    def test_a_mapping_without_time_is_refused(self):
        for values in ({"time_path": False}, {"payload_format": "plain"}):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "has no time"):
                self.draft(**values)

    def test_a_deadband_spares_what_a_requirement_watches(self):
        approve(self.draft(deadband=0.5))
        values = [self.message(ts=self.now - 3000 + 1000 * n, seq=n, value=60) for n in range(3)]
        self.assertEqual(self.receive(*values), Counts(stored=1, ignored=2))
        self.env["process.requirement"].create(
            {
                "name": "Watched",
                "parameter_id": self.temperature.parameter_id.id,
                "sensor_id": self.temperature.id,
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.receive(*values), Counts(stored=2, duplicates=1))
