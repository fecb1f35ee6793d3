# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Archiving a month: never within the retention of a batch, signed by two, undone without loss."""

import gzip
import json
from datetime import UTC, datetime
from unittest.mock import patch

from psycopg2.errors import RaiseException

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.audit_chain import seal

from ..tools import partition
from ..tools.sample import Sample
from .common import MINUTE, SECOND, ProcessMonitoringCase


def ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


MARCH = ms("2022-03-01")
BEGIN = ms("2022-03-10 10:00")
NOW = ms("2026-03-02 10:00")
ONCE = {"frequency": "per_batch", "max_gap_s": 0}


@tagged("post_install", "-at_install")
class TestArchive(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        month = partition.parse("2022_03")
        cls.env["process.reading"]._create_partition("process_reading_2022_03", month)
        cls.administrator = cls._create_user(
            "operator", group_ids=[Command.link(cls.env.ref("base.group_system").id)]
        )

    def setUp(self):
        super().setUp()
        self.enterContext(self.at_ms(NOW))

    def feed_month(self):
        self.feed(*[(BEGIN + n * MINUTE, 72.6 + n / 7) for n in range(30)])
        self.feed((BEGIN + 35 * 86_400 * SECOND // 2, 71.2), quality=0)
        self.feed((BEGIN, "forward"), sensor="t-valve")

    def run_batch(self):
        """A batch of half an hour in March 2022."""
        requirement = self._create_requirement("March", [("critical", "ge", 70.0)], **ONCE)
        cycle = self.open_cycle(requirement, start_ms=BEGIN)
        self.feed_month()
        cycle._close(BEGIN + 30 * MINUTE)
        return cycle

    def propose(self):
        self.env["process.reading.archive"].with_user(self.administrator).action_propose()
        return self.env["process.reading.archive"].search(
            [("name", "=", "2022-03"), ("state", "=", "draft")]
        )

    def archive(self):
        archive = self.propose()
        self.sign(archive, "archive", self.quality_manager)
        self.work(archive)
        return archive

    def work(self, archive):
        while archive.sudo()._try_step():
            pass

    def get_rows(self):
        columns = "sensor_id, company_id, source_ms, sequence, received_ms, value, raw_value"
        more = "raw_unit, text_value, quality, origin, verdict, limit_ref"
        query = f"SELECT {columns}, {more} FROM process_reading WHERE source_ms < %s ORDER BY 1, 3"
        return self.env.execute_query(SQL(query, ms("2023-01-01")))

    # -- retention ----------------------------------------------------------------------------

    def test_archiving_never_touches_a_batch_within_its_retention(self):
        cycle = self.run_batch()
        self.company.process_retention_months = 49
        before = self.get_rows()
        archive = self.env["process.reading.archive"].create({"start_ms": MARCH})
        self.assertIn(cycle.display_name, archive.blockers)
        with self.assertRaises(UserError):
            self.sign(archive, "archive", self.quality_manager)
        self.work(archive)
        self.assertEqual(archive.state, "draft")
        self.assertEqual(self.get_rows(), before)

    def test_term_of_a_batch_counts_from_its_end(self):
        cycle = self.run_batch()
        self.company.process_retention_months = 24
        end = cycle.end_ms
        self.assertEqual(cycle._get_retention_end(), ms("2024-03-10 10:30"))
        self.assertEqual(end, ms("2022-03-10 10:30"))
        self.assertIn("until", cycle._get_retention_reason(ms("2024-03-10 10:29")))
        self.assertFalse(cycle._get_retention_reason(ms("2024-03-10 10:30")))

    def test_longer_term_of_one_batch_keeps_the_whole_month(self):
        """The term may be longer for one plan: a room above says so."""
        self.run_batch()
        archive = self.propose()
        self.assertFalse(archive.blockers)
        with patch.object(type(self.env["process.cycle"]), "_get_retention_months", lambda s: 60):
            archive.invalidate_recordset()
            self.assertTrue(archive.blockers)

    def test_lots_that_have_not_expired_keep_the_month(self):
        lots = self.env["stock.lot"]
        if "expiration_date" not in lots._fields:
            self.skipTest("product_expiry is not installed")
        cycle = self.run_batch()
        product = self.env["product.product"].create({"name": "P"})
        lot = lots.create({"name": "L", "product_id": product.id})
        lot.expiration_date = "2025-10-01"
        with patch.object(type(cycle), "_get_affected_lots", lambda s: lot):
            self.assertEqual(cycle._get_retention_end(), ms("2026-04-01"))

    def test_running_batch_keeps_the_month(self):
        self.open_cycle(start_ms=BEGIN)
        self.feed_month()
        self.assertIn("running", self.propose().blockers)

    def test_open_deviation_keeps_the_month(self):
        cycle = self.open_cycle(start_ms=BEGIN)
        self.feed((BEGIN, 72.6), (BEGIN + SECOND, 60.0), (BEGIN + 2 * SECOND, 72.6))
        cycle._evaluate(BEGIN + 3 * SECOND)
        cycle._close(BEGIN + 4 * SECOND)
        self.assertTrue(cycle.deviation_ids)
        self.assertIn(cycle.deviation_ids[0].name, self.propose().blockers)

    def test_readings_without_a_batch_have_the_companys_term(self):
        self.feed_month()
        self.company.process_retention_months = 60
        archive = self.env["process.reading.archive"].create({"start_ms": MARCH})
        self.assertIn(self.company.name, archive.blockers)

    def test_young_month_is_never_archived(self):
        self.feed_month()
        archive = self.propose()
        with self.at_ms(ms("2022-04-20")):
            archive.invalidate_recordset()
            self.assertIn("2022-03", archive.blockers)

    # -- who ----------------------------------------------------------------------------------

    def test_two_people(self):
        self.feed_month()
        self.quality_manager.group_ids += self.env.ref("base.group_system")
        archives = self.env["process.reading.archive"].with_user(self.quality_manager)
        archives.action_propose()
        archive = archives.search([("name", "=", "2022-03")])
        self.assertEqual(archive.requested_by_id, self.quality_manager)
        with self.assertRaises(UserError):
            self.sign(archive, "archive", self.quality_manager)
        with self.assertRaises(AccessError):
            self.sign(archive, "archive", self.administrator)
        self.assertEqual(archive.state, "draft")

    def test_only_administrators_propose(self):
        self.feed_month()
        for user in (self.engineer, self.operator, self.quality_manager):
            with self.assertRaises(AccessError):
                self.env["process.reading.archive"].with_user(user).action_propose()

    def test_nothing_of_it_is_typed(self):
        self.feed_month()
        archive = self.propose()
        for vals in ({"state": "archived"}, {"start_ms": 0}, {"reading_count": 0}):
            with self.assertRaises(UserError):
                archive.sudo().write(vals)
        with self.assertRaises(UserError):
            archive.sudo().unlink()
        with self.assertRaises(UserError):
            self.env["process.reading.archive"].create({"start_ms": 12})

    # -- out and back -------------------------------------------------------------------------

    def test_out_and_back_without_loss(self):
        self.run_batch()
        self.env["process.reading.rollup"]._roll_up()
        before = self.get_rows()
        self.assertEqual(len(before), 32)
        archive = self.archive()
        self.assertEqual((archive.state, archive.error), ("archived", False))
        self.assertEqual(self.get_rows(), [])
        self.assertEqual(archive.approved_by_id, self.quality_manager)
        self.assertEqual(sum(archive.file_ids.mapped("reading_count")), 32)
        self.assertEqual(archive.signature_state, "valid")
        self.sign(archive, "restore", self.quality_manager)
        self.work(archive)
        self.assertEqual((archive.state, archive.error), ("restored", False))
        self.assertEqual(self.get_rows(), before)
        self.feed((BEGIN + 1, 72.6))
        self.assertEqual(len(self.get_rows()), 33, "the month is open again")

    def test_month_that_came_in_late_goes_out_and_comes_back(self):
        """Readings that lay in the DEFAULT partition are archived once they have their own."""
        begin = ms("2021-05-10 10:00")
        self.feed(*[(begin + n * MINUTE, 72.6) for n in range(5)])
        archives = self.env["process.reading.archive"]
        self.propose()
        self.assertFalse(archives.search([("name", "=", "2021-05")]))
        self.prepare_months()
        before = self.get_rows()
        self.propose()
        archive = archives.search([("name", "=", "2021-05")])
        self.sign(archive, "archive", self.quality_manager)
        self.work(archive)
        self.assertEqual((archive.state, self.get_rows()), ("archived", []))
        self.sign(archive, "restore", self.quality_manager)
        self.work(archive)
        self.assertEqual((archive.state, self.get_rows()), ("restored", before))

    @mute_logger("odoo.addons.process_monitoring.models.process_reading_archive_work")
    def test_what_comes_up_after_the_signature_keeps_the_month(self):
        cycle = self.run_batch()
        archive = self.propose()
        self.sign(archive, "archive", self.quality_manager)
        self.env["process.deviation"].create({"cycle_id": cycle.id, "description": "Complaint"})
        self.work(archive)
        self.assertEqual(archive.state, "approved")
        self.assertIn("is not closed", archive.error)
        self.assertEqual(len(self.get_rows()), 32)

    def test_minimum_and_maximum_stay(self):
        """A35: the chart of an archived batch still shows its lowest value."""
        cycle = self.run_batch()
        self.env["process.reading.rollup"]._roll_up()
        before = cycle.get_chart_data()["points"]
        self.archive()
        after = cycle.get_chart_data()["points"]
        self.assertTrue(cycle.is_archived)
        self.assertEqual(min(p[1] for p in after), min(p[1] for p in before))
        self.assertEqual(max(p[2] for p in after), max(p[2] for p in before))
        self.env["process.reading.rollup"]._rebuild(BEGIN, BEGIN + 30 * MINUTE)
        self.assertEqual(cycle.get_chart_data()["points"], after)

    def test_file_can_be_read_without_odoo(self):
        self.run_batch()
        archive = self.archive()
        file = archive.file_ids[0]
        text = gzip.decompress(file.content and file._get_attachment().raw).decode()
        header, first, *_rest = text.splitlines()
        self.assertTrue(header.startswith("sensor,source_ms,sequence,"))
        self.assertTrue(first.startswith(f"t-temp,{BEGIN},0,"))
        self.assertEqual(file.name, "readings-2022-03-10.csv.gz")

    def test_sealed_month_refuses_readings(self):
        self.feed_month()
        self.archive()
        result = self.feed((BEGIN, 72.6), (NOW, 72.6))
        self.assertEqual(result.stored, 1)
        [(index, reason)] = result.rejected
        self.assertEqual(index, 0)
        self.assertIn("2022-03", reason)
        with self.assertRaises(RaiseException), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute(
                "INSERT INTO process_reading (sensor_id, company_id, source_ms, sequence,"
                " received_ms, quality, origin, verdict)"
                " VALUES (1, 1, %s, 0, 0, 192, '', 'conform')",
                [BEGIN],
            )

    def test_seal_is_lifted_when_it_is_cancelled_in_time(self):
        self.feed_month()
        archive = self.propose()
        self.sign(archive, "archive", self.quality_manager)
        archive.sudo()._try_step()
        archive.with_user(self.administrator).action_cancel()
        self.assertEqual(archive.state, "cancelled")
        self.assertEqual(self.feed((BEGIN + 1, 72.6)).stored, 1)
        self.assertEqual(self.archive().state, "archived", "it can be proposed anew")

    def test_late_reading_after_the_proposal(self):
        self.feed_month()
        archive = self.propose()
        self.feed((BEGIN + 1, 72.6))
        with self.assertRaises(UserError):
            self.sign(archive, "archive", self.quality_manager)
        self.assertEqual(len(self.get_rows()), 33)

    @mute_logger("odoo.addons.process_monitoring.models.process_reading_archive_work")
    def test_damaged_file_empties_nothing(self):
        self.feed_month()
        archive = self.propose()
        self.sign(archive, "archive", self.quality_manager)
        while archive.done_ms < archive.end_ms:
            archive.sudo()._try_step()
        attachment = archive.file_ids[0]._get_attachment()
        self.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'x' WHERE id = %s",
            [attachment.id],
        )
        attachment.invalidate_recordset()
        self.work(archive)
        self.assertEqual(archive.state, "approved")
        self.assertIn("damaged", archive.error)
        self.assertEqual(len(self.get_rows()), 32)

    def test_files_are_evidence(self):
        self.feed_month()
        file = self.archive().file_ids[0]
        attachment = file._get_attachment()
        with self.assertRaises(UserError):
            attachment.unlink()
        with self.assertRaises(UserError):
            attachment.write({"raw": b"x"})
        with self.assertRaises(UserError):
            file.sudo().unlink()
        with self.assertRaises(UserError):
            file.sudo().write({"content": b"eA=="})
        for line in self.env[file._name].sudo().search([]):
            self.assertEqual(json.loads(line.payload)["row"], seal.of_record(line))
        entry = self.env["audit.record"].search(
            [("event", "=", "process.reading.archive.archived")], limit=1
        )
        self.assertIn(file.file_sha256, entry.details)

    def test_readings_still_refuse_truncation(self):
        self.feed_month()
        self.archive()
        self.feed((NOW, 72.6))
        for table in ("process_reading", "process_reading_2022_03"):
            with self.assertRaises(RaiseException), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.cr.execute(SQL("TRUNCATE %s", SQL.identifier(table)))

    def test_files_of_each_company_apart(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        sensor = self._create_sensor("t-temp", self.temperature, company_id=other.id)
        self.feed_month()
        door = self.env["process.reading"].with_company(other)
        door = door.with_context(allowed_company_ids=other.ids)
        door._ingest([Sample("t-temp", BEGIN, value=5.0)])
        self.assertEqual(self.get_readings(sensor).value, 5.0)
        archive = self.archive()
        self.assertEqual(archive.file_ids.company_id, self.company | other)
        stranger = self._create_user(
            "quality_manager", company_id=other.id, company_ids=[Command.set(other.ids)]
        )
        files = self.env["process.reading.archive.file"].with_user(stranger).search([])
        self.assertEqual(files.company_id, other)
