# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The greenhouse-gas arithmetic of the Renewable Energy Directive.

`E = eec + el + ep + etd + eu - esca - eccs - eccr` in g CO2eq/MJ, and the saving
`(EF - E) / EF` against the fossil comparator EF. All in `Decimal`: the default value of soy FAME is
exactly 47.0 g/MJ, a saving of exactly 50 %, which binary floats miss.

>>> soy = Terms(eec=Decimal("21.2"), ep=Decimal("16.9"), etd=Decimal("8.9"))
>>> soy.total
Decimal('47.0')
>>> verdict = assess(soy, COMPARATORS["transport_red2"], date(2014, 1, 1))
>>> verdict.saving, verdict.is_met
(Decimal('0.5'), True)

Comparators other than transport are documented defaults that need confirmation; a caller may pass
its own `Comparator` and thresholds, and the result keeps what it was judged by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from .allocation import Output, Share, divide, shares
from .red_products import final_energy

PRECISION = 50


class MissingTerm(ValueError):
    """A term of the formula that has to be stated is not."""


@dataclass(frozen=True)
class Terms:
    """The eight terms, g CO2eq/MJ; the first three must be stated, the others default to nil.

    `None` means not known, which is no zero: the total then raises `MissingTerm`.
    """

    eec: Decimal | None
    ep: Decimal | None
    etd: Decimal | None
    el: Decimal | None = Decimal("0")
    eu: Decimal | None = Decimal("0")
    esca: Decimal | None = Decimal("0")
    eccs: Decimal | None = Decimal("0")
    eccr: Decimal | None = Decimal("0")

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the terms that are not known."""
        return tuple(name for name in self.__dataclass_fields__ if getattr(self, name) is None)

    @property
    def total(self) -> Decimal:
        """E of the formula.

        >>> Terms(eec=Decimal("10"), ep=None, etd=Decimal("1.8")).total
        Traceback (most recent call last):
        ...
        odoo.addons.carbon_footprint.tools.red.MissingTerm: E cannot be computed: ep is not known.
        """
        if self.missing:
            raise MissingTerm(f"E cannot be computed: {', '.join(self.missing)} is not known.")
        with localcontext() as context:
            context.prec = PRECISION
            plus = self.eec + self.el + self.ep + self.etd + self.eu
            return plus - self.esca - self.eccs - self.eccr


@dataclass(frozen=True)
class Comparator:
    """The fossil comparator that a saving was computed against, g CO2eq/MJ."""

    code: str
    label: str
    value: Decimal


COMPARATORS: dict[str, Comparator] = {
    item.code: item
    for item in (
        Comparator("transport_red1", "transport biofuel, RED I", Decimal("83.8")),
        Comparator("transport_red2", "transport biofuel, RED II", Decimal("94")),
        Comparator("electricity", "bioliquid for electricity", Decimal("183")),
        Comparator("heat", "bioliquid for heat", Decimal("80")),
        Comparator("biomass_electricity", "biomass fuel, electricity", Decimal("183")),
        Comparator(
            "biomass_electricity_outermost",
            "biomass fuel, electricity, outermost regions",
            Decimal("212"),
        ),
        Comparator("biomass_heat", "biomass fuel, heat", Decimal("80")),
        Comparator("biomass_heat_coal", "biomass fuel, heat replacing coal", Decimal("124")),
        Comparator("biomass_transport", "biomass fuel, transport", Decimal("94")),
    )
}
RED2_SINCE = date(2021, 7, 1)
# First day of operation from which a minimum saving applies, the latest first.
THRESHOLDS: tuple[tuple[date, Decimal], ...] = (
    (date(2021, 1, 1), Decimal("0.65")),
    (date(2015, 10, 6), Decimal("0.60")),
    (date.min, Decimal("0.50")),
)
# Electricity and heat from biomass fuels, RED II Art. 29(10) d: nothing is asked of older plants.
POWER_AND_HEAT: tuple[tuple[date, Decimal], ...] = (
    (date(2026, 1, 1), Decimal("0.80")),
    (date(2021, 1, 1), Decimal("0.70")),
    (date.min, Decimal("0")),
)
POWER_AND_HEAT_USES = (
    "biomass_electricity", "biomass_electricity_outermost", "biomass_heat", "biomass_heat_coal",
)  # fmt: skip


@dataclass(frozen=True)
class Conversion:
    """How a fuel becomes electricity and heat: efficiencies as fractions, heat in °C."""

    electrical: Decimal | None = None
    thermal: Decimal | None = None
    celsius: Decimal | None = None


@dataclass(frozen=True)
class Verdict:
    """E, the saving, and everything it was judged by.

    `final` is what the comparator is held against: E itself for transport, else g CO2eq for one MJ
    of the electricity or heat that the fuel becomes.
    """

    total: Decimal
    comparator: Comparator
    saving: Decimal
    threshold: Decimal
    final: Decimal | None = None

    @property
    def is_met(self) -> bool:
        """True when the saving reaches the threshold, equality included."""
        return self.saving >= self.threshold


def transport_comparator(delivered_on: date) -> Comparator:
    """Return the transport comparator in force on the day of delivery.

    >>> transport_comparator(date(2021, 6, 30)).value, transport_comparator(date(2021, 7, 1)).value
    (Decimal('83.8'), Decimal('94'))
    """
    return COMPARATORS["transport_red2" if delivered_on >= RED2_SINCE else "transport_red1"]


def saving(total: Decimal, comparator: Comparator) -> Decimal:
    """Return the saving as a fraction (0.65 is 65 %)."""
    with localcontext() as context:
        context.prec = PRECISION
        return (comparator.value - total) / comparator.value


def threshold(
    plant_start: date, thresholds: Sequence[tuple[date, Decimal]] = THRESHOLDS
) -> Decimal:
    """Return the minimum saving of a plant that started on this day.

    >>> [threshold(day) for day in (date(2015, 10, 5), date(2015, 10, 6), date(2021, 1, 1))]
    [Decimal('0.50'), Decimal('0.60'), Decimal('0.65')]
    """
    return next(value for since, value in thresholds if plant_start >= since)


def thresholds_of(comparator: Comparator) -> tuple[tuple[date, Decimal], ...]:
    """Return the minimum savings that apply to what the comparator stands for.

    >>> heat = thresholds_of(COMPARATORS["biomass_heat"])
    >>> [threshold(date(year, 1, 1), heat) for year in (2020, 2021, 2026)]
    [Decimal('0'), Decimal('0.70'), Decimal('0.80')]
    """
    return POWER_AND_HEAT if comparator.code in POWER_AND_HEAT_USES else THRESHOLDS


def carrier(comparator: Comparator) -> str:
    """Return what the comparator is stated for: `electricity`, `heat`, or `fuel` itself."""
    return next((name for name in ("electricity", "heat") if name in comparator.code), "fuel")


def _final(total: Decimal, comparator: Comparator, conversion: Conversion | None) -> Decimal:
    name = carrier(comparator)
    if conversion is None or name == "fuel":
        return total
    made = final_energy(total, conversion.electrical, conversion.thermal, conversion.celsius)
    if name not in made:
        raise MissingTerm(f"The saving cannot be computed: the efficiency of {name} is not known.")
    return made[name]


def assess(
    terms: Terms, comparator: Comparator, plant_start: date, conversion: Conversion | None = None
) -> Verdict:
    """Return E with its saving and the threshold that applies.

    Without a `conversion` electricity and heat are judged as if nothing were lost.

    >>> ten = Terms(Decimal("10"), Decimal("10"), Decimal("0.5"))
    >>> power = COMPARATORS["biomass_electricity"]
    >>> verdict = assess(ten, power, date(2026, 1, 1), Conversion(electrical=Decimal("0.41")))
    >>> verdict.final, round(verdict.saving, 4), verdict.is_met
    (Decimal('5E+1'), Decimal('0.7268'), False)
    """
    total = terms.total
    final = _final(total, comparator, conversion)
    least = threshold(plant_start, thresholds_of(comparator))
    return Verdict(total, comparator, saving(final, comparator), least, final)


def energy_shares(
    energies: Mapping[str, tuple[Decimal, Decimal]], wastes: Sequence[str] = ()
) -> list[Share]:
    """Return shares by energy content; `energies` maps a name to (kg, lower heating value MJ/kg).

    >>> parts = energy_shares({"FAME": (Decimal(37200), Decimal(1)),
    ...                        "glycerol": (Decimal("105.6"), Decimal(16))})
    >>> float(parts[0].fraction)
    0.9565539372994323
    """
    return shares(
        [
            Output(name, quantity, heating_value, is_waste=name in wastes)
            for name, (quantity, heating_value) in energies.items()
        ]
    )


def allocate(emission: Decimal, parts: Sequence[Share]) -> dict[str, Decimal]:
    """Return the emission of each co-product; they add up to `emission`."""
    return {part.key: amount for part, amount in zip(parts, divide(emission, parts), strict=True)}
