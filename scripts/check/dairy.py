# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pasteurised milk, from the raw-milk receipt to the customer's certificate.

The first pasteurisation runs 20 s below the critical limit; the plant must stop itself, and only
a decided deviation, a repeated stage and a signed release may let the milk out.
"""

from __future__ import annotations

import time
from typing import Any

import carbon
import papers
import trade
from actors import Plant
from batch import Batch, Part
from client import Refused, wait_for
from evidence import Evidence, require

PROCESS_TYPE = "pasteurized_milk"
LITRES = 1000
BEFORE = [Part("reception", 0, 12), Part("standardisation", 0, 12)]
# the divert valve goes to forward 59 s into the recorded stage, when the tube is hot
PASTEURISATION = Part("pasteurisation", 50, 110)
AGAIN = Part("pasteurisation", 50, 95)
AFTER = [Part("cooling", 0, 12), Part("filling", 0, 12)]
# 71.2 °C is below the critical limit of 72.0 °C, for 20 s in the middle of forward flow
BREACH = "pasteur-temp=71.2@25s+20s"


def drive(plant: Plant, evidence: Evidence) -> None:
    """Drive the dairy's chain once; raise at the first statement that does not hold."""
    milk = plant.ref("product_raw_milk")
    stamp = time.strftime("%y%m%d-%H%M%S", time.gmtime())
    _receive_milk(plant, evidence, milk, f"RM-{stamp}")
    batch = Batch(plant, evidence, "dairy_htst.csv")
    order = batch.create_order(
        plant.ref("product_pasteurised_milk"), plant.ref("bom_pasteurised_milk"), LITRES
    )
    evidence.step("order confirmed", order["name"], litres=LITRES)
    stages = batch.initiate(PROCESS_TYPE)
    evidence.step("process started", order["name"], stages=[stage["name"] for stage in stages])
    for part in BEFORE:
        batch.run_stage(part)
    deviation = _breach(plant, evidence, batch)
    _decide(plant, evidence, batch, deviation)
    _repeat(plant, evidence, batch, deviation)
    for part in AFTER:
        batch.run_stage(part)
    lot = _release(plant, evidence, batch)
    batch.mark_done()
    evidence.step("order done", order["name"], lot=lot["name"])
    carbon.divide_bill(plant, evidence, order)
    _deliver(plant, evidence, lot)
    evidence.write("readings.csv", batch.readings_csv())
    lines = papers.fetch_ledger(plant, evidence, ["audit.record", "audit.signature"])
    evidence.step("ledger exported", "ledger.jsonl", lines=lines)


def _receive_milk(plant: Plant, evidence: Evidence, milk: int, lot: str) -> None:
    order = trade.buy(plant, plant.ref("partner_farm"), milk, LITRES + 20, 0.42)
    receipt = trade.receive(plant, order["picking_id"], {lot: LITRES + 20})
    evidence.step("raw milk received", receipt, order=order["name"], lot=lot)


def _breach(plant: Plant, evidence: Evidence, batch: Batch) -> dict[str, Any]:
    """Run the pasteurisation with its dip; the plant must hold itself and name why."""
    stage = batch.current_stage()
    batch.replay(PASTEURISATION, faults=[BREACH])
    quality = plant.key("quality_manager")
    domain = [("stage_id", "=", stage["id"]), ("control_class", "=", "ccp")]
    fields = ["name", "state", "window_start_ms", "window_end_ms", "requirement_id", "lot_ids"]
    deviation = wait_for(
        "the deviation of the breach",
        lambda: next(iter(quality.search_read("process.deviation", domain, fields)), None),
    )
    alerts = quality.search_read(
        "process.alert",
        [("deviation_id", "=", deviation["id"]), ("kind", "=", "breach")],
        ["display_name", "value"],
    )
    held = wait_for("the held stage", lambda: _held(batch, stage))
    window = (deviation["window_end_ms"] - deviation["window_start_ms"]) / 1000
    evidence.step(
        "critical limit breached",
        deviation["name"],
        alerts=len(alerts),
        stage_state=held,
        window_s=f"{window:.0f}",
    )
    require(alerts, f"{deviation['name']} has no alert")
    _blocked(evidence, batch, stage)
    return deviation


def _held(batch: Batch, stage: dict[str, Any]) -> str:
    state = batch.operator.read_one("process.stage", stage["id"], ["state"])["state"]
    return state if state == "held" else ""


def _blocked(evidence: Evidence, batch: Batch, stage: dict[str, Any]) -> None:
    """Neither the order nor the stage may move, and each says why."""
    sentence = batch.refused_done()
    require(sentence, f"{batch.order['name']} could be finished past an open deviation")
    evidence.step("order blocked", batch.order["name"], sentence=sentence)
    path = f"/processes/{batch.process_id}/stages/{stage['id']}"
    evaluation = batch.rest.get(f"{path}/evaluate")
    blockers = evaluation["readiness_assessment"]["blocking_issues"]
    require(blockers and not evaluation["can_progress"], "the gate names no blocker")
    try:
        batch.rest.post(f"{path}/transition", {"transition_type": "normal", "reason": "try"})
    except Refused as refusal:
        evidence.step("gate closed", stage["name"], blockers=blockers, answer=str(refusal))
    else:
        require(False, f"{stage['name']} passed its gate past an open deviation")


