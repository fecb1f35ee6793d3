# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools import durations, isa88

ICONS = {
    "running": ("fa-play", "info"),
    "held": ("fa-hand-paper-o", "warning"),
    "paused": ("fa-pause", "warning"),
    "stopped": ("fa-stop", "danger"),
    "aborted": ("fa-times", "danger"),
    "failed": ("fa-times", "danger"),
    "rejected": ("fa-times", "danger"),
    "complete": ("fa-check", "success"),
    "approved": ("fa-pencil-square-o", "success"),
    "skipped": ("fa-step-forward", "muted"),
}
LIMIT = 200


class ProcessRunTimeline(models.Model):
    """What happened to a batch, the newest first, as its people would tell it."""

    _inherit = "process.run"

    def get_timeline(self) -> list[dict]:
        """Return the states reached and what became of the deviations.

        Keys: ms, utc, title, text, by, badge, icon, colour, res_model, res_id.
        """
        self.check_access("read")
        runs = self.sudo()
        entries = runs._prepare_timeline_states()
        for deviation in runs.deviation_ids:
            entries += deviation._prepare_timeline()
        entries.sort(key=lambda entry: entry["ms"], reverse=True)
        return entries[:LIMIT]

    def _prepare_timeline_states(self) -> list[dict]:
        # states that are only passed through tell a person nothing
        lines = self.env["process.transition"].search(
            [
                ("run_id", "in", self.ids),
                ("kind", "=", "state"),
                ("to_state", "not in", sorted(isa88.TRANSIENT)),
            ],
            limit=LIMIT,
        )
        return [line._prepare_timeline() for line in lines]


class ProcessTransitionTimeline(models.Model):
    """One line of the history in words."""

    _inherit = "process.transition"

    def _prepare_timeline(self) -> dict:
        self.ensure_one()
        icon, colour = ICONS.get(self.to_state, ("fa-circle-o", "muted"))
        types = dict(self._fields["transition_type"]._description_selection(self.env))
        return {
            "ms": self.at_ms,
            "utc": self.at_utc,
            "title": f"{self._get_what()}: {self._get_state_label()}",
            "text": self.reason or "",
            "by": self.user_name or "",
            "badge": "" if self.transition_type == "normal" else types[self.transition_type],
            "icon": icon,
            "colour": colour,
            "res_model": "process.stage" if self.stage_id else "process.run",
            "res_id": self.stage_id.id or self.run_id.id,
        }

    def _get_what(self) -> str:
        if not self.stage_name:
            return self.env._("Batch %s", self.run_id.name)
        if self.command == "approval":
            return self.env._("Approval at %s", self.stage_name)
        return (
            self.env._("%(name)s, attempt %(attempt)s", name=self.stage_name, attempt=self.attempt)
            if self.attempt > 1
            else self.stage_name
        )

    def _get_state_label(self) -> str:
        """Return the state reached in the reader's language."""
        model = "process.run"
        if self.command == "approval":
            model = "process.approval"
        elif self.stage_name:
            model = "process.stage"
        labels = dict(self.env[model]._fields["state"]._description_selection(self.env))
        return labels.get(self.to_state, self.to_state)


class ProcessDeviationTimeline(models.Model):
    """What became of a deviation, as lines of a timeline."""

    _inherit = "process.deviation"

    def _prepare_timeline(self) -> list[dict]:
        self.ensure_one()
        steps = [
            (
                self.opened_ms,
                self.env._("Deviation %s opened", self.name),
                self.description,
                self.reported_by_id,
                "danger",
            ),
            (
                self.decided_at_ms,
                self.env._(
                    "Deviation %(name)s decided: %(disposition)s",
                    name=self.name,
                    disposition=self._get_disposition_label(),
                ),
                self.disposition_reason,
                self.decided_by_id,
                "warning",
            ),
            (
                self.closed_at_ms,
                self.env._("Deviation %s closed", self.name),
                "",
                self.closed_by_id,
                "success",
            ),
        ]
        return [
            {
                "ms": ms,
                "utc": durations.utc_text(ms),
                "title": title,
                "text": text or "",
                "by": user.name or "",
                "badge": "",
                "icon": "fa-exclamation-triangle",
                "colour": colour,
                "res_model": self._name,
                "res_id": self.id,
            }
            for ms, title, text, user, colour in steps
            if ms
        ]
