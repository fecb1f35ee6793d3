# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Terms in calendar months, packed files, the months of partitions."""

import doctest
from datetime import UTC, datetime

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

retention = load_tool("process_monitoring", "retention")
partition = load_tool("process_monitoring", "partition")


def ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_doctests():
    assert doctest.testmod(retention).failed == 0
    assert doctest.testmod(partition).failed == 0


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-03-10 10:30", 24, "2026-03-10 10:30"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2023-12-01", 0, "2023-12-01"),
        ("2023-06-30", 6, "2023-12-30"),
    ],
)
def test_months(start, months, end):
    assert retention.add_months(ms(start), months) == ms(end)


def test_later_of_term_and_expiry():
    end = ms("2024-01-01")
    assert retention.kept_until(end, 24, [], 6) == ms("2026-01-01")
    assert retention.kept_until(end, 24, [ms("2024-06-01")], 6) == ms("2026-01-01")
    assert retention.kept_until(end, 24, [ms("2026-01-01"), ms("2025-01-01")], 6) == ms(
        "2026-07-01"
    )


@given(st.lists(st.binary(max_size=50), max_size=9))
def test_what_is_packed_comes_back(parts):
    packer, same = retention.Packer(), retention.Packer()
    for part in parts:
        packer.write(part)
        same.write(part)
    content = packer.finish()
    assert content == same.finish(), "the same text makes the same file, whenever"
    assert retention.unpack(content) == (b"".join(parts), packer.sha256)
    assert retention.unpack(content[:-1]) is None


@given(st.integers(ms("1980-01-01"), ms("2100-01-01")), st.integers(0, 10**12))
def test_months_between_cover_the_stretch(start, span):
    months = partition.months_between(start, start + span)
    assert months[0].start_ms <= start < months[0].end_ms
    assert months[-1].start_ms <= start + span < months[-1].end_ms
    for month, following in zip(months, months[1:], strict=False):
        assert month.end_ms == following.start_ms
    assert all(partition.parse(month.suffix) == month for month in months)
