# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LotCertificateLayout(models.Model):
    """Chosen only where it belongs."""

    _inherit = "lot.certificate.layout"

    def _require_company(self, company):
        for layout in self.filtered(lambda layout: layout.company_id != company):
            raise ValidationError(
                self.env._(
                    "The layout “%(layout)s” belongs to %(owner)s: choose one of %(company)s.",
                    layout=layout.name,
                    owner=layout.company_id.name,
                    company=company.name,
                )
            )


class ResCompany(models.Model):
    """A company names the layout of customers who have none of their own."""

    _inherit = "res.company"

    lot_certificate_layout_id = fields.Many2one(
        "lot.certificate.layout",
        string="Certificate layout",
        domain="[('company_id', '=', id)]",
        ondelete="restrict",
    )

    @api.constrains("lot_certificate_layout_id")
    def _check_certificate_layout(self):
        for company in self:
            company.sudo().lot_certificate_layout_id._require_company(company)


class ResPartner(models.Model):
    """A customer gets certificates in a layout of its own, company by company."""

    _inherit = "res.partner"

    lot_certificate_layout_id = fields.Many2one(
        "lot.certificate.layout",
        string="Certificate layout",
        company_dependent=True,
        prefetch=False,  # read alone: its group holds every property of a partner
        help="Empty: the layout of the company.",
    )

    @api.constrains("lot_certificate_layout_id")
    def _check_certificate_layout(self):
        for partner in self.sudo():
            partner.lot_certificate_layout_id._require_company(self.env.company)


class LotCertificate(models.Model):
    """Which layout a certificate is printed in."""

    _inherit = "lot.certificate"

    def _get_layout(self):
        """Return the layout: the customer's, else the company's, else none (built in)."""
        self.ensure_one()
        company = self.company_id.sudo()
        customer = self.partner_id.commercial_partner_id.sudo().with_company(company)
        own = customer.lot_certificate_layout_id | company.lot_certificate_layout_id
        usable = own.filtered(lambda layout: layout.active and layout.company_id == company)
        return usable[:1].with_context(lang=self.language)
