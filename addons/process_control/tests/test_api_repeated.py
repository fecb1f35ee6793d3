# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Requests that come again: idempotency keys and ETags, with batches behind them."""

from odoo.tests import tagged

from .api_common import ApiCase

REPLAYED = "Idempotency-Replayed"


@tagged("post_install", "-at_install")
class TestApiRepeated(ApiCase):
    def begin(self, order, key="abc", body=None, **kwargs):
        return self.call(
            "POST",
            f"/batches/{order.id}/initiate-process",
            body or {},
            Idempotency_Key=key,
            **kwargs,
        )

    def get_lines(self):
        return self.env["rest.api.request"].search([])

    # -- idempotency keys -----------------------------------------------------------------------

    def test_a_request_is_done_once(self):
        order = self.create_order()
        status, first = self.begin(order)
        self.assertEqual(status, 201)
        self.assertNotIn(REPLAYED, self.headers)
        status, again = self.begin(order)
        self.assertEqual((status, again), (201, first))
        self.assertEqual(self.headers[REPLAYED], "true")
        self.assertEqual(len(order.sudo().process_run_ids), 1)
        self.assertEqual(self.begin(order, key="other")[0], 409, "it is done again with another")
        self.assertEqual(len(self.get_lines()), 1, "what was refused leaves nothing")

    def test_the_same_key_for_something_else(self):
        order = self.create_order()
        self.begin(order)
        self.assertEqual(self.begin(order, body={"process_type": "pasteurized_milk"})[0], 422)
        self.assertEqual(self.begin(self.create_order())[0], 422)

    def test_a_key_belongs_to_its_user(self):
        self.begin(self.create_order())
        status, _answer = self.begin(self.create_order(), user=self.integration)
        self.assertEqual(status, 201)
        self.assertNotIn(REPLAYED, self.headers)

    def test_what_was_refused_is_tried_again(self):
        run = self.start_batch()
        stage = self.get_stage(run, "Reception")
        path = f"/processes/{run.id}/stages/{stage.id}/transition"
        self.assertEqual(self.call("POST", path, {}, Idempotency_Key="t")[0], 409)
        self.deliver(900.0, sensor="t-flow")
        self.assertEqual(self.call("POST", path, {}, Idempotency_Key="t")[0], 200)
        self.assertEqual(self.call("POST", path, {}, Idempotency_Key="t")[0], 200)
        self.assertEqual(self.headers[REPLAYED], "true")

    def test_keys_that_are_none(self):
        order = self.create_order()
        for key in ("", "a b", "x" * 256, "\u00e9".encode("latin-1")):
            self.assertEqual(self.begin(order, key=key)[0], 400)

    # -- ETag -----------------------------------------------------------------------------------

    def test_what_has_not_changed_is_not_sent(self):
        process = self.initiate()
        path = f"/processes/{process['process_id']}"
        self.call("GET", path)
        tag = self.headers["ETag"]
        self.assertEqual(self.call("GET", path, If_None_Match=tag), (304, ""))
        self.assertEqual(self.headers["ETag"], tag)
        self.assertEqual(self.call("GET", path, If_None_Match=f'"x", W/{tag}')[0], 304)
        self.assertEqual(self.call("GET", path, If_None_Match='"x"')[0], 200)
        self.start(process)
        self.assertEqual(self.call("GET", path, If_None_Match=tag)[0], 200)
        self.assertNotEqual(self.headers["ETag"], tag)
        tags = f"{path}/stages/{process['stages'][0]['stage_id']}/evaluate"
        self.call("GET", tags)
        self.assertEqual(self.call("GET", tags, If_None_Match=self.headers["ETag"])[0], 304)
