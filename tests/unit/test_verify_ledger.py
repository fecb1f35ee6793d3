# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""`ledger.jsonl`: several chains in one file, and every byte of it."""

import json

import pytest
from verify_case import chain, judge, make_chain, make_ledger

DIGEST = "ab" * 32


def check(content):
    """Return the item after verification."""
    return judge("ledger.jsonl", content)


def test_sound_ledger():
    item = check(make_ledger(DIGEST))
    assert item.report.holds, item.report.to_text()
    assert list(item.facts["chains"]) == ["Dairy/audit.record", "Dairy/mass"]
    assert list(item.facts["issued"]) == [DIGEST]
    assert "5 entries" in item.report.to_text()


def test_every_byte_counts():
    content = make_ledger(DIGEST, entries=2)
    for position in range(len(content)):
        for flip in (1, 32):
            changed = bytearray(content)
            changed[position] ^= flip
            report = check(bytes(changed)).report
            assert not report.holds, (position, flip, bytes(changed))
            line = content[:position].count(b"\n") + 1
            text = report.to_text()
            # a changed line end joins two lines or splits one
            assert f"line {line}" in text or f"line {line + 1}" in text, (position, text)


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_cut_off(size):
    content = make_ledger(DIGEST)[:size]
    assert not check(content).report.holds


def test_what_is_nested_without_end_is_refused():
    assert not check(b'{"body":' * 10**5 + b"\n").report.holds


def tamper(how):
    """Return a ledger whose lines `how` has changed."""
    lines = make_ledger(DIGEST).decode().splitlines()
    how(lines)
    return ("\n".join(lines) + "\n").encode()


def swap(lines):
    lines[1], lines[2] = lines[2], lines[1]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (
            lambda lines: lines.pop(1),
            "line 2 (chain Dairy/audit.record, entry 3): deleted: entry 2",
        ),
        (lambda lines: lines.insert(2, lines[0]), "line 3 (chain Dairy/audit.record, entry 1)"),
        (swap, "line 2 (chain Dairy/audit.record, entry 3): reordered"),
        (lambda lines: lines.pop(5), "line 6 (chain Dairy/mass, entry 2): deleted: entry 1"),
    ],
)
def test_lines_deleted_inserted_reordered(how, sentence):
    report = check(tamper(how)).report
    assert not report.holds
    assert sentence in report.to_text()


def test_forged_line_with_sound_hash():
    def forge(lines):
        entry = chain.parse_line(lines[1])
        body = json.loads(entry.body) | {"details": {"n": 99}}
        text = chain.canonical(body)
        link = chain.link(entry.prev, text)
        lines[1] = chain.Entry(entry.chain, 2, entry.prev, link, text).to_line()

    report = check(tamper(forge)).report
    assert "entry 3 does not follow entry 2" in report.to_text()


def test_chains_may_alternate():
    one, two = make_chain("A", [{"n": 1}, {"n": 2}]), make_chain("B", [{"n": 1}, {"n": 2}])
    lines = [one[0], two[0], one[1], two[1]]
    assert check(("\n".join(lines) + "\n").encode()).report.holds


def test_entry_moved_to_another_chain():
    text = (
        make_ledger(DIGEST).decode().replace('"chain":"Dairy/mass","hash"', '"chain":"X","hash"', 1)
    )
    report = check(text.encode()).report
    assert "field chain" in report.to_text()
