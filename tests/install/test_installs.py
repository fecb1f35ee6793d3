# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each module installs by itself on a bare Odoo, in dependency order.

Needs no plant: a clone of a template database that has nothing but ``base``.
"""

import pytest
from plant import odoo


@pytest.fixture(scope="module")
def bare(bench):
    """An Odoo without any of its business modules."""
    with bench.clone("installs", kind="base") as found:
        yield found


@pytest.mark.parametrize("name", odoo.in_order())
def test_installs_without_warning(bare, log, name):
    assert bare.change("-i", [name], log) == []
