# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a plan says in words about a control measure (ISO 22000:2018, 8.5.4.1 and 8.5.4.2)."""

from typing import Final

CONTROL_TEXTS: Final = (
    "hazard",
    "hazard_decision",
    "limit_rationale",
    "validation",
    "monitoring_method",
    "correction",
    "responsible_role",
    "evaluator_role",
    "record_kept",
)
"""Fields of a requirement, keys of its JSON and of a one-off plan's request: one name for all."""
