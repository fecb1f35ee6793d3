# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class MrpProduction(models.Model):
    """An order shows the certificates of the lots it made."""

    _inherit = "mrp.production"

    lot_certificate_ids = fields.One2many("lot.certificate", "production_id")
    lot_certificate_count = fields.Integer(
        string="Certificates", compute="_compute_lot_certificate_count"
    )

    def _compute_lot_certificate_count(self):
        counts = dict(
            self.env["lot.certificate"]._read_group(
                [("production_id", "in", self.ids)], ["production_id"], ["__count"]
            )
        )
        for production in self:
            production.lot_certificate_count = counts.get(production, 0)

    def action_view_certificates(self):
        """Open the certificates of the order's lots."""
        self.ensure_one()
        return self.lot_producing_ids._action_view_certificates()
