# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.clock import now_ms

from . import plan_trigger

STATES = [
    ("draft", "Draft"),
    ("in_review", "In review"),
    ("approved", "Approved"),
    ("superseded", "Superseded"),
]
TRANSITIONS = frozenset(
    {
        ("draft", "in_review"),
        ("in_review", "draft"),
        ("in_review", "approved"),
        ("approved", "superseded"),
    }
)
FROZEN = ("approved", "superseded")


class ProcessPlan(models.Model):
    """One revision of what must be true before a batch may move from stage to stage.

    A process engineer writes it as a draft and hands it in; somebody else approves it with a
    signature. From then on nothing of it changes: not its stages, requirements and limits, by
    no user and no program (PostgreSQL refuses too). A change is a new revision; the batches
    that run keep theirs.
    """

    _name = "process.plan"
    _inherit = ["process.role.mixin", "audit.signable.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Process plan"
    _order = "code, revision desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("process.plan") or "PLAN",
        help="Stays the same from revision to revision.",
    )
    revision = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    process_type = fields.Char(help="For example pasteurized_milk; the API names it.")
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null")
    bom_id = fields.Many2one(
        "mrp.bom", string="Bill of materials", check_company=True, index="btree_not_null"
    )
    stage_ids = fields.One2many("process.plan.stage", "plan_id", string="Stages")
    stage_count = fields.Integer(compute="_compute_stage_count")
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, index=True
    )
    is_one_off = fields.Boolean(
        string="For one order only",
        readonly=True,
        copy=False,
        help="Came with a request to start a batch. The batch may start; its order cannot be "
        "done until somebody else has approved this plan.",
    )
    content_hash = fields.Char(string="Content hash", readonly=True, copy=False)
    is_hash_valid = fields.Boolean(
        string="Content as approved",
        compute="_compute_is_hash_valid",
        help="The content hashed now gives the stored hash.",
    )
    author_id = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.user
    )
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_at_ms = BigInt(
        string="Handed in (ms UTC)", readonly=True, copy=False, aggregator=None
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at_ms = BigInt(string="Approved (ms UTC)", readonly=True, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        "process.plan", string="Previous revision", readonly=True, copy=False, check_company=True
    )
    incomplete_reasons = fields.Text(
        string="Missing for approval", compute="_compute_incomplete_reasons"
    )
    change_note = fields.Text(string="What changed and why", copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _unique_revision = models.UniqueIndex("(company_id, code, revision)")
    _unique_approved = models.UniqueIndex(
        "(company_id, code) WHERE state = 'approved'",
        "Only one revision of a plan can be approved at a time.",
    )

    def init(self):
        """Let PostgreSQL guard what is approved."""
        result = super().init()
        plan_trigger.install(self.env.cr, self._table)
        return result

    # -- fields -------------------------------------------------------------------------------

    @api.depends("name", "code", "revision")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = f"{plan.name or ''} ({plan.code} r{plan.revision})"

    @api.depends("stage_ids")
    def _compute_stage_count(self):
        for plan in self:
            plan.stage_count = len(plan.stage_ids)

    @api.depends("content_hash")
    def _compute_is_hash_valid(self):
        for plan in self:
            plan.is_hash_valid = bool(plan.content_hash) and (
                plan.content_hash == plan._compute_content_hash()
            )

    @api.depends("stage_ids", "product_id", "bom_id", "state")
    def _compute_incomplete_reasons(self):
        for plan in self:
            reasons = [] if plan.state in FROZEN else plan._get_incomplete_reasons()
            plan.incomplete_reasons = "\n".join(reasons)

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        return frozenset(
            {
                "state",
                "revision",
                "is_one_off",
                "content_hash",
                "author_id",
                "submitted_by_id",
                "submitted_at_ms",
                "approved_by_id",
                "approved_at_ms",
                "previous_id",
            }
        )

    def _get_born_fields(self):
        return frozenset({"author_id"})

    @api.model_create_multi
    def create(self, vals_list):
        """Every plan begins as a draft of whoever writes it; data files may name the author."""
        authors = [vals.get("author_id") if self.env.su else None for vals in vals_list]
        self._check_clean(vals_list)
        return super().create(
            [
                {**vals, "author_id": author or self.env.uid}
                for vals, author in zip(vals_list, authors, strict=True)
            ]
        )

    def write(self, vals):
        """Only a draft can be edited; people may always talk about a plan."""
        content = [
            name for name in vals if not name.startswith(("message_", "activity_", "website_"))
        ]
        if content:
            self._check_editable()
        return super().write(vals)

    def unlink(self):
        """Only a draft that nobody has handed in can be deleted."""
        self._check_editable()
        return super().unlink()

    def _check_editable(self) -> None:
        for plan in self.sudo():
            if plan.state != "draft":
                plan._log_refused("plan.change_refused", {"state": plan.state})
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is %(state)s and cannot be changed. "
                        "%(remedy)s Your attempt has been logged.",
                        plan=plan.display_name,
                        state=plan._get_label("state").lower(),
                        remedy=plan._get_edit_remedy(),
                    )
                )

    def _get_edit_remedy(self) -> str:
        if self.state == "in_review":
            return self.env._("Take it back to draft first.")
        return self.env._("Make a new revision of it.")

    def _set_state(self, state: str, **vals) -> None:
        """Move along TRANSITIONS, with whatever is stamped at the same moment."""
        for plan in self:
            if (plan.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is %(state)s and cannot become %(wanted)s.",
                        plan=plan.display_name,
                        state=plan._get_label("state").lower(),
                        wanted=plan._get_label("state", state).lower(),
                    )
                )
            plan._stamp({"state": state, **vals})

    # -- verbs --------------------------------------------------------------------------------

    def action_submit(self):
        """Hand the draft in for review; an incomplete one is refused with the reasons."""
        self._require_role("engineer")
        for plan in self:
            plan._check_complete()
            plan._set_state("in_review", submitted_by_id=self.env.uid, submitted_at_ms=now_ms())
            plan._do_ask_review()
        return True

    def action_back_to_draft(self):
        """Take a plan that is in review back, to change it."""
        self._require_role("engineer", "supervisor", "quality_manager")
        for plan in self:
            if plan.is_one_off:
                raise UserError(
                    self.env._(
                        "Plan %s is the one a batch already runs with and cannot be changed. "
                        "Abort the batch and begin with another plan.",
                        plan.display_name,
                    )
                )
            plan._set_state("draft")
            plan.activity_unlink(["process_control.mail_activity_type_review"])
        return True

    def action_approve(self):
        """Open the signing window: a plan is approved by a signature and by nothing else."""
        self.ensure_one()
        self._check_may_sign("approve")
        return self.with_context(default_meaning="approve").action_open_signature()

    def action_new_revision(self):
        """Copy the newest approved content into a new draft and open it."""
        self.ensure_one()
        self._require_role("engineer")
        newest = self.search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)],
            order="revision desc",
            limit=1,
        )
        if newest.state not in FROZEN:
            raise UserError(
                self.env._(
                    "Revision %(revision)s of %(code)s is not approved yet. Change that one.",
                    revision=newest.revision,
                    code=self.code,
                )
            )
        return self._do_new_revision(newest.revision + 1)._get_form_action()

    def _do_new_revision(self, revision: int):
        # a second row of the same code cannot exist even for a moment with the same revision
        draft = self.copy({"code": f"{self.code} (r{revision})"})
        draft._stamp({"revision": revision, "previous_id": self.id, "code": self.code})
        return draft

    def _get_form_action(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def _do_ask_review(self) -> None:
        """Give every possible approver of the company a task that links here."""
        self.ensure_one()
        for user in self._get_approvers():
            self.activity_schedule(
                "process_control.mail_activity_type_review",
                user_id=user.id,
                summary=self.env._("Approve plan %s", self.display_name),
            )

    def _get_approvers(self):
        users = self.env["res.users"]
        for group in ("supervisor", "quality_manager"):
            users |= users._get_process_users(f"group_process_monitoring_{group}", self.company_id)
        return users - self.author_id - self.submitted_by_id - self.create_uid
