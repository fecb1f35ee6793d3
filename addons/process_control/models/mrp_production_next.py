# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..tools import gate

LIVE = ("running", "held")


class MrpProductionNext(models.Model):
    """What the batch of an order waits for, of whom, and how long its stage has lasted."""

    _inherit = "mrp.production"

    process_next = fields.Json(
        string="Next step",
        compute="_compute_process_next",
        compute_sudo=True,
        help="What is to be done next, the role that may do it, and the verb that does it.",
    )
    process_time = fields.Json(
        string="Time of the stage", compute="_compute_process_next", compute_sudo=True
    )

    @api.depends("process_blockers", "process_state", "process_stage_state", "state")
    @api.depends_context("uid")
    def _compute_process_next(self):
        for production in self:
            step = production._get_next_step()
            production.process_next = step and production._prepare_next(**step)
            production.process_time = production._prepare_time()

    def get_process_now(self) -> dict:
        """Return what changes while somebody looks: next step, time, blockers and a mark.

        A mark other than what the form shows says that the form should be read again.
        """
        self.ensure_one()
        self.check_access("read")
        stages = [[stage["id"], stage["state"]] for stage in self.process_stepper]
        return {
            "next": self.process_next,
            "time": self.process_time,
            "blockers": self.process_blockers,
            "mark": [self.state, self.process_state, stages],
        }

    # -- who does what next ---------------------------------------------------------------------

    def _prepare_next(self, role: str, text: str, verb: str = "", record=None) -> dict:
        return {
            "role": dict(self._get_role_labels())[role],
            "is_mine": self._has_role(role),
            "text": text,
            "verb": verb,
            "res_model": record._name if record else "",
            "res_id": record.id if record else 0,
        }

    def _get_next_step(self) -> dict | None:
        """Return role, text and verb or record of the next step; nothing when all is done."""
        self.ensure_one()
        if self.state == "done":
            return self._get_release_step()
        if not self.process_plan_id or self.state in ("draft", "cancel"):
            return None
        if not self.process_run_id:
            text = self.env._("Initiate the process")
            return {"role": "operator", "text": text, "verb": "action_initiate_process"}
        return {
            "idle": self._get_idle_step,
            "running": self._get_stage_step,
            "paused": self._get_paused_step,
            "held": self._get_held_step,
            "complete": self._get_complete_step,
        }.get(self.process_state, self._get_ended_step)()

    def _get_idle_step(self) -> dict:
        text = self.env._("Start the process")
        return {"role": "operator", "text": text, "verb": "action_start_process"}

    def _get_paused_step(self) -> dict:
        text = self.env._("Resume the batch")
        return {"role": "operator", "text": text, "verb": "action_process_resume"}

    def _get_complete_step(self) -> dict:
        return {"role": "operator", "text": self.env._("Mark the order as done")}

    def _get_ended_step(self) -> dict:
        text = self.env._("Decide whether the batch is run again or the order is cancelled")
        return {"role": "supervisor", "text": text}

    def _get_release_step(self) -> dict | None:
        lots = self.lot_producing_ids.filtered(lambda lot: lot.release_state == "quarantine")
        if not self.process_run_id or not lots:
            return None
        text = self.env._("Release lot %s", ", ".join(lots.mapped("name")))
        return {"role": "quality_manager", "text": text, "record": lots[0]}

    def _get_held_step(self) -> dict:
        if self.process_is_undecided:
            return self._get_decide_step()
        if self.process_needs_repeat:
            text = self.env._("Repeat stage %s", self.process_stage_id.name)
            return {"role": "operator", "text": text, "verb": "action_process_repeat_stage"}
        text = self.env._("Restart the batch")
        return {"role": "operator", "text": text, "verb": "action_process_restart"}

    def _get_decide_step(self) -> dict:
        deviation = self.process_deviation_ids.filtered(lambda d: d.state == "open")[-1:]
        text = self.env._("Decide deviation %s", deviation.name)
        return {"role": "quality_manager", "text": text, "record": deviation}

    def _get_stage_step(self) -> dict:
        """The batch runs: its stage is to be started, waited for, approved or completed."""
        stage = self.process_stage_id
        if not stage:
            return self._get_close_step()
        if stage.state == "pending":
            text = self.env._("Start stage %s", stage.display_name)
            return {"role": "operator", "text": text, "verb": "action_process_start_stage"}
        if self.process_is_undecided:
            return self._get_decide_step()
        findings = stage._gate_blockers()
        if all(finding["code"] in gate.APPROVAL_CODES for finding in findings):
            return self._get_approval_step()
        return {"role": "operator", "text": findings[0]["message"]}

    def _get_approval_step(self) -> dict:
        """Everything measured is in order: sign, or complete (which asks for a signature)."""
        stage = self.process_stage_id
        asked = stage.approval_ids.filtered(lambda approval: approval.state == "requested")[-1:]
        if asked:
            text = self.env._("Approve stage %s", asked.name)
            return {"role": asked.role, "text": text, "record": asked}
        text = self.env._("Complete stage %s", stage.display_name)
        return {"role": "operator", "text": text, "verb": "action_process_complete_stage"}

    def _get_close_step(self) -> dict:
        deviation = self.process_deviation_ids.filtered(lambda d: d.state != "closed")[-1:]
        text = self.env._("Close deviation %s", deviation.name)
        return {"role": "quality_manager", "text": text, "record": deviation}

    # -- how long -------------------------------------------------------------------------------

    def _prepare_time(self) -> dict | None:
        """Return how long the stage has lasted and may last, in milliseconds, as the gate sees it.

        Without a requirement the clock counts on; otherwise only what was measured counts.
        """
        stage = self.process_stage_id
        plan = stage.plan_stage_id
        if stage.state not in LIVE or not (plan._get_min_ms() or plan._get_max_ms()):
            return None
        return {
            "ms": stage._get_measured_ms(),
            "min_ms": plan._get_min_ms(),
            "max_ms": plan._get_max_ms(),
            "is_ticking": stage._is_measuring() and not plan.requirement_ids,
        }
