# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the exchange of PACT 3.0.3 lets through, as a JSON Schema of our own.

Names, types, patterns and lists of values are those of the data model (rights holder: WBCSD);
nothing of its text is repeated. The public conformance suite holds every answer against the like.
"""

from __future__ import annotations

import re

import jsonschema

_MOMENT = re.compile(
    r"\d{4}-[01]\d-[0-3]\d[Tt ][0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?([Zz]|[+-][0-2]\d(:?[0-5]\d)?)"
)
_UUID = re.compile(r"(urn:uuid:)?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")

ANY = r"^[+-]?\d+(\.\d+)?$"
POSITIVE = r"^[+]?(\d*[1-9]\d*(\.\d+)?|0+\.\d*[1-9]\d*)$"
NOT_NEGATIVE = r"^[+]?\d+(\.\d+)?$"
NOT_POSITIVE = r"^(-\d+(\.\d+)?|0+(\.0+)?)$"
DECIMALS = {
    "declaredUnitAmount": POSITIVE,
    "productMassPerDeclaredUnit": ANY,
    "pcfExcludingBiogenicUptake": ANY,
    "pcfIncludingBiogenicUptake": ANY,
    "exemptedEmissionsPercent": ANY,
    "primaryDataShare": ANY,
    "landManagementBiogenicCO2Removals": NOT_POSITIVE,
    "biogenicCO2Uptake": NOT_POSITIVE,
    "ccsTechnologicalCO2Capture": NOT_POSITIVE,
    "technologicalCO2Removals": NOT_POSITIVE,
} | dict.fromkeys(
    (
        "fossilCarbonContent",
        "biogenicCarbonContent",
        "recycledCarbonContent",
        "fossilGhgEmissions",
        "landUseChangeGhgEmissions",
        "landCarbonLeakage",
        "landManagementFossilGhgEmissions",
        "landManagementBiogenicCO2Emissions",
        "biogenicNonCO2Emissions",
        "landAreaOccupation",
        "aircraftGhgEmissions",
        "packagingGhgEmissions",
        "packagingBiogenicCarbonContent",
        "outboundLogisticsGhgEmissions",
        "ccuCarbonContent",
    ),
    NOT_NEGATIVE,
)
UNITS = [
    "liter",
    "kilogram",
    "cubic meter",
    "kilowatt hour",
    "megajoule",
    "ton kilometer",
    "square meter",
    "piece",
    "hour",
    "megabit second",
]
REGIONS = [
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
]
PLACES = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")
CODES = [
    "BadRequest",
    "AccessDenied",
    "TokenExpired",
    "NotFound",
    "InternalError",
    "NotImplemented",
]


def _text(**rules) -> dict:
    return {"type": "string", **rules}


def _moment() -> dict:
    return _text(format="date-time")


def _list(items: dict, least: int = 1, unique: bool = True) -> dict:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": unique}


def _object(properties: dict, required=()) -> dict:
    return {"type": "object", "properties": properties, "required": list(required)}


URN = _text(pattern="^[uU][rR][nN]:")
FILLED = _text(minLength=1)
QUALITY = ("technologicalDQR", "geographicalDQR", "temporalDQR")
PCF = _object(
    {
        **{name: _text(pattern=pattern) for name, pattern in DECIMALS.items()},
        "declaredUnitOfMeasurement": _text(enum=UNITS),
        "referencePeriodStart": _moment(),
        "referencePeriodEnd": _moment(),
        "geographyRegionOrSubregion": _text(enum=REGIONS),
        "geographyCountry": _text(pattern="^[A-Z]{2}$"),
        "geographyCountrySubdivision": _text(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$"),
        "boundaryProcessesDescription": _text(),
        "packagingEmissionsIncluded": {"type": "boolean"},
        "ccsTechnologicalCO2CaptureIncluded": {"type": "boolean"},
        "technologicalCO2CaptureOrigin": _text(),
        "ccuCalculationApproach": _text(enum=["Cut-off", "Credit"]),
        "ccuCreditCertification": _text(format="uri"),
        "ipccCharacterizationFactors": _list(_text(pattern=r"^AR\d+$")),
        "crossSectoralStandards": _list(_text()),
        "productOrSectorSpecificRules": _list(
            _object(
                {
                    "operator": _text(enum=["PEF", "EPD International", "Other"]),
                    "ruleNames": _list(FILLED),
                    "otherOperatorName": FILLED,
                },
                ("operator", "ruleNames"),
            )
        ),
        "exemptedEmissionsDescription": _text(),
        "allocationRulesDescription": _text(),
        "secondaryEmissionFactorSources": _list(
            _object({"name": FILLED, "version": FILLED}, ("name", "version")), unique=False
        ),
        "dqi": _object({name: _text(pattern=ANY) for name in QUALITY}, QUALITY),
        "verification": _object(
            {
                "coverage": _text(enum=["PCF calculation model", "PCF program", "product level"]),
                "completedAt": _moment(),
            }
        ),
    },
    (
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
    ),
) | {
    # one place at most
    "oneOf": [
        *({"required": [name]} for name in PLACES),
        {"not": {"anyOf": [{"required": [name]} for name in PLACES]}},
    ]
}
FOOTPRINT = _object(
    {
        "id": _text(format="uuid"),
        "specVersion": _text(pattern=r"^\d+\.\d+\.\d+(-\d{8})?$"),
        "precedingPfIds": _list(_text(format="uuid")),
        "created": _moment(),
        "status": _text(enum=["Active", "Deprecated"]),
        "validityPeriodStart": _moment(),
        "validityPeriodEnd": _moment(),
        "companyName": FILLED,
        "companyIds": _list(URN),
        "productDescription": _text(),
        "productIds": _list(URN),
        "productClassifications": _list(URN),
        "productNameCompany": FILLED,
        "comment": _text(),
        "pcf": PCF,
        "extensions": _list(
            _object(
                {
                    "specVersion": _text(),
                    "dataSchema": _text(format="uri"),
                    "documentation": _text(format="uri"),
                    "data": {"type": "object"},
                },
                ("specVersion", "dataSchema", "data"),
            ),
            least=0,
            unique=False,
        ),
    },
    (
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
    ),
)
ERROR = _object({"code": _text(enum=CODES), "message": _text()}, ("code", "message"))
TOKEN = _object({"access_token": FILLED, "token_type": FILLED}, ("access_token",))


def _event(kind: str, data: dict) -> dict:
    names = ("type", "specversion", "id", "source", "time", "data")
    texts = {name: _text() for name in ("specversion", "id", "source")}
    name = f"org.wbcsd.pact.ProductFootprint.{kind}Event.3"
    return _object(texts | {"type": {"const": name}, "time": _moment(), "data": data}, names)


SCHEMAS = {
    "one": _object({"data": FOOTPRINT}, ("data",)),
    "list": _object({"data": {"type": "array", "items": FOOTPRINT}}, ("data",)),
    "error": ERROR,
    "token": TOKEN,
    "fulfilled": _event(
        "RequestFulfilled",
        _object({"requestEventId": _text(), "pfs": _list(FOOTPRINT)}, ("requestEventId", "pfs")),
    ),
    "rejected": _event(
        "RequestRejected",
        _object({"requestEventId": _text(), "error": ERROR}, ("requestEventId", "error")),
    ),
    "published": _event("Published", _object({"pfIds": _list(_text(format="uuid"))}, ("pfIds",))),
}

_formats = jsonschema.FormatChecker(())


def _check_by(pattern):
    return lambda value: not isinstance(value, str) or bool(pattern.fullmatch(value))


for _name, _pattern in (("date-time", _MOMENT), ("uuid", _UUID), ("uri", _URI)):
    _formats.checks(_name)(_check_by(_pattern))


def find_faults(body, kind: str) -> list[str]:
    """Return what is wrong with a body of a kind, each with its place in it."""
    validator = jsonschema.Draft7Validator(SCHEMAS[kind], format_checker=_formats)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
