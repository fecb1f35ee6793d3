# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each module installs by itself on a bare Odoo, in dependency order, and uninstalls cleanly.

Needs no plant: a clone of a template database that has nothing but ``base``.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from plant import odoo  # noqa: E402
from plant.databases import TestBench  # noqa: E402

UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", {name!r})])
module.button_immediate_uninstall()
left = env["ir.model.data"].search([("module", "=", {name!r})])
print("LEFT", sorted(left.mapped("complete_name")))
print("STATE", module.state)
"""
MODULES = odoo.in_order()


@pytest.fixture(scope="module")
def bench():
    with TestBench() as bench:
        yield bench


@pytest.fixture(scope="module")
def bare(bench):
    """An Odoo without any of its business modules."""
    with bench.clone("lifecycle", kind="base") as found:
        yield found


@pytest.fixture
def log(bench, request):
    path = bench.state.log / f"{request.node.name}.log"
    path.unlink(missing_ok=True)
    return path


@pytest.mark.parametrize("name", MODULES)
def test_installs_without_warning(bare, log, name):
    assert bare.change("-i", [name], log) == []


@pytest.mark.parametrize("name", list(reversed(MODULES)))
def test_uninstalls_without_a_trace(bare, log, tmp_path, name):
    script = tmp_path / "uninstall.py"
    script.write_text(UNINSTALL.format(name=name))
    with open(script, "rb") as stdin:
        lines = bare.run("--no-http", name="shell", log=log, stdin=stdin)
    text = log.read_text()
    assert lines == []
    assert "STATE uninstalled" in text
    assert "LEFT []" in text
