# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class MrpProductionGate(models.Model):
    """The wall before done, and what the process tab shows of it.

    Every way to finish an order passes one of three places: Odoo's early check, the posting of
    the inventory, and the state itself. None of them asks the context or the user.
    """

    _inherit = "mrp.production"

    process_blockers = fields.Json(
        string="What blocks the order",
        compute="_compute_process_overview",
        compute_sudo=True,
        help="Each with code, message, res_model and res_id.",
    )
    process_stepper = fields.Json(
        string="Stages", compute="_compute_process_overview", compute_sudo=True
    )
    process_is_blocking = fields.Boolean(compute="_compute_process_overview", compute_sudo=True)
    process_is_undecided = fields.Boolean(compute="_compute_process_overview", compute_sudo=True)
    process_needs_repeat = fields.Boolean(compute="_compute_process_overview", compute_sudo=True)
    process_cycle_ids = fields.Many2many(
        "process.cycle",
        string="Live readings",
        compute="_compute_process_overview",
        compute_sudo=True,
    )
    process_deviation_count = fields.Integer(compute="_compute_process_overview", compute_sudo=True)
    process_deviation_ids = fields.Many2many(
        "process.deviation",
        string="Process deviations",
        compute="_compute_process_overview",
        compute_sudo=True,
    )
    process_approval_ids = fields.Many2many(
        "process.approval",
        string="Process approvals",
        compute="_compute_process_overview",
        compute_sudo=True,
    )

    # -- the wall -----------------------------------------------------------------------------

    def _button_mark_done_sanity_checks(self):
        """Say early, and for every order of a list action, what blocks."""
        result = super()._button_mark_done_sanity_checks()
        self._check_process_wall()
        return result

    def _post_inventory(self, cancel_backorder=False):
        """Refuse to post the inventory of an order whose process is not through."""
        self._check_process_wall()
        return super()._post_inventory(cancel_backorder=cancel_backorder)

    @api.constrains("state")
    def _check_process_done(self):
        """The state itself: written, recomputed or imported."""
        self.filtered(lambda production: production.state == "done")._check_process_wall()

    def _check_process_wall(self) -> None:
        for production in self.sudo():
            blockers = production._get_process_blockers()
            if blockers:
                raise UserError(
                    self.env._(
                        "Order %(order)s cannot be done:\n%(blockers)s",
                        order=production.name,
                        blockers="\n".join(f"– {blocker['message']}" for blocker in blockers),
                    )
                )

    def _get_process_blockers(self) -> list[dict]:
        """Return what stands between the order and done; empty without a plan."""
        self.ensure_one()
        run = self.process_run_id
        return self._get_visible_blockers() + (run._get_hash_blockers() if run else [])

    def _get_visible_blockers(self) -> list[dict]:
        """Return the blockers a form shows: all but a plan whose content was tampered with."""
        run = self.process_run_id
        if not run and not self.process_plan_id:
            return []
        if not run:
            return [
                {
                    "code": "not_initiated",
                    "message": self.env._(
                        "The process of plan %s has not been initiated.",
                        self.process_plan_id.display_name,
                    ),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            ]
        inherited = self.process_origin_run_id._get_open_deviations()
        return run._get_wall_blockers() + [d._prepare_blocker() for d in inherited]

    # -- what the tab shows -------------------------------------------------------------------

    @api.depends("process_run_ids", "process_plan_id", "state", "date_start")
    def _compute_process_overview(self):
        self._fetch_process()
        for production in self:
            run = production.process_run_id
            stage = run.current_stage_id
            wall = production._get_visible_blockers()
            deviations = run.deviation_ids
            production.process_stepper = production._prepare_stepper()
            production.process_is_blocking = bool(wall)
            production.process_blockers = production._prepare_blockers(wall)
            production.process_is_undecided = "open" in deviations.mapped("state")
            production.process_needs_repeat = bool(stage._get_reprocess_deviations())
            production.process_cycle_ids = stage.cycle_ids
            production.process_deviation_ids = deviations
            production.process_deviation_count = len(deviations)
            production.process_approval_ids = run._get_approvals()

    def _fetch_process(self) -> None:
        """Read the lines of all stages at once: the gate asks for them one stage at a time."""
        runs = self.process_run_id
        runs.stage_ids.plan_stage_id.mapped("requirement_ids")
        runs._get_approvals()

    def _prepare_stepper(self) -> list[dict]:
        """Return the stages as the status bar draws them: the run's, or else the plan's."""
        self.ensure_one()
        run = self.process_run_id
        if run:
            return [
                {
                    "id": stage.id,
                    "name": stage.name,
                    "state": stage.state,
                    "label": stage._get_progress_label(),
                    "attempt": stage.attempt,
                    "is_ccp": stage.is_ccp,
                    "since": stage.end_utc or stage.start_utc or "",
                }
                for stage in run._get_current_stages()
            ]
        return [
            {
                "id": 0,
                "name": stage.name,
                "state": "planned",
                "label": self.env._("Planned"),
                "attempt": 1,
                "is_ccp": stage.is_ccp,
                "since": "",
            }
            for stage in self.process_plan_id.sudo().stage_ids.sorted(lambda s: (s.sequence, s.id))
        ]

    def _prepare_blockers(self, wall: list[dict]) -> list[dict]:
        """Return what a person should look at now: the gate, the rest, what is still to do."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return []
        stage = self.process_stage_id
        blockers = stage._gate_blockers() if stage.state in ("running", "held") else []
        seen = {(blocker["res_model"], blocker["res_id"]) for blocker in blockers}
        blockers += [
            blocker
            for blocker in wall
            if blocker["code"] not in ("run", "stage")
            and (blocker["res_model"], blocker["res_id"]) not in seen
        ]
        todo = self.process_run_id._get_current_stages().filtered(lambda s: s.state == "pending")
        if todo:
            blockers.append(
                {
                    "code": "stage",
                    "message": self.env._("Still to do: %s.", ", ".join(todo.mapped("name"))),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        if self.process_state in ("stopped", "aborted", "paused"):
            blockers += [blocker for blocker in wall if blocker["code"] == "run"]
        return blockers

    def action_view_process_run(self):
        """Open the batch process of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "process.run",
            "res_id": self.process_run_id.id,
            "view_mode": "form",
        }

    def action_view_process_deviations(self):
        """Open the deviations of the batch."""
        return self._get_process().action_view_deviations()

    def action_view_process_readings(self):
        """Open the monitoring windows of the batch."""
        return self._get_process().action_view_readings()

    def get_process_timeline(self) -> list[dict]:
        """Return what happened to the order's batches, the newest first; asked for when shown."""
        self.check_access("read")
        return self.process_run_ids.get_timeline()

    def action_print_batch_record(self):
        """Print the batch record of each order's process."""
        runs = self.process_run_ids.sorted("id")
        if not runs:
            raise UserError(self.env._("No batch process has been initiated: nothing to print."))
        return self.env.ref("process_control.process_run_action_report").report_action(runs)

    def action_export_batch_record(self):
        """Download the batch record of the order's process as a workbook."""
        runs = self.process_run_ids
        if not runs:
            raise UserError(self.env._("No batch process has been initiated: nothing to print."))
        return runs.action_export_batch_record()
