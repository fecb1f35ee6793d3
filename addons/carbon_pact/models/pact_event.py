# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
import uuid

from odoo import api, fields, models
from odoo.tools import urls

from ..tools import cloudevent, validity

KINDS = [
    ("created", "Request"),
    ("fulfilled", "Request fulfilled"),
    ("rejected", "Request rejected"),
    ("published", "Footprints published"),
]
PATH = "/3/events"
CRON = "carbon_pact.ir_cron_exchange"


class PactEvent(models.Model):
    """One event between a customer's system and ours, as it came in or as it goes out.

    Written by the exchange alone. What came in is kept as it came; what goes out is tried until it
    has arrived or three days are over, with the last error on the record.
    """

    _name = "pact.event"
    _description = "Event of the exchange"
    _order = "id desc"
    _rec_name = "event_key"

    direction = fields.Selection(
        [("in", "Received"), ("out", "Sent")], required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    client_id = fields.Many2one(
        "pact.client",
        string="Access",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    request_id = fields.Many2one("pact.request", readonly=True, index="btree_not_null")
    event_key = fields.Char(string="Event ID", required=True, readonly=True)
    source = fields.Char(required=True, readonly=True)
    body = fields.Text(required=True, readonly=True)
    fingerprint = fields.Char(string="SHA-256", required=True, readonly=True)
    state = fields.Selection(
        [
            ("received", "Received"),
            ("waiting", "To send"),
            ("sent", "Sent"),
            ("failed", "Not delivered"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    tries = fields.Integer(readonly=True, aggregator=None)
    next_try_at = fields.Datetime(string="Next try", readonly=True, index=True)
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    error = fields.Char(string="Last error", readonly=True)

    _event_unique = models.UniqueIndex("(client_id, source, event_key) WHERE direction = 'in'")

    # -- in -------------------------------------------------------------------------------------

    @api.model
    def _receive(self, client, event: cloudevent.Event, body: dict):
        """Keep an event; return (record, whether it is new). The same one again is no other."""
        known = self.search(
            [
                ("direction", "=", "in"),
                ("client_id", "=", client.id),
                ("source", "=", event.source),
                ("event_key", "=", event.event_id),
            ],
            limit=1,
        )
        if known:
            return known, False
        return self.create(
            {
                **self._prepare(client, event.kind, event.event_id, event.source, body),
                "direction": "in",
                "state": "received",
            }
        ), True

    @api.model
    def _prepare(self, client, kind: str, key: str, source: str, body: dict) -> dict:
        # others may send fractions and nulls, which the canonical JSON of our chains has not
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        return {
            "kind": kind,
            "client_id": client.id,
            "company_id": client.company_id.id,
            "event_key": key,
            "source": source,
            "body": text,
            "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
        }

    # -- out ------------------------------------------------------------------------------------

    @api.model
    def _queue(self, client, kind: str, data: dict, request=None):
        """Queue an event to a client's exchange; sent as soon as this transaction is committed."""
        key, source = str(uuid.uuid4()), urls.urljoin(client.company_id.get_base_url(), PATH)
        now = fields.Datetime.now()
        body = cloudevent.write(kind, key, source, validity.write(now), data)
        event = self.create(
            {
                **self._prepare(client, kind, key, source, body),
                "direction": "out",
                "state": "waiting",
                "next_try_at": now,
                "request_id": request.id if request else False,
            }
        )
        self._wake()
        return event

    @api.model
    def _queue_published(self, footprints) -> None:
        """Tell every client that may see them, and wants to be told, of published footprints."""
        # the manager who signs need not see every customer's access, but all of them are told
        clients = (
            self.env["pact.client"]
            .sudo()
            .search(
                [
                    ("company_id", "in", footprints.company_id.ids),
                    ("state", "=", "active"),
                    ("is_notified", "=", True),
                    ("peer_url", "!=", False),
                ]
            )
        )
        for client in clients:
            seen = footprints.sudo().filtered(client._sees)
            if seen:
                self.sudo()._queue(client, "published", {"pfIds": seen.mapped("uuid")})

    @api.model
    def _wake(self) -> None:
        """Let the scheduled action run after this transaction."""
        self.env.ref(CRON).sudo()._trigger()

    def action_retry(self):
        """Send again what was given up; a manager's button."""
        self.check_access("read")
        self.env["pact.client"].check_access("write")
        failed = self.filtered(lambda event: event.state == "failed").sudo()
        failed.write({"state": "waiting", "next_try_at": fields.Datetime.now()})
        self._wake()
