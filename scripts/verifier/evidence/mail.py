# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`mail.eml`: the documents attached to a mail as the mail server received it."""

from email import message_from_bytes, policy

from .. import declaration, pdf
from ..report import Fault, Item

CHECKS = {".pdf": pdf.check, ".json": declaration.check}


def check(item: Item, trusted: list) -> None:
    """Verify the PDF (and JSON) attached; keep their bytes for the comparison of files."""
    message = message_from_bytes(item.content, policy=policy.default)
    found = 0
    for part in message.walk():
        name = part.get_filename() or ""
        suffix = name[name.rfind(".") :].lower() if "." in name else ""
        if suffix not in CHECKS:
            continue
        found += 1
        _check_part(item, part, name, suffix, trusted)
    if not found:
        item.report.bad("attachments", "no PDF or JSON document is attached")
        return
    if part_defects := [str(defect) for defect in message.defects]:
        item.report.bad("structure", "; ".join(part_defects))
    item.report.note(
        f"to {message['To']}, subject “{message['Subject']}”; header and text of a mail are not "
        "signed: only a summary.json given with it tells whether they changed"
    )


def _check_part(item: Item, part, name: str, suffix: str, trusted: list) -> None:
    content = part.get_payload(decode=True) or b""
    defects = [type(defect).__name__ for defect in part.defects]
    if defects:
        item.report.bad(f"attachment {name}", f"damaged in transport: {', '.join(defects)}")
        return
    inside = item.open_part(name, content)
    try:
        CHECKS[suffix](inside, trusted)
    except Fault as fault:
        inside.report.bad("", str(fault))
    item.take(inside, "attached")
    item.facts.setdefault("attached", []).append((name, suffix, content))
