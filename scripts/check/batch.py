# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Running an order through the stages of its plan, with the sensors replaying beside it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors import Plant
from client import Refused, wait_for
from evidence import Evidence, require

RECORDINGS = Path(__file__).resolve().parents[2] / "data" / "recordings"


@dataclass(frozen=True)
class Part:
    """A part of one stage of a recording, in seconds from the stage's beginning.

    The replay runs at the process's own pace, so that every time in the record is the true one;
    the parts are short, and the demo plans ask for no longer stages.
    """

    stage: str
    from_s: int
    until_s: int


class Batch:
    """One order on its way through the plan."""

    def __init__(self, plant: Plant, evidence: Evidence, recording: str):
        self.plant, self.evidence = plant, evidence
        self.recording = str(RECORDINGS / recording)
        self.operator = plant.key("operator")
        self.rest = plant.rest("operator")
        self.order: dict[str, Any] = {}
        self.process_id = 0

    def create_order(self, product: int, bom: int, quantity: float) -> dict[str, Any]:
        """Create, confirm and reserve a manufacturing order."""
        supervisor = self.plant.person("supervisor")
        values = {"product_id": product, "bom_id": bom, "product_qty": quantity}
        order = supervisor.call("mrp.production", "create", [values])
        supervisor.call("mrp.production", "action_confirm", order)
        supervisor.call("mrp.production", "action_assign", order)
        fields = ["name", "state", "reservation_state", "product_qty"]
        self.order = supervisor.call("mrp.production", "read", order, fields)[0]
        require(
            self.order["reservation_state"] == "assigned",
            f"{self.order['name']} could not reserve its materials",
        )
        return self.order

    def initiate(self, process_type: str) -> list[dict[str, Any]]:
        """Initiate and start the process over the REST API; return its stages."""
        self.plant.simulator.fall_quiet()
        path = f"/batches/{self.order['id']}/initiate-process"
        answer = self.rest.post(path, {"process_type": process_type})
        self.process_id = answer["process_id"]
        parameters = {"operator_notes": "Line clean, started by the check"}
        self.rest.post(f"/processes/{self.process_id}/start", {"start_parameters": parameters})
        return answer["stages"]

    def current_stage(self) -> dict[str, Any]:
        """Return the open attempt with the lowest sequence."""
        domain = [
            ("run_id", "=", self.process_id),
            ("state", "not in", ["complete", "failed", "skipped"]),
        ]
        fields = ["name", "state", "attempt", "sequence"]
        return self.operator.search_read(
            "process.stage", domain, fields, order="sequence, attempt desc", limit=1
        )[0]

    def replay(self, part: Part, faults: list[str] | None = None) -> dict[str, Any]:
        """Let the sensors replay a part of the recording, now and at its own pace."""
        done = self.plant.simulator.replay(
            recording=self.recording,
            stage=part.stage,
            from_ms=part.from_s * 1000,
            until_ms=part.until_s * 1000,
            faults=faults or [],
        )
        wait_for(f"the readings of {part.stage} in the database", lambda: self._arrived(done))
        return done

    def complete(self, stage: dict[str, Any]) -> dict[str, Any]:
        """Ask for the gate's opinion, then for the transition; return the evaluation."""
        path = f"/processes/{self.process_id}/stages/{stage['id']}"
        evaluation = self.rest.get(f"{path}/evaluate")
        if evaluation["requires_approval"]:
            self._have_approved(path)
            evaluation = self.rest.get(f"{path}/evaluate")
        body = {
            "transition_type": "normal",
            "reason": "Stage finished within its limits",
        }
        self.rest.post(f"{path}/transition", body)
        return evaluation

    def _have_approved(self, path: str) -> None:
        """Ask for the approval of a stage; who has to give it finds it among the activities."""
        asked = self.rest.post(f"{path}/approvals")["items"]
        approver = self.plant.person(asked[0]["role"])
        todo = approver.search_read(
            "mail.activity",
            [
                ("user_id", "=", approver.uid),
                ("res_model", "=", "process.approval"),
                ("res_id", "=", asked[0]["approval_id"]),
            ],
            ["summary", "res_id"],
        )
        require(todo, f"the {asked[0]['role']} has no activity for the approval")
        reason = "Readings within their limits for the whole stage"
        approver.sign("process.approval", todo[0]["res_id"], "approve", reason)
        self.evidence.step("stage approved", todo[0]["summary"], role=asked[0]["role"])

    def run_stage(self, part: Part) -> None:
        """Replay one stage, pass its gate and note both."""
        stage = self.current_stage()
        sent = self.replay(part)
        evaluation = self.complete(stage)
        self.evidence.step(
            "stage complete",
            f"{stage['name']} (attempt {stage['attempt']})",
            readings_sent=sent["published"],
            can_progress=evaluation["can_progress"],
        )

    def refused_done(self) -> str:
        """Try to finish the order as a supervisor would; return the refusal's sentence."""
        try:
            self.plant.person("supervisor").call(
                "mrp.production", "button_mark_done", [self.order["id"]]
            )
        except Refused as refusal:
            return str(refusal)
        return ""

    def mark_done(self) -> None:
        """Produce the full quantity and mark the order done."""
        supervisor = self.plant.person("supervisor")
        ids = [self.order["id"]]
        supervisor.call(
            "mrp.production", "write", ids, {"qty_producing": self.order["product_qty"]}
        )
        supervisor.call("mrp.production", "set_qty_producing", ids)
        supervisor.call("mrp.production", "button_mark_done", ids)
        state = supervisor.call("mrp.production", "read", ids, ["state"])[0]["state"]
        require(state == "done", f"{self.order['name']} is {state} after Mark as Done")

    def lot(self) -> dict[str, Any]:
        """Return the finished lot of the order."""
        ids = self.operator.read_one("mrp.production", self.order["id"], ["lot_producing_ids"])
        fields = ["name", "hold_state"]
        return self.operator.read_one("stock.lot", ids["lot_producing_ids"][0], fields)

    def readings_csv(self) -> str:
        """Return every reading of the run's monitoring windows as CSV."""
        domain = [("stage_id.run_id", "=", self.process_id)]
        cycles = self.operator.call("process.cycle", "search", domain=domain)
        return self.operator.call("process.cycle", "export_readings_csv", cycles)

    def _arrived(self, done: dict[str, Any]) -> bool:
        """Whether every reading the sensors sent is stored, by their codes and times."""
        time.sleep(0.2)
        domain = [
            ("sensor_id.code", "in", done["sensors"]),
            ("source_ms", ">=", done["first_ms"]),
            ("source_ms", "<=", done["last_ms"]),
        ]
        stored = self.operator.call("process.reading", "search_count", domain=domain)
        return stored >= done["published"]
