# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock

PLANNED = {"name", "kind", "responsible_id", "due_date"}
EVIDENCE = {"evidence", "evidence_attachment_ids"}


class ProcessCapaAction(models.Model):
    """One thing that somebody does until a day, as part of a corrective action.

    Planned by the owner, done by the person responsible, with evidence. Once it is done it does
    not change; what turned out not to work stays, in its round.
    """

    _name = "process.capa.action"
    _inherit = ["process.stamped.mixin"]
    _description = "Action of a CAPA"
    _order = "capa_id, round desc, due_date, id"

    capa_id = fields.Many2one("process.capa", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="capa_id.company_id", store=True, index=True)
    round = fields.Integer(readonly=True, default=1, aggregator=None)
    name = fields.Char(string="What is done", required=True)
    kind = fields.Selection(
        [("corrective", "Corrective"), ("preventive", "Elsewhere, too")],
        required=True,
        default="corrective",
    )
    responsible_id = fields.Many2one(
        "res.users", required=True, domain="[('share', '=', False)]", index=True
    )
    due_date = fields.Date(string="Due", required=True)
    state = fields.Selection(
        [("todo", "To do"), ("done", "Done")], required=True, readonly=True, default="todo"
    )
    evidence = fields.Text(string="Evidence that it is done")
    evidence_attachment_ids = fields.Many2many(
        "ir.attachment", "process_capa_action_evidence_rel", string="Files"
    )
    done_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    done_at_ms = BigInt(string="Done (ms UTC)", readonly=True, copy=False, aggregator=None)
    done_time = fields.Datetime(string="Done at", compute="_compute_done_time", store=True)
    is_reminded = fields.Boolean(readonly=True, copy=False)

    @api.depends("done_at_ms")
    def _compute_done_time(self):
        for action in self:
            action.done_time = clock.to_datetime(action.done_at_ms)

    def _get_user_fields(self):
        if self.state == "done" or self.capa_id.state == "closed":
            return set()
        return PLANNED | EVIDENCE if self._may_plan() else EVIDENCE

    def _may_plan(self) -> bool:
        roles = ("supervisor", "quality_manager")
        groups = [f"process_monitoring.group_process_monitoring_{role}" for role in roles]
        return self.env.su or any(self.env.user.has_group(group) for group in groups)

    @api.model_create_multi
    def create(self, vals_list):
        """Plan them in the round that runs, and give those responsible an activity."""
        for vals in vals_list:
            capa = self.env["process.capa"].browse(vals["capa_id"])
            if capa.state != "open":
                raise UserError(self.env._("%s is not open: nothing is planned now.", capa.name))
            vals.update(round=capa.round, state="todo", done_by_id=False, done_at_ms=0)
        actions = super().create(vals_list)
        for action in actions:
            action._schedule()
        return actions

    def write(self, vals):
        """Whoever is responsible, or the day, may change: the activity follows."""
        result = super().write(vals)
        if {"responsible_id", "due_date"} & set(vals):
            for action in self.filtered(lambda a: a.state == "todo"):
                action._unschedule()
                action._schedule()
        return result

    def _schedule(self) -> None:
        self.capa_id.sudo().with_context(mail_activity_automation_skip=False).activity_schedule(
            "process_monitoring.mail_activity_type_capa",
            date_deadline=self.due_date,
            user_id=self.responsible_id.id,
            summary=self.name,
        )

    def _unschedule(self) -> None:
        xmlid = "process_monitoring.mail_activity_type_capa"
        kind = self.env.ref(xmlid)
        self.capa_id.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == kind and a.summary == self.name
        ).unlink()

    def action_done(self):
        """Say that it is done, with the evidence for it."""
        for action in self:
            action.check_access("read")
            if self.env.user != action.responsible_id and not action._may_plan():
                raise AccessError(
                    self.env._("“%s” is done by the person responsible for it.", action.name)
                )
            if action.state == "done" or action.capa_id.state != "open":
                raise UserError(self.env._("“%s” is done already.", action.name))
            if not (action.evidence or "").strip() and not action.evidence_attachment_ids:
                raise UserError(
                    self.env._(
                        "“%s”: write down, or attach, what shows that it is done.", action.name
                    )
                )
            action.sudo()._unschedule()
            action.sudo()._stamp(
                {"state": "done", "done_by_id": self.env.uid, "done_at_ms": clock.now_ms()}
            )

    @api.model
    def _cron_remind(self) -> None:
        """Tell the owner once of each action that is overdue."""
        day = clock.to_datetime(clock.now_ms()).date()
        overdue = self.sudo().search(
            [("state", "=", "todo"), ("due_date", "<", day), ("is_reminded", "=", False)]
        )
        for action in overdue:
            action._stamp({"is_reminded": True})
            action.capa_id.with_context(mail_activity_automation_skip=False).activity_schedule(
                "process_monitoring.mail_activity_type_capa",
                user_id=action.capa_id.owner_id.id,
                summary=self.env._("Overdue: %s", action.name),
            )
