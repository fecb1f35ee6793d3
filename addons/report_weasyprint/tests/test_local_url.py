# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import doctest

from ..tools import engine, local_url


def load_tests(loader, tests, ignore):
    """Run the examples of the tools as tests."""
    tests.addTests(doctest.DocTestSuite(local_url))
    tests.addTests(doctest.DocTestSuite(engine))
    return tests
