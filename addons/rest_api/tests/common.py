# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A client of the API: one call, its answer checked for the shape every answer has."""

import json
import re
from datetime import datetime, timedelta

from jsonschema import Draft202012Validator

from odoo.tests import HttpCase

from .. import openapi
from ..area import API, get_areas


class ApiCase(HttpCase):
    """Every answer is checked against the OpenAPI document, whatever the test is about.

    A room's tests inherit it, set `prefix` and `caller` (whose key is used), and `call` paths.
    """

    validator = Draft202012Validator
    prefix = API
    caller = None

    def setUp(self):
        super().setUp()
        self.keys = {}
        areas = get_areas(self.registry._init_modules)
        self.document = openapi.build(self.base_url(), areas)

    def get_key(self, user):
        if user not in self.keys:
            later = datetime.now() + timedelta(days=1)
            keys = self.env["res.users.apikeys"].with_user(user).sudo()
            self.keys[user] = keys._generate(None, "test", later)
        return self.keys[user]

    # -- against the document -------------------------------------------------------------------

    def assert_schema(self, schema, value):
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
        self.assert_schema(answer["content"][kind]["schema"], response.json())

    def _find_operation(self, method, path):
        for template, methods in self.document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, f"{self.prefix}{path}".split("?")[0]):
                return methods.get(method.lower())
        return None

    # -- as a client ----------------------------------------------------------------------------

    def call(self, method, path, body=None, user=None, data=None, **headers):
        """Call a path; return (status, answer)."""
        key = headers.pop("key", None) or self.get_key(user or self.caller)
        if body is not None:
            data = json.dumps(body)
        sent = {"Authorization": f"Bearer {key}"} if key != "none" else {}
        if data is not None:
            sent["Content-Type"] = headers.pop("content_type", "application/json")
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.env.flush_all()
        response = self.opener.request(
            method, f"{self.base_url()}{self.prefix}{path}", data=data, headers=sent, timeout=30
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
