# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The form of a product footprint: what must be there, and how it is written (PACT 3.0)."""

import copy

import pytest
from conftest import load_tool

document = load_tool("carbon_pact", "document")
GOOD = {
    "id": "3a6c14a7-4deb-498a-b5ea-16ce2535b576",
    "specVersion": "3.0.3",
    "created": "2026-01-31T00:00:00Z",
    "status": "Active",
    "companyName": "Plant",
    "companyIds": ["urn:pact:plant.example:company-id:1"],
    "productDescription": "Polymer",
    "productIds": ["urn:gtin:4006381333931"],
    "productNameCompany": "PP",
    "pcf": {
        "declaredUnitOfMeasurement": "kilogram",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": "1",
        "referencePeriodStart": "2025-01-01T00:00:00Z",
        "referencePeriodEnd": "2026-01-01T00:00:00Z",
        "pcfExcludingBiogenicUptake": "1.5",
        "pcfIncludingBiogenicUptake": "1.5",
        "fossilGhgEmissions": "1.5",
        "fossilCarbonContent": "0",
        "ipccCharacterizationFactors": ["AR6"],
        "crossSectoralStandards": ["ISO14067"],
        "exemptedEmissionsPercent": "0",
    },
}


def test_a_complete_document_is_in_its_form():
    assert not document.find_problems(GOOD)


@pytest.mark.parametrize("name", document.REQUIRED)
def test_what_is_required_is_missed(name):
    without = {key: value for key, value in GOOD.items() if key != name}
    assert name in document.find_problems(without)


@pytest.mark.parametrize("name", document.PCF_REQUIRED)
def test_what_is_required_of_the_figures_is_missed(name):
    without = copy.deepcopy(GOOD)
    del without["pcf"][name]
    assert document.find_problems(without) == (f"pcf.{name}",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("declaredUnitAmount", "0"),
        ("declaredUnitAmount", 1),
        ("fossilGhgEmissions", "-1"),
        ("fossilGhgEmissions", "1e3"),
        ("fossilGhgEmissions", "1,5"),
        ("fossilGhgEmissions", ".5"),
        ("biogenicCO2Uptake", "0.1"),
        ("ipccCharacterizationFactors", ["SAR"]),
    ],
)
def test_a_wrong_form_is_found(name, value):
    wrong = copy.deepcopy(GOOD)
    wrong["pcf"][name] = value
    assert document.find_problems(wrong) == (f"pcf.{name}",)


@pytest.mark.parametrize(
    ("name", "value"), [("id", "1"), ("productIds", ["4006381333931"]), ("companyIds", ["Plant"])]
)
def test_a_wrong_name_is_found(name, value):
    assert document.find_problems(GOOD | {name: value}) == (name,)
