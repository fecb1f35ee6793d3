# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A pathway as a person enters it: steps, products, what goes in, each on a basis of its own.

A step makes products (the main one first) from a quantity of the main product before it. What it
consumes or emits is stated for those quantities (`run`), or per unit of its main product or of what
it takes. `work_out` brings everything to one unit of each step's main product and runs the chain.
What is not known is a gap with a name; it is never zero, and no figure comes out that rests on it.

>>> seed = Product("seed", Decimal("3000"), "kg", Decimal("25"))
>>> oil = Product("oil", Decimal("400"), "kg", Decimal("37"))
>>> cake = Product("cake", Decimal("600"), "kg", Decimal("17"))
>>> field = Stage("field", "eec", (seed,), flows=(
...     Flow("diesel", Decimal("2000"), Decimal("87.5"), "eec"),))
>>> mill = Stage("mill", "ep", (oil, cake), feed=Decimal("1"), feed_unit="t", flows=(
...     Flow("power", Decimal("0.02"), Decimal("128"), "ep", "mj"),))
>>> result = work_out([field, mill, Stage("road", "etd", flows=(
...     Flow("lorry", Decimal("100"), Decimal("60"), "etd", "t"),))])
>>> result.gaps, round(result.chain.terms.eec, 6), round(result.chain.terms.etd, 6)
((), Decimal('2.333333'), Decimal('0.162162'))
>>> work_out([replace(field, flows=(Flow("diesel", None, Decimal("87"), "eec"),))]).gaps
(Gap(step='field', term='eec', sentence='field, diesel: the quantity is not stated.'),)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from .allocation import NotDivisible, Output, Share, shares
from .red_chain import Chain, Step, run
from .red_products import KG, PRECISION, Product

UNNAMED = "it is stated for quantities of the step, which names none: state it per MJ, kg or t."
BASES = ("run", "mj", "kg", "t", "t_dry", "feed_mj", "feed_kg", "feed_t", "feed_t_dry")


@dataclass(frozen=True)
class Flow:
    """Something consumed or emitted: a quantity on a basis, g CO2eq per unit, a term of E.

    A credit (surplus electricity) is subtracted from its term. `gap` says why quantity or factor is
    not known; `gwp_set` empty: it holds under every set (CO2 alone, or a bare quantity).
    """

    name: str
    quantity: Decimal | None
    g_per_unit: Decimal | None
    term: str
    basis: str = "run"
    unit: str = ""
    gwp_set: str = ""
    source: str = ""
    is_credit: bool = False
    gap: str = ""


@dataclass(frozen=True)
class Stage:
    """One step as entered; without products it passes on what it takes, as transport does."""

    name: str
    term: str
    products: tuple[Product, ...] = ()
    feed: Decimal | None = None
    feed_unit: str = "MJ"
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Gap:
    """What is not known; `term` empty: the whole chain hangs on it."""

    step: str
    term: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A flow brought to one unit of its step's main product."""

    flow: Flow
    amount: Decimal | None
    emission: Decimal | None


@dataclass(frozen=True)
class Sheet:
    """A step worked out: rows, products, what it takes for one unit of its main product."""

    stage: Stage
    products: tuple[Product, ...]
    unit: str
    feed: Decimal | None
    rows: tuple[Row, ...]
    parts: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Result:
    """Everything worked out; `chain` is None while the chain itself does not hold."""

    sheets: tuple[Sheet, ...]
    chain: Chain | None
    gaps: tuple[Gap, ...]

    def gaps_of(self, terms: Sequence[str]) -> tuple[Gap, ...]:
        """Return the gaps that these terms rest on."""
        return tuple(gap for gap in self.gaps if not gap.term or gap.term in terms)


def _account(product: Product) -> tuple[Decimal | None, str]:
    """Return what the step's emissions are stated for: MJ where known, else kg."""
    if product.energy is not None:
        return product.energy, "MJ"
    return product.mass, "kg"


def _feed_product(stage: Stage, before: Product | None) -> Product | None:
    """Return the product before in the quantity that the step takes."""
    if before is None or stage.feed is None:
        return None
    return replace(before, quantity=stage.feed, unit=stage.feed_unit)


def _measure(product: Product | None, unit: str) -> Decimal | None:
    if product is None:
        return None
    return product.energy if unit == "MJ" else product.mass


def _basis_units(basis: str, main: Product, feed: Product | None) -> Decimal | None:
    """Return how many units of the basis the quantities of the step hold."""
    if basis == "run":
        return Decimal("1")
    product, unit = (feed, basis[5:]) if basis.startswith("feed_") else (main, basis)
    if product is None:
        return None
    if unit == "mj":
        return product.energy
    if product.mass is None:
        return None
    dry = 1 - product.moisture if unit == "t_dry" else 1
    return product.mass * dry / KG[unit.removesuffix("_dry")]


