# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bio-attributed polypropylene, from the supplier's declaration to the plant's own."""

from __future__ import annotations

import time
from typing import Any

import papers
import trade
from actors import Plant
from batch import Batch
from evidence import Evidence, require

PROCESS_TYPE = "polypropylene"
BIO_KG, FOSSIL_KG, PRODUCT_KG = 200, 800, 850
SOLD_KG = 100
STAGES = ["feed", "polymerisation", "extrusion"]


def drive(plant: Plant, evidence: Evidence) -> None:
    """Drive the polymer plant's chain once; raise at the first statement that does not hold."""
    stamp = time.strftime("%y%m%d-%H%M%S", time.gmtime())
    _receive_fossil(plant, evidence, f"FN-{stamp}")
    _receive_bio(plant, evidence, f"BN-{stamp}", f"SD-IN-{stamp}")
    batch = Batch(plant, evidence, "polymer_meters.csv")
    order = batch.create_order(
        plant.ref("product_polypropylene"), plant.ref("bom_polypropylene"), PRODUCT_KG
    )
    evidence.step("order confirmed", order["name"], kg=PRODUCT_KG)
    batch.initiate(PROCESS_TYPE)
    for code in STAGES:
        batch.run_stage(batch.current_stage(), code)
    lot = batch.lot()
    manager = plant.person("quality_manager")
    manager.sign("stock.lot", lot["id"], "release", "Batch record reviewed, all gates passed")
    batch.mark_done()
    evidence.step("order done", order["name"], lot=lot["name"])
    _books(plant, evidence, order)
    _footprint(plant, evidence, order)
    _ship(plant, evidence, lot)
    evidence.write("readings.csv", batch.readings_csv())
    chains = ["audit.record", "audit.signature", "mass.balance.entry"]
    evidence.step(
        "ledger exported", "ledger.jsonl", lines=papers.fetch_ledger(plant, evidence, chains)
    )
