# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What several files must say about each other."""

import hashlib

from .findings import Item, Report, first_difference


def check(items: list[Item]) -> Report | None:
    """Compare the files given together; None when there is nothing to compare."""
    report = Report("the files together")
    for summary in _of(items, "summary"):
        _check_digests(summary, items, report)
    _check_snapshots(items, report)
    _check_certificates(items, report)
    _check_copies(items, report)
    _check_recorded(items, report)
    _check_anchored(items, report)
    return report if report.findings else None


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
            item.facts["is_listed"] = True
            item.report.good(f"it has the SHA-256 recorded in {summary.name}")
            summary.facts["is_listed"] = True


def _check_same(items: list[Item], report: Report, key: str, words: str) -> None:
    values = {item.name: item.facts[key] for item in items if key in item.facts}
    if len(values) < 2:
        return
    if len(set(values.values())) == 1:
        report.good(f"{', '.join(values)}: the same {words}")
    else:
        listed = ", ".join(f"{name} {value}" for name, value in values.items())
        report.bad(words, f"they differ: {listed}")


def _check_snapshots(items: list[Item], report: Report) -> None:
    _check_same(items, report, "snapshot_sha256", "snapshot")


def _check_certificates(items: list[Item], report: Report) -> None:
    _check_same(items, report, "certificate", "signer's certificate")


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


def _check_recorded(items: list[Item], report: Report) -> None:
    """The issue of a certificate is an entry of the ledger, with the snapshot's hash."""
    ledgers = [item for item in items if "issued" in item.facts]
    for item in _of(items, "pdf", "declaration", "mail"):
        digest = item.facts.get("snapshot_sha256")
        for ledger in ledgers if digest else []:
            if digest in ledger.facts["issued"]:
                report.good(f"{ledger.name} records the issue of the snapshot in {item.name}")
                _check_details(item, ledger, ledger.facts["issued"][digest], report)
            else:
                report.bad(
                    ledger.name,
                    f"no entry certificate.issue names the snapshot {digest} of {item.name}",
                )


def _check_details(item: Item, ledger: Item, details: dict, report: Report) -> None:
    """What the entry says beside the snapshot must be true of the file too."""
    pdfs = [content for _name, kind, content in item.facts.get("attached", []) if kind == ".pdf"]
    pdfs += [item.content] if item.kind == "pdf" else []
    checks = [("pdf_sha256", hashlib.sha256(pdf).hexdigest(), "the PDF") for pdf in pdfs]
    checks.append(("signer_sha256", item.facts.get("certificate"), "the signer's certificate"))
    for key, given, words in checks:
        if key in details and given and details[key] != given:
            report.bad(
                f"{ledger.name}, details.{key}",
                f"{words} of {item.name} is {given}, the ledger recorded {details[key]}",
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
    from .anchors import merkle

    problem = merkle.compare(head, ledger.facts["chains"][head.chain])
    if problem:
        made = item.facts["anchor"].made
        report.bad(f"{ledger.name}, chain {head.chain}", f"{problem} ({item.name}, {made})")
    else:
        report.good(f"{ledger.name}, chain {head.chain}: up to entry {head.seq} as in {item.name}")
        item.report.good(f"the chain {head.chain} in {ledger.name} meets it")
