# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock

from ..tools.message import Notice

# Readings are lost, or may be: somebody must look. The others mend themselves by a rebirth.
LOSSES = frozenset({"gap", "overflow", "session", "flood"})
MOST_OPEN = 500
"""Open findings of one broker; of more sources, invented ones maybe, those of a kind share one."""


class MqttFinding(models.Model):
    """Something a bridge noticed on the way of the readings that no reading shows.

    Missing messages of a Sparkplug node, data before a birth, messages that the broker dropped, a
    session that it lost, refused messages that were too many to be kept whole. Only the bridge
    writes it; of one kind and source there is one open finding, which counts on. A person settles
    it and says what was found; nothing else changes.
    """

    _name = "mqtt.finding"
    _description = "MQTT finding"
    _order = "last_ms desc, id desc"
    _rec_name = "detail"
    _inherit = ["mail.thread", "mail.activity.mixin", "process.stamped.mixin"]

    broker_id = fields.Many2one(
        "mqtt.broker", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="broker_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [
            ("gap", "Messages missing"),
            ("unborn", "Data before birth"),
            ("alias", "Unknown metric"),
            ("malformed", "Malformed message"),
            ("overflow", "Dropped by the broker"),
            ("session", "Session lost by the broker"),
            ("flood", "Refused beyond the quota"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    source = fields.Char(readonly=True, help="Group / edge node / device; empty for the broker.")
    detail = fields.Char(required=True, readonly=True)
    count = fields.Integer("How many", readonly=True)
    first_ms = BigInt("First (ms)", required=True, readonly=True, aggregator=None)
    last_ms = BigInt("Last (ms)", required=True, readonly=True, aggregator=None)
    first_date = fields.Datetime("First seen", compute="_compute_dates")
    last_date = fields.Datetime("Last seen", compute="_compute_dates")
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")],
        required=True,
        default="open",
        readonly=True,
        index=True,
        tracking=True,
    )
    answer = fields.Char(help="What was found, and what was done about the missing readings.")
    settled_by_id = fields.Many2one("res.users", readonly=True)
    settled_date = fields.Datetime("Settled on", readonly=True)

    _one_open = models.UniqueIndex(
        "(broker_id, kind, COALESCE(source, '')) WHERE state = 'open'",
        "There is already an open finding of this kind and source.",
    )

    @api.depends("first_ms", "last_ms")
    def _compute_dates(self):
        for finding in self:
            finding.first_date = clock.to_datetime(finding.first_ms)
            finding.last_date = clock.to_datetime(finding.last_ms)

    @api.model
    def _note(self, broker, notices: list[Notice]) -> None:
        """Add to the open finding of each kind and source, or open one."""
        if not notices:
            return
        known = {
            (finding.kind, finding.source or ""): finding
            for finding in self.search([("broker_id", "=", broker.id), ("state", "=", "open")])
        }
        for notice in notices:
            key = notice.kind, notice.source
            if key not in known and len(known) >= MOST_OPEN:
                key = notice.kind, ""
            if key in known:
                known[key]._add(notice)
            else:
                known[key] = self._open(broker, replace(notice, source=key[1]))

    def _open(self, broker, notice: Notice):
        finding = self.create(
            {
                "broker_id": broker.id,
                "kind": notice.kind,
                "source": notice.source or False,
                "detail": notice.detail,
                "count": notice.count,
                "first_ms": notice.at_ms,
                "last_ms": notice.at_ms,
            }
        )
        if notice.kind in LOSSES:
            finding._notify()
        return finding

    def _add(self, notice: Notice) -> None:
        self._stamp(
            {
                "detail": notice.detail,
                "count": self.count + notice.count,
                "last_ms": max(self.last_ms, notice.at_ms),
            }
        )

    def _notify(self) -> None:
        """Give the engineers of the company an activity: readings may be missing."""
        users = self.env["res.users"]._get_process_users(
            "group_process_monitoring_engineer", self.company_id
        )
        for user in users:
            # an activity of safety is not switched off by the context of who caused it
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                "process_mqtt.mail_activity_type_finding",
                user_id=user.id,
                note=Markup("<p>%s: %s</p>") % (self.broker_id.name, self.detail),
            )

    def _get_user_fields(self) -> set[str]:
        return {"answer"} if self.state == "open" else set()

    def action_view_refusals(self):
        """Open what the broker's bridge refused, by topic and hour."""
        return self.broker_id.action_view_refusals()

    def action_settle(self):
        """Settle findings; each must say what was found."""
        self.check_access("write")
        for finding in self.filtered(lambda finding: finding.state == "open"):
            if not (finding.answer or "").strip():
                raise UserError(
                    self.env._(
                        "Say what was found about “%s” first: fill in the answer.", finding.detail
                    )
                )
            finding._stamp(
                {
                    "state": "settled",
                    "settled_by_id": self.env.uid,
                    "settled_date": fields.Datetime.now(),
                }
            )
            finding.sudo().activity_ids.action_feedback(feedback=finding.answer)
            self.env["audit.record"]._log(
                "mqtt.finding.settle",
                finding,
                {
                    "kind": finding.kind,
                    "source": finding.source or "",
                    "count": finding.count,
                    "answer": finding.answer,
                },
            )
        return True
