# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Uniform Resource Names (RFC 8141) by which companies and products are known to others.

People type one a line. Two that differ only in case name the same thing here: the exchange
compares without case.
"""

import re
from collections.abc import Iterable

_URN = re.compile(
    r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[a-z0-9()+,\-.:=@;$_!*'%/?&~#]+", re.IGNORECASE | re.ASCII
)


def is_urn(text: str) -> bool:
    """Tell whether a text is a URN.

    >>> is_urn("urn:gtin:4712345060507"), is_urn("4712345060507"), is_urn("urn:x:1")
    (True, False, False)
    """
    return bool(_URN.fullmatch(text))


def read(text: str) -> tuple[str, ...]:
    r"""Return the lines of a text, each once, in their order.

    >>> read(" urn:gtin:1 \n\nURN:GTIN:1\nurn:gtin:2")
    ('urn:gtin:1', 'urn:gtin:2')
    """
    found = {}
    for line in (text or "").splitlines():
        if line.strip():
            found.setdefault(line.strip().lower(), line.strip())
    return tuple(found.values())


def find_wrong(names: Iterable[str]) -> str:
    """Return the first that is no URN, empty when all are.

    >>> find_wrong(["urn:gtin:1", "GTIN 2"])
    'GTIN 2'
    """
    return next((name for name in names if not is_urn(name)), "")


def from_gtin(code: str) -> str:
    """Return the URN of a bar code that is a GTIN with a true check digit, else nothing.

    >>> from_gtin("4006381333931"), from_gtin("4006381333932"), from_gtin("PP-1")
    ('urn:gtin:4006381333931', '', '')
    """
    if not re.fullmatch(r"\d{8}|\d{12,14}", code or "", re.ASCII):
        return ""
    weighed = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(code[-2::-1]))
    return f"urn:gtin:{code}" if (weighed + int(code[-1])) % 10 == 0 else ""


def join_keys(names: Iterable[str]) -> str:
    """Return names as a text that can be searched for one of them, without case.

    >>> join_keys(["urn:gtin:1", "DE"])
    '|urn:gtin:1|de|'
    """
    folded = [name.lower() for name in names]
    return f"|{'|'.join(folded)}|" if folded else ""
