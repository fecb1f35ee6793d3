# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Usual pathways as a form to fill in: steps, products, inputs and units, and no invented figure.

The only figures are heating values of RED II Annex III. Names are codes that the caller words in
the language of its reader; every quantity is the plant's own.

>>> [item.code for item in TEMPLATES]
['oilseed_fame', 'waste_fame', 'oilseed_hvo', 'waste_hvo', 'oilseed_pvo', 'grain_ethanol',
 'beet_ethanol', 'cane_ethanol', 'crop_biomethane', 'manure_biomethane']
>>> [step.name for step in by_code("waste_fame").steps][:3]
['collection', 'road', 'esterification']
"""

from dataclasses import dataclass

Facts = dict[str, str | float | bool]


@dataclass(frozen=True)
class Step:
    """One step to fill in; `outputs` and `inputs` hold facts whose `name` is a code."""

    name: str
    kind: str
    outputs: tuple[Facts, ...] = ()
    inputs: tuple[Facts, ...] = ()


@dataclass(frozen=True)
class Template:
    """A pathway to fill in, with what its feedstock is."""

    code: str
    feedstock_kind: str
    steps: tuple[Step, ...]


def _made(name: str, **facts) -> Facts:
    return {"name": name, **facts}


def _used(name: str, unit: str = "kg", **facts) -> Facts:
    return {"name": name, "unit": unit, **facts}


def _gas(name: str, gas: str) -> Facts:
    return _used(name, kind="gas", gas=gas)


POWER = _used("electricity", "kWh")
HEAT = _used("natural_gas", "MJ_net")
POWER_PER_MJ = _used("electricity", "kWh", basis="mj")
LEG = _used("lorry", "tkm", kind="transport", basis="t")
FAME = _made("fame", lhv=37.0)
ETHANOL = _made("ethanol", lhv=27.0)
HVO = _made("hvo", lhv=44.0)
FIELD = (
    _used("diesel", "MJ_net"),
    *(_used(name) for name in ("n", "p2o5", "k2o", "cao", "pesticides", "seed")),
    _gas("field_n2o", "n2o"),
)
ROAD = Step("road", "transport", inputs=(LEG,))
DELIVERY = (
    Step("delivery", "transport", inputs=(LEG,)),
    Step("depot", "depot", inputs=(POWER_PER_MJ,)),
    Step("filling", "filling", inputs=(POWER_PER_MJ,)),
)
MILL = Step("oil_mill", "processing", (_made("oil"), _made("cake")), (POWER, HEAT, _used("hexane")))
ESTERIFICATION = Step(
    "esterification",
    "processing",
    (FAME, _made("glycerol")),
    (POWER, HEAT, _used("methanol"), _used("chemicals")),
)
HYDROTREATING = Step(
    "hydrotreating", "processing", (HVO, _made("light_ends")), (POWER, HEAT, _used("hydrogen"))
)
UPGRADING = (
    Step("upgrading", "processing", (_made("biomethane"),), (POWER, _gas("methane_slip", "ch4"))),
    Step("filling", "filling", inputs=(POWER_PER_MJ,)),
)


def _field(crop: str) -> Step:
    return Step("cultivation", "cultivation", (_made(crop),), FIELD)


def _dried(crop: str) -> tuple[Step, ...]:
    power, heat = ({**line, "basis": "t"} for line in (POWER, HEAT))
    drying = Step("drying", "drying", inputs=(power, heat))
    return (_field(crop), drying, ROAD)


def _collected(waste: str) -> tuple[Step, ...]:
    return (Step("collection", "collection", (_made(waste),)), ROAD)


def _distilled(*by_products: Facts, credit: bool = False) -> Step:
    inputs = (POWER, HEAT, _used("chemicals"))
    if credit:
        inputs = (_used("chemicals"), _used("surplus_power", "kWh", kind="credit"))
    return Step("ethanol_plant", "processing", (ETHANOL, *by_products), inputs)


def _digested(*inputs: Facts) -> Step:
    products = (_made("biogas"), _made("digestate", is_waste=True))
    return Step(
        "digestion", "processing", products, (POWER, HEAT, _gas("methane_slip", "ch4"), *inputs)
    )


MANURE = _used("manure_credit", "MJ_net", kind="manure", term="esca")
REFINING = Step("refining", "processing", (_made("refined_oil"),), (POWER, HEAT))
BAGASSE = _made("bagasse", is_waste=True)
TEMPLATES: tuple[Template, ...] = (
    Template("oilseed_fame", "crop", (*_dried("seeds"), MILL, ESTERIFICATION, *DELIVERY)),
    Template("waste_fame", "residue", (*_collected("used_oil"), ESTERIFICATION, *DELIVERY)),
    Template("oilseed_hvo", "crop", (*_dried("seeds"), MILL, HYDROTREATING, *DELIVERY)),
    Template("waste_hvo", "residue", (*_collected("used_oil"), HYDROTREATING, *DELIVERY)),
    Template("oilseed_pvo", "crop", (*_dried("seeds"), MILL, REFINING, *DELIVERY)),
    Template("grain_ethanol", "crop", (*_dried("grain"), _distilled(_made("ddgs")), *DELIVERY)),
    Template("beet_ethanol", "crop", (_field("beet"), ROAD, _distilled(_made("pulp")), *DELIVERY)),
    Template(
        "cane_ethanol",
        "crop",
        (_field("cane"), ROAD, _distilled(BAGASSE, credit=True), *DELIVERY),
    ),
    Template("crop_biomethane", "crop", (_field("silage"), ROAD, _digested(), *UPGRADING)),
    Template(
        "manure_biomethane", "residue", (*_collected("manure"), _digested(MANURE), *UPGRADING)
    ),
)


def by_code(code: str | bool) -> Template | None:
    """Return the template of this code, None where there is none."""
    return next((item for item in TEMPLATES if item.code == code), None)
