# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A product footprint that a supplier sent: is it whole, is it his, and what does one kg weigh.

Nothing of it is trusted: any JSON may come in. What is not stated stays unknown; only an uptake
that is left out follows from the two totals, for that is what their difference means.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal, localcontext

from odoo.addons.carbon_footprint.tools import pcf as identities

from . import document, figures, validity

PRECISION = 200
PLACES = 12
UNITS = (
    "kilogram",
    "liter",
    "cubic meter",
    "kilowatt hour",
    "megajoule",
    "ton kilometer",
    "square meter",
    "piece",
    "hour",
    "megabit second",
)
TEXTS = (
    "id",
    "specVersion",
    "created",
    "status",
    "companyName",
    "productDescription",
    "productNameCompany",
)
LISTS = ("companyIds", "productIds")
MAY_LISTS = ("productClassifications", "precedingPfIds")
PCF_LISTS = ("ipccCharacterizationFactors", "crossSectoralStandards")
PLACES_BY_NAME = {
    "geographyCountrySubdivision": re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII),
    "geographyCountry": re.compile(r"[A-Z]{2}", re.ASCII),
    "geographyRegionOrSubregion": re.compile("|".join(document.REGIONS)),
}
# What no product weighs or emits, and what no unit of one can be as light as.
HUGE = Decimal(10) ** 12
LIGHTEST_KG = Decimal("0.000000001")
YEARS = range(1990, 2200)
# Others calculate with binary fractions: what is left of that is no contradiction.
NOISE = Decimal("0.00000001")
SETS = ("AR4", "AR5", "AR6")
RATINGS = ("temporalDQR", "geographicalDQR", "technologicalDQR")
# A supplier's own statement scores so where he rates nothing: reliability and completeness.
OWN_STATEMENT = (2, 2)
WORST = 5


@dataclass(frozen=True)
class Fault:
    """Why a document cannot be used: a code, and what it is about."""

    code: str
    about: str = ""


@dataclass(frozen=True)
class Value:
    """What a usable document says of one kg of product."""

    kg_co2e: Decimal
    removed: Decimal
    gwp_set: str
    region: str
    valid_from: date
    valid_to: date
    pedigree: str


def find_faults(
    content: Mapping, company_ids: Collection[str], product_ids: Collection[str]
) -> tuple[Fault, ...]:
    """Return why a document cannot be used, nothing for one that can."""
    # a description may be empty here; of our own it says more
    shape = _find_shape(content) or document.find_problems(content | {"productDescription": "-"})
    shape = shape or _find_huge(content["pcf"])
    if shape:
        return (Fault("form", ", ".join(shape)),)
    found = [_find_origin(content, company_ids, product_ids), _find_span(content)]
    found += [Fault("identity", doubt.sentence) for doubt in check(content) if doubt.is_blocking]
    pcf = content["pcf"]
    if document.read_decimal(pcf["productMassPerDeclaredUnit"]) < LIGHTEST_KG:
        found.append(Fault("mass"))
    sets = pcf["ipccCharacterizationFactors"]
    if len(sets) != 1 or sets[0] not in SETS:
        found.append(Fault("gwp", ", ".join(sets)))
    return tuple(fault for fault in found if fault)


def find_warnings(content: Mapping) -> tuple[str, ...]:
    """Return what a person should look at in a usable document."""
    return tuple(doubt.sentence for doubt in check(content) if not doubt.is_blocking)


def names(content, name: str) -> tuple[str, ...]:
    """Return the identifiers that a document names in a list, in small letters, of any JSON.

    >>> names({"productIds": ["URN:GTIN:1", 7]}, "productIds"), names([], "productIds")
    (('urn:gtin:1',), ())
    """
    found = content.get(name) if isinstance(content, dict) else None
    values = found if isinstance(found, list) else []
    return tuple(value.lower() for value in values if isinstance(value, str))


def check(content: Mapping):
    """Return the identities of its figures that do not hold, to the places that are stated."""
    with localcontext() as context:
        context.prec = PRECISION
        stated = document.get_figures(content["pcf"])
        excluding = stated["pcfExcludingBiogenicUptake"]
        including = stated["pcfIncludingBiogenicUptake"]
        taken_up = stated.setdefault("biogenicCO2Uptake", including - excluding)
        if "biogenicCarbonContent" in stated:
            expected = identities.uptake(stated["biogenicCarbonContent"])
            stated["biogenicCO2Uptake"] = _without_noise(taken_up, expected)
        expected = excluding + stated["biogenicCO2Uptake"]
        stated["pcfIncludingBiogenicUptake"] = _without_noise(including, expected)
        return figures.check(stated)


def _without_noise(stated: Decimal, expected: Decimal) -> Decimal:
    """Return the expected figure where the stated one differs by noise alone.

    >>> _without_noise(Decimal("-14.219999999999999"), Decimal("-14.22"))
    Decimal('-14.22')
    """
    return expected if abs(stated - expected) <= NOISE * max(abs(expected), 1) else stated


