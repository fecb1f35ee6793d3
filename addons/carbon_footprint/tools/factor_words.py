# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sentences that say why a row of a file is no factor, and what to do about it.

The readers name a sentence and its details; whoever shows it translates it first.
"""


def _lt(sentence: str) -> str:
    """Mark a sentence for translation."""
    return sentence


REASONS: dict[str, str] = {
    "blank": _lt("The file states no figure here. Nothing is to be done."),
    "formula": _lt(
        "“%(cell)s” is a formula without a stored result: open the file in a spreadsheet program, "
        "save it, and import it again."
    ),
    "day": _lt("The cell holds the day %(cell)s, not a figure: correct the cell in the file."),
    "error": _lt("The cell holds the error %(cell)s: correct the formula in the file."),
    "two_ways": _lt(
        "“%(cell)s” can be read as thousands and as decimals, and no other figure of the column "
        "shows which: write it without a mark for thousands."
    ),
    "no_figure": _lt("“%(cell)s” is no figure: correct the cell, or leave it empty."),
    "negative": _lt("%(cell)s is negative; a factor is not: correct the figure."),
    "unit": _lt(
        "The unit “%(unit)s” is not known here, or does not say its basis (gross or net calorific "
        "value, dry or wet): take another row of the same thing, or enter the factor by hand."
    ),
    "outside": _lt(
        "It stands outside of the scopes, and no fuel of this name and unit takes the biogenic CO2 "
        "along: enter it beside the value of its factor by hand."
    ),
    "scope": _lt("The scope “%(scope)s” is none of 1, 2 and 3: enter the factor by hand."),
    "twice": _lt(
        "It stands in row %(other)s too, with %(there)s instead of %(here)s: keep the right one."
    ),
    "gases": _lt(
        "Its gases weigh %(sum)s kg CO2e under %(set)s, its value is %(value)s: choose the GWP set "
        "of the file, or correct the figures."
    ),
    "gwp_set": _lt("The file does not name its GWP set: choose it for the file."),
    "set_differs": _lt(
        "The file names the potentials of %(here)s, not of %(chosen)s: leave the GWP set empty, "
        "and restate the factors afterwards."
    ),
    "code": _lt("The code is missing: enter one in the file."),
    "name": _lt("The name is missing: enter one in the file."),
    "version": _lt("The edition is not known: enter it for the file."),
    "source": _lt("The source is not known: enter it for the file."),
    "licence": _lt("The licence is not known: enter it for the file."),
    "table": _lt(
        "%(table)s is not read: it does not state CO2, CH4 and N2O of one thing together. Enter "
        "what you need of it by hand."
    ),
    "gas_blank": _lt("CO2, CH4 or N2O has no figure. Nothing is to be done."),
    "rate_unit": _lt(
        "The heading does not say in which unit it counts (lb/MWh, lb/GWh): take the workbook as "
        "it is published."
    ),
    "inputs": _lt(
        "It has inputs from other activities (%(inputs)s): calculate it in the LCA program and "
        "import the result as a characterised list."
    ),
    "no_amount": _lt("It does not say how much it makes: export it with its production."),
    "flow": _lt("“%(flow)s” has no amount in kg: correct it in the LCA program."),
    "no_gas": _lt("It emits no greenhouse gas that is known here: enter the factor by hand."),
    "row": _lt("%(problem)s: correct the row."),
}


def sentence(key: str, detail: dict[str, str]) -> str:
    """Return the sentence in English.

    >>> sentence("negative", {"cell": "-1"})
    '-1 is negative; a factor is not: correct the figure.'
    """
    return REASONS[key] % detail
