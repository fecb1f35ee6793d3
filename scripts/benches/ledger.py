# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mass-balance books with up to a million entries: closing a period, booking, verifying.

``close_vs_sql``: closing a period with 10⁵ entries (check, carry-over, signed figures), against
one SQL aggregate over the same entries. At most 3.
``booking_growth``: booking one more entry in a book of 10⁶ entries, against one in a book of
10³, in turns. About 1.
``verify_vs_sha256``: verifying a chain of entries, in entries a second, against the bare loop
that hashes the same texts. At least 0.5.
"""

import hashlib
import json
import statistics
import sys
import time

import _plant

MODULES = ["mass_balance"]
FEW, CLOSING, MANY = 1_000, 100_000, 1_000_000
CHAIN = 20_000
REPETITIONS = 31


def main():
    """Set up, measure, report."""
    _plant.start_odoo()
    from odoo.addons.mass_balance.tests.common import MassBalanceCase

    _plant.run_in(MassBalanceCase, measure_closing)
    _plant.run_in(MassBalanceCase, measure_booking)
    _plant.run_in(MassBalanceCase, measure_verifying)


def open_books(case, *names):
    """Return one book for each raw material, with a first entry booked through the door."""
    books = []
    for number, name in enumerate(names):
        case.receive_certified(100, number=f"SD-{number}", lot=f"BN-{number}", raw_material=name)
        books.append(case.book("input", "naphtha", raw_material=name))
    case.env.flush_all()
    return books


def fill(case, account, count):
    """Copy the first entry until the book has `count`, in SQL: the door would take an hour.

    The copies carry the fields a booking or a closing looks at; their hashes are not a chain.
    """
    entry = account.entry_ids
    case.cr.execute(
        "SELECT string_agg(quote_ident(column_name), ',') FROM information_schema.columns"
        " WHERE table_name = 'mass_balance_entry' AND column_name NOT IN ('id', 'chain_sequence')"
    )
    columns = case.cr.fetchone()[0]
    case.cr.execute("SET LOCAL session_replication_role = replica")  # no look at foreign keys
    case.cr.execute(
        f"INSERT INTO mass_balance_entry (chain_sequence, {columns})"
        f" SELECT -(e.id::bigint * 10000000 + n), {columns}"
        " FROM mass_balance_entry e, generate_series(1, %s) n WHERE e.id = %s",
        [count - 1, entry.id],
    )
    case.cr.execute("SET LOCAL session_replication_role = origin")
    case.cr.execute(
        "UPDATE mass_balance_account SET booked_balance = 100 * %s WHERE id = %s",
        [count, account.id],
    )
    case.cr.execute(
        "UPDATE mass_balance_credit SET remaining = 100 * %s WHERE account_id = %s",
        [count, account.id],
    )
    case.cr.execute("ANALYZE mass_balance_entry")
    case.env.invalidate_all()
    _plant.say(f"{account.name}: {count} entries")


# -- closing --------------------------------------------------------------------------------------


def measure_closing(case):
    """Close the same period again and again, each time in a savepoint that is rolled back."""
    (account,) = open_books(case, "Tall oil")
    case.cr.execute(
        "UPDATE mass_balance_period SET date_start = date_start - 365, date_end = date_end - 365"
        " WHERE account_id = %s",
        [account.id],
    )
    fill(case, account, CLOSING)
    period = account.period_ids

    def aggregate():
        case.cr.execute(
            "SELECT sum(signed_quantity) FROM mass_balance_entry"
            " WHERE account_id = %s AND period_id = %s",
            [account.id, period.id],
        )
        return case.cr.fetchone()[0]

    def close():
        case.env.invalidate_all()
        with case.cr.savepoint(flush=False) as point:
            record = period.with_user(case.manager)
            record._check_may_sign("close")
            record._get_signature_hash()
            record._do_close()
            case.env.flush_all()
            if period.closed_quantity != 100 * CLOSING:
                raise SystemExit(f"closed with {period.closed_quantity} kg")
            point.rollback()
        case.env.invalidate_all()

    close()  # once before it counts
    baseline, figure = _plant.medians(REPETITIONS, aggregate, close)
    _plant.report("close_vs_sql", figure, "ms", baseline)


# -- booking --------------------------------------------------------------------------------------


def measure_booking(case):
    """Book one kilogram more in either book, in turns."""
    few, many = open_books(case, "Tall oil", "Straw")
    fill(case, few, FEW)
    fill(case, many, MANY)

    def book(account):
        case.env.invalidate_all()
        source = account.credit_ids
        case.env["mass.balance.entry"].create(
            [
                {
                    "account_id": account.id,
                    "direction": "out",
                    "quantity": 1,
                    "booking_date": case.today,
                    "document": "Bench",
                    "source_declaration_id": source.declaration_id.id,
                    "lot_id": source.lot_id.id,
                }
            ]
        )
        case.env.flush_all()

    for account in (few, many):  # once before it counts
        book(account)
    baseline, figure = _plant.medians(REPETITIONS, lambda: book(few), lambda: book(many))
    _plant.report("booking_growth", figure, "ms", baseline)


# -- verifying ------------------------------------------------------------------------------------


def measure_verifying(case):
    """Verify a chain as it lies in the database, and hash the same texts with nothing around."""
    from odoo.addons.audit_chain.tools import chain

    case.receive_certified(100)
    name, entry = "bench", case.entries()[0]
    texts, entries, previous = [], [], chain.GENESIS
    body = entry.payload
    for number in range(1, CHAIN + 1):
        text = body.replace('"seq":1,', f'"seq":{number},').replace(
            f'"chain":"{_chain_of(body)}"', f'"chain":"{name}"'
        )
        link = chain.link(previous, text)
        entries.append(chain.Entry(name, number, previous, link, text))
        texts.append(text)
        previous = link

    def bare():
        last = chain.GENESIS
        for text in texts:
            last = hashlib.sha256((last + text).encode()).hexdigest()
        return last

    def verify():
        verdict = chain.verify(entries)
        if not verdict.ok or verdict.count != CHAIN:
            raise SystemExit(f"the bench's own chain does not verify: {verdict}")

    if bare() != previous:
        raise SystemExit("the bare loop does not end with the same hash")
    times = {bare: [], verify: []}
    for _turn in range(REPETITIONS):
        for action, taken in times.items():
            start = time.process_time_ns()  # both only compute: what else runs does not count
            action()
            taken.append(time.process_time_ns() - start)
    rates = [round(CHAIN / (statistics.median(taken) / 1e9)) for taken in times.values()]
    _plant.report("verify_vs_sha256", rates[1], "entries/s", rates[0])


def _chain_of(body):
    return json.loads(body)["chain"]


if __name__ == "__main__":
    sys.exit(main())
