# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Help for the tests of every room above: sign a document as a user, without a browser."""

from contextlib import contextmanager
from unittest.mock import patch

PASSWORD = "Correct-Horse-9"


class SignatureCase:
    """Mixin for TransactionCase: `self.sign(record, meaning, user, reason="")`."""

    def sign(self, record, meaning, user, reason=""):
        """Sign as `user` through the wizard, with the right password; return the signature."""
        user.sudo().password = PASSWORD
        wizard = self.open_signature(record, meaning, user, reason)
        with self.in_web_session(user):
            wizard.with_context(password=PASSWORD).action_sign()
        return self.env["audit.signature"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], limit=1
        )

    def open_signature(self, record, meaning, user, reason=""):
        """Return the wizard as the user sees it, before the password."""
        return (
            self.env["audit.signature.wizard"]
            .with_user(user)
            .create(
                {
                    "res_model": record._name,
                    "res_id": record.id,
                    "meaning": meaning,
                    "reason": reason,
                }
            )
        )

    @contextmanager
    def in_web_session(self, user):
        """Pretend the call comes from the user's own web session and keep to one transaction."""
        wizard = type(self.env["audit.signature.wizard"])
        attempts = type(self.env["audit.signature.attempt"])
        with (
            patch.object(wizard, "_require_web_session", lambda self: None),
            patch.object(attempts, "_locked_until", lambda self, user: 0),
        ):
            yield
