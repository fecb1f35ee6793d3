# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The API as a program outside meets it: the user's four examples, and requests at random.

The bodies of the examples are the user's, their garbled degree sign with them; only
`test_the_examples_run_through` adds to them: the times, because half an hour of a stage is not
waited for, and a thermometer for each requirement that nothing else reads. In between it posts the
readings: the document's third and fourth answers are those to a stage that has been measured.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

BASE = "/api/v1/batch-progression"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
FUZZED = 8
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = json.loads(
    (ROOT / "addons/process_control/tests/data/usage_examples.json").read_text(encoding="utf-8")
)
INITIATE, START, TRANSITION = EXAMPLES["initiate"], EXAMPLES["start"], EXAMPLES["transition"]


class Api:
    """The API with one role's key; answers come as they are, errors too."""

    def __init__(self, access: dict, role: str):
        self.url = access["url"]
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {access['api_keys'][role]}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """Read a path."""
        return self.http.get(self.url + BASE + path, headers=headers, timeout=60)

    def post(self, path: str, body: dict | None = None, **headers: str) -> requests.Response:
        """Post a body."""
        return self.http.post(self.url + BASE + path, json=body or {}, headers=headers, timeout=60)

    def done(self, path: str, body: dict, status: int = 200) -> dict:
        """Post a body that must be accepted."""
        answer = self.post(path, body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def api(plant):
    """The API as the operator's program uses it."""
    return Api(plant.access, "operator")


@pytest.fixture(scope="module")
def reactor(plant):
    """The plant with one temperature sensor only, so that the examples need not name one."""
    polymer = plant.polymer()
    polymer.simulator.fall_quiet()
    yield polymer
    polymer.simulator.close()


def _new_batch(plant, what: str = "polypropylene") -> int:
    supervisor = plant.person("supervisor")
    values = {
        "product_id": plant.ref(f"product_{what}"),
        "bom_id": plant.ref(f"bom_{what}"),
        "product_qty": 1,
    }
    [order] = supervisor.call("mrp.production", "create", [values])
    supervisor.call("mrp.production", "action_confirm", [order])
    return order


def _new_sensor(plant, code: str) -> str:
    """Add a calibrated thermometer that nothing else reads."""
    values = {
        "name": code,
        "code": code,
        "parameter_id": plant.ref("parameter_temperature"),
        "company_id": plant.company_id,
        "calibration_due": (datetime.now(UTC) + timedelta(days=90)).date().isoformat(),
    }
    plant.key("process_engineer").call("process.sensor", "create", vals_list=[values])
    return code


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _readings(requirement: str, start: datetime, seconds: int, step: int, value: float) -> dict:
    return {
        "readings": [
            {
                "requirement": requirement,
                "value": value,
                "unit": "\u00b0C",
                "measured_at": _iso(start + timedelta(seconds=second)),
            }
            for second in range(0, seconds + 1, step)
        ]
    }


def test_the_examples_as_they_stand(api, reactor):
    """Initiate and start as written; a stage that has not been measured does not move."""
    batch = _new_batch(reactor)
    process = api.done(f"/batches/{batch}/initiate-process", INITIATE, 201)
    assert process["batch_id"] == batch
    assert process["plan"]["for_this_batch_only"]
    assert [(stage["name"], stage["sequence_order"]) for stage in process["stages"]] == [
        ("Raw Milk Reception", 1),
        ("Pasteurization", 2),
    ]
    assert any("critical_side: assumed 'min'" in each for each in process["assumptions"])
    path = f"/processes/{process['process_id']}"
    started = api.done(f"{path}/start", START)
    assert (started["state"], started["stages"][0]["state"]) == ("running", "running")
    stage = f"{path}/stages/{process['stages'][0]['stage_id']}"
    evaluation = api.get(f"{stage}/evaluate").json()
    assert evaluation["can_progress"] is False
    assert evaluation["readiness_assessment"]["compliance_status"] == "incomplete"
    refused = api.post(f"{stage}/transition", TRANSITION)
    assert refused.status_code == 409
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {each["code"] for each in refused.json()["blockers"]} == {
        "missing_reading",
        "min_duration",
    }


def test_the_examples_run_through(api, plant):
    """With the readings posted the answers are those of the document, up to the last stage."""
    dairy = plant.dairy()
    begin = datetime.now(UTC) - timedelta(minutes=80)
    batch = _new_batch(dairy, "pasteurised_milk")
    config = copy.deepcopy(INITIATE)
    for stage in config["stages_config"]:
        [requirement] = stage["monitoring_requirements"]
        requirement["sensor_code"] = _new_sensor(dairy, f"api-{time.time_ns()}")
    process = api.done(f"/batches/{batch}/initiate-process", config, 201)
    path = f"/processes/{process['process_id']}"
    reception, pasteurisation = (f"{path}/stages/{s['stage_id']}" for s in process["stages"])
    parameters = {**START["start_parameters"], "started_at": _iso(begin)}
    api.done(f"{path}/start", {"start_parameters": parameters})
    logs = _readings("Temperature Check", begin, 1800, 1800, 4.2)
    assert api.done(f"{reception}/monitoring-logs", logs)["stored"] == 2
    evaluation = api.get(f"{reception}/evaluate").json()
    _assert_documented(evaluation)
    begin += timedelta(minutes=31)
    body = {**TRANSITION, "ended_at": _iso(begin), "next_started_at": _iso(begin)}
    moved = api.done(f"{reception}/transition", body)
    assert (moved["stage"]["state"], moved["next_stage"]["state"]) == ("complete", "running")
    logs = _readings("Pasteurization Temperature", begin, 900, 5, 72.1)
    assert api.done(f"{pasteurisation}/monitoring-logs", logs)["stored"] == 181
    body = {**TRANSITION, "ended_at": _iso(begin + timedelta(seconds=901))}
    _have_evaluated(api, dairy, pasteurisation, body)
    _assert_documented(api.get(f"{pasteurisation}/evaluate").json())
    moved = api.done(f"{pasteurisation}/transition", body)
    assert moved["process"]["state"] == "complete"
    report = api.get(f"{path}/compliance-report").json()
    assert report["measurements"] == 183
    assert [each["code"] for each in report["blockers"]] == ["plan"], "somebody else approves it"
    assert len(api.get(f"{pasteurisation}/monitoring-logs?limit=200").json()["items"]) == 181
    _assert_history(api, path)


def _have_evaluated(api, dairy, path: str, body: dict) -> None:
    """A critical control point ends by somebody's signature, which the document does not ask."""
    refused = api.post(f"{path}/transition", body)
    assert refused.status_code == 409, refused.text
    [blocker] = refused.json()["blockers"]
    assert blocker["code"] == "approval_requested"
    manager = dairy.person("quality_manager")
    manager.sign("process.approval", blocker["res_id"], "approve", "Readings within limits")


def _assert_history(api, path: str) -> None:
    """The whole history, page by page along the links, is in time order and ends complete."""
    entries, at = [], f"{path}/history?limit=5"
    while at:
        answer = api.get(at)
        assert answer.status_code == 200, answer.text
        entries += answer.json()["items"]
        at = answer.links.get("next", {}).get("url", "").removeprefix(BASE)
    times = [entry["at"] for entry in entries]
    assert times == sorted(times)
    assert len(entries) > 5, "more than one page"
    states = [entry["transition"]["to_state"] for entry in entries if entry["kind"] == "state"]
    assert states[0] == "idle" and states[-1] == "complete"
    reasons = [entry["transition"]["reason"] for entry in entries if entry["transition"]]
    assert sum(TRANSITION["reason"] in (reason or "") for reason in reasons) == 2


def _assert_documented(evaluation: dict) -> None:
    """The answer of the document's third example; the score is that of these readings."""
    assert evaluation["can_progress"] is True
    assert evaluation["requires_approval"] is False
    readiness = evaluation["readiness_assessment"]
    assert readiness["ready_for_completion"] is True
    assert readiness["compliance_status"] == "compliant"
    assert readiness["blocking_issues"] == []
    quality = evaluation["quality_assessment"]
    assert quality["quality_standards_met"] is True
    assert quality["quality_score"] == 100.0
    assert (quality["failed_measurements"], quality["critical_failures"]) == (0, 0)
    assert evaluation["available_actions"] == [
        "advance_to_next_stage",
        "record_deviation",
        "add_monitoring_log",
    ]


def test_two_parallel_requests_with_one_key_are_one(api, plant, reactor):
    """Both get the same answer, and there is one run."""
    batch = _new_batch(reactor)
    path = f"/batches/{batch}/initiate-process"
    key = f"flow-{time.time_ns()}"

    def send(_number: int) -> requests.Response:
        return Api(plant.access, "operator").post(path, INITIATE, **{"Idempotency-Key": key})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4, answers[-1].text
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 3
    assert len(api.get(f"/processes?batch_id={batch}").json()["items"]) == 1


def test_what_has_not_changed_is_not_sent_again(api):
    """A poll with the ETag of the last answer costs no body."""
    first = api.get("/processes?limit=1")
    again = api.get("/processes?limit=1", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_shows_every_operation(plant, browser):
    """The page renders the whole document, without an error and without another server."""
    from playwright.sync_api import expect

    document = requests.get(f"{plant.access['url']}/api/v1/openapi.json", timeout=60).json()
    wanted = sum(len(methods) for methods in document["paths"].values())
    page = browser.new_page()
    troubles, hosts = [], set()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: line.type == "error" and troubles.append(line.text))
    page.on("request", lambda sent: hosts.add(sent.url.split("/")[2]))
    page.goto(f"{plant.access['url']}/api/v1/docs")
    page.wait_for_selector("#schema-Problem")
    assert page.locator("#operations pre:not(.result):not(.curl)").count() == wanted, "examples"
    assert page.locator("#operations details").count() == wanted
    page.locator("#key").fill(plant.access["api_keys"]["operator"])
    page.locator("#list_processes summary").click()
    page.locator("#list_processes button", has_text="Send").click()
    expect(page.locator("#list_processes pre.result")).to_contain_text('"next_cursor"')
    page.locator("#list_processes button", has_text="curl").click()
    expect(page.locator("#list_processes pre.curl")).to_contain_text('Bearer $KEY"')
    assert page.locator("#contents a:visible").count() == wanted
    page.locator("#filter").fill("compliance")
    assert page.locator("#contents a:visible").all_inner_texts() == ["GET compliance report"]
    page.close()
    assert not [each for each in troubles if "favicon" not in each]
    assert hosts == {plant.access["url"].split("/")[2]}


def test_schemathesis_finds_nothing(api, plant, reactor, tmp_path):
    """Requests made from the document, at ids that are there: no 5xx, every answer as it says."""
    batch = _new_batch(reactor)
    process = api.done(f"/batches/{batch}/initiate-process", INITIATE, 201)
    api.done(f"/processes/{process['process_id']}/start", START)
    real = {
        "batch_id": str(batch),
        "process_id": str(process["process_id"]),
        "stage_id": str(process["stages"][0]["stage_id"]),
    }
    document = requests.get(f"{plant.access['url']}/api/v1/openapi.json", timeout=60).json()
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and parameter["name"] in real:
                    parameter["schema"] = {"type": "string", "enum": [real[parameter["name"]]]}
    place = tmp_path / "openapi.json"
    place.write_text(json.dumps(document))
    command = [
        str(Path(sys.executable).with_name("st")),
        "run",
        str(place),
        *("--url", plant.access["url"]),
        *("--header", f"Authorization: Bearer {plant.access['api_keys']['operator']}"),
        *("--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", str(FUZZED)),
        *("--seed", "1"),
        *("--suppress-health-check", "all"),
        *("--request-timeout", "60"),
        "--continue-on-failure",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
