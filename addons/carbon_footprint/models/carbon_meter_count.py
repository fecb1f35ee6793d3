# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.tools.sample import is_usable

from ..tools import counter, footprint, sharing
from ..tools.allocation import NotDivisible

PLACES = 9


class CarbonMeter(models.Model):
    """What a meter counted while a batch ran, and what of it is the batch's."""

    _inherit = "carbon.meter"

    def _is_for(self, production) -> bool:
        """Return whether the meter serves an order, by its products and work centers."""
        self.ensure_one()
        products, centers = self.product_tmpl_ids, self.workcenter_ids
        if products and production.product_id.product_tmpl_id not in products:
            return False
        return not centers or bool(centers & production._get_carbon_workcenters())

    def _collect_facts(
        self, production, start_ms: int, end_ms: int, is_running: bool = False
    ) -> list[dict]:
        """Return what each meter counted in a window, as facts for `carbon.activity`.

        While a batch runs only the readings beside the edges are read: a difference needs no more,
        however long the batch is.
        """
        beside = production._get_carbon_orders_beside(start_ms, end_ms)
        if beside:
            # what was used across an edge is divided with whoever ran on its other side
            first_ms, last_ms = self._get_span(start_ms, end_ms)
            beside = production._get_carbon_orders_beside(first_ms, last_ms)
        else:
            first_ms, last_ms = start_ms, end_ms
        readings = self._get_readings(first_ms, last_ms, production | beside, is_running)
        facts = []
        for meter in self:
            others = beside.filtered(meter._is_for)
            known = readings.get(meter.sensor_id.id, [])
            facts += meter._count(production, others, known, start_ms, end_ms)
        return facts

    def _count(self, production, others, readings, start_ms: int, end_ms: int) -> list[dict]:
        """Return the facts of one meter: one, or one for each step of the process."""
        self.ensure_one()
        if self.kind == "interval":
            counted = counter.add_up(readings, start_ms, end_ms)
        else:
            counted = counter.count(readings, start_ms, end_ms, self.max_gap_s * 1000)
        fact = self._prepare_fact(production, counted)
        if fact["gap"] or not (others or self.is_by_step):
            return [fact]
        windows = (production | others)._get_carbon_windows(self)
        try:
            own = sharing.own_steps(self._get_steps(readings), windows, str(production.id))
        except NotDivisible as error:
            gap = {"gap": str(error), "gap_code": footprint.DIVISION}
            return [fact | {"amount": None, **gap}]
        if others:
            fact |= self._prepare_share(production, others, sharing.total(own), counted)
        if not self.is_by_step:
            return [fact]
        return self._split_by_step(fact, own, production._get_carbon_stages())

    def _get_steps(self, readings) -> list[sharing.Step]:
        if self.kind == "interval":
            return [sharing.Step(ms, ms, value) for ms, value in sorted(readings)]
        return sharing.steps(sorted(readings))

    def _prepare_share(self, production, others, amount, counted) -> dict:
        """Return what of a shared meter is the batch's, and by which rule."""
        rules = {
            "time": self.env._("each moment in equal parts between the batches that ran then"),
            "mass": self.env._("each moment by the mass that the batches made that ran then"),
            "meter": self.env._(
                "each moment by what %s counted for the batches that ran then",
                ", ".join(self.allocation_meter_ids.mapped("name")),
            ),
        }
        share = float(amount / counted.amount) if counted.amount else 1.0
        return {
            "amount": amount,
            "share": share,
            "shared_with": ", ".join(others.sorted("id").mapped("name")),
            "allocation_rule": self.allocation,
            "allocation_note": self.env._(
                "%(meter)s, divided: %(rule)s.", meter=self.name, rule=rules[self.allocation]
            ),
        }

    def _split_by_step(self, fact: dict, own: list, stages: list) -> list[dict]:
        """Return a fact for each step, which together have the amount of the whole."""
        names = {name for name, _start_ms, _end_ms, _center in stages}
        centers = {name: center for name, _start_ms, _end_ms, center in stages}
        windows = [
            sharing.Window(name, start_ms, end_ms) for name, start_ms, end_ms, _center in stages
        ]
        if not names:
            return [fact]
        sums = sharing.by_stage(own, windows)
        return [
            fact
            | {
                "amount": amount,
                "process_step": name or self.env._("Between steps"),
                "workcenter_id": centers[name].id if name else False,
            }
            for name, amount in sums.items()
        ]

    # -- readings -----------------------------------------------------------------------------

    def _get_span(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Return a window widened to the readings before and after it, within the silence allowed.

        The widest of all meters: each then takes of it what somebody's window holds.
        """
        reach_ms = max(self.mapped("max_gap_s"), default=0) * 1000
        found = self._find_beside([start_ms, end_ms], start_ms - reach_ms, end_ms + reach_ms)
        moments = [ms for _sensor, ms, _value in found]
        return min([start_ms, *moments]), max([end_ms, *moments])

    def _get_readings(self, start_ms: int, end_ms: int, orders, is_running: bool) -> dict:
        """Return usable (time, value) pairs by sensor id."""
        readings = {}
        counters = self.filtered(lambda meter: meter.kind == "cumulative") if is_running else self
        if is_running:
            edges = {start_ms, end_ms}
            for order in orders:
                edges |= {ms for ms in order._get_carbon_window() if start_ms < ms < end_ms}
            rows = set(counters._find_beside(sorted(edges), start_ms, end_ms))
            for sensor, ms, value in sorted(rows):
                readings.setdefault(sensor, []).append((ms, to_decimal(value, PLACES)))
        for sensor, pairs in self._get_all_readings(
            (self - counters if is_running else self).sensor_id, start_ms, end_ms
        ).items():
            readings.setdefault(sensor, pairs)
        return readings

    def _get_all_readings(self, sensors, start_ms: int, end_ms: int) -> dict:
        """Return the readings of sensors in a window: one query for all of them."""
        if not sensors:
            return {}
        rows = self.env["process.reading"].search_fetch(
            [
                ("sensor_id", "in", sensors.ids),
                ("source_ms", ">=", start_ms),
                ("source_ms", "<=", end_ms),
            ],
            ["sensor_id", "source_ms", "value", "quality"],
            order="source_ms, sequence",
        )
        readings = {}
        for row in rows:
            if row.value is not False and is_usable(row.quality):
                pair = (row.source_ms, to_decimal(row.value, PLACES))
                readings.setdefault(row.sensor_id.id, []).append(pair)
        return readings

    def _find_beside(self, moments: list[int], start_ms: int, end_ms: int) -> list[tuple]:
        """Return (sensor id, ms, value) of the readings next to each moment."""
        readings = self.env["process.reading"]
        return readings._find_beside(self.sensor_id.ids, moments, start_ms, end_ms)

    # -- a fact -------------------------------------------------------------------------------

    def _prepare_fact(self, production, counted) -> dict:
        self.ensure_one()
        version = self.factor_id._get_version(production._get_carbon_date())
        is_counted = isinstance(counted, counter.Counted)
        fact = {
            "source": "meter",
            "name": self.name,
            "meter_id": self.id,
            "sensor_code": self.sensor_id.code,
            "unit": self.unit,
            "converted_unit": self.converted_unit,
            "conversion": to_decimal(self.conversion, 12) if self.converted_unit else None,
            "conversion_note": self.converted_unit and self.conversion_note,
            "start_ms": counted.first_ms if is_counted else None,
            "end_ms": counted.last_ms if is_counted else None,
            "amount": counted.amount if is_counted else None,
            "share": 1.0 if is_counted else None,
            "start_reading": counted.first if is_counted else None,
            "end_reading": counted.last if is_counted else None,
            "shared_with": "",
            "workcenter_id": len(self.workcenter_ids) == 1 and self.workcenter_ids.id,
            "gap": "" if is_counted else counted.sentence,
            "gap_code": footprint.READINGS,
            "data_quality": "measured",
        }
        return fact | self.factor_id._prepare_fact(version)
