# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The hash chain without Odoo: the vector of the specification and every kind of tampering."""

import dataclasses
import doctest
import json

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

chain = load_tool("audit_chain", "chain")

# TV-11
LINES = (
    '{"dir":"in","doc":"SD-0001","pool":"bio-circular/UCO","qty":"100.000","seq":1,'
    '"site":"KR-01","uom":"t"}',
    '{"dir":"out","doc":"SD-0002","pool":"bio-circular/UCO","qty":"40.000","seq":2,'
    '"site":"KR-01","uom":"t"}',
)
HASHES = (
    "05f25192f76ab64bcbdb988eb667e31f12e4ff8e1f0e7f495cff1bf9a9673ee3",
    "174b64cea7797108ad119328ada0860385b34423a9eddfa22a0f29613a8dda94",
)


def make(count=6, name="Dairy/audit.record"):
    """Return a sound chain."""
    entries, previous = [], chain.GENESIS
    for seq in range(1, count + 1):
        body = chain.canonical({"chain": name, "seq": seq, "what": f"entry {seq}"})
        entries.append(chain.Entry(name, seq, previous, chain.link(previous, body), body))
        previous = entries[-1].hash
    return entries


def test_vector_tv11():
    previous = chain.GENESIS
    for line, wanted in zip(LINES, HASHES, strict=True):
        assert chain.canonical(json.loads(line)) == line
        previous = chain.link(previous, line)
        assert previous == wanted


def test_vector_tv11_verifies():
    first = chain.Entry("KR-01", 1, chain.GENESIS, HASHES[0], LINES[0])
    second = chain.Entry("KR-01", 2, HASHES[0], HASHES[1], LINES[1])
    assert chain.verify([first, second]) == chain.Verdict(True, 2, last_hash=HASHES[1])


def test_doctests():
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(chain, optionflags=flags).failed == 0


@pytest.mark.parametrize(
    "body",
    [{"a": 0.1}, {"a": [1, {"b": 2.0}]}, {1: "a"}, {"a": b"x"}, {"a": (1, 2)}, {"a": {1}}],
)
def test_what_is_not_hashable_text_is_refused(body):
    with pytest.raises(chain.FormatError):
        chain.canonical(body)


def test_the_place_of_a_float_is_named():
    with pytest.raises(chain.FormatError, match=r"lines\[1\]\.qty: float"):
        chain.canonical({"lines": [{"qty": "1"}, {"qty": 1.0}]})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_canonical_text_is_stable(body):
    text = chain.canonical(body)
    assert chain.canonical(json.loads(text)) == text
    assert chain.canonical(dict(reversed(body.items()))) == text


def test_line_round_trip():
    entry = make(1)[0]
    assert chain.parse_line(entry.to_line(), 7) == dataclasses.replace(entry, line=7)


def test_untouched_chain_holds():
    verdict = chain.verify(make())
    assert verdict.ok and verdict.count == 6
    assert chain.verify([]).ok


@pytest.mark.parametrize("index", range(6))
def test_altered_body(index):
    entries = make()
    body = entries[index].body.replace("entry", "Entry")
    entries[index] = dataclasses.replace(entries[index], body=body)
    verdict = chain.verify(entries)
    assert (verdict.ok, verdict.first_bad) == (False, index + 1)
    assert verdict.reason.startswith("altered")


@pytest.mark.parametrize("index", range(5))
def test_altered_and_rehashed(index):
    entries = make()
    entry = entries[index]
    body = entry.body.replace("entry", "Entry")
    entries[index] = dataclasses.replace(entry, body=body, hash=chain.link(entry.prev, body))
    verdict = chain.verify(entries)
    assert (verdict.ok, verdict.first_bad) == (False, index + 2)


@pytest.mark.parametrize("index", range(5))
def test_deleted(index):
    entries = make()
    del entries[index]
    verdict = chain.verify(entries)
    assert not verdict.ok
    assert verdict.reason.startswith(f"deleted: entry {index + 1} is missing")


def test_deleted_run_is_named():
    entries = make()
    del entries[1:4]
    assert "entry 2 to 4 is missing before entry 5" in chain.verify(entries).reason


@pytest.mark.parametrize("index", range(1, 6))
def test_inserted(index):
    entries = make()
    previous = entries[index - 1].hash
    body = chain.canonical({"what": "forged"})
    forged = chain.Entry(
        "Dairy/audit.record", index + 1, previous, chain.link(previous, body), body
    )
    entries.insert(index, forged)
    verdict = chain.verify(entries)
    assert not verdict.ok
    assert "inserted" in verdict.reason


