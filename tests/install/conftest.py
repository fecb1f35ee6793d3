# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Databases of the install tests; the two files run side by side, each on one of its own."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from plant.databases import TestBench  # noqa: E402


@pytest.fixture(scope="module")
def bench():
    with TestBench() as bench:
        yield bench


@pytest.fixture
def log(bench, request):
    path = bench.state.log / f"{request.node.name}.log"
    path.unlink(missing_ok=True)
    return path
