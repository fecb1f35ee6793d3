# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Load the pure logic of a module without Odoo: its package imports models, its tools do not."""

import importlib
import sys
import types
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def _package(name: str, folder: Path) -> None:
    """Register an empty package, so that `odoo.addons.x.tools` imports without x/__init__.py."""
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def load_tool(module: str, tool: str) -> types.ModuleType:
    """Return `addons/<module>/tools/<tool>.py`, importable side by side with other tools."""
    _package("odoo", ADDONS / "..")
    _package("odoo.addons", ADDONS)
    _package(f"odoo.addons.{module}", ADDONS / module)
    _package(f"odoo.addons.{module}.tools", ADDONS / module / "tools")
    return importlib.import_module(f"odoo.addons.{module}.tools.{tool}")
