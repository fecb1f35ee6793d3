# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt

from .. import clock


class ProcessAlertNotice(models.Model):
    """That an alert was passed on: which level, to whom, by which ways, when.

    Appended by the escalation alone, once for each level; its unique index is what keeps two
    workers from telling people twice. It never changes.
    """

    _name = "process.alert.notice"
    _inherit = ["process.stamped.mixin"]
    _description = "Notice of an alert"
    _order = "sent_ms desc, id desc"

    alert_id = fields.Many2one(
        "process.alert", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="alert_id.company_id", store=True, index=True)
    round = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    level = fields.Integer(required=True, readonly=True, aggregator=None)
    group_id = fields.Many2one(
        "res.groups", string="Role", required=True, readonly=True, ondelete="restrict"
    )
    user_ids = fields.Many2many(
        "res.users", "process_alert_notice_user_rel", string="Told", readonly=True
    )
    ways = fields.Char(string="By", readonly=True)
    remark = fields.Char(readonly=True, help="Who could not be told this way, and why.")
    sent_ms = BigInt(string="Sent (ms UTC)", readonly=True, aggregator=None)
    sent_time = fields.Datetime(string="Sent", compute="_compute_sent_time", store=True)

    _once = models.UniqueIndex("(alert_id, round, level)")

    @api.depends("sent_ms")
    def _compute_sent_time(self):
        for notice in self:
            notice.sent_time = clock.to_datetime(notice.sent_ms)

    @api.depends("alert_id", "level")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = self.env._(
                "%(alert)s, level %(level)s",
                alert=notice.alert_id.display_name,
                level=notice.level,
            )
