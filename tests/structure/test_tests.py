# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A test says what it expects: in its own body, or by a helper whose name says that it asserts."""

import ast

import pytest
from house import ROOT, parse

FILES = [*ROOT.glob("addons/*/tests/test_*.py"), *ROOT.glob("tests/*/test_*.py")]
EXPECTING = ("assert", "fail", "raises", "start_tour", "browser_js")


def _expects(node) -> bool:
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return name.startswith(EXPECTING)
    return isinstance(node, ast.Assert)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_test_expects_something(path):
    silent = [
        node.name
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if not any(map(_expects, ast.walk(node)))
    ]
    assert not silent
