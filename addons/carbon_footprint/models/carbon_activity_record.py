# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.process_monitoring import clock


class CarbonActivity(models.Model):
    """Figures of process records become activities of their batch, each once."""

    _inherit = "carbon.activity"

    @api.model
    def _take_uses(self, uses: list, latest_ms: int) -> list[str]:
        """Make a draft of each use; return "stored", "duplicate" or why not, in their order.

        The same figure of the same step at the same time is one activity however often it comes;
        with another value it is refused, as another reading of one name is.
        """
        # two deliveries of one record wait for each other, so neither runs into the unique index
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtext('carbon.activity.record'), %s)",
            [self.env.company.id],
        )
        batches = {use.record.batch for use in uses}
        orders = {name: self.env["process.reading"]._find_batch(name) for name in batches}
        keys = [self._get_use_key(use, orders[use.record.batch]) for use in uses]
        known = {
            activity.delivery_key: activity.amount
            for activity in self.search([("delivery_key", "in", keys)])
        }
        outcomes, rows = [], []
        for use, key in zip(uses, keys, strict=True):
            order = orders[use.record.batch]
            outcome = self._judge_use(use, order, known.get(key), latest_ms)
            if outcome == "stored":
                known[key] = float(use.figure.value)
                rows.append(self._prepare_use(use, order, key))
            outcomes.append(outcome)
        self._create_counted(rows).production_id._refresh_carbon()
        return outcomes

    @api.model
    def _get_use_key(self, use, order) -> str:
        record = use.record
        step = record.step.casefold()
        return f"{order.id}|{step}|{use.figure.path}|{record.source_ms}"

    @api.model
    def _judge_use(self, use, order, stored: float | None, latest_ms: int) -> str:
        """Return "stored", "duplicate", or why the figure cannot be taken."""
        if order.state == "cancel":
            return f"Batch {use.record.batch} was cancelled: it used nothing."
        if use.record.source_ms > latest_ms:
            return "The time is in the future: compare the clocks."
        if stored is None:
            return "stored"
        if stored == float(use.figure.value):
            return "duplicate"
        return (
            f"{use.figure.path} of this step and time is stored as {stored:.15g}: another value "
            "under the same name is not taken."
        )

    @api.model
    def _prepare_use(self, use, order, key: str) -> dict:
        mapping = self.env["carbon.record.mapping"].browse(use.mapping_id)
        record = use.record
        moment = clock.to_datetime(record.source_ms)
        return {
            "source": "record",
            "state": "draft",
            "delivery_key": key,
            "name": mapping.name,
            "company_id": order.company_id.id,
            "production_id": order.id,
            "process_step": record.step,
            "workcenter_id": order._get_carbon_step_center(record.step).id,
            "date": order.picking_type_id.warehouse_id._get_plant_day(moment),
            "start_ms": record.source_ms,
            "end_ms": record.source_ms,
            "document": self.env._("Process record, %s", use.origin),
            "amount": float(use.figure.value),
            "unit": mapping.unit,
            "converted_unit": mapping.converted_unit,
            "conversion": mapping.conversion if mapping.converted_unit else None,
            "conversion_note": mapping.converted_unit and mapping.conversion_note,
            "factor_id": mapping.factor_id.id,
            "category": mapping.factor_id.category,
            "scope": mapping.factor_id.scope,
            "stage": mapping.factor_id.stage,
            "red_term": mapping.factor_id.red_term,
            "data_quality": "measured",
        }
