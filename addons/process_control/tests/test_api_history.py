# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The history: commands, states, deviations and signatures in one order, however it is read."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.process_monitoring.clock import to_iso

from ..models import process_run_command
from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiHistory(ApiCase):
    def setUp(self):
        super().setUp()
        self.run_ = self.start_batch()
        self.breach(self.run_)
        self.decide(self.run_.sudo().deviation_ids)
        self.path = f"/processes/{self.run_.id}/history"

    def follow(self, query=""):
        """Return all entries, page by page along the links."""
        items, path = [], f"{self.path}?{query}"
        while path:
            status, answer = self.call("GET", path)
            self.assertEqual(status, 200, answer)
            items += answer["items"]
            path = answer["next_cursor"] and f"{self.path}?{query}&cursor={answer['next_cursor']}"
        return items

    def test_it_is_whole_and_in_time_order(self):
        items = self.follow()
        times = [item["at"] for item in items]
        self.assertEqual(times, sorted(times))
        counts = {kind: sum(item["kind"] == kind for item in items) for kind in
                  ("command", "state", "deviation", "signature")}  # fmt: skip
        lines = self.run_.sudo().transition_ids
        self.assertEqual(counts["command"] + counts["state"], len(lines))
        self.assertEqual(counts["deviation"], len(self.run_.sudo().deviation_ids))
        documents = {item["signature"]["document"] for item in items if item["signature"]}
        self.assertIn(self.plan.display_name, documents, "the approval of its plan")
        self.assertIn(self.run_.sudo().deviation_ids.display_name, documents)
        for item in items:
            kind = item["kind"] if item["kind"] in ("deviation", "signature") else "transition"
            others = {"transition", "deviation", "signature"} - {kind}
            self.assertTrue(item[kind])
            self.assertFalse(any(item[other] for other in others))

    def test_pages_neither_lose_nor_repeat(self):
        """Also where several entries have one time, of one source and of several."""
        deviation = self.run_.sudo().deviation_ids
        with patch.object(process_run_command, "now_ms", return_value=deviation.opened_ms):
            self.run_.with_user(self.supervisor).action_emergency("stopped", "Smoke")
        whole = self.follow("limit=200")
        times = [item["at"] for item in whole]
        self.assertGreater(times.count(to_iso(deviation.opened_ms)), 2)
        for limit in (1, 2, 3, 7):
            self.assertEqual(self.follow(f"limit={limit}"), whole)
            newest = self.follow(f"order=newest&limit={limit}")
            self.assertEqual(newest, whole[::-1])

    def test_a_span_of_time(self):
        whole = self.follow()
        middle = whole[len(whole) // 2]["at"]
        earlier, later = self.follow(f"until={middle}"), self.follow(f"from={middle}")
        self.assertEqual(earlier + later, whole)
        self.assertTrue(all(item["at"] < middle for item in earlier))
        self.assertEqual(self.follow(f"from={later[-1]['at']}&until={later[-1]['at']}"), [])

    def test_what_is_asked_wrongly(self):
        for query in ("order=up", "cursor=1", "cursor=1-1", "cursor=1-12-1", "cursor=x-0-1",
                      "cursor=1-0-1%0A", "cursor=1-0-9999999999", "limit=0", "from=x"):  # fmt: skip
            self.assertEqual(self.call("GET", f"{self.path}?{query}")[0], 422, query)
        self.assertEqual(
            self.call("GET", f"{self.path}?cursor=999999999999999-9-999999999")[0], 200
        )

    def test_lists_take_a_span_too(self):
        start = self.run_.start_ms
        for path, at_ms in (
            ("/processes", start),
            ("/alerts", self.run_.sudo().stage_ids.cycle_ids.alert_ids[:1].raised_ms),
            (f"/processes/{self.run_.id}/transitions", self.run_.sudo().transition_ids[:1].at_ms),
        ):
            found = self.call("GET", f"{path}?from={at_ms}&until={at_ms + 1}")[1]["items"]
            self.assertTrue(found, path)
            self.assertFalse(self.call("GET", f"{path}?until=1000")[1]["items"], path)
