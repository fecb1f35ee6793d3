# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Faults on order: a value that dips, a source that falls silent, bytes that are no payload.

    NAME@OFFSET+DURATION        silence@30s+15s         every tag is silent for 15 s
    TAG=VALUE@OFFSET+DURATION   pasteur-temp=71.2@20s+20s
    TAG=KIND@OFFSET+DURATION    ph=silence@1m+30s       malformed, bad (quality 0), nan, comma

Offsets count from the beginning of what is replayed, in the process's own time.
"""

import re
from dataclasses import dataclass

from .recording import number

KINDS = ("silence", "malformed", "bad", "nan", "comma")
_FAULT = re.compile(r"^(?:(?P<tag>[\w.-]+)=)?(?P<what>[^@=]+)@(?P<at>\w+)\+(?P<span>\w+)$")
_SPAN = re.compile(r"^(\d+)(ms|s|m)$")
_FACTOR = {"ms": 1, "s": 1_000, "m": 60_000}


class BadFault(ValueError):
    """The text is no fault; it says what is."""


@dataclass(frozen=True)
class Fault:
    """What happens to one tag (to all, without one) from `start_ms` until before `end_ms`."""

    tag: str
    kind: str
    value: float | str | None
    start_ms: int
    end_ms: int

    def hits(self, tag: str, offset_ms: int) -> bool:
        return self.tag in ("", tag) and self.start_ms <= offset_ms < self.end_ms


def parse(text: str) -> Fault:
    """Read one fault.

    >>> parse("pasteur-temp=71.2@20s+20s")
    Fault(tag='pasteur-temp', kind='value', value=71.2, start_ms=20000, end_ms=40000)
    >>> parse("silence@500ms+1m").end_ms
    60500
    """
    found = _FAULT.match(text.strip())
    if not found:
        raise BadFault(f"{text!r} is no fault; write TAG=VALUE@20s+20s or {KINDS[0]}@20s+20s")
    tag, what = found["tag"] or "", found["what"]
    if not tag and what not in KINDS:
        raise BadFault(f"{what!r} is no fault; there are {', '.join(KINDS)} and TAG=VALUE")
    start_ms = span_ms(found["at"])
    kind = what if what in KINDS else "value"
    value = number(what) if kind == "value" else None
    return Fault(tag, kind, value, start_ms, start_ms + span_ms(found["span"]))


def span_ms(text: str) -> int:
    """A span of time in milliseconds.

    >>> span_ms("20s"), span_ms("2m"), span_ms("5ms")
    (20000, 120000, 5)
    """
    found = _SPAN.match(text)
    if not found:
        raise BadFault(f"{text!r} is no time; write 20s, 2m or 500ms")
    return int(found[1]) * _FACTOR[found[2]]


def find(faults: list[Fault], tag: str, offset_ms: int) -> Fault | None:
    """The first fault that hits a tag at a time."""
    return next((fault for fault in faults if fault.hits(tag, offset_ms)), None)
