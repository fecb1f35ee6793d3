# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import footprint
from .carbon_factor import CATEGORIES, RED_TERMS, SCOPES, STAGES, UNITS
from .carbon_factor_version import GWP_SETS

SOURCES = [
    ("meter", "Meter"),
    ("material", "Material consumed"),
    ("declaration", "Material with a declaration"),
    ("batch", "Material made here"),
    ("record", "Process record"),
    ("bill", "Bill or document"),
    ("manual", "Entered by hand"),
]


class CarbonActivity(models.Model):
    """Something of one batch that emits, weighed: energy of a meter, a material, an entry.

    Made by the calculation when an order is done, from readings, stock moves and declarations. What
    process records tell, what a bill is divided into and what a sustainability manager enters
    belongs to its order at once: a draft until a footprint counts it.
    Once counted it never changes: a recalculation makes new activities, and the old ones only lose
    their mark of being current.
    """

    _name = "carbon.activity"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Activity that emits"
    _order = "id desc"
    _check_company_auto = True
    _free_state = "draft"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    production_id = fields.Many2one(
        "mrp.production",
        string="Manufacturing order",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    source = fields.Selection(SOURCES, required=True, default="manual", readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("counted", "Counted"), ("incomplete", "Incomplete")],
        required=True,
        default="draft",
        readonly=True,
        index=True,
    )
    is_current = fields.Boolean(
        string="Current", default=True, readonly=True, index=True, help="Of the latest footprint."
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    product_id = fields.Many2one("product.product", string="Material", ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", index="btree_not_null", ondelete="restrict")
    lot_name = fields.Char(string="Lot name", readonly=True)
    meter_id = fields.Many2one(
        "carbon.meter", index="btree_not_null", ondelete="restrict", readonly=True
    )
    sensor_code = fields.Char(string="Sensor", readonly=True)
    document = fields.Char(help="Declaration, bill or order that the figure comes from.")
    amount = OptionalFloat(help="What was counted, in its unit. Empty: not known.")
    unit = fields.Selection(UNITS, required=True)
    conversion = OptionalFloat(readonly=True, aggregator=None)
    converted_unit = fields.Selection(UNITS, string="Converted into", readonly=True)
    conversion_note = fields.Text(string="Source of the conversion", readonly=True)
    start_ms = BigInt(string="From (ms UTC)", readonly=True, aggregator=None)
    end_ms = BigInt(string="To (ms UTC)", readonly=True, aggregator=None)
    start_time = fields.Datetime(string="From", compute="_compute_times")
    end_time = fields.Datetime(string="To", compute="_compute_times")
    start_reading = OptionalFloat(string="First reading", readonly=True, aggregator=None)
    end_reading = OptionalFloat(string="Last reading", readonly=True, aggregator=None)
    share = OptionalFloat(
        readonly=True,
        aggregator=None,
        digits=(16, 6),
        help="Part of what the meter counted that is this order's: others ran at the same time.",
    )
    shared_with = fields.Char(
        readonly=True,
        help="Orders that used the same utility; the rule of the division is stated with it.",
    )
    factor_id = fields.Many2one(
        "carbon.factor", index="btree_not_null", ondelete="restrict", check_company=True
    )
    factor_version_id = fields.Many2one(
        "carbon.factor.version",
        string="Factor version",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    factor_name = fields.Char(string="Weighed with", readonly=True)
    factor_unit = fields.Selection(UNITS, string="Unit of the factor", readonly=True)
    factor_value = OptionalFloat(string="kg CO2e per unit", readonly=True, aggregator=None)
    gwp_set = fields.Selection(GWP_SETS, string="GWP set", readonly=True)
    category = fields.Selection(CATEGORIES, readonly=True)
    scope = fields.Selection(SCOPES, readonly=True)
    stage = fields.Selection(STAGES, string="Life-cycle stage", readonly=True)
    red_term = fields.Selection(RED_TERMS, string="RED term", readonly=True)
    is_feedstock = fields.Boolean(
        readonly=True, help="Its mass becomes product: the share a certified input may replace."
    )
    feedstock_kg = OptionalFloat(string="Feedstock (kg)", readonly=True)
    data_quality = fields.Selection(
        [
            ("measured", "Measured here"),
            ("declared", "Declared by the supplier"),
            ("calculated", "Calculated here"),
            ("default", "Default value"),
        ],
        string="Data quality",
        readonly=True,
    )
    kg_co2e = OptionalFloat(string="kg CO2e", readonly=True)
    gap = fields.Char(string="What is missing", readonly=True)
    fingerprint = fields.Char(readonly=True, index=True)
    calculation = fields.Char(compute="_compute_calculation")

    @api.depends("start_ms", "end_ms")
    def _compute_times(self):
        for activity in self:
            activity.start_time = clock.to_datetime(activity.start_ms)
            activity.end_time = clock.to_datetime(activity.end_ms)

    @api.depends("kg_co2e", "amount", "conversion", "factor_value")
    def _compute_calculation(self):
        for activity in self:
            activity.calculation = activity._explain() if activity.state == "counted" else False

    def _explain(self) -> str:
        """Return the calculation as a line to read: amount, conversion, factor, result."""
        labels = dict(UNITS)
        text = f"{_plain(self.amount)} {labels[self.unit]}"
        if self.converted_unit:
            converted = float(f"{self.amount * self.conversion:.10g}")
            text += f" × {_plain(self.conversion)} = {_plain(converted)}"
            text += f" {labels[self.converted_unit]};"
        text += f" × {_plain(self.factor_value)} kg CO2e/{labels[self.factor_unit]}"
        return f"{text} = {_plain(self.kg_co2e)} kg CO2e"

    @api.model
    def _get_mutable_fields(self):
        return {"is_current"}

    @api.model_create_multi
    def create(self, vals_list):
        """What a person enters begins as a manual draft, whatever else is said."""
        stamped = self._get_stamped_fields()
        for vals in vals_list:
            for name in stamped & set(vals):
                del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to type what the calculation stamps."""
        stamped = (self._get_stamped_fields() | {"source", "state"}) & set(vals)
        if stamped:
            raise UserError(
                self.env._(
                    "%s is stamped by the calculation and cannot be entered.",
                    ", ".join(self._fields[name].string for name in sorted(stamped)),
                )
            )
        return super().write(vals)

    @api.model
    def _get_stamped_fields(self) -> set[str]:
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in models.MAGIC_COLUMNS
        }

    @api.model
    def _create_counted(self, rows: list[dict]):
        """Create what the calculation counted, past the guard of `create`."""
        return super().create(rows)

    def _stamp(self, vals: dict) -> bool:
        """Write what the calculation stamps, past the guard of `write`."""
        return super().write(vals)

    def _set_current(self, is_current: bool) -> None:
        self._stamp({"is_current": is_current})

    def action_withdraw(self):
        """Take manual entries out; the footprint that counted them keeps them."""
        for activity in self:
            if activity.source != "manual":
                raise UserError(
                    self.env._(
                        "“%s” was counted by the calculation. Correct its meter, move or factor "
                        "and recalculate.",
                        activity.name,
                    )
                )
        self._set_current(False)


def _plain(value: float) -> str:
    """Return a figure without idle zeros or exponent."""
    return footprint.plain(Decimal(repr(value)))
