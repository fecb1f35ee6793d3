# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Moves of credits between books: which are allowed at all (ISCC PLUS 9.4; rules 8 and 9)."""

from dataclasses import dataclass

from .neighbours import is_near

# Scopes without a plant or a store of their own: traders on paper, farms, origins of waste and
# the offices of their groups. A site certified for nothing else takes no part in transfers.
SCOPES_WITHOUT_STORE = frozenset({"tr", "fa", "po", "cof", "cop"})


@dataclass(frozen=True)
class Site:
    """What the rule asks of one side: where it is, whose, and which book is meant there.

    `group` names the corporate group; `product` is everything of the pool key but company, site
    and scheme; `scopes` are the codes of the certificate that is valid at the site on that day.
    """

    code: str
    scheme: str
    group: str
    country: str
    product: tuple
    scopes: frozenset[str] = frozenset()


def scheme_problem(source: str, target: str) -> str:
    """Return why credits may not go from one scheme to another; empty when they may.

    >>> scheme_problem("iscc_eu", "iscc_plus")
    ''
    >>> scheme_problem("iscc_plus", "iscc_eu")
    'downgrade_only'
    """
    if (source, target) == ("iscc_eu", "iscc_plus"):
        return ""
    return "same_scheme" if source == target else "downgrade_only"


def site_problem(source: Site, target: Site, extra: frozenset[frozenset[str]] = frozenset()) -> str:
    """Return why credits may not go from one site to another; empty when they may (rule 8).

    All conditions are needed: ISCC PLUS on both sides, a plant or a store, one corporate group,
    one country or neighbours, the same product. `extra` names further pairs of countries.

    >>> wesseling = Site("A", "iscc_plus", "g", "DE", ("bio", "PP"), frozenset({"pyp"}))
    >>> rotterdam = Site("B", "iscc_plus", "g", "NL", ("bio", "PP"), frozenset({"pyp"}))
    >>> tarragona = Site("C", "iscc_plus", "g", "ES", ("bio", "PP"), frozenset({"pyp"}))
    >>> site_problem(wesseling, rotterdam), site_problem(wesseling, tarragona)
    ('', 'country')
    """
    conditions = (
        ("same_site", source.code != target.code),
        ("scheme", (source.scheme, target.scheme) == ("iscc_plus", "iscc_plus")),
        ("group", bool(source.group) and source.group == target.group),
        ("no_country", bool(source.country and target.country)),
        ("country", is_near(source.country, target.country, extra)),
        ("product", source.product == target.product),
        ("scope", all(side.scopes - SCOPES_WITHOUT_STORE for side in (source, target))),
    )
    return next((code for code, holds in conditions if not holds), "")
