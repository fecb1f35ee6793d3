# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Drive the whole chain of both demo plants through their public doors and keep the evidence.

    python scripts/check --access .run/access.json --evidence .run/evidence [dairy|polymer ...]

Exits 0 only if every statement held and the offline verifier accepts what came out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import dairy
import papers
import polymer
import prepare
from actors import Plant
from client import Refused
from evidence import Evidence, Failed

PLANTS = {
    "dairy": (dairy.drive, "company_dairy", "d1"),
    "polymer": (polymer.drive, "company_polymer", "p1"),
}


def main() -> int:
    """Drive the plants asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--access", type=Path, required=True)
    parser.add_argument("--evidence", type=Path)
    parser.add_argument(
        "--prepare", action="store_true", help="only have the drafts of the demo approved"
    )
    parser.add_argument("plants", nargs="*", default=[], metavar="PLANT")
    options = parser.parse_args()
    unknown = set(options.plants) - set(PLANTS)
    if unknown:
        parser.error(f"no such plant: {', '.join(sorted(unknown))}; there are {', '.join(PLANTS)}")
    prepare.approve_plans(options.access)
    prepare.approve_mappings(options.access)
    prepare.approve_rules(options.access)
    prepare.approve_carbon(options.access)
    if options.prepare:
        return 0
    if not options.evidence:
        parser.error("--evidence says where the evidence goes")
    results = [
        _drive(name, options.access, options.evidence / name)
        for name in options.plants or list(PLANTS)
    ]
    return 0 if all(results) else 1


def _drive(name: str, access: Path, folder: Path) -> bool:
    """Drive one plant; say what did not hold."""
    drive, company, line = PLANTS[name]
    plant = Plant(access, company, name, line)
    evidence = Evidence(name, folder)
    try:
        drive(plant, evidence)
        evidence.finish()
        papers.verify(folder)
    except (Failed, Refused) as reason:
        evidence.finish()
        print(f"[{name}] the chain does not hold: {reason}", file=sys.stderr, flush=True)
        return False
    finally:
        plant.simulator.close()
    print(f"[{name}] the chain holds; evidence in {folder}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
