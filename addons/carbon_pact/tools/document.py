# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The product footprint as others read it: what it must hold, and in which form.

Own words for the data model of PACT 3 (rights holder of the specification: WBCSD); nothing of the
specification's text is repeated here.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from . import urn
from .cloudevent import is_uuid

SPEC_VERSION = "3.0.3"
REGIONS = (
    "Africa",
    "Americas",
    "Asia",
    "Europe",
    "Oceania",
    "Australia and New Zealand",
    "Central Asia",
    "Eastern Asia",
    "Eastern Europe",
    "Latin America and the Caribbean",
    "Melanesia",
    "Micronesia",
    "Northern Africa",
    "Northern America",
    "Northern Europe",
    "Polynesia",
    "South-eastern Asia",
    "Southern Asia",
    "Southern Europe",
    "Sub-Saharan Africa",
    "Western Asia",
    "Western Europe",
)
STANDARDS = (
    "ISO14067",
    "ISO14083",
    "ISO14040-44",
    "GHGP-Product",
    "PEF",
    "PACT-1.0",
    "PACT-2.0",
    "PACT-3.0",
    "PAS2050",
)
REQUIRED = (
    "id",
    "specVersion",
    "created",
    "status",
    "companyName",
    "companyIds",
    "productDescription",
    "productIds",
    "productNameCompany",
    "pcf",
)
PCF_REQUIRED = (
    "declaredUnitOfMeasurement",
    "declaredUnitAmount",
    "productMassPerDeclaredUnit",
    "referencePeriodStart",
    "referencePeriodEnd",
    "pcfExcludingBiogenicUptake",
    "pcfIncludingBiogenicUptake",
    "fossilGhgEmissions",
    "fossilCarbonContent",
    "ipccCharacterizationFactors",
    "crossSectoralStandards",
    "exemptedEmissionsPercent",
)
DECIMALS = {
    "declaredUnitAmount": ">",
    "productMassPerDeclaredUnit": ">=",
    "pcfExcludingBiogenicUptake": "",
    "pcfIncludingBiogenicUptake": "",
    "fossilGhgEmissions": ">=",
    "fossilCarbonContent": ">=",
    "biogenicCarbonContent": ">=",
    "recycledCarbonContent": ">=",
    "landUseChangeGhgEmissions": ">=",
    "landManagementFossilGhgEmissions": ">=",
    "landManagementBiogenicCO2Emissions": ">=",
    "landManagementBiogenicCO2Removals": "<=",
    "biogenicCO2Uptake": "<=",
    "biogenicNonCO2Emissions": ">=",
    "technologicalCO2Removals": "<=",
    "ccsTechnologicalCO2Capture": "<=",
    "aircraftGhgEmissions": ">=",
    "packagingGhgEmissions": ">=",
    "outboundLogisticsGhgEmissions": ">=",
    "exemptedEmissionsPercent": ">=",
    "primaryDataShare": ">=",
}
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_FACTORS = re.compile(r"AR\d+", re.ASCII)


def find_problems(document: Mapping) -> tuple[str, ...]:
    """Return the names of what is missing or not in its form, in the order of the document."""
    missing = [name for name in REQUIRED if document.get(name) in (None, "", [], {})]
    pcf = document.get("pcf") or {}
    missing += [f"pcf.{name}" for name in PCF_REQUIRED if pcf.get(name) in (None, "", [])]
    wrong = [] if is_uuid(document.get("id")) else ["id"]
    for name in ("companyIds", "productIds", "productClassifications"):
        if urn.find_wrong(document.get(name) or ()):
            wrong.append(name)
    if not all(_FACTORS.fullmatch(name) for name in pcf.get("ipccCharacterizationFactors") or ()):
        wrong.append("pcf.ipccCharacterizationFactors")
    wrong += [f"pcf.{name}" for name in DECIMALS if name in pcf and not _fits(pcf[name], name)]
    return tuple(dict.fromkeys([*missing, *wrong]))


def _fits(value, name: str) -> bool:
    number = read_decimal(value)
    if number is None:
        return False
    return {">": number > 0, ">=": number >= 0, "<=": number <= 0, "": True}[DECIMALS[name]]


def read_decimal(value) -> Decimal | None:
    """Return a decimal string as a number, None for what is none.

    >>> read_decimal("-0.5"), read_decimal("1e3"), read_decimal(0.5)
    (Decimal('-0.5'), None, None)
    """
    if not isinstance(value, str) or len(value) > 60 or not _DECIMAL.fullmatch(value):
        return None
    return Decimal(value)


def get_figures(pcf: Mapping) -> dict[str, Decimal]:
    """Return the decimals of a footprint by name; what is not in its form is left out."""
    found = {name: read_decimal(pcf[name]) for name in DECIMALS if name in pcf}
    return {name: value for name, value in found.items() if value is not None}
