# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The figures of a product footprint: batches weighed by their mass, and what must be true of them.

A batch is the footprint of one manufacturing order: kilograms of product and the parts its product
carries. Parts are added, kilograms are added, and one is divided by the other: that is the mean
weighed by mass. Each published figure is rounded once; those that are sums of others are summed
after the rounding, so that a receiver who adds finds no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from odoo.addons.carbon_footprint.tools import pcf

PRECISION = 60
PLACES = 9
TOLERANCE = Decimal("1.01")
# After the factory gate: reported apart, or not at all, never in the figure.
BEYOND_GATE = ("distribution", "use", "end_of_life")
# Carbon that was captured or stored is stated with proofs that are not kept here.
CAPTURE = ("esca", "eccs", "eccr")
SETS = {"SAR": "AR2", "TAR": "AR3", "AR4": "AR4", "AR5": "AR5", "AR5CCF": "AR5", "AR6": "AR6"}
# What a supplier states of his own; a meter's kWh times a factor from a database is none.
PRIMARY = ("declared",)
STAGES = {"packagingGhgEmissions": "packaging", "outboundLogisticsGhgEmissions": "distribution"}
COMPONENTS = (
    "fossilGhgEmissions",
    "landUseChangeGhgEmissions",
    "landManagementFossilGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
    "technologicalCO2Removals",
    "ccsTechnologicalCO2Capture",
)


@dataclass(frozen=True)
class Part:
    """What one activity adds to the product of a batch."""

    kg_co2e: Decimal
    stage: str = ""
    term: str = ""
    quality: str = ""


@dataclass(frozen=True)
class Batch:
    """One batch: its mass and its parts, all weighed with one GWP set.

    Its biogenic share of carbon stands for the product's where a laboratory measured its lots.
    """

    name: str
    kg: Decimal
    parts: tuple[Part, ...]
    gwp_set: str
    biogenic_share: Decimal | None = None


@dataclass(frozen=True)
class Carbon:
    """What one kg of product consists of, in kg of carbon; None is not known."""

    total: Decimal | None
    biogenic_share: Decimal = Decimal(0)
    recycled_share: Decimal | None = None


@dataclass(frozen=True)
class Problem:
    """Something that forbids a figure: a code, and the names it is about."""

    code: str
    about: tuple[str, ...] = ()


def compute(
    batches: Sequence[Batch], carbon: Carbon, kg_per_unit: Decimal
) -> dict[str, Decimal] | Problem:
    """Return the figures for one declared unit, by their names in the exchange, or why not.

    >>> part = Part(Decimal("1770"), "processing")
    >>> batches = [Batch("B1", Decimal("900"), (part,), "AR6")]
    >>> found = compute(batches, Carbon(Decimal("0.5"), Decimal("0.2")), Decimal(1))
    >>> plain(found["pcfExcludingBiogenicUptake"]), plain(found["biogenicCO2Uptake"])
    ('1.966666667', '-0.366666667')
    """
    problem = _find_problem(batches, carbon)
    if problem:
        return problem
    with localcontext() as context:
        context.prec = PRECISION
        kg = sum((batch.kg for batch in batches), Decimal(0))
        parts = [part for batch in batches for part in batch.parts]
        share = sum((batch.kg * _get_share(batch, carbon) for batch in batches), Decimal(0)) / kg
        return add_totals(
            _compute(parts, kg_per_unit / kg) | _weigh_carbon(carbon, share, kg_per_unit)
        )


