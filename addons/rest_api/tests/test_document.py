# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The OpenAPI document and the routes are one, for every room that is installed."""

import re

from odoo.tests import tagged

from ..area import API, AREAS, Area, get_areas
from .common import ApiCase

OF_THE_DOCUMENT = {f"{API}/openapi.json", f"{API}/docs"}


@tagged("post_install", "-at_install")
class TestDocument(ApiCase):
    def fetch(self, path, **headers):
        return self.opener.get(f"{self.base_url()}{path}", headers=headers, timeout=30)

    def test_every_route_is_in_the_document_and_the_other_way_round(self):
        routes = set()
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(
            self.registry._init_modules, converters=http._get_converters()
        )
        for url, handler in rules:
            if url.startswith(f"{API}/") and url not in OF_THE_DOCUMENT:
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", url)
                routes |= {(path, method.lower()) for method in handler.routing["methods"]}
        paths = self.document["paths"]
        documented = {(path, method) for path, methods in paths.items() for method in methods}
        self.assertEqual(routes, documented)
        self.assertIn((f"{API}/me", "get"), routes)

    def test_the_document_is_whole(self):
        answer = self.fetch(f"{API}/openapi.json")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), self.document)
        self.assertEqual(self.document["openapi"], "3.1.0")
        self.assertEqual(self.document["security"], [{"bearer": []}])
        operations = [op for ops in self.document["paths"].values() for op in ops.values()]
        names = [operation["operationId"] for operation in operations]
        self.assertEqual(len(set(names)), len(names))
        schemas = self.document["components"]["schemas"]
        for schema in schemas.values():
            self.validator.check_schema(schema)
            for example in schema.get("examples", []):
                self.assert_schema(schema, example)
        used = set(re.findall(r"#/components/schemas/(\w+)", answer.text))
        self.assertEqual(used, set(schemas), "a schema that nothing refers to, or one that is lost")
        again = self.fetch(f"{API}/openapi.json", **{"If-None-Match": answer.headers["ETag"]})
        self.assertEqual((again.status_code, again.content), (304, b""))

    def test_every_operation_has_an_example_that_holds(self):
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                with self.subTest(operation=f"{method} {path}"):
                    contents = [operation["requestBody"]] if method == "post" else []
                    contents += [
                        answer
                        for status, answer in operation["responses"].items()
                        if status in ("200", "201")
                    ]
                    for content in (answer["content"]["application/json"] for answer in contents):
                        self.assert_schema(content["schema"], content["example"])

    def test_every_heading_is_explained_and_used(self):
        operations = [op for ops in self.document["paths"].values() for op in ops.values()]
        used = {tag for operation in operations for tag in operation["tags"]}
        self.assertEqual({tag["name"] for tag in self.document["tags"]}, used)
        for group in self.document["x-tagGroups"]:
            self.assertTrue(group["description"] and set(group["tags"]) <= used)

    def test_only_rooms_that_are_installed(self):
        """A server may have loaded a room for another database."""
        installed = set(self.registry._init_modules)
        self.assertEqual(get_areas({"nothing"}), [])
        self.assertEqual([area.module for area in get_areas({"rest_api"})], ["rest_api"])
        self.assertTrue({area.module for area in get_areas(installed)} <= installed)

    def test_a_schema_means_one_thing(self):
        before = list(AREAS)
        with self.assertRaisesRegex(ValueError, "Caller"):
            Area("odoo.addons.other.x", "X", "/x", "X", {"X": "X"}, schemas={"Caller": {}})
        self.assertEqual(AREAS, before)

    def test_the_page_loads_nothing_from_elsewhere(self):
        page = self.fetch(f"{API}/docs")
        self.assertEqual(page.status_code, 200)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertNotIn("http", re.sub(r"<!doctype html>", "", page.text))
        addresses = re.findall(r'(?:src|href)="(/rest_api/[^"]+)"', page.text)
        self.assertEqual(len(addresses), 3)
        for address in addresses:
            self.assertEqual(self.fetch(address).status_code, 200, address)
