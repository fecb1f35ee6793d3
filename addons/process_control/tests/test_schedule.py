# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When the stages of an order can run, by the calendar and the load of the work centres."""

from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import ProcessControlCase

# a Monday long after the tests run
MONDAY = datetime(2040, 1, 2)
HOUR_MS = 3_600_000


@tagged("post_install", "-at_install")
class TestSchedule(ProcessControlCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Morning",
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 12,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.workcenter = cls.env["mrp.workcenter"].create(
            {"name": "Pasteuriser", "code": "P1", "resource_calendar_id": calendar.id}
        )
        cls.planned = cls._create_plan(code="T-PLANNED", bom_id=cls.bom.id)
        stages = cls.planned.stage_ids
        stages[0].write({"min_duration": 1, "duration_unit": "h"})
        stages[1].write(
            {"min_duration": 3, "duration_unit": "h", "workcenter_id": cls.workcenter.id}
        )
        stages[2].write({"min_duration": 0, "max_duration": 30, "duration_unit": "min"})
        cls._approve(cls.planned)

    def create_order(self, hour=6, **vals):
        date = MONDAY.replace(hour=hour)
        return super().create_order(date_start=date, process_plan_id=self.planned.id, **vals)

    def get_hours(self, order):
        """Return (start, end) of each stage in hours after midnight of that Monday, in UTC."""
        begin = MONDAY.timestamp() - datetime(1970, 1, 1).timestamp()
        return [
            tuple(
                row[name] and (row[name] / 1000 - begin) / 3600
                for name in ("planned_start_ms", "planned_end_ms")
            )
            for row in order.process_stepper
        ]

    def test_the_calendar_of_the_work_centre(self):
        order = self.create_order(hour=6)
        self.assertEqual(self.get_hours(order), [(6, 7), (8, 11), (11, 11.5)])
        self.assertEqual([row["workcenter"] for row in order.process_stepper][1], "Pasteuriser")

    def test_what_does_not_fit_goes_on_the_next_day(self):
        order = self.create_order(hour=10)
        self.assertEqual(self.get_hours(order), [(10, 11), (11, 34), (34, 34.5)])

    def test_the_load_of_the_work_centre(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Another order",
                "calendar_id": self.workcenter.resource_calendar_id.id,
                "resource_id": self.workcenter.resource_id.id,
                "date_from": MONDAY.replace(hour=8),
                "date_to": MONDAY.replace(hour=9),
                "time_type": "other",
            }
        )
        self.assertEqual(self.get_hours(self.create_order(hour=6))[1], (9, 12))

    def test_no_free_time(self):
        self.workcenter.resource_calendar_id.attendance_ids.unlink()
        reception, pasteurisation, filling = self.create_order().process_stepper
        self.assertFalse(reception["is_without_slot"])
        self.assertTrue(pasteurisation["is_without_slot"])
        self.assertTrue(filling["is_without_slot"])

    def test_what_runs_is_no_longer_planned(self):
        order = self.create_order()
        self.start_batch(order)
        order.invalidate_recordset()
        reception, pasteurisation, _filling = order.process_stepper
        self.assertNotIn("planned_start_ms", reception)
        self.assertTrue(pasteurisation["planned_start_ms"])

    def test_a_plan_without_work_centres(self):
        order = self.env["mrp.production"].create({"product_id": self.milk.id, "bom_id": False})
        self.assertEqual(order.process_plan_id, self.plan)
        self.assertNotIn("planned_start_ms", order.process_stepper[0])
