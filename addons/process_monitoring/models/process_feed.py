# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt

from .. import clock

# A connection that has said nothing for so long is taken for gone.
ALIVE_MS = 60_000


class ProcessFeed(models.Model):
    """One way by which readings come in, such as a bridge's connection, and how far it has come.

    Silence of a sensor can only be told from silence of the line if the line says how far it is:
    `complete_until_ms` promises that all that was measured before is stored. As long as a
    connection is down or catching up, nobody concludes that its sensors were silent; once it is
    through, the times of measurement show every gap there was, and the alert on it is marked late.
    That the connection is down is an alert of its own, and keeps gates closed meanwhile.

    Written by the bridge alone, by the three methods below, each in a transaction of the bridge. A
    feed is named by the `origin` of its samples and, where several processes share the work, by a
    client each: the one that has come least far counts, unless it is gone and another is alive.
    A sensor belongs to the feed that delivered its newest reading. What comes in otherwise (typed,
    posted, imported) has no feed: there the server's clock decides.
    """

    _name = "process.feed"
    _description = "Connection that delivers readings"
    _order = "code, client, id"

    code = fields.Char(
        string="Origin", required=True, readonly=True, help="The origin that its samples carry."
    )
    client = fields.Char(required=True, readonly=True, default="-")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda s: s.env.company
    )
    state = fields.Selection(
        [("catching_up", "Catching up"), ("listening", "Listening"), ("stopped", "Stopped")],
        required=True,
        readonly=True,
        default="catching_up",
    )
    complete_until_ms = BigInt(
        string="Complete until (ms UTC)", readonly=True, default=0, aggregator=None
    )
    complete_until = fields.Datetime(compute="_compute_times")
    alive_ms = BigInt(string="Heard of (ms UTC)", readonly=True, default=0, aggregator=None)
    alive_time = fields.Datetime(string="Heard of", compute="_compute_times")
    is_alive = fields.Boolean(compute="_compute_times")

    _client_unique = models.UniqueIndex("(company_id, code, client)")

    @api.depends("complete_until_ms", "alive_ms", "state")
    def _compute_times(self):
        now_ms = clock.now_ms()
        for feed in self:
            feed.complete_until = clock.to_datetime(feed.complete_until_ms)
            feed.alive_time = clock.to_datetime(feed.alive_ms)
            feed.is_alive = feed._is_alive_at(now_ms)

    @api.depends("code", "client")
    def _compute_display_name(self):
        for feed in self:
            feed.display_name = feed.code if feed.client == "-" else f"{feed.code} ({feed.client})"

    def _is_alive_at(self, now_ms: int) -> bool:
        self.ensure_one()
        return self.state != "stopped" and now_ms - self.alive_ms <= ALIVE_MS

    # -- said by the bridge -------------------------------------------------------------------

    @api.model
    def _start_listening(self, code: str, client: str = "-", now_ms: int | None = None) -> int:
        """Say that a connection was opened, and what waited in the broker is being fetched.

        Return up to when everything had been stored before, in ms UTC; 0 if it is new. A bridge
        whose broker keeps no messages meanwhile (Sparkplug) has lost what came since: it then
        stores an unusable sample (quality 500, no value) at that time for each of its sensors, so
        that the record has the gap, before the birth gives new values.
        """
        feed = self._get_or_create(code, client)
        feed.write(
            {"state": "catching_up", "alive_ms": clock.now_ms() if now_ms is None else now_ms}
        )
        return feed.complete_until_ms

    @api.model
    def _report(
        self,
        code: str,
        client: str = "-",
        complete_until_ms: int | None = None,
        now_ms: int | None = None,
    ) -> None:
        """Say that a connection is alive, at least every 20 s, and how far it has come.

        complete_until_ms: everything that sources published before this time is stored and
        committed with this transaction, as far as the bridge can know; None while the backlog is
        not through. A bridge that has drained its queue gives the time at which it last found it
        empty (or at which its own marker message came back), not the time of a reading. It never
        goes back.
        """
        feed = self._get_or_create(code, client)
        now_ms = clock.now_ms() if now_ms is None else now_ms
        vals = {"alive_ms": now_ms}
        if complete_until_ms is None:
            vals["state"] = "catching_up"
        else:
            vals["state"] = "listening"
            vals["complete_until_ms"] = max(feed.complete_until_ms, min(complete_until_ms, now_ms))
        feed.write(vals)

    @api.model
    def _stop_listening(self, code: str, client: str = "-") -> None:
        """Say that a connection is closed on purpose. Its sensors are not taken for silent."""
        self._get_or_create(code, client).write({"state": "stopped"})

    def _get_or_create(self, code: str, client: str):
        feeds = self.sudo()
        key = [
            ("code", "=", code),
            ("client", "=", client),
            ("company_id", "=", self.env.company.id),
        ]
        return feeds.search(key, limit=1) or feeds.create(
            {"code": code, "client": client, "company_id": self.env.company.id}
        )

    # -- asked by the evaluation --------------------------------------------------------------

    @api.model
    def _find(self, code: str | bool, company, now_ms: int):
        """Return the feed that counts for an origin: the one that has come least far."""
        feeds = self.sudo().search([("code", "=", code), ("company_id", "=", company.id)])
        alive = feeds.filtered(lambda feed: feed._is_alive_at(now_ms))
        return (alive or feeds).sorted("complete_until_ms")[:1]
