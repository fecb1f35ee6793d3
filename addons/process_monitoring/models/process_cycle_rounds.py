# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import time

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models

from .. import clock

_logger = logging.getLogger(__name__)

# An evaluation that comes later than this was not running: Odoo was down.
MAX_PAUSE_MS = 180_000
MAX_ERROR = 250
# How often a round stops to look whether something came in.
NEWS_EVERY_S = 0.2


class ProcessCycleRounds(models.Model):
    """When cycles are evaluated: those with news at once, all that run in a round, once a minute.

    Silence shows only if somebody looks, so a round looks at every running cycle. A breach does not
    wait for the end of a round: what came in meanwhile is evaluated in between.
    """

    _inherit = "process.cycle"

    @api.model
    def _trigger_evaluation(self) -> None:
        """Have the evaluation run at once, after this transaction."""
        self._get_evaluation_cron()._trigger()

    @api.model
    def _get_evaluation_cron(self):
        return self.env.ref("process_monitoring.ir_cron_evaluate_cycles").sudo()

    @api.model
    def _cron_evaluate(self) -> None:
        """Evaluate the cycles with news and, when its time has come, make a round.

        Each in its own transaction. A trigger wakes this action before its time: then nothing but
        the news is looked at.
        """
        self._note_pause(clock.now_ms())
        waiting = self._evaluate_news()
        if self._get_evaluation_cron().nextcall <= fields.Datetime.now():
            self._make_round(waiting)
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _evaluate_news(self):
        """Evaluate each cycle with news once, but those in `self`; return what still has some.

        A cycle keeps its news while readings are on their way that may change them.
        """
        domain = [("is_evaluation_due", "=", True), ("id", "not in", self.ids)]
        due = self.search(domain, order="id")
        for cycle in due:
            cycle._evaluate_safely()
            self.env["ir.cron"]._commit_progress(1)
            for alert in cycle.alert_ids.filtered(lambda a: a.state == "open"):
                alert._escalate_safely()
                self.env["ir.cron"]._commit_progress()
        return self | due.filtered("is_evaluation_due")

    def _make_round(self, waiting) -> None:
        """Look at every running cycle, then at every alert; it is finished, however long it takes.

        Who began again in the middle would never come to the last ones.
        """
        alerts = self.env["process.alert"]
        steps = [cycle._evaluate_safely for cycle in self.search([("state", "=", "running")])]
        steps += [alert._clear_safely for alert in alerts._find_over()]
        steps += [alert._escalate_safely for alert in alerts._find_waiting()]
        next_look = time.monotonic() + NEWS_EVERY_S
        for step in steps:
            step()
            self.env["ir.cron"]._commit_progress(1)
            if time.monotonic() > next_look:
                waiting = waiting._evaluate_news()
                next_look = time.monotonic() + NEWS_EVERY_S

    def _evaluate_safely(self) -> None:
        """Evaluate one cycle; whatever goes wrong with it, the others must still be evaluated."""
        # what was read in the transaction before may have changed: somebody answered an alert
        self.env.invalidate_all()
        try:
            self._evaluate(clock.now_ms())
            self.env.flush_all()
        except SerializationFailure:
            # readings came in meanwhile: look again with a fresh view of the row
            self.env.cr.rollback()
            self._trigger_evaluation()
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Monitoring cycle %s could not be evaluated", self.id)
            self._note_error(f"{type(error).__name__}: {error}")

    def _note_error(self, text: str) -> None:
        """Write on the cycle why nobody has judged it, for those who look at it."""
        self.sudo().write({"evaluation_error": text[:MAX_ERROR]})

    @api.model
    def _note_pause(self, now_ms: int) -> None:
        """Find out whether the evaluation stood still, or the clock was set; then listen anew.

        After a pause, readings may wait in a queue. Silence is not judged for a moment; a real gap
        shows in the source times once the readings are in. A clock that was set back must not
        hide silence either: times that now lie ahead excuse nothing any more.
        """
        cron = self._get_evaluation_cron()
        if not cron.lastcall:
            return
        pause_ms = now_ms - clock.to_ms(cron.lastcall)
        if pause_ms > MAX_PAUSE_MS or pause_ms < -MAX_PAUSE_MS:
            self._start_listening(now_ms)

    @api.model
    def _start_listening(self, now_ms: int) -> None:
        """Excuse the silence of all running cycles for a moment: the readings could not come in.

        Called after a pause of Odoo itself. A bridge says how far it is by `process.feed`.
        """
        self.sudo().search([("state", "=", "running")]).write({"listening_since_ms": now_ms})
