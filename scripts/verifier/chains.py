# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`ledger.jsonl`: one or several hash chains, recomputed from their first entry."""

import importlib.util
import json
import sys
from pathlib import Path

from .findings import Item, Report

TOOLS = Path(__file__).resolve().parents[2] / "addons" / "audit_chain" / "tools"


def load_tool(name):
    """Load one of the suite's own tools by its path: it is pure, its package is Odoo's."""
    spec = importlib.util.spec_from_file_location(f"batchproof_{name}", TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


chain = load_tool("chain")


def check(item: Item) -> None:
    """Verify every chain of the file; leave its certificate hashes in `item.facts`."""
    entries = _parse(item.content, item.report)
    if entries is None:
        return
    groups: dict[str, list] = {}
    for entry in entries:
        groups.setdefault(entry.chain, []).append(entry)
    if not groups:
        item.report.bad("line 1", "the file holds no entry")
    for name, group in groups.items():
        _check_chain(name, group, item.report)
    issues = [details for entry in entries if (details := _get_issue(entry))]
    item.facts["issued"] = {details.get("snapshot_sha256"): details for details in issues}
    item.facts["chains"] = {
        name: [(entry.seq, entry.hash) for entry in group] for name, group in groups.items()
    }


def _parse(content: bytes, report: Report) -> list | None:
    """Return the entries, or None after naming the first line that is none."""
    entries, offset = [], 0
    lines = content.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    elif content:
        where = f"line {len(lines)} (byte {len(content)})"
        report.bad(where, "the last line is cut off (no line end)")
        return None
    for number, raw in enumerate(lines, 1):
        where = f"line {number} (byte {offset})"
        try:
            entry = chain.parse_line(raw.decode(), number)
        except UnicodeDecodeError as exc:
            report.bad(f"line {number} (byte {offset + exc.start})", "not UTF-8 text")
            return None
        except chain.FormatError as exc:
            report.bad(where, str(exc))
            return None
        body = json.loads(entry.body)
        if body.get("seq") != entry.seq or body.get("chain") != entry.chain:
            field = "seq" if body.get("seq") != entry.seq else "chain"
            report.bad(
                f"{where}, field {field}",
                f"altered: it says {getattr(entry, field)!r} and inside, where it is hashed, "
                f"{body.get(field)!r}",
            )
            return None
        entries.append(entry)
        offset += len(raw) + 1
    return entries


def _check_chain(name: str, entries: list, report: Report) -> None:
    verdict = chain.verify(entries)
    if verdict.ok:
        report.good(
            f"chain {name}: {verdict.count} entries, each hashed with the one before; "
            f"the last hash is {verdict.last_hash}"
        )
        return
    report.bad(f"line {verdict.line} (chain {name}, entry {verdict.first_bad})", verdict.reason)


def _get_issue(entry) -> dict:
    """Return the details of a `certificate.issue` entry, or nothing."""
    body = json.loads(entry.body)
    details = body.get("details")
    return details if body.get("event") == "certificate.issue" and isinstance(details, dict) else {}
