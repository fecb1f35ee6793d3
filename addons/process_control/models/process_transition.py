# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.process_monitoring.clock import to_iso

from ..tools import durations

KINDS = [("command", "Command given"), ("state", "State reached")]
TYPES = [
    ("normal", "Normal"),
    ("rollback", "Rollback"),
    ("rework", "Rework"),
    ("skip", "Skip"),
    ("emergency", "Emergency"),
]


class ProcessTransition(models.Model):
    """One line of a batch's history: a command that was given, or a state that was reached.

    Written by the verbs of runs and stages in the transaction that moves them; hashed with the
    line before. Nothing of it can ever change.
    """

    _name = "process.transition"
    _inherit = ["audit.chain.mixin"]
    _description = "Transition of a batch or stage"
    _order = "at_ms desc, id desc"

    run_id = fields.Many2one(
        "process.run", required=True, readonly=True, ondelete="restrict", index=True
    )
    stage_id = fields.Many2one(
        "process.stage", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    stage_name = fields.Char(readonly=True)
    attempt = fields.Integer(readonly=True, aggregator=None)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    command = fields.Char(readonly=True)
    from_state = fields.Char(readonly=True)
    to_state = fields.Char(readonly=True)
    transition_type = fields.Selection(TYPES, string="Type", default="normal", readonly=True)
    reason = fields.Text(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    user_name = fields.Char(string="By", readonly=True)
    at_ms = BigInt(string="At (ms UTC)", readonly=True, aggregator=None)
    at_utc = fields.Char(string="At (UTC)", compute="_compute_at_utc")

    def _compute_at_utc(self):
        for transition in self:
            transition.at_utc = durations.utc_text(transition.at_ms)

    def _compute_display_name(self):
        for transition in self:
            what = transition.stage_name or transition.run_id.name
            transition.display_name = f"{what}: {transition.command or ''} {transition.to_state}"

    def _prepare_chain_payload(self, vals):
        run = self.env["process.run"].sudo().browse(vals["run_id"])
        return {
            "run": run.name,
            "order": run.production_id.name or "",
            "plan_sha256": run.plan_hash or "",
            "stage": vals.get("stage_name") or "",
            "attempt": vals.get("attempt") or 0,
            "kind": vals["kind"],
            "command": vals.get("command") or "",
            "from": vals.get("from_state") or "",
            "to": vals.get("to_state") or "",
            "type": vals.get("transition_type") or "normal",
            "reason": vals.get("reason") or "",
            "user": vals.get("user_name") or "",
            "at": to_iso(vals["at_ms"]),
        }
