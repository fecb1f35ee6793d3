# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import footprint

_logger = logging.getLogger(__name__)


class MrpProduction(models.Model):
    """An order that is done has a footprint; what is missing in it never stops the order."""

    _inherit = "mrp.production"

    carbon_footprint_ids = fields.One2many("carbon.footprint", "production_id", readonly=True)
    carbon_activity_ids = fields.One2many("carbon.activity", "production_id")
    carbon_footprint_id = fields.Many2one(
        "carbon.footprint",
        compute="_compute_carbon_footprint",
        search="_search_carbon_footprint",
        string="Carbon footprint",
    )
    carbon_line_ids = fields.One2many(related="carbon_footprint_id.line_ids")
    carbon_output_ids = fields.One2many(related="carbon_footprint_id.output_ids")
    carbon_state = fields.Selection(related="carbon_footprint_id.state", string="Footprint")
    carbon_gap_text = fields.Text(related="carbon_footprint_id.gap_text")
    carbon_known_kg_co2e = OptionalFloat(related="carbon_footprint_id.known_kg_co2e")
    carbon_product_kg_co2e = OptionalFloat(related="carbon_footprint_id.product_kg_co2e")
    carbon_kg_per_kg = OptionalFloat(
        related="carbon_footprint_id.kg_co2e_per_kg", string="kg CO2e per kg", digits=None
    )

    @api.depends("carbon_footprint_ids.is_current")
    def _compute_carbon_footprint(self):
        for production in self:
            current = production.carbon_footprint_ids.filtered("is_current")
            production.carbon_footprint_id = current[:1]

    def _search_carbon_footprint(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        inner = fields.Domain(value) if operator == "any" else fields.Domain("id", operator, value)
        return fields.Domain(
            "carbon_footprint_ids", "any", fields.Domain("is_current", "=", True) & inner
        )

    def write(self, vals):
        """Catch the orders that reach done by their state, without a move of their own."""
        result = super().write(vals)
        if vals.get("state") == "done":
            fresh = self.filtered(lambda order: not order.carbon_footprint_ids)
            fresh._make_carbon_footprints(self.env._("the order is done"))
        return result

    # -- what belongs to the batch ------------------------------------------------------------

    def _get_carbon_window(self) -> tuple[int, int]:
        """Return start and end of the batch, milliseconds UTC.

        From the first start to the last end of its process runs; without a run, the dates of the
        order. What is not over yet ends now.
        """
        self.ensure_one()
        runs = self.process_run_ids.filtered("start_ms")
        if runs:
            ends = [run.end_ms or clock.now_ms() for run in runs]
            return min(runs.mapped("start_ms")), max(ends)
        # until the order is really done its finish is a plan, and may lie ahead
        ends = [clock.now_ms()] + ([clock.to_ms(self.date_finished)] if self.date_finished else [])
        start_ms = clock.to_ms(self.date_start or self.create_date)
        return start_ms, max(min(ends), start_ms)

    def _get_carbon_date(self):
        """Return the day of the batch at the plant: the factors of that day apply."""
        self.ensure_one()
        moment = clock.to_datetime(self._get_carbon_window()[1])
        return self.picking_type_id.warehouse_id._get_plant_day(moment)

    def _get_carbon_orders_beside(self, start_ms: int, end_ms: int):
        """Return the other orders of the company that ran in a window."""
        self.ensure_one()
        return self._find_carbon_orders(self.company_id, start_ms, end_ms) - self

    @api.model
    def _find_carbon_orders(self, company, start_ms: int, end_ms: int):
        """Return the orders of a company that ran in a window.

        By their process runs, open ones included; of orders without a run those that are done, by
        their dates: an order that somebody left open takes nothing away.
        """
        own = fields.Domain("company_id", "=", company.id)
        runs = self.env["process.run"].search(
            own
            & fields.Domain("start_ms", ">", 0)
            & fields.Domain("start_ms", "<", end_ms)
            & (fields.Domain("end_ms", "=", 0) | fields.Domain("end_ms", ">", start_ms))
        )
        orders = self.search(
            own
            & fields.Domain("state", "=", "done")
            & fields.Domain("process_run_ids", "=", False)
            & fields.Domain("date_start", "<", clock.to_datetime(end_ms))
            & fields.Domain("date_finished", ">", clock.to_datetime(start_ms))
        )
        return (runs.production_id | orders).sorted("id")

    def _get_carbon_workcenters(self):
        """Return the work centers of the batch, for meters that serve some of them only."""
        self.ensure_one()
        stages = self.process_run_ids.stage_ids.plan_stage_id
        return self.workorder_ids.workcenter_id | stages.workcenter_id

    def _collect_carbon_facts(self, rule, is_running: bool = False) -> list[dict]:
        """Return what emits: consumed materials, meters, what was delivered; in this order."""
        self.ensure_one()
        start_ms, end_ms = self._get_carbon_window()
        consumed = self._get_carbon_consumed_moves(is_running).move_line_ids
        meters = self.env["carbon.meter"].search([("company_id", "=", self.company_id.id)])
        meters = meters.filtered(lambda meter: meter._is_for(self))
        facts = consumed._collect_carbon_facts(rule, self._get_carbon_date())
        facts = rule._settle_mixed_batches(facts)
        facts += meters._collect_facts(self, start_ms, end_ms, is_running)
        return facts + self.env["carbon.activity"]._collect_delivered_facts(self)

    # -- calculate ----------------------------------------------------------------------------

    def _make_carbon_footprints(self, reason: str) -> None:
        """Calculate the footprint of each order; what goes wrong is written down, not raised.

        A concurrent update is raised: the caller's transaction is then repeated as a whole.
        """
        for production in self.sudo():
            production = production.with_company(production.company_id)
            try:
                with self.env.cr.savepoint():
                    production._make_carbon_footprint(reason)
                    production._refresh_carbon_beside()
            except OperationalError:
                raise
            except Exception as error:
                _logger.exception("Footprint of %s failed", production.name)
                production._make_failed_footprint(reason, error)

    def _make_carbon_footprint(self, reason: str):
        """Collect, weigh, divide, store; return the current footprint."""
        self.ensure_one()
        footprints = self.env["carbon.footprint"]
        rule = self.env["carbon.rule"]._get_rule(self)
        if not rule:
            sentence = self.env._(
                "No footprint rule applies to this order: enter one and recalculate."
            )
            gap = footprint.Gap("", sentence, footprint.RULE)
            return footprints._create_version(self, footprints._prepare_failed(self, gap, reason))
        facts = self._collect_carbon_facts(rule)
        activity_model = self.env["carbon.activity"]
        rows, result = activity_model._weigh_facts(facts, self, rule.gwp_set)
        activities = activity_model._store(rows, facts, self)
        outputs = rule._divide(self._get_carbon_outputs(), result)
        vals = footprints._prepare_version(self, rule, rows, activities, result, outputs, reason)
        return footprints._create_version(self, vals)

    def _refresh_carbon_beside(self) -> None:
        """Calculate anew the finished orders that did not know this one ran beside them."""
        self.ensure_one()
        beside = self._get_carbon_orders_beside(*self._get_carbon_window())
        for order in beside.filtered("carbon_footprint_ids"):
            order._make_carbon_footprint(self.env._("%s ran beside it", self.name))

    def _make_failed_footprint(self, reason: str, error: Exception) -> None:
        """Leave an incomplete footprint that says what went wrong; the order goes on anyway."""
        # whoever sees orders reads it: only our own sentences go there, the rest to the log
        told = str(error) if isinstance(error, UserError) else self.env._("see the server's log")
        sentence = self.env._(
            "The calculation failed: %(error)s. Correct the cause and recalculate.",
            error=told.rstrip("."),
        )
        gap = footprint.Gap("", sentence, footprint.FAILED)
        footprints = self.env["carbon.footprint"]
        try:
            with self.env.cr.savepoint():
                footprints._create_version(self, footprints._prepare_failed(self, gap, reason))
        except OperationalError:
            raise
        except Exception:
            _logger.exception("Order %s is done without a footprint", self.name)

    def _get_carbon_left_out(self) -> list[dict]:
        """Return the consumed products that are not counted as material, and why."""
        self.ensure_one()
        products = self.move_raw_ids.filtered(lambda move: move.state == "done").product_id
        return [
            {
                "product": product.default_code or product.name,
                "treatment": product.carbon_treatment,
                "reason": product.carbon_exclusion_reason or "",
            }
            for product in products.sorted("name")
            if product.carbon_treatment != "count"
        ]

    def _get_carbon_outputs(self) -> list[dict]:
        """Return product and co-products by lot: product, lot, line of move, and kg where known."""
        self.ensure_one()
        lines = self.move_finished_ids.filtered(lambda move: move.state == "done").move_line_ids
        scrapped = self._get_carbon_scrapped()
        outputs = []
        for line in lines.sorted(lambda line: (line.product_id != self.product_id, line.id)):
            kg, sentence = line._get_carbon_kg()
            if kg is not None:
                key = (line.product_id, line.lot_id)
                taken = min(kg, scrapped.get(key, 0))
                scrapped[key] = scrapped.get(key, 0) - taken
                kg -= taken
            product = line.product_id
            outputs.append(
                {
                    "product": product,
                    "lot": line.lot_id,
                    "kg": kg,
                    "gap": sentence,
                    "is_main": product == self.product_id,
                    "is_residue": product.mb_output_kind == "residue",
                }
            )
        return outputs

    @api.model
    def _cron_complete_carbon_footprints(self, days: int = 31, limit: int = 200):
        """Calculate young incomplete footprints anew: readings and declarations may come late."""
        since = fields.Date.subtract(fields.Date.today(), days=days)
        waiting = self.env["carbon.footprint"].search(
            [("is_current", "=", True), ("state", "=", "incomplete"), ("date", ">=", since)],
            order="id",
            limit=limit,
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for production in waiting.production_id:
            production._make_carbon_footprints(self.env._("calculated again by itself"))
            if not cron._commit_progress(1):
                break

    # -- buttons ------------------------------------------------------------------------------

    def action_carbon_recalculate(self):
        """Calculate anew with the factors and readings there are now; old versions stay."""
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self.env._("A sustainability manager recalculates footprints."))
        self.check_access("read")
        done = self.filtered(lambda order: order.state == "done")
        done._make_carbon_footprints(self.env._("recalculated by %s", self.env.user.name))
        return True

    def action_view_carbon_footprints(self):
        """Open the current footprint of the order, or all its versions."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_footprint_action"
        )
        action |= {"domain": [("production_id", "=", self.id)], "context": {}}
        if len(self.carbon_footprint_ids) == 1:
            form = [view for view in action["views"] if view[1] == "form"]
            action |= {"views": form, "res_id": self.carbon_footprint_id.id}
        return action

    @api.readonly
    def get_carbon_picture(self):
        """Return what the `carbon_picture` widget draws: the current footprint of the order."""
        self.ensure_one()
        return self.carbon_footprint_id.get_carbon_picture()
