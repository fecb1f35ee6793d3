# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The starter set: both copies are one, every row names its source, values are those published."""

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
    line = "EL,P,electricity,kWh,2,processing,ep,2025,2025-01-01,0.177,none,,,,AR5,GB,S,U,L,"
    assert starter.read(f"{head}\n{line}")
    with pytest.raises(starter.BadRow, match=words):
        starter.read(f"{head}\n{line.replace(old, new)}")
