# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`readings.csv`: a table that carries no signature of its own; a summary proves it."""

import csv
import io

from ..report import Item


def check(item: Item, trusted: list) -> None:
    """Check the form of a table of readings; what proves its content is a summary."""
    try:
        text = item.content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        item.report.bad(f"byte {exc.start}", "not UTF-8 text")
        return
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as exc:
        item.report.bad("table", str(exc))
        return
    if not rows or not rows[0]:
        item.report.bad("line 1", "the table has no header")
        return
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            item.report.bad(f"row {number}", f"{len(row)} columns, the header has {len(rows[0])}")
            return
    item.report.note(f"a table of {len(rows) - 1} readings with {', '.join(rows[0])}")
