# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt, Lines

from ..tools import durations
from .process_run import clean_text

STATES = [
    ("pending", "Pending"),
    ("running", "Running"),
    ("held", "Held"),
    ("complete", "Complete"),
    ("failed", "Failed"),
    ("skipped", "Skipped"),
]
TRANSITIONS = frozenset(
    {
        ("pending", "running"),
        ("pending", "failed"),
        ("pending", "skipped"),
        ("running", "held"),
        ("running", "complete"),
        ("running", "failed"),
        ("held", "running"),
        ("held", "failed"),
    }
)
ENDED = ("complete", "failed", "skipped")
# A start that was entered this much after the fact is a late entry and shown as one.
LATE_MS = 60_000


class ProcessStage(models.Model):
    """One attempt at one stage of a batch.

    An attempt is opened, started, and ends as complete, failed or skipped; from then on it is
    frozen and stays in the record. Repeating a stage opens attempt n+1. Its states move by the
    verbs below alone, each move is a line of the hashed history, and no one edits it by hand.
    """

    _name = "process.stage"
    _inherit = ["process.role.mixin", "audit.signable.mixin"]
    _description = "Stage of a batch"
    _order = "run_id desc, sequence, attempt, id"

    run_id = fields.Many2one(
        "process.run", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    plan_stage_id = fields.Many2one(
        "process.plan.stage", required=True, readonly=True, ondelete="restrict", index=True
    )
    name = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True, aggregator=None)
    attempt = fields.Integer(default=1, readonly=True, aggregator=None)
    is_current = fields.Boolean(string="Latest attempt", default=True, readonly=True)
    is_ccp = fields.Boolean(string="CCP", readonly=True)
    state = fields.Selection(STATES, default="pending", required=True, readonly=True, index=True)
    start_ms = BigInt(string="Start (ms UTC)", readonly=True, aggregator=None)
    started_at_ms = BigInt(
        string="Start entered (ms UTC)",
        readonly=True,
        aggregator=None,
        help="The server's time when the start was entered.",
    )
    end_ms = BigInt(string="End (ms UTC)", readonly=True, aggregator=None)
    ended_at_ms = BigInt(string="End entered (ms UTC)", readonly=True, aggregator=None)
    start_utc = fields.Char(string="Started (UTC)", compute="_compute_texts")
    end_utc = fields.Char(string="Ended (UTC)", compute="_compute_texts")
    is_late_entry = fields.Boolean(string="Late entry", compute="_compute_texts")
    started_by_id = fields.Many2one("res.users", readonly=True)
    ended_by_id = fields.Many2one("res.users", readonly=True)
    reason = fields.Text(string="Why this attempt", readonly=True)
    cycle_ids = Lines("process.cycle", "stage_id", string="Monitoring", readonly=True)
    approval_ids = Lines("process.approval", "stage_id", readonly=True)
    deviation_ids = fields.One2many("process.deviation", "stage_id", readonly=True)
    transition_ids = fields.One2many("process.transition", "stage_id", readonly=True)
    blockers = fields.Json(compute="_compute_blockers", string="What blocks the gate")

    _unique_attempt = models.UniqueIndex("(run_id, plan_stage_id, attempt)")

    # -- fields -------------------------------------------------------------------------------

    @api.depends("name", "attempt")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = (
                self.env._("%(name)s, attempt %(attempt)s", name=stage.name, attempt=stage.attempt)
                if stage.attempt > 1
                else stage.name
            )

    @api.depends("start_ms", "started_at_ms", "end_ms")
    def _compute_texts(self):
        for stage in self:
            stage.start_utc = durations.utc_text(stage.start_ms)
            stage.end_utc = durations.utc_text(stage.end_ms)
            stage.is_late_entry = stage.started_at_ms - stage.start_ms > LATE_MS

    @api.depends("state")
    def _compute_blockers(self):
        for stage in self:
            stage.blockers = stage._gate_blockers() if stage.state in ("running", "held") else []

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and name != "id" and not name.startswith(("write_", "create_"))
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Attempts are opened by the batch, never by hand."""
        raise AccessError(self.env._("The stages of a batch come from its plan; none is created."))

    @api.model
    def _create_attempts(self, vals_list: list[dict]):
        return super().create(vals_list)

    def unlink(self):
        """An attempt is a record of what happened: refuse, whoever asks."""
        if self:
            self._log_refused("process.unlink_refused", {})
            # pylint: disable=no-raise-unlink
            raise UserError(self.env._("The record of a stage cannot be deleted."))
        return super().unlink()

    def _set_state(self, state: str, transition_type="normal", reason="", command="", **vals):
        """Move along TRANSITIONS and append to the history."""
        for stage in self:
            stage._lock()
            if (stage.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Stage %(stage)s is %(state)s and cannot become %(wanted)s.",
                        stage=stage.display_name,
                        state=stage._get_label("state").lower(),
                        wanted=stage._get_label("state", state).lower(),
                    )
                )
            before = stage.state
            stage._stamp({"state": state, **vals})
            stage.run_id._log_transition(
                "state", command, before, state, transition_type, clean_text(reason), stage
            )

    # -- verbs --------------------------------------------------------------------------------

    def action_start(self, start_ms=None):
        """Start this attempt and its monitoring, now or at a time entered late.

        :param start_ms: when it started, in ms UTC; at most the company's "late entry" span ago,
            not before the stage before was done. Both this and the server's time are kept.
        """
        self._require_role("operator", "integration")
        for stage in self.sudo():
            stage._do_start(start_ms)
        return True

    def action_complete(self, end_ms=None, reason=None):
        """Complete this attempt if its gate is open; otherwise say what blocks it.

        When only approvals are missing they are requested, and a notice says of whom: measuring
        ends there, and what is signed is final.

        :param end_ms: when it ended, in ms UTC; not before its last reading, not in the future.
        :param reason: what is to be said of it; it goes into the history and the batch record.
        """
        self.ensure_one()
        self._require_role("operator", "integration")
        return self.sudo()._do_complete(end_ms, clean_text(reason))

    def action_repeat(self, reason=None):
        """Open attempt n+1 of this stage; the attempt made so far stays as it is.

        An operator may when a deviation of it was decided as "reprocess"; otherwise it is a
        rework, which takes a supervisor and a reason. Later stages are opened again with it.
        """
        self.ensure_one()
        self._require_role("operator", "supervisor", "integration")
        stage = self.sudo()
        if not stage._get_reprocess_deviations():
            self._require_role("supervisor")
            if not clean_text(reason):
                raise UserError(
                    self.env._("Give a reason for the rework: it goes into the batch record.")
                )
        return stage._do_repeat(reason).ids

    def action_record_deviation(self, description=None):
        """Record something about this attempt that no sensor saw."""
        self.ensure_one()
        self._require_role("operator", "integration")
        if not clean_text(description):
            raise UserError(self.env._("Describe the deviation."))
        stage = self.sudo()
        control_class = "ccp" if stage.is_ccp else "prp"
        return stage.run_id._do_open_deviation(stage, clean_text(description), control_class).ids

    def action_skip(self):
        """Open the signing window for skipping a stage that the plan allows to skip."""
        self.ensure_one()
        self._check_may_sign("skip")
        return self.with_context(default_meaning="skip").action_open_signature()

    def action_view_cycles(self):
        """Open the monitoring windows of this attempt."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Monitoring of %s", self.display_name),
            "res_model": "process.cycle",
            "view_mode": "list,form",
            "domain": [("stage_id", "=", self.id)],
        }
