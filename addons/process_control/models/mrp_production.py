# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .process_plan import FROZEN
from .process_run import STATES
from .process_stage import STATES as STAGE_STATES


class MrpProduction(models.Model):
    """A manufacturing order that follows a plan: it has a batch process and a wall before done.

    The plan is found from the bill of materials or the product; the run takes its revision. The
    verbs here are those of the batch and its current stage, one click away for the operator.
    """

    _name = "mrp.production"
    _inherit = ["process.role.mixin", "mrp.production"]

    process_plan_id = fields.Many2one(
        "process.plan",
        compute="_compute_process_plan_id",
        store=True,
        readonly=False,
        copy=False,
        check_company=True,
        index="btree_not_null",
        domain="[('state', '=', 'approved'), ('is_one_off', '=', False),"
        " '|', ('product_id', '=', product_id), ('bom_id', '=', bom_id)]",
        help="Found from the bill of materials or the product. The order cannot be done before "
        "every stage of it is through.",
    )
    process_run_ids = fields.One2many("process.run", "production_id", readonly=True, copy=False)
    process_run_id = fields.Many2one(
        "process.run",
        string="Batch process",
        compute="_compute_process_run_id",
        compute_sudo=True,
    )
    process_state = fields.Selection(
        STATES,
        string="Process",
        compute="_compute_process_run_id",
        compute_sudo=True,
        search="_search_process_state",
    )
    process_stage_id = fields.Many2one(
        "process.stage",
        string="Current stage",
        compute="_compute_process_run_id",
        compute_sudo=True,
    )
    process_stage_state = fields.Selection(
        STAGE_STATES,
        string="Stage state",
        compute="_compute_process_run_id",
        compute_sudo=True,
    )
    process_origin_run_id = fields.Many2one(
        "process.run",
        string="Split from the batch",
        readonly=True,
        copy=False,
        help="The batch this order was split from: its open deviations hold this order too.",
    )

    # -- plan ---------------------------------------------------------------------------------

    @api.depends("product_id", "bom_id", "company_id")
    def _compute_process_plan_id(self):
        for production in self:
            if production.process_run_ids:
                production.process_plan_id = production.process_run_id.plan_id
            elif production.state in ("done", "cancel") and production.process_plan_id:
                continue
            else:
                production.process_plan_id = production._find_process_plan()

    @api.depends("process_run_ids.state", "process_run_ids.stage_ids.state")
    def _compute_process_run_id(self):
        # one query for the runs of all orders of a list, with the columns a form asks for
        runs = self.env["process.run"].search_fetch(
            [("production_id", "in", self._origin.ids)],
            [
                "production_id",
                "number",
                "state",
                "name",
                "plan_id",
                "plan_hash",
                "company_id",
                "is_given_up",
            ],
            order="number, id",
        )
        newest = {run.production_id.id: run for run in runs}
        for production in self:
            run = newest.get(production._origin.id, runs.browse())
            production.process_run_id = run
            production.process_state = run.state
            production.process_stage_id = run.current_stage_id
            production.process_stage_state = run.current_stage_id.state

    def _search_process_state(self, operator, value):
        return [("process_run_ids.state", operator, value)]

    def _find_process_plan(self):
        """Return the approved plan of the bill of materials, or else of the product."""
        self.ensure_one()
        plans = self.env["process.plan"].sudo()
        if not self.product_id:
            return plans
        common = [
            ("state", "=", "approved"),
            ("is_one_off", "=", False),
            ("company_id", "=", self.company_id.id),
        ]
        bom = self._get_plan_bom()
        by_bom = [
            ("bom_id", "=", bom.id),
            ("product_id", "in", (False, self.product_id.id)),
        ]
        by_product = [("bom_id", "=", False), ("product_id", "=", self.product_id.id)]
        found = plans
        if bom:
            found = plans.search([*common, *by_bom], limit=1)
        return found or plans.search([*common, *by_product], limit=1)

    @api.constrains("process_plan_id", "bom_id", "product_id")
    def _check_process_plan(self):
        """The plan of an order is one that fits it; nobody can leave it away."""
        for production in self.sudo():
            if production.state in ("done", "cancel"):
                continue
            run, plan = production.process_run_id, production.process_plan_id
            if run and plan != run.plan_id:
                raise ValidationError(
                    self.env._(
                        "Order %s already runs with its plan; the plan cannot be changed.",
                        production.name,
                    )
                )
            if not plan and production._find_process_plan():
                raise ValidationError(
                    self.env._(
                        "There is an approved plan for %s: an order cannot go without it.",
                        production.product_id.display_name,
                    )
                )
            if plan and not run and not production._is_plan_fitting(plan):
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s is not an approved plan for %(product)s.",
                        plan=plan.display_name,
                        product=production.product_id.display_name,
                    )
                )

    def _is_plan_fitting(self, plan) -> bool:
        self.ensure_one()
        group = self.production_group_id.production_ids - self
        is_inherited = plan in group.process_plan_id and plan.state in FROZEN
        if not is_inherited and (plan.state != "approved" or plan.is_one_off):
            return False
        return (not plan.bom_id or plan.bom_id == self._get_plan_bom()) and (
            not plan.product_id or plan.product_id == self.product_id
        )

    # -- guards -------------------------------------------------------------------------------

    def _get_stamped_fields(self):
        return super()._get_stamped_fields() | {"process_origin_run_id"}

    @api.model_create_multi
    def create(self, vals_list):
        """An order gets its plan from its product, also when a caller leaves it away."""
        self._check_clean(vals_list)
        return super().create([self._without_empty_plan(vals) for vals in vals_list])

    def _without_empty_plan(self, vals: dict) -> dict:
        if vals.get("process_plan_id"):
            return vals
        return {name: value for name, value in vals.items() if name != "process_plan_id"}

    def write(self, vals):
        """A lot that is named later is quarantined like the first."""
        result = super().write(vals)
        if "lot_producing_ids" in vals:
            for production in self.sudo():
                production._do_quarantine(production.lot_producing_ids)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_process(self):
        for production in self.sudo():
            if production.process_run_ids:
                raise UserError(
                    self.env._(
                        "Order %s has a batch record and cannot be deleted. Cancel it.",
                        production.name,
                    )
                )

    # -- Odoo's own verbs ---------------------------------------------------------------------

    def action_confirm(self):
        """The plan that is approved now is the one the order follows."""
        for production in self.filtered(lambda p: p.state == "draft"):
            if not production.process_run_ids and production.process_plan_id.state != "approved":
                production._stamp({"process_plan_id": production._find_process_plan().id})
        return super().action_confirm()

    def _split_productions(self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False):
        """A part of an order keeps the plan revision and the open holds of the whole."""
        orders = super()._split_productions(amounts, cancel_remaining_qty, set_consumed_qty)
        whole = self.browse()
        for order in orders:
            if order in self:
                whole = order
            elif whole.process_plan_id:
                order.sudo()._stamp(
                    {
                        "process_plan_id": whole._get_inherited_plan().id,
                        "process_origin_run_id": whole.sudo().process_run_id.id,
                    }
                )
        return orders

    def _get_inherited_plan(self):
        plan = self.sudo().process_plan_id
        return self._find_process_plan() if plan.is_one_off else plan

    def _pre_action_split_merge_hook(self, merge=False, split=False):
        """Refuse to merge what runs already or follows different revisions."""
        result = super()._pre_action_split_merge_hook(merge=merge, split=split)
        if merge:
            self._check_merge()
        return result

    def _check_merge(self) -> None:
        orders = self.sudo()
        running = orders.filtered("process_run_ids")
        if running:
            raise UserError(
                self.env._(
                    "Order %s already has a batch process and cannot be merged.", running[0].name
                )
            )
        plans = {order.process_plan_id for order in orders}
        if len(plans) > 1:
            without = self.env._("none")
            names = [
                f"{order.name}: {order.process_plan_id.display_name or without}" for order in orders
            ]
            raise UserError(
                self.env._(
                    "Orders that follow different plan revisions cannot be merged: %s.",
                    ", ".join(names),
                )
            )

    def action_merge(self):
        """The merged order keeps the revision of its parts."""
        plan = self.sudo().process_plan_id
        action = super().action_merge()
        merged = self.browse(action.get("res_id")).sudo()
        if plan and merged.process_plan_id != plan and merged._find_process_plan() != plan:
            raise UserError(
                self.env._(
                    "Plan %s has been superseded: complete these orders one by one.",
                    plan.display_name,
                )
            )
        return action

    def _action_cancel(self):
        """A cancelled order aborts the batch that runs for it."""
        result = super()._action_cancel()
        for production in self.sudo().filtered(lambda p: p.state == "cancel"):
            production.process_run_id._do_abort_for_cancel()
        return result

    # -- a reason first -----------------------------------------------------------------------

    def action_process_ask_reason(self):
        """Open the window that asks why, for the verb in `default_verb`."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give a reason"),
            "res_model": "process.reason.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {**self.env.context, "default_production_id": self.id},
        }
