# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What of a worked-out pathway is declared, and the sheet that shows how: plain texts, for ever.

>>> from .red_pathway import Flow, Stage, work_out
>>> from .red_products import Product
>>> oil = (Product("oil", Decimal("1")), Product("cake", Decimal("1")))
>>> result = work_out([Stage("mill", "ep", oil, flows=(
...     Flow("gas", Decimal("1"), Decimal("60"), "ep"),))])
>>> step = content(result)["steps"][0]
>>> step["before"], step["after"], step["products"][0]["share"], step["rows"][0]["in_total"]
('60', '30', '0.5', '30')
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, localcontext

from .red_chain import CREDITS, TERMS, net
from .red_pathway import Result, Sheet
from .red_products import PRECISION
from .red_values import PARTS

DIGITS = 15
ZERO = Decimal("0")


def text(value: Decimal | None) -> str | None:
    """Return a figure to 15 significant digits without exponent; None stays None.

    >>> text(Decimal("50.7693021388530712345")), text(Decimal("1E+2")), text(None)
    ('50.7693021388531', '100', None)
    """
    if value is None:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        return f"{(+value).normalize():f}"


def actual_terms(
    result: Result, defaults: Collection[str], feedstock_kind: str, bonus: Decimal = ZERO
) -> dict[str, Decimal]:
    """Return the terms that the pathway itself states; those of `defaults` are left to the table.

    A waste or residue begins at its point of origin, so its eec is nil unless stated. The bonus for
    restored degraded land lowers el, after all divisions.
    """
    found: dict[str, Decimal] = {}
    if result.chain is not None:
        terms, stated = result.chain.terms, result.chain.stated
        found = {name: getattr(terms, name) for name in TERMS if name in stated}
    found = {name: v for name, v in found.items() if name not in defaults and v is not None}
    if feedstock_kind == "residue" and "eec" not in {*found, *defaults}:
        found.setdefault("eec", ZERO)
    if bonus:
        found["el"] = found.get("el", ZERO) - bonus
    return found


def _into_total(result: Result) -> list[Decimal | None]:
    """Return, for each step, how much of an emission at it ends up in one MJ of the fuel."""
    if result.chain is None:
        return [None] * len(result.sheets)
    factors: list[Decimal] = []
    carried = Decimal("1")
    pairs = list(zip(result.sheets, result.chain.stages, strict=True))
    for sheet, stage in reversed(pairs):
        share = stage.share
        own = carried * share.numerator / share.denominator if share else carried
        factors.append(own)
        carried = own * (sheet.feed or ZERO)
    return factors[::-1]


def _product_rows(sheet: Sheet) -> list[dict]:
    parts: Sequence = sheet.parts or [None] * len(sheet.products)
    return [
        {
            "name": product.name,
            "quantity": text(product.quantity),
            "unit": product.unit,
            "mj_per_kg": text(product.mj_per_kg),
            "energy": text(product.energy),
            "is_waste": product.is_waste,
            "numerator": text(part.numerator) if part else None,
            "denominator": text(part.denominator) if part else None,
            "share": text(part.fraction) if part else None,
        }
        for product, part in zip(sheet.products, parts, strict=True)
    ]


def _flow_rows(sheet: Sheet, into_total: Decimal | None, defaults: Collection[str]) -> list[dict]:
    return [
        {
            "name": row.flow.name,
            "quantity": text(row.flow.quantity),
            "unit": row.flow.unit,
            "basis": row.flow.basis,
            "g_per_unit": text(row.flow.g_per_unit),
            "is_credit": row.flow.is_credit,
            "source": row.flow.source,
            "term": row.flow.term,
            "amount": text(row.amount),
            "emission": text(row.emission),
            "in_total": None
            if row.flow.term in defaults
            else _in_total(row.emission, row.flow.term, into_total),
        }
        for row in sheet.rows
    ]


def _in_total(emission: Decimal | None, term: str, factor: Decimal | None) -> str | None:
    if emission is None or factor is None:
        return None
    return text(emission * factor * (-1 if term in CREDITS else 1))


def content(result: Result, defaults: Collection[str] = ()) -> dict:
    """Return the sheet: steps with rows, products and shares, before and after the division.

    What is entered for a term that the table of default values gives is shown, but is not in E.
    """
    with localcontext() as context:
        context.prec = PRECISION
        factors = _into_total(result)
        steps = [
            {
                "name": sheet.stage.name,
                "term": sheet.stage.term,
                "unit": sheet.unit,
                "product": sheet.products[0].name,
                "feed": text(sheet.feed),
                "rows": _flow_rows(sheet, factor, defaults),
                "products": _product_rows(sheet),
                "before": None,
                "after": None,
            }
            for sheet, factor in zip(result.sheets, factors, strict=True)
        ]
        if result.chain is not None:
            for step, stage in zip(steps, result.chain.stages, strict=True):
                step["before"], step["after"] = text(net(stage.before)), text(net(stage.after))
        unallocated = result.chain.unallocated if result.chain else None
        return {"steps": steps, "unallocated": text(unallocated)}


def term_rows(values: Mapping[str, Decimal | None], kinds: Mapping[str, str]) -> list[dict]:
    """Return the eight terms with the kind of each; one that nobody stated is nil, not actual."""
    return [
        {"term": name, "value": text(values.get(name)), "kind": kinds.get(name, "none")}
        for name in (*PARTS, *(term for term in TERMS if term not in PARTS))
    ]
