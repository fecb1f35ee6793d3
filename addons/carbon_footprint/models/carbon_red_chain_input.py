# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import basis, gwp, red_products
from ..tools.red_pathway import Flow
from .carbon_factor import RED_TERMS, UNITS
from .carbon_factor_version import GWP_SETS
from .carbon_red_case_mixin import to_decimal

KINDS = [
    ("material", "Energy or material"),
    ("transport", "Transport leg"),
    ("gas", "Gas emitted or captured"),
    ("credit", "Surplus electricity (credit)"),
    ("land", "Land-use change of one hectare"),
    ("manure", "Manure credit"),
]
BASES = [
    ("run", "For the quantities of the step"),
    ("mj", "Per MJ of the main product"),
    ("kg", "Per kg of the main product"),
    ("t", "Per t of the main product"),
    ("t_dry", "Per t of the main product, dry"),
    ("feed_mj", "Per MJ of what it takes"),
    ("feed_kg", "Per kg of what it takes"),
    ("feed_t", "Per t of what it takes"),
    ("feed_t_dry", "Per t of what it takes, dry"),
]
GASES = [
    ("co2", "CO2 (fossil)"),
    ("ch4", "CH4"),
    ("n2o", "N2O"),
    ("n2o_n", "N2O, stated as nitrogen"),
]
TERM_OF_KIND = {"land": "el", "manure": "esca"}
GRAMS = Decimal("1000")


