# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools import basis

ALLOCATIONS = [
    ("time", "Time: equal parts of each moment"),
    ("mass", "Mass made by each batch"),
    ("meter", "What other meters counted for each batch"),
]
# The sensor's unit -> the units that say on what basis it counts.
BASIS_UNITS = {
    "kWh": ("kWh", "kWh_gross", "kWh_net", "kWh_heat"),
    "MWh": ("MWh", "MWh_gross", "MWh_net", "MWh_heat"),
    "MJ": ("MJ_gross", "MJ_net", "MJ_heat"),
    "GJ": ("GJ_gross", "GJ_net", "GJ_heat"),
    "g": ("g",),
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
    _inherit = ["carbon.conversion.mixin"]
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
    kind = fields.Selection(
        [
            ("cumulative", "Counter that only goes up"),
            ("interval", "What was used since the last reading"),
        ],
        required=True,
        default="cumulative",
        help="Consumption is the last reading less the first; of a sensor that tells what was used "
        "since it last told, such as the figure of a process record, it is the sum.",
    )
    sensor_unit = fields.Selection(related="sensor_id.parameter_id.unit", string="Stored unit")
    unit = fields.Selection(
        string="Counts in",
        compute="_compute_unit",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The unit of the readings together with its basis.",
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
    allocation = fields.Selection(
        ALLOCATIONS,
        string="Shared by",
        required=True,
        default="time",
        help="How the consumption is divided between batches that run on it at the same time. Each "
        "moment is divided between those that run then, so the parts give what was counted.",
    )
    allocation_meter_ids = fields.Many2many(
        "carbon.meter",
        "carbon_meter_allocation_rel",
        "meter_id",
        "other_id",
        string="Divided as counted by",
        help="Meters that count each batch by itself, such as those of the lines.",
    )
    is_by_step = fields.Boolean(
        string="By process step",
        help="One activity for each step of the batch's process, and one for the time between.",
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

    @api.constrains("allocation", "allocation_meter_ids")
    def _check_allocation(self):
        for meter in self:
            others = meter.allocation_meter_ids
            if meter.allocation != "meter":
                continue
            if not others or meter in others or len(set(others.mapped("unit"))) > 1:
                raise ValidationError(
                    self.env._(
                        "The meter “%s” is divided as other meters count: name them. It cannot be "
                        "divided by itself, and they must count in one unit.",
                        meter.name,
                    )
                )
            if others.filtered(lambda other: other.allocation == "meter"):
                raise ValidationError(
                    self.env._(
                        "The meter “%s” cannot be divided by meters that are themselves divided "
                        "by others.",
                        meter.name,
                    )
                )

    # -- which sensors are meters ---------------------------------------------------------------

    @api.model
    @ormcache()
    def _get_sensor_ids(self) -> frozenset[int]:
        """Return the sensors of all meters: every batch of readings is compared with them."""
        meters = self.sudo().search([])
        return frozenset(meters.sensor_id.ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Let the door of readings know the new sensors."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Let the door of readings know the new sensors."""
        if {"sensor_id", "active"} & set(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Let the door of readings forget the sensors."""
        self.env.registry.clear_cache()
        return super().unlink()
