# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class LotCertificateGate(models.AbstractModel):
    """What stands behind a declaration outside of it: each supplier's certificate on the supplier's
    own day of dispatch, and the approval of each claim.
    """

    _inherit = "lot.certificate.gate"

    @api.model
    def _get_declaration_refusals(self, certificate, declaration):
        refusals = super()._get_declaration_refusals(certificate, declaration)
        for source in declaration.entry_ids.source_declaration_id:
            refusals += self._get_supplier_refusals(source)
        return refusals

    @api.model
    def _get_supplier_refusals(self, source):
        held = source.certification_id
        if not held:
            message = self.env._(
                "No certificate of %(supplier)s stands behind declaration %(declaration)s.",
                supplier=source.partner_id.name,
                declaration=source.number,
            )
            return [self._refusal("supplier", message, source)]
        reasons = source._get_coverage_reasons()
        return [
            self._refusal(
                "supplier",
                self.env._(
                    "Certificate %(certificate)s of %(supplier)s did not cover declaration "
                    "%(declaration)s on %(day)s: %(reason)s.",
                    certificate=held.number,
                    supplier=held.partner_id.name,
                    declaration=source.number,
                    day=source.dispatch_date,
                    reason=reason,
                ),
                held,
            )
            for reason in reasons
        ]

    @api.model
    def _get_field_refusals(self, certificate):
        refusals = super()._get_field_refusals(certificate)
        for claim in certificate.claim_ids:
            if message := claim._get_refusal_on(certificate):
                refusals.append(self._refusal("claim", message, claim))
        return refusals
