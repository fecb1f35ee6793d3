# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt, Lines

from ..tools import durations, isa88

STATES = [
    ("idle", "Idle"),
    ("running", "Running"),
    ("pausing", "Pausing"),
    ("paused", "Paused"),
    ("holding", "Holding"),
    ("held", "Held"),
    ("restarting", "Restarting"),
    ("stopping", "Stopping"),
    ("stopped", "Stopped"),
    ("aborting", "Aborting"),
    ("aborted", "Aborted"),
    ("complete", "Complete"),
]
EMERGENCY = {"held": "hold", "stopped": "stop", "aborted": "abort"}
REASON_LENGTH = 4000


class ProcessRun(models.Model):
    """One run of one plan revision for one manufacturing order: the batch.

    Its state is that of the ISA-88 model and moves by commands alone; each command given and
    each state reached is a line of the hashed history. The plan revision and its hash are taken
    at the beginning and never change. Nobody writes or deletes a run by hand.
    """

    _name = "process.run"
    _inherit = ["process.role.mixin", "mail.thread"]
    _description = "Batch process"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False)
    production_id = fields.Many2one(
        "mrp.production",
        string="Manufacturing order",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    product_id = fields.Many2one(related="production_id.product_id", store=True)
    plan_id = fields.Many2one(
        "process.plan", required=True, readonly=True, ondelete="restrict", index=True
    )
    plan_hash = fields.Char(string="Hash of the plan", required=True, readonly=True)
    process_type = fields.Char(related="plan_id.process_type")
    number = fields.Integer(string="Run", default=1, readonly=True, aggregator=None)
    state = fields.Selection(STATES, default="idle", required=True, readonly=True, index=True)
    stage_ids = Lines("process.stage", "run_id", readonly=True)
    current_stage_id = fields.Many2one("process.stage", compute="_compute_current_stage_id")
    transition_ids = fields.One2many("process.transition", "run_id", readonly=True)
    deviation_ids = Lines("process.deviation", "run_id", readonly=True)
    deviation_count = fields.Integer(compute="_compute_deviation_count")
    lot_ids = fields.Many2many(
        "stock.lot", "process_run_stock_lot_rel", "run_id", "lot_id", string="Lots", readonly=True
    )
    initiated_by_id = fields.Many2one("res.users", readonly=True)
    initiated_at_ms = BigInt(string="Initiated (ms UTC)", readonly=True, aggregator=None)
    start_ms = BigInt(string="Start (ms UTC)", readonly=True, aggregator=None)
    end_ms = BigInt(string="End (ms UTC)", readonly=True, aggregator=None)
    start_utc = fields.Char(string="Started (UTC)", compute="_compute_texts")
    end_utc = fields.Char(string="Ended (UTC)", compute="_compute_texts")
    is_given_up = fields.Boolean(
        string="Given up",
        readonly=True,
        help="A signed disposition was carried out: the order ends, its product goes where the "
        "disposition says and nowhere else.",
    )
    start_notes = fields.Text(
        string="Notes at the start", readonly=True, help="What was entered when the batch started."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _unique_number = models.UniqueIndex("(production_id, number)")

    # -- fields -------------------------------------------------------------------------------

    @api.depends("stage_ids.state", "stage_ids.is_current")
    def _compute_current_stage_id(self):
        for run in self:
            open_stages = run._get_current_stages().filtered(
                lambda stage: stage.state in ("running", "held")
            )
            todo = run._get_current_stages().filtered(lambda stage: stage.state == "pending")
            run.current_stage_id = open_stages[:1] or todo[:1]

    def _compute_deviation_count(self):
        counts = dict(
            self.env["process.deviation"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            run.deviation_count = counts.get(run, 0)

    def _get_approvals(self):
        """Return what was asked for and decided; without a level in the plan nothing can be."""
        levels = self.stage_ids.plan_stage_id.approval_level_ids
        return self.stage_ids.approval_ids if levels else self.env["process.approval"]

    @api.depends("start_ms", "end_ms")
    def _compute_texts(self):
        for run in self:
            run.start_utc = durations.utc_text(run.start_ms)
            run.end_utc = durations.utc_text(run.end_ms)

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store and not name.startswith(("message_", "activity_", "write_", "create_"))
            if name != "id"
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Runs are made by the order they belong to, never by hand."""
        raise AccessError(
            self.env._("A batch process is initiated from its manufacturing order, not created.")
        )

    @api.model
    def _create_run(self, vals: dict):
        return super().create([vals])

    def unlink(self):
        """A batch is a record of what happened: refuse, whoever asks."""
        if self:
            self._log_refused("process.unlink_refused", {})
            # pylint: disable=no-raise-unlink
            raise UserError(self.env._("The record of a batch cannot be deleted."))
        return super().unlink()

    # -- verbs --------------------------------------------------------------------------------

    def action_start(self, start_ms=None, notes=None):
        """Start the batch and its first stage; `start_ms` as in `process.stage.action_start`."""
        self.ensure_one()
        self._require_role("operator", "integration")
        run = self.sudo()
        run._do_command("start")
        run._stamp({"start_notes": clean_text(notes)})
        stage = run._get_current_stages()[:1]
        stage._do_start(start_ms)
        run._stamp({"start_ms": stage.start_ms})
        return True

    def action_pause(self, reason=None):
        """Stop for a short while at a safe point."""
        return self._action_command("pause", reason, "operator", "integration")

    def action_resume(self, reason=None):
        """Go on after a pause."""
        return self._action_command("resume", reason, "operator", "integration")

    def action_hold(self, reason=None):
        """Stop for longer; the running stage is held with the batch."""
        return self._action_command("hold", reason, "operator", "integration")

    def action_restart(self, reason=None):
        """Go on after a hold, once every deviation behind it has been decided."""
        self._require_role("operator", "integration")
        self.sudo()._check_restart()
        return self._action_command("restart", reason, "operator", "integration")

    def action_stop(self, reason=None):
        """End the batch before it is complete, in a controlled way; takes a reason."""
        self._require_reason(reason)
        return self._action_command("stop", reason, "supervisor")

    def action_abort(self, reason=None):
        """End the batch at once; takes a reason."""
        self._require_reason(reason)
        return self._action_command("abort", reason, "supervisor")

    def action_reset(self, reason=None):
        """Open a new run for the order after this one has ended; this one stays as it is."""
        self.ensure_one()
        self._require_role("supervisor")
        self._require_reason(reason)
        run = self.sudo()
        if isa88.path("reset", run.state) is None:
            run._refuse_command("reset")
        run._check_reset()
        run._log_transition("command", "reset", run.state, "idle", reason=clean_text(reason))
        return run.production_id._do_initiate(run.plan_id).ids

    def action_emergency(self, target="held", reason=None):
        """Emergency stop to `held`, `stopped` or `aborted`: never past a gate, with a deviation."""
        self.ensure_one()
        self._require_role("operator", "integration")
        self._require_reason(reason)
        if target not in EMERGENCY:
            raise UserError(
                self.env._(
                    "An emergency leads to held, stopped or aborted, not to “%s”.",
                    self._get_label("state", str(target)).lower(),
                )
            )
        run = self.sudo()
        stage = run.current_stage_id
        run._do_command(EMERGENCY[target], reason=reason, transition_type="emergency")
        run._do_open_deviation(stage, self.env._("Emergency: %s", clean_text(reason)), "oprp")
        return True

    def action_view_readings(self):
        """Open the monitoring windows of the batch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Monitoring of %s", self.name),
            "res_model": "process.cycle",
            "view_mode": "list,form",
            "domain": [("stage_id.run_id", "=", self.id)],
        }

    def action_view_deviations(self):
        """Open the deviations of the batch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deviations of %s", self.name),
            "res_model": "process.deviation",
            "view_mode": "list,form",
            "domain": [("run_id", "=", self.id)],
        }


def clean_text(reason) -> str:
    """Return a reason as it may be stored: a text, not endless."""
    return str(reason or "").strip()[:REASON_LENGTH].replace("\x00", "")