class CarbonRedChainInput(models.Model):
    """Something a step consumes, emits or saves: a quantity on a basis and a factor with source.

    Entered with its step. A quantity or factor that is not stated is a gap with the line's name.
    """

    _name = "carbon.red.chain.input"
    _description = "Input of a step of the RED"
    _order = "step_id, sequence, id"
    _check_company_auto = True

    step_id = fields.Many2one(
        "carbon.red.chain.step", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Input", required=True)
    kind = fields.Selection(KINDS, required=True, default="material")
    term = fields.Selection(
        RED_TERMS,
        compute="_compute_term",
        store=True,
        readonly=False,
        precompute=True,
        help="Term of E; by default that of the step, el for land and esca for manure.",
    )
    basis = fields.Selection(BASES, required=True, default="run")
    quantity = OptionalFloat(digits=None, aggregator=None)
    unit = fields.Selection(UNITS, required=True, default="kg")
    factor_id = fields.Many2one("carbon.factor", ondelete="restrict", check_company=True)
    own_factor = OptionalFloat(
        string="Own factor (g CO2eq per unit)",
        digits=None,
        aggregator=None,
        help="Instead of a factor of the list: a value of your supplier or of the scheme.",
    )
    own_gwp_set = fields.Selection(
        GWP_SETS, string="GWP set of the own factor", help="Empty: that of the pathway."
    )
    source = fields.Char(help="Where an own factor or a quantity comes from.")
    gas = fields.Selection(GASES)
    distance = OptionalFloat(string="Distance (km)", digits=None, aggregator=None)
    fuel_use = OptionalFloat(
        digits=None,
        aggregator=None,
        help="In the unit of the line per t·km, or per km of the vehicle where a load is stated. "
        "Empty: the factor itself is per t·km or km.",
    )
    load = OptionalFloat(string="Load (t)", digits=None, aggregator=None)
    is_empty_back = fields.Boolean(string="Empty way back")
    carbon_before = OptionalFloat(
        string="Carbon stock before (t C/ha)", digits=None, aggregator=None
    )
    carbon_after = OptionalFloat(string="Carbon stock now (t C/ha)", digits=None, aggregator=None)

    @api.depends("kind", "step_id.term")
    def _compute_term(self):
        for line in self:
            line.term = TERM_OF_KIND.get(line.kind) or line.step_id.term

    @api.onchange("kind")
    def _onchange_kind(self):
        """Offer the unit and the basis that fit the kind."""
        units = {"transport": "tkm", "credit": "MJ_el", "gas": "kg"}
        units |= dict.fromkeys(("manure", "pathway"), "MJ_net")
        self.unit = units.get(self.kind, self.unit)
        if self.kind in ("transport", "land"):
            self.basis = "t" if self.kind == "transport" else "run"

    @api.constrains("own_factor", "source")
    def _check_source(self):
        """A figure that nobody can look up is none."""
        for line in self:
            if line.own_factor is not False and not (line.source or "").strip():
                raise ValidationError(
                    self.env._("“%s” has a factor of its own: say where it comes from.", line.name)
                )

    @api.constrains("quantity", "distance", "fuel_use")
    def _check_signs(self):
        """A negative quantity would lower E unseen: a credit is a kind of its own."""
        for line in self:
            if min(line.quantity or 0.0, line.distance or 0.0, line.fuel_use or 0.0) < 0:
                raise ValidationError(
                    self.env._(
                        "“%s” is negative: enter what is saved as a credit, or under esca, eccs or "
                        "eccr.",
                        line.name,
                    )
                )

    @api.constrains("kind", "gas", "basis", "load")
    def _check_kind(self):
        """A gas has a name, land is counted by the hectare, a load is above zero."""
        for line in self:
            if line.kind == "gas" and not line.gas:
                raise ValidationError(self.env._("“%s”: which gas is it?", line.name))
            if line.kind == "transport" and line.basis not in ("t", "feed_t"):
                raise ValidationError(
                    self.env._("“%s”: a transport leg is counted per tonne moved.", line.name)
                )
            if line.kind == "land" and line.basis != "run":
                raise ValidationError(
                    self.env._(
                        "“%s”: land-use change is of one hectare and year, so the products of the "
                        "step are those of one hectare and year too.",
                        line.name,
                    )
                )
            if line.load is not False and line.load <= 0:
                raise ValidationError(self.env._("“%s”: a load is above zero.", line.name))

    # -- as the pure logic wants it ---------------------------------------------------------------

    def _to_flows(self) -> list[Flow]:
        """Return what the line adds to its step: one flow, unless it stands for several terms."""
        return [self._to_tool()]

    def _to_tool(self) -> Flow:
        """Return the line as a flow in the unit of its factor, or with the gap it has."""
        self.ensure_one()
        if self.kind == "land":
            return self._to_land()
        quantity = self._get_quantity()
        if self.kind == "gas":
            return self._to_gas(quantity)
        if self.kind == "manure":
            credit = to_decimal(self.step_id.chain_id.manure_credit)
            return self._convert(quantity, "MJ_net", credit, {"source": self.source or ""})
        if self.own_factor is not False:
            return self._to_flow(
                quantity,
                to_decimal(self.own_factor),
                gwp_set=self.own_gwp_set or "",
                source=self.source or "",
            )
        return self._to_factor(quantity)

    def _to_flow(self, quantity, g_per_unit, **facts) -> Flow:
        told = {"unit": basis.unit(self.unit).label, "term": self.term or self.step_id.term}
        return Flow(
            name=self.name or "",
            quantity=quantity,
            g_per_unit=g_per_unit,
            basis=self.basis,
            is_credit=self.kind == "credit",
            **(told | facts),
        )

    def _get_quantity(self) -> Decimal | None:
        """Return the quantity; that of a transport leg follows from the way, per tonne moved."""
        if self.kind != "transport":
            return to_decimal(self.quantity)
        if self.distance is False:
            return None
        figures = (to_decimal(self[name]) for name in ("distance", "fuel_use", "load"))
        return red_products.haul(*figures, self.is_empty_back)

    def _to_land(self) -> Flow:
        stocks = (to_decimal(self.carbon_before), to_decimal(self.carbon_after))
        grams = None if None in stocks else red_products.land_use(*stocks)
        unit = self.env._("g CO2 per ha and year")
        return self._to_flow(grams, Decimal("1"), unit=unit, source=self.source or "")

    def _to_gas(self, quantity: Decimal | None) -> Flow:
        chain = self.step_id.chain_id
        if self.gas == "n2o_n":
            grams = red_products.nitrous_oxide(gwp.potential("n2o", chain.gwp_set) * GRAMS)
        else:
            grams = gwp.potential(self.gas, chain.gwp_set) * GRAMS if self.gas else None
        return self._convert(quantity, "kg", grams, {"source": self.source or chain.gwp_set})

    def _to_factor(self, quantity: Decimal | None) -> Flow:
        """Return the flow by the version of its factor that was in force at delivery."""
        chain = self.step_id.chain_id
        if not self.factor_id:
            return self._to_flow(quantity, None, gap=self.env._("it has no factor."))
        version = self.factor_id._get_version(chain.delivered_on or fields.Date.context_today(self))
        if not version:
            gap = self.env._("no version of %s is approved for that day.", self.factor_id.code)
            return self._to_flow(quantity, None, gap=gap)
        try:
            grams = version._to_tool().under(chain.gwp_set) * GRAMS
        except (gwp.MixedSets, gwp.UnknownPotential) as error:
            return self._to_flow(quantity, None, gap=str(error))
        return self._convert(quantity, self.factor_id.unit, grams, {"source": version.display_name})

    def _convert(self, quantity, unit: str, grams, facts: dict) -> Flow:
        """Return the flow in the unit of its factor; another basis is a gap with a sentence."""
        sentence = basis.mismatch(self.unit, unit)
        if sentence:
            return self._to_flow(quantity, None, gap=sentence)
        converted = None if quantity is None else basis.convert(quantity, self.unit, unit)
        return self._to_flow(converted, grams, unit=basis.unit(unit).label, **facts)
