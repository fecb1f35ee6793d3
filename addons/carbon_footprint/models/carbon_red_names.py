# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The words of the table of default values and of the comparators, for translation."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
NAMES = {
    "ethanol": _lt("ethanol"),
    "hydrotreated oil": _lt("hydrotreated oil"),
    "pure vegetable oil": _lt("pure vegetable oil"),
    "sugar beet": _lt("sugar beet"),
    "maize": _lt("maize"),
    "cereals other than maize": _lt("cereals other than maize"),
    "sugar cane": _lt("sugar cane"),
    "rapeseed": _lt("rapeseed"),
    "sunflower": _lt("sunflower"),
    "soybean": _lt("soybean"),
    "palm oil": _lt("palm oil"),
    "waste cooking oil": _lt("waste cooking oil"),
    "animal fat, categories 1 and 2": _lt("animal fat, categories 1 and 2"),
    "animal fat, category 3": _lt("animal fat, category 3"),
    "without biogas from slop, natural gas boiler": _lt(
        "without biogas from slop, natural gas boiler"
    ),
    "with biogas from slop, natural gas boiler": _lt("with biogas from slop, natural gas boiler"),
    "without biogas from slop, natural gas CHP": _lt("without biogas from slop, natural gas CHP"),
    "with biogas from slop, natural gas CHP": _lt("with biogas from slop, natural gas CHP"),
    "without biogas from slop, lignite CHP": _lt("without biogas from slop, lignite CHP"),
    "with biogas from slop, lignite CHP": _lt("with biogas from slop, lignite CHP"),
    "natural gas boiler": _lt("natural gas boiler"),
    "natural gas CHP": _lt("natural gas CHP"),
    "lignite CHP": _lt("lignite CHP"),
    "forest residues CHP": _lt("forest residues CHP"),
    "open effluent pond": _lt("open effluent pond"),
    "methane capture at the oil mill": _lt("methane capture at the oil mill"),
    # comparators
    "transport biofuel, RED I": _lt("transport biofuel, RED I"),
    "transport biofuel, RED II": _lt("transport biofuel, RED II"),
    "bioliquid for electricity": _lt("bioliquid for electricity"),
    "bioliquid for heat": _lt("bioliquid for heat"),
    "biomass fuel, electricity": _lt("biomass fuel, electricity"),
    "biomass fuel, electricity, outermost regions": _lt(
        "biomass fuel, electricity, outermost regions"
    ),
    "biomass fuel, heat": _lt("biomass fuel, heat"),
    "biomass fuel, heat replacing coal": _lt("biomass fuel, heat replacing coal"),
    "biomass fuel, transport": _lt("biomass fuel, transport"),
}


def get_parts(pathway) -> tuple[str, ...]:
    """Return the words that name a pathway, those it has."""
    return tuple(part for part in (pathway.fuel, pathway.feedstock, pathway.process) if part)
