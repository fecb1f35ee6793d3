# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Take back what an uninstall would leave behind."""

from .models.plan_trigger import drop_all


def uninstall_hook(env):
    """Drop the triggers that sit on tables of other modules."""
    drop_all(env.cr)
