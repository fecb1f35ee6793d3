# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class StockScrap(models.Model):
    """Scrap that carries out a disposition names its deviation."""

    _inherit = "stock.scrap"

    process_deviation_id = fields.Many2one(
        "process.deviation",
        string="Deviation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
