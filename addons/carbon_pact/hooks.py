# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.audit_chain import trigger


def uninstall_hook(env):
    """Let the table of published footprints go: its guard would refuse."""
    trigger.drop(env.cr, "pact_footprint")
