# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def uninstall_hook(env):
    """Let the demo's records stay, as records of their own, and lock its users out.

    Stock moves, books and chains refer to them and cannot be deleted; a try would only leave
    half of a plant behind.
    """
    known = env["ir.model.data"].search([("module", "=", "process_demo")])
    users = known.filtered(lambda data: data.model == "res.users")
    env["res.users"].browse(users.mapped("res_id")).write({"active": False})
    known.unlink()
