# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Footprints of 10 000 batches with 50 activities each, and how far a running batch lags behind.

``recompute_vs_pandas``: CPU time of a vectorised pandas pass (floats, rounded, summed by batch)
over the same rows, divided by ours (whole numbers, equal to the slow way to the last digit). At
least 0.3. ``whole_vs_pandas``: the same from the database to 10 000 stored results, against a
pandas pass that reads the rows too and stores nothing; ``whole_vs_pandas_storing``: against one
that inserts its sums into a table without index, guard or access rule.
``live_lag``: from a meter reading of a running batch to a committed figure that holds it, against
a live server. At most 5 seconds.
``scripts/bench carbon -- --batches 10000 --activities 50``
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from decimal import Decimal

import _plant

MODULES = ["carbon_footprint"]
REPETITIONS = 5
READINGS = 15
LAG = 30
# what stands in for an activity: (unit, code of the factor)
KINDS = (
    ("kWh", "EL-GB-GRID"),
    ("kWh_gross", "GAS-GB-GROSS"),
    ("kWh_net", "GAS-GB-NET"),
    ("kWh_gross", "LPG-GB-GROSS"),
    ("t", "DIESEL-GB"),
    ("m3", "WATER-GB-SUPPLY"),
    ("m3", "WATER-GB-TREATMENT"),
    ("t", "NAPHTHA-GB-WTT"),
    ("mmBtu_gross", "GAS-US-GROSS"),
    ("MJ_heat", "STEAM-US"),
)


