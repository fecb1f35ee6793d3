# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When somebody outside has seen it: a time-stamp token (RFC 3161) over a digest."""

from . import authorities, signature_form
from .ledger import load_tool
from .report import Fault, Report

timestamp = load_tool("timestamp")


def check(token: bytes, digest: bytes, report: Report, where: str, trusted: list):
    """State when and by whom a digest was stamped, and return that stamp."""
    signature_form.check(token, where)
    try:
        stamp = timestamp.read(token, digest, [authorities.to_pem(each) for each in trusted])
    except timestamp.StampError as exc:
        raise Fault(where, str(exc)) from exc
    report.good(f"{where}: {stamp.moment:%Y-%m-%d %H:%M:%S %Z}, stamped by {stamp.authority}")
    try:
        leaf, *others = map(
            authorities.x509.load_der_x509_certificate, (stamp.certificate, *stamp.companions)
        )
        authorities.check_companions(report, leaf, others, trusted)
    except authorities.MALFORMED as exc:
        raise Fault(where, f"a certificate that came with it cannot be read: {exc}") from exc
    if not stamp.is_trusted:
        report.note(
            f"whether {stamp.authority} is to be believed is not known here: give its authority "
            f"with --trust, or compare its certificate's SHA-256 {authorities.fingerprint(leaf)}"
        )
    return stamp
