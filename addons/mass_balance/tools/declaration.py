# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The field table of a Sustainability Declaration (ISCC PLUS 8.3.3) and what a given one lacks.

Each row says whether a field is required (R), optional (O) or conditional (C) in an incoming and
in an outgoing declaration. Conditions are named, not coded in the rows, so that the table can
be read beside its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

# From this day ISCC PLUS asks the fields of declaration template v4.0.
TEMPLATE_V4_FROM = date(2027, 1, 1)
# Versions of the system documents that a declaration of today is made under.
SCHEME_VERSIONS = {"iscc_plus": "3.4.2", "iscc_eu": "4.1"}
WASTE_CATEGORIES = ("bio_circular", "circular")
RENEWABLE_ENERGY = "renewable_energy"


@dataclass(frozen=True)
class FieldRule:
    """One row: number in the source, our field, and when it must be filled."""

    row: int
    field: str
    label: str
    incoming: str
    outgoing: str
    when: str = ""


_RULES = (
    FieldRule(1, "number", "Number", "R", "R"),
    FieldRule(2, "issue_date", "Date of issuance", "R", "R"),
    FieldRule(3, "scheme", "Scheme", "R", "R"),
    FieldRule(3, "scheme_version", "Scheme version", "R", "R"),
    FieldRule(4, "supplier_name", "Supplier name", "R", "R"),
    FieldRule(4, "supplier_address", "Supplier address", "R", "R"),
    FieldRule(4, "supplier_identifier", "Supplier identifier", "R", "R"),
    FieldRule(5, "certificate_number", "Supplier certificate number", "R", "R"),
    FieldRule(6, "certification_body", "Certification body", "O", "R"),
    FieldRule(7, "recipient_name", "Recipient name", "R", "R"),
    FieldRule(7, "recipient_address", "Recipient address", "R", "R"),
    FieldRule(7, "recipient_identifier", "Recipient identifier", "R", "R"),
    FieldRule(8, "contract_number", "Contract number", "R", "R"),
    FieldRule(9, "dispatch_date", "Date of dispatch", "R", "R"),
    FieldRule(10, "dispatch_place", "Place of dispatch", "R", "R"),
    FieldRule(11, "receipt_place", "Place of receipt", "R", "R"),
    FieldRule(12, "product_type", "Product type", "R", "R"),
    FieldRule(12, "material", "Product of the ISCC material list", "R", "R"),
    FieldRule(13, "raw_material", "Raw material", "R", "R"),
    FieldRule(14, "origin_country", "Country of origin of the raw material", "R", "R"),
    FieldRule(15, "quantity", "Quantity", "R", "R"),
    FieldRule(15, "quantity_unit", "Unit of the quantity", "R", "R"),
    FieldRule(16, "statement", "Sustainability statement", "R", "R"),
    FieldRule(17, "chain_of_custody", "Chain-of-custody option", "R", "R"),
    FieldRule(18, "waste_residue", "Waste or residue", "R", "R"),
    FieldRule(18, "red_category", "RED category", "R", "R", "eu"),
    FieldRule(19, "origin_point_name", "Name of the point of origin", "C", "C", "origin_point"),
    FieldRule(
        19, "origin_point_address", "Address of the point of origin", "C", "C", "origin_point"
    ),
    FieldRule(20, "category", "Raw-material category", "R", "R"),
    FieldRule(21, "waste_status", "Waste status", "C", "C", "plus_waste"),
    FieldRule(22, "input_reflection", "Reflection of input characteristics", "O", "R", "v4"),
    FieldRule(23, "input_compensation", "Extent of input compensation", "O", "R", "v4"),
    FieldRule(24, "credit_transfer", "Multi-site credit transfer", "O", "R", "v4"),
    FieldRule(25, "method", "Mass-balance method", "O", "R", "plus"),
    FieldRule(25, "attribution", "Attribution approach", "O", "R", "plus"),
    FieldRule(25, "basis", "Attribution basis", "O", "R", "plus"),
    FieldRule(25, "certified_share", "Share of certified content", "O", "R", "plus"),
    FieldRule(27, "ghg_value", "GHG value", "R", "R", "eu"),
    FieldRule(27, "ghg_type", "Type of GHG value", "C", "C", "ghg"),
    FieldRule(28, "ghg_unit", "Unit of the GHG value", "C", "C", "ghg"),
    FieldRule(30, "transport_mode", "Transport mode", "C", "C", "ghg_actual"),
    FieldRule(30, "transport_km", "Transport distance", "C", "C", "ghg_actual"),
)


