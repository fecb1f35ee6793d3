# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Moves of credits between books: which are allowed at all (iscc.md 1.2, rule 9).

Only the direction of schemes is decided here; conditions between sites (rule 8) will stand
beside it.
"""


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
