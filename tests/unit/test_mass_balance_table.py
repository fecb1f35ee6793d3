# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files people upload: the public list (defect 8) and suppliers' data."""

import doctest
from datetime import date
from decimal import Decimal

import pytest
from conftest import load_tool

table = load_tool("mass_balance", "table")
lists = load_tool("mass_balance", "certificate_list")
data = load_tool("mass_balance", "supplier_data")
TODAY = date(2026, 11, 22)
CELLS = {
    "status": "Valid",
    "certificate": "ISCC-PLUS-Cert-US201-138762025",
    "holder": "Maule",
    "valid from": "18.05.2025",
    "valid until": "17.05.2026",
}


def take(**changes):
    cells = CELLS | {key.replace("_", " "): value for key, value in changes.items()}
    return lists.parse([table.Row(2, cells)], TODAY)[0]


def test_doctests():
    for tool in (table, lists, data):
        assert doctest.testmod(tool).failed == 0


def test_defect_8_a_dotted_date_is_read_and_not_dropped():
    assert (take().valid_from, take().valid_to) == (date(2025, 5, 18), date(2026, 5, 17))


@pytest.mark.parametrize(
    "text", ["", "n/a", "31.02.2026", "2026-13-01", "45123", "1970", "18.5.25", "05/18/2025", "0"]
)
def test_defect_8_an_unreadable_date_refuses_the_row(text):
    refused = take(valid_from=text)
    assert (refused.code, refused.row) == ("date", 2)


def test_defect_8_nothing_becomes_1970():
    assert take(valid_from="01.01.1970").code == "date"


@pytest.mark.parametrize(
    ("suspended", "status", "day"),
    [
        ("", "Valid", None),
        ("no", "Valid", None),
        ("01.02.2026", "Valid", date(2026, 2, 1)),
        ("yes", "Valid", TODAY),
        ("", "Suspended", TODAY),
        ("", "Withdrawn", TODAY),
        ("", "Expired", None),
    ],
)
def test_rule_21_suspension(suspended, status, day):
    assert take(suspended=suspended, status=status).suspended_from == day


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"certificate": "ISCC-Cert-1"}, "number"),
        ({"certificate": ""}, "empty"),
        ({"holder": ""}, "empty"),
        ({"valid_until": "17.05.2024"}, "order"),
        ({"status": "perhaps"}, "status"),
        ({"suspended": "perhaps"}, "date"),
    ],
)
def test_a_row_is_refused_with_its_reason(changes, code):
    assert take(**changes).code == code


def test_the_order_of_days_is_chosen_and_not_guessed():
    assert table.parse_day("03/04/2026") == date(2026, 4, 3)
    assert table.parse_day("03/04/2026", day_first=False) == date(2026, 3, 4)


def test_columns_that_lack():
    assert lists.missing_columns([table.Row(2, {"holder": "x"})]) == [
        "certificate",
        "valid from",
        "valid until",
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.doc", b"", "kind"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"a;a\n1;2\n", "double"),
        ("a.csv", b'a;b\n"open', "broken"),
        ("a.xlsx", b"no zip", "broken"),
        ("a.json", b"{", "broken"),
        ("a.json", b"[1]", "broken"),
        ("a.pdf", b"no pdf", "broken"),
    ],
)
def test_a_file_that_cannot_be_read(name, content, code):
    with pytest.raises(table.FileProblem) as caught:
        table.read(name, content)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,5", Decimal("1.5")), ("1.5", Decimal("1.5")), ("0", Decimal(0)), (12, Decimal(12))],
)
def test_decimals_with_point_or_comma(text, value):
    assert data.check(table.Row(2, {"quantity": text})).values["quantity"] == value


@pytest.mark.parametrize("text", ["1.000,5", "1,000.5", "a", "nan", "inf", "-1"])
def test_a_number_is_never_guessed(text):
    problems = {p.field: p.code for p in data.check(table.Row(2, {"quantity": text})).problems}
    assert problems["quantity"] in ("number", "range")


def test_unknown_columns_are_told():
    assert data.check(table.Row(2, {"colour": "green"})).unknown == ["colour"]
