# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools import wording


class LotCertificate(models.Model):
    """What the e-mail of a certificate says of it, in the language of the customer."""

    _inherit = "lot.certificate"

    def _get_mail_facts(self):
        """Return [(label, text)]: number, product, lots, quantity, delivery, the customer's order.

        They are read from the signed snapshot: the mail says what the paper says.
        """
        self.ensure_one()
        fact = (self.sudo()._get_snapshot_data() or {}).get("identification") or {}
        locale = wording.get_locale(self.language)
        quantity = wording.quantity(fact.get("quantity"), fact.get("unit"), locale)
        titles = dict(self._fields["kind"]._description_selection(self.env))
        rows = [
            (titles[self.kind], self.name),
            (self.env._("Product"), fact.get("product")),
            (self.env._("Lots"), ", ".join(fact.get("lots") or [])),
            (self.env._("Quantity"), quantity if fact.get("quantity") else ""),
            (self.env._("Delivery"), fact.get("delivery")),
            (self.env._("Your reference"), fact.get("customer_reference")),
        ]
        return [(label, text) for label, text in rows if text]

    def _get_mail_person(self):
        """Return the person it is written to by name; a company or a ramp is no person."""
        partner = self._get_mail_partner()
        is_person = not partner.is_company and partner.type == "contact"
        return partner.name or "" if is_person else ""

    def _get_mail_imprint(self):
        """Return the lines of the plant's foot: address, and how to reach it."""
        company = self.company_id.sudo()
        address = self.env["lot.certificate.snapshot"]._get_address(company.partner_id)
        parts = (address, company.phone, company.email, company.website)
        return " · ".join(part for part in parts if part)

    def _is_credential_mailed(self):
        """Tell whether the Verifiable Credential goes along: the customer wants it."""
        wants = self.partner_id.commercial_partner_id.certificate_with_credential
        return bool(wants and self.credential)
