# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.audit_chain import trigger

FROZEN_TABLES = (
    "carbon_factor_version",
    "carbon_activity",
    "carbon_footprint_line",
    "carbon_footprint_output",
    "carbon_target",
    "carbon_instrument_claim",
    "carbon_lca_result",
    "carbon_red_result",
    "carbon_scenario",
    "carbon_scenario_result",
)


def uninstall_hook(env):
    """Let the tables go: their guards first, then the names of records nobody may delete."""
    for table in FROZEN_TABLES:
        trigger.drop(env.cr, table)
    env["ir.model.data"].search(
        [
            ("module", "=", "carbon_footprint"),
            ("model", "in", ("carbon.factor", "carbon.factor.version")),
        ]
    ).unlink()
