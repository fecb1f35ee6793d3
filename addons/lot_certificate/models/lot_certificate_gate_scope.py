# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class LotCertificateGate(models.AbstractModel):
    """What a certificate about a delivery or a period needs besides."""

    _inherit = "lot.certificate.gate"

    @api.model
    def _get_field_refusals(self, certificate):
        refusals = super()._get_field_refusals(certificate)
        if not certificate._is_collected():
            return refusals
        refusals = [refusal for refusal in refusals if refusal["code"] != "lot"]
        message = self._get_scope_message(certificate)
        return [*refusals, self._refusal("scope", message)] if message else refusals

    @api.model
    def _get_scope_message(self, certificate):
        if certificate.scope == "delivery" and not certificate.picking_id:
            return self.env._("No delivery is chosen.")
        if certificate.scope == "period":
            start, end = certificate.period_from, certificate.period_to
            if not (start and end and certificate.partner_id and certificate.period_product_id):
                return self.env._("A period needs its first and last day, product and customer.")
            if start > end:
                return self.env._("The period ends before it begins.")
            if end >= certificate._get_certificate_day():
                return self.env._("The period is not over: more may still be delivered in it.")
        if not certificate._get_moved_lines():
            return self.env._("No lot with a process record was delivered there.")
        return ""
