# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import signing


class LotCertificateGate(models.AbstractModel):
    """Whether everything behind a certificate holds; every reason why not, in words, with its
    record.

    Asked when the issue is requested and again when it is made. A refusal is a dict with the
    keys code, message, res_model and res_id.
    """

    _name = "lot.certificate.gate"
    _description = "What stands in the way of a certificate"

    @api.model
    def _require_issuable(self, certificate, waived=()):
        """Raise UserError with all reasons unless the certificate may be issued."""
        self._raise(certificate, self._get_refusals(certificate, waived))

    @api.model
    def _require_authority(self, certificate):
        """Return by whose word the certificate may be issued; raise UserError if by nobody's."""
        authority = certificate._get_authority()
        self._raise(certificate, self._get_authority_refusals(certificate, authority))
        return authority

    @api.model
    def _require_identity(self, certificate):
        """Return the company's key that signs today; raise UserError if there is none."""
        identity, refusals = self._check_identity(certificate.company_id)
        self._raise(certificate, refusals)
        return identity

    @api.model
    def _raise(self, certificate, refusals):
        if refusals:
            raise UserError(
                self.env._(
                    "%(certificate)s cannot be issued:\n%(reasons)s",
                    certificate=certificate.display_name,
                    reasons="\n".join(f"– {refusal['message']}" for refusal in refusals),
                )
            )

    @api.model
    def _get_refusals(self, certificate, waived=()):
        """Return the reasons against issuing, without those of the codes `waived`."""
        certificate = certificate.sudo()
        refusals = self._get_field_refusals(certificate)
        for lot in certificate._get_lots():
            refusals += self._get_lot_refusals(certificate, lot)
        if certificate.kind == "sustainability" and certificate.declaration_id:
            refusals += self._get_declaration_refusals(certificate, certificate.declaration_id)
        if "key" not in waived:
            refusals += self._check_identity(certificate.company_id)[1]
        if not refusals and "authority" not in waived:
            authority = certificate._get_authority()
            refusals += self._get_authority_refusals(certificate, authority)
        return [refusal for refusal in refusals if refusal["code"] not in waived]

    @api.model
    def _to_html(self, refusals):
        """Return the reasons as a list of links, for the form."""
        if not refusals:
            return False
        items = [
            Markup('<li><a href="/odoo/%s/%s">%s</a></li>')
            % (refusal["res_model"], refusal["res_id"], refusal["message"])
            if refusal["res_id"]
            else Markup("<li>%s</li>") % refusal["message"]
            for refusal in refusals
        ]
        return Markup('<ul class="mb-0">%s</ul>') % Markup("").join(items)

    @api.model
    def _refusal(self, code, message, record=None):
        return {
            "code": code,
            "message": message,
            "res_model": record._name if record is not None else "",
            "res_id": record.id if record else 0,
        }

    # -- one subject each ---------------------------------------------------------------------

    @api.model
    def _get_field_refusals(self, certificate):
        refusals = []
        if certificate.kind == "batch" and not certificate.lot_id:
            refusals.append(self._refusal("lot", self.env._("No lot is chosen.")))
        if certificate.kind == "sustainability" and not certificate.declaration_id:
            refusals.append(self._refusal("declaration", self.env._("No declaration is chosen.")))
        is_one = certificate.lot_id and not certificate._is_collected()
        if certificate.kind == "batch" and is_one and certificate.quantity <= 0:
            message = self.env._("The quantity of lot %s is not known.", certificate.lot_id.name)
            refusals.append(self._refusal("quantity", message, certificate.lot_id))
        refusals += self._get_delivery_refusals(certificate)
        company = certificate.company_id
        if not (company.street and company.city and company.country_id):
            refusals.append(
                self._refusal(
                    "address",
                    self.env._(
                        "The address of %s is not complete: street, city and country stand on "
                        "every certificate.",
                        company.name,
                    ),
                    company,
                )
            )
        return refusals

    @api.model
    def _get_delivery_refusals(self, certificate):
        """A delivery that is named is done and has brought the lot."""
        picking, lots = certificate.picking_id, certificate._get_lots()
        if not picking:
            return []
        if picking.state != "done":
            message = self.env._("Delivery %s is not done.", picking.name)
            return [self._refusal("delivery", message, picking)]
        strange = lots - picking.move_line_ids.filtered(lambda line: line.state == "done").lot_id
        return [
            self._refusal(
                "delivery",
                self.env._(
                    "Lot %(lot)s is not in delivery %(delivery)s.",
                    lot=lot.name,
                    delivery=picking.name,
                ),
                picking,
            )
            for lot in strange
        ]

    @api.model
    def _get_lot_refusals(self, certificate, lot):
        """A lot with a process record leaves only released and with no deviation open."""
        refusals = []
        production = lot._get_certificate_production()
        run = production.process_run_id
        if certificate.kind == "batch" and not run:
            refusals.append(
                self._refusal(
                    "process",
                    self.env._("Lot %s has no process record: nothing was monitored.", lot.name),
                    lot,
                )
            )
        if run and lot.release_state != "released":
            message = self.env._("Lot %s is not released by a quality manager.", lot.name)
            refusals.append(self._refusal("release", message, lot))
        for deviation in self._get_open_deviations(lot, run):
            message = self.env._(
                "Deviation %(deviation)s of lot %(lot)s is not closed.",
                deviation=deviation.name,
                lot=lot.name,
            )
            refusals.append(self._refusal("deviation", message, deviation))
        if not refusals and lot.is_held:
            refusals += [self._refusal("held", reason, lot) for reason in lot._get_hold_reasons()]
        return refusals

    @api.model
    def _get_open_deviations(self, lot, run):
        """Return what is open on the lot itself or on a batch that made any of it."""
        orders = lot.producing_order_ids.filtered(lambda order: order.state != "cancel")
        runs = run | orders.process_run_ids
        return (lot.deviation_ids | runs.deviation_ids).filtered(lambda d: d.state != "closed")

    @api.model
    def _get_declaration_refusals(self, certificate, declaration):
        """The declaration is signed, unchanged since, complete, covered and drawn in full."""
        refusals = []
        if declaration.direction != "out" or declaration.state != "issued":
            message = self.env._(
                "Declaration %s is not issued: the sustainability manager signs it first.",
                declaration.number,
            )
            refusals.append(self._refusal("declaration", message, declaration))
        # A signature covers the text in the source language, not in the customer's.
        elif not declaration.with_context(lang=None)._has_valid_signature("issue"):
            message = self.env._(
                "Declaration %s was changed since it was signed.", declaration.number
            )
            refusals.append(self._refusal("signature", message, declaration))
        return refusals + [
            self._refusal("declaration", f"{declaration.number}: {reason}", declaration)
            for reason in declaration._get_issue_blockers()
        ]

    @api.model
    def _get_authority_refusals(self, certificate, authority):
        """Somebody who did not ask has looked, or an approved rule says nobody needs to."""
        if authority is not None:
            return []
        if certificate.review_ids.filtered(lambda review: review.state == "approved"):
            message = self.env._(
                "What the certificate would state has changed since it was reviewed: ask again."
            )
        else:
            message = self.env._(
                "Nobody has reviewed it and no approved rule of issue covers it: ask for a review."
            )
        return [self._refusal("authority", message)]

    @api.model
    def _check_identity(self, company):
        """Return (identity, refusals): a company needs a key that can sign today."""
        try:
            identity = self.env["lot.certificate.press"]._get_identity(company)
            facts = signing.read_certificate(identity.certificate_pem)
        except (UserError, signing.SigningError) as error:
            return None, [self._refusal("key", str(error), company)]
        if facts.is_valid_at(datetime.datetime.now(datetime.UTC)):
            return identity, []
        message = self.env._(
            "The signing certificate of %(company)s is valid from %(start)s to %(end)s, not today.",
            company=company.name,
            start=facts.not_before.date(),
            end=facts.not_after.date(),
        )
        return None, [self._refusal("key", message, company)]
