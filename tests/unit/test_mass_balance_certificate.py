# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Certificate numbers and usability at a date: rule 21."""

import doctest
from datetime import date

import pytest
from conftest import load_tool

certificate = load_tool("mass_balance", "certificate")

NUMBER = "ISCC-PLUS-Cert-US201-138762025"


def make(**changes):
    values = {
        "number": NUMBER,
        "scheme": "iscc_plus",
        "valid_from": date(2025, 5, 18),
        "valid_to": date(2026, 5, 17),
        "scopes": frozenset({"PYP", "TR"}),
        "materials": frozenset({"bio-naphtha"}),
        "checked_on": date(2026, 1, 2),
    }
    return certificate.Certificate(**{**values, **changes})


def codes(cert, on_date, scheme="iscc_plus", material="Bio-naphtha", scopes=frozenset()):
    return [p.code for p in certificate.problems(cert, on_date, scheme, material, scopes)]


def test_doctests():
    assert doctest.testmod(certificate).failed == 0


@pytest.mark.parametrize(
    "serial", ["GR209-1271304", "DE105-82948108", "US201-138762025", "NL220-2228065006"]
)
@pytest.mark.parametrize("prefix", ["EU-ISCC", "ISCC-PLUS", "ISCC-CORSIA", "ISCC-CORSIA-PLUS"])
def test_numbers_seen_in_the_wild_are_read(prefix, serial):
    parsed = certificate.parse_number(f"{prefix}-Cert-{serial}")
    assert (parsed.prefix, parsed.body, parsed.serial) == (prefix, *serial.split("-"))


@pytest.mark.parametrize(
    "number",
    [
        "",
        "ISCC-PLUS-Cert-US201-12345",
        "ISCC-PLUS-Cert-US201-1234567890123",
        "ISCC-PLUS-Cert-us201-138762025",
        "ISCC-PLUS-Cert-US20-138762025",
        "ISCC PLUS-Cert-US201-138762025",
        " ISCC-PLUS-Cert-US201-138762025",
        "ISCC-PLUS-Cert-US201-138762025\nx",
        "ISCC-EU-Cert-US201-138762025",
    ],
)
def test_other_forms_are_not_numbers(number):
    assert certificate.parse_number(number) is None


def test_rule_21_last_day_is_included():
    assert codes(make(), date(2026, 5, 17)) == []
    assert codes(make(), date(2026, 5, 18)) == ["expired"]
    assert codes(make(), date(2025, 5, 18)) == []
    assert codes(make(), date(2025, 5, 17)) == ["not_yet_valid"]


def test_rule_21_suspension_keeps_what_was_dispatched_before():
    suspended = make(suspended_from=date(2026, 2, 1))
    assert codes(suspended, date(2026, 1, 31)) == []
    assert codes(suspended, date(2026, 2, 1)) == ["suspended"]
    assert codes(suspended, date(2026, 2, 2)) == ["suspended"]


def test_rule_21_a_plus_certificate_never_enters_an_eu_book():
    assert codes(make(), date(2026, 1, 10), scheme="iscc_eu") == ["wrong_scheme"]
    # The record says EU, the number says PLUS: the OisteBio defect, the other way round.
    assert codes(make(scheme="iscc_eu"), date(2026, 1, 10), scheme="iscc_eu") == ["wrong_scheme"]


def test_rule_21_scope_material_and_check():
    day = date(2026, 1, 10)
    assert codes(make(), day, scopes=frozenset({"RE"})) == ["wrong_scope"]
    assert codes(make(), day, scopes=frozenset({"RE", "TR"})) == []
    assert codes(make(), day, material="UCO") == ["wrong_material"]
    assert codes(make(materials=frozenset()), day) == ["wrong_material"]
    assert codes(make(checked_on=None), day) == ["unchecked"]


def test_a_missing_date_is_no_free_pass():
    assert codes(make(valid_from=None), date(2026, 1, 10)) == ["no_validity"]
    assert codes(make(valid_to=None), date(2026, 1, 10)) == ["no_validity"]


def test_a_certificate_of_another_scheme_has_no_iscc_number():
    other = make(scheme="other", number="REDcert-EU-12/2026")
    assert codes(other, date(2026, 1, 10), scheme="other") == []
    assert codes(make(number="nonsense"), date(2026, 1, 10)) == ["bad_number"]
