# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class PactSecretShow(models.AbstractModel):
    """The window that shows a new secret, once: it has no table, so nothing of it is kept."""

    _name = "pact.secret.show"
    _description = "Show a new client secret"

    # the form asks for the values of one record
    id = fields.Id()
    client = fields.Char(string="Client ID", readonly=True)
    secret = fields.Char(readonly=True)
