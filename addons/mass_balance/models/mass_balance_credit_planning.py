# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import Quantity

from ..tools import balance


class MassBalanceCreditPlanning(models.Model):
    """What of a credit is planned for orders, what is free, and when it is lost."""

    _inherit = "mass.balance.credit"

    reservation_ids = fields.One2many("mass.balance.reservation", "credit_id")
    planned_quantity = Quantity(string="Planned (kg)", compute="_compute_planned_quantity")
    free_quantity = Quantity(string="Free (kg)", compute="_compute_planned_quantity")
    expiry_date = fields.Date(string="Lost after", compute="_compute_expiry_date")

    @api.depends("reservation_ids.state", "reservation_ids.quantity", "remaining")
    def _compute_planned_quantity(self):
        planned = self.env["mass.balance.reservation"]._get_planned(self)
        for credit in self:
            own = planned.get(credit.id, balance.ZERO)
            credit.planned_quantity = own
            credit.free_quantity = credit._get_remaining() - own

    def _compute_expiry_date(self):
        for credit in self:
            credit.expiry_date = credit._get_expiry()

    def _get_expiry(self):
        """Return the day after which the credit may be lost, or None.

        ISCC EU: the end of the period, where what exceeds the stock is forfeited. ISCC PLUS: the
        end of our own certificate, unless its renewal is on file.
        """
        self.ensure_one()
        account = self.account_id
        if account.scheme == "iscc_eu":
            return account.current_period_id.date_end or None
        own = account.company_id._get_own_certifications(account.warehouse_id, account.scheme)
        return max(own.mapped("valid_to"), default=None)
