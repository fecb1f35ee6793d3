# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from . import plan_trigger


class ProcessPlanPartMixin(models.AbstractModel):
    """A row that belongs to a plan: free while the plan is a draft, frozen with it afterwards.

    The model says by `_plan_path` how its plan is reached. Three layers hold: the access file,
    the checks below, which refuse everybody, and a PostgreSQL trigger.
    """

    _name = "process.plan.part.mixin"
    _description = "Part of a process plan"

    # from this model to the plan, by the names of its fields; the first one is the parent
    _plan_path = "plan_id"

    def init(self):
        """Let PostgreSQL guard what is approved."""
        result = super().init()
        if not self._abstract:
            plan_trigger.install(self.env.cr, self._table)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Parts are added to drafts only, also where the context names the parent."""
        parent, _dot, path = self._plan_path.partition(".")
        default = self.default_get([parent]).get(parent)
        ids = {vals.get(parent, default) for vals in vals_list} - {None, False}
        parents = self.env[self._fields[parent].comodel_name].browse(ids)
        (parents.mapped(path) if path else parents)._check_editable()
        return super().create(vals_list)

    def write(self, vals):
        """Parts of drafts only can be edited, and moved to drafts only."""
        self._check_plan_editable()
        result = super().write(vals)
        self._check_plan_editable()
        return result

    def unlink(self):
        """Parts of drafts only can be removed."""
        self._check_plan_editable()
        return super().unlink()

    def _check_plan_editable(self) -> None:
        self.mapped(self._plan_path)._check_editable()
