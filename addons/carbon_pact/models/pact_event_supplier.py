# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import logging

from odoo import api, fields, models

from .. import peer
from ..tools import backoff, received

_logger = logging.getLogger(__name__)


class PactEvent(models.Model):
    """What a supplier's system tells ours: answers to what we asked, notices of new footprints."""

    _inherit = "pact.event"

    supply_id = fields.Many2one(
        "pact.supply", string="Product of the supplier", readonly=True, index="btree_not_null"
    )
    answer_id = fields.Many2one("pact.event", string="Answered by", readonly=True)

    def _take(self, data: dict) -> None:
        """Use a received event, or write on it why nothing is taken from it."""
        self.ensure_one()
        if self.kind == "published":
            if self.client_id.supply_ids:
                self.next_try_at = fields.Datetime.now()
                self._wake()
            return
        asked = self.search(
            [
                ("direction", "=", "out"),
                ("kind", "=", "created"),
                ("client_id", "=", self.client_id.id),
                ("event_key", "=", data["requestEventId"]),
            ],
            limit=1,
        )
        if not asked.supply_id or asked.answer_id:
            self.error = self.env._(
                "Nothing was taken from it: no open request of ours has the ID that it names."
            )
            return
        asked.answer_id = self
        self.supply_id = asked.supply_id
        if self.kind == "rejected":
            self.supply_id._take_rejection(data["error"])
        else:
            self.supply_id._take_all(data["pfs"], "event", self)

    @api.model
    def _get_told_domain(self) -> list:
        """Return the domain of notices whose footprints are to be read."""
        return [
            ("direction", "=", "in"),
            ("kind", "=", "published"),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _read_told(self) -> None:
        """Read the footprints of a notice, or write down why not and when it is tried again."""
        self.ensure_one()
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        client = self.client_id
        if not locked or not self.next_try_at:
            return
        if client.state != "active" or not client.peer_url:
            self.write({"next_try_at": False, "error": self.env._("The access has no address.")})
            return
        partner = client._get_peer()
        try:
            documents = [partner.get(name) for name in json.loads(self.body)["data"]["pfIds"][:100]]
        except peer.Undelivered as error:
            self._read_later(str(error))
            return
        for content in documents:
            named = received.names(content, "productIds")
            for supply in client.supply_ids.filtered(lambda each, n=named: each._is_named(n)):
                supply._take_all([content], "notice", self)
        self.write({"tries": self.tries + 1, "next_try_at": False, "error": False})

    def _read_later(self, error: str) -> None:
        now, tries = fields.Datetime.now(), self.tries + 1
        later = backoff.get_next(tries, self.create_date, now)
        _logger.info("footprints of %s from %s: %s", self.event_key, self.client_id.name, error)
        self.write({"tries": tries, "next_try_at": later, "error": error})
        if later:
            self.env.ref("carbon_pact.ir_cron_exchange").sudo()._trigger(at=later)
