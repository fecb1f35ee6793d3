# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`ledger.jsonl`: one or several hash chains, recomputed from their first entry."""

import importlib.util
import json
import sys
from pathlib import Path

from .report import Fault, Item

TOOLS = Path(__file__).resolve().parents[2] / "addons" / "audit_chain" / "tools"


def load_tool(name):
    """Load one of the suite's own tools by its path: it is pure, its package is Odoo's."""
    spec = importlib.util.spec_from_file_location(f"batchproof_{name}", TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


chain = load_tool("chain")


def check(item: Item, trusted: list) -> None:
    """Verify every chain of the file; nobody signs a ledger, so there is nobody to trust."""
    *lines, rest = item.content.split(b"\n")
    if rest or not lines:
        where = f"line {len(lines) + 1} (byte {len(item.content)})"
        raise Fault(where, "the file is empty, or its last line is cut off (no line end)")
    chains, issued, places, offset = {}, {}, {}, 0
    for number, line in enumerate(lines, 1):
        entry = _read(line, number, offset)
        chains.setdefault(entry.chain, []).append(entry)
        offset += len(line) + 1
        body = json.loads(entry.body)
        details = body.get("details")
        if body.get("event") == "certificate.issue" and isinstance(details, dict):
            issued[details.get("snapshot_sha256")] = details
            places[details.get("snapshot_sha256")] = entry.chain, entry.seq
    item.facts.update(issued=issued, places=places, chains=chains)
    for name, entries in chains.items():
        verdict = chain.verify(entries)
        if verdict.ok:
            item.report.good(
                f"chain {name}: {verdict.count} entries, each hashed with the one before; "
                f"the last hash is {verdict.last_hash}"
            )
        else:
            place = f"line {verdict.line} (chain {name}, entry {verdict.first_bad})"
            item.report.bad(place, verdict.reason)


def _read(line: bytes, number: int, offset: int):
    """Return one entry, which says in its hashed text what it says beside it."""
    where = f"line {number} (byte {offset})"
    try:
        entry = chain.parse_line(line.decode(), number)
    except UnicodeDecodeError as exc:
        raise Fault(f"line {number} (byte {offset + exc.start})", "not UTF-8 text") from exc
    except chain.FormatError as exc:
        raise Fault(where, str(exc)) from exc
    body = json.loads(entry.body)
    for field in ("seq", "chain"):
        outside, inside = getattr(entry, field), body.get(field)
        if outside != inside:
            raise Fault(
                f"{where}, field {field}",
                f"altered: it says {outside!r} and inside, where it is hashed, {inside!r}",
            )
    return entry