def _is_filled(values: Mapping, field: str) -> bool:
    """Zero is a value of a figure that may be zero; an empty text or an absent one is not."""
    value = values.get(field)
    if isinstance(value, str):
        return bool(value.strip())
    if field == "quantity":
        return bool(value) and value > 0
    return value is not None and value is not False


def _applies(rule: FieldRule, values: Mapping, on_date: date, v4_from: date) -> bool:
    """Does the condition named in the rule hold for these values?"""
    plus = values.get("scheme") == "iscc_plus"
    has_ghg = values.get("ghg_value") is not None
    return {
        "": True,
        "eu": values.get("scheme") == "iscc_eu",
        "plus": plus,
        "plus_waste": plus and values.get("category") in WASTE_CATEGORIES,
        "v4": plus and on_date >= v4_from,
        "origin_point": bool(values.get("origin_point_required")),
        "ghg": has_ghg,
        "ghg_actual": has_ghg
        and values.get("ghg_type") == "actual"
        and bool(values.get("ghg_etd")),
    }[rule.when]


def rules() -> tuple[FieldRule, ...]:
    """Return the table, in the order of the source."""
    return _RULES


def missing(
    values: Mapping, direction: str, on_date: date, v4_from: date = TEMPLATE_V4_FROM
) -> list[FieldRule]:
    """Return the rows whose field must be filled and is not.

    `values` maps our field names to values; None means absent (a GHG value of 0 is a value).

    >>> values = {rule.field: "x" for rule in rules()} | {"scheme": "iscc_plus", "quantity": 1}
    >>> missing(values, "out", date(2026, 11, 22))
    []
    >>> values["contract_number"] = "  "
    >>> [rule.field for rule in missing(values, "out", date(2026, 11, 22))]
    ['contract_number']
    """
    column = "incoming" if direction == "in" else "outgoing"
    return [
        rule
        for rule in _RULES
        if getattr(rule, column) in "RC"
        and _applies(rule, values, on_date, v4_from)
        and not _is_filled(values, rule.field)
    ]


# What template v4.0 brought in: a supplier's declaration made before says nothing of it.
ISSUER_FIELDS = ("input_reflection", "input_compensation")

# The set of characteristics that travels with a quantity and is never split or recombined. The
# GHG value stands apart: batches of one kind may go out together at the highest of their values.
SET_FIELDS = (
    "scheme",
    "raw_material",
    "origin_country",
    "statement",
    "chain_of_custody",
    "waste_residue",
    "red_category",
    "category",
    "waste_status",
    "origin_point_name",
    "input_reflection",
    "input_compensation",
)


def set_key(values: Mapping) -> tuple[str, ...]:
    """Return what must be equal for two quantities to stand on one line of a declaration.

    >>> one = {"scheme": "iscc_plus", "origin_country": "FI"}
    >>> set_key(one) == set_key(one | {"origin_country": "SE"})
    False
    """
    return tuple(str(values.get(field) or "") for field in SET_FIELDS)


def ghg_of_mixture(values: list) -> object | None:
    """Return the GHG value of a mixture: the highest, never an average; None if one is unknown.

    >>> from decimal import Decimal
    >>> ghg_of_mixture([Decimal("12.5"), Decimal("31.8")])
    Decimal('31.8')
    >>> ghg_of_mixture([Decimal("12.5"), None]) is None
    True
    """
    if not values or any(value is None for value in values):
        return None
    return max(values)


def is_ghg_allowed(claimed: object, values: list) -> bool:
    """May a mixture of these batches be declared with this value?

    >>> from decimal import Decimal
    >>> is_ghg_allowed(Decimal("20.22"), [Decimal("12.5"), Decimal("31.8")])
    False
    """
    return claimed is not None and claimed == ghg_of_mixture(values)
