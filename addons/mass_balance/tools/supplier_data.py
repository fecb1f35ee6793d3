# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A supplier's declaration as data, checked field by field.

Headers are our field names, their labels, or the names of the public SD schema (sdNumber …). Each
cell gives a value or a problem that names the field and what was found; nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from .certificate import parse_number
from .table import Row, header, parse_day

SCHEMES = {"iscc_plus": ("iscc plus", "iscc+"), "iscc_eu": ("iscc eu",)}
CATEGORIES = {
    "bio": ("bio",),
    "bio_circular": ("bio-circular", "bio circular"),
    "circular": ("circular",),
    "renewable_energy": ("renewable-energy-derived", "renewable energy"),
}
STATEMENTS = {
    "iscc_compliant": ("iscc compliant",),
    "eu_red_compliant": ("eu red compliant",),
    "none": ("no statement", "none"),
}
CUSTODY = {
    "mass_balance": ("mass balance",),
    "physical_segregation": ("physical segregation", "segregation"),
    "controlled_blending": ("controlled blending",),
}
YES_NO = {"yes": ("yes", "y", "true", "x"), "no": ("no", "n", "false")}
WASTE = {
    "pre_consumer": ("pre-consumer",),
    "post_consumer": ("post-consumer",),
    "mixed": ("mixed",),
    "unspecified": ("unspecified",),
}
RED = {
    "annex_9a": ("annex ix part a", "annex ix-a"),
    "annex_9b": ("annex ix part b", "annex ix-b"),
    "other": ("other",),
}
UNITS = {
    "kg": ("kg",),
    "t": ("t", "mt", "t (metric)"),
    "m3": ("m3", "m³", "m3 at 15 c", "m³ at 15 °c"),
    "mj": ("mj",),
    "kwh": ("kwh",),
}
GHG_TYPES = {
    "total_default": ("total default", "ddv"),
    "disaggregated_default": ("disaggregated default", "dv"),
    "actual": ("actual", "av"),
}


@dataclass(frozen=True)
class Spec:
    """How one field is read: kind, other headers, choices, and the range of a number."""

    kind: str
    names: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    low: Decimal | None = None
    high: Decimal | None = None


ZERO, HUNDRED = Decimal(0), Decimal(100)
FIELDS = {
    "number": Spec("text", ("sdnumber", "sd number", "declaration")),
    "issue_date": Spec("day", ("date of issuance", "dateofissuance")),
    "scheme": Spec("choice", (), SCHEMES),
    "certificate_number": Spec(
        "certificate", ("isccertificatenumber", "iscccertificatenumber", "certificate")
    ),
    "contract_number": Spec("text", ("contract",)),
    "dispatch_date": Spec("day", ("date of dispatch", "dateofdispatch")),
    "dispatch_place": Spec("text", ("place of dispatch",)),
    "material": Spec("text", ("product", "product (iscc list)")),
    "raw_material": Spec("text", ("rawmaterialtype", "raw material type")),
    "origin_country": Spec("country", ("countryoforigin", "country of origin")),
    "quantity": Spec("number", (), low=ZERO),
    "quantity_unit": Spec("choice", ("quantityunit", "unit"), UNITS),
    "statement": Spec("choice", ("sustainability statement",), STATEMENTS),
    "chain_of_custody": Spec("choice", ("chain-of-custody option",), CUSTODY),
    "waste_residue": Spec("choice", ("waste or residue",), YES_NO),
    "category": Spec("choice", ("raw-material category",), CATEGORIES),
    "waste_status": Spec("choice", (), WASTE),
    "red_category": Spec("choice", (), RED),
    "origin_point_name": Spec("text", ("point of origin",)),
    "origin_point_address": Spec("text", ("address of the point of origin",)),
    "ghg_value": Spec("number", ("ghg",)),
    "ghg_unit": Spec("text"),
    "ghg_type": Spec("choice", ("type of ghg value",), GHG_TYPES),
    "biomass_content": Spec("number", ("biomass content (%)",), low=ZERO, high=HUNDRED),
    "lhv": Spec("number", ("lower heating value", "heating value"), low=ZERO),
    "moisture": Spec("number", ("moisture (%)",), low=ZERO, high=HUNDRED),
    "score": Spec("number", ("sustainability score",), low=ZERO, high=HUNDRED),
    "premium": Spec("number", ("premium per kg",), low=ZERO),
}
REQUIRED = ("number", "dispatch_date", "raw_material", "origin_country", "quantity")
FIGURES = ("biomass_content", "lhv", "moisture", "score", "premium")


@dataclass(frozen=True)
class Problem:
    """One field that cannot be taken: its name, a code, and what was found."""

    field: str
    code: str
    found: str = ""


@dataclass(frozen=True)
class Checked:
    """One row: the values that could be read, the problems, and headers nobody knows."""

    row: int
    values: dict[str, object]
    problems: list[Problem]
    unknown: list[str]


def check(row: Row, day_first: bool = True) -> Checked:
    """Check every field of a row; all problems are named at once.

    >>> checked = check(Row(2, {"number": "SD-1", "quantity": "1,5", "unit": "lb"}))
    >>> [(problem.field, problem.code) for problem in checked.problems][:2]
    [('quantity_unit', 'choice'), ('dispatch_date', 'missing')]
    >>> checked.values["quantity"]
    Decimal('1.5')
    """
    values, problems, known = {}, [], set()
    for name, spec in FIELDS.items():
        heads = (header(name), *spec.names)
        head = next((h for h in heads if row.cells.get(h, "") != ""), None)
        known |= set(heads)
        if head is None:
            continue
        value = _read(spec, row.cells[head], day_first)
        if isinstance(value, str) and value.startswith("!"):
            problems.append(Problem(name, value[1:], str(row.cells[head])))
        else:
            values[name] = value
    named = {problem.field for problem in problems}
    for name in REQUIRED:
        if name not in values and name not in named:
            problems.append(Problem(name, "missing"))
    if values.get("ghg_value") is not None and "ghg_type" not in values:
        problems.append(Problem("ghg_type", "missing"))
    return Checked(row.number, values, problems, sorted(set(row.cells) - known))


def _read(spec: Spec, cell: object, day_first: bool) -> object:
    """Return the value of a cell, or "!" and the code of the problem."""
    text = " ".join(str(cell).split())
    if spec.kind == "day":
        return parse_day(cell, day_first) or "!date"
    if spec.kind == "number":
        return _number(text, spec)
    if spec.kind == "country":
        return text.upper() if len(text) == 2 and text.isalpha() else "!country"
    if spec.kind == "certificate":
        return text if parse_number(text) else "!certificate"
    if spec.kind == "choice":
        plain = text.lower()
        found = [c for c, names in spec.choices.items() if plain in (c, header(c), *names)]
        return found[0] if found else "!choice"
    return text if not text.startswith("!") else "!text"


def _number(text: str, spec: Spec) -> object:
    """Read a decimal with a point or a comma; thousands separators are refused, not guessed."""
    if text.count(",") + text.count(".") > 1:
        return "!number"
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return "!number"
    if not number.is_finite():
        return "!number"
    too_low = spec.low is not None and number < spec.low
    too_high = spec.high is not None and number > spec.high
    return "!range" if too_low or too_high else number
