# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Any life of a plant keeps the books to the last digit, told by the pure tools alone.

What is drawn by lot: receipts, orders, scrap, returns, transfers, shipments and closings. After
each the equation holds, no book is negative, and whoever has the exported lines alone comes to
the same figures and hashes.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from conftest import load_tool
from fuzz import fuzz
from hypothesis import strategies as st

balance = load_tool("mass_balance", "balance")
attribution = load_tool("mass_balance", "attribution")
recompute = load_tool("mass_balance", "recompute")
chain = load_tool("audit_chain", "chain")

ZERO = balance.ZERO
QUARTERS = ("2026-01-01/2026-03-31", "2026-04-01/2026-06-30", "2026-07-01/2026-09-30")


class Plant:
    """Two sites, one scheme each life; books as the models keep them, lines as they export."""

    def __init__(self, scheme):
        self.scheme, self.quarter = scheme, 0
        self.sets = defaultdict(Decimal)  # (site, book, set) → kg
        self.lines, self.previous = [], chain.GENESIS
        self.batches, self.count, self.closings = [], 0, {}

    def account(self, site, book):
        return {"site": site, "scheme": self.scheme, "book": book, "product": book}

    def book(self, site, book, name, direction, change, **values):
        if not change:
            return
        self.sets[site, book, name] += change
        assert self.sets[site, book, name] >= 0
        body = {
            "account": self.account(site, book),
            "change": f"{change:f}",
            "corrects": None,
            "declaration": "",
            "direction": direction,
            "factor": "",
            "order": "",
            "period": QUARTERS[self.quarter],
            "quantity": f"{abs(change):f}",
            "seq": len(self.lines) + 1,
            "chain": "plant",
            "set": name,
            **values,
        }
        text = chain.canonical(body)
        link = chain.link(self.previous, text)
        entry = chain.Entry("plant", body["seq"], self.previous, link, text)
        self.lines.append(entry.to_line())
        self.previous = link

    def held(self, site, book):
        own = [(n, kg) for (s, b, n), kg in self.sets.items() if (s, b) == (site, book) and kg]
        return own, sum((kg for _name, kg in own), ZERO)

    def receive(self, site, declared, weighed):
        self.count += 1
        self.book(
            site, "input", f"SD-{self.count}", "in", balance.receipt_credit(declared, weighed)
        )

    def produce(self, site, share, percent, way):
        own, _total = self.held(site, "input")
        if not own:
            return
        self.count += 1
        name, kg = own[0]
        used = balance.floor_credit(Fraction(kg) * Fraction(share, 100))
        factor = balance.Factor(Decimal(percent), Decimal(100))
        net = balance.convert(used, factor)
        outputs = [
            attribution.Output("main", balance.floor_credit(Fraction(used) * 3), "polymer"),
            attribution.Output("fuel", used, "fuel"),
        ]
        if not used:
            return
        result = attribution.attribute(net, outputs, way)
        converted = min(result.total, used)
        fuel = min(result.fuel_lost, used - converted)
        common = {"order": f"MO-{self.count}", "factor": f"{percent}/100"}
        for direction, part in (
            ("convert", converted),
            ("fuel", fuel),
            ("loss", used - converted - fuel),
        ):
            self.book(site, "input", name, direction, -part, **common)
        for output, part in result.shares.items():
            self.book(site, output, name, "convert", part, **common)
            made = next(o.quantity for o in outputs if o.key == output)
            self.batches.append((site, output, name, part, made))

    def scrap(self, index, share):
        if not self.batches:
            return
        site, book, name, part, made = self.batches[index % len(self.batches)]
        scrapped = Fraction(made) * Fraction(share, 100)
        charge = balance.scrap_charge(balance.floor_credit(scrapped), part, made)
        self.book(site, book, name, "correction", -min(charge, self.sets[site, book, name]))

    def send_back(self, site, kg):
        own, _total = self.held(site, "input")
        if own:
            self.book(site, "input", own[0][0], "correction", -min(kg, own[0][1]))

    def ship(self, site, kg):
        own, _total = self.held(site, "main")
        for name, part in balance.oldest_first(kg, own):
            self.count += 1
            self.book(site, "main", name, "out", -part, declaration=f"OUT-{self.count}")

    def transfer(self, source, target, kg):
        own, _total = self.held(source, "main")
        if self.scheme == "iscc_plus" and source != target:
            for name, part in balance.oldest_first(kg, own):
                self.book(source, "main", name, "transfer_out", -part)
                self.book(target, "main", name, "transfer_in", part)

    def close(self, physical):
        if self.quarter + 1 == len(QUARTERS):
            return
        for site, book in sorted({(s, b) for s, b, _n in self.sets}):
            own, total = self.held(site, book)
            result = balance.carry_over(total, self.scheme, physical)
            for name, part in balance.oldest_first(result.forfeited, own):
                self.book(site, book, name, "forfeit", -part)
            self.closings[site, book, QUARTERS[self.quarter]] = result.carried
            assert self.held(site, book)[1] == result.carried >= 0
        self.quarter += 1


