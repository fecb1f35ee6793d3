# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`anchor-….json`: one digest over the heads of all chains, and who stamped it when.

With it, a chain that was written anew from its first entry is found: it holds in itself, but it
no longer meets the digest that somebody outside has stamped or published.
"""

import base64

from .chains import load_tool
from .findings import Item, Report

merkle = load_tool("merkle")


def check(item: Item, trusted: list) -> None:
    """Recompute the digest and read its stamps; keep the heads for the comparison of files."""
    try:
        anchor = merkle.parse(item.content.decode())
    except UnicodeDecodeError as exc:
        item.report.bad(f"byte {exc.start}", "not UTF-8 text")
        return
    if anchor.problem:
        item.report.bad("anchor", anchor.problem)
        return
    item.facts["anchor"] = anchor
    item.report.note(
        f"digest {anchor.root} over {len(anchor.heads)} chains of {anchor.company}, "
        f"made {anchor.made} by its own clock"
    )
    for token in anchor.stamps:
        _check_stamp(token, anchor, item, trusted)
    if not anchor.stamps:
        item.report.note(
            "nobody has stamped it: compare the digest with the one that you got at the time, "
            "or that was published"
        )


def _check_stamp(token: str, anchor, item: Item, trusted: list) -> None:
    try:
        content = base64.b64decode(token, validate=True)
        if base64.b64encode(content).decode() != token:
            raise ValueError("another spelling of the same value")
    except ValueError as exc:
        item.report.bad("stamp", f"not base64: {exc}")
        return
    stamp = check_token(content, bytes.fromhex(anchor.root), item.report, "stamp", trusted)
    if stamp and trusted and not stamp.is_trusted:
        item.report.bad("stamp", "no authority of --trust has made it")


def check_token(content: bytes, digest: bytes, report: Report, where: str, trusted: list):
    """State when and by whom a digest was stamped (RFC 3161); None if the stamp is no good."""
    from . import container, trust

    timestamp = load_tool("timestamp")
    problem = container.find_stamp_problem(content)
    if problem:
        report.bad(f"{where}{problem[0] and ', ' + problem[0]}", f"altered: {problem[1]}")
        return None
    authorities = [trust.to_pem(certificate) for certificate in trusted]
    try:
        stamp = timestamp.read(content, digest, authorities)
    except timestamp.StampError as exc:
        report.bad(where, str(exc))
        return None
    report.good(f"{where}: {stamp.moment:%Y-%m-%d %H:%M:%S %Z}, stamped by {stamp.authority}")
    leaf, *others = map(
        trust.x509.load_der_x509_certificate, (stamp.certificate, *stamp.companions)
    )
    trust.check_companions(report, leaf, others, trusted)
    if not stamp.is_trusted:
        report.note(
            f"whether {stamp.authority} is to be believed is not known here: give its authority "
            f"with --trust, or compare its certificate's SHA-256 {trust.fingerprint(leaf)}"
        )
    return stamp
