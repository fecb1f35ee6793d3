# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`scripts/verify FILE…`: verify evidence offline and say in words what was found.

Files: certificate.pdf, declaration.json, ledger.jsonl, anchor-….json, mail.eml, readings.csv,
summary.json, and audit packs (*.zip), which are recomputed by this code and not by the one inside
them. An anchor given with a ledger shows whether the ledger's past was rewritten since.
Given together they are also compared with each other. Exit: 0 all holds, 1 something does not
(with the place), 2 the arguments cannot be used.
"""

import argparse
import importlib
import sys
from pathlib import Path

from . import together
from .report import NOTE, Fault, Item, Report, Unusable

# what reads which kind of file: what a certificate needs is here, all else in evidence
READERS = {
    "pdf": "verifier.pdf",
    "declaration": "verifier.declaration",
    "ledger": "verifier.ledger",
    "anchor": "verifier.evidence.anchors",
    "mail": "verifier.evidence.mail",
    "readings": "verifier.evidence.readings",
    "summary": "verifier.evidence.summary",
    "pack": "verifier.evidence.pack",
}
SUFFIXES = {".pdf": "pdf", ".jsonl": "ledger", ".eml": "mail", ".csv": "readings", ".zip": "pack"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--trust", metavar="CA.pem", help="certificates of the authorities you trust, in PEM"
    )
    options = parser.parse_args(arguments)
    try:
        items = [_load(Path(name)) for name in options.files]
        reports = verify(items, _load_trusted(options.trust, items))
    except Unusable as exc:
        print(f"scripts/verify: {exc}", file=sys.stderr)
        return 2
    print("\n".join(report.to_text() for report in reports))
    failed = [report.name for report in reports if not report.holds]
    if failed:
        print(f"NOT VERIFIED: {', '.join(failed)}", file=sys.stderr)
        return 1
    print("Everything holds.")
    return 0


def verify(items: list[Item], trusted: list) -> list[Report]:
    """Verify each file and all of them together; return the reports."""
    for item in items:
        try:
            importlib.import_module(READERS[item.kind]).check(item, trusted)
        except (Fault, RecursionError) as fault:
            item.report.bad("", str(fault))
    common = Report("the files together")
    together.compare(items, common)
    if any(READERS[item.kind].startswith("verifier.evidence") for item in items):
        importlib.import_module("verifier.evidence.together").compare(items, common)
    if any("snapshot_sha256" in item.facts for item in items):
        importlib.import_module("verifier.lasting").judge(items)
    for item in items:
        # a file that nothing proves does not hold, however well it reads
        if all(kind == NOTE for kind, _sentence in item.report.findings):
            item.report.bad("", "nothing here proves it: give the summary.json of its folder too")
    return [*(item.report for item in items), *([common] if common.findings else [])]


def _load_trusted(path: str | None, items: list[Item]) -> list:
    """Return the authorities of `--trust`; a ledger or a table alone needs no package for it."""
    if {item.kind for item in items} <= {"ledger", "readings", "summary", "pack"}:
        return []
    from .authorities import load_trusted

    return load_trusted(path)


def _load(path: Path) -> Item:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise Unusable(f"{path}: {exc.strerror or exc}") from exc
    return Item(path.resolve(), content, Report(str(path)), _get_kind(path, content))


def _get_kind(path: Path, content: bytes) -> str:
    """Return what a file is, by its name; its content only tells the kinds of JSON apart."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        if path.name.startswith("anchor") or b'"batchproof-anchor/' in content:
            return "anchor"
        is_summary = path.name.startswith("summary") or b'"files"' in content
        return "summary" if is_summary and b'"snapshot"' not in content else "declaration"
    if suffix not in SUFFIXES:
        raise Unusable(
            f"{path}: not a kind of evidence (*.pdf, *.json, *.jsonl, *.eml, *.csv, *.zip expected)"
        )
    return SUFFIXES[suffix]
