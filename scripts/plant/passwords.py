# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Password files of the MQTT broker; the standard library is enough."""

import base64
import hashlib
import secrets

ROUNDS = 20000


def password_file(users):
    """The text of the broker's password file for a mapping user -> password."""
    return "".join(f"{user}:{hashed(password)}\n" for user, password in users.items())


def hashed(password):
    """The broker's own format: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
