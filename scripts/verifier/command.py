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
import sys
from pathlib import Path

from . import chains, pack, tables, together
from .findings import Item, Report, Unusable


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
        if any(item.kind in SIGNED for item in items):
            from .trust import load_authorities

            trusted = load_authorities(options.trust)
        else:
            trusted = []
        reports = verify(items, trusted)
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
        _check(item, trusted)
    common = together.check(items)
    for item in items:
        _judge_unsigned(item)
    return [*(item.report for item in items), *([common] if common else [])]


def _judge_unsigned(item: Item) -> None:
    """A file that nothing proves does not hold, however well it reads."""
    if not item.report.holds and all(kind == "note" for kind, _text in item.report.findings):
        if item.kind == "summary" and item.facts.get("is_listed"):
            item.report.good("the files given with it have the digests in it")
        else:
            item.report.bad("", "nothing here proves it: give the summary.json of its folder too")


def _load(path: Path) -> Item:
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise Unusable(f"{path}: {exc.strerror or exc}") from exc
    item = Item(path.resolve(), content, Report(str(path)))
    item.kind = _get_kind(path, content)
    return item


def _get_kind(path: Path, content: bytes) -> str:
    """Return what a file is, by its name; its content only tells two kinds of JSON apart."""
    if path.suffix.lower() == ".json":
        if path.name.startswith("anchor") or b'"batchproof-anchor/' in content:
            return "anchor"
        is_summary = path.name.startswith("summary") or b'"files"' in content
        return "summary" if is_summary and b'"snapshot"' not in content else "declaration"
    kinds = {".pdf": "pdf", ".jsonl": "ledger", ".eml": "mail", ".csv": "readings"}
    kinds[".zip"] = "pack"
    if path.suffix.lower() not in kinds:
        raise Unusable(
            f"{path}: not a kind of evidence (*.pdf, *.json, *.jsonl, *.eml, *.csv, *.zip expected)"
        )
    return kinds[path.suffix.lower()]


SIGNED = ("pdf", "declaration", "mail", "anchor")


def _check(item: Item, trusted: list) -> None:
    if item.kind == "pack":
        pack.check(item)
    elif item.kind == "ledger":
        chains.check(item)
    elif item.kind == "readings":
        tables.check_readings(item)
    elif item.kind == "summary":
        tables.check_summary(item)
    else:
        _check_signed(item, trusted)


def _check_signed(item: Item, trusted: list) -> None:
    # imported here: a ledger alone needs none of the packages
    from . import anchors, declaration, mail, pdf

    if item.kind == "anchor":
        anchors.check(item, trusted)
    elif item.kind == "mail":
        mail.check(item, trusted)
    else:
        check = pdf.check if item.kind == "pdf" else declaration.check
        check(item.content, item.report, item.facts, trusted)
