# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The hash chain: h_n = SHA256(h_(n-1) + body), h_0 = 64 zeros, body = canonical JSON.

Used by the models and, loaded by its path, by `scripts/verify`; so it imports nothing of Odoo.
An exported chain is one canonical JSON object a line: chain, seq, prev, hash, version, body.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

GENESIS = "0" * 64
VERSION = 1
_CHAIN = '"chain":'
LINE_KEYS = frozenset({"chain", "seq", "prev", "hash", "version", "body"})


class FormatError(ValueError):
    """A body or a line that is not in the one form that can be hashed."""


def canonical(body: dict) -> str:
    """Return the one text of `body`: sorted keys, no blanks, UTF-8 letters as they are.

    >>> canonical({"b": [1, None], "a": "Käse"})
    '{"a":"Käse","b":[1,null]}'
    >>> canonical({"a": 0.1})
    Traceback (most recent call last):
    ...
    odoo.addons.audit_chain.tools.chain.FormatError: a: float is not hashable text, ...
    """
    _check(body, "")
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _check(value, where: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise FormatError(f"{where or 'body'}: the key {key!r} is not a text")
            _check(item, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]")
    elif not (value is None or isinstance(value, (str, int, bool))):
        name = type(value).__name__
        raise FormatError(f"{where or 'body'}: {name} is not hashable text, give a string")


def link(previous: str, body_json: str) -> str:
    """Return the hash of an entry that follows the hash `previous`."""
    return hashlib.sha256((previous + body_json).encode()).hexdigest()


def digest(body: dict) -> str:
    """Return the SHA-256 of one canonical document, outside any chain."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was stored: `body` is the text that was hashed, `line` where it stood."""

    chain: str
    seq: int
    prev: str
    hash: str
    body: str
    version: int = VERSION
    line: int = 0

    def to_line(self) -> str:
        """Return the exported line, without its line end."""
        return canonical(
            {
                "chain": self.chain,
                "seq": self.seq,
                "prev": self.prev,
                "hash": self.hash,
                "version": self.version,
                "body": json.loads(self.body),
            }
        )


@dataclass(frozen=True)
class Verdict:
    """What a verification found; `first_bad` is the sequence of the entry, `line` its line."""

    ok: bool
    count: int
    first_bad: int | None = None
    reason: str = ""
    line: int | None = None
    last_hash: str = GENESIS


def parse_line(text: str, number: int = 0) -> Entry:
    """Return the entry of an exported line, or raise FormatError with what is wrong in it.

    The line must be exactly what an export writes, to the byte: another spacing or order would
    hash the same, and a file in which bytes may change unseen proves less than it seems to.
    """
    try:
        row = json.loads(text)
    except ValueError as exc:
        raise FormatError(f"not JSON: {exc}") from exc
    if not isinstance(row, dict) or set(row) != LINE_KEYS:
        raise FormatError(f"an entry has exactly the keys {', '.join(sorted(LINE_KEYS))}")
    _check_types(row)
    if canonical(row) != text:
        raise FormatError("altered: not in canonical form (spacing, order or escapes differ)")
    return Entry(
        chain=row["chain"],
        seq=row["seq"],
        prev=row["prev"],
        hash=row["hash"],
        version=row["version"],
        body=canonical(row["body"]),
        line=number,
    )


def _check_types(row: dict) -> None:
    kinds = {"chain": str, "prev": str, "hash": str, "seq": int, "version": int, "body": dict}
    for key, kind in kinds.items():
        if not isinstance(row[key], kind) or isinstance(row[key], bool):
            raise FormatError(f"{key} is not of type {kind.__name__}")


def parse_lines(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of an export; raises FormatError naming the line."""
    for number, text in enumerate(lines, 1):
        try:
            yield parse_line(text.rstrip("\n"), number)
        except FormatError as exc:
            raise FormatError(f"line {number}: {exc}") from exc


def verify(entries: Iterable[Entry]) -> Verdict:
    """Recompute one chain from its genesis and name the first entry that does not hold.

    Streams: the memory used does not grow with the chain, except to name what follows a break.
    """
    previous, expected, name, quoted = GENESIS, 1, None, ""
    walk = iter(entries)
    for entry in walk:
        text = entry.body
        if entry.chain is not name:
            name, quoted = entry.chain, _CHAIN + json.dumps(entry.chain, ensure_ascii=False)
        named = text.find(quoted)
        numbered = text.find(f'"seq":{expected},', named)
        # Whole and in its place, as nearly every entry is. The chain and number in the text are
        # read off where that is certain, many times quicker than by parsing it: quotes inside a
        # value are escaped, so `"chain":` can only be a key, and with no brace after it but the
        # last, it and what follows it stand at the top.
        if (
            entry.prev == previous
            and entry.seq == expected
            and entry.version == VERSION
            and hashlib.sha256((previous + text).encode()).hexdigest() == entry.hash
            and 0 < named < numbered
            and text.find("}", named) == len(text) - 1
        ):
            reason = ""
        else:
            reason = _find_fault(entry, expected, previous, walk)
        if reason:
            return Verdict(False, expected - 1, entry.seq, reason, entry.line, previous)
        previous, expected = entry.hash, expected + 1
    return Verdict(True, expected - 1, last_hash=previous)


def _find_fault(entry: Entry, expected: int, previous: str, rest: Iterator[Entry]) -> str:
    if entry.version != VERSION:
        return f"entry {entry.seq}: unknown hash version {entry.version}"
    if link(entry.prev, entry.body) != entry.hash:
        return f"altered: entry {entry.seq} does not have the hash that was recorded with it"
    body = json.loads(entry.body)
    if body.get("seq", entry.seq) != entry.seq or body.get("chain", entry.chain) != entry.chain:
        return f"altered: entry {entry.seq} carries another number or chain inside"
    if entry.seq == expected and entry.prev == previous:
        return ""
    return _name_break(entry, expected, previous, rest)


def _name_break(entry: Entry, expected: int, previous: str, rest: Iterator[Entry]) -> str:
    """Name a break between entries that each hold for themselves."""
    if entry.seq < expected:
        return f"inserted or reordered: entry {entry.seq} stands again after {expected - 1}"
    if entry.seq > expected:
        if any(later.seq == expected for later in rest):
            return f"reordered: entry {entry.seq} stands before entry {expected}"
        last = entry.seq - 1
        missing = str(expected) if last == expected else f"{expected} to {last}"
        return f"deleted: entry {missing} is missing before entry {entry.seq}"
    if any(later.prev == previous for later in rest):
        return f"inserted: entry {entry.seq} does not follow entry {expected - 1}, a later one does"
    return f"altered or replaced: entry {entry.seq} does not follow entry {expected - 1}"
