# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The OpenAPI document and the routes are one; what is answered is what it says."""

import json
import re

from odoo.tests import tagged

from ..controllers.endpoint import PREFIX as ROUTES
from .api_common import STAGES_CONFIG, ApiCase


@tagged("post_install", "-at_install")
class TestApiDocument(ApiCase):
    def fetch(self, path, **headers):
        return self.opener.get(f"{self.base_url()}{path}", headers=headers, timeout=30)

    def test_every_route_is_in_the_document_and_the_other_way_round(self):
        routes = set()
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(
            self.registry._init_modules, converters=http._get_converters()
        )
        for url, handler in rules:
            if url.startswith(ROUTES):
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", url)
                routes |= {(path, method.lower()) for method in handler.routing["methods"]}
        paths = self.document["paths"]
        documented = {(path, method) for path, methods in paths.items() for method in methods}
        self.assertEqual(routes, documented)
        self.assertGreaterEqual(len(routes), 20)

    def test_the_document_is_whole(self):
        answer = self.fetch("/api/v1/openapi.json")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), self.document)
        self.assertEqual(self.document["openapi"], "3.1.0")
        self.assertEqual(self.document["security"], [{"bearer": []}])
        names = [
            op["operationId"] for ops in self.document["paths"].values() for op in ops.values()
        ]
        self.assertEqual(len(set(names)), len(names))
        schemas = self.document["components"]["schemas"]
        for schema in schemas.values():
            self.validator.check_schema(schema)
            for example in schema.get("examples", []):
                self.check_schema_of(schema, example)
        used = set(re.findall(r"#/components/schemas/(\w+)", answer.text))
        self.assertEqual(used, set(schemas), "a schema that nothing refers to, or one that is lost")
        again = self.fetch("/api/v1/openapi.json", **{"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_the_example_is_the_users_own(self):
        schema = self.document["components"]["schemas"]["Initiate"]
        [example] = schema["examples"]
        wanted = json.dumps(STAGES_CONFIG).replace("\\u00ac\\u221e", "\\u00b0")
        self.assertEqual(example["stages_config"], json.loads(wanted))

    def test_the_page_loads_nothing_from_elsewhere(self):
        page = self.fetch("/api/v1/docs")
        self.assertEqual(page.status_code, 200)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertNotIn("http", re.sub(r"<!doctype html>", "", page.text))
        for address in re.findall(r'(?:src|href)="(/process_control/[^"]+)"', page.text):
            self.assertEqual(self.fetch(address).status_code, 200, address)
