# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import units
from .process_requirement import CONTROL_CLASSES

ALERT_KINDS = [
    ("breach", "Critical limit broken"),
    ("operating", "Operating limit"),
    ("quality", "Quality limit"),
    ("missing", "Reading missed"),
    ("stale", "Monitoring lost"),
    ("unusable", "Unusable reading"),
    ("uncalibrated", "Calibration not valid"),
    ("late", "Entered late"),
    ("disconnected", "Connection down"),
]
# An alert that is raised so long after what it tells of was read is marked late.
LATE_MS = 60_000
SEVERITIES = [
    ("info", "Info"),
    ("warning", "Warning"),
    ("major", "Major"),
    ("critical", "Critical"),
]
# A value beside a bound; with these alone nothing is out of control.
LIMIT_KINDS = ("operating", "quality")
# These ask for an answer and block nothing: once it was seen and is over, it is done.
MINOR_KINDS = (*LIMIT_KINDS, "late")
# Without these a requirement has not been met, so somebody must say what was done.
BLOCKING = ("missing", "stale", "unusable", "uncalibrated")
TRANSITIONS = {
    ("open", "acknowledged"),
    ("open", "resolved"),
    ("acknowledged", "resolved"),
    ("acknowledged", "open"),
}


class ProcessAlert(models.Model):
    """Something about a monitoring cycle that a person must hear of, once for as long as it lasts.

    Raised by the evaluation; acknowledged and resolved by people, or by itself when it was
    acknowledged and is over. One alert of a kind is open for each cycle; what repeats meanwhile is
    counted on it, and what comes back after it was over asks for an answer again. When it began,
    and by which limit, never changes.
    """

    _name = "process.alert"
    _inherit = ["process.stamped.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Process alert"
    _order = "raised_ms desc, id desc"
    _mail_post_access = "read"

    cycle_id = fields.Many2one(
        "process.cycle", required=True, readonly=True, ondelete="restrict", index=True
    )
    requirement_id = fields.Many2one("process.requirement", readonly=True, ondelete="restrict")
    sensor_id = fields.Many2one("process.sensor", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    control_class = fields.Selection(CONTROL_CLASSES, readonly=True)
    kind = fields.Selection(ALERT_KINDS, required=True, readonly=True)
    severity = fields.Selection(SEVERITIES, required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("acknowledged", "Acknowledged"), ("resolved", "Resolved")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    source_ms = BigInt(string="Began (ms UTC)", readonly=True, aggregator=None)
    last_ms = BigInt(string="Last seen (ms UTC)", readonly=True, aggregator=None)
    ended_ms = BigInt(string="Over since (ms UTC)", readonly=True, aggregator=None)
    raised_ms = BigInt(string="Raised (ms UTC)", readonly=True, aggregator=None)
    is_late = fields.Boolean(
        string="Raised late",
        readonly=True,
        help="The readings came in after the fact (a connection or the system had been down, or "
        "they were entered late): it was judged by the time of measurement.",
    )
    source_time = fields.Datetime(
        string="Began", compute="_compute_times", search="_search_source_time"
    )
    raised_time = fields.Datetime(string="Raised", compute="_compute_times")
    ended_time = fields.Datetime(string="Over since", compute="_compute_times")
    value = OptionalFloat(string="Worst value", readonly=True, aggregator=None)
    last_value = OptionalFloat(string="Last bad value", readonly=True, aggregator=None)
    value_unit = fields.Char(
        string="Unit", readonly=True, help="Of a computed value; else that of the parameter."
    )
    limit_ref = fields.Char(string="Limit", readonly=True)
    limit_operator = fields.Char(readonly=True)
    occurrence_count = fields.Integer(string="Occurrences", readonly=True, default=1)
    message = fields.Char(compute="_compute_message")
    deviation_id = fields.Many2one("process.deviation", readonly=True, ondelete="restrict")
    round = fields.Integer(
        string="Times raised",
        readonly=True,
        default=1,
        aggregator=None,
        help="It counts how often the alert asked for an answer: again when it came back after it "
        "was over.",
    )
    waiting_ms = BigInt(
        string="Waiting since (ms UTC)",
        readonly=True,
        aggregator=None,
        help="From here the minutes to the next level are counted.",
    )
    acknowledged_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    acknowledged_time = fields.Datetime(string="Acknowledged", compute="_compute_times")
    acknowledge_note = fields.Char(
        string="Note", help="What you are going to do about it.", tracking=True
    )
    acknowledged_at_ms = BigInt(
        string="Acknowledged (ms UTC)", readonly=True, copy=False, aggregator=None
    )
    resolved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    resolved_at_ms = BigInt(string="Resolved (ms UTC)", readonly=True, aggregator=None)
    resolution = fields.Text(help="What was found and done.")
    escalation_level = fields.Integer(readonly=True, aggregator=None)

    _one_open = models.UniqueIndex("(cycle_id, kind) WHERE state != 'resolved'")

    def _get_user_fields(self):
        answers = {"open": {"acknowledge_note", "resolution"}, "acknowledged": {"resolution"}}
        return answers.get(self.state, set())

    @api.depends("kind", "requirement_id.name", "cycle_id.subject")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            name = alert.requirement_id.name or alert.cycle_id.subject
            alert.display_name = f"{kinds.get(alert.kind, '')}: {name}"

    @api.depends("source_ms", "raised_ms", "ended_ms", "acknowledged_at_ms")
    def _compute_times(self):
        for alert in self:
            alert.source_time = clock.to_datetime(alert.source_ms)
            alert.raised_time = clock.to_datetime(alert.raised_ms)
            alert.ended_time = clock.to_datetime(alert.ended_ms)
            alert.acknowledged_time = clock.to_datetime(alert.acknowledged_at_ms)

    def _search_source_time(self, operator, value):
        return clock.search_datetime("source_ms", operator, value)

    @api.depends("kind", "value", "limit_ref", "source_ms")
    @api.depends_context("tz")
    def _compute_message(self):
        for alert in self:
            alert.message = alert._format_message()

    def _format_message(self) -> str:
        name = self.requirement_id.name
        when = clock.format_ms(self.env, self.source_ms)
        if self.kind in ("breach", "operating", "quality"):
            # the unit it was judged in, frozen with the limits
            unit = self.value_unit or self.cycle_id._get_snapshot()["unit"]
            reading = f"{self.value:.10g} {units.label(unit)}".strip()
            return self.env._(
                "%(name)s: %(reading)s breaks the limit (%(limit)s), since %(when)s.",
                name=name,
                reading=reading,
                limit=self.limit_ref,
                when=when,
            )
        return {
            "missing": self.env._("%(name)s: no reading in time since %(when)s."),
            "stale": self.env._("%(name)s: no usable reading since %(when)s, monitoring is lost."),
            "unusable": self.env._("%(name)s: readings of bad quality since %(when)s."),
            "uncalibrated": self.env._(
                "%(name)s: the calibration of the sensor is not valid (seen since %(when)s)."
            ),
            "late": self.env._("%(name)s: a reading of %(when)s was entered late."),
            "disconnected": self.env._(
                "%(name)s: the connection that delivers it is down since %(when)s. What was "
                "measured meanwhile is judged when it is back."
            ),
        }[self.kind] % {"name": name, "when": when}

    # -- people's side ------------------------------------------------------------------------

    def _move_to(self, state: str, vals: dict) -> None:
        for alert in self:
            if (alert.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Alert “%(alert)s” is already %(state)s.",
                        alert=alert.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            alert.state
                        ].lower(),
                    )
                )
            alert.sudo()._stamp({"state": state, **vals})

    def action_acknowledge(self, note=None):
        """Say "I have seen it and I am at it"; the alert stays until it is resolved."""
        self._check_group("operator")
        if note:
            self.write({"acknowledge_note": note})
        self._move_to(
            "acknowledged",
            {"acknowledged_by_id": self.env.uid, "acknowledged_at_ms": clock.now_ms()},
        )
        waiting = self.sudo().activity_ids
        waiting.filtered(lambda a: a.user_id == self.env.user).action_done()
        # the others need not: somebody is at it
        self.sudo().activity_unlink(["process_monitoring.mail_activity_type_alert"])

    def action_resolve(self):
        """Close the alert: what it tells of has been dealt with."""
        self._check_group("supervisor", "quality_manager")
        for alert in self:
            alert._check_resolvable()
            alert._resolve(clock.now_ms(), self.env.user)

    def _resolve(self, now_ms: int, user) -> None:
        self._move_to("resolved", {"resolved_by_id": user.id, "resolved_at_ms": now_ms})
        self.sudo().activity_unlink(["process_monitoring.mail_activity_type_alert"])

    def _check_resolvable(self) -> None:
        deviation = self.sudo().deviation_id
        if deviation and deviation.state != "closed":
            raise UserError(
                self.env._(
                    "Alert “%(alert)s” belongs to deviation %(deviation)s, which is not closed. "
                    "Close the deviation; the alert is resolved with it.",
                    alert=self.display_name,
                    deviation=deviation.name,
                )
            )
        if self.kind in BLOCKING and not (self.resolution or "").strip():
            raise UserError(
                self.env._(
                    "Alert “%(alert)s”: monitoring was not what the plan asks for. Write down "
                    "what was found and done before you resolve it.",
                    alert=self.display_name,
                )
            )

    def action_open_deviation(self):
        """Open the deviation of this alert."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "process.deviation",
            "res_id": self.deviation_id.id,
            "view_mode": "form",
        }
