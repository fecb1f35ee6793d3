# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

_logger = logging.getLogger(__name__)


class CarbonRunning(models.Model):
    """What one order has emitted so far: a provisional figure while its batch runs.

    Written by the scheduled action that a reading of a meter, a process record or an entry wakes;
    nobody else writes it. It is no result: nothing rests on it, it changes with every reading, and
    it goes once the order is done and has its footprint.
    """

    _name = "carbon.running"
    _description = "Provisional footprint of a running order"
    _order = "id desc"
    _rec_name = "production_id"

    production_id = fields.Many2one(
        "mrp.production",
        string="Manufacturing order",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(related="production_id.product_id")
    known_kg_co2e = OptionalFloat(
        string="kg CO2e so far (provisional)",
        readonly=True,
        help="Sum of what is known by now; materials are added when they are consumed.",
    )
    gap_text = fields.Text(string="Not counted yet", readonly=True)
    upto_ms = BigInt(
        string="Meters read until (ms UTC)",
        readonly=True,
        aggregator=None,
        help="Source time of the last meter reading in the figure.",
    )
    upto_time = fields.Datetime(string="Meters read until", compute="_compute_times")
    calculated_ms = BigInt(string="Calculated (ms UTC)", readonly=True, aggregator=None)
    calculated_time = fields.Datetime(string="Calculated", compute="_compute_times")
    is_noted = fields.Boolean(
        readonly=True, index=True, help="Something was delivered that is not in the figure yet."
    )
    lines = fields.Json(readonly=True, help="What the figure is made of: name, amount, kg CO2e.")

    _production_unique = models.UniqueIndex("(production_id)")

    @api.depends("upto_ms", "calculated_ms")
    def _compute_times(self):
        for running in self:
            running.upto_time = clock.to_datetime(running.upto_ms)
            running.calculated_time = clock.to_datetime(running.calculated_ms)

    # -- wake ---------------------------------------------------------------------------------

    @api.model
    def _note(self, orders) -> None:
        """Remember that something was delivered for orders, and have it counted."""
        known = self.search([("production_id", "in", orders.ids)])
        known.filtered(lambda running: not running.is_noted).is_noted = True
        self.create(
            [
                {"production_id": order.id, "company_id": order.company_id.id, "is_noted": True}
                for order in orders - known.production_id
            ]
        )
        self._wake()

    @api.model
    def _hear(self, sensor_ids: set[int]) -> None:
        """Have running orders calculated when a meter was read."""
        if not sensor_ids & self.env["carbon.meter"]._get_sensor_ids():
            return
        productions = self.env["mrp.production"]
        if productions.search_count(productions._get_carbon_live_domain(), limit=1):
            self._wake()

    @api.model
    def _wake(self) -> None:
        """Have the running orders calculated at once, after this transaction."""
        self.env.ref("carbon_footprint.ir_cron_running_footprints").sudo()._trigger()

    # -- calculate ----------------------------------------------------------------------------

    @api.model
    def _cron_refresh(self) -> None:
        """Calculate each running order whose meters have news, and what was delivered for others.

        Each in its own transaction: an order that cannot be calculated does not hold up the rest.
        Where the time of one run is over before all had their turn, the next begins with those.
        """
        orders = self._get_orders_by_turn()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for order in orders:
            self._refresh_safely(order.with_company(order.company_id))
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_orders_by_turn(self):
        """Return the orders that may have news: the one whose figure is oldest first."""
        productions = self.env["mrp.production"]
        known = self.search([])
        orders = productions.search(productions._get_carbon_live_domain()) | known.production_id
        calculated = {running.production_id.id: running.calculated_ms for running in known}
        return orders.sorted(lambda order: (calculated.get(order.id) or 0, order.id))

    @api.model
    def _refresh_safely(self, order) -> None:
        try:
            with self.env.cr.savepoint():
                self._refresh(order)
        except OperationalError:
            raise
        except UserError as error:
            _logger.info("No running footprint of %s: %s", order.name, error)
        except Exception:
            _logger.exception("The running footprint of %s failed", order.name)

    @api.model
    def _refresh(self, order) -> None:
        """Bring the figure of one order up to date."""
        running = self.search([("production_id", "=", order.id)])
        if order.state == "done":
            if running.is_noted:
                order._make_carbon_footprints(self.env._("something was delivered for the order"))
            running.unlink()
        elif not order._is_carbon_open():
            running.unlink()
        else:
            upto_ms = self._get_upto_ms(order)
            if running.is_noted or not running.calculated_ms or upto_ms > running.upto_ms:
                vals = self._prepare(order, upto_ms)
                if running:
                    running.write(vals)
                else:
                    self.create(vals)

    @api.model
    def _get_upto_ms(self, order) -> int:
        """Return when the last reading of the order's meters was taken."""
        meters = self.env["carbon.meter"].search([("company_id", "=", order.company_id.id)])
        sensors = meters.filtered(lambda meter: meter._is_for(order)).sensor_id
        return max(sensors.mapped("last_source_ms"), default=0)

    @api.model
    def _prepare(self, order, upto_ms: int) -> dict:
        rule = self.env["carbon.rule"]._get_rule(order)
        if not rule:
            raise UserError(self.env._("No footprint rule applies to %s: enter one.", order.name))
        facts = order._collect_carbon_facts(rule, is_running=True)
        rows, result = self.env["carbon.activity"]._weigh_facts(facts, order, rule.gwp_set)
        return {
            "production_id": order.id,
            "company_id": order.company_id.id,
            "known_kg_co2e": float(result.known),
            "gap_text": "\n".join(gap.sentence for gap in result.gaps) or False,
            "upto_ms": upto_ms,
            "calculated_ms": clock.now_ms(),
            "is_noted": False,
            "lines": [self._describe(row) for row in rows],
        }

    @api.model
    def _describe(self, row: dict) -> dict:
        return {
            "name": row["name"],
            "source": row["source"],
            "stage": row.get("stage") or "",
            "step": row.get("process_step") or "",
            "amount": None if row.get("amount") is None else float(row["amount"]),
            "unit": row["unit"],
            "kg_co2e": None if row["kg_co2e"] is None else float(row["kg_co2e"]),
        }
