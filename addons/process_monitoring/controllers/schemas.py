# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What programs deliver and what they are answered, as JSON Schemas."""

from odoo.addons.rest_api.schemas import COUNT, MOMENT, TEXT, exact, given, null, ref, some, text

MAX_ITEMS = 5_000
MAX_RECORDS = 500
QUALITY = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 65535},
        {"type": "string", "enum": ["good", "uncertain", "bad", "stale"]},
        {"type": "null"},
    ],
    "default": 192,
    "description": "192 to 255 are good.",
}
SEQUENCE = {
    "type": ["integer", "null"],
    "minimum": 0,
    "maximum": 2**63 - 1,
    "default": 0,
    "description": "Tells readings of one sensor and one millisecond apart.",
}
FIGURE = {"type": ["number", "null"]}

SCHEMAS = {
    "ReadingsDelivery": given(
        ("readings",),
        example={
            "readings": [
                {
                    "sensor": "d1-pasteur-temp",
                    "measured_at": "2026-03-02T11:00:00.250+01:00",
                    "value": 72.4,
                    "unit": "°C",
                },
                {"sensor": "d1-divert-valve", "measured_at": 1772445600250, "text": "forward"},
            ]
        },
        readings=some(ref("DeliveredReading"), minItems=1, maxItems=MAX_ITEMS),
    ),
    "DeliveredReading": given(
        ("sensor", "measured_at"),
        sensor={"type": "string", "description": "Code of the sensor."},
        measured_at=MOMENT,
        value={"type": ["number", "null"], "description": "Of a sensor that measures."},
        text=text(255, description="In place of a value: the state of a sensor of states."),
        unit=text(255, description="As delivered; left out, the unit the sensor is set to."),
        quality=QUALITY,
        sequence=SEQUENCE,
    ),
    "ProcessRecordsDelivery": given(
        ("records",),
        example={
            "records": [
                {
                    "batch_id": "MO/00042",
                    "process_step": "Pasteurisation",
                    "timestamp": "2026-03-02T11:30:00+01:00",
                    "energy_consumption": 41.5,
                    "utility_usage": {"water": 1200, "steam": 310, "electricity": 12.5},
                    "emissions": {"co2_equivalent": 8.1, "other_gases": {"ch4": 0.002}},
                }
            ]
        },
        records=some(ref("ProcessRecord"), minItems=1, maxItems=MAX_RECORDS),
    ),
    "ProcessRecord": given(
        ("batch_id", "process_step", "timestamp"),
        batch_id={"type": "string", "minLength": 1, "maxLength": 255},
        process_step={"type": "string", "minLength": 1, "maxLength": 255},
        timestamp=MOMENT,
        energy_consumption=FIGURE,
        utility_usage={
            "type": ["object", "null"],
            "properties": {"water": FIGURE, "steam": FIGURE, "electricity": FIGURE},
        },
        emissions={
            "type": ["object", "null"],
            "properties": {
                "co2_equivalent": FIGURE,
                "other_gases": {"type": ["object", "null"], "additionalProperties": FIGURE},
            },
        },
    ),
    "DeliveryAnswer": exact(
        stored={**COUNT, "description": "New readings."},
        duplicates={**COUNT, "description": "Readings that were known; nothing was done."},
        refused=some(ref("DeliveryRefusal")),
    ),
    "DeliveryRefusal": exact(
        index={**COUNT, "description": "Position in the list that was sent, from 0."},
        figure=null({**TEXT, "description": "Which figure of a record; null for the whole item."}),
        reason={**TEXT, "minLength": 1},
    ),
}
EXAMPLES = {
    "DeliveryAnswer": {
        "stored": 1,
        "duplicates": 0,
        "refused": [
            {
                "index": 1,
                "figure": None,
                "reason": "There is no sensor with the code 'd1-divert-valv'.",
            },
        ],
    },
}
