# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.audit_chain import trigger


def uninstall_hook(env):
    """Let the tables of published and received footprints go: their guards would refuse."""
    for table in ("pact_footprint", "pact_received"):
        trigger.drop(env.cr, table)
