# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Products of a pathway step, in kilograms and megajoules, and quantities that follow from others.

Co-products share by the heating value of the product as it is, water included. A source that states
the value of dry matter leaves two readings, so the basis is part of the product: taken off for the
water that has to evaporate (`dry`), or dry matter alone as BioGrace counts it (`dry_only`).

>>> pulp = Product("pulp", Decimal("1000"), "kg", Decimal("15.6"), "dry", Decimal("0.75"))
>>> pulp.mj_per_kg, pulp.energy
(Decimal('2.06775'), Decimal('2067.75000'))
>>> seed = Product("seed", Decimal("3113"), "kg", Decimal("26.4"), "dry_only", Decimal("0.1"))
>>> seed.energy
Decimal('73964.88')
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 50
KG = {"kg": Decimal("1"), "t": Decimal("1000"), "g": Decimal("0.001")}
MJ = {
    "MJ": Decimal("1"),
    "GJ": Decimal("1000"),
    "kWh": Decimal("3.6"),
    "MWh": Decimal("3600"),
}
UNITS = (*KG, *MJ)
LHV_BASES = ("received", "dry", "dry_only")
# Heat that a kilogram of water takes to evaporate at 25 °C and constant pressure (ISO 18125).
EVAPORATION = Decimal("2.443")
CARBON_TO_CO2 = Decimal("3.664")  # RED II Annex V part C point 7
LAND_USE_YEARS = 20
GRAMS_PER_TONNE = Decimal("1000000")
LAND_BONUS = Decimal("29")  # g CO2eq/MJ, Annex V part C point 7, eB
MANURE_CREDIT = Decimal("45")  # g CO2eq/MJ manure, Annex VI part B point 1
ZERO_CELSIUS = Decimal("273.15")
WARM_CARNOT, WARM = Decimal("0.3546"), Decimal("150")  # Annex V part C point 1 b, below 150 °C


@dataclass(frozen=True)
class Product:
    """What a step makes: a quantity as received, its heating value (MJ/kg) and on what basis."""

    name: str
    quantity: Decimal | None
    unit: str = "MJ"
    lhv: Decimal | None = None
    lhv_basis: str = "received"
    moisture: Decimal = Decimal("0")
    is_waste: bool = False

    @property
    def mj_per_kg(self) -> Decimal | None:
        """Heating value of one kilogram as received, on the product's basis; None: not known."""
        if self.lhv is None or self.lhv_basis == "received":
            return self.lhv
        with localcontext() as context:
            context.prec = PRECISION
            value = self.lhv * (1 - self.moisture)
            return value - EVAPORATION * self.moisture if self.lhv_basis == "dry" else value

    @property
    def energy(self) -> Decimal | None:
        """Megajoules of the quantity; None when heating value or quantity is not known."""
        if self.quantity is None:
            return None
        with localcontext() as context:
            context.prec = PRECISION
            if self.unit in MJ:
                return self.quantity * MJ[self.unit]
            value = self.mj_per_kg
            return None if value is None else self.quantity * KG[self.unit] * value

    @property
    def mass(self) -> Decimal | None:
        """Kilograms of the quantity as received; None when they are not known."""
        if self.quantity is None:
            return None
        with localcontext() as context:
            context.prec = PRECISION
            if self.unit in KG:
                return self.quantity * KG[self.unit]
            value = self.mj_per_kg
            return self.quantity * MJ[self.unit] / value if value and value > 0 else None


def haul(
    distance: Decimal,
    fuel_use: Decimal | None = None,
    load: Decimal | None = None,
    is_empty_back: bool = False,
) -> Decimal:
    """Return what moving one tonne takes: t·km, or with `load` (t) vehicle·km, or fuel of either.

    `fuel_use` is per t·km, with a load per vehicle·km. An empty way back counts with a load only: a
    use per t·km holds it already.

    >>> haul(Decimal("50"), Decimal("0.936"))
    Decimal('46.800')
    >>> haul(Decimal("50"), Decimal("0.3"), Decimal("25"), is_empty_back=True)
    Decimal('1.2')
    """
    with localcontext() as context:
        context.prec = PRECISION
        way = distance
        if load is not None:
            way = distance * (2 if is_empty_back else 1) / load
        return way if fuel_use is None else way * fuel_use


def land_use(before: Decimal, after: Decimal) -> Decimal:
    """Return g CO2 of one hectare and year: stocks in t carbon/ha, divided over 20 years.

    >>> land_use(Decimal("68"), Decimal("48"))
    Decimal('3664000.000')
    """
    with localcontext() as context:
        context.prec = PRECISION
        return (before - after) * CARBON_TO_CO2 * GRAMS_PER_TONNE / LAND_USE_YEARS


def nitrous_oxide(nitrogen: Decimal) -> Decimal:
    """Return kg N2O of kg N emitted as N2O.

    >>> nitrous_oxide(Decimal("28"))
    Decimal('44')
    """
    with localcontext() as context:
        context.prec = PRECISION
        return nitrogen * 44 / 28


def carnot(celsius: Decimal | None) -> Decimal:
    """Return the worth of useful heat beside electricity; below 150 °C the directive's own figure.

    >>> carnot(Decimal("80")), round(carnot(Decimal("200")), 4)
    (Decimal('0.3546'), Decimal('0.4227'))
    """
    if celsius is None or celsius < WARM:
        return WARM_CARNOT
    with localcontext() as context:
        context.prec = PRECISION
        return celsius / (celsius + ZERO_CELSIUS)


def final_energy(
    total: Decimal,
    electrical: Decimal | None = None,
    thermal: Decimal | None = None,
    celsius: Decimal | None = None,
) -> dict[str, Decimal]:
    """Return g CO2eq per MJ of electricity and of heat from a fuel of `total` g per MJ.

    Efficiencies are fractions. Both: cogeneration, divided by what heat is worth as work (Annex V
    part C point 1 b). Neither: nothing.

    >>> int(final_energy(Decimal("40"), electrical=Decimal("0.4"))["electricity"])
    100
    >>> both = final_energy(Decimal("40"), Decimal("0.4"), Decimal("0.4"))
    >>> round(both["electricity"], 4), round(both["heat"], 4)
    (Decimal('73.8225'), Decimal('26.1775'))
    """
    worth = {"electricity": (electrical, Decimal("1")), "heat": (thermal, carnot(celsius))}
    with localcontext() as context:
        context.prec = PRECISION
        work = {name: pair[0] * pair[1] for name, pair in worth.items() if pair[0]}
        whole = sum(work.values(), Decimal("0"))
        return {name: total * value / whole / worth[name][0] for name, value in work.items()}
