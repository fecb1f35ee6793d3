# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.tools.sample import is_usable

from ..tools import basis, counter
from .carbon_factor import UNITS

PLACES = 9
# The sensor's unit -> the units that say on what basis it counts.
BASIS_UNITS = {
    "kWh": ("kWh", "kWh_gross", "kWh_net", "kWh_heat"),
    "MWh": ("MWh",),
    "MJ": ("MJ_gross", "MJ_net", "MJ_heat"),
    "kg": ("kg", "kg_dry"),
    "t": ("t", "t_dry"),
    "l": ("l",),
    "m3": ("m3", "m3_gas15", "m3_gas0"),
    "h": ("h",),
}


class CarbonMeter(models.Model):
    """A counter of energy, water or material whose consumption is weighed with a factor.

    It names a sensor that only counts up. What it counted between start and end of a batch becomes
    an activity of that batch. Written by sustainability managers; activities keep what they were
    counted with, so a changed meter speaks for later batches only.
    """

    _name = "carbon.meter"
    _description = "Meter of consumption"
    _order = "company_id, sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    sensor_id = fields.Many2one(
        "process.sensor", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    factor_id = fields.Many2one(
        "carbon.factor", required=True, index=True, ondelete="restrict", check_company=True
    )
    kind = fields.Selection(
        [("cumulative", "Counter that only goes up")],
        required=True,
        default="cumulative",
        help="Consumption is the last reading less the first.",
    )
    sensor_unit = fields.Selection(related="sensor_id.parameter_id.unit", string="Stored unit")
    unit = fields.Selection(
        UNITS,
        string="Counts in",
        compute="_compute_unit",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The unit of the readings together with its basis.",
    )
    converted_unit = fields.Selection(
        UNITS,
        string="Converted into",
        help="For a factor that wants something else, such as heat for kg of steam. Empty: the "
        "factor's unit is of the same basis.",
    )
    conversion = Quantity(default=1.0, help="Converted units in one unit of the counter.")
    conversion_note = fields.Text(
        string="Source of the conversion", help="Where the figure comes from, and what it assumes."
    )
    max_gap_s = fields.Integer(
        string="Silence allowed (s)",
        default=900,
        help="How long after the start of a batch the first reading may come, and how long before "
        "its end the last one.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template", string="Only for products", help="Empty: for every product."
    )
    workcenter_ids = fields.Many2many(
        "mrp.workcenter", string="Only for work centers", help="Empty: for every work center."
    )
    activity_ids = fields.One2many("carbon.activity", "meter_id", string="Activities")
    note = fields.Text()

    _conversion_positive = models.Constraint(
        "CHECK(conversion > 0)", "A conversion is a figure above zero."
    )
    _gap_positive = models.Constraint("CHECK(max_gap_s >= 0)", "A silence cannot be negative.")

    @api.depends("sensor_id", "factor_id")
    def _compute_unit(self):
        for meter in self:
            candidates = BASIS_UNITS.get(meter.sensor_id.parameter_id.unit, ())
            if meter.unit in candidates:
                continue
            wanted = meter.factor_id.unit
            fitting = [code for code in candidates if wanted and not basis.mismatch(code, wanted)]
            meter.unit = (fitting or list(candidates) or [False])[0]

    @api.constrains("sensor_id", "unit")
    def _check_unit(self):
        for meter in self:
            stored = meter.sensor_id.parameter_id.unit
            if meter.unit not in BASIS_UNITS.get(stored, ()):
                raise ValidationError(
                    self.env._(
                        "The readings of %(sensor)s are kept in %(stored)s; the meter “%(meter)s” "
                        "cannot count in %(unit)s.",
                        sensor=meter.sensor_id.code,
                        stored=stored or self.env._("no unit"),
                        meter=meter.name,
                        unit=basis.UNITS[meter.unit].label,
                    )
                )

    @api.constrains("unit", "converted_unit", "conversion", "conversion_note", "factor_id")
    def _check_factor_fits(self):
        for meter in self:
            sentence = basis.mismatch(meter.converted_unit or meter.unit, meter.factor_id.unit)
            if sentence:
                raise ValidationError(
                    self.env._(
                        "The meter “%(meter)s” does not fit the factor %(factor)s. %(sentence)s "
                        "Choose another factor, or enter a conversion with its source.",
                        meter=meter.name,
                        factor=meter.factor_id.code,
                        sentence=sentence,
                    )
                )
            if meter.converted_unit and not (meter.conversion_note or "").strip():
                raise ValidationError(
                    self.env._(
                        "The meter “%s” converts its readings: say where the figure comes from.",
                        meter.name,
                    )
                )

    # -- consumption of a batch ---------------------------------------------------------------

    def _is_for(self, production) -> bool:
        """Return whether the meter serves an order, by its products and work centers."""
        self.ensure_one()
        products, centers = self.product_tmpl_ids, self.workcenter_ids
        if products and production.product_id.product_tmpl_id not in products:
            return False
        return not centers or bool(centers & production._get_carbon_workcenters())

    def _collect_facts(self, production, start_ms: int, end_ms: int) -> list[dict]:
        """Return what each meter counted in a window, as facts for `carbon.activity`."""
        readings = self._get_readings(start_ms, end_ms)
        beside = production._get_carbon_orders_beside(start_ms, end_ms)
        facts = []
        for meter in self:
            others = beside.filtered(meter._is_for)
            counted = counter.count(
                readings.get(meter.sensor_id.id, []),
                start_ms,
                end_ms,
                meter.max_gap_s * 1000,
                [order._get_carbon_window() for order in others],
            )
            fact = meter._prepare_fact(production, counted)
            facts.append(fact | {"shared_with": ", ".join(others.mapped("name"))})
        return facts

    def _get_readings(self, start_ms: int, end_ms: int) -> dict:
        """Return usable (time, value) pairs by sensor id: one query for all meters."""
        rows = self.env["process.reading"].search_fetch(
            [
                ("sensor_id", "in", self.sensor_id.ids),
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
            "share": counted.share if is_counted else None,
            "start_reading": counted.first if is_counted else None,
            "end_reading": counted.last if is_counted else None,
            "gap": "" if is_counted else counted.sentence,
            "data_quality": "measured",
        }
        return fact | self.factor_id._prepare_fact(version)
