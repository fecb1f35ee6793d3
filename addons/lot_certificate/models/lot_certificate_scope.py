# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime

from odoo import api, fields, models


class LotCertificate(models.Model):
    """How far a batch certificate reaches: one lot, one delivery, or what a customer got of a
    product in a period.
    """

    _inherit = "lot.certificate"

    scope = fields.Selection(
        [("lot", "A lot"), ("delivery", "A delivery"), ("period", "A period")],
        required=True,
        default="lot",
    )
    period_from = fields.Date(string="From")
    period_to = fields.Date(string="To", help="Last day, included, by the plant's calendar.")
    period_product_id = fields.Many2one(
        "product.product", string="Product of the period", check_company=True
    )
    lot_names = fields.Char(string="Lots", compute="_compute_lot_names")

    _unique_delivery_whole = models.UniqueIndex(
        "(picking_id) WHERE kind = 'batch' AND scope = 'delivery'"
        " AND supersedes_id IS NULL AND state IN ('to_issue', 'issued')",
        "There is already a certificate of this delivery.",
    )
    _unique_period = models.UniqueIndex(
        "(company_id, partner_id, period_product_id, period_from, period_to)"
        " WHERE kind = 'batch' AND scope = 'period'"
        " AND supersedes_id IS NULL AND state IN ('to_issue', 'issued')",
        "There is already a certificate of this product, customer and period.",
    )

    @api.depends("lot_id", "declaration_id", "picking_id", "scope", "period_from", "snapshot")
    def _compute_lot_names(self):
        """What was issued names its lots itself; what is not yet issued asks what moved."""
        for certificate in self:
            stated = certificate.sudo()._get_snapshot_data()
            lots = certificate._get_lots().mapped("name")
            names = stated["identification"]["lots"] if stated else lots
            certificate.lot_names = ", ".join(names)

    def _is_collected(self):
        """Tell whether it is about what moved rather than about one lot."""
        return self.kind == "batch" and self.scope != "lot"

    def _get_moved_lines(self):
        """Return the delivered lines it is about: lots with a process record, as they left."""
        return self._get_left_lines().filtered(self._is_recorded)

    def _get_uncovered_names(self):
        """Return what left as well without a process record: nobody shall take it as covered."""
        rest = self._get_left_lines().filtered(lambda line: not self._is_recorded(line))
        names = {(line.product_id.name or "", line.lot_id.name or "") for line in rest}
        return [f"{product} ({lot})" if lot else product for product, lot in sorted(names)]

    @api.model
    def _is_recorded(self, line):
        return bool(line.lot_id._get_certificate_production().process_run_id)

    def _get_left_lines(self):
        self.ensure_one()
        lines = self.env["stock.move.line"].sudo()
        if self.scope == "delivery":
            lines = self.picking_id.sudo().move_line_ids
        elif self.period_from and self.period_to and self.partner_id and self.period_product_id:
            lines = lines.search(self._get_period_domain(), order="date, id")
        return lines.filtered(lambda line: line.state == "done")

    def _get_period_domain(self):
        """Return what left for the customer on the plant's days of the period."""
        warehouse = self.env["stock.warehouse"].sudo()
        plant = warehouse.search([("company_id", "=", self.company_id.id)], limit=1)
        start = plant._get_plant_start(self.period_from)
        end = plant._get_plant_start(self.period_to + datetime.timedelta(days=1))
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "done"),
            ("product_id", "=", self.period_product_id.id),
            ("lot_id", "!=", False),
            ("picking_id.picking_type_code", "=", "outgoing"),
            ("picking_id.partner_id", "child_of", self.partner_id.commercial_partner_id.id),
            ("picking_id.date_done", ">=", start),
            ("picking_id.date_done", "<", end),
        ]

    def _get_moved_quantity(self):
        """Return (quantity, unit) of what moved; no figure when the units differ."""
        lines = self._get_moved_lines()
        units = lines.product_id.uom_id
        if len(units) != 1:
            return 0.0, self.env["uom.uom"]
        return sum(self._get_line_quantity(line) for line in lines), units

    @api.model
    def _get_line_quantity(self, line):
        uom = line.product_id.uom_id
        return line.product_uom_id._compute_quantity(line.quantity, uom, round=False)
