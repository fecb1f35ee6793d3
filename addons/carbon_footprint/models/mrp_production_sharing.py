# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..tools import counter, sharing


class MrpProduction(models.Model):
    """When a batch ran, through which steps, and what it weighs where batches share a utility."""

    _inherit = "mrp.production"

    def _get_carbon_windows(self, meter) -> list[sharing.Window]:
        """Return when each order ran, with its weight in what a meter counted."""
        weights = self._get_carbon_weights(meter.allocation, meter.allocation_meter_ids)
        return [
            sharing.Window(str(order.id), *order._get_carbon_window(), weights[order])
            for order in self.sorted("id")
        ]

    def _get_carbon_weights(self, rule: str, meters) -> dict:
        """Return what each order weighs in a division by time, mass or meter."""
        if rule == "mass":
            return {order: order._get_carbon_mass() for order in self}
        if rule == "meter":
            return {order: order._get_carbon_counted(meters) for order in self}
        return {order: Decimal(1) for order in self}

    def _get_carbon_mass(self) -> Decimal:
        """Return the kg of product that an order made, or is to make while it runs."""
        self.ensure_one()
        done = self.move_finished_ids.filtered(
            lambda move: move.state == "done" and move.product_id == self.product_id
        )
        quantity = sum(done.mapped("quantity")) if done else self.product_qty
        unit = done[:1].product_uom or self.product_uom_id
        try:
            return self.product_id._get_kg(quantity, unit)
        except UserError:
            # without a mass it takes no part; if nobody has one, the calculation says so
            return Decimal(0)

    def _get_carbon_counted(self, meters) -> Decimal:
        """Return what meters of its own counted for an order."""
        self.ensure_one()
        start_ms, end_ms = self._get_carbon_window()
        serving = meters.filtered(lambda meter: meter._is_for(self))
        readings = serving._get_all_readings(serving.sensor_id, start_ms, end_ms)
        found = Decimal(0)
        for meter in serving:
            known = readings.get(meter.sensor_id.id, [])
            is_told = meter.kind == "interval"
            counted = (counter.add_up if is_told else counter.count)(known, start_ms, end_ms)
            if isinstance(counted, counter.Counted):
                found += counted.amount
        return found

    def _get_carbon_stages(self) -> list[tuple]:
        """Return (name, start, end, work center) of each step that has begun, in time order."""
        self.ensure_one()
        last_ms = self._get_carbon_window()[1]
        stages = self.process_run_ids.stage_ids.filtered("start_ms").sorted("start_ms")
        return [
            (
                stage.name if stage.attempt == 1 else f"{stage.name} ({stage.attempt})",
                stage.start_ms,
                max(stage.end_ms or last_ms, stage.start_ms),
                stage.plan_stage_id.workcenter_id,
            )
            for stage in stages
        ]

    def _get_carbon_overlap(self, start_ms: int, end_ms: int) -> int:
        """Return how long an order ran within a period, in milliseconds."""
        self.ensure_one()
        first_ms, last_ms = self._get_carbon_window()
        return max(0, min(last_ms, end_ms) - max(first_ms, start_ms))

    def _get_carbon_step_center(self, step: str):
        """Return the work center of a step by its name, empty when it has none."""
        self.ensure_one()
        stages = self.process_run_ids.stage_ids.plan_stage_id or self.process_plan_id.stage_ids
        steps = stages or self.workorder_ids
        named = steps.filtered(lambda one: one.name.casefold() == step.casefold())
        return named.workcenter_id[:1]
