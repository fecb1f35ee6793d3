# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import json
import os
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path

from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools import chain

from .common import CarbonCase

RUNNER = Path(__file__).parent / "lca_run.py"


class TestCarbonLca(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.film = cls._make_product("Film", tracking="lot", lhv=44.0)

    def make_footprint(self):
        """A batch that consumed another one, both with a co-product."""
        order = self.make_fossil_order(by_products=[(self.gas, 100.0)])
        self.count_all(order)
        self.finish(order)
        return self.make_second(order, self.film)

    def answer(self, footprint, **vals):
        return json.dumps(
            {
                "format": "batchproof-lca-result/1",
                "footprint": footprint.name,
                "snapshot_sha256": chain.digest(footprint._snapshot()),
                "method": "GWP100, AR5",
                "score": "12.5",
                "unit": "kg CO2e",
                "software": "bw2calc 3.1.0",
            }
            | vals
        ).encode()

    def test_brightway_reproduces_the_figure(self):
        python = os.environ.get("BATCHPROOF_LCA_PYTHON")
        if not python:
            self.skipTest("BATCHPROOF_LCA_PYTHON is not set: run the tests by scripts/test.")
        footprint = self.make_footprint()
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "inventory.xlsx"
            place.write_bytes(base64.b64decode(footprint.lca_file))
            arguments = (footprint._get_lca_database(), f"batch-{footprint.id}")
            done = subprocess.run(
                [python, RUNNER, place, *arguments, str(footprint.quantity_kg)],
                capture_output=True,
                text=True,
                timeout=120,
            )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        found = json.loads(done.stdout)
        self.assertEqual(found["unlinked"], 0)
        # Brightway keeps what a flow weighs in single precision
        self.assertAlmostEqual(found["score"] / footprint.product_kg_co2e, 1, delta=2e-7)
        self.env["carbon.lca.result"].with_user(self.manager)._import(
            footprint, self.answer(footprint, score=repr(found["score"])), "result.json"
        )
        self.assertEqual(footprint.lca_result_ids.score, found["score"])

    def test_a_result_stands_beside_the_footprint_and_never_changes(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        before = footprint.product_kg_co2e
        wizard = self.env["carbon.lca.import"].with_user(self.manager)
        file = base64.b64encode(self.answer(footprint))
        action = wizard.create(
            {"footprint_id": footprint.id, "file": file, "filename": "r.json"}
        ).action_import()
        result = self.env["carbon.lca.result"].browse(action["res_id"])
        self.assertEqual((result.score, result.imported_by_id), (12.5, self.manager))
        self.assertIn("LCA of", result.display_name)
        self.assertEqual(footprint.product_kg_co2e, before)
        with self.assertRaisesRegex(UserError, "is frozen"):
            result.score = 1.0
        with self.assertRaisesRegex(UserError, "is frozen"):
            result.unlink()
        with self.assertRaisesRegex(UserError, "imported from its file"):
            result.with_user(self.manager).create({"footprint_id": footprint.id})
        self.assertEqual(result.with_user(self.auditor).method, "GWP100, AR5")
        with self.assertRaises(AccessError):
            result.with_user(self.stranger).read(["score"])

    def test_what_is_refused(self):
        order = self.make_fossil_order()
        self.count_all(order)
        footprint = self.finish(order)
        results = self.env["carbon.lca.result"].with_user(self.manager)
        for content, words in (
            (b"no json", "The file is no JSON"),
            (b"[]", "does not say that its format"),
            (self.answer(footprint, score="n/a"), "is no figure"),
            (self.answer(footprint, unit=""), "does not say: unit"),
            (self.answer(footprint, snapshot_sha256="00"), "The file belongs to"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                results._import(footprint, content, "r.json")
        with self.assertRaisesRegex(AccessError, "sustainability manager"):
            results.with_user(self.worker)._import(footprint, self.answer(footprint), "r.json")
        gap = self.finish(self.make_order([(self.make_lot(self.bio, "B9", 9.0), 9.0)]))
        self.assertFalse(gap.lca_file)
        with self.assertRaisesRegex(UserError, "its inventory is too"):
            gap.action_export_lca()

    def test_the_inventory_closes(self):
        footprint = self.make_footprint()
        processes = {process.code: process for process in footprint._get_lca_processes()}
        weights = {"co2": 1, "ch4": 28, "n2o": 265, "co2e": 1}

        def emitted(code):
            process = processes[code]
            own = sum(kg * weights[flow] for flow, kg in process.emissions)
            used = sum(emitted(use.code) * use.amount for use in process.uses)
            return (own + used) / process.amount

        figure = emitted(f"batch-{footprint.id}") * Decimal(repr(footprint.quantity_kg))
        self.assertLess(abs(figure - Decimal(repr(footprint.product_kg_co2e))), Decimal("0.0001"))
