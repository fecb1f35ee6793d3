# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The address of a partner's exchange: encrypted and out in the world, unless its host is trusted.

Trusted hosts are named by the plant (`carbon_pact.trusted_hosts`): they may be asked without TLS
and may stand inside the plant's own network.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

SECRETS = "BATCHPROOF_PACT_"


def read_hosts(text: str) -> frozenset[str]:
    """Return the hosts of a list that is separated by commas or blanks.

    >>> sorted(read_hosts("localhost, PCF.plant.example ::1"))
    ['::1', 'localhost', 'pcf.plant.example']
    """
    return frozenset(name for name in re.split(r"[\s,;]+", text.lower()) if name)


def find_problem(url: str, trusted: Collection[str] = ()) -> str:
    """Return what is wrong with a base address: form, plain, parts, or nothing.

    >>> find_problem("https://pcf.example/pact"), find_problem("http://localhost:1", {"localhost"})
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
    return "plain" if parts.scheme == "http" and parts.hostname not in trusted else ""


def is_outside(address: str) -> bool:
    """Tell whether an IP address is one of the world, and none of a network of somebody's own.

    >>> [is_outside(each) for each in ("93.184.215.14", "10.0.0.5", "169.254.169.254", "::1")]
    [True, False, False, False]
    >>> is_outside("::ffff:127.0.0.1"), is_outside("64:ff9b::7f00:1"), is_outside("fe80::1%eth0")
    (False, False, False)
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    is_translated = found.version == 6 and found in ipaddress.ip_network("64:ff9b::/96")
    return mapped.is_global and not mapped.is_multicast and not is_translated


def is_same_host(url: str, base: str) -> bool:
    """Tell whether an address stands on the same host, port and scheme as another.

    >>> is_same_host("https://a.example/x?y", "https://a.example:443")
    True
    >>> is_same_host("http://a.example", "https://a.example")
    False
    """
    return _get_origin(url) == _get_origin(base) is not None


def _get_origin(url: str) -> tuple | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def is_secret_name(name: str) -> bool:
    """Tell whether an environment variable may hold a partner's secret: only those named for it.

    >>> is_secret_name("BATCHPROOF_PACT_ACME"), is_secret_name("PGPASSWORD")
    (True, False)
    """
    return name.startswith(SECRETS) and name.isascii() and name.isidentifier() and name.isupper()
