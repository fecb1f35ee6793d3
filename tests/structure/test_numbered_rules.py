# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every rule of the mass balance, and every defect known of other programs, has its tests.

A test carries the number of what it proves in its name: `test_rule_5_…`, `test_defect_2_…`. The
acceptance rules of greenhouse-gas figures (23, 24) have test vectors of their own.
"""

import re

import pytest
from house import ROOT

NUMBERED = {
    "rule": {
        1: "length of a period",
        2: "continuity of periods",
        3: "balance of a period",
        4: "carry-over",
        5: "physical link",
        6: "stock against the books",
        7: "books of sites",
        8: "credit transfer between sites",
        9: "direction between schemes",
        10: "books of categories",
        11: "product groups of ISCC EU",
        12: "losses before attribution",
        13: "conversion factor once",
        14: "change of a conversion factor",
        15: "attribution",
        16: "basis of attribution",
        17: "GHG value of mixed batches",
        18: "sets of characteristics stay whole",
        19: "ISCC Compliant",
        20: "single use",
        21: "certificates at the day of dispatch",
        22: "complete declarations that tie out",
        25: "tampering and retention",
    },
    "defect": {
        1: "periods of a year, tolerance of an overdraft",
        2: "a period one day too long",
        3: "conversion factor applied twice",
        4: "GHG values averaged by quantity",
        5: "credits compared with the physical stock",
        6: "certificates overwritten by their renewal",
        7: "floats, rounded after each step",
        8: "dates that cannot be read become others",
        9: "kg, litres and MJ that do not close",
        10: "two fossil comparators in one figure",
        11: "a default of the scheme",
        12: "milling yield ignored",
        13: "GWP values of two reports added",
    },
}
_TEST = re.compile(r"^\s*def test_(rule|defect)_(\d+)_\w+\(", re.MULTILINE)
NUMBERS = [(kind, number) for kind, names in NUMBERED.items() for number in names]


@pytest.fixture(scope="module")
def found():
    """Return (kind, number) of every test that carries one."""
    tests = [*ROOT.glob("tests/unit/test_*.py"), *ROOT.glob("addons/*/tests/test_*.py")]
    return {
        (kind, int(number))
        for path in tests
        for kind, number in _TEST.findall(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(("kind", "number"), NUMBERS)
def test_a_number_has_its_test(found, kind, number):
    name = NUMBERED[kind][number]
    assert (kind, number) in found, f"no test of {kind} {number} ({name}): test_{kind}_{number}_…"
