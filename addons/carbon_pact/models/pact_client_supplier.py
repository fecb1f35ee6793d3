# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import urn


class PactClient(models.Model):
    """A partner's system that states footprints to us: whose they must be, and of what."""

    _inherit = "pact.client"

    supplier_company_ids = fields.Text(
        string="Supplier's company identifiers (URN)",
        tracking=True,
        help="One a line, as the supplier names itself. A footprint that names none of them is not "
        "taken, whoever sends it.",
    )
    supply_ids = fields.One2many("pact.supply", "client_id", string="Products of the supplier")

    @api.constrains("supplier_company_ids")
    def _check_supplier_company_ids(self):
        for client in self:
            wrong = urn.find_wrong(urn.read(client.supplier_company_ids))
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(client)s: “%(name)s” is no URN. Write one identifier a line, such as "
                        "urn:pact:example.com:company-id:42.",
                        client=client.name,
                        name=wrong,
                    )
                )
