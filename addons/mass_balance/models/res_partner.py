# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResPartner(models.Model):
    """A supplier or customer: shows its certificates and declarations."""

    _inherit = "res.partner"

    mb_certification_ids = fields.One2many(
        "partner.certification", "partner_id", string="Sustainability certificates"
    )
    mb_certification_count = fields.Integer(compute="_compute_mb_counts", compute_sudo=True)
    mb_declaration_count = fields.Integer(compute="_compute_mb_counts", compute_sudo=True)

    @api.depends("mb_certification_ids")
    def _compute_mb_counts(self):
        certifications = self._count_by_partner("partner.certification")
        declarations = self._count_by_partner("sustainability.declaration")
        for partner in self:
            partner.mb_certification_count = certifications.get(partner.id, 0)
            partner.mb_declaration_count = declarations.get(partner.id, 0)

    def _count_by_partner(self, model: str) -> dict[int, int]:
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "in", [*self.env.companies.ids, False]),
        ]
        groups = self.env[model]._read_group(domain, ["partner_id"], ["__count"])
        return {partner.id: count for partner, count in groups}

    def _get_certifications(self, company):
        """Return the certificates of the supplier that a company may rely on, newest first."""
        return (
            self.env["partner.certification"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", (self | self.commercial_partner_id).ids),
                    ("company_id", "in", [company.id, False]),
                ],
                order="valid_to desc, id desc",
            )
        )

    def action_view_mb_certifications(self):
        """Open the certificates of this partner."""
        return self._open_mb("partner.certification", self.env._("Certificates"))

    def action_view_mb_declarations(self):
        """Open the declarations exchanged with this partner."""
        return self._open_mb("sustainability.declaration", self.env._("Declarations"))

    def _open_mb(self, model: str, name: str) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
