# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from .process_alert import ALERT_KINDS, SEVERITIES
from .process_requirement import CONTROL_CLASSES

DISPOSITIONS = [
    ("reprocess", "Reprocess"),
    ("redirect", "Redirect to another use"),
    ("destroy", "Destroy"),
    ("release", "Release"),
]
CAUSES = [
    ("man", "Man"),
    ("machine", "Machine"),
    ("material", "Material"),
    ("method", "Method"),
    ("measurement", "Measurement"),
    ("environment", "Environment"),
]
TRANSITIONS = {("open", "decided"), ("decided", "closed")}


class ProcessDeviation(models.Model):
    """A failure of control, the product it makes doubtful, and what was decided about it.

    Opened by the evaluation (or reported by a person), decided and closed by signatures. Its
    window runs from the last good reading before to the next good one after: all product of that
    time is potentially unsafe. Class, cycle and window are never typed; lots are added, never
    taken off; nothing changes once it is closed.
    """

    _name = "process.deviation"
    _inherit = [
        "process.stamped.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "audit.signable.mixin",
    ]
    _description = "Process deviation"
    _order = "opened_ms desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda s: s.env.company
    )
    cycle_id = fields.Many2one("process.cycle", ondelete="restrict", index=True)
    requirement_id = fields.Many2one("process.requirement", ondelete="restrict", index=True)
    sensor_id = fields.Many2one(related="cycle_id.sensor_id")
    control_class = fields.Selection(CONTROL_CLASSES, required=True, default="ccp")
    kind = fields.Selection(
        [*ALERT_KINDS, ("other", "Reported by a person")], required=True, default="other"
    )
    severity = fields.Selection(SEVERITIES, required=True, default="critical", tracking=True)
    description = fields.Text(tracking=True)
    opened_ms = BigInt(string="Opened (ms UTC)", readonly=True, aggregator=None)
    opened_time = fields.Datetime(string="Opened", compute="_compute_opened_time", store=True)
    equipment_id = fields.Many2one(
        related="requirement_id.sensor_id.equipment_id", string="Line or equipment", store=True
    )
    window_start_ms = BigInt(string="Last good reading (ms UTC)", readonly=True, aggregator=None)
    last_bad_ms = BigInt(string="Last bad reading (ms UTC)", readonly=True, aggregator=None)
    window_end_ms = BigInt(string="Next good reading (ms UTC)", readonly=True, aggregator=None)
    window_start = fields.Datetime(string="Last good reading", compute="_compute_times")
    window_end = fields.Datetime(string="Next good reading", compute="_compute_times")
    reported_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    alert_ids = fields.One2many("process.alert", "deviation_id", string="Alerts", readonly=True)
    lot_ids = fields.Many2many(
        "stock.lot",
        "process_deviation_stock_lot_rel",
        "deviation_id",
        "lot_id",
        string="Lots held",
        check_company=True,
    )
    lot_count = fields.Integer(compute="_compute_lot_count")

    cause_category = fields.Selection(CAUSES, tracking=True)
    cause = fields.Text(help="Why it happened, as found.")
    correction = fields.Text(help="What was done at once to bring the process back.")
    prevention = fields.Text(help="What keeps it from happening again.")

    state = fields.Selection(
        [("open", "Open"), ("decided", "Decided"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )

    _one_open = models.UniqueIndex("(cycle_id, kind) WHERE state = 'open' AND cycle_id IS NOT NULL")

    @api.depends("opened_ms")
    def _compute_opened_time(self):
        for deviation in self:
            deviation.opened_time = clock.to_datetime(deviation.opened_ms)

    @api.depends("window_start_ms", "window_end_ms")
    def _compute_times(self):
        for deviation in self:
            deviation.window_start = clock.to_datetime(deviation.window_start_ms)
            deviation.window_end = clock.to_datetime(deviation.window_end_ms)

    @api.depends("lot_ids")
    def _compute_lot_count(self):
        for deviation in self:
            deviation.lot_count = len(deviation.lot_ids)

    # -- written by people --------------------------------------------------------------------

    def _get_user_fields(self):
        """Before the decision everything that is people's; after it what closing needs."""
        if self.state == "closed":
            return {"capa_ids"}
        analysis = {
            "description",
            "cause_category",
            "cause",
            "correction",
            "prevention",
            "lot_ids",
            "capa_ids",
        }
        decision = {
            "disposition",
            "disposition_ccp",
            "disposition_reason",
            "redirect_product_id",
            "release_evidence",
            "evidence_attachment_ids",
            "severity",
        }
        return analysis | decision if self.state == "open" else analysis

    @api.model_create_multi
    def create(self, vals_list):
        """Open deviations; who reported it and when is stamped."""
        for vals in vals_list:
            self._check_create_vals(vals)
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            vals["company_id"] = company.id
            vals["name"] = sequence.next_by_code("process.deviation") or "/"
            vals["opened_ms"] = vals.get("opened_ms") or clock.now_ms()
        deviations = super().create(vals_list)
        for deviation in deviations:
            deviation._log("deviation.open")
        return deviations

    def _check_create_vals(self, vals: dict) -> None:
        """Make what a person reports an open deviation of his own, whatever the call says."""
        if self.env.su:
            return
        for name in set(vals) & {
            "state",
            "name",
            "opened_ms",
            "window_start_ms",
            "window_end_ms",
            "last_bad_ms",
            "decided_by_id",
            "decided_at_ms",
            "closed_by_id",
            "closed_at_ms",
            "alert_ids",
        }:
            vals.pop(name)
        vals.update(reported_by_id=self.env.uid, kind="other")
        cycle = self.env["process.cycle"].browse(vals.get("cycle_id"))
        requirement = self.env["process.requirement"].browse(vals.get("requirement_id"))
        requirement = cycle.requirement_id or requirement
        if requirement:
            # the class of the control says what may become of the product, not the reporter
            vals.update(requirement_id=requirement.id, control_class=requirement.control_class)

    def write(self, vals):
        """Let lots be added, never taken off: that would be a release without a decision."""
        before = {deviation: deviation.lot_ids for deviation in self if "lot_ids" in vals}
        result = super().write(vals)
        for deviation, lots in before.items():
            missing = lots - deviation.lot_ids
            if missing:
                raise UserError(
                    self.env._(
                        "Lot %(lot)s stays on deviation %(deviation)s: what happens to it is the "
                        "disposition.",
                        lot=missing[0].name,
                        deviation=deviation.name,
                    )
                )
        return result

    # -- opened by the evaluation ---------------------------------------------------------------

    @api.model
    def _open(self, cycle, alert, event, now_ms: int):
        """Open the deviation of an event, with its window, its lots and its activities."""
        is_lasting = event.kind in ("stale", "missing")
        deviation = self.create(
            {
                "company_id": cycle.company_id.id,
                "cycle_id": cycle.id,
                "requirement_id": cycle.requirement_id.id,
                "control_class": cycle.control_class,
                "kind": event.kind,
                "severity": alert.severity,
                "description": alert.message,
                "opening_text": alert.message,
                "opened_ms": now_ms,
                "window_start_ms": cycle._find_good_before(event.first_ms),
                # a gap ends with a reading that may be the good one
                "last_bad_ms": event.last_ms - 1 if is_lasting else event.last_ms,
                "lot_ids": cycle._get_affected_lots().ids,
            }
        )
        deviation._find_window_end()
        deviation._schedule("group_process_monitoring_quality_manager")
        deviation._schedule("group_process_monitoring_supervisor")
        return deviation

    def _schedule(self, group: str) -> None:
        """Give each user of a group an activity to decide, unless he has one."""
        self.ensure_one()
        users = self.env["res.users"]._get_process_users(group, self.company_id)
        for user in users - self.activity_ids.user_id:
            # an activity of safety is not switched off by the context of who caused it
            self.with_context(
                mail_activity_automation_skip=False, mail_notify_force_send=False
            ).activity_schedule(
                "process_monitoring.mail_activity_type_deviation",
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Decide on %s", self.name),
                note=self._prepare_note(),
            )
        self.env["process.alert"]._trigger_mail()

    def _widen(self, event) -> None:
        """Take in another bad reading of the same failure."""
        self.ensure_one()
        cycle = self.cycle_id
        self._stamp(
            {
                "window_start_ms": min(
                    self.window_start_ms, cycle._find_good_before(event.first_ms)
                ),
                "last_bad_ms": max(self.last_bad_ms, event.last_ms),
                "window_end_ms": 0,
            }
        )
        self._add_lots(cycle._get_affected_lots())
        self._find_window_end()

    def _find_window_end(self) -> None:
        """End the window with the next good reading, if there is one by now."""
        for deviation in self.filtered("cycle_id"):
            end_ms = deviation._get_window_end_ms()
            if end_ms != deviation.window_end_ms:
                deviation._stamp({"window_end_ms": end_ms})

    def _get_window_end_ms(self) -> int:
        """Return when the control was demonstrably back; 0 as long as it is not."""
        self.ensure_one()
        cycle = self.cycle_id
        if self.kind == "uncalibrated" and cycle._is_uncalibrated(clock.now_ms()):
            return 0
        return cycle._find_good_after(self.last_bad_ms)

    def _log(self, event: str) -> None:
        """Append to the company's audit chain what happened, and on which facts."""
        self.ensure_one()
        self.env["audit.record"]._log(event, self, self._prepare_log())

    def _prepare_log(self) -> dict:
        return {
            "deviation": self.name,
            "requirement": self.requirement_id.name or "",
            "subject": self.cycle_id.subject or "",
            "class": self.control_class,
            "kind": self.kind,
            "state": self.state,
            "window_start": clock.to_iso(self.window_start_ms),
            "window_end": clock.to_iso(self.window_end_ms),
            "limits": self.cycle_id.limits_hash or "",
            "lots": sorted(self.lot_ids.mapped("name")),
            "disposition": self.disposition or "",
            "disposition_reason": self.disposition_reason or "",
            "cause": self.cause or "",
            "correction": self.correction or "",
            "prevention": self.prevention or "",
        }
