# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProcessAlert(models.Model):
    """An alert of a stage goes first to who is at it."""

    _inherit = "process.alert"

    def _get_first_users(self):
        """Return the person who started the stage; a program that did is not one."""
        user = self.sudo().cycle_id.stage_id.started_by_id
        operator = "process_monitoring.group_process_monitoring_operator"
        return super()._get_first_users() | user.filtered(
            lambda u: u.active and not u.share and u.has_group(operator)
        )
