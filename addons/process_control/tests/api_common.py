# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of the API: one call, its answer checked for the shape every answer has."""

import json
import re
from datetime import UTC, datetime, timedelta

from jsonschema import Draft202012Validator

from odoo.tests import HttpCase

from ..controllers import openapi
from .common import ProcessControlCase

PREFIX = "/api/v1/batch-progression"
# The example of the user's document as it stands, its garbled degree sign with it.
STAGES_CONFIG = [
    {
        "stage_name": "Raw Milk Reception",
        "sequence_order": 1,
        "is_critical_control_point": False,
        "duration_minutes": 30,
        "monitoring_requirements": [
            {
                "requirement_name": "Temperature Check",
                "requirement_type": "temperature",
                "target_value": 4.0,
                "tolerance_min": 2.0,
                "tolerance_max": 6.0,
                "unit_of_measure": "\u00ac\u221eC",
                "monitoring_frequency": "30_minutes",
                "is_mandatory": True,
            }
        ],
    },
    {
        "stage_name": "Pasteurization",
        "sequence_order": 2,
        "is_critical_control_point": True,
        "duration_minutes": 15,
        "monitoring_requirements": [
            {
                "requirement_name": "Pasteurization Temperature",
                "requirement_type": "temperature",
                "target_value": 72.0,
                "tolerance_min": 71.5,
                "tolerance_max": 72.5,
                "unit_of_measure": "\u00ac\u221eC",
                "monitoring_frequency": "continuous",
                "is_critical_limit": True,
                "is_mandatory": True,
            }
        ],
    },
]


class ApiCase(ProcessControlCase, HttpCase):
    """Every answer is checked against the OpenAPI document, whatever the test is about."""

    validator = Draft202012Validator

    def setUp(self):
        super().setUp()
        self.keys = {}
        self.document = openapi.build(self.base_url())

    def get_key(self, user):
        if user not in self.keys:
            later = datetime.now() + timedelta(days=1)
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            self.keys[user] = keys._generate(None, "test", later)
        return self.keys[user]

    # -- against the document -------------------------------------------------------------------

    def check_schema_of(self, schema, value):
        """Check a value against a schema of the document, whose references lie in it."""
        whole = {**schema, "components": self.document["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        errors = list(self.validator(whole, format_checker=checker).iter_errors(value))
        self.assertFalse(errors, errors[:3])

    def check_answer(self, method, path, response):
        """Check an answer of a documented path: its status and its body."""
        operation = self._find_operation(method, path)
        if operation is None:
            return
        self.assertIn(str(response.status_code), operation["responses"], (path, response.text))
        answer = operation["responses"][str(response.status_code)]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].split("/")[-1]]
        if response.status_code == 304:
            return
        kind = response.headers["Content-Type"].split(";")[0]
        self.check_schema_of(answer["content"][kind]["schema"], response.json())

    def _find_operation(self, method, path):
        for template, methods in self.document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, f"{PREFIX}{path}".split("?")[0]):
                return methods.get(method.lower())
        return None

    # -- as a client ----------------------------------------------------------------------------

    def call(self, method, path, body=None, user=None, data=None, **headers):
        """Call a path; return (status, answer)."""
        key = headers.pop("key", None) or self.get_key(user or self.operator)
        if body is not None:
            data = json.dumps(body)
        sent = {"Authorization": f"Bearer {key}"} if key != "none" else {}
        if data is not None:
            sent["Content-Type"] = headers.pop("content_type", "application/json")
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.env.flush_all()
        response = self.opener.request(
            method, f"{self.base_url()}{PREFIX}{path}", data=data, headers=sent, timeout=30
        )
        self.env.invalidate_all()
        self.headers = response.headers
        self.assertLess(response.status_code, 500, response.text)
        self.check_answer(method, path, response)
        if response.status_code == 304:
            return 304, response.text
        kind = response.headers["Content-Type"].split(";")[0]
        if response.status_code >= 400:
            self.assertEqual(kind, "application/problem+json")
            answer = response.json()
            self.assertEqual(answer["status"], response.status_code)
            self.assertTrue(answer["detail"])
            return response.status_code, answer
        self.assertEqual(kind, "application/json")
        return response.status_code, response.json()

    def get_iso(self, milliseconds):
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()

    def initiate(self, order=None, **body):
        order = order or self.create_order()
        status, answer = self.call("POST", f"/batches/{order.id}/initiate-process", body)
        self.assertEqual(status, 201, answer)
        return answer

    def start(self, process):
        body = {"start_parameters": {"started_at": self.get_iso(self.clock)}}
        status, answer = self.call("POST", f"/processes/{process['process_id']}/start", body)
        self.assertEqual(status, 200, answer)
        return answer

    def get_path(self, process, index):
        stage = process["stages"][index]
        return f"/processes/{process['process_id']}/stages/{stage['stage_id']}"
