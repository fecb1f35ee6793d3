# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class LotCertificate(models.Model):
    """What a certificate is about: its lots, its products, the quantity it certifies."""

    _inherit = "lot.certificate"

    claim_ids = fields.Many2many(
        "lot.certificate.claim",
        string="Claims",
        check_company=True,
        compute="_compute_claim_ids",
        store=True,
        readonly=False,
        help="Texts and logos that the scheme has approved, with their reference.",
    )

    @api.depends("declaration_id")
    def _compute_claim_ids(self):
        claims = self.env["lot.certificate.claim"].sudo().search([("is_default", "=", True)])
        for certificate in self.filtered(lambda c: c.state == "draft"):
            certificate.claim_ids = claims.filtered(
                lambda claim, c=certificate: (
                    claim.company_id == c.company_id and not claim._get_refusal_on(c)
                )
            )

    def _get_certificate_day(self):
        """Return the plant's day: of dispatch where goods are dispatched, else today's."""
        return self.declaration_id.dispatch_date or self._get_today()

    def _get_today(self):
        """Return today by the plant's calendar."""
        plant = self.env["lot.certificate.snapshot"]._get_warehouse(self)
        return plant._get_plant_day() if plant else fields.Date.context_today(self)

    def _get_lots(self):
        """Return every lot the document is about."""
        self.ensure_one()
        if self._is_collected():
            return self._get_moved_lines().lot_id
        return self.lot_id | self.declaration_id.lot_ids

    def _get_products(self):
        """Return every product the document is about."""
        return self.declaration_id.product_id or self._get_lots().product_id

    def _get_default_quantity(self):
        """Return what the document certifies: the declared, the delivered or the made quantity."""
        self.ensure_one()
        if self.declaration_id:
            return self.declaration_id.quantity, self.declaration_id._get_certificate_uom()
        if self._is_collected():
            return self._get_moved_quantity()
        if not self.lot_id:
            return 0.0, self.env["uom.uom"]
        moved = self.picking_id.move_line_ids.filtered(
            lambda line: line.lot_id == self.lot_id and line.state == "done"
        )
        if moved:
            uom = self.lot_id.product_uom_id
            quantity = sum(
                line.product_uom_id._compute_quantity(line.quantity, uom, round=False)
                for line in moved
            )
            return quantity, uom
        lot = self.lot_id.sudo()
        made = lot._get_certificate_made_quantity(lot._get_certificate_production())
        return made, lot.product_uom_id
