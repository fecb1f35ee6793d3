# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Attribution: rules 15 and 16 with ISCC's cracker (net certified 80 of 500)."""

import doctest
from decimal import Decimal

import pytest
from conftest import load_tool

D = Decimal

tool = load_tool("mass_balance", "attribution")
NET = D("80.000")


def cracker(dual_as_fuel="0"):
    return [
        tool.Output("a", D(100), "polymer"),
        tool.Output("b", D(100), "polymer"),
        tool.Output("dual", D(200), "dual", fuel_use=D(dual_as_fuel)),
        tool.Output("fuel", D(100), "fuel"),
    ]


def test_doctests():
    assert doctest.testmod(tool).failed == 0


def test_rule_15_proportional():
    result = tool.attribute(NET, cracker(), "proportional")
    assert result.shares == {"fuel": D(16), "a": D(16), "b": D(16), "dual": D(32)}
    assert (result.fuel_lost, result.unattributed, result.total) == (0, 0, NET)


def test_rule_15_free_fills_the_first_output():
    result = tool.attribute(NET, cracker(), "free")
    assert result.shares == {"a": D(80)}


def test_rule_15_fuel_use_excluded():
    assert tool.claimable(NET, cracker(), "fuel_excluded", "mass") == D("64.000")
    assert tool.claimable(NET, cracker("100"), "fuel_excluded", "mass") == D("48.000")
    result = tool.attribute(NET, cracker("100"), "fuel_excluded")
    assert result.shares == {"a": D(48)}
    assert result.fuel_lost == D(32)


def test_rule_15_polymers_only():
    result = tool.attribute(NET, cracker(), "polymers_only")
    assert result.shares == {"a": D(32)}
    assert result.fuel_lost == D(48)


def test_rule_15_physical_limit():
    output = tool.Output("a", D(100))
    tool.check_wish(D(100), output)
    with pytest.raises(tool.AttributionError) as caught:
        tool.check_wish(D(101), output)
    assert caught.value.code == "physical_limit"
    result = tool.attribute(D(150), [output, tool.Output("b", D(30))], "free")
    assert result.shares == {"a": D(100), "b": D(30)}
    assert result.unattributed == D(20)


def test_an_output_that_already_carries_a_claim_takes_only_the_rest():
    outputs = [tool.Output("a", D(100), capacity=D(15)), tool.Output("b", D(100))]
    assert tool.attribute(NET, outputs, "free").shares == {"a": D(15), "b": D(65)}


def test_residues_carry_nothing_and_weigh_nothing():
    outputs = [tool.Output("a", D(90)), tool.Output("waste", D(10), "residue")]
    assert tool.attribute(D(9), outputs, "proportional").shares == {"a": D(9)}
    assert tool.attribute(D(99), outputs, "free").shares == {"a": D(90)}


def test_rule_16_basis():
    def shown(basis, own, reference):
        return tool.shown(tool.equivalent(D(100), basis, D(own), D(reference)))

    assert shown("mass", "1", "1") == D("100.000")
    assert shown("lhv", "50", "44") == D("113.636")
    assert shown("carbon", "0.7487", "0.84") == D("89.131")
    # Molar: a mole of methane weighs 16.043, of methanol 32.042.
    assert shown("molar", "16.043", "32.042") == D("199.726")


def test_rule_16_proportional_by_energy():
    outputs = [tool.Output("a", D(100), lhv=D(40)), tool.Output("b", D(100), lhv=D(10))]
    assert tool.attribute(D(10), outputs, "proportional", "lhv").shares == {"a": D(8), "b": D(2)}


def test_rule_16_proportional_by_moles():
    outputs = [tool.Output("a", D(10), molar_mass=D(10)), tool.Output("b", D(10), molar_mass=D(40))]
    assert tool.attribute(D(10), outputs, "proportional", "molar").shares == {"a": D(8), "b": D(2)}


@pytest.mark.parametrize("basis", ["lhv", "carbon", "molar"])
def test_a_missing_figure_is_an_error_not_one(basis):
    with pytest.raises(tool.AttributionError) as caught:
        tool.attribute(D(10), [tool.Output("a", D(100))], "proportional", basis)
    assert caught.value.code == "no_figure"
    with pytest.raises(tool.AttributionError):
        tool.equivalent(D(1), basis, D(1), None)


def test_rounding_goes_down_and_the_rest_is_named():
    outputs = [tool.Output(key, D(100)) for key in "abc"]
    result = tool.attribute(D("10.000"), outputs, "proportional")
    assert result.shares == {key: D("3.333") for key in "abc"}
    assert result.unattributed == D("0.001")


def test_nothing_produced_and_unknown_approach():
    for outputs, attribution, code in (
        ([], "proportional", "no_output"),
        ([tool.Output("w", D(5), "residue")], "free", "no_output"),
        (cracker(), "as_you_like", "unknown_attribution"),
    ):
        with pytest.raises(tool.AttributionError) as caught:
            tool.attribute(NET, outputs, attribution)
        assert caught.value.code == code


@pytest.mark.parametrize("attribution", tool.ATTRIBUTIONS)
def test_every_gram_is_accounted_for(attribution):
    for net in ("0.001", "79.999", "333.333", "500.000"):
        result = tool.attribute(D(net), cracker("37.5"), attribution)
        assert result.total + result.fuel_lost + result.unattributed == D(net)
        limits = {output.key: output.quantity for output in cracker()}
        assert all(part <= limits[key] for key, part in result.shares.items())
