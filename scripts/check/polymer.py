# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Bio-attributed polypropylene, from the supplier's declaration to the plant's own."""

from __future__ import annotations

import time
from typing import Any

import carbon
import papers
import trade
from actors import Plant
from batch import Batch, Part
from evidence import Evidence, require

PROCESS_TYPE = "polypropylene"
# what comes in is a little more than the order takes: other open orders reserve of it too
BIO_KG, FOSSIL_KG, PRODUCT_KG = 210, 820, 850
SOLD_KG = 100
PARTS = [Part("feed", 0, 20), Part("polymerisation", 0, 20), Part("extrusion", 0, 20)]


def drive(plant: Plant, evidence: Evidence) -> None:
    """Drive the polymer plant's chain once; raise at the first statement that does not hold."""
    stamp = time.strftime("%y%m%d-%H%M%S", time.gmtime())
    _approve_factor(plant, evidence)
    _receive_fossil(plant, evidence, f"FN-{stamp}")
    _receive_bio(plant, evidence, stamp)
    batch = Batch(plant, evidence, "polymer_meters.csv")
    order = batch.create_order(
        plant.ref("product_polypropylene"), plant.ref("bom_polypropylene"), PRODUCT_KG
    )
    evidence.step("order confirmed", order["name"], kg=PRODUCT_KG)
    batch.initiate(PROCESS_TYPE)
    for part in PARTS:
        batch.run_stage(part)
    lot = batch.lot()
    manager = plant.person("quality_manager")
    manager.sign("stock.lot", lot["id"], "release", "Batch record reviewed, all gates passed")
    batch.mark_done()
    evidence.step("order done", order["name"], lot=lot["name"])
    _books(plant, evidence, order)
    _footprint(plant, evidence, order)
    carbon.ask_what_if(plant, evidence)
    carbon.publish(plant, evidence)
    _ship(plant, evidence, lot)
    evidence.write("readings.csv", batch.readings_csv())
    chains = ["audit.record", "audit.signature", "mass.balance.entry"]
    lines = papers.fetch_ledger(plant, evidence, chains)
    evidence.step("ledger exported", "ledger.jsonl", lines=lines)


def _approve_factor(plant: Plant, evidence: Evidence) -> None:
    """The sustainability manager approves the year's conversion factor, once."""
    manager = plant.person("sustainability_manager")
    factor = plant.ref("conversion_polypropylene")
    fields = ["name", "state", "factor"]
    if manager.call("mass.balance.conversion", "read", [factor], fields)[0]["state"] == "draft":
        manager.call("mass.balance.conversion", "action_approve", [factor])
    found = manager.call("mass.balance.conversion", "read", [factor], fields)[0]
    evidence.step("conversion factor", found["name"], factor=found["factor"], state=found["state"])


def _receive_fossil(plant: Plant, evidence: Evidence, lot: str) -> None:
    supplier = plant.ref("partner_fossil_supplier")
    order = trade.buy(plant, supplier, plant.ref("product_fossil_naphtha"), FOSSIL_KG, 0.62)
    receipt = trade.receive(plant, order["picking_id"], {lot: FOSSIL_KG})
    evidence.step("fossil naphtha received", receipt, order=order["name"], lot=lot, kg=FOSSIL_KG)


def _receive_bio(plant: Plant, evidence: Evidence, stamp: str) -> None:
    """Certified feedstock comes with its declaration; the receipt books the credit."""
    supplier = plant.ref("partner_bio_supplier")
    order = trade.buy(plant, supplier, plant.ref("product_bio_naphtha"), BIO_KG, 1.9)
    manager = plant.person("sustainability_manager")
    values = _declaration_values(plant, order, f"SD-IN-{stamp}")
    declaration = manager.call("sustainability.declaration", "create", [values])
    manager.call("sustainability.declaration", "action_complete", declaration)
    plant.person("warehouse").call(
        "stock.picking",
        "write",
        [order["picking_id"]],
        {"mb_weighbridge_number": f"WB-{stamp}"},
    )
    lot = f"BN-{stamp}"
    receipt = trade.receive(plant, order["picking_id"], {lot: BIO_KG})
    state = manager.call("sustainability.declaration", "read", declaration, ["state"])[0]["state"]
    evidence.step(
        "bio-naphtha received",
        receipt,
        declaration=values["number"],
        declaration_state=state,
        lot=lot,
        kg=BIO_KG,
    )
    require(state == "booked", f"declaration {values['number']} is {state}, not booked")


