# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two workers at once: the row lock lets one of them work, the unique indexes hold besides."""

from contextlib import closing

import psycopg2
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..tools.fold import Event
from .common import MINUTE, SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestTwoWorkers(ProcessMonitoringCase):
    def open_committed_cycle(self):
        """Create a cycle with a breach that other connections see; taken away afterwards."""
        connection = db_connect(self.env.cr.dbname)
        with closing(connection.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            parameter = env["process.parameter"].create(
                {"name": "two", "code": "two-workers", "unit": "degC"}
            )
            requirement = env["process.requirement"].create(
                {
                    "name": "two",
                    "parameter_id": parameter.id,
                    "control_class": "ccp",
                    "frequency": "continuous",
                    "max_gap_s": 10,
                }
            )
            with self.at_ms(T0):
                cycle = requirement._open_cycle(T0, "two workers")
            cr.commit()  # pylint: disable=invalid-commit
            self.addCleanup(self.delete_committed, cycle.id, requirement.id, parameter.id)
            return connection, cycle.id

    def delete_committed(self, cycle_id, requirement_id, parameter_id):
        with closing(db_connect(self.env.cr.dbname).cursor()) as cr:
            for table, record_id in (
                ("process_cycle", cycle_id),
                ("process_requirement", requirement_id),
                ("process_parameter", parameter_id),
            ):
                cr.execute(SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), record_id))
            cr.commit()  # pylint: disable=invalid-commit

    def test_a23_second_worker_leaves_the_cycle_alone(self):
        connection, cycle_id = self.open_committed_cycle()
        silent_ms = T0 + 60 * SECOND
        with closing(connection.cursor()) as first, closing(connection.cursor()) as second:
            one = api.Environment(first, SUPERUSER_ID, {})["process.cycle"].browse(cycle_id)
            two = api.Environment(second, SUPERUSER_ID, {})["process.cycle"].browse(cycle_id)
            one._evaluate(silent_ms)
            two._evaluate(silent_ms)
            self.assertEqual(len(one.alert_ids), 1)
            self.assertFalse(two.alert_ids)
            first.rollback()
            second.rollback()

    def test_a23_two_workers_pass_an_alert_on_once(self):
        connection, cycle_id = self.open_committed_cycle()
        with closing(connection.cursor()) as cr:
            alerts = api.Environment(cr, SUPERUSER_ID, {})["process.alert"]
            cycle = alerts.env["process.cycle"].browse(cycle_id)
            event = Event("missing", T0, T0 + SECOND)
            alert_id = alerts.create(alerts._prepare_alert(cycle, event, T0)).id
            cr.commit()  # pylint: disable=invalid-commit
            self.addCleanup(self.delete_alert, alert_id)
        late_ms = T0 + 16 * MINUTE
        with closing(connection.cursor()) as first, closing(connection.cursor()) as second:
            one = api.Environment(first, SUPERUSER_ID, {})["process.alert"].browse(alert_id)
            two = api.Environment(second, SUPERUSER_ID, {})["process.alert"].browse(alert_id)
            self.assertEqual(two.state, "open", "Its view of the table begins before the other's")
            one._escalate_one(late_ms)
            two._escalate_one(late_ms)
            self.assertEqual((len(one.notice_ids), len(two.notice_ids)), (1, 0))
            one.env.flush_all()
            first.commit()  # pylint: disable=invalid-commit
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                two._escalate_one(late_ms)
            second.rollback()
            two.env.clear()
            two._escalate_one(late_ms)
            self.assertEqual(len(two.notice_ids), 1)
            second.rollback()

    def delete_alert(self, alert_id):
        """Take away what was committed, whatever hangs on it first."""
        with closing(db_connect(self.env.cr.dbname).cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            alert = env["process.alert"].browse(alert_id)
            env["mail.mail"].search(
                [("res_id", "=", alert_id), ("model", "=", alert._name)]
            ).unlink()
            alert.message_ids.unlink()
            alert.activity_ids.unlink()
            env.flush_all()
            for table, column in (("process_alert_notice", "alert_id"), ("process_alert", "id")):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        alert_id,
                    )
                )
            cr.commit()  # pylint: disable=invalid-commit

    @mute_logger("odoo.sql_db")
    def test_index_refuses_a_second_open_alert(self):
        cycle = self.open_cycle()
        cycle._evaluate(T0 + 11 * SECOND)
        alert = cycle.alert_ids
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            alert.copy({"cycle_id": cycle.id, "kind": alert.kind})
            self.env.flush_all()
        deviation = cycle.deviation_ids
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.cr.savepoint():
            self.env["process.deviation"].sudo().create(
                {
                    "cycle_id": cycle.id,
                    "kind": deviation.kind,
                    "control_class": "ccp",
                    "severity": "critical",
                }
            )
            self.env.flush_all()
