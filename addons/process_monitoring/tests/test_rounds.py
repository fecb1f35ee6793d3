# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When cycles are evaluated: what has news at once, the rest in rounds, mail by its own action."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import process_cycle_rounds
from .common import SECOND, T0, ProcessMonitoringCase


@tagged("post_install", "-at_install")
class TestRounds(ProcessMonitoringCase):
    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()
        cron_class = type(self.env["ir.cron"])
        self.enterContext(patch.object(cron_class, "_commit_progress", return_value=1.0))
        self.enterContext(patch.object(process_cycle_rounds, "NEWS_EVERY_S", 0))

        self.cron.lastcall = False

    def evaluate(self, minutes, now_ms=T0 + SECOND):
        """Run the scheduled action as many minutes after its time; `now_ms` is when that is."""
        self.cron.nextcall = fields.Datetime.now() - timedelta(minutes=minutes)
        self.cron.flush_recordset()
        with self.at_ms(now_ms):
            self.env["process.cycle"]._cron_evaluate()

    def open_others(self, count):
        """Open cycles of sensors of their own, in order."""
        cycles = self.env["process.cycle"]
        for number in range(count):
            sensor = self._create_sensor(f"other-{number}", self.temperature)
            limits = [("critical", "ge", 72.0)]
            cycles |= self.open_cycle(self._create_requirement("Other", limits, sensor=sensor))
        return cycles

    def test_a_trigger_looks_at_news_only(self):
        silent = self.open_cycle()
        [broken] = self.open_others(1)
        self.feed((T0, 71.0), sensor=broken.sensor_id.code)
        self.evaluate(minutes=-1, now_ms=T0 + 9 * SECOND)
        self.assertEqual(broken.alert_ids.mapped("kind"), ["breach"])
        self.evaluate(minutes=-1, now_ms=T0 + 11 * SECOND)
        self.assertFalse(silent.alert_ids)
        self.evaluate(minutes=0, now_ms=T0 + 11 * SECOND)
        self.assertEqual(silent.alert_ids.mapped("kind"), ["stale"])

    def test_a_breach_does_not_wait_for_the_end_of_a_round(self):
        cycles = self.open_others(3)
        seen = []
        evaluate = type(cycles)._evaluate_safely

        def evaluate_and_note(cycle):
            if cycle in cycles:
                seen.append(cycle)
            if len(seen) == 1:
                self.feed((T0, 71.0), sensor=(cycles - cycle)[-1].sensor_id.code)
            return evaluate(cycle)

        with patch.object(type(cycles), "_evaluate_safely", evaluate_and_note):
            self.evaluate(minutes=0)
        self.assertEqual(len(seen), 4, "Each of them in the round, one of them in between")
        self.assertEqual(seen[1].breach_count, 1)
        self.assertEqual(len(seen[1].alert_ids), 1)

    def test_news_that_wait_for_readings_are_not_asked_for_again_in_a_round(self):
        cycles = self.open_others(3)
        waiting = cycles[0]
        waiting.sudo().write({"is_evaluation_due": True})
        with patch.object(type(cycles), "_evaluate_safely", autospec=True) as evaluate:
            self.evaluate(minutes=0)
        looked = [call.args[0] for call in evaluate.call_args_list]
        self.assertEqual(looked.count(waiting), 2, "Once for its news, once in the round")

    def test_an_answer_given_meanwhile_is_seen(self):
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        self.evaluate(minutes=-1)
        alert = cycle.alert_ids
        self.assertEqual((alert.state, alert.cleared_ms), ("open", 0))
        self.env.cr.execute(
            "UPDATE process_alert SET state = 'acknowledged', cleared_ms = %s WHERE id = %s",
            [T0 + 1, alert.id],
        )
        self.feed((T0 + SECOND, 71.0))
        self.evaluate(minutes=-1)
        self.assertEqual((alert.state, alert.round), ("open", 2), "Raised again: it came back")

    def test_mail_is_sent_by_its_own_action_at_once(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([("cron_id", "=", queue.id)]).unlink()
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        mails = self.env["mail.mail"].search(
            [("model", "=", "process.deviation"), ("res_id", "=", cycle.deviation_ids.id)]
        )
        self.assertIn(self.quality_manager.partner_id, mails.recipient_ids)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertTrue(triggers.search([("cron_id", "=", queue.id)]))
