# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock

MAX_ITEM = 20_000


class ProcessReadingRefusal(models.Model):
    """One reading, or one figure of a record, that a program delivered and the door refused.

    Written by the door of the programs in the transaction of the delivery, with the reason and the
    item as it came; neither can change. It is settled once: by a replay through the same door, or
    by a person who discards it and says why. The same item refused again while it is open is
    counted, not kept twice.
    """

    _name = "process.reading.refusal"
    _inherit = ["process.stamped.mixin"]
    _description = "Refused reading"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(
        [("reading", "Reading"), ("record", "Figure of a record")], required=True, readonly=True
    )
    origin = fields.Char(string="Delivered by", required=True, readonly=True)
    item = fields.Text(string="As delivered", required=True, readonly=True)
    item_sha256 = fields.Char(string="SHA-256", readonly=True, index=True)
    reason = fields.Char(required=True, readonly=True)
    received_ms = BigInt(string="Received (ms UTC)", readonly=True, aggregator=None)
    received_time = fields.Datetime(
        string="Received", compute="_compute_received_time", search="_search_received_time"
    )
    delivery_count = fields.Integer(string="Times delivered", readonly=True, default=1)
    state = fields.Selection(
        [("open", "Open"), ("replayed", "Replayed"), ("discarded", "Discarded")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    last_replay_reason = fields.Char(
        string="Last replay", readonly=True, help="Why the last replay was refused."
    )
    discard_reason = fields.Char(help="Why this need not be a reading.")
    settled_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    settled_date = fields.Datetime(string="Settled on", readonly=True)

    @api.depends("received_ms")
    def _compute_received_time(self):
        for refusal in self:
            refusal.received_time = clock.to_datetime(refusal.received_ms)

    def _search_received_time(self, operator, value):
        return clock.search_datetime("received_ms", operator, value)

    @api.model
    def _keep(self, kind: str, origin: str, refused: list[tuple[object, str]]) -> None:
        """Keep what was refused of a delivery: (item as it came, reason) each.

        With rights of its own: a program may deliver, it may not write this list.
        """
        texts = [(json.dumps(item)[:MAX_ITEM], reason) for item, reason in refused]
        keys = [hashlib.sha256(text.encode()).hexdigest() for text, _reason in texts]
        open_ones = self.sudo().search(
            [
                ("company_id", "=", self.env.company.id),
                ("kind", "=", kind),
                ("state", "=", "open"),
                ("item_sha256", "in", keys),
            ]
        )
        known = {refusal.item_sha256: refusal for refusal in open_ones}
        new = {}
        for key, (text, reason) in zip(keys, texts, strict=True):
            if key in known:
                known[key]._stamp({"delivery_count": known[key].delivery_count + 1})
            elif key in new:
                new[key]["delivery_count"] += 1
            else:
                new[key] = {
                    "company_id": self.env.company.id,
                    "kind": kind,
                    "origin": origin,
                    "item": text,
                    "item_sha256": key,
                    "reason": reason,
                    "received_ms": clock.now_ms(),
                    "delivery_count": 1,
                }
        self.sudo().create(list(new.values()))

    def _get_user_fields(self):
        return {"discard_reason"} if self.state == "open" else set()

    def action_replay(self):
        """Take the items through the door again, with the sensors and mappings as they are now."""
        self.check_access("write")
        for refusal in self.filtered(lambda r: r.state == "open").sorted("id"):
            refusal._replay()
        return True

    def _replay(self) -> None:
        """Try one item again; the clock check goes by the time it was received."""
        try:
            item = json.loads(self.item)
        except ValueError:
            reason = self.env._("The item was too large to keep whole; it cannot be replayed.")
        else:
            reason = self._deliver(item)
        if reason:
            self._stamp({"last_replay_reason": reason})
            return
        self._settle("replayed", {})

    def _deliver(self, item) -> str:
        """Store the item, or say why it cannot be; what is stored already is where it belongs.

        In the company whose program delivered it, with the door's own rights: the rest of the
        delivery came in that way too.
        """
        door = self.env["process.reading"].sudo().with_company(self.company_id)
        door = door.with_context(allowed_company_ids=self.company_id.ids)
        answer = door._take_items(self.kind, [item], self.origin, self.received_ms)
        return answer["refused"][0]["reason"] if answer["refused"] else ""

    def action_discard(self):
        """Settle items that need not be readings; each must say why."""
        self.check_access("write")
        for refusal in self.filtered(lambda r: r.state == "open"):
            if not (refusal.discard_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Say why “%s” is discarded: fill in the reason first.", refusal.reason
                    )
                )
            refusal._settle("discarded", {"reason": refusal.discard_reason})
        return True

    def _settle(self, state: str, details: dict) -> None:
        self._stamp(
            {
                "state": state,
                "settled_by_id": self.env.uid,
                "settled_date": fields.Datetime.now(),
            }
        )
        self.env["audit.record"]._log(
            f"process.reading.refusal.{state}", self, {"item_sha256": self.item_sha256, **details}
        )