def _flow_gap(flow: Flow, units: Decimal | None, gwp_set: str) -> str:
    if flow.gap:
        return flow.gap
    if flow.quantity is None:
        return "the quantity is not stated."
    if flow.g_per_unit is None:
        return "it has no factor."
    if flow.gwp_set and gwp_set and flow.gwp_set != gwp_set:
        return (
            f"its factor is weighed with {flow.gwp_set}, the pathway with {gwp_set}; amounts of "
            "two GWP sets are not added."
        )
    if units is None:
        return "its basis cannot be worked out: a heating value or a quantity is not known."
    return ""


def _row(flow: Flow, units: Decimal | None, account: Decimal) -> Row:
    if flow.quantity is None or units is None:
        return Row(flow, None, None)
    amount = flow.quantity * units / account
    if flow.g_per_unit is None:
        return Row(flow, amount, None)
    return Row(flow, amount, amount * flow.g_per_unit * (-1 if flow.is_credit else 1))


class _Builder:
    """Walks the steps once and keeps what it found."""

    def __init__(self, gwp_set: str) -> None:
        self.gwp_set = gwp_set
        self.before: Product | None = None
        self.sheets: list[Sheet] = []
        self.steps: list[Step] = []
        self.gaps: list[Gap] = []

    def _miss(self, stage: Stage, sentence: str, term: str = "") -> None:
        self.gaps.append(Gap(stage.name, term, f"{stage.name}{sentence}"))

    def _products(self, stage: Stage) -> tuple[Product, ...]:
        if stage.products or self.before is None:
            return stage.products
        return (replace(self.before, quantity=Decimal("1"), unit=_account(self.before)[1]),)

    def _feed(self, stage: Stage, account: Decimal) -> Decimal | None:
        """Return how many units of the product before one unit of the main product takes."""
        if self.before is None or not stage.products:
            return Decimal("1")
        if stage.feed is None:
            self._miss(stage, f": how much of {self.before.name} it takes is not stated.")
            return None
        if stage.feed <= 0:
            self._miss(stage, f": it takes {stage.feed} of {self.before.name}, which is nothing.")
            return None
        unit = _account(self.before)[1]
        taken = _measure(_feed_product(stage, self.before), unit)
        if taken is None:
            self._miss(stage, f": {self.before.name} lacks the heating value that turns it to MJ.")
            return None
        return taken / account

    def _outputs(
        self, stage: Stage, products: Sequence[Product]
    ) -> tuple[tuple[Output, ...], tuple[Share, ...]]:
        """Return what is divided and its shares; neither where there is nothing to divide."""
        if len(products) < 2:
            return (), ()
        outputs = tuple(
            Output(p.name, Decimal("1"), p.energy, is_waste=p.is_waste) for p in products
        )
        try:
            return outputs, tuple(shares(outputs))
        except NotDivisible as error:
            self._miss(stage, f": {error} State quantity and heating value, or that it is waste.")
            return (), ()

    def add(self, stage: Stage) -> bool:
        """Work one step out; False when the chain cannot go on behind it."""
        products = self._products(stage)
        if not products:
            self._miss(stage, ": the first step makes something; its product is not stated.")
            return False
        main = products[0]
        account, unit = _account(main)
        if account is None or account <= 0:
            self._miss(stage, f", {main.name}: a quantity above zero is not known.")
            return False
        feed = self._feed(stage, account)
        outputs, parts = self._outputs(stage, products)
        rows = self._rows(stage, main, account)
        self.sheets.append(Sheet(stage, products, unit, feed, rows, parts))
        self.steps.append(Step(stage.name, self._emissions(rows), outputs, feed or Decimal("0")))
        self.before = main
        return True

    def _rows(self, stage: Stage, main: Product, account: Decimal) -> tuple[Row, ...]:
        taken = _feed_product(stage, self.before) if stage.products else main
        rows = []
        for flow in stage.flows:
            units = _basis_units(flow.basis, main, taken)
            sentence = _flow_gap(flow, units, self.gwp_set)
            if flow.basis == "run" and not stage.products:
                sentence = sentence or UNNAMED
            row = _row(flow, units, account)
            if sentence:
                self._miss(stage, f", {flow.name}: {sentence}", flow.term)
                row = replace(row, emission=None)
            rows.append(row)
        return tuple(rows)

    @staticmethod
    def _emissions(rows: Sequence[Row]) -> dict[str, Decimal | None]:
        sums: dict[str, Decimal | None] = {}
        for row in rows:
            term, known = row.flow.term, sums.get(row.flow.term, Decimal("0"))
            sums[term] = None if known is None or row.emission is None else known + row.emission
        return sums


def work_out(stages: Sequence[Stage], gwp_set: str = "") -> Result:
    """Return every step worked out and the chain for one MJ of the final product."""
    builder = _Builder(gwp_set)
    with localcontext() as context:
        context.prec = PRECISION
        holds = bool(stages) and all(builder.add(stage) for stage in stages)
        if not stages:
            builder.gaps.append(Gap("", "", "No step is entered."))
        elif holds and builder.sheets[-1].unit != "MJ":
            name = builder.sheets[-1].products[0].name
            builder._miss(stages[-1], f", {name}: the fuel lacks its heating value.")
        holds = holds and not any(not gap.term for gap in builder.gaps)
        chain = run(builder.steps) if holds else None
    return Result(tuple(builder.sheets), chain, tuple(builder.gaps))
