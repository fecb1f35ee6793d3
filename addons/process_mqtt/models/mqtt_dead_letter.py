# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools.message import Message
from ..tools.payload import Reject
from ..tools.router import Router
from ..tools.sightings import LONGEST_TOPIC
from ..tools.text import make_readable

KEPT_BYTES = 1_048_576
"""A payload is kept whole up to this size; of a larger one the beginning, size and hash."""
PREVIEW_CHARACTERS = 4_000
EDITABLE = frozenset({"discard_reason"})


class MqttDeadLetter(models.Model):
    """One message that did not become a reading, as it came, with the reason.

    Only the bridge writes it, in the transaction in which the readings of its batch are stored.
    What came and why it was refused can never change; it is settled once, by a replay through the
    same door that every message takes, or by a person who discards it and says why.
    """

    _name = "mqtt.dead.letter"
    _description = "MQTT dead letter"
    _order = "id desc"
    _rec_name = "topic"

    broker_id = fields.Many2one(
        "mqtt.broker", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    topic = fields.Char(required=True, readonly=True)
    payload = fields.Binary("Payload as it came", attachment=False, readonly=True)
    payload_preview = fields.Text("Payload", readonly=True)
    payload_size = fields.Integer("Size (bytes)", readonly=True)
    payload_sha256 = fields.Char("SHA-256 of the payload", readonly=True, index=True)
    is_truncated = fields.Boolean(readonly=True)
    reason = fields.Char(required=True, readonly=True)
    received_ms = BigInt("Received (ms)", required=True, readonly=True, aggregator=None)
    received_date = fields.Datetime("Received", compute="_compute_received_date")
    state = fields.Selection(
        [("open", "Open"), ("replayed", "Replayed"), ("discarded", "Discarded")],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    last_replay_reason = fields.Char(
        "Last replay", readonly=True, help="Why the last replay was refused."
    )
    discard_reason = fields.Char(help="Why this message need not be a reading.")
    settled_by_id = fields.Many2one("res.users", readonly=True)
    settled_date = fields.Datetime("Settled on", readonly=True)

    @api.depends("received_ms")
    def _compute_received_date(self):
        for letter in self:
            letter.received_date = clock.to_datetime(letter.received_ms)

    @api.model
    def _bury(self, broker, refused: list[tuple[Message, str]], router: Router | None = None):
        """Keep refused messages of a broker, as many as its quota allows; all are counted.

        One that the broker sent again is kept once.
        """
        new = self._leave_out_known(broker, refused)
        if not new:
            return self.browse()
        router = router or broker._get_router()
        admitted = self.env["mqtt.refusal"]._admit(broker, new, router)
        return self.create(
            [
                self._prepare_letter(broker, message, reason)
                for (message, reason), is_kept in zip(new, admitted, strict=True)
                if is_kept
            ]
        )

    def _leave_out_known(self, broker, refused: list[tuple[Message, str]]) -> list:
        """Leave out what the broker sent again and is already here."""
        again = {_hash(message) for message, _reason in refused if message.is_redelivered}
        known = self._get_known(broker, again) if again else set()
        return [
            (message, reason)
            for message, reason in refused
            if not message.is_redelivered or (_name(message), _hash(message)) not in known
        ]

    def _get_known(self, broker, hashes: set[str]) -> set[tuple[str, str]]:
        """Topics and hashes already here: a crash before the acknowledgement repeats them."""
        groups = self._read_group(
            [("broker_id", "=", broker.id), ("payload_sha256", "in", list(hashes))],
            ["topic", "payload_sha256"],
        )
        return set(groups)

    def _prepare_letter(self, broker, message: Message, reason: str) -> dict:
        kept = message.payload[:KEPT_BYTES]
        return {
            "broker_id": broker.id,
            "topic": _name(message),
            "payload": base64.b64encode(kept),
            "payload_preview": make_readable(
                kept.decode(errors="backslashreplace"), PREVIEW_CHARACTERS
            ),
            "payload_size": len(message.payload),
            "payload_sha256": _hash(message),
            "is_truncated": len(kept) < len(message.payload) or _name(message) != message.topic,
            "reason": reason,
            "received_ms": message.received_ms,
        }

    def write(self, vals):
        """What came is evidence: for everyone, only the reason to discard can be edited."""
        if set(vals) - EDITABLE:
            raise UserError(
                self.env._(
                    "A dead letter is kept as it came: replay it, or discard it with a reason."
                )
            )
        if any(letter.state != "open" for letter in self):
            raise UserError(self.env._("This dead letter is settled and cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A dead letter cannot be deleted: discard it and say why instead.")
        )

    def action_replay(self):
        """Take the messages through the door again, by the mappings as they are now."""
        self.check_access("write")
        open_letters = self.filtered(lambda letter: letter.state == "open")
        for broker in open_letters.broker_id:
            letters = open_letters.filtered(lambda letter, b=broker: letter.broker_id == b)
            router = broker.sudo()._get_router()
            for letter in letters.sorted("id"):
                letter._replay(router)
        return True

    def _replay(self, router: Router):
        """Try one message again: the clock check still goes by the time it was received."""
        if self.is_truncated:
            reason = self.env._(
                "The payload or its topic was too large to keep as it came and cannot be replayed."
            )
        else:
            reason = self.sudo()._get_replay_problem(router)
        if reason:
            self._settle({"last_replay_reason": reason})
            return
        self._settle(self._prepare_settled("replayed"))
        self.env["audit.record"]._log(
            "mqtt.dead_letter.replay", self, {"topic": self.topic, "sha256": self.payload_sha256}
        )

    def _get_replay_problem(self, router: Router) -> str:
        """Store the reading, or say why it cannot be; a duplicate is already where it belongs."""
        message = Message(self.topic, base64.b64decode(self.payload or b""), self.received_ms)
        result = router.decode(message)
        if isinstance(result, Reject):
            return result.reason
        outcome = self.broker_id._ingest([result], self.received_ms)
        return outcome.rejected[0][1] if outcome.rejected else ""

    def action_discard(self):
        """Settle letters that need not be readings; each must say why."""
        self.check_access("write")
        for letter in self.filtered(lambda letter: letter.state == "open"):
            if not (letter.discard_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Say why the message on %s is discarded: fill in the reason first.",
                        letter.topic,
                    )
                )
            letter._settle(letter._prepare_settled("discarded"))
            self.env["audit.record"]._log(
                "mqtt.dead_letter.discard",
                letter,
                {
                    "topic": letter.topic,
                    "sha256": letter.payload_sha256,
                    "reason": letter.discard_reason,
                },
            )
        return True

    def _prepare_settled(self, state: str) -> dict:
        return {
            "state": state,
            "settled_by_id": self.env.uid,
            "settled_date": fields.Datetime.now(),
        }

    def _settle(self, vals: dict):
        """The only way past `write`: what a replay or a discard stamps on the letter."""
        return super().write(vals)


def _name(message: Message) -> str:
    """Return the topic as it is kept: readable, and bounded like its payload."""
    return make_readable(message.topic, LONGEST_TOPIC)


def _hash(message: Message) -> str:
    return hashlib.sha256(message.payload).hexdigest()
