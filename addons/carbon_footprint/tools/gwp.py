# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Global warming potentials over 100 years, set by set, and the refusal to add two sets.

A kilogram of methane weighs 25 kg CO2e in the fourth IPCC report and 28 kg in the fifth. A sum that
takes some of its terms from one report and some from another means nothing, so every amount of CO2e
carries the set it was weighed with.

The table is that of openclimatedata/globalwarmingpotentials (CC0); `data/factors/gwp100.csv` of the
project is the same table as a file, and a unit test keeps both equal.

>>> weigh({"co2": Decimal("53.06"), "ch4": Decimal("0.001"), "n2o": Decimal("0.0001")}, "AR5")
Decimal('53.1145')
>>> weigh({"co2": Decimal("53.06"), "ch4": Decimal("0.001"), "n2o": Decimal("0.0001")}, "AR4")
Decimal('53.1148')
>>> add(Co2e(Decimal("1"), "AR5"), Co2e(Decimal("1"), "AR6"))
Traceback (most recent call last):
...
odoo.addons.carbon_footprint.tools.gwp.MixedSets: 1 kg CO2e is weighed with AR5 and 1 kg CO2e \
with AR6. Amounts of two GWP sets are not added; restate one of them from its gases first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 60

# gas -> kg CO2e of one kg, by set; a gas that a report does not list is absent, never zero.
SETS: dict[str, dict[str, Decimal]] = {
    "SAR": {"ch4": Decimal("21"), "n2o": Decimal("310"), "sf6": Decimal("23900")},
    "TAR": {
        "ch4": Decimal("23"),
        "n2o": Decimal("296"),
        "sf6": Decimal("22200"),
        "nf3": Decimal("10800"),
    },
    "AR4": {
        "ch4": Decimal("25"),
        "n2o": Decimal("298"),
        "sf6": Decimal("22800"),
        "nf3": Decimal("17200"),
    },
    "AR5": {
        "ch4": Decimal("28"),
        "n2o": Decimal("265"),
        "sf6": Decimal("23500"),
        "nf3": Decimal("16100"),
    },
    "AR5CCF": {
        "ch4": Decimal("34"),
        "n2o": Decimal("298"),
        "sf6": Decimal("26087"),
        "nf3": Decimal("17885"),
    },
    "AR6": {
        "ch4": Decimal("27.9"),
        "n2o": Decimal("273"),
        "sf6": Decimal("25200"),
        "nf3": Decimal("17400"),
    },
}
LABELS: dict[str, str] = {
    "SAR": "IPCC second report (1995)",
    "TAR": "IPCC third report (2001)",
    "AR4": "IPCC fourth report (2007)",
    "AR5": "IPCC fifth report (2013)",
    "AR5CCF": "IPCC fifth report, with climate-carbon feedback",
    "AR6": "IPCC sixth report (2021)",
}


class MixedSets(ValueError):
    """Two amounts weighed with different GWP sets were to be added."""


class UnknownPotential(ValueError):
    """A set, or a gas of a set, that the table does not hold."""


@dataclass(frozen=True)
class Co2e:
    """Kilograms of CO2 equivalent together with the set they were weighed with."""

    kg: Decimal
    gwp_set: str


def potential(gas: str, gwp_set: str) -> Decimal:
    """Return kg CO2e of one kg of `gas` in `gwp_set`.

    >>> potential("ch4", "AR6")
    Decimal('27.9')
    >>> potential("nf3", "SAR")
    Traceback (most recent call last):
    ...
    odoo.addons.carbon_footprint.tools.gwp.UnknownPotential: The set SAR has no potential for nf3.
    """
    if gwp_set not in SETS:
        raise UnknownPotential(f"There is no GWP set {gwp_set}; known are {', '.join(SETS)}.")
    if gas == "co2":
        return Decimal("1")
    if gas not in SETS[gwp_set]:
        raise UnknownPotential(f"The set {gwp_set} has no potential for {gas}.")
    return SETS[gwp_set][gas]


def weigh(gases: Mapping[str, Decimal], gwp_set: str) -> Decimal:
    """Return kg CO2e of masses of gases (kg, or g in and g out), weighed with one set."""
    with localcontext() as context:
        context.prec = PRECISION
        return sum((mass * potential(gas, gwp_set) for gas, mass in gases.items()), Decimal("0"))


def masses(contributions: Mapping[str, Decimal], gwp_set: str) -> dict[str, Decimal]:
    """Return kg of each gas from contributions published in kg CO2e (as DEFRA does).

    >>> masses({"ch4": Decimal("0.00028")}, "AR5")
    {'ch4': Decimal('0.00001')}
    """
    with localcontext() as context:
        context.prec = PRECISION
        return {gas: kg / potential(gas, gwp_set) for gas, kg in contributions.items()}


def add(*amounts: Co2e) -> Co2e:
    """Return the sum of amounts of one GWP set; amounts of two sets raise `MixedSets`."""
    first, *rest = amounts
    for other in rest:
        if other.gwp_set != first.gwp_set:
            raise MixedSets(
                f"{first.kg} kg CO2e is weighed with {first.gwp_set} and {other.kg} kg CO2e with "
                f"{other.gwp_set}. Amounts of two GWP sets are not added; restate one of them "
                "from its gases first."
            )
    with localcontext() as context:
        context.prec = PRECISION
        return Co2e(sum((amount.kg for amount in amounts), Decimal("0")), first.gwp_set)
