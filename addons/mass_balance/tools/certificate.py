# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Certificates of sustainability schemes: number format and usability at a date.

The two letters in a number belong to the certification body, never to the holder.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_NUMBER = re.compile(
    r"^(EU-ISCC|ISCC-PLUS|ISCC-CORSIA(?:-PLUS)?)-Cert-([A-Z]{2})(\d{3})-(\d{6,12})$"
)
PREFIX_SCHEME = {
    "EU-ISCC": "iscc_eu",
    "ISCC-PLUS": "iscc_plus",
    "ISCC-CORSIA": "other",
    "ISCC-CORSIA-PLUS": "other",
}
SCHEME_PREFIX = {"iscc_eu": "EU-ISCC", "iscc_plus": "ISCC-PLUS"}


@dataclass(frozen=True)
class CertificateNumber:
    """A parsed number: which scheme it belongs to and which body issued it."""

    prefix: str
    scheme: str
    body: str
    serial: str


@dataclass(frozen=True)
class Certificate:
    """What must be known of a certificate to judge it at a date; `valid_to` is included."""

    number: str
    scheme: str
    valid_from: date | None
    valid_to: date | None
    suspended_from: date | None = None
    scopes: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()
    checked_on: date | None = None


@dataclass(frozen=True)
class Problem:
    """One reason why a certificate does not cover a movement: a code and the figure to show."""

    code: str
    detail: str = ""


def parse_number(number: str) -> CertificateNumber | None:
    """Return the parts of an ISCC number, or None when it is not one.

    >>> parse_number("ISCC-PLUS-Cert-US201-138762025")
    CertificateNumber(prefix='ISCC-PLUS', scheme='iscc_plus', body='US201', serial='138762025')
    >>> parse_number("EU-ISCC-Cert-DE105-82948108").scheme
    'iscc_eu'
    >>> parse_number("ISCC-Cert-DE105-82948108") is None
    True
    """
    match = _NUMBER.match(number or "")
    if not match:
        return None
    prefix, country, code, serial = match.groups()
    return CertificateNumber(prefix, PREFIX_SCHEME[prefix], country + code, serial)


def split_names(text: str | None) -> frozenset[str]:
    """Split a list as people type it (commas, semicolons, lines) into comparable names.

    >>> sorted(split_names("Bio-naphtha; UCO,  uco "))
    ['bio-naphtha', 'uco']
    """
    parts = re.split(r"[,;\n]", text or "")
    return frozenset(name for name in (" ".join(part.split()).casefold() for part in parts) if name)


def _validity_problems(certificate: Certificate, on_date: date) -> list[Problem]:
    """Reasons that follow from the calendar; a missing date is a reason, never a free pass."""
    found = []
    if not certificate.valid_from or not certificate.valid_to:
        found.append(Problem("no_validity"))
    elif on_date < certificate.valid_from:
        found.append(Problem("not_yet_valid", certificate.valid_from.isoformat()))
    elif on_date > certificate.valid_to:
        found.append(Problem("expired", certificate.valid_to.isoformat()))
    if certificate.suspended_from and on_date >= certificate.suspended_from:
        found.append(Problem("suspended", certificate.suspended_from.isoformat()))
    return found


def _number_problems(certificate: Certificate, scheme: str) -> list[Problem]:
    """Reasons that follow from the number: its form and the scheme its prefix stands for."""
    if certificate.scheme != scheme:
        return [Problem("wrong_scheme", certificate.scheme)]
    if scheme not in SCHEME_PREFIX:
        return []
    parsed = parse_number(certificate.number)
    if parsed is None:
        return [Problem("bad_number", certificate.number)]
    return [] if parsed.scheme == scheme else [Problem("wrong_scheme", parsed.prefix)]


def problems(
    certificate: Certificate,
    on_date: date,
    scheme: str,
    material: str = "",
    scopes: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Return every reason why the certificate does not cover a dispatch; empty means it does.

    >>> cert = Certificate("ISCC-PLUS-Cert-US201-138762025", "iscc_plus", date(2025, 5, 18),
    ...     date(2026, 5, 17), materials=frozenset({"bio-naphtha"}), checked_on=date(2026, 1, 9))
    >>> problems(cert, date(2026, 5, 17), "iscc_plus", "Bio-naphtha")
    []
    >>> [p.code for p in problems(cert, date(2026, 5, 18), "iscc_eu", "UCO")]
    ['wrong_scheme', 'expired', 'wrong_material']
    """
    found = _number_problems(certificate, scheme) + _validity_problems(certificate, on_date)
    if scopes and not scopes & certificate.scopes:
        found.append(Problem("wrong_scope", ", ".join(sorted(scopes))))
    if material and " ".join(material.split()).casefold() not in certificate.materials:
        found.append(Problem("wrong_material", material))
    if not certificate.checked_on:
        found.append(Problem("unchecked"))
    return found


def first_gap(spans: Iterable[tuple[date, date]], start: date, end: date) -> date | None:
    """Return the first day from `start` to `end` that no span covers, both ends included.

    >>> year = (date(2026, 1, 1), date(2026, 12, 31))
    >>> for day in (1, 2):
    ...     renewal = (date(2027, 1, day), date(2027, 12, 31))
    ...     first_gap([renewal, year], date(2026, 5, 1), date(2027, 2, 1))
    datetime.date(2027, 1, 1)
    """
    day = start
    for first, last in sorted(spans):
        if first > day:
            break
        day = max(day, last + timedelta(days=1))
    return day if day <= end else None
