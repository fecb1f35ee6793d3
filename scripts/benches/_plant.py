# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What benches share: a figure as a JSON line, and a test case's plant to measure in."""

import contextlib
import json
import os
import statistics
import sys
import time
import unittest


def report(name, figure, unit, baseline=None):
    """Print one figure; with what it is compared to, also their ratio."""
    ratio = round(figure / baseline, 3) if baseline else None
    line = {"name": name, "figure": figure, "unit": unit, "baseline": baseline, "ratio": ratio}
    print(json.dumps(line), flush=True)


def say(text):
    """Progress, beside the figures."""
    print(f"  {text}", file=sys.stderr, flush=True)


def start_odoo():
    """Load Odoo on the database that was made for this bench."""
    from odoo.modules.registry import Registry
    from odoo.tools import config

    conf, database = os.environ["BATCHPROOF_CONF"], os.environ["BATCHPROOF_DATABASE"]
    config.parse_config(["-c", conf, "-d", database, "--no-http", "--log-level=warn"])
    Registry(database)


@contextlib.contextmanager
def open_env(database):
    """An environment of the superuser that is committed in the end."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def run_in(kind, measure):
    """Measure in the plant that an Odoo test case sets up; nothing of it stays in the database."""
    from odoo.modules import module

    case = type("Bench", (kind,), {"runTest": lambda self: measure(self)})()
    result = unittest.TestResult()
    module.current_test = case  # or a new company with a country would install its accounts
    unittest.TestSuite([case]).run(result)
    module.current_test = None
    for _case, trace in result.errors + result.failures:
        raise SystemExit(trace)


def medians(repetitions, *actions):
    """The median milliseconds of each action, all of them taken in turns."""
    times = [[] for _action in actions]
    for _turn in range(repetitions):
        for action, taken in zip(actions, times, strict=True):
            start = time.perf_counter_ns()
            action()
            taken.append((time.perf_counter_ns() - start) / 1e6)
    return [round(statistics.median(taken), 3) for taken in times]
