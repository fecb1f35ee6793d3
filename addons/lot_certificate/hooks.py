# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def uninstall_hook(env):
    """Take the guard of issued rows away with the table it guards."""
    env.cr.execute("DROP FUNCTION IF EXISTS lot_certificate_frozen() CASCADE")
