# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """A legal entity: it holds certificates of its own and keeps a balance of its own."""

    _inherit = "res.company"

    mb_origin_threshold = fields.Float(
        string="Points of origin audited on site from (t a month)",
        default=10.0,
        help="10 by the form of the self-declaration, 5 by Regulation (EU) 2022/996 Art. 13(4).",
    )
    mb_retention_years = fields.Integer(
        string="Keep declarations for (years)",
        default=10,
        help="At least five years; national law may ask for more.",
    )
    _mb_retention = models.Constraint(
        "CHECK (mb_retention_years >= 5)", "Declarations are kept for at least five years."
    )

    mb_group_partner_id = fields.Many2one(
        "res.partner",
        string="Corporate group",
        help="Head of the corporate group, for credit transfers between sites under ISCC PLUS. "
        "Companies with the same head, and branches of one company, are one group.",
    )

    def _get_corporate_group(self) -> str:
        """Return what names the corporate group this company belongs to."""
        self.ensure_one()
        company = self.sudo()
        head = company.mb_group_partner_id or company.root_id.mb_group_partner_id
        return f"partner {head.id}" if head else f"company {company.root_id.id}"

    def _get_own_certifications(self, warehouse, scheme: str = ""):
        """Return the company's own certificates for a site, of one scheme or all, newest first."""
        self.ensure_one()
        domain = [
            ("is_own", "=", True),
            ("company_id", "=", self.id),
            ("warehouse_id", "in", [warehouse.id, False]),
            *([("scheme", "=", scheme)] if scheme else ()),
        ]
        certifications = self.env["partner.certification"].sudo()
        return certifications.search_fetch(domain, order="valid_to desc, id desc")

    def _get_own_certification(self, warehouse, scheme: str, on_date):
        """Return the own certificate that covers a day, or an empty recordset."""
        return self._get_own_certifications(warehouse, scheme)._get_usable(on_date, scheme)

    def _schedule_mass_balance_activity(self, record, summary: str, note: str) -> None:
        """Give every sustainability manager of the company one open activity on the record."""
        self.ensure_one()
        group = self.env.ref("mass_balance.group_mass_balance_manager")
        managers = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self in user.company_ids
        )
        record = record.sudo()
        told = record.activity_ids.filtered(lambda a: a.summary == summary).user_id
        for manager in managers - told:
            record.activity_schedule(
                "mail.mail_activity_data_warning", user_id=manager.id, summary=summary, note=note
            )
