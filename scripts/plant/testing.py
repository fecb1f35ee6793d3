# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``scripts/test``: sections in order, one closing line."""

import argparse
import sys

from . import odoo_tests, processes
from .console import Failure


def main():
    """Entry point of ``scripts/test``."""
    processes.catch_signals()
    parser = argparse.ArgumentParser(prog="scripts/test")
    parser.add_argument("section", nargs="?", default="all")
    parser.add_argument("-m", "--module", action="append", default=[])
    options, rest = parser.parse_known_args()
    try:
        return int(odoo_tests.run(options.module, rest))
    except Failure as failure:
        print(f"scripts/test: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
