# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller

from odoo.addons.rest_api.area import FROM, PAGED, UNTIL, Query
from odoo.addons.rest_api.inputs import choice, find, page, readable, span_domain, text
from odoo.addons.rest_api.problem import ApiProblem
from odoo.addons.rest_api.schemas import enum

from .area import AREA, PROCESS_ID, find_stage
from .serialize import alert_json, approval_json, deviation_json

ALERT_STATES = ("open", "acknowledged", "resolved")
ALERT_STATE = Query("state", enum(*ALERT_STATES), "In this state only.")


class Quality(Controller):
    """What needs a person: approvals, deviations and alerts of a process.

    A program reads and asks here. Approving, deciding and closing take a signature, which is
    given in the web client only.
    """

    # -- approvals ----------------------------------------------------------------------------

    @AREA.endpoint(
        "/processes/<string:process_id>/approvals",
        "GET",
        answer="ApprovalPage",
        query=PAGED,
        tag="Approvals",
    )
    def list_approvals(self, process_id, query):
        """Return the approvals asked for in a process, newest first; signing is for people."""
        run = find("process.run", process_id)
        return page(run.env["process.approval"], [("run_id", "=", run.id)], query, approval_json)

    @AREA.endpoint(
        "/processes/<string:process_id>/stages/<string:stage_id>/approvals",
        "POST",
        body="Nothing",
        answer="ApprovalList",
        status=201,
        tag="Approvals",
    )
    def request_approval(self, process_id, stage_id, body):
        """Ask for the approval that a stage needs next; nothing else may be missing."""
        stage = find_stage(process_id, stage_id)
        evaluation = stage.evaluate()
        if "request_approval" not in evaluation["available_actions"]:
            raise ApiProblem(
                409,
                "No approval can be requested now: "
                + (" ".join(b["message"] for b in evaluation["blockers"]) or "none is missing."),
                blockers=evaluation["blockers"],
            )
        stage.action_request_approval()
        open_ones = stage.approval_ids.filtered(lambda a: a.state == "requested")
        return {"items": [approval_json(approval) for approval in open_ones]}, 201

    # -- deviations ---------------------------------------------------------------------------

    @AREA.endpoint(
        "/processes/<string:process_id>/deviations",
        "GET",
        answer="DeviationPage",
        query=PAGED,
        tag="Deviations",
    )
    def list_deviations(self, process_id, query):
        """Return the deviations of a process, newest first."""
        run = find("process.run", process_id)
        return page(run.deviation_ids, [("run_id", "=", run.id)], query, deviation_json)

    @AREA.endpoint(
        "/processes/<string:process_id>/stages/<string:stage_id>/deviations",
        "POST",
        body="NewDeviation",
        answer="Deviation",
        status=201,
        tag="Deviations",
    )
    def record_deviation(self, process_id, stage_id, body):
        """Record something about a stage that no sensor saw; it then blocks the gate."""
        stage = find_stage(process_id, stage_id)
        description = text(body, "description")
        if not description:
            raise ApiProblem(422, "description must say what happened.")
        created = stage.action_record_deviation(description=description)
        return deviation_json(stage.env["process.deviation"].browse(created)), 201

    # -- alerts -------------------------------------------------------------------------------

    @AREA.endpoint(
        "/alerts",
        "GET",
        answer="AlertPage",
        query=(PROCESS_ID, ALERT_STATE, FROM, UNTIL, *PAGED),
        tag="Alerts",
    )
    def list_alerts(self, query):
        """List alerts, newest first; from and until ask for the time they were raised."""
        domain = span_domain("raised_ms", query)
        if "process_id" in query:
            domain.append(("cycle_id.run_id", "=", find("process.run", query["process_id"]).id))
        state = choice(query, "state", ALERT_STATES)
        if state:
            domain.append(("state", "=", state))
        return page(readable("process.alert"), domain, query, alert_json)

    @AREA.endpoint("/alerts/<string:alert_id>", "GET", answer="Alert", tag="Alerts")
    def get_alert(self, alert_id, query):
        """Return one alert."""
        return alert_json(find("process.alert", alert_id))

    @AREA.endpoint(
        "/alerts/<string:alert_id>/acknowledge",
        "POST",
        body="Nothing",
        answer="Alert",
        tag="Alerts",
    )
    def acknowledge_alert(self, alert_id, body):
        """Say "I have seen it and I am at it"; the alert stays until it is resolved."""
        alert = find("process.alert", alert_id)
        alert.action_acknowledge()
        return alert_json(alert)

    @AREA.endpoint(
        "/alerts/<string:alert_id>/resolve", "POST", body="Resolution", answer="Alert", tag="Alerts"
    )
    def resolve_alert(self, alert_id, body):
        """Close an alert; where monitoring was missing, with what was found and done."""
        alert = find("process.alert", alert_id)
        resolution = text(body, "resolution")
        if resolution and alert.state != "resolved":
            alert.resolution = resolution
        alert.action_resolve()
        return alert_json(alert)
