# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Array texts: numbers in full, texts in quotes; the database's own reading is in test_ingest."""

import doctest
import re

from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

arrays = load_tool("process_monitoring", "arrays")


def test_doctests():
    assert doctest.testmod(arrays).failed == 0


def test_nothing_is_an_empty_array():
    assert arrays.from_numbers([]) == arrays.from_texts([]) == "{}"


@given(st.lists(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_stay_the_same(column):
    elements = arrays.from_numbers(column)[1:-1].split(",") if column else []
    read = [None if text == "NULL" else float(text) for text in elements if len(text) < 300]
    assert read == [None if n is None else float(n) for n in column if len(repr(n)) < 300]


@given(st.text())
def test_an_element_ends_at_its_own_quote(text):
    inside = arrays.from_texts([text])[2:-2]
    assert '"' not in re.sub(r"\\.", "", inside, flags=re.DOTALL)
    assert re.sub(r"\\(.)", r"\1", inside, flags=re.DOTALL) == text
