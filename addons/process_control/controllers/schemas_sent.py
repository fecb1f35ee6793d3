# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""JSON Schemas of what callers send, with the bodies of the user's document as examples."""

from odoo.addons.rest_api.schemas import BOOL, MOMENT, enum, given, ref, some, text

from ..tools.control_texts import CONTROL_TEXTS
from ..tools.stages_config import (
    CLASSES,
    DURATION_UNITS,
    MAX_REQUIREMENTS,
    MAX_STAGES,
    MAX_TEXT,
    SIDES,
)

TYPES = ("normal", "rollback", "rework", "skip", "emergency")
COMMANDS = ("pause", "resume", "hold", "restart", "stop", "abort", "reset")
MAX_READINGS = 1000
_NAME = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
_WORDS = {"type": "string", "maxLength": MAX_TEXT}
_NUMBER = {"type": ["number", "null"], "minimum": -1e12, "maximum": 1e12}
_SPAN = {"type": ["number", "null"], "minimum": 0, "maximum": 1e12}


def _example_requirement(name: str, target: float, low: float, high: float, **more) -> dict:
    return {
        "requirement_name": name,
        "requirement_type": "temperature",
        "target_value": target,
        "tolerance_min": low,
        "tolerance_max": high,
        "unit_of_measure": "\u00b0C",
        **more,
        "is_mandatory": True,
    }


INITIATE_EXAMPLE = {
    "process_type": "pasteurized_milk",
    "stages_config": [
        {
            "stage_name": "Raw Milk Reception",
            "sequence_order": 1,
            "is_critical_control_point": False,
            "duration_minutes": 30,
            "monitoring_requirements": [
                _example_requirement(
                    "Temperature Check", 4.0, 2.0, 6.0, monitoring_frequency="30_minutes"
                )
            ],
        },
        {
            "stage_name": "Pasteurization",
            "sequence_order": 2,
            "is_critical_control_point": True,
            "duration_minutes": 15,
            "monitoring_requirements": [
                _example_requirement(
                    "Pasteurization Temperature",
                    72.0,
                    71.5,
                    72.5,
                    monitoring_frequency="continuous",
                    is_critical_limit=True,
                )
            ],
        },
    ],
}
START_EXAMPLE = {
    "start_parameters": {
        "initial_temperature": 4.2,
        "operator_notes": "Batch 123 started for pasteurization process",
    }
}
TRANSITION_EXAMPLE = {
    "transition_type": "normal",
    "reason": "Stage completed successfully, all parameters within tolerance",
    "notes": "No deviations observed during pasteurization",
}
READINGS_EXAMPLE = {
    "readings": [
        {
            "requirement": "Pasteurization Temperature",
            "value": 72.1,
            "unit": "\u00b0C",
            "measured_at": "2026-03-02T10:00:00+00:00",
        }
    ]
}

SENT = {
    "Initiate": given(
        example=INITIATE_EXAMPLE,
        process_type=text(200, description="Must be that of the batch's approved plan."),
        stages_config=some(
            ref("StageConfig"),
            minItems=1,
            maxItems=MAX_STAGES,
            description="A plan for this batch only; leave it out to use the approved plan.",
        ),
    ),
    "StageConfig": given(
        ("stage_name",),
        stage_name=_NAME,
        sequence_order={"type": "integer", "minimum": 0, "maximum": 9999},
        is_critical_control_point=BOOL,
        duration_minutes=_SPAN,
        min_duration=_SPAN,
        max_duration=_SPAN,
        duration_unit=enum(*DURATION_UNITS),
        monitoring_requirements=some(ref("RequirementConfig"), maxItems=MAX_REQUIREMENTS),
    ),
    "RequirementConfig": given(
        ("requirement_name", "requirement_type"),
        requirement_name=_NAME,
        requirement_type={**_NAME, "description": "Code of a parameter, such as temperature."},
        target_value=_NUMBER,
        tolerance_min=_NUMBER,
        tolerance_max=_NUMBER,
        critical_side=enum(*SIDES),
        unit_of_measure=_WORDS,
        monitoring_frequency={
            **_WORDS,
            "description": "continuous, per_batch, start_stop, per_shift, "
            "on_demand, or such as 30_minutes.",
        },
        is_critical_limit=BOOL,
        is_mandatory=BOOL,
        control_class=enum(*CLASSES),
        sensor_code=_WORDS,
        **dict.fromkeys(CONTROL_TEXTS, _WORDS),
    ),
    "Start": given(
        example=START_EXAMPLE,
        start_parameters={
            "type": "object",
            "properties": {"started_at": MOMENT},
            "description": "Kept as the notes of the start; started_at enters a start late.",
        },
    ),
    "Transition": given(
        example=TRANSITION_EXAMPLE,
        transition_type={**enum(*TYPES), "default": "normal"},
        reason=text(4000),
        notes=text(4000),
        ended_at=MOMENT,
        next_started_at=MOMENT,
        target=text(40, description="Emergency only: held, stopped or aborted."),
    ),
    "Command": given(
        ("command",),
        example={"command": "hold", "reason": "Steam pressure falls"},
        command=enum(*COMMANDS),
        reason=text(4000),
    ),
    "NewReadings": given(
        ("readings",),
        example=READINGS_EXAMPLE,
        readings=some(ref("NewReading"), minItems=1, maxItems=MAX_READINGS),
    ),
    "NewReading": given(
        sensor={"type": "string", "description": "Code of a sensor monitored at the stage."},
        requirement={"type": "string", "description": "In place of a sensor: whose sensor."},
        value={"type": ["number", "null"]},
        text=text(255, description="In place of a value: a state, or an answer of the plan."),
        unit=text(255, description="As delivered; left out, the unit the sensor is set to."),
        measured_at={**MOMENT, "description": f"{MOMENT['description']} Left out: now."},
        sequence={"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "default": 0},
        quality={"type": "integer", "minimum": 0, "maximum": 65535, "default": 192},
        reason=text(255, description="Of what a person enters late: why."),
    ),
    "NewDeviation": given(
        ("description",),
        example={"description": "The operator smelt ammonia at the cooler."},
        description={"type": "string", "minLength": 1, "maxLength": 4000},
    ),
    "Resolution": given(
        example={"resolution": "Probe was unplugged for cleaning; value taken by hand: 72.4 °C"},
        resolution=text(4000, description="What was found and done."),
    ),
    "Nothing": given(example={}),
}
