# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""JSON Schemas of what a caller has to know of the plant: its orders, and what to measure."""

from odoo.addons.process_monitoring.models.process_limit import LIMIT_KINDS, OPERATORS
from odoo.addons.process_monitoring.models.process_requirement import CONTROL_CLASSES
from odoo.addons.rest_api.schemas import (
    BOOL,
    COUNT,
    ID,
    NUMBER,
    TEXT,
    TIME,
    enum,
    exact,
    null,
    paged,
    ref,
    some,
)

from ..tools import isa88

ORDER_STATES = ("draft", "confirmed", "progress", "to_close", "done", "cancel")
FREQUENCIES = ("continuous", "interval", "per_batch", "on_demand")
_SECONDS = {**COUNT, "description": "Seconds."}

PLANT = {
    "Batch": exact(
        batch_id=ID,
        name=TEXT,
        state=enum(*ORDER_STATES),
        product=exact(code=null(TEXT), name=TEXT),
        quantity=NUMBER,
        unit=TEXT,
        lots=some(TEXT),
        planned_start=null(TIME),
        plan=null(exact(code=TEXT, revision=COUNT, state=TEXT)),
        process_id=null(ID),
        process_state=null(enum(*isa88.STATES)),
    ),
    "BatchPage": paged("Batch"),
    "Requirement": exact(
        name=TEXT,
        parameter=TEXT,
        unit=null(TEXT),
        sensor=null(TEXT),
        control_class=enum(*(code for code, _label in CONTROL_CLASSES)),
        is_mandatory=BOOL,
        frequency=enum(*FREQUENCIES),
        interval_seconds=null(_SECONDS),
        max_gap_seconds=null(_SECONDS),
        limits=some(
            exact(
                kind=enum(*(code for code, _label in LIMIT_KINDS)),
                operator=enum(*(code for code, _label in OPERATORS)),
                value=NUMBER,
                unit=null(TEXT),
            )
        ),
    ),
    "RequirementList": exact(items=some(ref("Requirement"))),
}