def get_value(content: Mapping) -> Value:
    """Return what a document without faults says of one kg."""
    pcf = content["pcf"]
    stated = document.get_figures(pcf)
    including, excluding = (
        stated["pcfIncludingBiogenicUptake"],
        stated["pcfExcludingBiogenicUptake"],
    )
    kg = stated["productMassPerDeclaredUnit"]
    start, end = _get_span(content)
    with localcontext() as context:
        context.prec = PRECISION
        removed = -stated.get("biogenicCO2Uptake", including - excluding)
        return Value(
            kg_co2e=figures.round_to(excluding / kg, PLACES),
            removed=figures.round_to(removed / kg, PLACES),
            gwp_set=pcf["ipccCharacterizationFactors"][0],
            region=next((pcf[name] for name in PLACES_BY_NAME if pcf.get(name)), "Global"),
            valid_from=start.date(),
            valid_to=(end - timedelta(microseconds=1)).date(),
            pedigree=_get_pedigree(pcf.get("dqi")),
        )


# -- parts --------------------------------------------------------------------------------------


def _find_shape(content) -> list[str]:
    """Return the names of what is not even of the right kind."""
    if not isinstance(content, dict) or not isinstance(content.get("pcf"), dict):
        return ["pcf"]
    pcf = content["pcf"]
    wrong = [name for name in TEXTS if not isinstance(content.get(name), str)]
    wrong += [name for name in LISTS if not _is_texts(content.get(name))]
    wrong += [name for name in MAY_LISTS if not _is_texts(content.get(name, []))]
    wrong += [f"pcf.{name}" for name in PCF_LISTS if not _is_texts(pcf.get(name))]
    wrong += [f"pcf.{name}" for name in PLACES_BY_NAME if not _is_place(name, pcf.get(name))]
    if wrong:
        return wrong
    moments = {name: content.get(name) for name in ("validityPeriodStart", "validityPeriodEnd")}
    moments = {name: moment for name, moment in moments.items() if moment is not None}
    moments |= {"created": content["created"]}
    moments |= {f"pcf.{n}": pcf.get(n) for n in ("referencePeriodStart", "referencePeriodEnd")}
    wrong = [name for name, moment in moments.items() if not _is_moment(moment)]
    if pcf.get("declaredUnitOfMeasurement") not in UNITS:
        wrong.append("pcf.declaredUnitOfMeasurement")
    if content["status"] not in ("Active", "Deprecated"):
        wrong.append("status")
    if not content["specVersion"].startswith("3."):
        wrong.append("specVersion")
    if sum(bool(pcf.get(name)) for name in PLACES_BY_NAME) > 1:
        wrong.append("pcf.geography")
    return wrong


def _is_texts(value) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_moment(value) -> bool:
    found = validity.read(value) if isinstance(value, str) else None
    return found is not None and found.year in YEARS


def _is_place(name: str, value) -> bool:
    is_text = isinstance(value, str)
    return value is None or (is_text and bool(PLACES_BY_NAME[name].fullmatch(value)))


def _find_huge(pcf: Mapping) -> list[str]:
    return [f"pcf.{n}" for n, value in document.get_figures(pcf).items() if abs(value) >= HUGE]


def _find_origin(content, company_ids, product_ids) -> Fault | None:
    companies = {name.lower() for name in company_ids}
    if companies.isdisjoint(names(content, "companyIds")):
        return Fault("company", ", ".join(content["companyIds"]))
    if {name.lower() for name in product_ids}.isdisjoint(names(content, "productIds")):
        return Fault("product", ", ".join(content["productIds"]))
    return None


def _find_span(content) -> Fault | None:
    pcf = content["pcf"]
    begin, end = (
        validity.read(pcf[name]) for name in ("referencePeriodStart", "referencePeriodEnd")
    )
    problem = "period" if end <= begin else validity.find_problem(end, *_get_span(content))
    return Fault("validity", problem) if problem else None


def _get_span(content):
    given = [content.get(name) for name in ("validityPeriodStart", "validityPeriodEnd")]
    start, end = (validity.read(text) if text else None for text in given)
    return validity.get_span(validity.read(content["pcf"]["referencePeriodEnd"]), start, end)


def _get_pedigree(dqi) -> str:
    """Return the five scores of a pedigree, empty unless all three ratings are stated.

    >>> rated = {"temporalDQR": "2.5", "geographicalDQR": "1", "technologicalDQR": "3.0"}
    >>> _get_pedigree(rated), _get_pedigree({"temporalDQR": "9"}), _get_pedigree(None)
    ('2;2;3;1;3', '', '')
    """
    if not isinstance(dqi, dict):
        return ""
    rated = [document.read_decimal(dqi.get(name)) for name in RATINGS]
    if any(rating is None or not 1 <= rating <= WORST for rating in rated):
        return ""
    scores = [int(rating.to_integral_value(rounding=ROUND_CEILING)) for rating in rated]
    return ";".join(str(score) for score in (*OWN_STATEMENT, *scores))
