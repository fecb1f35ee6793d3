# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A production pathway step by step, co-products taking their share where they arise.

What was emitted up to **and including** a step is divided there by energy content; what comes later
belongs to the main product alone. A step says what it emits by term of E, for one unit of its main
product, and how many units of the product before it takes (1 where everything is already stated for
one MJ of the final product, as BioGrace does).

>>> oil = Step("oil", {"eec": Decimal("50"), "ep": Decimal("10")},
...            (Output("oil", Decimal("3")), Output("cake", Decimal("1"))))
>>> fuel = Step("fuel", {"ep": Decimal("8"), "etd": Decimal("1")})
>>> chain = run([oil, fuel])
>>> chain.terms.total, chain.unallocated
(Decimal('54.0'), Decimal('69'))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from .allocation import Output, Share, shares
from .red import PRECISION, MissingTerm, Terms

TERMS = tuple(Terms.__dataclass_fields__)
CREDITS = ("esca", "eccs", "eccr")
Emissions = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Step:
    """One step: g CO2eq by term, and its outputs, the main product first (none: nothing divided).

    An emission of `None` is not known; its term is then not known for the whole chain.
    """

    key: str
    emissions: Emissions
    outputs: tuple[Output, ...] = ()
    input_per_output: Decimal = Decimal("1")


@dataclass(frozen=True)
class Stage:
    """A step with its result by term, before and after the division, and the main share."""

    key: str
    before: Emissions
    after: Emissions
    share: Share | None

    @property
    def to_coproducts(self) -> dict[str, Decimal | None]:
        """What the co-products of this step took, by term."""
        with localcontext() as context:
            context.prec = PRECISION
            return {
                term: None if value is None else value - self.after[term]
                for term, value in self.before.items()
            }


@dataclass(frozen=True)
class Chain:
    """The result for one unit of the final product, with every division kept."""

    stages: tuple[Stage, ...]
    unallocated: Decimal | None
    stated: frozenset[str] = field(default_factory=frozenset)

    @property
    def terms(self) -> Terms:
        """The eight terms after all divisions; one that no step states is not known, or nil."""
        last = self.stages[-1].after
        optional = {term: last[term] for term in TERMS[3:]}
        needed = {term: last[term] if term in self.stated else None for term in TERMS[:3]}
        return Terms(**needed, **optional)


def net(emissions: Emissions) -> Decimal | None:
    """Return the terms as E counts them, credits subtracted; None while one is not known.

    >>> net({"ep": Decimal("5"), "eccs": Decimal("2")}), net({"ep": None})
    (Decimal('3'), None)
    """
    if None in emissions.values():
        return None
    with localcontext() as context:
        context.prec = PRECISION
        signed = (-value if term in CREDITS else value for term, value in emissions.items())
        return sum(signed, Decimal("0"))


def _add(carried: Decimal | None, own: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if carried is None or own is None else carried * factor + own


def _stage(step: Step, carried: Emissions) -> Stage:
    factor = step.input_per_output
    before = {
        term: _add(carried[term], step.emissions.get(term, Decimal("0")), factor) for term in TERMS
    }
    if not step.outputs:
        return Stage(step.key, before, before, None)
    share = shares(step.outputs)[0]
    after = {
        term: None if value is None else value * share.numerator / share.denominator
        for term, value in before.items()
    }
    return Stage(step.key, before, after, share)


def run(steps: Sequence[Step]) -> Chain:
    """Return the chain of at least one step; an unknown term name is refused.

    >>> run([Step("s", {"exx": Decimal("1")})])
    Traceback (most recent call last):
    ...
    odoo.addons.carbon_footprint.tools.red.MissingTerm: The step s states exx, which \
E does not have.
    """
    for step in steps:
        for term in step.emissions:
            if term not in TERMS:
                raise MissingTerm(f"The step {step.key} states {term}, which E does not have.")
    stages: list[Stage] = []
    with localcontext() as context:
        context.prec = PRECISION
        carried: Emissions = dict.fromkeys(TERMS, Decimal("0"))
        whole: Emissions = carried
        for step in steps:
            stages.append(_stage(step, carried))
            whole = _stage(Step(step.key, step.emissions, (), step.input_per_output), whole).after
            carried = stages[-1].after
    stated = frozenset(term for step in steps for term in step.emissions)
    return Chain(tuple(stages), net(whole), stated)
