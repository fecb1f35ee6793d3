# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each module uninstalls without a trace, the last of the dependency order first."""

import pytest
from plant import odoo

# PostgreSQL may be looking after the table just then, and Odoo asks for its lock without waiting:
# whoever waits for the lock first has it when Odoo asks
UNINSTALL = """
env.cr.execute("LOCK ir_module_module IN EXCLUSIVE MODE")
module = env["ir.module.module"].search([("name", "=", {name!r})])
module.button_immediate_uninstall()
left = env["ir.model.data"].search([("module", "=", {name!r})])
print("LEFT", sorted(left.mapped("complete_name")))
print("STATE", module.state)
"""
MODULES = odoo.in_order()


@pytest.fixture(scope="module")
def whole(bench):
    """An Odoo with every module of the project."""
    with bench.clone("uninstalls") as found:
        assert found.change("-i", MODULES, bench.state.log / "uninstalls.log") == []
        yield found


@pytest.mark.parametrize("name", list(reversed(MODULES)))
def test_uninstalls_without_a_trace(whole, log, tmp_path, name):
    script = tmp_path / "uninstall.py"
    script.write_text(UNINSTALL.format(name=name))
    with open(script, "rb") as stdin:
        lines = whole.run("--no-http", name="shell", log=log, stdin=stdin)
    text = log.read_text()
    assert lines == []
    assert "STATE uninstalled" in text
    assert "LEFT []" in text
