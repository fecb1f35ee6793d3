# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from .process_deviation import CAUSES
from .process_requirement import CONTROL_CLASSES

TRANSITIONS = {("open", "verifying"), ("verifying", "closed"), ("verifying", "open")}


class ProcessCapa(models.Model):
    """Corrective action: why something went wrong, what is done so that it does not again.

    Opened from deviations, worked on by its owner and those responsible for its actions. It closes
    by the signature of somebody else, who found the criterion of effectiveness met on or after the
    day it was planned for (`process.capa.check`); not met, it is open again in a next round. Its
    number, state and rounds are never typed, and nothing changes once it is closed.
    """

    _name = "process.capa"
    _inherit = ["process.stamped.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Corrective action (CAPA)"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    title = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda s: s.env.company
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda s: s.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    former_owner_ids = fields.Many2many(
        "res.users", "process_capa_former_owner_rel", string="Former owners", readonly=True
    )
    deviation_ids = fields.Many2many(
        "process.deviation",
        "process_capa_deviation_rel",
        "capa_id",
        "deviation_id",
        string="Deviations",
        check_company=True,
    )
    deviation_count = fields.Integer(compute="_compute_deviation_count")
    control_class = fields.Selection(
        CONTROL_CLASSES, compute="_compute_control_class", store=True, string="Strictest class"
    )
    state = fields.Selection(
        [("open", "Open"), ("verifying", "Effectiveness"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    round = fields.Integer(readonly=True, default=1, aggregator="max")

    cause_category = fields.Selection(CAUSES, tracking=True)
    why_1 = fields.Char(string="Why did it happen?")
    why_2 = fields.Char(string="And why that?")
    why_3 = fields.Char(string="And why that? (3)")
    why_4 = fields.Char(string="And why that? (4)")
    why_5 = fields.Char(string="And why that? (5)")
    root_cause = fields.Text(tracking=True)
    action_ids = fields.One2many("process.capa.action", "capa_id", string="Actions")
    check_ids = fields.One2many("process.capa.check", "capa_id", string="Effectiveness")
    check_id = fields.Many2one("process.capa.check", compute="_compute_check_id", store=True)
    planned_date = fields.Date(related="check_id.planned_date", string="Check planned for")

    opened_date = fields.Date(string="Opened", readonly=True)
    closed_date = fields.Date(string="Closed", readonly=True, copy=False)
    closed_at_ms = BigInt(string="Closed (ms UTC)", readonly=True, copy=False, aggregator=None)
    days_open = fields.Integer(
        string="Days until closed", readonly=True, copy=False, aggregator="avg"
    )

    @api.depends("deviation_ids")
    def _compute_deviation_count(self):
        for capa in self:
            capa.deviation_count = len(capa.deviation_ids)

    @api.depends("deviation_ids.control_class")
    def _compute_control_class(self):
        order = [code for code, _label in CONTROL_CLASSES]
        for capa in self:
            classes = set(capa.deviation_ids.mapped("control_class"))
            capa.control_class = next((code for code in order if code in classes), False)

    @api.depends("check_ids.round", "round")
    def _compute_check_id(self):
        for capa in self:
            capa.check_id = capa.check_ids.filtered(lambda c, r=capa.round: c.round == r)[:1]

    # -- written by people ----------------------------------------------------------------------

    def _get_user_fields(self):
        if self.state == "closed":
            return set()
        always = {"title", "owner_id", "deviation_ids", "check_ids"}
        if self.state == "verifying":
            return always
        whys = {f"why_{number}" for number in range(1, 6)}
        return always | whys | {"cause_category", "root_cause", "action_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        """Open them; number, day and state are the system's, whatever the call says."""
        day = clock.to_datetime(clock.now_ms()).date()
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            vals.update(
                company_id=company.id,
                name=sequence.next_by_code("process.capa") or "/",
                state="open",
                round=1,
                opened_date=day,
                closed_date=False,
                closed_at_ms=0,
                days_open=0,
                former_owner_ids=[Command.clear()],
            )
            vals.setdefault("check_ids", [Command.create({})])
        capas = super().create(vals_list)
        for capa in capas:
            capa._log("capa.open")
        return capas

    def write(self, vals):
        """Remember who owned it: whoever did will not judge whether it worked."""
        owners = {capa: capa.owner_id for capa in self if "owner_id" in vals}
        result = super().write(vals)
        for capa, owner in owners.items():
            if capa.owner_id != owner:
                capa._stamp({"former_owner_ids": [Command.link(owner.id)]})
        return result

    # -- states -----------------------------------------------------------------------------------

    def _move_to(self, state: str, vals: dict) -> None:
        self.ensure_one()
        if (self.state, state) not in TRANSITIONS:
            raise UserError(self.env._("%s has been moved on meanwhile. Reload it.", self.name))
        self._stamp({"state": state, **vals})

    def action_verify(self):
        """The actions are done; from the planned day on somebody else judges whether they work."""
        self._check_group("supervisor", "quality_manager")
        for capa in self:
            missing = capa._get_missing()
            if missing:
                raise UserError(
                    self.env._("%(capa)s: %(missing)s.", capa=capa.name, missing="; ".join(missing))
                )
            capa.sudo()._move_to("verifying", {})
            capa.sudo()._ask_for_check()

    def _get_missing(self) -> list[str]:
        """Return in words what is missing before its effectiveness can be judged."""
        self.ensure_one()
        own = self.action_ids.filtered(lambda action: action.round == self.round)
        conditions = [
            (
                self.cause_category and (self.root_cause or "").strip(),
                self.env._("the root cause is not named (category and cause)"),
            ),
            (own, self.env._("there is no action in this round")),
            (
                all(action.state == "done" for action in own),
                self.env._("an action is not done"),
            ),
            (
                (self.check_id.criterion or "").strip() and self.check_id.planned_date,
                self.env._("it is not said by what, and when, its effectiveness is judged"),
            ),
        ]
        return [text for is_met, text in conditions if not is_met]

    def _ask_for_check(self) -> None:
        """Give quality managers who may judge an activity for the planned day."""
        users = self.env["res.users"]._get_process_users(
            "group_process_monitoring_quality_manager", self.company_id
        )
        for user in users - self.owner_id - self.former_owner_ids:
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                "process_monitoring.mail_activity_type_capa_check",
                date_deadline=self.check_id.planned_date,
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._(
                    "Judge the effectiveness of %s", self.name
                ),
            )

    def _on_checked(self, check) -> None:
        """Close it, or open the next round."""
        self.ensure_one()
        self.activity_unlink(["process_monitoring.mail_activity_type_capa_check"])
        if check.result == "effective":
            day = clock.to_datetime(check.evaluated_at_ms).date()
            self._move_to(
                "closed",
                {
                    "closed_date": day,
                    "closed_at_ms": check.evaluated_at_ms,
                    "days_open": (day - self.opened_date).days,
                },
            )
            self._log("capa.close")
            return
        self._move_to("open", {"round": self.round + 1, "check_ids": [Command.create({})]})
        self._log("capa.reopen")
        self.activity_schedule(
            "process_monitoring.mail_activity_type_capa",
            user_id=self.owner_id.id,
            summary=self.env._("%s did not work: find out why, act again", self.name),
        )

    def _log(self, event: str) -> None:
        self.env["audit.record"]._log(
            event,
            self,
            {
                "capa": self.name,
                "round": self.round,
                "deviations": sorted(self.deviation_ids.mapped("name")),
                "root_cause": self.root_cause or "",
                "actions": [f"{a.name}: {a.state}" for a in self.action_ids.sorted("id")],
            },
        )

    def action_evaluate(self):
        """Open the check of this round."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "process.capa.check",
            "res_id": self.check_id.id,
            "view_mode": "form",
        }

    def action_view_deviations(self):
        """Open the deviations it was opened for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "process_monitoring.process_deviation_action"
        )
        return {**action, "domain": [("id", "in", self.deviation_ids.ids)], "context": {}}