def main():
    """Set up, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batches", type=int, default=10_000)
    parser.add_argument("--activities", type=int, default=50)
    options = parser.parse_args()
    _plant.start_odoo()
    from odoo.addons.carbon_footprint.tests.common import CarbonCase

    _plant.run_in(CarbonCase, lambda case: measure_recomputing(case, options))
    measure_lag()


# -- recomputing ----------------------------------------------------------------------------------


def measure_recomputing(case, options):
    """Recompute all footprints under nothing different: every result has to be what is stored."""
    make_footprints(case, options)
    footprints = case.env["carbon.footprint"].search(
        [("product_id", "=", case.polymer.id), ("is_current", "=", True)], order="id"
    )
    _plant.say(f"{len(footprints)} footprints with {options.activities} activities each")
    groups, divisions = footprints._read_groups(), footprints._read_divisions()
    frame, factors = read_frame(case)

    def ours():
        footprints._sum_groups(groups, divisions, False, [])

    def whole():
        case.env.invalidate_all()
        scenarios = case.env["carbon.scenario"].with_user(case.manager)
        scenario = scenarios.create({"name": "Bench", "product_ids": case.polymer.ids})
        scenario.action_calculate()
        case.env.flush_all()
        return scenario

    check(case, whole(), options)
    pandas_ms, ours_ms = cpu(lambda: by_pandas(frame, factors), ours)
    _plant.report("recompute_ms", ours_ms, "ms of CPU", pandas_ms)
    _plant.report("recompute_vs_pandas", round(pandas_ms / ours_ms, 3), "pandas time / ours")
    reading_ms, storing_ms, whole_ms = cpu(
        lambda: by_pandas(*read_frame(case)), lambda: store_by_pandas(case), whole
    )
    _plant.report("whole_ms", whole_ms, "ms of CPU", reading_ms)
    _plant.report("whole_vs_pandas", round(reading_ms / whole_ms, 3), "pandas time / ours")
    _plant.report(
        "whole_vs_pandas_storing", round(storing_ms / whole_ms, 3), "pandas time, storing / ours"
    )


def cpu(*actions):
    """The median milliseconds of CPU of each action, in turns."""
    times = [[] for _action in actions]
    for _turn in range(REPETITIONS):
        for action, taken in zip(actions, times, strict=True):
            start = time.process_time_ns()
            action()
            taken.append((time.process_time_ns() - start) / 1e6)
    return [round(statistics.median(taken), 1) for taken in times]


def read_frame(case):
    """The same rows as a frame, and what one unit of each kind of row emits, as floats."""
    import pandas

    case.cr.execute(
        "SELECT l.footprint_id, a.factor_version_id, a.amount"
        " FROM carbon_footprint_line l JOIN carbon_activity a ON a.id = l.activity_id"
        " JOIN carbon_footprint f ON f.id = l.footprint_id"
        " WHERE f.product_id = %s AND f.is_current",
        [case.polymer.id],
    )
    frame = pandas.DataFrame(case.cr.fetchall(), columns=["footprint", "version", "amount"])
    case.cr.execute(
        "SELECT DISTINCT ON (factor_version_id) factor_version_id, kg_co2e / amount"
        " FROM carbon_activity WHERE production_id = %s ORDER BY 1, 2",
        [case.bench_order.id],
    )
    return frame, pandas.DataFrame(case.cr.fetchall(), columns=["version", "value"])


def by_pandas(frame, factors):
    """The vectorised pass: look the factor up, multiply, round, sum by batch."""
    joined = frame.merge(factors, on="version")
    joined["kg_co2e"] = (joined["amount"] * joined["value"]).round(6)
    return joined.groupby("footprint")["kg_co2e"].sum()


def store_by_pandas(case):
    """The vectorised pass, and its sums inserted in one statement."""
    from psycopg2.extras import execute_values

    sums = by_pandas(*read_frame(case))
    case.cr.execute("CREATE TEMP TABLE IF NOT EXISTS bench_sums (footprint int, kg float8)")
    # the cursor of PostgreSQL's own library: `execute_values` knows no other
    execute_values(
        case.cr._obj, "INSERT INTO bench_sums VALUES %s", list(sums.items()), page_size=10_000
    )


def check(case, scenario, options):
    """As many results as batches, and some of them weighed again by the slow way."""
    from odoo.addons.carbon_footprint.tools import footprint

    results = scenario.result_ids
    if len(results) != options.batches or set(results.mapped("state")) != {"complete"}:
        raise SystemExit(f"{len(results)} results, some without a figure: {results[:1].gap}")
    for result in random.Random(7).sample(list(results), 20):
        activities = result.footprint_id.line_ids.activity_id
        leaves = [
            footprint.weigh(
                footprint.Activity(
                    str(a.id), a.name, Decimal(repr(a.amount)), a.unit, a._get_stored_factor()
                ),
                a.gwp_set,
            ).kg_co2e
            for a in activities
        ]
        if sum(leaves) != Decimal(repr(result.kg_co2e)):
            raise SystemExit(f"{result.kg_co2e} is not the sum of its leaves, {sum(leaves)}")
    case.env.invalidate_all()


def make_footprints(case, options):
    """One order calculated by the product, its footprint copied in SQL with other amounts."""
    case.bench_order = order = first_order(case, options.activities)
    footprint = case.finish(order)
    if footprint.state != "complete" or len(footprint.line_ids) != options.activities:
        raise SystemExit(f"the bench's own footprint is {footprint.state}: {footprint.gap_text}")
    case.env.flush_all()
    case.cr.execute("SET LOCAL session_replication_role = replica")  # no look at foreign keys
    times = f"generate_series(1, {options.batches - 1}) n"
    amount = "round((t.amount * (0.5 + random()))::numeric, 3)::float8"
    copies = (
        ("carbon_footprint", "id", times, {"production_id": "-n", "chain_sequence": "-n"}),
        ("carbon_activity", "production_id", times, {"production_id": "-n", "amount": amount}),
    )
    for table, key, series, changed in copies:
        own = footprint.id if key == "id" else order.id
        insert(case, table, changed, f"{series} WHERE t.{key} = {own}")
    joined = "carbon_footprint f WHERE f.production_id < 0"
    insert(
        case,
        "carbon_footprint_output",
        {"footprint_id": "f.id"},
        f"{joined} AND t.footprint_id = {footprint.id}",
    )
    case.cr.execute(
        "INSERT INTO carbon_footprint_line (footprint_id, activity_id, company_id, sequence)"
        " SELECT f.id, a.id, f.company_id, 1 FROM carbon_activity a"
        " JOIN carbon_footprint f ON f.production_id = a.production_id WHERE f.production_id < 0"
    )
    case.cr.execute("SET LOCAL session_replication_role = origin")
    case.cr.execute("ANALYZE carbon_footprint, carbon_footprint_line, carbon_activity")
    case.env.invalidate_all()


def insert(case, table, changed, source):
    """Copy the rows `t` of a table, some columns changed, as often as `source` says."""
    case.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name <> 'id'",
        [table],
    )
    columns = [name for (name,) in case.cr.fetchall()]
    values = [changed.get(name, f't."{name}"') for name in columns]
    named = ", ".join(f'"{name}"' for name in columns)
    case.cr.execute(
        f"INSERT INTO {table} ({named}) SELECT {', '.join(values)} FROM {table} t, {source}"
    )


def first_order(case, count):
    """An order of one material and manual entries, so many activities that it is calculated."""
    meters = case.meter_power | case.meter_steam | case.meter_water
    meters.product_tmpl_ids = case.gas.product_tmpl_id
    order = case.make_fossil_order()
    factors = {f.code: f for f in case.env["carbon.factor"].search([])}
    rows = []
    for number in range(count - 1):
        unit, code = KINDS[number % len(KINDS)]
        rows.append(
            {
                "production_id": order.id,
                "name": f"Activity {number}",
                "amount": 100.0 + number,
                "unit": unit,
                "factor_id": factors[code].id,
            }
        )
    case.env["carbon.activity"].create(rows)
    return order


# -- lag ------------------------------------------------------------------------------------------


def measure_lag():
    """Readings of a running batch's meter, one after the other, until each is in the figure."""
    database = os.environ["BATCHPROOF_DATABASE"]
    with _plant.open_env(database) as env:
        order = running_order(env)
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "odoo"),
            *("-c", os.environ["BATCHPROOF_CONF"], "-d", database),
            *("--http-port", str(free_port()), "--max-cron-threads", "1", "--log-level", "warn"),
        ]
    )
    try:
        taken = [lag(database, order, number) for number in range(READINGS + 1)][1:]
    finally:
        server.terminate()
        server.wait()
    _plant.report("live_lag", round(statistics.median(taken), 2), "s")
    _plant.report("live_lag_worst", round(max(taken), 2), "s")


