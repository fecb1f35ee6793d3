# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request


class AuditSignatureWizard(models.TransientModel):
    """The moment of signing: shows what is signed, asks for the credentials, each time anew.

    Written by the signer and gone after a while; what lasts is the `audit.signature`. The
    password and the one-time code come with the button and are never stored.
    """

    _name = "audit.signature.wizard"
    _description = "Sign a document"

    res_model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    meaning = fields.Char(required=True)
    meaning_label = fields.Char(compute="_compute_summary")
    document_name = fields.Char(string="Document", compute="_compute_summary")
    summary = fields.Html(string="You sign", compute="_compute_summary", sanitize=False)
    seen_hash = fields.Char()
    reason = fields.Text(string="Reason or remark")
    password = fields.Char(store=False)
    totp_code = fields.Char(string="One-time code", store=False)
    is_totp_required = fields.Boolean(compute="_compute_is_totp_required")

    @api.model
    def default_get(self, fields_list):
        """Remember the content the signer is shown: it must be the content that is signed."""
        values = super().default_get(fields_list)
        if values.get("res_model") and values.get("res_id"):
            document = self._get_document(values["res_model"], values["res_id"])
            values["seen_hash"] = document._get_signature_hash()
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Hold the credentials in memory for the button of the same request, never in a row.

        The form saves the wizard, reads it back and only then presses the button with what it
        read; of a new record Odoo forgets what has no column.
        """
        wizards = super().create(vals_list)
        for wizard, vals in zip(wizards, vals_list, strict=True):
            for name in self._get_unstored_names():
                if vals.get(name):
                    wizard[name] = vals[name]
        return wizards

    def _get_unstored_names(self) -> tuple[str, ...]:
        return ("password", "totp_code")

    @api.depends("res_model", "res_id", "meaning")
    def _compute_summary(self):
        for wizard in self:
            document = wizard._get_document(wizard.res_model, wizard.res_id)
            wizard.document_name = document.display_name
            wizard.summary = document._get_signature_summary()
            wizard.meaning_label = document._get_signature_meanings().get(wizard.meaning)

    @api.depends_context("uid")
    def _compute_is_totp_required(self):
        self.is_totp_required = self._is_totp_required()

    def _is_totp_required(self) -> bool:
        return self.env.user.totp_enabled

    @api.model
    def _get_document(self, model: str, res_id: int):
        """Return the document, if it can be signed and the user may read it."""
        if model not in self.env or "signature_ids" not in self.env[model]._fields:
            raise UserError(self.env._("“%s” is not a kind of document that is signed.", model))
        document = self.env[model].browse(res_id).exists()
        if not document:
            raise UserError(self.env._("The document to sign does not exist any more."))
        document.check_access("read")
        return document

    def action_sign(self):
        """Check the signer, append the signature and do what it authorises."""
        return self._do_sign("password")

    def _do_sign(self, method: str):
        self.ensure_one()
        self._require_web_session()
        document = self._get_document(self.res_model, self.res_id)
        self._check_not_locked()
        method = self._check_signer(document, method)
        document._get_meaning_label(self.meaning)
        document._check_may_sign(self.meaning)
        self._check_unchanged(document)
        signature = document._create_signature(self.meaning, self.reason, method)
        self.env["audit.record"]._log(
            "signature.signed", document, {"meaning": self.meaning, "method": method}
        )
        document._on_signed(signature)
        return {"type": "ir.actions.act_window_close"}

    def _require_web_session(self) -> None:
        """Refuse everything but a person's own web session: an API key cannot sign."""
        if request and request.session.uid == self.env.uid:
            header = request.httprequest.headers.get("Authorization")
            if not header and request.httprequest.path.startswith("/web/dataset/"):
                return
        raise UserError(
            self.env._(
                "An electronic signature is given by a person in the web client. "
                "The external API can read and request signatures; it cannot sign."
            )
        )

    def _check_not_locked(self) -> None:
        # one request at a time for each signer, or parallel guesses would pass the count
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('audit.signature'), %s)", [self.env.uid]
        )
        until = self.env["audit.signature.attempt"]._locked_until(self.env.user)
        if until:
            raise UserError(self._get_lock_sentence(until))

    def _check_signer(self, document, method: str) -> str:
        """Check who signs; return the method that goes into the signature."""
        try:
            return self._check_credentials(self.env.user, method)
        except AccessDenied as exc:
            return self._refuse(document, method, exc)

    def _check_credentials(self, user, method: str) -> str:
        """Check password and one-time code, or raise AccessDenied."""
        credential = {
            "login": user.login,
            "type": "password",
            "password": self.env.context.get("password"),
        }
        user._check_credentials(credential, {"interactive": True})
        if not self._is_totp_required():
            return method
        code = "".join(str(self.env.context.get("totp_code") or "").split())
        if not code.isdigit():
            raise AccessDenied
        user._check_credentials({"type": "totp", "token": int(code)}, {"interactive": True})
        return "password+totp"

    def _refuse(self, document, method: str, cause) -> None:
        until = self.env["audit.signature.attempt"]._record_failure(self.env.user, document)
        if until:
            raise UserError(self._get_lock_sentence(until)) from cause
        raise UserError(self._get_refusal(method)) from cause

    def _get_refusal(self, method: str) -> str:
        return self.env._(
            "The password or the one-time code is wrong: nothing was signed. "
            "After three wrong attempts signing is locked for 15 minutes."
        )

    def _get_lock_sentence(self, until_ms: int) -> str:
        return self.env._(
            "Signing is locked for you until %s UTC after three wrong attempts. "
            "The auditors have been told. Wait, or ask them.",
            time.strftime("%H:%M:%S", time.gmtime(until_ms // 1000)),
        )

    def _check_unchanged(self, document) -> None:
        if self.seen_hash and self.seen_hash != document._get_signature_hash():
            raise UserError(
                self.env._(
                    "%s has changed since you opened it for signing. "
                    "Close this window, read it again and sign then.",
                    document.display_name,
                )
            )
