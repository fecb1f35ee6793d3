# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models

from .. import peer
from ..tools import backoff

_logger = logging.getLogger(__name__)


class PactEvent(models.Model):
    """The scheduled action: answer what was asked, deliver what waits, read what was told."""

    _inherit = "pact.event"

    @api.model
    def _cron_exchange(self):
        """Answer requests, send events, read notices; each in a transaction of its own."""
        cron = self.env["ir.cron"]
        requests = self.env["pact.request"]._get_due()
        waiting = fields.Domain.OR([self._get_due_domain(), self._get_told_domain()])
        cron._commit_progress(remaining=len(requests) + self.search_count(waiting))
        for request in requests:
            request._answer_by_rule()
            if not cron._commit_progress(1):
                return
        steps = ((self._get_due_domain(), "_send"), (self._get_told_domain(), "_read_told"))
        for domain, step in steps:
            for event in self.search(domain, order="next_try_at, id"):
                getattr(event, step)()
                if not cron._commit_progress(1):
                    return

    @api.model
    def _get_due_domain(self) -> list:
        return [("state", "=", "waiting"), ("next_try_at", "<=", fields.Datetime.now())]

    def _send(self) -> None:
        """Deliver one event, or write down why not and when it is tried again."""
        self.ensure_one()
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if not locked or self.state != "waiting":
            return
        client = self.client_id
        if client.state != "active" or not client.peer_url:
            self.write({"state": "failed", "error": self.env._("The access has no address.")})
            return
        try:
            client._get_peer().send(self.body)
        except peer.Undelivered as error:
            self._postpone(str(error))
            return
        self.write(
            {
                "state": "sent",
                "tries": self.tries + 1,
                "sent_at": fields.Datetime.now(),
                "next_try_at": False,
                "error": False,
            }
        )

    def _postpone(self, error: str) -> None:
        now, tries = fields.Datetime.now(), self.tries + 1
        later = backoff.get_next(tries, self.create_date, now)
        _logger.info("event %s to %s: %s", self.event_key, self.client_id.name, error)
        self.write(
            {
                "state": "waiting" if later else "failed",
                "tries": tries,
                "next_try_at": later,
                "error": error,
            }
        )
        if later:
            self.env.ref("carbon_pact.ir_cron_exchange").sudo()._trigger(at=later)