def _decide(plant: Plant, evidence: Evidence, batch: Batch, deviation: dict[str, Any]) -> None:
    """The approver finds the deviation among the activities and decides it with a signature."""
    manager = plant.person("quality_manager")
    todo = manager.search_read(
        "mail.activity",
        [
            ("user_id", "=", manager.uid),
            ("res_model", "=", "process.deviation"),
            ("res_id", "=", deviation["id"]),
        ],
        ["summary", "res_id"],
    )
    require(todo, f"the quality manager has no activity for {deviation['name']}")
    values = {
        "cause_category": "machine",
        "cause": "Steam pressure fell while the second boiler took over",
        "correction": "Product kept in the order and pasteurised again",
        "prevention": "Boiler changeover locked out while the divert valve is in forward flow",
        "disposition": "reprocess",
        "disposition_reason": "All affected milk is still in the order",
    }
    manager.call("process.deviation", "write", [todo[0]["res_id"]], values)
    reason = "Reprocess: the affected milk has not left the order"
    manager.sign("process.deviation", deviation["id"], "disposition", reason)
    state = manager.call("process.deviation", "read", [deviation["id"]], ["state"])[0]["state"]
    evidence.step("deviation decided", deviation["name"], disposition="reprocess", state=state)
    require(state == "decided", f"{deviation['name']} is {state} after the signed disposition")


def _repeat(plant: Plant, evidence: Evidence, batch: Batch, deviation: dict[str, Any]) -> None:
    """Pasteurise again as attempt 2 and close the deviation with its four conditions."""
    stage = batch.current_stage()
    supervisor = plant.key("supervisor")
    supervisor.call(
        "process.stage", "action_repeat", [stage["id"]], reason=f"Reprocess by {deviation['name']}"
    )
    again = batch.current_stage()
    require(again["attempt"] == 2, f"{again['name']} is attempt {again['attempt']}, not 2")
    batch.operator.call("process.stage", "action_start", [again["id"]])
    sent = batch.replay(AGAIN)
    manager = plant.person("quality_manager")
    conditions = [
        "is_product_controlled",
        "is_cause_identified",
        "is_parameter_in_limits",
        "is_recurrence_prevented",
    ]
    evaluation = _complete_and_close(batch, again, manager, deviation)
    closed = manager.call("process.deviation", "read", [deviation["id"]], ["state", *conditions])[0]
    evidence.step(
        "stage repeated and deviation closed",
        f"{again['name']} (attempt 2), {deviation['name']}",
        readings_sent=sent["published"],
        can_progress=evaluation["can_progress"],
        state=closed["state"],
        conditions={name: closed[name] for name in conditions},
    )
    require(closed["state"] == "closed", f"{deviation['name']} is {closed['state']}")
    require(all(closed[name] for name in conditions), "a closing condition is not met")


def _complete_and_close(
    batch: Batch, stage: dict[str, Any], manager: Any, deviation: dict[str, Any]
) -> dict[str, Any]:
    evaluation = batch.complete(stage)
    manager.sign("process.deviation", deviation["id"], "close", "All four conditions are met")
    return evaluation


def _release(plant: Plant, evidence: Evidence, batch: Batch) -> dict[str, Any]:
    """The finished lot leaves quarantine by the quality manager's signature alone."""
    lot = batch.lot()
    require(lot["hold_state"] == "quarantine", f"{lot['name']} is {lot['hold_state']}")
    manager = plant.person("quality_manager")
    manager.sign("stock.lot", lot["id"], "release", "Batch record reviewed, all gates passed")
    released = batch.lot()
    evidence.step("lot released", lot["name"], hold_state=released["hold_state"])
    require(released["hold_state"] == "free", f"{lot['name']} is {released['hold_state']}")
    return released


def _deliver(plant: Plant, evidence: Evidence, lot: dict[str, Any]) -> None:
    customer = plant.ref("partner_retailer")
    recipient = plant.key("quality_manager").read_one("res.partner", customer, ["email"])["email"]
    line = {"product_id": plant.ref("product_pasteurised_milk"), "product_uom_qty": LITRES}
    order = trade.sell(plant, customer, [line])
    delivery = trade.deliver(plant, order["picking_id"], lot["id"], LITRES)
    evidence.step("delivered", delivery, order=order["name"], customer=recipient)
    certificate = papers.wait_issued(plant, [("lot_id", "=", lot["id"]), ("kind", "=", "batch")])
    evidence.step(
        "certificate issued", certificate["name"], snapshot_hash=certificate["snapshot_hash"]
    )
    papers.fetch(plant, evidence, certificate)
    message = papers.fetch_mail(plant, evidence, certificate["name"], recipient)
    evidence.step("mail received", message["Subject"], to=message["To"])
