# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.fields import BigInt

from .. import clock


class ProcessCapaCheck(models.Model):
    """Whether a corrective action works: by which criterion, judged when, by whom, what came out.

    One for each round. The criterion and the day are planned with the actions; the finding is
    written and signed on that day or later by a quality manager who never owned the action. From
    the signature on it never changes.
    """

    _name = "process.capa.check"
    _inherit = ["process.stamped.mixin", "audit.signable.mixin"]
    _description = "Check of effectiveness"
    _order = "capa_id, round desc"

    capa_id = fields.Many2one("process.capa", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="capa_id.company_id", store=True, index=True)
    owner_id = fields.Many2one(related="capa_id.owner_id")
    capa_state = fields.Selection(related="capa_id.state")
    round = fields.Integer(readonly=True, default=1, aggregator=None)
    criterion = fields.Text(
        string="It works if", help="What must be seen, in figures: a count, a limit, a time."
    )
    planned_date = fields.Date(string="Judged from")
    finding = fields.Text(help="What was seen, with figures.")
    evidence_attachment_ids = fields.Many2many(
        "ir.attachment", "process_capa_check_evidence_rel", string="Files"
    )
    result = fields.Selection(
        [("effective", "Effective"), ("ineffective", "Not effective")], readonly=True, copy=False
    )
    evaluated_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", copy=False)
    evaluated_at_ms = BigInt(string="Judged (ms UTC)", readonly=True, copy=False, aggregator=None)
    evaluated_time = fields.Datetime(
        string="Judged at", compute="_compute_evaluated_time", store=True
    )

    _one_a_round = models.UniqueIndex("(capa_id, round)")

    @api.depends("evaluated_at_ms")
    def _compute_evaluated_time(self):
        for check in self:
            check.evaluated_time = clock.to_datetime(check.evaluated_at_ms)

    @api.depends("capa_id.name", "round")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "%(capa)s, round %(round)s", capa=check.capa_id.name, round=check.round
            )

    def _get_user_fields(self):
        if self.result:
            return set()
        return {
            "open": {"criterion", "planned_date"},
            "verifying": {"finding", "evidence_attachment_ids"},
        }.get(self.capa_id.state, set())

    @api.model_create_multi
    def create(self, vals_list):
        """One for the round that runs, not judged yet."""
        for vals in vals_list:
            capa = self.env["process.capa"].browse(vals["capa_id"])
            vals.update(
                round=capa.round or 1, result=False, evaluated_by_id=False, evaluated_at_ms=0
            )
        return super().create(vals_list)

    # -- signed -----------------------------------------------------------------------------------

    def action_effective(self):
        """Sign that the criterion is met."""
        self._check_may_sign("effective")
        return self.with_context(default_meaning="effective").action_open_signature()

    def action_ineffective(self):
        """Sign that it is not met: the corrective action is open again."""
        self._check_may_sign("ineffective")
        return self.with_context(default_meaning="ineffective").action_open_signature()

    def _get_signature_meanings(self):
        return {
            "effective": self.env._("The criterion is met: the action is effective"),
            "ineffective": self.env._("The criterion is not met: the action is not effective"),
        }

    def _get_signature_content(self):
        self.ensure_one()
        capa = self.capa_id
        actions = capa.action_ids.filtered(lambda action: action.round == self.round)
        return {
            "capa": capa.name,
            "round": self.round,
            "actions": [
                f"{action.name} · {action.done_by_id.name or ''} · {action.evidence or ''}"
                for action in actions.sorted("id")
            ],
            "criterion": self.criterion or "",
            "planned": str(self.planned_date or ""),
            "finding": self.finding or "",
            "files": sorted(f"{a.name} {a.checksum}" for a in self.sudo().evidence_attachment_ids),
        }

    def _check_may_sign(self, meaning):
        """A quality manager who never owned it, on the planned day or later, with a finding."""
        self.ensure_one()
        result = super()._check_may_sign(meaning)
        user = self.env.user
        if not user.has_group("process_monitoring.group_process_monitoring_quality_manager"):
            raise AccessError(self.env._("Only a quality manager judges whether an action works."))
        if self.result or self.capa_id.state != "verifying":
            raise UserError(
                self.env._(
                    "%s cannot be judged now: its actions are not done, or it has been judged.",
                    self.capa_id.name,
                )
            )
        if user in self.capa_id.owner_id | self.capa_id.sudo().former_owner_ids:
            raise UserError(
                self.env._(
                    "%(user)s owns or owned %(capa)s: somebody else has to judge it.",
                    user=user.name,
                    capa=self.capa_id.name,
                )
            )
        if clock.to_datetime(clock.now_ms()).date() < self.planned_date:
            raise UserError(
                self.env._(
                    "%(capa)s is judged from %(day)s on: before that nobody can know.",
                    capa=self.capa_id.name,
                    day=self.planned_date,
                )
            )
        if not (self.finding or "").strip():
            raise UserError(self.env._("%s: write down what was seen.", self.capa_id.name))
        return result

    def _on_signed(self, signature):
        check = self.sudo()
        check._stamp(
            {
                "result": signature.meaning,
                "evaluated_by_id": signature.user_id.id,
                "evaluated_at_ms": signature.signed_at_ms,
            }
        )
        check.capa_id._on_checked(check)
        return super()._on_signed(signature)
