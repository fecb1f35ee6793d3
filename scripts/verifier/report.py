# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a verification says: sentences, each of them good, a warning, or a failure with a place."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

GOOD, NOTE, BAD = "ok", "note", "FAILED"


class Unusable(Exception):
    """The question itself cannot be answered: a missing file, an unknown kind, no package."""


class Fault(Exception):
    """What does not hold, and where: nothing after it in this file is worth reading."""

    def __init__(self, where: str, sentence: str):
        super().__init__(f"{where}: {sentence}" if where else sentence)


@dataclass
class Report:
    """The findings about one file (or about the files together), in the order found."""

    name: str
    findings: list[tuple[str, str]] = field(default_factory=list)

    def good(self, sentence: str) -> None:
        """State something that was proven."""
        self.findings.append((GOOD, sentence))

    def note(self, sentence: str) -> None:
        """State something the reader must know, but that is not a failure."""
        self.findings.append((NOTE, sentence))

    def bad(self, where: str, sentence: str) -> None:
        """State what does not hold, and where."""
        self.findings.append((BAD, str(Fault(where, sentence))))

    @property
    def holds(self) -> bool:
        """Tell whether nothing failed and something was proven."""
        kinds = [kind for kind, _sentence in self.findings]
        return BAD not in kinds and GOOD in kinds

    def to_text(self) -> str:
        """Return the report as a person reads it."""
        title = f"{self.name}: {'holds' if self.holds else 'DOES NOT HOLD'}"
        return "\n".join([title, *(f"  {kind:6} {text}" for kind, text in self.findings)])


@dataclass
class Item:
    """A given file: its bytes, and what was read in it for the comparison with other files."""

    path: Path
    content: bytes
    report: Report
    kind: str = ""
    facts: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's own name, as summaries list it."""
        return self.path.name

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def open_part(self, name: str, content: bytes) -> "Item":
        """Return a file inside this one; `take` brings home what was found in it."""
        return Item(Path(name), content, Report(name))

    def take(self, part: "Item", where: str) -> None:
        """Add what was found in a file inside this one."""
        for kind, sentence in part.report.findings:
            self.report.findings.append((kind, f"{where} {part.name}: {sentence}"))
        for key, value in part.facts.items():
            self.facts.setdefault(key, value)


def first_difference(left: bytes, right: bytes) -> int:
    """Return the offset of the first byte in which two contents differ.

    >>> first_difference(b"abc", b"abd")
    2
    >>> first_difference(b"ab", b"abc")
    2
    """
    for offset, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return offset
    return min(len(left), len(right))
