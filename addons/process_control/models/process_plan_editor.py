# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class ProcessPlanEditor(models.Model):
    """The page on which the stages of a draft are laid out and dragged into order."""

    _inherit = "process.plan"

    def action_open_editor(self):
        """Open the page with the stages as cards."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id("process_control.plan_editor_action")
        return {**action, "context": {"active_id": self.id, "active_model": self._name}}

    def action_order_stages(self, stage_ids):
        """Put the stages of a draft into the order of these ids.

        :param stage_ids: each stage of the plan once.
        """
        self.ensure_one()
        self._require_role("engineer")
        self._check_editable()
        self._lock()
        if sorted(map(str, stage_ids)) != sorted(map(str, self.stage_ids.ids)):
            raise UserError(
                self.env._(
                    "The stages of plan %s are not those you see any more. Load the page again.",
                    self.display_name,
                )
            )
        for number, stage_id in enumerate(stage_ids, 1):
            self.stage_ids.browse(int(stage_id)).sequence = number * 10
        return True
