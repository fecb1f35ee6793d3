# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Is a declared E plausible? What a public registry of biofuels looks at, as findings.

`block`: such a figure cannot be right and is not declared. `flag`: somebody has to look at it.
`warn`: unusual, said beside the figure. The limits are those the French registry applies.

>>> terms = Terms(eec=Decimal("0"), ep=Decimal("20"), etd=Decimal("1.8"))
>>> [(f.severity, f.code) for f in check(terms, Decimal("0.7"), "crop")]
[('block', 'eec_of_crop_is_nil')]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .red import Comparator, Conversion, Terms, carrier
from .red_values import Pathway

UNUSUAL_SAVING = Decimal("0.99")
LOWEST, HIGHEST = Decimal("0.7"), Decimal("1.3")


@dataclass(frozen=True)
class Finding:
    """One doubt: how grave, a code for programs, a sentence for people."""

    severity: str
    code: str
    sentence: str


def check(
    terms: Terms, saving: Decimal, feedstock_kind: str, pathways: Sequence[Pathway] = ()
) -> tuple[Finding, ...]:
    """Return what is implausible; `pathways` are those of the same fuel and feedstock."""
    found = [*_saving(saving), *_positive(terms), *_origin(terms, feedstock_kind)]
    return tuple([*found, *_range(terms, pathways)])


def is_blocked(findings: Sequence[Finding]) -> bool:
    """Return whether any finding forbids to declare."""
    return any(finding.severity == "block" for finding in findings)


def check_conversion(comparator: Comparator, conversion: Conversion | None) -> tuple[Finding, ...]:
    """Return the doubt about electricity or heat whose efficiency nobody stated.

    >>> from .red import COMPARATORS
    >>> [finding.code for finding in check_conversion(COMPARATORS["heat"], None)]
    ['no_efficiency']
    """
    if carrier(comparator) == "fuel" or conversion is not None:
        return ()
    sentence = (
        f"No efficiency is stated: E is held against the comparator of {carrier(comparator)} as if "
        "the conversion of the fuel lost nothing."
    )
    return (Finding("warn", "no_efficiency", sentence),)


def check_edition(kinds: Mapping[str, str], comparator: Comparator) -> tuple[Finding, ...]:
    """Return the doubt about default values of RED II beside the comparator of RED I.

    >>> from .red import COMPARATORS
    >>> found = check_edition({"eec": "default"}, COMPARATORS["transport_red1"])
    >>> [finding.code for finding in found], check_edition({"eec": "actual"}, found)
    (['default_of_another_edition'], ())
    """
    used = [term for term, kind in kinds.items() if kind == "default"]
    if not used or comparator.code != "transport_red1":
        return ()
    sentence = (
        f"{', '.join(used)} is a default value of RED II, but the fuel was delivered under RED I: "
        "its defaults are others."
    )
    return (Finding("flag", "default_of_another_edition", sentence),)


def check_credits(names: Sequence[str], comparator: Comparator) -> tuple[Finding, ...]:
    """Return the doubt about credits for surplus electricity, which RED II no longer knows.

    >>> from .red import COMPARATORS
    >>> [finding.severity for finding in check_credits(["power"], COMPARATORS["transport_red2"])]
    ['flag']
    >>> check_credits(["power"], COMPARATORS["transport_red1"])
    ()
    """
    if not names or comparator.code == "transport_red1":
        return ()
    sentence = (
        f"{', '.join(names)} is credited; RED II has no credit for surplus electricity: divide the "
        "emissions of the cogeneration between electricity and heat instead."
    )
    return (Finding("flag", "surplus_electricity", sentence),)


def _saving(saving: Decimal) -> list[Finding]:
    percent = f"{saving * 100:.2f}"
    if saving >= 1:
        sentence = f"A saving of {percent} % means that the fuel emits nothing: look at its terms."
        return [Finding("flag", "saving_is_total", sentence)]
    if saving > UNUSUAL_SAVING:
        return [Finding("warn", "saving_is_unusual", f"A saving of {percent} % is unusual.")]
    return []


def _positive(terms: Terms) -> list[Finding]:
    return [
        Finding(
            "block",
            f"{name}_is_not_positive",
            f"{name} is {value} g CO2eq/MJ; every fuel is processed and transported, so it is "
            "above zero.",
        )
        for name, value in (("ep", terms.ep), ("etd", terms.etd))
        if value is not None and value <= 0
    ]


def _origin(terms: Terms, feedstock_kind: str) -> list[Finding]:
    if terms.eec is None:
        return []
    if feedstock_kind == "crop" and terms.eec == 0:
        sentence = "eec is 0 for a crop: cultivation always emits."
        return [Finding("block", "eec_of_crop_is_nil", sentence)]
    if feedstock_kind == "residue" and terms.eec != 0:
        sentence = (
            f"eec is {terms.eec} g CO2eq/MJ for a waste or residue, whose emissions begin with "
            "its transport from the point of origin."
        )
        return [Finding("warn", "eec_of_residue", sentence)]
    return []


def _range(terms: Terms, pathways: Sequence[Pathway]) -> list[Finding]:
    known = [p.typical["eec"] for p in pathways] + [p.default["eec"] for p in pathways]
    if terms.eec is None or not known or not max(known):
        return []
    low, high = min(known) * LOWEST, max(known) * HIGHEST
    if low <= terms.eec <= high:
        return []
    sentence = f"eec is {terms.eec} g CO2eq/MJ; for this pathway {low} to {high} is usual."
    return [Finding("warn", "eec_is_unusual", sentence)]
