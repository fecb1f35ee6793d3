# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ProcessDeviation(models.Model):
    """A deviation of a batch: it holds the batch until decided and blocks it until closed."""

    _inherit = "process.deviation"

    stage_id = fields.Many2one(
        "process.stage", readonly=True, ondelete="restrict", index="btree_not_null", copy=False
    )
    run_id = fields.Many2one(
        "process.run",
        string="Batch process",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    production_id = fields.Many2one(related="run_id.production_id")
    product_id = fields.Many2one(
        related="run_id.product_id", string="Product made", store=True, index="btree_not_null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Tie the deviation to the attempt its monitoring belongs to, and hold the batch's lots."""
        deviations = super().create([self._add_batch(vals) for vals in vals_list])
        for deviation in deviations.filtered("run_id"):
            lots = deviation.sudo().run_id.lot_ids - deviation.lot_ids
            # what a calibration brought to light is decided on lot by lot
            if lots and not deviation.reevaluation_id:
                deviation._stamp({"lot_ids": [fields.Command.link(lot.id) for lot in lots]})
            deviation._on_opened_in_batch()
        return deviations

    def _add_batch(self, vals: dict) -> dict:
        cycle = self.env["process.cycle"].sudo().browse(vals.get("cycle_id"))
        stage = cycle.stage_id or self.env["process.stage"].sudo().browse(vals.get("stage_id"))
        if not stage:
            return vals
        return {**vals, "stage_id": stage.id, "run_id": stage.run_id.id}

    def _on_opened_in_batch(self) -> None:
        """Tell the people at the order, with a link."""
        production = self.sudo().production_id
        production.message_post(
            body=self.env._(
                "Deviation %(name)s: %(what)s", name=self.name, what=self.description or ""
            )
        )

    # -- closing ----------------------------------------------------------------------------------

    def _is_parameter_in_limits(self):
        """A later attempt in limits shows it as well as the next good reading does."""
        if super()._is_parameter_in_limits():
            return True
        batch = self.sudo()
        return bool(batch.stage_id) and batch._is_reprocessed()

    @api.depends(
        "run_id.production_id.process_run_ids.stage_ids.state",
        "run_id.state",
        "run_id.production_id.state",
        "disposition_order_ids.state",
    )
    def _compute_conditions(self):
        return super()._compute_conditions()

    def _do_close(self, signature):
        """The batch may have waited for this."""
        result = super()._do_close(signature)
        self.sudo().run_id._try_complete()
        return result

    # -- blocker --------------------------------------------------------------------------------

    def _prepare_blocker(self) -> dict:
        """Return the line a gate or wall shows for this deviation."""
        self.ensure_one()
        values = {"name": self.name, "what": self.requirement_id.name or self.description or ""}
        if self.state == "open":
            message = self.env._(
                "Deviation %(name)s (%(what)s) waits for a decision by a quality manager.", **values
            )
        else:
            message = self.env._(
                "Deviation %(name)s (%(what)s) is decided as %(disposition)s, but not closed.",
                disposition=self._get_disposition_label().lower(),
                **values,
            )
        return {
            "code": "deviation" if self.state == "open" else "deviation_decided",
            "message": message,
            "res_model": self._name,
            "res_id": self.id,
        }