def test_inserted_with_an_invented_link_is_found():
    entries = make()
    body = chain.canonical({"what": "forged"})
    forged = chain.Entry("Dairy/audit.record", 3, "f" * 64, chain.link("f" * 64, body), body)
    entries.insert(2, forged)
    verdict = chain.verify(entries)
    assert verdict.reason.startswith("inserted: entry 3 does not follow entry 2")


@pytest.mark.parametrize("index", range(5))
def test_reordered_pair(index):
    entries = make()
    entries[index], entries[index + 1] = entries[index + 1], entries[index]
    verdict = chain.verify(entries)
    assert verdict.reason == f"reordered: entry {index + 2} stands before entry {index + 1}"


def test_repeated_entry():
    entries = make()
    entries.insert(4, entries[1])
    assert "entry 2 stands again after 4" in chain.verify(entries).reason


def test_unknown_version():
    entries = make()
    entries[2] = dataclasses.replace(entries[2], version=9)
    assert "unknown hash version 9" in chain.verify(entries).reason


def test_number_moved_to_another_entry():
    entries = make(2)
    entries[0], entries[1] = (
        dataclasses.replace(entries[1], seq=1),
        dataclasses.replace(entries[0], seq=2),
    )
    assert "carries another number" in chain.verify(entries).reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[]", "exactly the keys"),
        ('{"chain":"a"}', "exactly the keys"),
        ('{"body":{},"chain":"a","hash":"","prev":"","seq":"1","version":1}', "seq is not"),
        ('{"body":{},"chain":"a","hash":"","prev":"","seq":true,"version":1}', "seq is not"),
        ('{"body":[],"chain":"a","hash":"","prev":"","seq":1,"version":1}', "body is not"),
        ('{"body":{}, "chain":"a","hash":"","prev":"","seq":1,"version":1}', "canonical form"),
        ('{"body":{"a":0.5},"chain":"a","hash":"","prev":"","seq":1,"version":1}', "float"),
    ],
)
def test_bad_lines_are_named(text, reason):
    with pytest.raises(chain.FormatError, match=reason):
        chain.parse_line(text)
    with pytest.raises(chain.FormatError, match="line 2"):
        list(chain.parse_lines([make(1)[0].to_line(), text]))


def test_every_changed_character_of_an_export_is_found():
    lines = [entry.to_line() for entry in make(3)]
    for number, line in enumerate(lines):
        for position, character in enumerate(line):
            other = "0" if character != "0" else "1"
            changed = [*lines]
            changed[number] = line[:position] + other + line[position + 1 :]
            try:
                verdict = chain.verify(chain.parse_lines(changed))
            except chain.FormatError as exc:
                assert f"line {number + 1}" in str(exc)
            else:
                assert not verdict.ok, (number, position, changed[number])


@pytest.mark.parametrize(
    "body",
    [
        {"a": {"seq": 1, "chain": "c"}, "seq": 2, "chain": "c"},
        {"a": {"seq": 1, "chain": "c"}, "seq": 1, "chain": "d"},
        {"seq": 2, "chain": "c", "z": {"seq": 1}},
        {"seq": 1, "chain": "cc", "z": '"chain":"c"'},
        {"seq": 11, "chain": "c", "z": '"seq":1,'},
        {"chain": "c", "seq": 2, "z": [{"seq": 1}]},
        {"b": {"chain": "c"}, "chain": "d", "seq": 1},
    ],
)
def test_another_number_or_chain_inside_is_found_however_it_is_hidden(body):
    """The verifier reads them off the text where it can; it must never be fooled by it."""
    text = chain.canonical(body)
    entry = chain.Entry("c", 1, chain.GENESIS, chain.link(chain.GENESIS, text), text)
    verdict = chain.verify([entry])
    assert not verdict.ok
    assert "carries another number or chain inside" in verdict.reason


@pytest.mark.parametrize(
    "body",
    [
        {"seq": 1, "chain": "c"},
        {"chain": "c", "seq": 1, "z": "}"},
        {"chain": "c", "seq": 1, "z": {"seq": 9}},
        {"a": {"chain": "d", "seq": 9}, "chain": "c", "seq": 1},
        {"note": "carries neither"},
    ],
)
def test_what_is_hidden_elsewhere_is_no_fault(body):
    text = chain.canonical(body)
    entry = chain.Entry("c", 1, chain.GENESIS, chain.link(chain.GENESIS, text), text)
    assert chain.verify([entry]).ok
