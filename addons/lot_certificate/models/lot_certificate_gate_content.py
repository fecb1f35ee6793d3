# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import float_compare

# Kilograms, litres and tonnes alike: three digits are what the books keep.
DIGITS = 3


class LotCertificateGate(models.AbstractModel):
    """Whether a certificate says what stands behind it: the declared quantity and recipient, no
    more than was made or delivered, and in place of what it may replace.
    """

    _inherit = "lot.certificate.gate"

    @api.model
    def _get_field_refusals(self, certificate):
        refusals = super()._get_field_refusals(certificate)
        if certificate.declaration_id and certificate.kind == "sustainability":
            refusals += self._get_strange_refusals(certificate, certificate.declaration_id)
        elif certificate.kind == "batch":
            refusals += self._get_excess_refusals(certificate)
        refusals += self._get_recipient_refusals(certificate)
        return refusals + self._get_succession_refusals(certificate)

    @api.model
    def _get_strange_refusals(self, certificate, declaration):
        """The document states quantity, lots and delivery of its declaration, and no other."""
        quantity, uom = certificate._get_default_quantity()
        is_same = certificate.uom_id == uom and not float_compare(
            certificate.quantity, quantity, precision_digits=6
        )
        lots = certificate.lot_id - declaration.lot_ids
        is_same = is_same and not (declaration.lot_ids and lots)
        is_same = is_same and not (certificate.picking_id - declaration.picking_ids)
        if is_same:
            return []
        message = self.env._(
            "Quantity, unit, lot and delivery are those of declaration %s, and it states others.",
            declaration.number,
        )
        return [self._refusal("declared", message, declaration)]

    @api.model
    def _get_excess_refusals(self, certificate):
        """No more of a lot is certified than was made or, with a delivery, delivered."""
        known, uom = certificate._get_default_quantity()
        stated = certificate.uom_id
        if not uom or certificate.quantity <= 0:
            return []
        if not stated or not stated._has_common_reference(uom):
            message = self.env._(
                "The quantity is stated in %(stated)s, the lot is kept in %(uom)s.",
                stated=stated.name or "–",
                uom=uom.name,
            )
            return [self._refusal("quantity", message, certificate.lot_id)]
        quantity = stated._compute_quantity(certificate.quantity, uom, round=False)
        if float_compare(quantity, known, precision_digits=DIGITS) <= 0:
            return []
        message = self.env._(
            "%(stated)s %(uom)s would be certified, and only %(known)s were made or delivered.",
            stated=f"{quantity:g}",
            known=f"{known:g}",
            uom=uom.name,
        )
        return [self._refusal("quantity", message, certificate.picking_id or certificate.lot_id)]

    @api.model
    def _get_recipient_refusals(self, certificate):
        """Who gets it is who was delivered to, or who ordered."""
        source = certificate.declaration_id or certificate.picking_id
        if not source or not certificate.partner_id:
            return []
        order = certificate.picking_id.sale_id
        known = source.partner_id | order.partner_id | order.partner_invoice_id
        if certificate.partner_id.commercial_partner_id in known.commercial_partner_id:
            return []
        message = self.env._(
            "%(customer)s neither ordered nor received %(delivery)s.",
            customer=certificate.partner_id.display_name,
            delivery=source.display_name,
        )
        return [self._refusal("recipient", message, source)]

    # -- in place of another --------------------------------------------------------------------

    @api.model
    def _get_succession_refusals(self, certificate):
        """One certificate takes the place of another of the same subject and customer, once."""
        old = certificate.supersedes_id
        if not old:
            return []
        refusals = []
        if not (certificate.supersede_reason or "").strip():
            message = self.env._("Say why %s is replaced: the new one states it.", old.name)
            refusals.append(self._refusal("reason", message))
        if certificate._get_subject_key() != old._get_subject_key():
            message = self.env._(
                "It is about another lot, delivery, period or customer than %s: it cannot take "
                "its place.",
                old.name or old.display_name,
            )
            refusals.append(self._refusal("succession", message, old))
        newest = old._get_newest() - certificate
        if newest and newest != old:
            message = self.env._(
                "%(old)s was replaced by %(new)s already: replace that one.",
                old=old.name,
                new=newest.name,
            )
            refusals.append(self._refusal("succession", message, newest))
        if old.state not in ("issued", "superseded", "revoked"):
            message = self.env._("%s was never issued: there is nothing to replace.", old.name)
            refusals.append(self._refusal("succession", message, old))
        return refusals
