# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One digest over the heads of many chains, and the anchor file that carries it outside.

Used by the models and, loaded by its path, by `scripts/verify`; so it imports nothing of Odoo.
The tree is that of RFC 6962: a leaf is SHA-256(0x00 + text), a node SHA-256(0x01 + left + right),
and the left half holds the largest power of two. A leaf's text is canonical JSON: the first leaf
says format, company and time, the others are the heads, sorted by the chain's name.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

FORMAT = "batchproof-anchor/1"
KEYS = frozenset({"format", "company", "made", "heads", "root", "stamps"})
HEAD_KEYS = frozenset({"chain", "seq", "hash"})


@dataclass(frozen=True, order=True, slots=True)
class Head:
    """Where a chain ended when it was anchored: its name, last number and last hash."""

    chain: str
    seq: int
    hash: str


def canonical(body: dict) -> str:
    """Return the one text of a body; the same form as the chain's."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def get_root(company: str, made: str, heads: Sequence[Head]) -> str:
    """Return the root over heads, whatever order they come in.

    >>> one, two = Head("a", 1, "0"), Head("b", 1, "0")
    >>> get_root("D", "", [one, two]) == get_root("D", "", [two, one])
    True
    >>> get_root("D", "", [one]) in (get_root("E", "", [one]), get_root("D", "", [two]))
    False
    """
    bodies = [{"format": FORMAT, "company": company, "made": made}, *map(asdict, sorted(heads))]
    return _hash([get_leaf(body) for body in bodies]).hex()


def get_leaf(body: dict) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + canonical(body).encode()).digest()


def _hash(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = _hash(leaves[:middle]), _hash(leaves[middle:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def build(company: str, made: str, heads: Sequence[Head], stamps: Sequence[str] = ()) -> str:
    """Return the anchor file: what is anchored, its root, and RFC 3161 tokens over the root.

    :param made: when, as ISO 8601 in UTC
    :param stamps: tokens in base64
    """
    return canonical(
        {
            "format": FORMAT,
            "company": company,
            "made": made,
            "heads": [asdict(head) for head in sorted(heads)],
            "root": get_root(company, made, heads),
            "stamps": [{"kind": "rfc3161", "token": token} for token in stamps],
        }
    )


@dataclass(frozen=True)
class Anchor:
    """An anchor file that reads well; `problem` says why another one does not."""

    company: str = ""
    made: str = ""
    heads: tuple[Head, ...] = ()
    root: str = ""
    stamps: tuple[str, ...] = ()
    problem: str = ""


def parse(text: str) -> Anchor:
    """Read an anchor file: its one spelling, every head once, its root the one of its heads.

    >>> parse(build("Dairy", "2026-11-22T02:30:00Z", [Head("a", 1, "0" * 64)])).problem
    ''
    >>> parse("{}").problem
    'it must have exactly the fields company, format, heads, made, root, stamps'
    """
    try:
        body = json.loads(text)
    except ValueError as error:
        return Anchor(problem=f"not JSON: {error}")
    problem = _find_problem(body)
    if problem:
        return Anchor(problem=problem)
    heads = tuple(Head(**head) for head in body["heads"])
    stamps = tuple(stamp["token"] for stamp in body["stamps"])
    if get_root(body["company"], body["made"], heads) != body["root"]:
        return Anchor(problem="altered: what it says does not have the recorded root")
    if build(body["company"], body["made"], heads, stamps) != text.removesuffix("\n"):
        return Anchor(problem="altered: not in canonical form")
    return Anchor(body["company"], body["made"], heads, body["root"], stamps)


def _find_problem(body) -> str:
    if not isinstance(body, dict) or set(body) != KEYS:
        return f"it must have exactly the fields {', '.join(sorted(KEYS))}"
    if body["format"] != FORMAT:
        return f"{body['format']!r} is not {FORMAT}"
    if not all(isinstance(body[key], str) for key in ("company", "made", "root")):
        return "company, made and root must be texts"
    if not isinstance(body["heads"], list) or not all(map(_is_head, body["heads"])):
        return "each of the heads must have exactly a chain, a seq and a hash"
    if len({head["chain"] for head in body["heads"]}) != len(body["heads"]):
        return "a chain stands in it twice"
    if not isinstance(body["stamps"], list) or not all(map(_is_stamp, body["stamps"])):
        return "each of the stamps must have exactly a kind, rfc3161, and a token"
    return ""


def _is_head(head) -> bool:
    return (
        isinstance(head, dict)
        and set(head) == HEAD_KEYS
        and isinstance(head["chain"], str)
        and isinstance(head["hash"], str)
        and type(head["seq"]) is int
    )


def _is_stamp(stamp) -> bool:
    return (
        isinstance(stamp, dict)
        and set(stamp) == {"kind", "token"}
        and stamp["kind"] == "rfc3161"
        and isinstance(stamp["token"], str)
    )


def compare(head: Head, entries: Sequence[tuple[int, str]]) -> str:
    """Say what an anchored head says of a chain as it is today, or nothing if it holds.

    :param entries: number and hash of each entry of the chain, from its first

    >>> compare(Head("a", 2, "x"), [(1, "w"), (2, "x"), (3, "y")])
    ''
    >>> compare(Head("a", 2, "x"), [(1, "w"), (2, "z")])
    'rewritten: entry 2 is not the one that was anchored'
    >>> compare(Head("a", 2, "x"), [(1, "w")])
    'deleted: it ends at 1 and had 2 entries when it was anchored'
    """
    if not head.seq:
        return ""
    last = entries[-1][0] if entries else 0
    if last < head.seq:
        return f"deleted: it ends at {last} and had {head.seq} entries when it was anchored"
    found = next((value for number, value in entries if number == head.seq), None)
    if found == head.hash:
        return ""
    return f"rewritten: entry {head.seq} is not the one that was anchored"
