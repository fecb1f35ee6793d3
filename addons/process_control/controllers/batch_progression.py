# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from functools import partial

from odoo.http import Controller

from odoo.addons.rest_api.area import FROM, PAGED, UNTIL, Query
from odoo.addons.rest_api.inputs import (
    choice,
    find,
    milliseconds,
    page,
    readable,
    span_domain,
    text,
)
from odoo.addons.rest_api.problem import ApiProblem, render
from odoo.addons.rest_api.schemas import enum

from ..tools import isa88
from .area import AREA, BATCH_ID, find_stage
from .schemas_sent import COMMANDS, TYPES
from .serialize import process_json, stage_json

STATE = Query("state", enum(*isa88.STATES), "In this state only.")


class BatchProgression(Controller):
    """The paths of batch progression: a batch is a manufacturing order, a process its run.

    Every verb is the one that the buttons call; who may do what is checked there.
    """

    # -- begin --------------------------------------------------------------------------------

    @AREA.endpoint(
        "/batches/<string:batch_id>/initiate-process",
        "POST",
        body="Initiate",
        answer="NewProcess",
        status=201,
        tag="Processes",
    )
    def initiate_process(self, batch_id, body):
        """Open the process of a batch with its approved plan, or with a plan of its own."""
        production = find("mrp.production", batch_id)
        process_type = text(body, "process_type", 200)
        assumptions = []
        if "stages_config" in body:
            run, assumptions = production._action_initiate_one_off(
                process_type, body["stages_config"]
            )
        else:
            self._check_process_type(production, process_type)
            run = production.env["process.run"].browse(production.action_initiate_process())
        return {**process_json(run), "assumptions": assumptions}, 201

    def _check_process_type(self, production, process_type: str) -> None:
        plan = production.sudo().process_plan_id
        if process_type and plan and plan.process_type != process_type:
            raise ApiProblem(
                422,
                f"The approved plan of this batch has the process type "
                f"{plan.process_type or 'none'}, not {process_type}.",
            )

    @AREA.endpoint(
        "/processes/<string:process_id>/start",
        "POST",
        body="Start",
        answer="Process",
        tag="Processes",
    )
    def start(self, process_id, body):
        """Start the batch and its first stage."""
        run = find("process.run", process_id)
        parameters = body.get("start_parameters", {})
        if not isinstance(parameters, dict):
            raise ApiProblem(422, "start_parameters must be an object.")
        run.action_start(
            start_ms=milliseconds(parameters, "started_at"),
            notes="\n".join(
                f"{key}: {value}" for key, value in parameters.items() if key != "started_at"
            ),
        )
        return process_json(run)

    # -- read ---------------------------------------------------------------------------------

    @AREA.endpoint(
        "/processes",
        "GET",
        answer="ProcessPage",
        query=(BATCH_ID, STATE, FROM, UNTIL, *PAGED),
        tag="Processes",
    )
    def list_processes(self, query):
        """List processes, newest first; from and until ask for the time of their start."""
        domain = span_domain("start_ms", query)
        if "batch_id" in query:
            domain.append(("production_id", "=", find("mrp.production", query["batch_id"]).id))
        state = choice(query, "state", isa88.STATES)
        if state:
            domain.append(("state", "=", state))
        return page(
            readable("process.run"), domain, query, partial(process_json, with_stages=False)
        )

    @AREA.endpoint("/processes/<string:process_id>", "GET", answer="Process", tag="Processes")
    def get_process(self, process_id, query):
        """Return a process with the current attempt of each stage."""
        return process_json(find("process.run", process_id))

    @AREA.endpoint("/processes/<string:process_id>/stages", "GET", answer="StageList", tag="Stages")
    def list_stages(self, process_id, query):
        """Return every attempt at every stage, in order."""
        run = find("process.run", process_id)
        stages = run.stage_ids.sorted(lambda s: (s.sequence, s.attempt, s.id))
        return {"items": [stage_json(stage) for stage in stages]}

    @AREA.endpoint(
        "/processes/<string:process_id>/compliance-report",
        "GET",
        answer="ComplianceReport",
        tag="Processes",
    )
    def compliance_report(self, process_id, query):
        """Return the verdict on a process and its batch record."""
        return find("process.run", process_id)._prepare_compliance_report()

    # -- gate and commands --------------------------------------------------------------------

    @AREA.endpoint(
        "/processes/<string:process_id>/stages/<string:stage_id>/evaluate",
        "GET",
        answer="Evaluation",
        tag="Stages",
    )
    def evaluate(self, process_id, stage_id, query):
        """Return what the gate of an attempt says now."""
        stage = find_stage(process_id, stage_id)
        return {"process_id": stage.run_id.id, "stage_id": stage.id, **stage.evaluate()}

    @AREA.endpoint(
        "/processes/<string:process_id>/stages/<string:stage_id>/transition",
        "POST",
        body="Transition",
        answer="Moved",
        tag="Stages",
    )
    def transition(self, process_id, stage_id, body):
        """Move a stage: normal completes it and starts the next one, if its gate is open."""
        stage = find_stage(process_id, stage_id)
        kind = text(body, "transition_type", 40) or "normal"
        if kind not in TYPES:
            raise ApiProblem(422, "transition_type must be one of " + ", ".join(TYPES) + ".")
        reason = "\n".join(filter(None, (text(body, "reason"), text(body, "notes"))))
        if kind == "normal":
            return self._advance(stage, body, reason)
        if kind == "skip":
            raise ApiProblem(
                409, "A stage is skipped by the signature of a supervisor in the web client."
            )
        if kind == "emergency":
            stage.run_id.action_emergency(text(body, "target", 40) or "held", reason)
            return self._moved(stage, kind)
        attempt = stage.browse(stage.action_repeat(reason=reason))[:1]
        return self._moved(stage, kind, attempt)

    def _advance(self, stage, body: dict, reason: str):
        """Complete an attempt and start the next stage; a shut gate is a conflict."""
        before = stage.evaluate()
        if not before["can_progress"] and "request_approval" not in before["available_actions"]:
            raise ApiProblem(
                409,
                "The stage cannot be completed: "
                + " ".join(blocker["message"] for blocker in before["blockers"]),
                blockers=before["blockers"],
            )
        stage.action_complete(end_ms=milliseconds(body, "ended_at"), reason=reason)
        if stage.state != "complete":
            return self._waiting(stage)
        run = stage.run_id
        following = run.current_stage_id
        if run.state == "running" and following.state == "pending":
            following.action_start(start_ms=milliseconds(body, "next_started_at"))
        return self._moved(stage, "normal", following)

    def _waiting(self, stage):
        """Approvals have been requested: the request stays, so this is no raised problem."""
        blockers = stage.evaluate()["blockers"]
        detail = "The approval has been requested; the stage can be completed after it."
        return render(ApiProblem(409, detail, blockers=blockers))

    def _moved(self, stage, kind: str, following=None) -> dict:
        return {
            "transition_type": kind,
            "stage": stage_json(stage),
            "next_stage": stage_json(following) if following else None,
            "process": process_json(stage.run_id, with_stages=False),
        }

    @AREA.endpoint(
        "/processes/<string:process_id>/commands",
        "POST",
        body="Command",
        answer="Process",
        tag="Processes",
    )
    def command(self, process_id, body):
        """Give a command to the batch: pause, resume, hold, restart, stop, abort, reset."""
        run = find("process.run", process_id)
        command = text(body, "command", 40)
        if command not in COMMANDS:
            raise ApiProblem(422, "command must be one of " + ", ".join(COMMANDS) + ".")
        getattr(run, f"action_{command}")(reason=text(body, "reason"))
        newest = run.sudo().production_id.process_run_id if command == "reset" else run
        return process_json(newest)
