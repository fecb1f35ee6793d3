# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The parts a document in JSON is made of, each of which checks a value and says what is wrong.

>>> stage = Object({"name": Text(True), "rows": Rows(Whole(1))})
>>> [problem.place for problem in stage.check({"name": "Milk", "rows": [1, 0]}, "")]
['rows[2]']
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

MAX_ROWS: Final = 200
MAX_TEXT: Final = 10_000
MAX_WHOLE: Final = 2**31 - 1
NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file: where, what kind, and what was found or wanted."""

    place: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Text:
    """A text; an empty one only if it is optional."""

    required: bool = False

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or "\x00" in value:
            yield Problem(place, "text")
        elif self.required and not value.strip():
            yield Problem(place, "empty")
        elif len(value) > MAX_TEXT:
            yield Problem(place, "long", str(MAX_TEXT))


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or value not in self.words:
            yield Problem(place, "choice", ", ".join(self.words))


@dataclass(frozen=True)
class Whole:
    """A whole number, not below the lowest."""

    lowest: int = 0

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not self.lowest <= value <= MAX_WHOLE:
            yield Problem(place, "whole", str(self.lowest))


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem(place, "flag")


@dataclass(frozen=True)
class Number:
    """A finite number as text, as the hash has it."""

    lowest: float | None = None

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not NUMBER.fullmatch(value):
            yield Problem(place, "number")
        elif self.lowest is not None and float(value) < self.lowest:
            yield Problem(place, "below", f"{self.lowest:g}")


@dataclass(frozen=True)
class Object:
    """An object with exactly these parts."""

    parts: dict[str, Any] = field(hash=False)
    optional: bool = False

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if value is None and self.optional:
            return
        if not isinstance(value, dict):
            yield Problem(place, "object")
            return
        prefix = f"{place}." if place else ""
        for key in sorted(set(value) - set(self.parts)):
            yield Problem(f"{prefix}{key[:60]}", "unknown")
        for key, part in self.parts.items():
            if key not in value:
                yield Problem(f"{prefix}{key}", "missing")
            else:
                yield from part.check(value[key], f"{prefix}{key}")


@dataclass(frozen=True)
class Rows:
    """A list of up to MAX_ROWS of the same."""

    part: Any

    def check(self, value: Any, place: str) -> Iterator[Problem]:
        if not isinstance(value, list) or len(value) > MAX_ROWS:
            yield Problem(place, "rows", str(MAX_ROWS))
            return
        for number, row in enumerate(value, 1):
            yield from self.part.check(row, f"{place}[{number}]")
