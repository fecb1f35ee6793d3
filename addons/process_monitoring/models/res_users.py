# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResUsers(models.Model):
    """People in their monitoring roles."""

    _inherit = "res.users"

    @api.model
    def _get_process_users(self, group: str, company):
        """Return the active users of a company who have a role of this module (a group's name)."""
        return self._get_group_users(self.env.ref(f"process_monitoring.{group}"), company)

    @api.model
    def _get_group_users(self, role, company):
        """Return the active users of a company who have a role (a `res.groups`)."""
        return self.sudo().search(
            [
                ("all_group_ids", "in", role.ids),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ]
        )
