# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every rule of `docs/rules.md` has its tests and its place in the code, and every number its row.

A test carries the number of what it proves in its name: `test_a6_…`, `test_rule_5_…`,
`test_defect_2_…`; a test vector (TV-1) is named in the text of its tests.
"""

import re

import pytest
from house import ROOT

_ROW = re.compile(r"^\| (A|TV-|defect |)(\d+) \|.*\| `([^`]+)` \|$", re.MULTILINE)
_KINDS = {"A": "a", "": "rule", "defect ": "defect", "TV-": "TV"}
_TEST = re.compile(r"^\s*def test_(a|rule_|defect_)(\d+)_\w+\(", re.MULTILINE)
_VECTOR = re.compile(r"\bTV-(\d+)\b")
ROWS = [
    (_KINDS[kind], int(number), place)
    for kind, number, place in _ROW.findall((ROOT / "docs/rules.md").read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def found():
    """Return (kind, number) of everything that a test says it proves."""
    tests = [
        *ROOT.glob("tests/unit/test_*.py"),
        *ROOT.glob("tests/flow/test_*.py"),
        *ROOT.glob("addons/*/tests/test_*.py"),
    ]
    texts = [path.read_text(encoding="utf-8") for path in tests]
    named = {(kind.strip("_"), int(no)) for text in texts for kind, no in _TEST.findall(text)}
    return named | {("TV", int(no)) for text in texts for no in _VECTOR.findall(text)}


def test_no_rule_stands_twice():
    numbers = [row[:2] for row in ROWS]
    assert len(set(numbers)) == len(numbers) > 60


@pytest.mark.parametrize(("kind", "number", "place"), ROWS)
def test_a_rule_has_its_test_and_its_place(found, kind, number, place):
    assert (kind, number) in found, f"no test of {kind} {number}"
    assert (ROOT / "addons" / place).is_file(), f"{kind} {number}: no file {place}"


def test_every_number_has_its_row(found):
    assert found == {row[:2] for row in ROWS}
