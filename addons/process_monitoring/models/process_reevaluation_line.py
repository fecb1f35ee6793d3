# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.audit_chain import trigger
from odoo.addons.audit_chain.fields import BigInt

from .. import clock
from ..fields import OptionalFloat
from ..tools import calibration, limits
from ..tools.fold import fold
from ..tools.limits import UNUSABLE
from .process_limit import QUANTITIES
from .process_requirement import CONTROL_CLASSES


class ProcessReevaluationLine(models.Model):
    """One monitoring window, seen again with the true values: what was counted, and the worst.

    Written once by the re-evaluation, and never changed; it names the readings by a comparison
    and copies none of them.
    """

    _name = "process.reevaluation.line"
    _inherit = "process.stamped.mixin"
    _description = "Window seen again after a calibration"
    _order = "flagged_count desc, id"
    _rec_name = "cycle_id"

    reevaluation_id = fields.Many2one(
        "process.reevaluation", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    cycle_id = fields.Many2one(
        "process.cycle", string="Window", required=True, readonly=True, ondelete="restrict"
    )
    requirement_id = fields.Many2one(related="cycle_id.requirement_id")
    control_class = fields.Selection(CONTROL_CLASSES, readonly=True)
    reading_count = fields.Integer(string="Readings", readonly=True)
    flagged_count = fields.Integer(string="Truly out of limits", readonly=True)
    first_ms = BigInt(string="From (ms UTC)", readonly=True, aggregator=None)
    last_ms = BigInt(string="Until (ms UTC)", readonly=True, aggregator=None)
    first_time = fields.Datetime(string="From", compute="_compute_times")
    last_time = fields.Datetime(string="Until", compute="_compute_times")
    worst_reading = OptionalFloat(string="Worst as shown", readonly=True, digits=None)
    worst_true = OptionalFloat(string="Worst, true", readonly=True, digits=None)
    limit_ref = fields.Char(string="Limit", readonly=True)
    quantity = fields.Selection(
        QUANTITIES, string="Limit of", readonly=True, default="value", required=True
    )
    lot_ids = fields.Many2many("stock.lot", string="Lots", readonly=True)

    _cycle_once = models.UniqueIndex("(reevaluation_id, cycle_id)")

    def init(self):
        """Let PostgreSQL keep what was found, whoever is connected."""
        result = super().init()
        trigger.install(self.env.cr, self._table, set())
        return result

    def _auto_init(self):
        """Let an upgrade fill a new column: the trigger comes back with `init`."""
        trigger.drop(self.env.cr, self._table)
        return super()._auto_init()

    @api.depends("first_ms", "last_ms")
    def _compute_times(self):
        for line in self:
            line.first_time = clock.to_datetime(line.first_ms)
            line.last_time = clock.to_datetime(line.last_ms)

    def _prepare_content(self) -> dict:
        """Return what the closing signature covers of this window."""
        return {
            "window": self.cycle_id.display_name,
            "limits": self.cycle_id.limits_hash,
            "readings": self.reading_count,
            "truly_out": self.flagged_count,
            "worst_true": "" if self.worst_true is False else repr(self.worst_true),
            "lots": sorted(self.lot_ids.mapped("name")),
        }

    # -- look -----------------------------------------------------------------------------------

    @api.model
    def _prepare_line(self, reevaluation, cycle) -> dict:
        """Look at one window and return the values of its line; two queries, however many."""
        line = self.new({"reevaluation_id": reevaluation.id, "cycle_id": cycle.id})
        every = line._leave_out_switched_off(line._get_readings_domain())
        reading = self.env["process.reading"].sudo()
        vals = {
            "reevaluation_id": reevaluation.id,
            "company_id": reevaluation.company_id.id,
            "cycle_id": cycle.id,
            "control_class": cycle.control_class,
            "reading_count": reading.search_count(every),
        }
        if not vals["reading_count"]:
            return vals
        vals |= line._prepare_values() or line._prepare_lethality(vals["reading_count"])
        if vals.get("flagged_count"):
            vals["lot_ids"] = [fields.Command.set(cycle._get_affected_lots().ids)]
        return vals

    def _prepare_values(self) -> dict:
        """Return what is found reading by reading; nothing if no reading truly broke a limit."""
        suspects = self._get_suspects()
        if not suspects:
            return {}
        reading = self.env["process.reading"].sudo()
        spans = ("__count", "source_ms:min", "source_ms:max", "value:min", "value:max")
        [[count, first_ms, last_ms, low, high]] = reading._read_group(
            self._get_flagged_domain(), aggregates=spans
        )
        if not count:
            return {}
        return {
            "flagged_count": count,
            "first_ms": first_ms,
            "last_ms": last_ms,
            "quantity": "holding_time" if self._is_flow() else "value",
            **self._prepare_worst(suspects, low, high),
        }

    def _prepare_lethality(self, count: int) -> dict:
        """Return what a lethality truly was, added up anew; one that still runs is in doubt."""
        cycle = self.cycle_id
        rule = limits.load_rule(cycle.limits_snapshot)
        bounds = [each for each in rule.bounds(limits.LETHALITY) if each.kind == "critical"]
        if not bounds or self._is_flow():
            return {}
        state = cycle._get_empty_state()
        for chunk in cycle._iter_judged():
            state = fold(state, [self._correct(judged) for judged in chunk])
        true_value = state.heat.value or 0.0
        broken = [each for each in bounds if not each.holds(true_value)]
        if not broken and cycle.state != "running":
            return {}
        return {
            "flagged_count": count,
            "first_ms": max(cycle.first_ms, self.reevaluation_id.last_good_ms),
            "last_ms": min(cycle.last_source_ms, self.reevaluation_id.found_ms),
            "quantity": "lethality",
            "worst_reading": cycle.lethality or 0.0,
            "worst_true": true_value,
            "limit_ref": (broken or bounds)[0].reference,
        }

    def _correct(self, judged):
        """Return a reading with the true temperature, if the device was in doubt then."""
        work = self.reevaluation_id
        is_doubtful = work.last_good_ms < judged.source_ms <= work.found_ms
        if judged.celsius is None or not is_doubtful:
            return judged
        error = calibration.convert_difference(work.error, work.unit, "degC")
        return replace(judged, celsius=calibration.true_value(judged.celsius, error))

    def _is_flow(self) -> bool:
        """Tell whether the device is the one that the holding time is computed from."""
        cycle, sensor = self.cycle_id, self.reevaluation_id.sensor_id
        return cycle.flow_sensor_id == sensor and cycle.sensor_id != sensor

    def _prepare_worst(self, suspects, low: float, high: float) -> dict:
        """Return the reading that lies furthest beyond its bound, as shown and as it was."""
        beyond = []
        for suspect in suspects:
            shown = low if suspect.operator in ("<", "<=") else high
            beyond.append((abs(shown - suspect.value), shown, suspect.reference))
        _distance, shown, reference = max(beyond)
        return {
            "worst_reading": shown,
            "worst_true": calibration.true_value(shown, self.reevaluation_id.error),
            "limit_ref": reference,
        }

    def _get_suspects(self):
        """Return which readings truly broke a critical limit, as they were shown."""
        rule = limits.load_rule(self.cycle_id.limits_snapshot)
        work = self.reevaluation_id
        quantity = limits.HOLDING_TIME if self._is_flow() else limits.VALUE
        critical = tuple(each for each in rule.bounds(quantity) if each.kind == "critical")
        if self._is_flow():
            return calibration.find_flow_suspects(critical, rule.tube, work.unit, work.error)
        return calibration.find_suspects(critical, work.error)

    def _get_readings_domain(self) -> Domain:
        """Return the usable readings of the window that this device gave while in doubt."""
        reevaluation = self.reevaluation_id
        domain = Domain(self._get_base_domain()) & Domain.AND(
            [
                [("source_ms", ">", reevaluation.last_good_ms)],
                [("source_ms", "<=", reevaluation.found_ms)],
                [("verdict", "!=", UNUSABLE), ("value", "!=", False)],
            ]
        )
        return domain if self._is_flow() else domain & self._get_device_domain()

    def _get_base_domain(self) -> list:
        cycle = self.cycle_id
        if not self._is_flow():
            return cycle._get_readings_domain()
        return [
            ("sensor_id", "=", cycle.flow_sensor_id.id),
            ("source_ms", ">=", cycle.start_ms),
            ("source_ms", "<=", cycle.end_ms or self.reevaluation_id.found_ms),
        ]

    def _get_device_domain(self) -> Domain:
        """Leave out what people measured with another device at this point, or take only that."""
        entries = self.cycle_id.sudo().entry_ids.filtered(lambda e: e.device_id and e.sequence >= 0)
        sensor = self.reevaluation_id.sensor_id
        is_own = self.cycle_id.sensor_id == sensor
        wanted = entries.filtered(lambda e: (e.device_id != sensor) == is_own)
        keys = [
            Domain("source_ms", "=", entry.measured_ms) & Domain("sequence", "=", entry.sequence)
            for entry in wanted
        ]
        named = Domain.OR(keys)
        return ~named if is_own else named

    def _get_flagged_domain(self) -> Domain:
        """Return the readings of the window that truly broke a critical limit."""
        if self.quantity == "lethality":
            return self._get_readings_domain()
        beyond = Domain.OR(
            Domain("value", suspect.operator, suspect.value) for suspect in self._get_suspects()
        )
        return self._leave_out_switched_off(self._get_readings_domain() & beyond)
