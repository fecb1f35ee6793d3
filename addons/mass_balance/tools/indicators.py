# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two figures managers know, shown beside the books and never used for a claim.

The first forgets the conversion factor (rule 12 of docs/rules.md), the second averages what may
only be stated batch by batch (rule 17). Missing is None, and not zero.
"""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def input_share(
    inputs: list[tuple[Decimal, Decimal | None]], production: Decimal
) -> Decimal | None:
    """Return certified input × biomass content / total production, in %.

    `inputs`: (kg, biomass content in %). Not computable (None) without production or with a
    content that is not known.

    >>> input_share([(Decimal(100), Decimal(100))], Decimal(900))
    Decimal('11.11')
    >>> input_share([(Decimal(100), None)], Decimal(900)) is None
    True
    """
    if not inputs or not production or any(content is None for _kg, content in inputs):
        return None
    share = sum((kg * content for kg, content in inputs), Decimal(0)) / production
    return share.quantize(HUNDREDTH, ROUND_HALF_UP)


def score(inputs: list[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """Return the average sustainability score of the inputs, weighted by mass.

    >>> score([(Decimal(600), Decimal(80)), (Decimal(400), Decimal(55))])
    Decimal('70.00')
    >>> score([]) is None
    True
    """
    weight = sum((kg for kg, _score in inputs), Decimal(0))
    if not weight or any(value is None for _kg, value in inputs):
        return None
    total = sum((kg * value for kg, value in inputs), Decimal(0))
    return (total / weight).quantize(HUNDREDTH, ROUND_HALF_UP)
