# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.mass_balance.models.selections import SCHEMES, STATEMENTS


class LotCertificateClaim(models.Model):
    """One text or logo that a scheme has approved for our documents, by its approval reference.

    Kept by the sustainability manager. It stands only on declarations of its scheme, while its
    approval is valid; once it stands on an issued document its wording never changes: an altered
    text needs an approval, and a record, of its own.
    """

    _name = "lot.certificate.claim"
    _inherit = ["mail.thread"]
    _description = "Approved claim or logo"
    _order = "scheme, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    kind = fields.Selection([("text", "Text"), ("logo", "Logo")], required=True, default="text")
    text = fields.Text(translate=True, help="As approved, in each language it was approved in.")
    image = fields.Image(max_width=1200, max_height=1200)
    scheme = fields.Selection(SCHEMES, required=True, default="iscc_plus")
    statement = fields.Selection(STATEMENTS, help="Only with this statement. Empty: with any.")
    approval_reference = fields.Char(required=True, tracking=True, help="Given by the scheme.")
    approved_on = fields.Date(required=True, tracking=True)
    valid_to = fields.Date(required=True, tracking=True, help="Last day, included.")
    evidence = fields.Binary(string="Approval", attachment=True)
    evidence_name = fields.Char()
    is_default = fields.Boolean(
        string="On every declaration", help="Put on each declaration it is valid for by itself."
    )
    active = fields.Boolean(default=True)

    @api.constrains("kind", "text", "image", "approval_reference", "approved_on", "valid_to")
    def _check_whole(self):
        for claim in self:
            if not (claim.approval_reference or "").strip():
                raise ValidationError(
                    self.env._("A claim needs the reference of its approval by the scheme.")
                )
            if claim.valid_to < claim.approved_on:
                raise ValidationError(self.env._("The approval of %s ends early.", claim.name))
            if not (claim.image if claim.kind == "logo" else (claim.text or "").strip()):
                raise ValidationError(
                    self.env._("%s says nothing: fill in the text, or add the logo.", claim.name)
                )

    def write(self, vals):
        """What stands on an issued document was approved as it is."""
        if {"kind", "text", "image", "scheme", "approval_reference", "company_id"} & set(vals):
            self._refuse_when_used()
        return super().write(vals)

    def _refuse_when_used(self):
        domain = [("claim_ids", "in", self.ids), ("issued_at_ms", ">", 0)]
        used = self.env["lot.certificate"].sudo().search(domain, limit=1)
        if used:
            raise ValidationError(
                self.env._(
                    "The claim stands on %s as it is. Archive it, and record the new approval "
                    "as a new claim.",
                    used.name,
                )
            )

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        """The window of translations writes past `write`: the approved words are guarded here."""
        if field_name == "text":
            self._refuse_when_used()
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    def _get_refusal_on(self, certificate):
        """Return why it may not stand on a certificate: approved at dispatch, and still today."""
        days = {certificate._get_certificate_day(), certificate._get_today()}
        found = (self._get_refusal(certificate.declaration_id, day) for day in sorted(days))
        return next((message for message in found if message), "")

    def _get_refusal(self, declaration, day):
        """Return why it may not stand on a document about `declaration`; empty when it may."""
        self.ensure_one()
        if not declaration:
            return self.env._(
                "“%s” is a claim: it stands on sustainability declarations only.", self.name
            )
        if self.scheme != declaration.scheme:
            return self.env._("“%s” is approved by another scheme.", self.name)
        if self.statement and self.statement != declaration.statement:
            return self.env._("“%s” is approved for another statement.", self.name)
        if not self.approved_on <= day <= self.valid_to:
            return self.env._(
                "The approval %(reference)s of “%(claim)s” is valid from %(start)s to %(end)s.",
                reference=self.approval_reference,
                claim=self.name,
                start=self.approved_on,
                end=self.valid_to,
            )
        return ""