def _declaration_values(plant: Plant, order: dict[str, Any], number: str) -> dict[str, Any]:
    """What stands on the supplier's Sustainability Declaration."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    finland = plant.person("sustainability_manager").search_read(
        "res.country", [("code", "=", "FI")], ["id"]
    )
    return {
        "direction": "in",
        "number": number,
        "company_id": plant.company_id,
        "partner_id": plant.ref("partner_bio_supplier"),
        "certification_id": plant.ref("certification_supplier"),
        "product_id": plant.ref("product_bio_naphtha"),
        "picking_ids": [[6, 0, [order["picking_id"]]]],
        "scheme": "iscc_plus",
        "issue_date": today,
        "dispatch_date": today,
        "dispatch_place": "Satamatie 12, Porvoo",
        "receipt_place": "Werkstraße 41, Wesseling",
        "contract_number": order["name"],
        "product_type": "intermediate",
        "material": "Bio-naphtha",
        "raw_material": "Used cooking oil (UCO)",
        "origin_country_id": finland[0]["id"],
        "quantity": BIO_KG,
        "quantity_unit": "kg",
        "statement": "iscc_compliant",
        "chain_of_custody": "mass_balance",
        "waste_residue": "yes",
        "category": "bio_circular",
        "waste_status": "post_consumer",
        "input_reflection": "Characteristics of the input are passed on unchanged",
        "input_compensation": "None",
        "credit_transfer": "none",
        "method": "credit",
        "attribution": "free",
        "basis": "mass",
        "ghg_value": 512.0,
        "ghg_unit": "kgCO2eq/dry-ton",
        "ghg_type": "actual",
    }


def _books(plant: Plant, evidence: Evidence, order: dict[str, Any]) -> None:
    """What the order booked: input out of its book, credits in, the loss beside it."""
    fields = ["mb_input_quantity", "mb_credit_quantity", "mb_loss_quantity", "mb_refusal"]
    reader = plant.person("sustainability_manager")
    figures = reader.call("mrp.production", "read", [order["id"]], fields)[0]
    evidence.step(
        "ledger booked",
        order["name"],
        certified_input_kg=figures["mb_input_quantity"],
        credits_kg=figures["mb_credit_quantity"],
        loss_kg=figures["mb_loss_quantity"],
    )
    require(not figures["mb_refusal"], f"{order['name']}: {figures['mb_refusal']}")
    require(figures["mb_credit_quantity"] > 0, f"{order['name']} booked no credit")


def _footprint(plant: Plant, evidence: Evidence, order: dict[str, Any]) -> None:
    reader = plant.person("sustainability_manager")
    domain = [("production_id", "=", order["id"]), ("is_current", "=", True)]
    fields = ["name", "state", "known_kg_co2e", "kg_co2e_per_kg", "gap_text"]
    found = reader.search_read("carbon.footprint", domain, fields)
    require(found, f"{order['name']} has no carbon footprint")
    figures = found[0]
    evidence.step(
        "carbon footprint",
        figures["name"],
        state=figures["state"],
        kg_co2e=figures["known_kg_co2e"],
        kg_co2e_per_kg=figures["kg_co2e_per_kg"],
        gaps=figures["gap_text"] or "",
    )
    require(figures["state"] == "complete", f"{figures['name']}: {figures['gap_text']}")


def _ship(plant: Plant, evidence: Evidence, lot: dict[str, Any]) -> None:
    """Sell with a claim, deliver, sign our own declaration, wait for the customer's mail."""
    customer = plant.ref("partner_converter")
    manager = plant.person("sustainability_manager")
    recipient = manager.call("res.partner", "read", [customer], ["email"])[0]["email"]
    line = {
        "product_id": plant.ref("product_polypropylene"),
        "product_uom_qty": SOLD_KG,
        "mb_claim": "iscc_plus",
        "mb_category": "bio_circular",
    }
    order = trade.sell(plant, customer, [line])
    delivery = trade.deliver(plant, order["picking_id"], lot["id"], SOLD_KG)
    domain = [("direction", "=", "out"), ("picking_ids", "in", [order["picking_id"]])]
    fields = ["number", "state", "refusal", "quantity", "ghg_value", "ghg_unit", "missing_text"]
    drafts = manager.search_read("sustainability.declaration", domain, fields)
    require(len(drafts) == 1, f"{delivery} drafted {len(drafts)} declarations, not 1")
    draft = drafts[0]
    require(not draft["refusal"], f"{draft['number']}: {draft['refusal']}")
    evidence.step(
        "delivered, credits drawn",
        delivery,
        declaration=draft["number"],
        kg=draft["quantity"],
        ghg_value=draft["ghg_value"],
        ghg_unit=draft["ghg_unit"],
    )
    manager.sign("sustainability.declaration", draft["id"], "issue", "Reviewed against the books")
    certificate = papers.wait_issued(plant, [("declaration_id", "=", draft["id"])])
    evidence.step(
        "declaration signed and issued",
        certificate["name"],
        snapshot_hash=certificate["snapshot_hash"],
    )
    papers.fetch(plant, evidence, certificate)
    message = papers.fetch_mail(plant, evidence, certificate["name"], recipient)
    evidence.step("mail received", message["Subject"], to=message["To"])
