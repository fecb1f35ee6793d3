# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

RELIED = {"valid_from", "valid_to", "suspended_from", "materials", "scope_codes", "has_ghg_addon"}


class PartnerCertification(models.Model):
    """A certificate may be withdrawn later, with effect before goods that were long booked.

    Nothing is undone by itself: the sustainability manager is told which declarations it no
    longer covers, and which of ours rest on them.
    """

    _inherit = "partner.certification"

    def write(self, vals):
        """Look at what relies on it, whenever that on which it relies has changed."""
        result = super().write(vals)
        if RELIED & set(vals):
            self.sudo()._tell_uncovered()
        return result

    def _tell_uncovered(self) -> None:
        used = self.declaration_ids.filtered(lambda d: d.state in ("booked", "issued"))
        for declaration in used:
            reasons = declaration._get_uncovered_reasons()
            if not reasons:
                continue
            entries = self.env["mass.balance.entry"].search(
                [("source_declaration_id", "=", declaration.id), ("direction", "=", "out")]
            )
            ours = entries.declaration_id.filtered(lambda d: d.state == "issued")
            declaration.company_id._schedule_mass_balance_activity(
                declaration,
                self.env._("Its certificate covers it no more"),
                self.env._(
                    "Certificate %(certificate)s does not cover %(number)s any more: %(reasons)s. "
                    "Issued on it: %(ours)s. Decide, with the certification body, what is revoked.",
                    certificate=declaration.certification_id.number,
                    number=declaration.number,
                    reasons="; ".join(reasons),
                    ours=", ".join(ours.mapped("number")) or "–",
                ),
            )
