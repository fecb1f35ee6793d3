# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A pasteuriser to test with; rooms above may use it too."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import TransactionCase

from odoo.addons.audit_chain.tests.common import SignatureCase

from .. import clock
from ..tools.sample import Sample

# 2026-03-02 10:00:00 UTC, a time that has passed on every clock these tests run by.
T0 = 1_772_445_600_000
SECOND = 1_000
MINUTE = 60 * SECOND


class ProcessMonitoringCase(SignatureCase, TransactionCase):
    """A pasteuriser.

    Parameters `temperature`, `flow`, `position`; sensors `t-temp`, `t-flow`, `t-valve`; the
    requirement `ccp` (≥ 72.0 °C critical, ≥ 72.5 °C operating, at most 10 s of silence); users by
    role; and `feed` to deliver readings as the bridge does.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.temperature = cls._create_parameter("t-temperature", "measure", "degC")
        cls.flow = cls._create_parameter("t-volume-flow", "measure", "l/h")
        cls.position = cls._create_parameter("t-position", "state", False)
        cls.sensor = cls._create_sensor("t-temp", cls.temperature)
        cls.flow_sensor = cls._create_sensor("t-flow", cls.flow)
        cls.valve = cls._create_sensor("t-valve", cls.position)
        cls.ccp = cls._create_requirement(
            "Holding tube outlet", [("critical", "ge", 72.0), ("operating", "ge", 72.5)]
        )
        cls.operator = cls._create_user("operator")
        cls.supervisor = cls._create_user("supervisor")
        cls.engineer = cls._create_user("engineer")
        cls.quality_manager = cls._create_user("quality_manager")

    @classmethod
    def _create_parameter(cls, code, kind, unit):
        return cls.env["process.parameter"].create(
            {"name": code, "code": code, "kind": kind, "unit": unit}
        )

    @classmethod
    def _create_sensor(cls, code, parameter, **vals):
        return cls.env["process.sensor"].create(
            {"name": code, "code": code, "parameter_id": parameter.id, **vals}
        )

    @classmethod
    def _create_requirement(cls, name, limits, **vals):
        sensor = vals.pop("sensor", cls.sensor)
        return cls.env["process.requirement"].create(
            {
                "name": name,
                "parameter_id": sensor.parameter_id.id,
                "sensor_id": sensor.id,
                "control_class": "ccp",
                "frequency": "continuous",
                "max_gap_s": 10,
                "limit_ids": [
                    Command.create(
                        {"kind": kind, "operator": operator, "value": value, **dict(*rest)}
                    )
                    for kind, operator, value, *rest in limits
                ],
                **vals,
            }
        )

    @classmethod
    def _create_user(cls, role, **vals):
        group = f"process_monitoring.group_process_monitoring_{role}"
        return cls.env["res.users"].create(
            {
                "name": f"Test {role}",
                "login": f"test-{role}-{len(vals)}@example.com",
                "email": f"test-{role}@example.com",
                "group_ids": [Command.link(cls.env.ref(group).id)],
                **vals,
            }
        )

    def feed(self, *points, sensor="t-temp", **vals):
        """Deliver (time in ms, number or state) of one sensor; return the door's result."""
        samples = []
        for moment, value in points:
            key = "text" if isinstance(value, str) else "value"
            samples.append(Sample(sensor, moment, **{key: value}, **vals))
        newest_ms = max((sample.source_ms for sample in samples), default=clock.now_ms())
        with self.at_ms(min(newest_ms, clock.now_ms())):
            return self.env["process.reading"]._ingest(samples)

    def prepare_months(self):
        """Run the night's work on the readings' months in the transaction of the test."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1.0):
            self.env["process.reading"]._cron_create_partitions()

    @contextmanager
    def at_ms(self, now_ms):
        """Let the server's clock stand at a time: readings come in as they are taken."""
        with patch.object(clock, "now_ms", lambda: now_ms):
            yield

    def get_readings(self, sensor=None):
        return self.env["process.reading"].search(
            [("sensor_id", "=", (sensor or self.sensor).id)], order="source_ms, sequence"
        )

    def open_cycle(self, requirement=None, start_ms=T0):
        with self.at_ms(start_ms):
            return (requirement or self.ccp)._open_cycle(start_ms, "MO/00001 Pasteurisation")
