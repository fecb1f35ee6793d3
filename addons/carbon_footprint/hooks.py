# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .models import frozen

FROZEN_TABLES = (
    "carbon_factor_version",
    "carbon_activity",
    "carbon_footprint_line",
    "carbon_footprint_output",
)


def uninstall_hook(env):
    """Let the tables go: their guards first, then the names of records nobody may delete."""
    for table in FROZEN_TABLES:
        frozen.drop(env.cr, table)
    env.cr.execute("DROP FUNCTION IF EXISTS carbon_footprint_frozen()")
    env["ir.model.data"].search(
        [
            ("module", "=", "carbon_footprint"),
            ("model", "in", ("carbon.factor", "carbon.factor.version")),
        ]
    ).unlink()
