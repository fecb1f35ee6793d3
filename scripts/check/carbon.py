# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the demo's sustainability people do with a finished batch: bill, what-if, publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from actors import Plant
from evidence import Evidence, require


def divide_bill(plant: Plant, evidence: Evidence, order: dict[str, Any]) -> None:
    """Divide the demo's bill between the batches of its day, once; a later run finds it divided."""
    manager = plant.person("sustainability_manager")
    bill = plant.ref("bill_gas")
    found = _read(manager, "carbon.bill", bill, ["name", "state"])
    if found["state"] != "draft":
        return
    # the bill is of the day of installation; the batch may be of a later one, which is a day that
    # begins at the plant's midnight, not at that of UTC
    finished = _read(manager, "mrp.production", order["id"], ["date_finished"])["date_finished"]
    day = date.fromisoformat(finished[:10])
    period = {"period_start": str(day), "period_end": str(day + timedelta(days=1))}
    manager.call("carbon.bill", "write", [bill], period)
    manager.call("carbon.bill", "action_divide", [bill])
    domain = [("bill_line_id.bill_id", "=", bill), ("production_id", "=", order["id"])]
    shares = manager.search_read("carbon.activity", domain, ["name", "amount", "unit"])
    require(shares, f"the bill {found['name']} gave {order['name']} no share")
    evidence.step(
        "bill divided",
        found["name"],
        shares=[f"{share['name']}: {share['amount']} {share['unit']}" for share in shares],
    )


def ask_what_if(plant: Plant, evidence: Evidence) -> None:
    """Calculate the demo's what-if, once: a calculated question is frozen."""
    manager = plant.person("sustainability_manager")
    scenario = plant.ref("scenario_grid")
    fields = ["name", "state", "before_kg_co2e", "kg_co2e", "incomplete_count"]
    if _read(manager, "carbon.scenario", scenario, ["state"])["state"] != "draft":
        return
    manager.call("carbon.scenario", "action_calculate", [scenario])
    found = _read(manager, "carbon.scenario", scenario, fields)
    require(found["kg_co2e"] < found["before_kg_co2e"], f"{found['name']} saved nothing")
    evidence.step(
        "what-if calculated",
        found["name"],
        before_kg_co2e=found["before_kg_co2e"],
        after_kg_co2e=found["kg_co2e"],
    )


def publish(plant: Plant, evidence: Evidence) -> None:
    """Submit the demo's product footprint and have the second manager sign it, once."""
    manager = plant.person("sustainability_manager")
    footprint = plant.ref("pact_footprint_polypropylene")
    if _read(manager, "pact.footprint", footprint, ["state"])["state"] == "draft":
        manager.call("pact.footprint", "action_submit", [footprint])
        plant.person("energy_manager").sign(
            "pact.footprint", footprint, "approve", "Reviewed for the demo plant"
        )
    found = _read(manager, "pact.footprint", footprint, ["uuid", "state", "pcf_excluding"])
    require(found["state"] == "published", f"the product footprint is {found['state']}")
    evidence.step("product footprint published", found["uuid"], kg_co2e=found["pcf_excluding"])


def _read(person, model: str, record: int, fields: list[str]) -> dict[str, Any]:
    return person.call(model, "read", [record], fields)[0]
