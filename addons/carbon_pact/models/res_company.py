# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import urn


class ResCompany(models.Model):
    """The names by which a customer's system knows this company."""

    _inherit = "res.company"

    pact_company_ids = fields.Text(
        string="Company identifiers (URN)",
        help="One a line, such as urn:pact:example.com:company-id:42. Product footprints that "
        "customers' systems read are published under them.",
    )

    @api.constrains("pact_company_ids")
    def _check_pact_company_ids(self):
        for company in self:
            wrong = urn.find_wrong(urn.read(company.pact_company_ids))
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(company)s: “%(name)s” is no URN. Write one identifier a line, such as "
                        "urn:pact:example.com:company-id:42.",
                        company=company.name,
                        name=wrong,
                    )
                )
