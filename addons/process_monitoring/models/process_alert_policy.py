# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .process_requirement import CONTROL_CLASSES


class ProcessAlertPolicy(models.Model):
    """How the alerts of one control class are treated: to whom they are passed on, when they end.

    Written by quality managers. A company's own policy goes before the one of all companies.
    Alerts look it up each time, so a change holds at once, also for those that are open; what was
    passed on under the old one stays in the notices.
    """

    _name = "process.alert.policy"
    _description = "Alert policy"
    _order = "control_class, company_id, id"

    name = fields.Char(required=True, translate=True)
    control_class = fields.Selection(CONTROL_CLASSES, required=True, default="ccp")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for every company without a policy of its own."
    )
    active = fields.Boolean(default=True)
    is_for_all_limits = fields.Boolean(
        string="Also operating and quality limits",
        help="Otherwise only broken critical limits and monitoring that failed are passed on.",
    )
    clear_good_count = fields.Integer(
        string="Over after good readings",
        default=3,
        help="So many good readings in a row end what an alert tells of; until then a value that "
        "swings around its limit stays one alert. 0: only the time counts.",
    )
    clear_dead_s = fields.Integer(
        string="Over after (s)",
        default=60,
        help="Or: the last good reading is this long after the last bad one. "
        "0: only the number of readings counts. Both 0: the first good reading ends it.",
    )
    step_ids = fields.One2many("process.alert.policy.step", "policy_id", string="Levels", copy=True)

    _one_for_each = models.UniqueIndex("(control_class, COALESCE(company_id, 0)) WHERE active")
    _not_negative = models.Constraint(
        "CHECK(clear_good_count >= 0 AND clear_dead_s >= 0)",
        "Numbers of readings and seconds cannot be negative.",
    )

    @api.constrains("step_ids")
    def _check_steps(self):
        for policy in self:
            minutes = policy.step_ids.sorted("level").mapped("after_min")
            if minutes != sorted(set(minutes)):
                raise ValidationError(
                    self.env._(
                        "Policy %s: each level comes later than the one before it.", policy.name
                    )
                )

    @api.model
    def _find(self, company, control_class: str):
        """Return the policy for a class in a company; none if nothing is to be passed on."""
        return self.sudo().search(
            [("control_class", "=", control_class), ("company_id", "in", (company.id, False))],
            order="company_id NULLS LAST",
            limit=1,
        )
