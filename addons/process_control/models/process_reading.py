# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProcessReading(models.Model):
    """Records that programs deliver belong to a batch and a step that there are."""

    _inherit = "process.reading"

    @api.model
    def _check_record(self, record):
        """Refuse a record of a batch or step that nobody knows; it can be replayed once it is.

        The batch is named by its order or by its run, the step as on the order: a stage of the
        plan, or a work order where there is none.
        """
        reason = super()._check_record(record)
        if reason:
            return reason
        production = self._find_batch(record.batch)
        if not production:
            return (
                f"There is no batch {record.batch!r}: neither an order nor a process of "
                f"{self.env.company.name} has this number."
            )
        steps = production._get_step_names()
        if record.step.casefold() in (step.casefold() for step in steps):
            return None
        known = ", ".join(steps) or "none"
        return f"Batch {record.batch} has no step {record.step!r}. Its steps: {known}."

    @api.model
    def _find_batch(self, number: str):
        """Return the order of a batch; whoever may deliver records need not see the orders."""
        own = [("company_id", "=", self.env.company.id)]
        orders = self.env["mrp.production"].sudo().search([("name", "=", number), *own], limit=1)
        if orders:
            return orders
        runs = self.env["process.run"].sudo()
        of_order = [("production_id.company_id", "=", self.env.company.id)]
        return runs.search([("name", "=", number), *of_order], limit=1).production_id
