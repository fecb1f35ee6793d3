# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The examples in the docstrings are true."""

import doctest

import pytest
from conftest import load_tool

TOOLS = (
    "allocation", "basis", "compare", "counter", "covering", "declared", "factor_cells",
    "factor_defra_full", "factor_epa_about", "factor_file", "factor_lca", "factor_words",
    "footprint", "gwp", "lca", "pcf", "picture", "picture_paper", "red", "red_chain",
    "red_check", "red_pathway", "red_products", "red_templates", "red_values", "red_worksheet",
    "sharing", "starter", "tree", "uncertainty", "vector",
)  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_examples(tool):
    result = doctest.testmod(
        load_tool("carbon_footprint", tool), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted and not result.failed
