# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    """A customer receives certificates by mail, or not."""

    _inherit = "res.partner"

    certificate_by_mail = fields.Boolean(
        string="Certificates by e-mail",
        default=True,
        help="With each delivery, the certificate of each lot is issued and mailed.",
    )

    certificate_with_credential = fields.Boolean(
        string="Attach the Verifiable Credential",
        help="The e-mail carries PDF and signed data, and the same as a W3C Verifiable Credential "
        "for programs that read those.",
    )
    certificate_scope = fields.Selection(
        [("lot", "Each lot"), ("delivery", "Each delivery")],
        string="One certificate for",
        default="lot",
        required=True,
    )

    def _wants_certificate_mail(self, company):
        """Tell whether certificates of `company` are mailed to this customer by themselves."""
        customer = self.commercial_partner_id
        return bool(self and company.certificate_by_mail and customer.certificate_by_mail)
