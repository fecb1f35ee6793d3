# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import footprint
from .carbon_factor import CATEGORIES, RED_TERMS, SCOPES, STAGES, UNITS
from .carbon_factor_version import GWP_SETS

PLACES = 9
SOURCES = [
    ("meter", "Meter"),
    ("material", "Material consumed"),
    ("declaration", "Material with a declaration"),
    ("batch", "Material made here"),
    ("manual", "Entered by hand"),
]
DECIMALS = ("amount", "conversion", "start_reading", "end_reading")
# What makes a fact that fact: the same text again means that nothing has changed.
IDENTITY = (
    "source",
    "name",
    "sensor_code",
    "lot_name",
    "document",
    "amount",
    "unit",
    "conversion",
    "converted_unit",
    "start_ms",
    "end_ms",
    "start_reading",
    "end_reading",
    "factor_name",
    "factor_unit",
    "factor_value",
    "gwp_set",
    "kg_co2e",
    "scope",
    "stage",
    "red_term",
    "gap",
)


class CarbonActivity(models.Model):
    """Something of one batch that emits, weighed: energy of a meter, a material, a manual entry.

    Made by the calculation when an order is done, from readings, stock moves and declarations; a
    sustainability manager may enter what no meter counts (a draft until a footprint counts it).
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
    lot_name = fields.Char(readonly=True)
    meter_id = fields.Many2one(
        "carbon.meter", index="btree_not_null", ondelete="restrict", readonly=True
    )
    sensor_code = fields.Char(string="Sensor", readonly=True)
    document = fields.Char(help="Declaration, bill or order that the figure comes from.")
    amount = OptionalFloat(help="What was counted, in its unit. Empty: not known.")
    unit = fields.Selection(UNITS, required=True)
    conversion = OptionalFloat(readonly=True, aggregator=None)
    converted_unit = fields.Selection(UNITS, readonly=True)
    conversion_note = fields.Text(string="Source of the conversion", readonly=True)
    start_ms = BigInt(string="From (ms UTC)", readonly=True, aggregator=None)
    end_ms = BigInt(string="To (ms UTC)", readonly=True, aggregator=None)
    start_time = fields.Datetime(string="From", compute="_compute_times")
    end_time = fields.Datetime(string="To", compute="_compute_times")
    start_reading = OptionalFloat(string="First reading", readonly=True, aggregator=None)
    end_reading = OptionalFloat(string="Last reading", readonly=True, aggregator=None)
    factor_id = fields.Many2one(
        "carbon.factor", index="btree_not_null", ondelete="restrict", check_company=True
    )
    factor_version_id = fields.Many2one(
        "carbon.factor.version", index="btree_not_null", ondelete="restrict", readonly=True
    )
    factor_name = fields.Char(string="Weighed with", readonly=True)
    factor_unit = fields.Selection(UNITS, readonly=True)
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
        readonly=True,
    )
    kg_co2e = OptionalFloat(string="kg CO2e", readonly=True)
    gap = fields.Char(string="What is missing", readonly=True)
    fingerprint = fields.Char(readonly=True, index=True)

    @api.depends("start_ms", "end_ms")
    def _compute_times(self):
        for activity in self:
            activity.start_time = clock.to_datetime(activity.start_ms)
            activity.end_time = clock.to_datetime(activity.end_ms)

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

    def _set_current(self, is_current: bool) -> None:
        super().write({"is_current": is_current})

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

    # -- facts become activities --------------------------------------------------------------

    @api.model
    def _collect_manual_facts(self, production) -> list[dict]:
        """Return what people entered for an order."""
        activities = self.search(
            [
                ("production_id", "=", production.id),
                ("source", "=", "manual"),
                ("is_current", "=", True),
            ],
            order="id",
        )
        return [activity._prepare_manual_fact() for activity in activities]

    def _prepare_manual_fact(self) -> dict:
        self.ensure_one()
        fact = {
            "source": "manual",
            "manual": self,
            "name": self.name,
            "document": self.document,
            "product_id": self.product_id.id,
            "amount": None if self.amount is False else to_decimal(self.amount, PLACES),
            "unit": self.unit,
            "data_quality": "calculated",
        }
        if not self.factor_id:
            return fact
        return fact | self.factor_id._prepare_fact(self.factor_id._get_version(self.date))

    @api.model
    def _weigh_facts(self, facts: list[dict], production, gwp_set: str):
        """Return the values of an activity for each fact, and the result of the pure logic."""
        result = footprint.compute(
            [self._to_tool(str(index), fact) for index, fact in enumerate(facts)], gwp_set
        )
        leaves = {leaf.key: leaf for leaf in result.leaves}
        gaps = {gap.key: gap for gap in result.gaps}
        rows, seen = [], Counter()
        for index, fact in enumerate(facts):
            key = str(index)
            row = self._prepare_from_fact(fact, production, leaves.get(key), gaps.get(key), gwp_set)
            identity = {name: _text(row.get(name)) for name in IDENTITY}
            # two alike (the same lot taken twice) are two activities, not one
            repeats = seen[chain.digest(identity)]
            seen[chain.digest(identity)] += 1
            rows.append(row | {"fingerprint": chain.digest(identity | {"repeat": str(repeats)})})
        return rows, result

    @api.model
    def _to_tool(self, key: str, fact: dict) -> footprint.Activity:
        return footprint.Activity(
            key=key,
            label=fact["name"],
            amount=fact.get("amount"),
            unit=fact["unit"],
            factor=fact.get("factor"),
            gap=fact.get("gap") or "",
            conversion=fact.get("conversion") or 1,
            converted_unit=fact.get("converted_unit") or "",
        )

    @api.model
    def _prepare_from_fact(self, fact, production, leaf, gap, gwp_set) -> dict:
        factor = fact.get("factor")
        row = {name: value for name, value in fact.items() if name in self._fields}
        return row | {
            "production_id": production.id,
            "company_id": production.company_id.id,
            "date": production._get_carbon_date(),
            "state": "counted" if leaf else "incomplete",
            "factor_name": f"{factor.code} {factor.version}" if factor else False,
            "factor_unit": leaf.unit if leaf else False,
            "factor_value": leaf.value if leaf else None,
            "gwp_set": gwp_set,
            "kg_co2e": leaf.kg_co2e if leaf else None,
            "gap": gap.sentence if gap else False,
        }

    @api.model
    def _store(self, rows: list[dict], facts: list[dict], production):
        """Return an activity for each row: the one that says the same already, or a new one.

        A manual draft becomes the activity itself. Those that are no longer said lose their mark.
        """
        stored = self.search(
            [("production_id", "=", production.id), ("state", "!=", "draft")], order="id"
        )
        known = {activity.fingerprint: activity for activity in stored}
        fresh = []
        for row, fact in zip(rows, facts, strict=True):
            if row["fingerprint"] in known:
                continue
            draft = fact.get("manual", self).filtered(lambda a: a.state == "draft")
            if draft:
                super(CarbonActivity, draft).write(_to_columns(row))
                known[row["fingerprint"]] = draft
            else:
                fresh.append(row)
        created = super().create([_to_columns(row) for row in fresh])
        known |= {activity.fingerprint: activity for activity in created}
        activities = [known[row["fingerprint"]] for row in rows]
        self.concat(*activities).filtered(lambda a: not a.is_current)._set_current(True)
        (stored.filtered("is_current") - self.concat(*activities))._set_current(False)
        return activities


def _text(value) -> str:
    """Return a value as it enters the fingerprint."""
    if value is None or value is False:
        return ""
    return footprint.plain(value) if hasattr(value, "quantize") else str(value)


def _to_columns(row: dict) -> dict:
    """Return the row with decimals as the floats that columns take."""
    return {
        name: float(value) if hasattr(value, "quantize") else value for name, value in row.items()
    }
