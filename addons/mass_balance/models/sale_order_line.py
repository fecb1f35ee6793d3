# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.audit_chain.fields import Quantity

from ..tools import balance
from .selections import CATEGORIES, STATEMENTS


class SaleOrderLine(models.Model):
    """A sold quantity; with a claim, its delivery draws credits and drafts a declaration."""

    _inherit = "sale.order.line"

    mb_claim = fields.Selection(
        [
            ("none", "No claim"),
            ("iscc_plus", "ISCC PLUS mass balance"),
            ("iscc_eu", "ISCC EU mass balance"),
        ],
        string="Sustainability claim",
        default="none",
        required=True,
    )
    mb_category = fields.Selection(CATEGORIES, string="Claimed category")
    mb_statement = fields.Selection(
        STATEMENTS,
        string="Claimed statement",
        help="Only credits that came in with this statement are drawn. Empty: any, and the "
        "declaration says which.",
    )
    mb_claim_share = fields.Float(string="Claimed share (%)", digits=(6, 2), default=100.0)
    mb_available = Quantity(
        string="Credits available (kg)", compute="_compute_mb_available", compute_sudo=True
    )

    @api.constrains("mb_claim", "mb_claim_share")
    def _check_mb_claim_share(self):
        for line in self:
            if line.mb_claim != "none" and not 0 < line.mb_claim_share <= 100:
                raise ValidationError(
                    self.env._(
                        "%s: the claimed share is above 0 and at most 100 %%.", line.display_name
                    )
                )

    @api.depends("mb_claim", "mb_category", "mb_statement", "product_id", "order_id.warehouse_id")
    def _compute_mb_available(self):
        for line in self:
            line.mb_available = line._get_mb_available()

    def _get_mb_available(self):
        """Return the credits that are free for this line now, in kg."""
        self.ensure_one()
        if self.mb_claim in (False, "none") or not self.product_id:
            return balance.ZERO
        domain = [
            ("account_id.company_id", "=", self.order_id.company_id.id),
            ("account_id.warehouse_id", "=", self.order_id.warehouse_id.id),
            ("account_id.scheme", "=", self.mb_claim),
            ("account_id.product_group", "=", self.product_id.product_tmpl_id._get_mb_group()),
        ]
        if self.mb_category:
            domain.append(("account_id.category", "=", self.mb_category))
        if self.mb_statement:
            domain.append(("account_id.statement", "=", self.mb_statement))
        credits = self.env["mass.balance.credit"].search([*domain, ("remaining", ">", 0)])
        # what is planned for other orders is not free for this one
        line = self._origin
        planned = self.env["mass.balance.reservation"]._get_planned(credits, but_for=line)
        return sum(
            (
                max(credit._get_remaining() - planned.get(credit.id, balance.ZERO), balance.ZERO)
                for credit in credits
            ),
            balance.ZERO,
        )
