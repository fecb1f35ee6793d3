# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Greenhouse-gas values that travel on sustainability declarations.

Batches of one material that carry different values keep their own value, or all take the highest;
an average is not a value anyone may declare (ISCC; acceptance rule 17).

>>> batches = [Batch("SD-1", Decimal("600"), Decimal("12.5")), Batch("SD-2", Decimal("400"),
...            Decimal("31.8"))]
>>> [value for _key, value in values(batches, "own")]
[Decimal('12.5'), Decimal('31.8')]
>>> [value for _key, value in values(batches, "highest")]
[Decimal('31.8'), Decimal('31.8')]
>>> is_declarable(Decimal("20.22"), batches), is_declarable(Decimal("31.8"), batches)
(False, True)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 50
METHODS = ("own", "highest")
PER_DRY_TONNE = "kgCO2eq/dry-ton"
PER_MJ = "gCO2eq/MJ"
_SPELLINGS = {
    "kgco2eq/dryton": PER_DRY_TONNE,
    "kgco2eq/drytonne": PER_DRY_TONNE,
    "kgco2eq/tdry": PER_DRY_TONNE,
    "kgco2eq/dryt": PER_DRY_TONNE,
    "gco2eq/mj": PER_MJ,
}


class NotDeclarable(ValueError):
    """A value that no rule allows to be declared."""


@dataclass(frozen=True)
class Batch:
    """A quantity of one material with the value declared for it (`None`: not declared)."""

    key: str
    quantity: Decimal
    value: Decimal | None


def parse_unit(text: str) -> str | None:
    """Return which of the two units of declared values a text means, None if neither.

    >>> parse_unit("kg CO2eq / dry-ton"), parse_unit("gCO2e/MJ"), parse_unit("kgCO2eq/t")
    ('kgCO2eq/dry-ton', 'gCO2eq/MJ', None)
    """
    plain = re.sub(r"[\s_.()-]+", "", text or "").lower().replace("₂", "2")
    return _SPELLINGS.get(re.sub(r"co2e(?!q)", "co2eq", plain))


def highest(batches: Sequence[Batch]) -> Decimal | None:
    """Return the highest declared value, `None` when any batch carries none."""
    known = [batch.value for batch in batches]
    return None if not known or None in known else max(known)


def values(batches: Sequence[Batch], method: str) -> list[tuple[str, Decimal | None]]:
    """Return (key, value) of each batch by the method `own` or `highest`."""
    if method not in METHODS:
        raise NotDeclarable(
            f"GHG values of mixed batches are carried by 'own' or 'highest', not by '{method}'."
        )
    if method == "own":
        return [(batch.key, batch.value) for batch in batches]
    top = highest(batches)
    return [(batch.key, top) for batch in batches]


def is_declarable(value: Decimal, batches: Sequence[Batch]) -> bool:
    """Return whether `value` may stand for all these batches together."""
    known = {batch.value for batch in batches}
    return value == highest(batches) or known == {value}


@dataclass(frozen=True)
class Made:
    """What an order tells about a product made from declared feedstock; kg, kg CO2e, 0 to 1."""

    feedstock_kg: Decimal
    other_kg_co2e: Decimal
    share: Decimal
    product_kg: Decimal


def carried(incoming_per_kg: Decimal, made: Made) -> Decimal:
    """Return kg CO2e of one kg of product, made as if wholly from the declared feedstock.

    `(incoming x feedstock factor + everything else) x allocation factor`, the feedstock factor
    being kg of feedstock for one kg of product.

    >>> carried(Decimal("0.5"), Made(Decimal("1000"), Decimal("90"), Decimal("0.9"),
    ...                              Decimal("900")))
    Decimal('0.59')
    """
    with localcontext() as context:
        context.prec = PRECISION
        emitted = incoming_per_kg * made.feedstock_kg + made.other_kg_co2e
        return emitted * made.share / made.product_kg


def per_kg(value: Decimal, unit: str, dry_share: Decimal | None, mj_per_kg: Decimal | None):
    """Return kg CO2e of one kg as received, from a declared value; None if a figure lacks.

    >>> per_kg(Decimal("450"), PER_DRY_TONNE, Decimal("0.5"), None)
    Decimal('0.225')
    >>> per_kg(Decimal("12.5"), PER_MJ, None, Decimal("44"))
    Decimal('0.55')
    """
    content = dry_share if unit == PER_DRY_TONNE else mj_per_kg
    if content is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return (value * content / 1000).normalize()


def from_per_kg(kg_co2e: Decimal, unit: str, dry_share: Decimal | None, mj_per_kg: Decimal | None):
    """Return the value to declare for kg CO2e of one kg as received; None if a figure lacks.

    >>> from_per_kg(Decimal("0.59"), PER_DRY_TONNE, Decimal("1"), None)
    Decimal('590')
    """
    content = dry_share if unit == PER_DRY_TONNE else mj_per_kg
    if not content:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return Decimal(f"{(kg_co2e * 1000 / content).normalize():f}")
