# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The bytes of a file that somebody put into a form."""

import base64
import binascii

from odoo.exceptions import UserError


def read_upload(env, coded: bytes | str | bool) -> bytes:
    """Return the bytes of a binary field, or refuse what did not arrive whole."""
    try:
        return base64.b64decode(coded or b"", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError(env._("The file did not arrive whole. Choose it again.")) from error
