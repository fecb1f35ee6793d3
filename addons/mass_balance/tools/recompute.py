# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Recompute the books from their export (rule 25 of docs/rules.md): no Odoo, no database.

Takes the hashed bodies of the ledger and the tables of an audit pack, and says of each period and
declaration whether the figures follow from the lines. Ships beside `balance`: stdlib alone.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from . import balance

ZERO = balance.ZERO


@dataclass(frozen=True)
class Finding:
    """One statement: `ok`, about which place, in words."""

    ok: bool
    where: str
    text: str


def key_of(account: dict) -> str:
    """Return the one text of a book's key.

    >>> key_of({"site": "WH", "book": "output"})
    '{"book":"output","site":"WH"}'
    """
    return json.dumps(account, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(content: dict) -> str:
    return hashlib.sha256(key_of(content).encode()).hexdigest()


def name_of(account: dict) -> str:
    """Return how a book is called in a finding."""
    names = ("site", "scheme", "book", "product", "category", "raw_material", "statement")
    return " / ".join(account[name] for name in names if account.get(name))


def check(bodies: list[dict], pack: dict) -> list[Finding]:
    """Recompute everything; `pack` holds the lists `periods` and `declarations`.

    >>> [finding.text for finding in check([], {"periods": [], "declarations": []})]
    ['the books hold 0 entries, none of them below zero']
    """
    lines = [body for body in bodies if "account" in body and "change" in body]
    try:
        found = check_books(lines)
        found += check_periods(lines, pack["periods"])
        found += check_declarations(lines, pack["declarations"])
        bases = {key_of(row["account"]): row["basis"] for row in pack["periods"]}
        return found + check_factors(lines, bases)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        reason = f"{type(error).__name__}: {error}"
        return [
            Finding(False, "pack", f"a field is missing or is not what it should be ({reason})")
        ]


# -- books ------------------------------------------------------------------------------------


def check_books(lines: Iterable[dict]) -> list[Finding]:
    """No book, and no set of characteristics in it, is ever below zero; signs fit quantities."""
    books, sets, count = defaultdict(Decimal), defaultdict(Decimal), 0
    for body in lines:
        count += 1
        where, change = f"entry {body['seq']}", Decimal(body["change"])
        if abs(change) != Decimal(body["quantity"]):
            return [Finding(False, where, "its change is not its quantity")]
        book = key_of(body["account"])
        books[book] += change
        sets[book, body["set"]] += change
        if books[book] < 0:
            text = f"{name_of(body['account'])} falls to {books[book]} kg"
            return [Finding(False, where, text)]
        if sets[book, body["set"]] < 0:
            text = f"the set {body['set']} falls to {sets[book, body['set']]} kg"
            return [Finding(False, where, text)]
    return [Finding(True, "", f"the books hold {count} entries, none of them below zero")]


# -- periods ----------------------------------------------------------------------------------


def totals(lines: Iterable[dict]) -> dict[str, dict[str, dict[str, Decimal]]]:
    """Return book → period ("from/to") → direction → sum of the changes.

    >>> body = {"account": {"site": "WH"}, "period": "p", "direction": "in", "change": "1.500"}
    >>> totals([body, body])
    {'{"site":"WH"}': {'p': {'in': Decimal('3.000')}}}
    """
    found: dict = {}
    for body in lines:
        periods = found.setdefault(key_of(body["account"]), {})
        sums = periods.setdefault(body["period"], {})
        sums[body["direction"]] = sums.get(body["direction"], ZERO) + Decimal(body["change"])
    return found


def check_periods(lines: list[dict], periods: list[dict]) -> list[Finding]:
    """Recompute opening, movements and closing of every period, and how it was carried over."""
    sums, found, known = totals(lines), [], set()
    for row in periods:
        book = key_of(row["account"])
        known.add((book, _period_name(row)))
        where = f"{name_of(row['account'])}, {_period_name(row).replace('/', ' to ', 1)}"
        faults = _period_faults(row, sums.get(book, {}))
        found += [Finding(False, where, text) for text in faults]
        if not faults:
            found.append(Finding(True, where, f"closes with {row['closing']} kg ({row['state']})"))
    for book, own in sums.items():
        for name in own:
            if (book, name) not in known:
                found.append(Finding(False, book, f"has entries in {name}, which is not listed"))
    return found + _order_faults(periods)


def _period_name(row: dict) -> str:
    """Return how entries name a period; a correcting one adds its number."""
    return f"{row['from']}/{row['to']}" + (f"/{row['revision']}" if row["revision"] else "")


def _place(name: str) -> tuple[str, int]:
    """Return what orders periods: a correction follows what it corrects."""
    start, _end, *revision = name.split("/")
    return start, int(revision[0]) if revision else 0


def _period_faults(row: dict, own: dict) -> list[str]:
    name = _period_name(row)
    inside = own.get(name, {})
    before = [sums for other, sums in own.items() if _place(other) < _place(name)]
    opening = sum((sum(sums.values(), ZERO) for sums in before), ZERO)
    faults = []
    if opening != Decimal(row["opening"]):
        faults.append(f"opening is {opening} kg by the entries, {row['opening']} kg as reported")
    stated = {way: Decimal(text) for way, text in row["movements"].items()}
    for way in sorted({*stated, *inside}):
        if stated.get(way, ZERO) != inside.get(way, ZERO):
            faults.append(
                f"{way} is {inside.get(way, ZERO)} kg by the entries, "
                f"{stated.get(way, ZERO)} kg as reported"
            )
    closing = opening + sum(inside.values(), ZERO)
    if closing != Decimal(row["closing"]):
        faults.append(f"closing is {closing} kg by the entries, {row['closing']} kg as reported")
    return faults + _closing_faults(row, closing, inside)


def _closing_faults(row: dict, closing: Decimal, inside: dict) -> list[str]:
    """A closed period carried what the scheme's rule gives, and its signed text is the signed."""
    faults = []
    if row["state"] == "closed":
        surplus = closing - inside.get("forfeit", ZERO)
        physical = Decimal(row["physical_stock"]) if row["physical_stock"] else None
        rule = balance.carry_over(surplus, row["account"]["scheme"], physical)
        stated = Decimal(row["carried"]), Decimal(row["forfeited"])
        if (rule.carried, rule.forfeited) != stated:
            faults.append(
                f"the scheme carries {rule.carried} kg and forfeits {rule.forfeited} kg, reported "
                f"are {stated[0]} kg and {stated[1]} kg"
            )
    if row["signed"] and _digest(row["signed"]) != row["signed_sha256"]:
        faults.append("the signed text does not have the hash that was signed")
    return faults


def _order_faults(periods: list[dict]) -> list[Finding]:
    """Rules 1 and 2: no gap, no overlap, at most three months."""
    found, books = [], defaultdict(list)
    for row in periods:
        books[key_of(row["account"])].append((row["from"], row["to"]))
    for book, spans in books.items():
        where = name_of(json.loads(book))
        spans = sorted(set(spans))
        for start, end in spans:
            if _is_too_long(date.fromisoformat(start), date.fromisoformat(end)):
                found.append(Finding(False, where, f"{start} to {end} is over three months"))
        for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
            if (date.fromisoformat(start) - date.fromisoformat(end)).days != 1:
                found.append(Finding(False, where, f"{start} does not follow {end}"))
    return found


def _is_too_long(start: date, end: date) -> bool:
    """Three months end at the latest on the day before the same day of the third month after.

    >>> _is_too_long(date(2026, 1, 1), date(2026, 3, 31))
    False
    >>> _is_too_long(date(2026, 1, 1), date(2026, 4, 1))
    True
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months > 3 or (months == 3 and end.day >= start.day)


# -- declarations -----------------------------------------------------------------------------


def check_declarations(lines: list[dict], declarations: list[dict]) -> list[Finding]:
    """What came in is at most what was declared; what was declared is what left (rule 22)."""
    booked, left, ways = defaultdict(Decimal), defaultdict(Decimal), {}
    for body in lines:
        # a correction belongs to what it corrects
        way = ways.get(body["corrects"], body["direction"])
        ways[body["seq"]] = way
        if way == "out":
            left[body["declaration"]] += Decimal(body["change"])
        elif way in ("in", "opening"):
            booked[body["set"]] += Decimal(body["change"])
    found = _repeated(declarations)
    outgoing = {row["number"]: row for row in declarations if row["direction"] == "out"}
    for number in sorted({*outgoing, *left}):
        found.append(_outgoing(number, outgoing.get(number), -left.get(number, ZERO)))
    incoming = defaultdict(list)
    for row in declarations:
        if row["direction"] == "in":
            incoming[row["set"]].append(row)
    for name in sorted({*incoming, *booked}):
        found.append(_incoming(name, incoming[name], booked.get(name, ZERO)))
    return found


def _outgoing(number: str, row: dict | None, drawn: Decimal) -> Finding:
    where = f"declaration {number}"
    if row is None:
        return Finding(not drawn, where, f"{drawn} kg left for it, and it is not in the pack")
    due = Decimal(row["quantity_kg"]) if row["state"] == "issued" else drawn
    due = ZERO if row["state"] == "cancelled" else due
    return Finding(
        drawn == due,
        where,
        f"{row['state']}: {drawn} kg left the books, {row['quantity_kg']} kg are declared",
    )


def _incoming(name: str, rows: list[dict], came: Decimal) -> Finding:
    """A cancelled declaration declares nothing any more; its number may have been entered again."""
    declared = sum((Decimal(r["quantity_kg"]) for r in rows if r["state"] != "cancelled"), ZERO)
    text = f"{came} kg came in of {declared} kg declared"
    return Finding(ZERO <= came <= declared, f"declaration {name}", text)


def _repeated(declarations: list[dict]) -> list[Finding]:
    """Rule 20: one number of a supplier is used once; one of ours is never used again."""
    seen, found = set(), []
    for row in declarations:
        if row["direction"] == "in" and row["state"] == "cancelled":
            continue
        party = row["supplier"] if row["direction"] == "in" else ""
        key = (row["direction"], party, row["number"].lower())
        if key in seen:
            found.append(Finding(False, f"declaration {row['number']}", "its number is used twice"))
        seen.add(key)
    return found


# -- conversion -------------------------------------------------------------------------------


def check_factors(lines: list[dict], bases: dict[str, str]) -> list[Finding]:
    """Rules 12 and 13: an order gives no more than its input by its factor, which is used once.

    `bases`: book → attribution basis. By mass the lines alone show it; another needs figures of
    the products, so those orders are left out and counted. Corrections that name an order are its
    unbuilding: what is left of credits and of input must still fit.
    """
    consumed, made, other = defaultdict(Decimal), defaultdict(Decimal), set()
    for body in lines:
        key = (body["order"], body["factor"], body["set"])
        if not body["order"] or not body["factor"]:
            continue
        if bases.get(key_of(body["account"]), "mass") != "mass":
            other.add(key)
        change = Decimal(body["change"])
        adds = (change > 0) != (body["direction"] == "correction")
        (made if adds else consumed)[key] += change if adds else -change
    found, judged = [], set(made) - other
    for key in judged:
        due = balance.convert(consumed[key], balance.Factor(*map(Decimal, key[1].split("/"))))
        if made[key] > due:
            text = f"{made[key]} kg are credited; {consumed[key]} kg by {key[1]} give {due} kg"
            found.append(Finding(False, f"order {key[0]}, {key[2]}", text))
    if made and not found:
        text = f"{len(judged)} conversions give no more than their factor"
        if other:
            text += f" ({len(other)} by another basis than mass are not judged here)"
        found.append(Finding(True, "", text))
    return found
