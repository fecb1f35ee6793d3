# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dead letters: kept as they came, settled once, by replay or by a reason."""

import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.mqtt_dead_letter import KEPT_BYTES, PREVIEW_CHARACTERS
from ..tools.message import Message
from .common import MqttCase, change


@tagged("post_install", "-at_install")
class TestMqttDeadLetter(MqttCase):
    def bury(self, message=None, reason="Because."):
        message = message or self.message(b"{")
        return self.env["mqtt.dead.letter"]._bury(self.broker, [(message, reason)])

    def logged(self, event, letter):
        return self.env["audit.record"].search(
            [("event", "=", event), ("res_model", "=", letter._name), ("res_id", "=", letter.id)]
        )

    def test_payload_is_kept_as_it_came(self):
        for payload in (b"", b"\x00\xff{", b"x" * 5000, "grün\n".encode(), b"\xed\xa0\x80"):
            letter = self.bury(self.message(payload))
            self.env.flush_all()
            letter.invalidate_recordset()
            self.assertEqual(base64.b64decode(letter.payload or b""), payload)
            self.assertEqual(letter.payload_size, len(payload))
            self.assertLessEqual(len(letter.payload_preview or ""), PREVIEW_CHARACTERS + 1)
            self.assertNotIn("\x00", letter.payload_preview or "")

    def test_preview_shows_what_cannot_be_printed(self):
        letter = self.bury(Message("a\x07b", b"\x00\xff{\n}", self.now))
        self.assertEqual(letter.payload_preview, "\\x00\\xff{\n}")
        self.assertEqual(letter.topic, "a\\x07b")

    def test_beginning_of_what_is_too_large(self):
        letter = self.bury(self.message(b"x" * (KEPT_BYTES + 1)))
        self.assertTrue(letter.is_truncated)
        self.assertEqual(letter.payload_size, KEPT_BYTES + 1)
        self.assertEqual(len(base64.b64decode(letter.payload)), KEPT_BYTES)
        letter.action_replay()
        self.assertEqual(letter.state, "open")
        self.assertIn("too large", letter.last_replay_reason)

    def test_redelivery_after_a_crash_is_kept_once(self):
        self.bury()
        self.assertFalse(self.bury(self.message(b"{", again=True)))
        self.assertTrue(self.bury(self.message(b"{", tag="valve", again=True)))
        self.assertTrue(self.bury(self.message(b"}", again=True)))
        self.assertTrue(self.bury())  # the source itself sent it a second time
        self.assertEqual(len(self.letters()), 4)

    def test_what_came_can_never_be_changed(self):
        letter = self.bury()
        for values in (
            {"reason": "none"},
            {"payload": base64.b64encode(b"{}")},
            {"topic": "plant/dairy/d1/valve"},
            {"state": "replayed"},
            {"state": "discarded", "discard_reason": "x"},
        ):
            with self.assertRaisesRegex(UserError, "kept as it came"):
                letter.sudo().write(values)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            letter.sudo().unlink()

    def test_replay_after_the_mapping_was_corrected(self):
        wrong = change(self.mapping, value_path="wrong", text_path=False)
        self.receive(self.message())
        letter = self.letters()
        letter.action_replay()
        self.assertEqual(letter.state, "open")
        self.assertIn('"wrong"', letter.last_replay_reason)
        change(wrong, value_path="value")
        letter.action_replay()
        self.assertEqual(letter.state, "replayed")
        self.assertEqual(letter.settled_by_id, self.env.user)
        self.assertEqual(self.readings().value, 72.4)
        self.assertEqual(len(self.logged("mqtt.dead_letter.replay", letter)), 1)

    def test_replay_of_a_duplicate_settles_the_letter(self):
        self.receive(self.message())
        letter = self.bury(self.message())
        letter.action_replay()
        self.assertEqual(letter.state, "replayed")
        self.assertEqual(len(self.readings()), 1)

    def test_a_time_that_was_in_the_future_stays_refused(self):
        self.receive(self.message(ts=self.now + 60_000))
        letter = self.letters()
        letter.action_replay()
        self.assertEqual(letter.state, "open")
        self.assertIn("in the future", letter.last_replay_reason)
        self.assertFalse(self.readings())

    def test_replay_of_several_goes_on_after_a_bad_one(self):
        self.mapping.active = False
        self.receive(self.message(seq=1), self.message(b"{"), self.message(seq=2))
        self.mapping.active = True
        self.broker.invalidate_recordset()
        self.letters().action_replay()
        self.assertEqual(sorted(self.letters().mapped("state")), ["open", "replayed", "replayed"])

    def test_settled_is_settled(self):
        letter = self.bury(self.message())
        letter.action_replay()
        letter.action_replay()
        letter.action_discard()
        self.assertEqual(letter.state, "replayed")
        self.assertEqual(len(self.logged("mqtt.dead_letter.replay", letter)), 1)
        with self.assertRaisesRegex(UserError, "settled"):
            letter.discard_reason = "late"

    def test_discard_wants_a_reason(self):
        letter = self.bury()
        for reason in (False, "  "):
            letter.discard_reason = reason
            with self.assertRaisesRegex(UserError, "Say why"):
                letter.action_discard()
        letter.discard_reason = "Test of the installer"
        letter.action_discard()
        self.assertEqual(letter.state, "discarded")
        self.assertTrue(letter.settled_date)
        self.assertEqual(len(self.logged("mqtt.dead_letter.discard", letter)), 1)
        letter.action_replay()
        self.assertEqual(letter.state, "discarded")

    def test_no_context_key_opens_the_letter(self):
        letter = self.bury()
        keys = ("force", "skip_check", "install_mode", "tracking_disable", "module", "replay")
        with self.assertRaises(UserError):
            letter.with_context(**dict.fromkeys(keys, True)).write({"reason": "none"})
