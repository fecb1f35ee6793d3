# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The address of a partner's exchange: encrypted, unless it is on this very machine."""

from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SECRETS = "BATCHPROOF_PACT_"


def find_problem(url: str) -> str:
    """Return what is wrong with a base address: form, plain, parts, or nothing.

    >>> find_problem("https://pcf.example/pact"), find_problem("http://localhost:8080")
    ('', '')
    >>> find_problem("http://pcf.example"), find_problem("https://a:b@pcf.example")
    ('plain', 'parts')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "form"
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "form"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "parts"
    return "plain" if parts.scheme == "http" and parts.hostname not in LOOPBACK else ""


def is_secret_name(name: str) -> bool:
    """Tell whether an environment variable may hold a partner's secret: only those named for it.

    >>> is_secret_name("BATCHPROOF_PACT_ACME"), is_secret_name("PGPASSWORD")
    (True, False)
    """
    return name.startswith(SECRETS) and name.isascii() and name.isidentifier() and name.isupper()
