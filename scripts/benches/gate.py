# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A stage's gate with a million readings behind it, and what the process tab adds to a form.

``gate_1e6_vs_1e3``: evaluating the gate of a stage behind which 10⁶ readings lie, against one
with 10³, in turns, with Odoo's caches emptied each time. At most 1.5.
``form_queries_vs_mo``: SQL queries of reading the form of a manufacturing order with its process
tab, against the same form of the same order without any field of the process; the worst of a
planned, a running and a held batch. At most 1.3.
"""

import sys

import _plant

MODULES = ["process_control"]
FEW, MANY = 1_000, 1_000_000
SPAN_MS = 50 * 60_000
BATCH = 10_000
REPETITIONS = 101


def main():
    """Set up, measure, report."""
    _plant.start_odoo()
    from odoo.addons.process_control.tests.common import ProcessControlCase

    _plant.run_in(ProcessControlCase, measure_forms)
    _plant.run_in(ProcessControlCase, measure_gate)


# -- the gate -------------------------------------------------------------------------------------


def measure_gate(case):
    """Two batches side by side on two lines, alike but for the number of readings."""
    few, many = (start_stage(case, code) for code in ("t-few", "t-many"))
    for stage, count in ((few, FEW), (many, MANY)):
        feed(case, stage.cycle_ids.sensor_id.code, stage.start_ms, count)
        verdict = stage.evaluate()
        found = verdict["quality_assessment"]["measurements"]
        codes = [blocker["code"] for blocker in verdict["blockers"]]
        if found != count or codes != ["approval"]:  # a CCP waits for its signature, no more
            raise SystemExit(f"{count} readings were fed, the gate says {verdict}")
    for stage in (few, many):  # once before it counts
        evaluate(case, stage)
    baseline, figure = _plant.medians(
        REPETITIONS, lambda: evaluate(case, few), lambda: evaluate(case, many)
    )
    _plant.report("gate_1e6_vs_1e3", figure, "ms", baseline)
    queries = [count_queries(case, stage) for stage in (many, few)]
    _plant.report("gate_queries_1e6_vs_1e3", queries[0], "queries", queries[1])


def start_stage(case, code):
    """A batch of its own plan, in its pasteurisation, watched by the sensor of this code."""
    sensor = case._create_sensor(code, case.temperature)
    plan = case._create_plan(code=code.upper())
    requirement = plan.stage_ids[1].requirement_ids
    # the bench takes minutes: what was fed at its beginning is not silence
    requirement.write({"sensor_id": sensor.id, "max_gap_s": 86_400})
    case._approve(plan)
    run = case.start_batch(case.create_order(process_plan_id=plan.id))
    case.pass_reception(run)
    stage = case.get_stage(run, "Pasteurisation")
    stage.action_start(start_ms=case.clock)
    return stage


def feed(case, code, start_ms, count):
    """Deliver readings through the door, evenly over the same time however many they are."""
    from odoo.addons.process_monitoring.tools.sample import Sample

    door = case.env["process.reading"]
    for first in range(0, count, BATCH):
        samples = [
            Sample(code, start_ms + index * SPAN_MS // count, index, value=72.8, unit="degC")
            for index in range(first, min(first + BATCH, count))
        ]
        result = door._ingest(samples)
        if result.stored != len(samples):
            raise SystemExit(f"{len(samples)} readings were sent, the door says {result}")
        if first % (10 * BATCH) == 0:
            _plant.say(f"{code}: {first + len(samples)} of {count} readings")
    case.env.flush_all()


def evaluate(case, stage):
    """Ask the gate with nothing remembered."""
    case.env.invalidate_all()
    return stage.evaluate()


def count_queries(case, stage):
    before = case.cr.sql_log_count
    evaluate(case, stage)
    return case.cr.sql_log_count - before


# -- the form -------------------------------------------------------------------------------------


def measure_forms(case):
    """The form as an operator opens it, at three moments of a batch."""
    order = case.create_begun_order()
    measured = {"planned": case.count_form_queries(order, case.operator)}
    run = case.start_batch(order)
    case.pass_reception(run)
    case.start_pasteurisation(run)
    case.deliver(*[72.8] * 4)
    measured["running"] = case.count_form_queries(order, case.operator)
    held = case.create_begun_order()
    case.clock += 60_000
    stage = case.breach(case.start_batch(held))
    case.decide(stage.deviation_ids)
    measured["held"] = case.count_form_queries(held, case.operator)
    for moment, (plain, whole) in measured.items():
        _plant.report(f"form_queries_{moment}", whole, "queries", plain)
    plain, whole = max(measured.values(), key=lambda pair: pair[1] / pair[0])
    _plant.report("form_queries_vs_mo", whole, "queries", plain)


if __name__ == "__main__":
    sys.exit(main())
