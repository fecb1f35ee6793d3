# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from .common import CertificateCase


@tagged("post_install", "-at_install")
class TestIssueReads(CertificateCase):
    """What an issue reads and writes besides its document does not grow with what is around it."""

    def test_the_issue_reads_no_other_document_of_its_queue(self):
        issued, waiting = self.make_issued(), self.make_certificate(self.lot)
        waiting._do_request_issue()
        self.env.invalidate_all()
        waiting.with_prefetch((issued | waiting)._ids)._issue()
        self.assertEqual(waiting.state, "issued")
        read = waiting._fields["snapshot"]._get_cache(self.env)
        self.assertIn(waiting.id, read)
        self.assertNotIn(issued.id, read)

    def test_many_inputs_are_read_at_once(self):
        order, batch = self.lot.producing_order_ids, self.env["lot.certificate.batch"]
        batch._get_inputs(order, "UTC")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = batch._get_inputs(order, "UTC")
            return len(found), self.env.cr.sql_log_count - before

        few, queries = count()
        line = order.move_raw_ids.move_line_ids.filtered("lot_id")[:1]
        for number in range(20):
            raw = line.lot_id.copy({"name": f"RAW-{number}"})
            line.copy({"lot_id": raw.id, "quantity": 1, "state": "done"})
        many, queries_of_many = count()
        self.assertEqual(many, few + 20)
        # one more asks which order made those that no supplier brought
        self.assertEqual(queries_of_many, queries + 1)

    def test_the_plan_that_was_used_is_not_read_anew(self):
        run, snapshots = self.lot.producing_order_ids.process_run_id, "lot.certificate.snapshot"
        plan = run.plan_id
        (used,) = self.env[snapshots]._get_signatures(plan, "UTC", run.plan_hash)
        self.assertEqual((used["content_sha256"], used["is_valid"]), (run.plan_hash, True))
        # under another plan than the one that was signed, the signature has to cover what is there
        with patch.object(type(plan), "_get_signature_hash", return_value="ab" * 32):
            for other in ("cd" * 32, None):
                self.env.invalidate_all()
                (found,) = self.env[snapshots]._get_signatures(plan, "UTC", other)
                self.assertFalse(found["is_valid"])

    def test_the_issue_is_told_in_one_message(self):
        certificate = self.make_certificate(self.lot).with_context(tracking_disable=False)
        certificate._do_request_issue()
        self.env.cr.flush()
        before = certificate.message_ids
        certificate._issue()
        self.env.cr.flush()
        (message,) = certificate.message_ids - before
        self.assertIn(f"Issued and signed: {certificate.name}", message.body)
        self.assertEqual(message.tracking_value_ids.field_id.name, "state")
