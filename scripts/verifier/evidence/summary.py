# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`summary.json`: the digests of the files beside it."""

import hashlib
import json

from ..report import Item

SEAL_SIZE = 64


def check(item: Item, trusted: list) -> None:
    """Read the digests of the other files, and check the summary's own seal if it has one.

    `seal` is the SHA-256 of the file's bytes in which the seal itself reads 64 zeros.
    """
    try:
        summary = json.loads(item.content)
    except UnicodeDecodeError as exc:
        item.report.bad(f"byte {exc.start}", "not UTF-8 text")
        return
    except json.JSONDecodeError as exc:
        item.report.bad(f"line {exc.lineno} (character {exc.pos})", f"not JSON: {exc.msg}")
        return
    files = summary.get("files") if isinstance(summary, dict) else None
    if not isinstance(files, dict) or not files:
        item.report.bad("field files", "the SHA-256 of the other files is missing")
        return
    for name, value in files.items():
        if not isinstance(value, str) or not _is_digest(value):
            item.report.bad(f"field files.{name}", "it is not a SHA-256")
    item.facts["files"] = files
    _check_seal(item, summary)


def _check_seal(item: Item, summary: dict) -> None:
    seal = summary.get("seal")
    if seal is None:
        for name, value in summary.items():
            if isinstance(value, str) and _is_digest(value):
                item.report.bad(f"field {name}", "a SHA-256 of nothing: is it the seal, renamed?")
        item.report.note("its own text is not sealed: only the digests in it prove something")
        return
    if not isinstance(seal, str) or not _is_digest(seal):
        item.report.bad("field seal", "it is not a SHA-256")
        return
    blank = item.content.replace(seal.encode(), b"0" * SEAL_SIZE, 1)
    if hashlib.sha256(blank).hexdigest() != seal:
        item.report.bad("field seal", "altered: the text is not the one that was sealed")
        return
    item.report.good("its own text has the sealed SHA-256")


def _is_digest(text: str) -> bool:
    return len(text) == SEAL_SIZE and not set(text) - set("0123456789abcdef")
