# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of the batch-progression paths, with a dairy to send its requests to."""

import json
from datetime import UTC, datetime
from pathlib import Path

from odoo.addons.rest_api.tests.common import ApiCase as RestApiCase

from ..controllers.area import AREA
from .common import ProcessControlCase

# The four usage examples of the user's document as they stand, the garbled degree sign with them.
EXAMPLES = json.loads(
    (Path(__file__).parent / "data/usage_examples.json").read_text(encoding="utf-8")
)
STAGES_CONFIG = EXAMPLES["initiate"]["stages_config"]


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
