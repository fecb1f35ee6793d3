# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Import a workbook with bw2io and let Brightway calculate; runs in an environment of its own.

``lca_run.py WORKBOOK DATABASE CODE AMOUNT`` writes the score as JSON; the characterisation is read
from the sheet that the importer skips.
"""

import contextlib
import json
import os
import sys
import tempfile


def main(workbook, database, code, amount):
    """Import, calculate, print."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        os.environ["BRIGHTWAY2_DIR"] = folder
        import bw2calc
        import bw2data
        import bw2io
        import openpyxl

        bw2data.projects.set_current("batchproof")
        importer = bw2io.ExcelImporter(workbook)
        importer.apply_strategies()
        importer.match_database(fields=["code"])
        unlinked = list(importer.unlinked)
        importer.write_database()
        rows = openpyxl.load_workbook(workbook, data_only=True)["GWP"].iter_rows(values_only=True)
        nodes = {node["code"]: node for node in bw2data.Database(database)}
        weights = [((database, row[0]), float(row[2])) for row in rows if row[0] in nodes]
        name = ("batchproof", "GWP100")
        bw2data.Method(name).register(unit="kg CO2e")
        bw2data.Method(name).write(weights)
        demand, data, _remapping = bw2data.prepare_lca_inputs(
            {nodes[code]: float(amount)}, method=name
        )
        lca = bw2calc.LCA(demand, data_objs=data)
        lca.lci()
        lca.lcia()
        result = {"score": lca.score, "unlinked": len(unlinked), "activities": len(nodes)}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
