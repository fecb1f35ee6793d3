# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`anchor-….json`: one digest over the heads of all chains, and who stamped it when.

With it, a chain that was written anew from its first entry is found: it holds in itself, but it
no longer meets the digest that somebody outside has stamped or published.
"""

import base64

from .. import lasting, stamp
from ..ledger import load_tool
from ..report import Fault, Item

merkle = load_tool("merkle")


def check(item: Item, trusted: list) -> None:
    """Recompute the digest and read its stamps; keep the heads for the comparison of files."""
    try:
        anchor = merkle.parse(item.content.decode())
    except UnicodeDecodeError as exc:
        raise Fault(f"byte {exc.start}", "not UTF-8 text") from exc
    if anchor.problem:
        raise Fault("anchor", anchor.problem)
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
        raise Fault("stamp", f"not base64: {exc}") from exc
    found = stamp.check(content, bytes.fromhex(anchor.root), item.report, "stamp", trusted)
    if trusted and not found.is_trusted:
        item.report.bad("stamp", "no authority of --trust has made it")
    lasting.bear(item, found, f"anchor {item.name} stamped", trusted)