def add_totals(figures: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the figures with the two totals, which are sums of rounded figures."""
    excluding = figures["fossilGhgEmissions"] + figures["landUseChangeGhgEmissions"]
    return {
        **figures,
        "pcfExcludingBiogenicUptake": excluding,
        "pcfIncludingBiogenicUptake": excluding + figures["biogenicCO2Uptake"],
    }


def _find_problem(batches: Sequence[Batch], carbon: Carbon) -> Problem | None:
    if not batches:
        return Problem("no_batches")
    without = tuple(batch.name for batch in batches if batch.kg <= 0)
    if without:
        return Problem("no_mass", without)
    sets = tuple(sorted({batch.gwp_set for batch in batches}))
    if len(sets) > 1:
        return Problem("mixed_sets", sets)
    if sets[0] not in SETS:
        return Problem("unknown_set", sets)
    captured = tuple(
        batch.name for batch in batches if any(part.term in CAPTURE for part in batch.parts)
    )
    if captured:
        return Problem("capture", captured)
    return Problem("no_carbon") if carbon.total is None else None


def _compute(parts: Sequence[Part], scale: Decimal) -> dict[str, Decimal]:
    inside = [part for part in parts if part.stage not in BEYOND_GATE]
    land = [part for part in inside if part.term == "el"]
    return {
        "fossilGhgEmissions": _sum(inside, scale) - _sum(land, scale),
        "landUseChangeGhgEmissions": _sum(land, scale),
        **_sum_by_stage(parts, scale),
        "primaryDataShare": _get_primary_share(inside),
    }


def _sum_by_stage(parts: Sequence[Part], scale: Decimal) -> dict[str, Decimal]:
    """Return what is reported apart, where anything of its stage was counted: none is not zero."""
    counted = {stage for stage in STAGES.values() if any(part.stage == stage for part in parts)}
    return {
        name: _sum([part for part in parts if part.stage == stage], scale)
        for name, stage in STAGES.items()
        if stage in counted
    }


def _get_primary_share(parts: Sequence[Part]) -> Decimal:
    """Return the percentage of the figure that rests on the suppliers' own values."""
    whole = sum((abs(part.kg_co2e) for part in parts), Decimal(0))
    primary = sum((abs(part.kg_co2e) for part in parts if part.quality in PRIMARY), Decimal(0))
    return round_to(primary * 100 / whole, 2) if whole else Decimal(0)


def _get_share(batch: Batch, carbon: Carbon) -> Decimal:
    return carbon.biogenic_share if batch.biogenic_share is None else batch.biogenic_share


def _weigh_carbon(carbon: Carbon, share: Decimal, kg_per_unit: Decimal) -> dict[str, Decimal]:
    content = round_to(carbon.total * kg_per_unit)
    biogenic = round_to(content * share)
    figures = {
        "biogenicCarbonContent": biogenic,
        "fossilCarbonContent": content - biogenic,
        "biogenicCO2Uptake": round_to(pcf.uptake(biogenic)),
    }
    if carbon.recycled_share is not None:
        figures["recycledCarbonContent"] = round_to(content * carbon.recycled_share)
    return figures


def _sum(parts: Iterable[Part], scale: Decimal) -> Decimal:
    return round_to(sum((part.kg_co2e for part in parts), Decimal(0)) * scale)


def round_to(value: Decimal, places: int = PLACES) -> Decimal:
    """Return a figure as it is published; there is no negative zero."""
    with localcontext() as context:
        context.prec = PRECISION
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)


def plain(value: Decimal) -> str:
    """Return a decimal string without exponent or idle zeros.

    >>> plain(Decimal("1770.000")), plain(Decimal("1E+3")), plain(Decimal("-0.50"))
    ('1770', '1000', '-0.5')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def check(values: Mapping[str, Decimal]) -> tuple[pcf.Doubt, ...]:
    """Return the identities that the figures of a document do not satisfy, to their rounding.

    The components warn only: the examples published with the format add the fossil emissions of
    land management although a note says that the fossil emissions hold them already, and leave
    biogenic methane out.
    """
    return pcf.check(
        pcf.Figures(
            excluding=values["pcfExcludingBiogenicUptake"],
            including=values["pcfIncludingBiogenicUptake"],
            uptake=values.get("biogenicCO2Uptake", Decimal(0)),
            biogenic_carbon=values.get("biogenicCarbonContent"),
            components=tuple(values[name] for name in COMPONENTS if name in values),
        )
    )


def find_lacking_uptake(
    stated: Sequence[Decimal | None], per_unit: Decimal, uptake: Decimal
) -> Decimal | None:
    """Return what the materials of a declared unit took up if the product holds more than that.

    None where a batch does not state it, and where the difference is below one percent.

    >>> find_lacking_uptake([Decimal("70"), Decimal("7")], Decimal("0.01"), Decimal("-0.9"))
    Decimal('0.770000000')
    >>> find_lacking_uptake([Decimal("70"), None], Decimal("0.01"), Decimal("-0.9")) is None
    True
    >>> find_lacking_uptake([Decimal("100")], Decimal("0.01"), Decimal("-1.005")) is None
    True
    """
    if None in stated:
        return None
    removed = sum(stated, Decimal(0)) * per_unit
    return round_to(removed) if removed * TOLERANCE < -uptake else None


def pad(value: Decimal) -> Decimal:
    """Return a figure with all its places, which leave no room for rounding."""
    return round_to(value)
