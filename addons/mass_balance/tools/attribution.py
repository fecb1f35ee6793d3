# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which outputs carry the certified share of a process, and how much of it may be claimed.

Losses are already out (they belong to the conversion factor); what is given here is the net
certified quantity. Approaches: proportional, free, fuel use excluded, polymers only. The claim
on one output never exceeds its physical quantity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .balance import ROUND_HALF_UP, ZERO, _to_step, floor_credit

ATTRIBUTIONS = ("proportional", "free", "fuel_excluded", "polymers_only")
BASES = ("mass", "lhv", "carbon", "molar")
KINDS = ("chemical", "polymer", "fuel", "dual", "residue")


class AttributionError(ValueError):
    """A question that has no answer with the figures given; `code` names it."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Output:
    """One output of a process: what it is, how much, and its weight on each basis.

    `fuel_use` is the part of a dual-use output that was sold as fuel. `capacity` is how much of
    it may still carry a claim; by default all of it.
    """

    key: str
    quantity: Decimal
    kind: str = "chemical"
    fuel_use: Decimal = Decimal(0)
    lhv: Decimal | None = None
    carbon: Decimal | None = None
    molar_mass: Decimal | None = None
    capacity: Decimal | None = None

    @property
    def fuel_quantity(self) -> Decimal:
        return self.quantity if self.kind == "fuel" else min(self.fuel_use, self.quantity)

    @property
    def limit(self) -> Decimal:
        return self.quantity if self.capacity is None else self.capacity


@dataclass(frozen=True)
class Attribution:
    """Shares by output, the share lost to fuel use, and what no output could take."""

    shares: dict[str, Decimal]
    fuel_lost: Decimal
    unattributed: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.shares.values(), ZERO)


def weight_per_unit(
    basis: str, lhv: Decimal | None, carbon: Decimal | None, molar_mass: Decimal | None
) -> Fraction:
    """Return what one unit of mass counts on a basis; a missing figure is an error, never 1."""
    if basis == "mass":
        return Fraction(1)
    figure = {"lhv": lhv, "carbon": carbon, "molar": molar_mass}[basis]
    if not figure:
        raise AttributionError("no_figure", basis)
    return 1 / Fraction(figure) if basis == "molar" else Fraction(figure)


def equivalent(quantity: Decimal, basis: str, own: Decimal | None, reference: Decimal | None):
    """Return the quantity of the replaced material that counts as much, as an exact fraction.

    `own` and `reference` are the heating values, carbon shares or molar masses of both.
    """
    if basis == "mass":
        return Fraction(quantity)
    if not own or not reference:
        raise AttributionError("no_figure", basis)
    ratio = Fraction(own) / Fraction(reference)
    return Fraction(quantity) * (1 / ratio if basis == "molar" else ratio)


def shown(value: Fraction) -> Decimal:
    """Show a fraction with three digits, rounded half up. For figures; credits round down.

    >>> shown(equivalent(Decimal(100), "lhv", Decimal(50), Decimal(44)))
    Decimal('113.636')
    >>> shown(equivalent(Decimal(100), "carbon", Decimal("0.7487"), Decimal("0.84")))
    Decimal('89.131')
    """
    return _to_step(value, ROUND_HALF_UP)


def _weights(outputs: Sequence[Output], basis: str) -> dict[str, Fraction]:
    """Share of each output in all outputs on the basis; residues are losses and weigh nothing."""
    weights = {
        output.key: Fraction(output.quantity)
        * weight_per_unit(basis, output.lhv, output.carbon, output.molar_mass)
        for output in outputs
        if output.kind != "residue"
    }
    total = sum(weights.values(), Fraction(0))
    if not total:
        raise AttributionError("no_output")
    return {key: weight / total for key, weight in weights.items()}


def _fuel_share(outputs: Sequence[Output], weights: dict[str, Fraction]) -> Fraction:
    """Part of all output that was used as fuel: fuels whole, dual-use outputs as far as sold so."""
    return sum(
        (
            weights[output.key] * Fraction(output.fuel_quantity) / Fraction(output.quantity)
            for output in outputs
            if output.key in weights and output.quantity
        ),
        Fraction(0),
    )


def claimable(net: Decimal, outputs: Sequence[Output], attribution: str, basis: str) -> Decimal:
    """Return how much of the net certified quantity may be claimed at all.

    >>> cracker = [Output("fuel", Decimal(100), "fuel"), Output("a", Decimal(100), "polymer"),
    ...            Output("b", Decimal(100), "polymer"), Output("dual", Decimal(200), "dual")]
    >>> [claimable(Decimal(80), cracker, a, "mass").normalize() for a in ATTRIBUTIONS[1:]]
    [Decimal('8E+1'), Decimal('64'), Decimal('32')]
    """
    if attribution in ("proportional", "free"):
        return floor_credit(net)
    weights = _weights(outputs, basis)
    if attribution == "fuel_excluded":
        return floor_credit(Fraction(net) * (1 - _fuel_share(outputs, weights)))
    if attribution == "polymers_only":
        polymers = sum(
            (weights[output.key] for output in outputs if output.kind == "polymer"), Fraction(0)
        )
        return floor_credit(Fraction(net) * polymers)
    raise AttributionError("unknown_attribution", attribution)


def _eligible(output: Output, attribution: str) -> bool:
    """May this output carry a claim under the approach?"""
    if output.kind == "residue":
        return False
    if attribution == "polymers_only":
        return output.kind == "polymer"
    return attribution != "fuel_excluded" or output.fuel_quantity < output.quantity


def _limit(output: Output, attribution: str) -> Decimal:
    """Physical limit of the claim on an output; the part sold as fuel carries none if excluded."""
    limit = output.limit
    if attribution == "fuel_excluded":
        limit = min(limit, output.quantity - output.fuel_quantity)
    return max(limit, ZERO)


def check_wish(wanted: Decimal, output: Output, attribution: str = "free") -> None:
    """Refuse a claim on an output beyond its physical quantity, whatever credits exist.

    >>> check_wish(Decimal(101), Output("a", Decimal(100)))
    Traceback (most recent call last):
    ...
    odoo.addons.mass_balance.tools.attribution.AttributionError: physical_limit: a
    """
    if wanted > _limit(output, attribution):
        raise AttributionError("physical_limit", output.key)


def attribute(
    net: Decimal, outputs: Sequence[Output], attribution: str, basis: str = "mass"
) -> Attribution:
    """Spread the net certified quantity over the outputs.

    Proportional gives each its weight. The others fill the eligible outputs in the order given,
    each up to its physical limit: put the preferred output first.

    >>> outs = [Output("main", Decimal(850)), Output("co", Decimal(50))]
    >>> attribute(Decimal("90.000"), outs, "proportional").shares
    {'main': Decimal('85.000'), 'co': Decimal('5.000')}
    >>> attribute(Decimal("90.000"), outs, "free").shares
    {'main': Decimal('90.000')}
    """
    if attribution not in ATTRIBUTIONS:
        raise AttributionError("unknown_attribution", attribution)
    weights = _weights(outputs, basis)
    if attribution == "proportional":
        return _proportional(net, outputs, weights)
    pool = claimable(net, outputs, attribution, basis)
    left, shares = pool, {}
    for output in outputs:
        if _eligible(output, attribution):
            part = min(floor_credit(_limit(output, attribution)), left)
            if part > 0:
                shares[output.key] = part
                left -= part
    return Attribution(shares, floor_credit(net) - pool, left)


def _proportional(
    net: Decimal, outputs: Sequence[Output], weights: dict[str, Fraction]
) -> Attribution:
    """Give each output its weight, rounded down; what is rounded away stays unattributed."""
    shares = {}
    for output in outputs:
        if output.key in weights:
            part = min(floor_credit(Fraction(net) * weights[output.key]), _limit(output, "free"))
            if part > 0:
                shares[output.key] = floor_credit(part)
    return Attribution(shares, ZERO, floor_credit(net) - sum(shares.values(), ZERO))
