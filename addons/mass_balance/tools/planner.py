# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which credits for which open orders: claim, GHG limit, expiry, cost.

Orders are served in their priority: no order gets less so that a later one gets more. Among all
plans that do so, the one is chosen that uses up first what expires first, then what costs least,
then what has the highest GHG value (the best is kept for orders that need it). Exact: a min-cost
flow of whole grams, augmented order by order; costs are compared one after the other, not mixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

FAR = date(9999, 12, 31)


@dataclass(frozen=True)
class Demand:
    """An open order line: grams wanted, its claim, and the highest GHG value it accepts."""

    key: str
    grams: int
    scheme: str
    product: str
    site: str
    category: str = ""
    statement: str = ""
    ghg_limit: Decimal | None = None
    ghg_unit: str = ""


@dataclass(frozen=True)
class Credit:
    """What is free of one set of characteristics; no GHG value means it is not known."""

    key: str
    grams: int
    scheme: str
    product: str
    site: str
    category: str
    statement: str = ""
    ghg: Decimal | None = None
    ghg_unit: str = ""
    expires: date | None = None
    cost: Decimal = Decimal(0)


@dataclass(frozen=True)
class Part:
    """So many grams of a credit for an order."""

    demand: str
    credit: str
    grams: int


@dataclass(frozen=True)
class Plan:
    """The parts; what is short; for each order, why credits were left out (code → how many)."""

    parts: tuple[Part, ...]
    short: dict[str, int]
    left_out: dict[str, dict[str, int]]


def unfit(demand: Demand, credit: Credit) -> str:
    """Return why a credit may not serve an order; empty when it may.

    >>> order = Demand("a", 5, "iscc_plus", "PP", "WH", ghg_limit=Decimal(20), ghg_unit="g")
    >>> unfit(order, Credit("c", 9, "iscc_plus", "PP", "WH", "bio"))
    'ghg_unknown'
    """
    for name in ("scheme", "product", "site"):
        if getattr(demand, name) != getattr(credit, name):
            return name
    for name in ("category", "statement"):
        if getattr(demand, name) and getattr(demand, name) != getattr(credit, name):
            return name
    if demand.ghg_limit is None:
        return ""
    if credit.ghg is None or credit.ghg_unit != demand.ghg_unit:
        return "ghg_unknown"
    return "ghg_limit" if credit.ghg > demand.ghg_limit else ""


def price(credit: Credit) -> tuple:
    """Return what a gram costs: days to expiry first, then money, then how good its GHG is."""
    ghg = credit.ghg if credit.ghg is not None else Decimal(0)
    return ((credit.expires or FAR).toordinal(), credit.cost, -ghg)


def plan(demands: Sequence[Demand], credits: Sequence[Credit]) -> Plan:
    """Return the best plan; `demands` in order of priority.

    >>> made = plan([Demand("a", 60, "iscc_plus", "PP", "WH", category="bio"),
    ...     Demand("b", 60, "iscc_plus", "PP", "WH")],
    ...     [Credit("x", 100, "iscc_plus", "PP", "WH", "bio"),
    ...      Credit("y", 30, "iscc_plus", "PP", "WH", "circular")])
    >>> [(part.demand, part.credit, part.grams) for part in made.parts], made.short
    ([('a', 'x', 60), ('b', 'x', 40), ('b', 'y', 20)], {})
    """
    flow = _Flow(demands, credits)
    short = {}
    for index, demand in enumerate(demands):
        missing = flow.serve(index)
        if missing:
            short[demand.key] = missing
    parts = tuple(
        Part(demands[d].key, credits[c].key, grams)
        for (d, c), grams in sorted(flow.given.items())
        if grams
    )
    return Plan(parts, short, {d.key: _left_out(d, credits) for d in demands})


def _left_out(demand: Demand, credits: Sequence[Credit]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for credit in credits:
        reason = unfit(demand, credit)
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
    return counts


class _Flow:
    """The residual network: orders on one side, credits on the other."""

    def __init__(self, demands: Sequence[Demand], credits: Sequence[Credit]):
        self.demands, self.credits = demands, credits
        self.free = [credit.grams for credit in credits]
        self.price = [price(credit) for credit in credits]
        self.fits = [
            [c for c, credit in enumerate(credits) if not unfit(demand, credit)]
            for demand in demands
        ]
        self.given: dict[tuple[int, int], int] = {}

    def serve(self, demand: int) -> int:
        """Give an order what can be given without taking from an earlier one; return the rest."""
        left = self.demands[demand].grams
        while left:
            path = self._cheapest(demand)
            if not path:
                break
            amount = min([left, self.free[path[-1][1]], *self._exchanged(path)])
            for position, (taker, credit) in enumerate(path):
                self.given[taker, credit] = self.given.get((taker, credit), 0) + amount
                if position + 1 < len(path):
                    giver = path[position + 1][0]
                    self.given[giver, credit] -= amount
            self.free[path[-1][1]] -= amount
            left -= amount
        return left

    def _exchanged(self, path: list[tuple[int, int]]) -> list[int]:
        """Return what each order on the way holds of the credit it hands over."""
        return [self.given[path[i + 1][0], credit] for i, (_taker, credit) in enumerate(path[:-1])]

    def _cheapest(self, demand: int) -> list[tuple[int, int]]:
        """Return the way to the cheapest free gram: [(order, credit it takes), …].

        An order may hand a credit over and take another instead. What is handed over is paid
        for once, so a way costs what the free credit at its end costs; the shortest is kept.
        """
        ways: dict[int, list[tuple[int, int]]] = {demand: []}
        queue, best = [demand], None
        for taker in queue:
            for credit in self.fits[taker]:
                way = [*ways[taker], (taker, credit)]
                if self.free[credit] and (best is None or self.price[credit] < best[0]):
                    best = (self.price[credit], way)
                for giver in self._holders(credit):
                    if giver not in ways:
                        ways[giver] = way
                        queue.append(giver)
        return best[1] if best else []

    def _holders(self, credit: int) -> list[int]:
        return [d for (d, c), grams in self.given.items() if c == credit and grams]
