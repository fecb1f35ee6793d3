# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The starter set: both copies are one, every row names its source, values are those published."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import load_tool

starter = load_tool("carbon_footprint", "starter")
gwp = load_tool("carbon_footprint", "gwp")
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "addons" / "carbon_footprint" / "tools"
TEXT = (SHIPPED / "starter_factors.csv").read_text(encoding="utf-8")
ROWS = {row.key: row for row in starter.read(TEXT)}


def test_one_source():
    name = "starter_factors.csv"
    assert (ROOT / "data" / "factors" / name).read_bytes() == (SHIPPED / name).read_bytes()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gas_gb_gross_2025", "0.18296"),
        ("gas_gb_net_2025", "0.20270"),
        ("el_gb_grid_2025", "0.177"),
        ("water_gb_supply_2025", "0.1913"),
        ("water_gb_treatment_2025", "0.17088"),
        ("diesel_gb_2025", "3203.91143"),
        ("naphtha_gb_wtt_2025", "640.41464"),
    ],
)
def test_published_values(key, value):
    assert ROWS[key].value == Decimal(value)
    assert ROWS[key].texts["gwp_set"] == "AR5"


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_every_row_names_source_and_licence_and_closes(row):
    assert row.texts["source"] and row.texts["licence"] and row.texts["source_url"]
    if row.texts["gas_basis"] == "mass":
        assert gwp.weigh(row.gases, row.texts["gwp_set"]) == row.value
    if row.texts["gas_basis"] == "co2e":
        assert abs(sum(row.gases.values()) - row.value) <= Decimal("0.000015")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kWh,2", "furlong,2", "Line 2: there is no unit furlong."),
        (",AR5,", ",AR9,", "there is no GWP set AR9"),
        (",none,,,", ",none,1,,", "gases and gas basis do not fit"),
        (",none,,,", ",litres,,,", "gases are given as none, mass, co2e, not litres"),
        ("2025-01-01", "01.01.2025", "Line 2"),
        ("0.177", "0,177", "Line 2"),
        (",2025,", ",,", "the version is empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(old, new, words):
    head = TEXT.splitlines()[0]
    line = "EL,P,electricity,kWh,2,processing,ep,2025,2025-01-01,0.177,none,,,,,,,AR5,GB,S,U,L,"
    assert starter.read(f"{head}\n{line}")
    with pytest.raises(starter.BadRow, match=words):
        starter.read(f"{head}\n{line.replace(old, new)}")


def test_fuel_properties_fit_each_other_or_say_that_they_do_not():
    with (ROOT / "data" / "factors" / "fuel_properties.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] and row["licence"] for row in rows)
    whole = [row for row in rows if row["lhv_mj_per_l"]]
    assert len(whole) == 3
    for row in whole:
        figures = (row[name] for name in ("lhv_mj_per_kg", "density_kg_per_l", "lhv_mj_per_l"))
        by_mass, density, by_volume = (Decimal(figure) for figure in figures)
        assert (abs(by_mass * density - by_volume) > 1) == row["note"].startswith("inconsistent")


def test_biogenic_co2_stands_apart_and_is_not_in_the_value():
    row = ROWS["biodiesel_us_2021"]
    assert (row.biogenic, row.value) == (Decimal("73.84"), Decimal("0.06028"))


def test_what_has_to_be_confirmed_is_no_more_than_a_draft():
    unstated = [row for row in ROWS.values() if row.texts["licence"].startswith("Not stated")]
    assert unstated and not any(row.is_settled for row in unstated)
    assert {row.texts["code"] for row in ROWS.values() if not row.is_settled} == {
        "BIODIESEL-US",
        "ETHANOL-US",
        "DIESEL-BIOGRACE",
        "EL-EU-MV",
        "N-FERTILISER",
    }


def test_tv_8_the_basis_is_part_of_the_unit():
    """TV-8: 10 000 kWh of gas by gross CV, the same number by net CV, and of electricity."""
    amounts = [
        Decimal(10000) * ROWS[key].value
        for key in ("gas_gb_gross_2025", "gas_gb_net_2025", "el_gb_grid_2025")
    ]
    assert amounts == [Decimal("1829.6"), Decimal("2027.0"), Decimal("1770.0")]
    assert round(amounts[1] / amounts[0] - 1, 3) == Decimal("0.108")


def test_tv_9_one_factor_under_two_sets():
    """TV-9: EPA's natural gas in kg/mmBtu under AR5 and AR4."""
    gases = ROWS["gas_us_gross_2021"].gases
    assert gwp.weigh(gases, "AR5") == Decimal("53.1145")
    assert gwp.weigh(gases, "AR4") == Decimal("53.1148") == ROWS["gas_us_gross_2021"].value
