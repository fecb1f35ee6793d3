# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt, Lines

from .. import clock
from ..fields import OptionalFloat
from ..tools import limits, units
from .process_reading import VERDICTS
from .process_requirement import CONTROL_CLASSES

# What monitoring was started with: it never changes afterwards, for anyone.
FROZEN = {
    "requirement_id",
    "sensor_id",
    "condition_sensor_id",
    "flow_sensor_id",
    "company_id",
    "control_class",
    "start_ms",
    "limits_snapshot",
    "limits_hash",
}


class ProcessCycle(models.Model):
    """One window in which one requirement is monitored: from the start of a stage to its end.

    Opened by `process.requirement._open_cycle` with a snapshot of the limits, fed by the readings'
    door, judged by the evaluation, closed by `_close`. The snapshot and the start never change;
    the figures are what the readings of the window add up to.
    """

    _name = "process.cycle"
    _description = "Monitoring cycle"
    _order = "start_ms desc, id desc"

    requirement_id = fields.Many2one(
        "process.requirement", required=True, readonly=True, ondelete="restrict", index=True
    )
    sensor_id = fields.Many2one("process.sensor", readonly=True, ondelete="restrict")
    condition_sensor_id = fields.Many2one("process.sensor", readonly=True, ondelete="restrict")
    flow_sensor_id = fields.Many2one("process.sensor", readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    control_class = fields.Selection(CONTROL_CLASSES, readonly=True)
    subject = fields.Char(readonly=True, help="What is monitored, in the words of people.")
    state = fields.Selection(
        [("running", "Running"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    start_ms = BigInt(string="Start (ms UTC)", required=True, readonly=True, aggregator=None)
    end_ms = BigInt(string="End (ms UTC)", readonly=True, default=0, aggregator=None)
    start_time = fields.Datetime(
        string="Started", compute="_compute_times", search="_search_start_time"
    )
    end_time = fields.Datetime(string="Ended", compute="_compute_times")
    last_time = fields.Datetime(string="Last reading", compute="_compute_times")
    limits_snapshot = fields.Text(required=True, readonly=True)
    limits_hash = fields.Char(string="Limits' fingerprint", readonly=True)
    limits_text = fields.Char(string="Limits", compute="_compute_limits_text")
    unit = fields.Selection(related="requirement_id.parameter_id.unit")

    reading_count = fields.Integer(string="Readings", readonly=True)
    conform_count = fields.Integer(string="Conforming", readonly=True)
    breach_count = fields.Integer(string="Critical breaches", readonly=True)
    unusable_count = fields.Integer(string="Unusable", readonly=True)
    min_value = OptionalFloat(string="Minimum", readonly=True, aggregator="min")
    max_value = OptionalFloat(string="Maximum", readonly=True, aggregator="max")
    first_ms = BigInt(string="First reading (ms UTC)", readonly=True, aggregator=None)
    last_source_ms = BigInt(string="Last reading (ms UTC)", readonly=True, aggregator=None)
    last_sequence = BigInt(readonly=True, aggregator=None)
    last_value = OptionalFloat(readonly=True, aggregator=None)
    last_text = fields.Char(string="Last state", readonly=True)
    last_verdict = fields.Selection(VERDICTS, readonly=True)
    last_basis = fields.Char(string="Judged with", readonly=True)
    last_usable_ms = BigInt(string="Last usable reading (ms UTC)", readonly=True, aggregator=None)
    last_good_ms = BigInt(string="Last good reading (ms UTC)", readonly=True, aggregator=None)
    breach_since_ms = BigInt(string="Broken since (ms UTC)", readonly=True, aggregator=None)
    listening_since_ms = BigInt(
        string="Listening since (ms UTC)",
        readonly=True,
        aggregator=None,
        help="Set when the system was down: silence is excused for a moment from here.",
    )
    heard_ms = BigInt(
        string="Heard (ms UTC)",
        readonly=True,
        aggregator=None,
        help="The server's time when the newest usable reading came in, or monitoring was opened: "
        "readings that come late, from a spool or for a start entered late, are not silence.",
    )
    lethality = OptionalFloat(
        readonly=True,
        aggregator=None,
        digits=None,
        help="Minutes at the reference temperature, added up so far by the trapezoid of "
        "10^((T − Tref)/z); what was not shown by usable readings adds nothing.",
    )
    lethality_ms = BigInt(readonly=True, aggregator=None)
    lethality_rate = OptionalFloat(readonly=True, aggregator=None, digits=None)
    lethality_gap_ms = BigInt(
        string="Not demonstrable since (ms UTC)",
        readonly=True,
        aggregator=None,
        help="Where the readings were further apart than allowed: the lethality cannot be shown.",
    )
    pauses = fields.Json(readonly=True, help="[[from, to], …] in ms UTC in which nothing was due.")
    refold_from_ms = BigInt(
        string="Came in late (ms UTC)",
        readonly=True,
        default=0,
        aggregator=None,
        help="Something older than the newest reading came in: the figures are to be made anew.",
    )
    is_end_judged = fields.Boolean(
        readonly=True, help="What is only judged at the end has been judged, all readings being in."
    )
    evaluation_error = fields.Char(
        readonly=True, help="Why the last evaluation failed; it is tried again each minute."
    )
    status = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ok", "In limits"),
            ("operating", "Operating limit"),
            ("breach", "Critical limit broken"),
            ("missing", "Reading missed"),
            ("stale", "Silent"),
            ("unusable", "Unusable"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    pending_events = fields.Json(readonly=True)
    is_evaluation_due = fields.Boolean(readonly=True, index=True)
    alert_ids = Lines("process.alert", "cycle_id", string="Alerts")
    deviation_ids = fields.One2many("process.deviation", "cycle_id", string="Deviations")
    alert_count = fields.Integer(compute="_compute_counts")
    deviation_count = fields.Integer(compute="_compute_counts")

    _sensor_window = models.Index("(sensor_id, end_ms)")
    _condition_window = models.Index(
        "(condition_sensor_id, end_ms) WHERE condition_sensor_id IS NOT NULL"
    )
    _flow_window = models.Index("(flow_sensor_id, end_ms) WHERE flow_sensor_id IS NOT NULL")

    @api.depends("subject", "requirement_id.name")
    def _compute_display_name(self):
        for cycle in self:
            parts = [cycle.subject, cycle.requirement_id.name]
            cycle.display_name = " · ".join(part for part in parts if part)

    @api.depends("start_ms", "end_ms", "last_source_ms")
    def _compute_times(self):
        for cycle in self:
            cycle.start_time = clock.to_datetime(cycle.start_ms)
            cycle.end_time = clock.to_datetime(cycle.end_ms)
            cycle.last_time = clock.to_datetime(cycle.last_source_ms)

    def _search_start_time(self, operator, value):
        return clock.search_datetime("start_ms", operator, value)

    @api.depends("alert_ids", "deviation_ids")
    def _compute_counts(self):
        for cycle in self:
            cycle.alert_count = len(cycle.alert_ids)
            cycle.deviation_count = len(cycle.deviation_ids)

    # -- guards -------------------------------------------------------------------------------

    def write(self, vals):
        """Refuse a change of what monitoring was started with, whoever asks."""
        refused = sorted(FROZEN & set(vals))
        if refused and self:
            raise UserError(
                self.env._(
                    "The limits and the start of %(cycle)s are frozen since monitoring started "
                    "(%(fields)s).",
                    cycle=self[0].display_name,
                    fields=", ".join(self._fields[name].string for name in refused),
                )
            )
        return super().write(vals)

    def unlink(self):
        """Refuse, whoever asks: it is part of the batch record."""
        if self:
            self._refuse_unlink()
        return super().unlink()

    def _refuse_unlink(self):
        raise UserError(
            self.env._(
                "Monitoring cycle %(cycle)s cannot be deleted: it is part of the batch record.",
                cycle=self[0].display_name,
            )
        )

    def _get_snapshot(self) -> dict:
        """Return the frozen requirement; not to be changed."""
        self.ensure_one()
        return limits.load(self.limits_snapshot)

    def _is_mandatory(self) -> bool:
        return self._get_snapshot()["is_mandatory"]

    def _is_never_read(self) -> bool:
        """Tell whether a mandatory requirement has no usable reading at all."""
        return self._is_mandatory() and not self.last_usable_ms

    def _get_readings_domain(self) -> list:
        """Return the domain of the readings of this cycle."""
        self.ensure_one()
        domain = [("sensor_id", "=", self.sensor_id.id), ("source_ms", ">=", self.start_ms)]
        return domain + ([("source_ms", "<=", self.end_ms)] if self.end_ms else [])

    # -- hooks for the rooms above ------------------------------------------------------------

    def _hold(self, deviation) -> None:
        """Stop what this cycle watches over; empty here, extended where there is an order."""

    def _get_affected_lots(self):
        """Return the `stock.lot` that the window of a deviation covers; none are known here."""
        return self.env["stock.lot"]

    def _format_limits(self) -> str:
        """Return the frozen limits as people read them, critical first."""
        self.ensure_one()
        kinds = {
            "critical": self.env._("critical"),
            "operating": self.env._("operating"),
            "quality": self.env._("quality"),
        }
        return " · ".join(
            f"{self._get_quantity_name(line['quantity'])}{limits.SYMBOLS[line['operator']]} "
            f"{line['value']} {units.label(line['unit'])} {kinds[line['kind']]}"
            for line in self._get_snapshot()["limits"]
        )

    def _get_quantity_name(self, quantity: str) -> str:
        """Return what a limit bounds, with a blank after it; nothing for the reading itself."""
        if quantity == limits.HOLDING_TIME:
            return self.env._("holding time") + " "
        if quantity == limits.LETHALITY:
            return limits.load_rule(self.limits_snapshot).heat_rule.describe() + " "
        return ""

    @api.depends("limits_snapshot")
    def _compute_limits_text(self):
        for cycle in self:
            cycle.limits_text = cycle._format_limits() if cycle.limits_snapshot else ""
