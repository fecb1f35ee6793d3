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

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

PRECISION = 50
METHODS = ("own", "highest")


class NotDeclarable(ValueError):
    """A value that no rule allows to be declared."""


@dataclass(frozen=True)
class Batch:
    """A quantity of one material with the value declared for it (`None`: not declared)."""

    key: str
    quantity: Decimal
    value: Decimal | None


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


def carried(
    incoming_per_kg: Decimal,
    feedstock_kg: Decimal,
    processing_kg_co2e: Decimal,
    share: Decimal,
    product_kg: Decimal,
) -> Decimal:
    """Return kg CO2e of one kg of product, made as if wholly from the declared feedstock.

    `(incoming x feedstock factor + processing) x allocation factor`, the feedstock factor being kg
    of feedstock for one kg of product.

    >>> carried(Decimal("0.5"), Decimal("1000"), Decimal("90"), Decimal("0.9"), Decimal("900"))
    Decimal('0.59')
    """
    with localcontext() as context:
        context.prec = PRECISION
        return (incoming_per_kg * feedstock_kg + processing_kg_co2e) * share / product_kg
