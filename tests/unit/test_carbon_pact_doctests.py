# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The examples in the docstrings are true."""

import doctest

import pytest
from conftest import load_tool

TOOLS = (
    "backoff",
    "cloudevent",
    "criteria",
    "document",
    "figures",
    "peer_url",
    "received",
    "urn",
    "validity",
)


load_tool("carbon_footprint", "pcf")  # its package, which the figures import from


@pytest.mark.parametrize("tool", TOOLS)
def test_examples(tool):
    result = doctest.testmod(
        load_tool("carbon_pact", tool), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.attempted and not result.failed