SITES = st.sampled_from(["A", "B"])
KILOGRAMS = st.integers(1, 500_000).map(lambda grams: Decimal(grams) / 1000)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), SITES, KILOGRAMS, KILOGRAMS),
        st.tuples(
            st.just("produce"),
            SITES,
            st.integers(1, 100),
            st.integers(1, 100),
            st.sampled_from(attribution.ATTRIBUTIONS),
        ),
        st.tuples(st.just("scrap"), st.integers(0, 50), st.integers(1, 100)),
        st.tuples(st.just("send_back"), SITES, KILOGRAMS),
        st.tuples(st.just("ship"), SITES, KILOGRAMS),
        st.tuples(st.just("transfer"), SITES, SITES, KILOGRAMS),
        st.tuples(st.just("close"), st.one_of(st.none(), KILOGRAMS)),
    ),
    min_size=5,
    max_size=60,
)


@fuzz(st.sampled_from(["iscc_plus", "iscc_eu"]), STEPS)
def test_the_equation_holds_after_any_life(scheme, steps):
    plant = Plant(scheme)
    for name, *arguments in steps:
        getattr(plant, name)(*arguments)
    verdict = chain.verify(chain.parse_lines(plant.lines))
    assert verdict.ok
    assert verdict.last_hash == plant.previous
    bodies = [recompute.json.loads(line)["body"] for line in plant.lines]
    check_equation(plant, bodies)
    check_recomputed(plant, bodies)


def check_equation(plant, bodies):
    """Opening (with unconsumed input) + credits + transfers in = all that went + what is left."""
    sums = defaultdict(Decimal)
    for body in bodies:
        kind = "input" if body["account"]["book"] == "input" else "output"
        sums[kind, body["direction"]] += Decimal(body["change"])
    left = defaultdict(Decimal)
    for (_site, book, _name), kg in plant.sets.items():
        left["input" if book == "input" else "output"] += kg
    # credits are booked entry by entry, rounded down; what they cost stands on the other side
    assert sums["output", "convert"] == -sums["input", "convert"]
    assert sums["output", "transfer_in"] == -sums["output", "transfer_out"]
    came = sums["output", "convert"] + sums["output", "transfer_in"]
    went = sums["output", "out"] + sums["output", "transfer_out"]
    went += sums["output", "correction"] + sums["output", "forfeit"]
    assert came == -went + left["output"]
    lost = sums["input", "fuel"] + sums["input", "loss"]
    lost += sums["input", "correction"] + sums["input", "forfeit"]
    assert sums["input", "in"] == -sums["input", "convert"] - lost + left["input"]


def check_recomputed(plant, bodies):
    """The lines alone give the same closing figures, and no fault of any rule."""
    totals = recompute.totals(bodies)
    for (site, book, quarter), carried in plant.closings.items():
        own = totals.get(recompute.key_of(plant.account(site, book)), {})
        closing = sum(
            (sum(ways.values(), ZERO) for name, ways in own.items() if name <= quarter), ZERO
        )
        assert closing == carried
    assert all(finding.ok for finding in recompute.check_books(bodies))
    assert all(finding.ok for finding in recompute.check_factors(bodies, {}))
