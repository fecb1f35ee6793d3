# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


def uninstall_hook(env):
    """Drop the readings: Odoo drops views and plain tables, not partitioned ones."""
    env.cr.execute(SQL("DROP TABLE IF EXISTS process_reading CASCADE"))
    env.cr.execute(SQL("DROP TABLE IF EXISTS process_reading_rollup, process_reading_dirty"))
    env.cr.execute(SQL("DROP FUNCTION IF EXISTS process_reading_refuse()"))
    env.cr.execute(SQL("DROP SEQUENCE IF EXISTS process_reading_id_seq"))
