# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProcessAlertPolicyStep(models.Model):
    """One level of a policy: after so many minutes without an answer, to this role, by these ways.

    Written with its policy.
    """

    _name = "process.alert.policy.step"
    _description = "Level of an alert policy"
    _order = "policy_id, level"

    policy_id = fields.Many2one(
        "process.alert.policy", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    level = fields.Integer(required=True, default=1, aggregator=None)
    after_min = fields.Integer(
        string="After (min)",
        required=True,
        default=15,
        aggregator=None,
        help="Minutes without an acknowledgement.",
    )
    group_id = fields.Many2one(
        "res.groups",
        string="To",
        required=True,
        ondelete="restrict",
        help="Everybody of the company who has this role. If nobody has it: the quality managers.",
    )
    is_by_activity = fields.Boolean(string="Activity", default=True)
    is_by_email = fields.Boolean(string="E-mail", default=True)
    is_by_sms = fields.Boolean(string="SMS", help="Through Odoo's SMS gateway; it costs credits.")

    _level_unique = models.UniqueIndex("(policy_id, level)")
    _level_positive = models.Constraint(
        "CHECK(level > 0 AND after_min >= 0)",
        "A level is 1 or higher, its minutes are not negative.",
    )
    _has_a_way = models.Constraint(
        "CHECK(is_by_activity OR is_by_email OR is_by_sms)",
        "A level needs at least one way: activity, e-mail or SMS.",
    )

    def _get_users(self, company):
        """Return who is told on this level; never nobody as long as there is a quality manager."""
        self.ensure_one()
        users = self.env["res.users"]
        return users._get_group_users(self.group_id, company) or users._get_process_users(
            "group_process_monitoring_quality_manager", company
        )
