# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the API must refuse, each with its status and never with a server error."""

import requests

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.rest_api.inputs import MAX_BODY

from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiRefused(ApiCase):
    def test_keys_and_roles(self):
        order = self.create_order()
        path = f"/batches/{order.id}/initiate-process"
        self.assertEqual(self.call("POST", path, {}, key="none")[0], 401)
        self.assertEqual(self.call("POST", path, {}, key="0" * 40)[0], 401)
        clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "test-clerk",
                "group_ids": [Command.link(self.env.ref("base.group_user").id)],
            }
        )
        self.assertEqual(self.call("POST", path, {}, user=clerk)[0], 403)
        self.assertEqual(self.call("GET", "/processes", user=clerk)[0], 403)
        self.assertEqual(self.call("POST", path, {}, user=self.integration)[0], 201)
        self.assertEqual(self.call("POST", path, {}, user=self.integration)[0], 409)

    def test_another_company_is_not_found(self):
        order = self.create_order()
        process = self.initiate(order)
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self._create_user(
            "supervisor", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        run = process["process_id"]
        stage = process["stages"][0]["stage_id"]
        self.breach(self.start_batch())
        alert = self.env["process.alert"].search([], order="id desc", limit=1).id
        for method, path in (
            ("POST", f"/batches/{order.id}/initiate-process"),
            ("POST", f"/processes/{run}/start"),
            ("GET", f"/processes/{run}"),
            ("GET", f"/processes/{run}/stages"),
            ("GET", f"/processes/{run}/deviations"),
            ("GET", f"/processes/{run}/compliance-report"),
            ("GET", f"/processes/{run}/stages/{stage}/evaluate"),
            ("POST", f"/processes/{run}/stages/{stage}/transition"),
            ("POST", f"/processes/{run}/commands"),
            ("GET", f"/processes/{run}/transitions"),
            ("GET", f"/processes/{run}/history"),
            ("GET", f"/batches/{order.id}"),
            ("GET", f"/processes/{run}/stages/{stage}/monitoring-requirements"),
            ("GET", f"/processes/{run}/approvals"),
            ("POST", f"/processes/{run}/stages/{stage}/approvals"),
            ("POST", f"/processes/{run}/stages/{stage}/deviations"),
            ("POST", f"/processes/{run}/stages/{stage}/monitoring-logs"),
            ("GET", f"/processes/{run}/stages/{stage}/monitoring-logs"),
            ("GET", f"/alerts/{alert}"),
            ("POST", f"/alerts/{alert}/acknowledge"),
            ("POST", f"/alerts/{alert}/resolve"),
            ("GET", f"/alerts?process_id={run}"),
        ):
            with self.subTest(path=path):
                body = {} if method == "POST" else None
                self.assertEqual(self.call(method, path, body, user=stranger)[0], 404)
        self.assertEqual(self.call("GET", "/processes", user=stranger)[1]["items"], [])
        self.assertEqual(self.call("GET", "/alerts", user=stranger)[1]["items"], [])
        self.assertEqual(self.call("GET", "/batches", user=stranger)[1]["items"], [])
        self.assertEqual(self.call("GET", f"/processes?batch_id={order.id}")[0], 200)

    def test_ids_that_are_none(self):
        process = self.initiate()
        for wrong in ("0", "-1", "abc", "1.5", "99999999999999999999", "999999999", "%00", "१"):
            with self.subTest(id=wrong):
                self.assertEqual(self.call("GET", f"/processes/{wrong}")[0], 404)
                self.assertEqual(
                    self.call("POST", f"/batches/{wrong}/initiate-process", {})[0], 404
                )
        other = self.initiate()
        stage = other["stages"][0]["stage_id"]
        path = f"/processes/{process['process_id']}/stages/{stage}/evaluate"
        self.assertEqual(self.call("GET", path)[0], 404)

    def test_bodies_that_are_none(self):
        order = self.create_order()
        path = f"/batches/{order.id}/initiate-process"
        for data, status in (
            ("{", 400),
            ("[]", 400),
            ('"x"', 400),
            ('{"a": NaN}', 400),
            ('{"a": "\\u0000"}', 400),
            ('{"\\ud800": 1}', 400),
            ('{"a": [[{"b": "\\udfff"}]]}', 400),
            ('{"a": 1' + "0" * 30 + "}", 400),
            ('{"a": 1e999}', 400),
            ('{"a": ' + "[" * 5000 + "]" * 5000 + "}", 400),
            (b"\xff\xfe", 400),
            ("[" * 100_000, 400),
            ('{"process_type": 3}', 422),
            ('{"process_type": "cheese"}', 422),
            ('{"process_type": "' + "x" * 300 + '"}', 422),
            ("x" * (MAX_BODY + 1), 413),
        ):
            with self.subTest(data=data[:20]):
                self.assertEqual(self.call("POST", path, data=data)[0], status)
        answer = self.call(
            "POST", path, data="a=b", content_type="application/x-www-form-urlencoded"
        )
        self.assertEqual(answer[0], 415)
        self.assertEqual(self.call("POST", path, data="{}", content_type="text/plain")[0], 415)
        in_chunks = iter([b"{", b"}"])
        self.assertEqual(self.call("POST", path, data=in_chunks, content_type="text/plain")[0], 415)
        too_much = iter([b"x" * 100_000] * 11)
        self.assertEqual(self.call("POST", path, data=too_much)[0], 413)

    def test_values_that_are_none(self):
        process = self.initiate()
        path = f"/processes/{process['process_id']}/start"
        for parameters in ([], "x", {"started_at": "yesterday"}, {"started_at": True},
                           {"started_at": "2026-01-01T00:00:00"}, {"started_at": 1.5},
                           {"started_at": "0001-01-01T00:00:00+00:00"}):  # fmt: skip
            with self.subTest(parameters=parameters):
                status, _answer = self.call("POST", path, {"start_parameters": parameters})
                self.assertEqual(status, 422)
        status, _answer = self.call("POST", path, {"start_parameters": {"started_at": 1}})
        self.assertEqual(status, 409)
        self.start(process)
        self.assertEqual(self.call("POST", path, {})[0], 409, "it runs already")
        transition = f"{self.get_path(process, 0)}/transition"
        for body in (
            {"transition_type": "jump"},
            {"transition_type": 1},
            {"transition_type": "normal", "reason": []},
        ):
            self.assertEqual(self.call("POST", transition, body)[0], 422)
        for query in ("limit=0", "limit=x", "limit=1000", "cursor=x", "cursor=-1", "limit=²"):
            self.assertEqual(self.call("GET", f"/processes?{query}")[0], 422)
        for query in ("state=nonsense", "state=%00", "state=%ff", "from=%00", "until=x", "from=0"):
            self.assertEqual(self.call("GET", f"/processes?{query}")[0], 422)
        for query in ("batch_id=%00", "batch_id=x", "batch_id=1%0A"):
            self.assertEqual(self.call("GET", f"/processes?{query}")[0], 404)

    def test_paths_and_methods_that_are_none(self):
        self.assertEqual(self.call("GET", "/nothing")[0], 404)
        self.assertEqual(self.call("POST", "/nothing", {})[0], 404)
        process = self.initiate()
        self.assertEqual(self.call("DELETE", f"/processes/{process['process_id']}")[0], 405)
        self.assertEqual(self.call("GET", f"/processes/{process['process_id']}/start")[0], 405)

    def test_asking_what_may_be_done_does_nothing(self):
        order = self.create_order()
        key = {"Authorization": f"Bearer {self.get_key(self.operator)}"}
        url = f"{self.base_url()}{self.prefix}/batches/{order.id}/initiate-process"
        answer = self.opener.options(url, headers=key, timeout=30)
        self.assertEqual((answer.status_code, answer.text), (204, ""))
        self.assertEqual(answer.headers["Allow"], "POST, OPTIONS")
        self.assertFalse(order.process_run_id)
        url = f"{self.base_url()}{self.prefix}/processes"
        head = self.opener.head(url, headers=key, timeout=30)
        self.assertEqual((head.status_code, head.text), (200, ""))
        self.assertTrue(head.headers["ETag"])

    def test_a_query_cannot_take_the_place_of_the_path(self):
        process = self.initiate()
        path = f"/processes/{process['process_id']}"
        plain = self.call("GET", path)
        self.assertEqual(self.call("GET", f"{path}?process_id=0&self=1&body=2"), plain)
        self.assertEqual(self.call("GET", "/processes?self=1&endpoint=2&args=3&nothing")[0], 200)

    def test_lists_are_paged(self):
        for _number in range(3):
            self.initiate()
        status, first = self.call("GET", "/processes?limit=2")
        self.assertEqual((status, len(first["items"])), (200, 2))
        [link] = requests.utils.parse_header_links(self.headers["Link"])
        self.assertEqual(link["rel"], "next")
        status, second = self.call("GET", link["url"].removeprefix(self.prefix))
        by_hand = self.call("GET", f"/processes?limit=2&cursor={first['next_cursor']}")
        self.assertEqual(by_hand, (200, second))
        self.assertNotIn("Link", self.headers)
        self.assertEqual(len(second["items"]), 1)
        self.assertIsNone(second["next_cursor"])
        status, idle = self.call("GET", "/processes?state=idle")
        self.assertEqual(len(idle["items"]), 3)
