# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What mails, summaries and anchors say about the files given with them."""

from ..ledger import load_tool
from ..report import Item, Report, first_difference

merkle = load_tool("merkle")


def compare(items: list[Item], report: Report) -> None:
    """Compare other evidence with the files beside it."""
    for summary in _of(items, "summary"):
        _check_digests(summary, items, report)
    _check_copies(items, report)
    _check_anchored(items, report)


def _of(items: list[Item], *kinds: str) -> list[Item]:
    return [item for item in items if item.kind in kinds]


def _check_digests(summary: Item, items: list[Item], report: Report) -> None:
    files = summary.facts.get("files", {})
    for item in items:
        if item is summary or item.path.parent != summary.path.parent:
            continue
        if item.name not in files:
            report.bad(summary.name, f"it does not list {item.name}")
        elif files[item.name] != item.sha256:
            report.bad(
                item.name,
                f"altered: its SHA-256 is {item.sha256}, "
                f"{summary.name} (field files.{item.name}) recorded {files[item.name]}",
            )
        else:
            item.report.good(f"it has the SHA-256 recorded in {summary.name}")
            summary.report.good(f"{item.name} has the digest in it")


def _check_copies(items: list[Item], report: Report) -> None:
    """A document attached to a mail is the file beside it, byte for byte."""
    originals = {".pdf": _of(items, "pdf"), ".json": _of(items, "declaration")}
    for mail in _of(items, "mail"):
        for name, suffix, content in mail.facts.get("attached", []):
            for original in originals[suffix]:
                if original.content == content:
                    report.good(f"{mail.name} carries {original.name} unchanged (as {name})")
                    continue
                offset = first_difference(original.content, content)
                report.bad(
                    f"{original.name}, byte {offset}",
                    f"it differs from the copy {name} attached to {mail.name}",
                )


def _check_anchored(items: list[Item], report: Report) -> None:
    """What was anchored outside must still stand in the chains, entry for entry."""
    ledgers = [item for item in items if "chains" in item.facts]
    for item in _of(items, "anchor"):
        heads = item.facts["anchor"].heads if "anchor" in item.facts else ()
        for ledger in ledgers:
            found = [head for head in heads if head.chain in ledger.facts["chains"]]
            for head in found:
                _compare_head(head, item, ledger, report)
            if heads and not found:
                report.bad(item.name, f"it holds none of the chains in {ledger.name}")


def _compare_head(head, item: Item, ledger: Item, report: Report) -> None:
    entries = [(entry.seq, entry.hash) for entry in ledger.facts["chains"][head.chain]]
    problem = merkle.compare(head, entries)
    if problem:
        made = item.facts["anchor"].made
        report.bad(f"{ledger.name}, chain {head.chain}", f"{problem} ({item.name}, {made})")
    else:
        report.good(f"{ledger.name}, chain {head.chain}: up to entry {head.seq} as in {item.name}")
        item.report.good(f"the chain {head.chain} in {ledger.name} meets it")
        seen = ledger.facts.setdefault("anchored", [])
        seen.extend((head, witness) for witness in item.facts.get("witnesses", ()))
