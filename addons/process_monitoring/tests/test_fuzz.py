# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The HTTP door and the import of files, fuzzed: no crash, nothing lost in silence (A32).

`BATCHPROOF_FUZZ_SECONDS=300` tries for five minutes each; without it, some dozen examples.
"""

import base64
import json
import math
import os
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.rest_api import rate
from odoo.addons.rest_api.tests.common import ApiCase

from .common import T0, ProcessMonitoringCase

SECONDS = float(os.environ.get("BATCHPROOF_FUZZ_SECONDS") or 0)
EXAMPLES = 40 if SECONDS else 10
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**19), 10**19)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
TIMES = JSON | st.sampled_from([T0, T0 + 1, -1, "2026-03-02T10:00:00Z", "2026-03-02", 10**15])
READING = st.fixed_dictionaries(
    {"sensor": JSON | st.sampled_from(["t-temp", "t-valve", "t-flow"]), "measured_at": TIMES},
    optional={
        "value": JSON | st.sampled_from([72.4, 1e308, 2**53 + 1, -0.0, None]),
        "text": JSON | st.just("forward"),
        "unit": JSON | st.sampled_from(["°C", "degF", "l/h"]),
        "quality": JSON | st.sampled_from([0, 192, 65535, "good", "stale"]),
        "sequence": JSON | st.sampled_from([0, 1, 2**63 - 1]),
    },
)
RECORD = st.fixed_dictionaries(
    {"batch_id": JSON | st.just("MO/1"), "process_step": JSON | st.just("Heating")},
    optional={
        "timestamp": TIMES,
        "energy_consumption": JSON | st.sampled_from([1, 1e308, 2**53 + 1]),
        "utility_usage": JSON | st.fixed_dictionaries({}, optional={"water": JSON}),
    },
)
CELL = st.text(max_size=8) | st.sampled_from(
    ["72,4", "72.4", "t-temp", "t-flow", "forward", "2026-03-02 11:00:00", "02.03.2026 11:00", ""]
    + ["1e308", "9007199254740993", "°C", "192", "x\x00y", '"']
)
HEADER = st.sampled_from(["Zeit", "time", "tag", "value", "t-temp [°C]", "t-flow", "unit", "seq"])


def fuzz(*strategies):
    """Run the body again and again, each time with other examples, for as long as is asked."""

    def decorate(check):
        quiet = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        attempt = quiet(given(*strategies)(check))
        end = time.monotonic() + SECONDS
        attempt()
        while time.monotonic() < end:
            attempt()

    return decorate


@tagged("post_install", "-at_install")
class TestFuzz(ProcessMonitoringCase, ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._create_user("integration")
        cls.env["ir.config_parameter"].set_param(rate.PARAMETER, "0")
        for path, sensor in (("energy_consumption", cls.flow_sensor), ("water", cls.sensor)):
            cls.env["process.record.mapping"].create({"path": path, "sensor_id": sensor.id})

    def setUp(self):
        super().setUp()
        self.caller = self.program
        self.open_cycle()

    def count_refusals(self):
        refusals = self.env["process.reading.refusal"].search([])
        return sum(refusals.mapped("delivery_count"))

    def assert_accounted_for(self, path, key, items):
        """Deliver; every item is in the answer, and every refusal is kept with its reason."""
        before = self.count_refusals()
        status, answer = self.call("POST", path, {key: items})
        if status == 400:
            # only what no column can hold is refused as a whole
            self.assertRegex(answer["detail"], "cannot be stored|19 digits")
            return None
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.count_refusals() - before, len(answer["refused"]))
        self.assertTrue(all(line["reason"].strip() for line in answer["refused"]))
        return answer

    def test_readings(self):
        @fuzz(st.lists(JSON | READING, min_size=1, max_size=4))
        def _check(items):
            answer = self.assert_accounted_for("/readings", "readings", items)
            if answer:
                taken = answer["stored"] + answer["duplicates"]
                self.assertEqual(taken + len(answer["refused"]), len(items))

        values = self.get_readings().mapped("value")
        self.assertFalse([v for v in values if v is not False and not math.isfinite(v)])

    def test_records(self):
        @fuzz(st.lists(JSON | RECORD, min_size=1, max_size=3))
        def _check(items):
            self.assert_accounted_for("/process-records", "records", items)

    def test_bytes(self):
        @fuzz(st.binary(max_size=60) | st.lists(JSON).map(lambda v: json.dumps(v).encode()))
        def _check(data):
            status, _answer = self.call("POST", "/readings", data=data)
            self.assertIn(status, (400, 422))

    def test_files(self):
        rows = st.lists(st.lists(CELL, max_size=5), min_size=1, max_size=4)

        @fuzz(st.lists(HEADER | CELL, min_size=1, max_size=5), rows, st.sampled_from(";,\t|"))
        def _check(header, lines, delimiter):
            text = "\n".join(delimiter.join(row) for row in [header, *lines])
            content = base64.b64encode(text.encode("utf-8", "replace"))
            imports = self.env["process.reading.import"].with_user(self.engineer)
            try:
                record = imports.create({"name": "x.csv", "file": content})
                record.action_check()
            except UserError as refusal:
                self.assertTrue(str(refusal).strip())
                return
            record.action_import()
            self.assertEqual(record.state, "done")
            counts = record.stored_count + record.duplicate_count + record.refused_count
            self.assertGreaterEqual(counts, record.line_count)
