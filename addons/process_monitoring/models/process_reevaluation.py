# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import units

TRANSITIONS = {
    ("running", "none"),
    ("running", "open"),
    ("open", "closed"),
}


class ProcessReevaluation(models.Model):
    """What a device that was found wrong means for all it has said since it was last good.

    Opened by the approval of a calibration whose error as found is not permitted. A scheduled
    action goes through the monitoring windows of the device one by one; each gets a line with the
    readings that truly broke a critical limit. Readings and their verdicts stay as they were
    stored. Every lot concerned is held by a deviation of its own and needs its own signed
    decision; when all are closed, a quality manager closes the re-evaluation by signature.
    """

    _name = "process.reevaluation"
    _inherit = [
        "process.stamped.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "audit.signable.mixin",
    ]
    _description = "Impact of a calibration"
    _order = "found_ms desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name", store=True)
    calibration_id = fields.Many2one(
        "process.calibration", required=True, readonly=True, ondelete="restrict"
    )
    sensor_id = fields.Many2one(
        "process.sensor",
        string="Device",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    error = OptionalFloat(
        string="Error as found", readonly=True, digits=None, help="In the unit of the readings."
    )
    unit = fields.Selection(units.SELECTION, readonly=True)
    last_good_ms = BigInt(
        string="Last good (ms UTC)",
        readonly=True,
        aggregator=None,
        help="0: it is not known to have ever been good.",
    )
    found_ms = BigInt(string="Found (ms UTC)", readonly=True, aggregator=None)
    last_good_time = fields.Datetime(string="Last good", compute="_compute_times")
    found_time = fields.Datetime(string="Found", compute="_compute_times")
    state = fields.Selection(
        [
            ("running", "Looking back"),
            ("none", "No product concerned"),
            ("open", "Decisions needed"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="running",
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("process.reevaluation.line", "reevaluation_id", readonly=True)
    flagged_line_ids = fields.One2many(
        "process.reevaluation.line",
        "reevaluation_id",
        string="Windows with readings that truly broke a limit",
        domain=[("flagged_count", ">", 0)],
        readonly=True,
    )
    deviation_ids = fields.One2many("process.deviation", "reevaluation_id", readonly=True)
    lot_ids = fields.Many2many("stock.lot", string="Lots concerned", compute="_compute_figures")
    cycle_count = fields.Integer(string="Windows", readonly=True)
    done_count = fields.Integer(string="Windows looked at", compute="_compute_figures")
    progress = fields.Float(compute="_compute_figures")
    reading_count = fields.Integer(
        string="Readings since then", readonly=True, help="All of the device, monitored or not."
    )
    flagged_count = fields.Integer(string="Truly out of limits", compute="_compute_figures")
    decided_count = fields.Integer(string="Decided", compute="_compute_figures")
    deviation_count = fields.Integer(string="To decide", compute="_compute_figures")
    closed_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    closed_at_ms = BigInt(string="Closed (ms UTC)", readonly=True, aggregator=None)

    _calibration_once = models.UniqueIndex("(calibration_id)")

    @api.depends("calibration_id.name", "sensor_id.code")
    def _compute_name(self):
        for record in self:
            record.name = f"{record.calibration_id.name} · {record.sensor_id.code}"

    @api.depends("last_good_ms", "found_ms")
    def _compute_times(self):
        for record in self:
            record.last_good_time = clock.to_datetime(record.last_good_ms)
            record.found_time = clock.to_datetime(record.found_ms)

    @api.depends("line_ids.flagged_count", "deviation_ids.state", "cycle_count")
    def _compute_figures(self):
        for record in self:
            done = len(record.line_ids)
            record.done_count = done
            record.progress = 100 * done / record.cycle_count if record.cycle_count else 100
            record.flagged_count = sum(record.line_ids.mapped("flagged_count"))
            record.lot_ids = record.deviation_ids.lot_ids
            record.deviation_count = len(record.deviation_ids)
            record.decided_count = len(record.deviation_ids.filtered(lambda d: d.state != "open"))

    # -- signature ------------------------------------------------------------------------------

    def action_close(self):
        """Sign that every lot concerned has been decided on and dealt with."""
        self.ensure_one()
        self._check_closable()
        return self.with_context(default_meaning="close").action_open_signature()

    def _get_signature_meanings(self):
        return {"close": self.env._("Impact of the calibration assessed and dealt with")}

    def _get_signature_content(self):
        self.ensure_one()
        return {
            "calibration": self.calibration_id.name,
            "device": self.sensor_id.code,
            "error": "" if self.error is False else repr(self.error),
            "last_good": clock.to_iso(self.last_good_ms),
            "found": clock.to_iso(self.found_ms),
            "readings": self.reading_count,
            "windows": [line._prepare_content() for line in self.line_ids.sorted("id")],
            "decisions": [
                {
                    "deviation": deviation.name,
                    "lots": sorted(deviation.lot_ids.mapped("name")),
                    "disposition": deviation.disposition or "",
                }
                for deviation in self.deviation_ids.sorted("id")
            ],
        }

    def _check_closable(self) -> None:
        self.ensure_one()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "%(name)s is %(state)s: there is nothing to close.",
                    name=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ].lower(),
                )
            )
        waiting = self.deviation_ids.filtered(lambda d: d.state != "closed")
        if waiting:
            raise UserError(
                self.env._(
                    "Every lot needs its decision first. Not closed: %s.",
                    ", ".join(
                        f"{d.name} ({', '.join(d.lot_ids.mapped('name')) or d.cycle_id.subject})"
                        for d in waiting
                    ),
                )
            )

    def _check_may_sign(self, meaning):
        result = super()._check_may_sign(meaning)
        user = self.env.user
        if not user.has_group("process_monitoring.group_process_monitoring_quality_manager"):
            raise AccessError(self.env._("Only a quality manager closes a re-evaluation."))
        self._check_closable()
        return result

    def _on_signed(self, signature):
        self.sudo()._move_to(
            "closed",
            {"closed_by_id": signature.user_id.id, "closed_at_ms": signature.signed_at_ms},
        )
        return super()._on_signed(signature)

    def _move_to(self, state: str, vals: dict) -> None:
        if (self.state, state) not in TRANSITIONS:
            raise UserError(self.env._("%s has been moved on meanwhile. Reload it.", self.name))
        self._stamp({"state": state, **vals})

    # -- buttons --------------------------------------------------------------------------------

    def _open_readings(self, domain: Domain) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_reading_action"
        )
        return {**action, "domain": list(domain), "context": {}}

    def _get_window_domain(self) -> Domain:
        """Return all the device has said between last good and found."""
        return (
            Domain("sensor_id", "=", self.sensor_id.id)
            & Domain("source_ms", ">", self.last_good_ms)
            & Domain("source_ms", "<=", self.found_ms)
        )

    def action_view_readings(self):
        """Open all readings of the device since it was last good."""
        self.ensure_one()
        return self._open_readings(self._get_window_domain())

    def action_view_flagged(self):
        """Open the readings that truly broke a limit."""
        self.ensure_one()
        lines = self.line_ids.filtered("flagged_count")
        return self._open_readings(Domain.OR(line._get_flagged_domain() for line in lines))

    def action_view_deviations(self):
        """Open the decisions, one for each lot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_deviation_action"
        )
        return {**action, "domain": [("reevaluation_id", "in", self.ids)], "context": {}}
