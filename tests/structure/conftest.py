# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every test that asks for `module` runs once for each add-on."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from house import MODULES  # noqa: E402


def pytest_generate_tests(metafunc):
    """Run over the modules that are there."""
    if "module" in metafunc.fixturenames:
        metafunc.parametrize("module", MODULES, ids=[module.name for module in MODULES])
