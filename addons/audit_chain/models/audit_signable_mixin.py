# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import chain


class AuditSignableMixin(models.AbstractModel):
    """A document that people sign: the mixin gives it its signatures and the wizard's door.

    The model says what is signed (`_get_signature_content`), with which meanings, who may, and
    what a signature causes. The content must not hold what the signature itself changes, such
    as the state, or the signature would be invalid at once.
    """

    _name = "audit.signable.mixin"
    _description = "Document that can be signed"

    signature_ids = fields.Many2many(
        "audit.signature", string="Signatures", compute="_compute_signature_ids"
    )
    signature_state = fields.Selection(
        [("none", "Not signed"), ("valid", "Signatures valid"), ("invalid", "Signature invalid")],
        string="Signature status",
        compute="_compute_signature_ids",
    )

    # -- to implement -------------------------------------------------------------------------

    def _get_signature_content(self) -> dict:
        """Return what a signature covers, as chain.canonical takes it."""
        raise NotImplementedError(f"{self._name} does not say what is signed of it")

    def _get_signature_meanings(self) -> dict[str, str]:
        """Return the meanings a signature may have here: code → label."""
        raise NotImplementedError(f"{self._name} does not say what a signature means")

    def _check_may_sign(self, meaning: str) -> None:
        """Raise UserError or AccessError unless the user may sign this now (role, four eyes)."""

    def _on_signed(self, signature) -> None:
        """Do what the signature authorises, in the same transaction."""

    # -- offered ------------------------------------------------------------------------------

    def _compute_signature_ids(self):
        found = self.env["audit.signature"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for document in self:
            own = found.filtered(lambda s, d=document: s.res_id == d._origin.id)
            document.signature_ids = own
            document.signature_state = (
                "none" if not own else "valid" if all(own.mapped("is_valid")) else "invalid"
            )

    def _get_signature_hash(self) -> str:
        """Return the hash of the content as it is now.

        Whoever looks: the reader's language, companies and rights must not change the content.
        """
        self.ensure_one()
        document = self.with_env(self.env(su=True, context={}))
        if "company_id" in self._fields and document.company_id:
            document = document.with_company(document.company_id)
        return chain.digest(document._get_signature_content())

    def _get_signature_summary(self) -> Markup:
        """Return what the wizard shows the signer: by default the content, key by key."""
        self.ensure_one()
        rows = [
            Markup("<tr><th class='pe-3'>%s</th><td>%s</td></tr>") % (key, _to_text(value))
            for key, value in self._get_signature_content().items()
        ]
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(rows)

    def _has_valid_signature(self, meaning: str) -> bool:
        """Tell whether somebody has signed the content as it is now with this meaning."""
        self.ensure_one()
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("meaning", "=", meaning),
        ]
        own = self.env["audit.signature"].sudo().search_fetch(domain)
        return any(signature._get_validity() == "valid" for signature in own)

    def action_open_signature(self):
        """Open the signing wizard; the button names the meaning as `default_meaning`."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign"),
            "res_model": "audit.signature.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                **self.env.context,
                "default_res_model": self._name,
                "default_res_id": self.id,
            },
        }

    def _create_signature(self, meaning: str, reason: str, method: str):
        """Append the signature of the current user; called by the wizard alone."""
        self.ensure_one()
        label = self._get_meaning_label(meaning)
        user = self.env.user
        company = "company_id" in self._fields and self.sudo().company_id
        values = {
            "company_id": (company or self.env.company).id,
            "res_model": self._name,
            "res_id": self.id,
            "res_name": self.display_name,
            "user_id": user.id,
            "signer_name": user.name,
            "signer_login": user.login,
            "signed_at_ms": time.time_ns() // 1_000_000,
            "meaning": meaning,
            "meaning_label": label,
            "method": method,
            "content_hash": self._get_signature_hash(),
            "reason": reason or "",
        }
        signature = self.env["audit.signature"].sudo().create(values)
        self.invalidate_recordset(["signature_ids", "signature_state"])
        return signature.sudo(False)

    def _get_meaning_label(self, meaning: str) -> str:
        """Return the label of a meaning, or refuse one this document does not know."""
        meanings = self._get_signature_meanings()
        if meaning not in meanings:
            raise UserError(
                self.env._(
                    "“%(meaning)s” is not a meaning a signature can have on %(document)s. "
                    "Choose one of: %(known)s.",
                    meaning=meaning or "",
                    document=self.display_name,
                    known=", ".join(meanings),
                )
            )
        return meanings[meaning]


def _to_text(value) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_to_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_to_text(item) for item in value)
    return "" if value is None else str(value)