def free_port():
    """A port nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def running_order(env):
    """An order in progress, and a meter that counts for it."""
    product = env["product.product"].create({"name": "Granulate", "is_storable": True})
    parameter = env["process.parameter"].create(
        {"name": "Counter", "code": "LAG", "kind": "counter", "unit": "kWh"}
    )
    sensor = env["process.sensor"].create(
        {"name": "Counter", "code": "lag-kwh", "parameter_id": parameter.id}
    )
    env["carbon.meter"].create(
        {
            "name": "Power",
            "sensor_id": sensor.id,
            "factor_id": env.ref("carbon_footprint.factor_el_gb_grid").id,
        }
    )
    order = env["mrp.production"].create({"product_id": product.id, "product_qty": 10})
    order.action_confirm()
    order.qty_producing = 1
    if order.state not in ("progress", "to_close"):
        raise SystemExit(f"the bench's order does not run: {order.state}")
    return order.id


def lag(database, order, number):
    """Seconds from the taking of a reading to a committed figure that holds it."""
    from odoo.addons.process_monitoring import clock
    from odoo.addons.process_monitoring.tools.sample import Sample

    taken_ms = clock.now_ms()
    with _plant.open_env(database) as env:
        sample = Sample("lag-kwh", taken_ms, sequence=number, value=1000.0 + number)
        if env["process.reading"]._ingest([sample]).rejected:
            raise SystemExit("the bench's reading was refused")
    end = time.monotonic() + (120 if number == 0 else LAG)  # the server may still be starting
    while time.monotonic() < end:
        with _plant.open_env(database) as env:
            running = env["carbon.running"].search([("production_id", "=", order)])
            if running.upto_ms >= taken_ms:
                return (clock.now_ms() - taken_ms) / 1000
        time.sleep(0.02)
    raise SystemExit(f"reading {number} is in no figure after {LAG} s")


if __name__ == "__main__":
    sys.exit(main())
