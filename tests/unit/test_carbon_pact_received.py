# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a supplier sends: whatever it is, it is used or refused by a code, never an error."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

load_tool("carbon_footprint", "pcf")  # its package, which the figures import from
received = load_tool("carbon_pact", "received")
SUPPLIER, PRODUCT = ("urn:pact:a.example:1",), ("urn:gtin:4712345060507",)
GOOD = {
    "id": "3a6c14a7-4deb-498a-b5ea-16ce2535b576",
    "specVersion": "3.0.3",
    "created": "2026-01-31T00:00:00Z",
    "status": "Active",
    "companyName": "A",
    "companyIds": list(SUPPLIER),
    "productDescription": "Bio naphtha",
    "productIds": list(PRODUCT),
    "productNameCompany": "N",
    "pcf": {
        "declaredUnitOfMeasurement": "liter",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "0.7",
        "referencePeriodStart": "2024-01-01T00:00:00Z",
        "referencePeriodEnd": "2025-01-01T00:00:00Z",
        "pcfExcludingBiogenicUptake": "0.42",
        "pcfIncludingBiogenicUptake": "0.05",
        "fossilGhgEmissions": "0.42",
        "fossilCarbonContent": "0",
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["PACT-3.0"],
        "exemptedEmissionsPercent": "0",
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def with_pcf(**changed):
    content = copy.deepcopy(GOOD)
    content["pcf"] |= changed
    return content


def codes(content):
    return [fault.code for fault in received.find_faults(content, SUPPLIER, PRODUCT)]


def test_one_kg_of_a_liter():
    assert not codes(GOOD)
    value = received.get_value(GOOD)
    assert value.kg_co2e == Decimal("0.6")
    # the uptake is not stated: it is the difference of the two totals
    assert value.removed == round(Decimal("0.37") / Decimal("0.7"), 12)
    assert (value.region, value.pedigree) == ("Global", "")
    assert (value.valid_from, value.valid_to) == (date(2025, 1, 1), date(2027, 12, 31))


def test_validity_and_place_as_stated():
    content = with_pcf(geographyCountrySubdivision="AT-9")
    content |= {
        "validityPeriodStart": "2025-03-01T00:00:00+01:00",
        "validityPeriodEnd": "2026-01-01T12:00:00Z",
    }
    value = received.get_value(content)
    assert (value.region, value.valid_from) == ("AT-9", date(2025, 2, 28))
    assert value.valid_to == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("excluding", "including", "uptake", "carbon"),
    [
        ("5.14", "-14.22", "-19.36", "5.28"),
        ("77", "77", "0", "0"),
        ("0.42", "0.05", "-0.37", "0.1"),
        ("0.384", "-1.23", "-1.61", "0.44"),
    ],
)
def test_tv7_the_published_examples_pass_and_without_their_uptake_too(
    excluding, including, uptake, carbon
):
    content = with_pcf(
        pcfExcludingBiogenicUptake=excluding,
        pcfIncludingBiogenicUptake=including,
        biogenicCO2Uptake=uptake,
        biogenicCarbonContent=carbon,
    )
    assert not codes(content)
    wrong = copy.deepcopy(content)
    wrong["pcf"]["pcfIncludingBiogenicUptake"] = str(Decimal(including) + 1)
    assert "identity" in codes(wrong)
    wrong["pcf"] |= {"biogenicCarbonContent": "9"}
    assert codes(wrong).count("identity") == 2


def test_a_taken_up_figure_above_zero_is_no_uptake():
    assert codes(with_pcf(pcfIncludingBiogenicUptake="0.5")) == ["identity"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"companyIds": ["urn:pact:b.example:1"]}, "company"),
        ({"productIds": ["urn:gtin:4712345060508"]}, "product"),
        ({"specVersion": "2.3.0"}, "form"),
        ({"status": "active"}, "form"),
        ({"created": "today"}, "form"),
        ({"companyIds": "urn:pact:a.example:1"}, "form"),
        ({"precedingPfIds": [1]}, "form"),
        ({"validityPeriodStart": ""}, "form"),
        ({"validityPeriodEnd": "2024-06-01T00:00:00Z"}, "validity"),
    ],
)
def test_a_fault_has_its_code(changed, code):
    assert codes(GOOD | changed) == [code]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"pcfExcludingBiogenicUptake": "9" * 60}, "form"),
        ({"productMassPerDeclaredUnit": "0." + "0" * 56 + "1"}, "mass"),
        ({"referencePeriodEnd": "9999-01-01T00:00:00Z"}, "form"),
        ({"geographyCountry": "A\x00"}, "form"),
        ({"geographyCountry": "Austria"}, "form"),
        ({"geographyRegionOrSubregion": "Atlantis"}, "form"),
    ],
)
def test_what_is_out_of_all_proportion_is_refused(changed, code):
    assert codes(with_pcf(**changed)) == [code]


def test_the_noise_of_binary_fractions_is_no_contradiction():
    content = with_pcf(
        pcfExcludingBiogenicUptake="5.140000000000001",
        pcfIncludingBiogenicUptake="-14.219999999999999",
        biogenicCO2Uptake="-19.360000000000003",
        biogenicCarbonContent="5.28",
    )
    assert not codes(content)
    content["pcf"]["pcfIncludingBiogenicUptake"] = "-14.21999"
    assert codes(content) == ["identity"]
    long = "0." + "1234567890" * 5
    assert not codes(with_pcf(pcfExcludingBiogenicUptake=long, pcfIncludingBiogenicUptake=long))


@given(JSON)
def test_any_json_is_refused_without_an_error(content):
    assert codes(content) == ["form"]
    assert received.names(content, "productIds") == ()


@given(st.sampled_from(sorted(GOOD)), st.sampled_from(sorted(GOOD["pcf"])), JSON)
def test_any_json_in_any_place_is_used_or_refused(name, pcf_name, value):
    for content in (GOOD | {name: value}, with_pcf(**{pcf_name: value})):
        if not codes(content):
            assert received.get_value(content).kg_co2e is not None
            assert received.find_warnings(content) is not None
