# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import MissingError

from ..fields import BigInt


class AuditSignature(models.Model):
    """One electronic signature: who signed which document, when, meaning what.

    Written by the signing wizard after it has checked the signer's credentials. It can never
    change; when the signed content changes afterwards, the signature shows as no longer valid.
    """

    _name = "audit.signature"
    _inherit = ["audit.chain.mixin"]
    _description = "Electronic signature"
    _order = "signed_at_ms desc, id desc"
    _rec_name = "signer_name"

    res_model = fields.Char(string="Document type", required=True, readonly=True, index=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", required=True, readonly=True, index=True
    )
    res_name = fields.Char(string="Document", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Signer", required=True, readonly=True, ondelete="restrict", index=True
    )
    signer_name = fields.Char(string="Printed name", required=True, readonly=True)
    signer_login = fields.Char(string="Login", required=True, readonly=True)
    signed_at_ms = BigInt(string="Signed (ms UTC)", required=True, readonly=True, aggregator=None)
    signed_at_utc = fields.Char(string="Signed (UTC)", compute="_compute_signed_at_utc")
    meaning = fields.Char(required=True, readonly=True)
    meaning_label = fields.Char(string="Meaning (text)", required=True, readonly=True)
    method = fields.Selection(
        [
            ("password", "Password"),
            ("password+totp", "Password and one-time code"),
            ("passkey", "Passkey"),
        ],
        string="Authenticated by",
        required=True,
        readonly=True,
    )
    content_hash = fields.Char(string="Hash of the signed content", required=True, readonly=True)
    reason = fields.Text(readonly=True)
    is_valid = fields.Boolean(
        string="Valid",
        compute="_compute_is_valid",
        help="The document's content now is the content that was signed.",
    )
    validity = fields.Selection(
        [("valid", "Valid"), ("changed", "Content changed since"), ("gone", "Document is gone")],
        compute="_compute_is_valid",
    )

    def _prepare_chain_payload(self, vals):
        return {
            "document": vals["res_name"],
            "model": vals["res_model"],
            "signer": vals["signer_name"],
            "login": vals["signer_login"],
            "signed_ms": vals["signed_at_ms"],
            "meaning": vals["meaning"],
            "meaning_label": vals["meaning_label"],
            "method": vals["method"],
            "content_sha256": vals["content_hash"],
            "reason": vals.get("reason") or "",
        }

    @api.depends("signed_at_ms")
    def _compute_signed_at_utc(self):
        for signature in self:
            ms = signature.signed_at_ms
            moment = fields.Datetime.to_datetime("1970-01-01 00:00:00") + timedelta(milliseconds=ms)
            signature.signed_at_utc = moment.strftime("%Y-%m-%d %H:%M:%S UTC")

    @api.depends("res_model", "res_id", "content_hash")
    def _compute_is_valid(self):
        for signature in self:
            signature.validity = signature._get_validity()
            signature.is_valid = signature.validity == "valid"

    def _get_validity(self) -> str:
        self.ensure_one()
        if self.res_model not in self.env:
            return "gone"
        document = self.env[self.res_model].sudo().browse(self.res_id)
        try:
            content_hash = document._get_signature_hash()
        except MissingError:
            return "gone"
        return "valid" if content_hash == self.content_hash else "changed"
