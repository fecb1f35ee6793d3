# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Historians' files: encodings, delimiters, decimal signs, clocks that go forward and back."""

import doctest

import pytest
from conftest import load_tool
from fuzz import fuzz
from hypothesis import strategies as st

history_file = load_tool("process_monitoring", "history_file")
local_time = load_tool("process_monitoring", "local_time")
sample = load_tool("process_monitoring", "sample")
Column, Layout = history_file.Column, history_file.Layout
NOW = 1_772_445_600_000
LONG = (Column("time"), Column("sensor"), Column("value"), Column("unit"), Column("quality"))
texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.text("0123456789.,;:-/ \n\"'Tt")


def layout(columns=LONG, delimiter=";", decimal=",", time_format="dmy", choice="refuse"):
    return Layout(delimiter, decimal, time_format, "Europe/Berlin", choice, tuple(columns))


def test_doctests():
    assert doctest.testmod(history_file).failed == 0
    assert doctest.testmod(local_time).failed == 0


@fuzz(st.binary(max_size=300) | texts.map(str.encode), st.sampled_from([";", ",", "\t"]))
def test_fuzz_file(content, delimiter):
    """Every line of any file becomes samples that the door can judge, or has a reason."""
    text, _encoding = history_file.decode(content)
    history_file.guess_delimiter(text)
    rows = list(history_file.read_rows(text, delimiter))
    if rows:
        history_file.guess_roles(rows[0][1], {"t1"})
    for columns in (LONG, (Column("time"), Column("series", "t1"), Column("series", "t2"))):
        for form in local_time.FORMATS:
            lines = list(history_file.read(text, layout(columns, delimiter, time_format=form)))
            assert len(lines) == max(0, len(rows) - 1)
            for line in lines:
                assert line.samples or line.refused
                for found in line.samples:
                    reason = sample.check(found, NOW)
                    assert reason is None or reason


@fuzz(texts, st.sampled_from(list(local_time.FORMATS)), st.sampled_from(["refuse", "second"]))
def test_fuzz_time(text, form, choice):
    found = local_time.parse(text, form, "Europe/Berlin", choice)
    assert isinstance(found, int) or found.reason


@fuzz(st.lists(texts, max_size=4))
def test_fuzz_guesses(found):
    local_time.guess_format(found)
    assert history_file.guess_decimal(found) in (",", ".")


@pytest.mark.parametrize(
    ("encoding", "known"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_encodings(encoding, known):
    text = "Zeit;Messstelle;Wert;Einheit\n02.03.2026 11:00;Kühler;4,5;°C\n"
    found, name = history_file.decode(text.encode(encoding))
    assert (found, name) == (text, known)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(delimiter):
    text = f"time{delimiter}tag{delimiter}value\n2026-03-02 10:00:00{delimiter}t{delimiter}1\n"
    assert history_file.guess_delimiter(text) == delimiter


def test_decimal_comma_beside_semicolon():
    assert history_file.guess_delimiter("a;b\n1,5;2,5\n3,5;4,5\n") == ";"


def test_long_layout():
    text = (
        "Zeit;Tag;Wert;Einheit;Status\n"
        "02.03.2026 11:00:00;t1;72,4;°C;good\n"
        "02.03.2026 11:00:01;t1;x;;\n"
        ";;;;\n"
        "02.03.2026 11:00:02;t1;;;bad\n"
        "31.02.2026 11:00:02;t1;1;;\n"
        "02.03.2026 11:00:03;t1;1;;excellent\n"
    )
    good, state, empty, no_day, odd = history_file.read(text, layout())
    assert good.samples[0] == sample.Sample(
        "t1", NOW, value=72.4, unit="°C", quality=192, origin="file"
    )
    assert (state.samples[0].text, state.samples[0].value) == ("x", None)
    assert (empty.number, empty.samples[0].value, empty.samples[0].quality) == (5, None, 0)
    assert no_day.number == 6 and "31.02.2026" in no_day.refused[0]
    assert "excellent" in odd.refused[0]


def test_one_column_a_sensor():
    text = "time,t1,t2\n2026-03-02T10:00:00Z,72.4,\n2026-03-02T10:00:01Z,,\n"
    columns = (Column("time"), Column("series", "t1"), Column("series", "t2", "bar"))
    first, second = history_file.read(text, layout(columns, ",", ".", "iso"))
    assert [(found.sensor, found.value) for found in first.samples] == [("t1", 72.4)]
    assert second.refused == ("There is no value in the line.",)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("1.234,5", ","),
        ("1,234.5", "."),
        ("nan", "."),
        ("inf", "."),
        ("", "."),
        ("1_0", "."),
        ("٣", "."),
    ],
)
def test_a32_what_is_no_number(text, decimal):
    assert isinstance(history_file.parse_number(text, decimal), history_file.Refused)


@pytest.mark.parametrize(
    ("text", "form", "choice", "ms"),
    [
        ("2025-10-26 01:59:59", "iso", "refuse", 1761436799000),
        ("2025-10-26 02:30", "iso", "first", 1761438600000),
        ("2025-10-26 02:30", "iso", "second", 1761442200000),
        ("2025-10-26 02:30+02:00", "iso", "refuse", 1761438600000),
        ("2025-10-26 03:00", "iso", "refuse", 1761444000000),
        ("03/02/2026 11:00:00 AM", "mdy", "refuse", NOW),
        ("03/02/2026 12:00:00 AM", "mdy", "refuse", NOW - 11 * 3_600_000),
        ("1772445600.25", "epoch_s", "refuse", NOW + 250),
        ("1772445600250", "epoch_ms", "refuse", NOW + 250),
    ],
)
def test_times(text, form, choice, ms):
    assert local_time.parse(text, form, "Europe/Berlin", choice) == ms


@pytest.mark.parametrize("choice", ["refuse", "first", "second"])
def test_a_time_that_never_was(choice):
    found = local_time.parse("29.03.2026 02:30:00", "dmy", "Europe/Berlin", choice)
    assert "never was" in found.reason
