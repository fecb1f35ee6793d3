# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import api, fields, models
from odoo.exceptions import AccessDenied

from odoo.addons.auth_passkey._vendor.webauthn.helpers import exceptions as webauthn

# What is no answer of a passkey at all; a wrong one is an AccessDenied already.
MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    webauthn.InvalidJSONStructure,
    webauthn.InvalidAuthenticatorDataStructure,
    webauthn.InvalidCBORData,
)


class AuditSignaturePasskey(models.TransientModel):
    """Signing with a passkey instead of the password and the one-time code.

    The key is something one has, and the device asks for a PIN or finger: two factors. The
    browser answers a challenge that the server keeps in the session and takes once.
    """

    _inherit = "audit.signature.wizard"

    passkey_answer = fields.Char(store=False)
    has_passkey = fields.Boolean(compute="_compute_has_passkey")

    @api.depends_context("uid")
    def _compute_has_passkey(self):
        self.has_passkey = bool(self.env.user.auth_passkey_key_ids)

    def _get_unstored_names(self):
        return (*super()._get_unstored_names(), "passkey_answer")

    def action_sign_passkey(self):
        """Sign like `action_sign`, by the answer of the signer's passkey."""
        return self._do_sign("passkey")

    def _check_credentials(self, user, method: str) -> str:
        if method != "passkey":
            return super()._check_credentials(user, method)
        try:
            user._check_credentials(
                {"type": "webauthn", "webauthn_response": self._get_passkey_answer()},
                {"interactive": True},
            )
        except MALFORMED as exc:
            raise AccessDenied from exc
        return "passkey"

    def _get_passkey_answer(self) -> str:
        answer = self.env.context.get("passkey_answer")
        if not isinstance(answer, str) or not isinstance(json.loads(answer)["id"], str):
            raise TypeError(type(answer))
        return answer

    def _get_refusal(self, method: str) -> str:
        if method != "passkey":
            return super()._get_refusal(method)
        return self.env._(
            "The passkey was not accepted: nothing was signed. Use a passkey of your own account, "
            "or your password. After three wrong attempts signing is locked for 15 minutes."
        )
