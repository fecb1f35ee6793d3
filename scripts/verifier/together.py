# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a certificate's files must say about each other."""

from .report import Item, Report


def compare(items: list[Item], report: Report) -> None:
    """Compare what was found in each file; say nothing where there is nothing to compare."""
    _compare_fact(items, report, "snapshot_sha256", "snapshot")
    _compare_fact(items, report, "certificate", "signer's certificate")
    for ledger in items:
        for item in items if "issued" in ledger.facts else ():
            if "snapshot_sha256" in item.facts:
                _find_issue(item, ledger, report)


def _compare_fact(items: list[Item], report: Report, key: str, words: str) -> None:
    values = {item.name: item.facts[key] for item in items if key in item.facts}
    if len(set(values.values())) > 1:
        listed = ", ".join(f"{name} {value}" for name, value in values.items())
        report.bad(words, f"they differ: {listed}")
    elif len(values) > 1:
        report.good(f"{', '.join(values)}: the same {words}")


def _find_issue(item: Item, ledger: Item, report: Report) -> None:
    """The issue of a certificate is an entry of the ledger, and what it says there is true."""
    digest = item.facts["snapshot_sha256"]
    details = ledger.facts["issued"].get(digest)
    if details is None:
        sentence = f"no entry certificate.issue names the snapshot {digest} of {item.name}"
        report.bad(ledger.name, sentence)
        return
    report.good(f"{ledger.name} records the issue of the snapshot in {item.name}")
    said = {
        "pdf_sha256": ("the PDF", item.facts.get("pdf_sha256")),
        "signer_sha256": ("the signer's certificate", item.facts.get("certificate")),
    }
    for key, (words, value) in said.items():
        if value and details.get(key, value) != value:
            report.bad(
                f"{ledger.name}, details.{key}",
                f"{words} of {item.name} is {value}, the ledger recorded {details[key]}",
            )
