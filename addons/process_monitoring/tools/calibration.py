# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an error of a device means for what it has said.

The error is what the device shows too much: true value = reading - error. A lower limit was
therefore kept truly if the reading was above the limit plus the error, an upper limit likewise.
The arithmetic is that of the decimals people wrote, so that 72.4 - 0.4 is 72.0 and not a hair
less, which matters at a limit of 72.0.

>>> true_value(72.4, 0.4), true_value(6.0, -0.3)
(72.0, 6.3)
>>> shifted(72.0, 0.4), shifted(6.0, 0.4)
(72.4, 6.4)
"""

from dataclasses import dataclass
from decimal import Decimal

from . import holding, units
from .limits import Limit

OPPOSITES = {"ge": "<", "gt": "<=", "le": ">", "lt": ">="}


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def true_value(reading: float, error: float) -> float:
    """Return what was really there when a device with this error showed the reading."""
    return float(_decimal(reading) - _decimal(error))


def shifted(limit: float, error: float) -> float:
    """Return what a device with this error shows when the true value is at the limit."""
    return float(_decimal(limit) + _decimal(error))


def is_within(error: float, tolerance: float) -> bool:
    """Tell whether an error is permitted, in either direction; the tolerance itself is.

    >>> is_within(-0.3, 0.3), is_within(0.31, 0.3), is_within(0.0, 0.0)
    (True, False, True)
    """
    return abs(_decimal(error)) <= _decimal(tolerance)


def convert_difference(error: float, source: str | None, target: str | None) -> float:
    """Express an error in another unit: a difference has a factor, and no offset.

    >>> convert_difference(0.9, "degF", "degC"), convert_difference(0.4, "degC", "degC")
    (0.5, 0.4)
    """
    if source == target or not (source and target):
        return float(error)
    origin, wanted = units.parse(source), units.parse(target)
    if origin.dimension != wanted.dimension:
        raise units.IncompatibleUnits(f"{source} cannot be converted into {target}.")
    factor = origin.factor / wanted.factor
    exact = _decimal(error) * factor.numerator / factor.denominator
    return float(exact)


@dataclass(frozen=True)
class Suspect:
    """Readings that truly broke a limit: those beyond `value`, seen by a comparison operator."""

    operator: str
    value: float
    reference: str


def find_suspects(limits: tuple[Limit, ...], error: float) -> tuple[Suspect, ...]:
    """Return for each bound which readings truly broke it, as the device showed them.

    >>> find_suspects((Limit("critical", "ge", 72.0, "≥ 72.0"),), 0.4)
    (Suspect(operator='<', value=72.4, reference='≥ 72.0'),)
    """
    return tuple(
        Suspect(OPPOSITES[limit.operator], shifted(limit.value, error), limit.reference)
        for limit in limits
    )


def find_flow_suspects(
    limits: tuple[Limit, ...], tube: holding.Tube, unit: str, error: float
) -> tuple[Suspect, ...]:
    """Return for each limit of a holding time which flows truly broke it, as the meter showed them.

    A lower limit of the time is an upper one of the flow; `unit` is that of meter and error.

    >>> tube = holding.Tube(volume_l=5.0)
    >>> find_flow_suspects((Limit("critical", "ge", 15.0, "≥ 15 s"),), tube, "l/h", -50.0)
    (Suspect(operator='>', value=1150.0, reference='≥ 15 s'),)
    """
    reversed_operators = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}
    as_flows = tuple(
        Limit(
            limit.kind,
            reversed_operators[limit.operator],
            units.convert(tube.volume_l * 3600 / (limit.value * tube.factor), "l/h", unit),
            limit.reference,
        )
        for limit in limits
    )
    return find_suspects(as_flows, error)
