# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The batch-progression area of the API: its prefix, headings and schemas, and how ids are found.

A batch is a manufacturing order, a process its run, a stage one attempt.
"""

import json
from pathlib import Path

from odoo.addons.rest_api.area import API, RECORD_ID, Area, Query
from odoo.addons.rest_api.inputs import find
from odoo.addons.rest_api.problem import ApiProblem

from .schemas_plant import PLANT
from .schemas_returned import PROBLEM, RETURNED
from .schemas_sent import SENT

AREA = Area(
    __name__,
    name="Batch progression",
    prefix=f"{API}/batch-progression",
    about="Stage-gated batches: a batch is a manufacturing order, a process its run.",
    tags={
        "Batches": "Manufacturing orders, found by the number people use.",
        "Processes": "A batch on its way: begin, read, command, judge.",
        "Stages": "One attempt at a stage: what its gate says, and how it moves on.",
        "Monitoring": "Readings of a stage, posted and read.",
        "History": "What happened, in time order: commands, states, deviations, signatures.",
        "Approvals": "Asked for here; signed by people in the web client.",
        "Deviations": "What went wrong and what becomes of the product.",
        "Alerts": "What a person must see now.",
    },
    schemas={**SENT, **RETURNED, **PLANT},
    problem=PROBLEM,
    # as a dairy answered them, lists shortened
    examples=json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8")),
)
BATCH_ID = Query("batch_id", RECORD_ID, "Of this batch only.")
PROCESS_ID = Query("process_id", RECORD_ID, "Of this process only.")
STAGE_ID = Query("stage_id", RECORD_ID, "Of this stage only.")


def find_stage(process_id: str, stage_id: str):
    """Return an attempt at a stage of a process."""
    run = find("process.run", process_id)
    stage = find("process.stage", stage_id)
    if stage.run_id != run:
        raise ApiProblem(404, "There is no such resource.")
    return stage
