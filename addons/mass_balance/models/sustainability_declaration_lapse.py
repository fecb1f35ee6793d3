# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import models

from ..tools import certificate


class SustainabilityDeclarationLapse(models.AbstractModel):
    """Credits of ISCC PLUS go forward without a term, as long as the certification goes on.

    Whether they are lost when it was interrupted stands in no text that is public: the system
    parameter `mass_balance.credits_lapse` set to 0 lets them stand.
    """

    _name = "sustainability.declaration.lapse"
    _description = "Lapse of credits"

    def _get_issue_blockers(self) -> list[str]:
        return [*super()._get_issue_blockers(), *self._get_lapse_blockers()]

    def _get_lapse_blockers(self) -> list[str]:
        """No day between the credit and our dispatch was without a certificate of ours."""
        setting = self.env["ir.config_parameter"].sudo().get_param("mass_balance.credits_lapse")
        oldest = self._get_oldest_credit_day()
        if setting == "0" or self.scheme != "iscc_plus" or not (oldest and self.dispatch_date):
            return []
        gap = certificate.first_gap(self._get_own_spans(), oldest, self.dispatch_date)
        if not gap:
            return []
        return [
            self.env._(
                "The certification of %(site)s was interrupted on %(day)s: credits booked on "
                "%(booked)s do not outlast that.",
                site=self.warehouse_id.name,
                day=gap,
                booked=oldest,
            )
        ]

    def _get_oldest_credit_day(self):
        """Return the day of the first booking of the credits that were drawn, or None."""
        drawn = self.sudo().entry_ids.filtered(lambda entry: entry.direction == "out")
        if not drawn:
            return None
        first = drawn.search(
            [
                ("account_id", "in", drawn.account_id.ids),
                ("source_declaration_id", "in", drawn.source_declaration_id.ids),
                ("signed_quantity", ">", 0),
            ],
            order="booking_date",
            limit=1,
        )
        return first.booking_date or None

    def _get_own_spans(self) -> list[tuple]:
        """Return (first, last day) of each own certificate of the site, archived ones too."""
        held = self.env["partner.certification"].sudo().with_context(active_test=False)
        found = held.search(
            [
                ("is_own", "=", True),
                ("company_id", "=", self.company_id.id),
                ("scheme", "=", self.scheme),
                ("warehouse_id", "in", [self.warehouse_id.id, False]),
            ]
        )
        return [
            (
                record.valid_from,
                min(record.valid_to, record.suspended_from - timedelta(days=1))
                if record.suspended_from
                else record.valid_to,
            )
            for record in found
        ]
