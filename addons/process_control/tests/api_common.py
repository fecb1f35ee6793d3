# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of the batch-progression paths, with a dairy to send its requests to."""

from datetime import UTC, datetime

from odoo.addons.rest_api.tests.common import ApiCase as RestApiCase

from ..controllers.area import AREA
from .common import ProcessControlCase

# The example of the user's document as it stands, its garbled degree sign with it.
STAGES_CONFIG = [
    {
        "stage_name": "Raw Milk Reception",
        "sequence_order": 1,
        "is_critical_control_point": False,
        "duration_minutes": 30,
        "monitoring_requirements": [
            {
                "requirement_name": "Temperature Check",
                "requirement_type": "temperature",
                "target_value": 4.0,
                "tolerance_min": 2.0,
                "tolerance_max": 6.0,
                "unit_of_measure": "\u00ac\u221eC",
                "monitoring_frequency": "30_minutes",
                "is_mandatory": True,
            }
        ],
    },
    {
        "stage_name": "Pasteurization",
        "sequence_order": 2,
        "is_critical_control_point": True,
        "duration_minutes": 15,
        "monitoring_requirements": [
            {
                "requirement_name": "Pasteurization Temperature",
                "requirement_type": "temperature",
                "target_value": 72.0,
                "tolerance_min": 71.5,
                "tolerance_max": 72.5,
                "unit_of_measure": "\u00ac\u221eC",
                "monitoring_frequency": "continuous",
                "is_critical_limit": True,
                "is_mandatory": True,
            }
        ],
    },
]


class ApiCase(ProcessControlCase, RestApiCase):
    """Calls are the operator's unless a test names somebody else."""

    prefix = AREA.prefix

    @property
    def caller(self):
        return self.operator

    def get_iso(self, milliseconds):
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()

    def initiate(self, order=None, **body):
        order = order or self.create_order()
        status, answer = self.call("POST", f"/batches/{order.id}/initiate-process", body)
        self.assertEqual(status, 201, answer)
        return answer

    def start(self, process):
        body = {"start_parameters": {"started_at": self.get_iso(self.clock)}}
        status, answer = self.call("POST", f"/processes/{process['process_id']}/start", body)
        self.assertEqual(status, 200, answer)
        return answer

    def get_path(self, process, index):
        stage = process["stages"][index]
        return f"/processes/{process['process_id']}/stages/{stage['stage_id']}"
