# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.audit_chain.tools.decimals import to_text


class SustainabilityDeclarationIssue(models.AbstractModel):
    """The issue of our own declaration: what stands in its way, and the signature."""

    _name = "sustainability.declaration.issue"
    _inherit = ["audit.signable.mixin"]
    _description = "Issue of a declaration"

    def _get_issue_blockers(self) -> list[str]:
        """Return, in words, everything that stands between this draft and its issue."""
        self.ensure_one()
        blockers = [self.env._("Missing: %s", name) for name in self._missing_fields()]
        blockers += self._get_own_certificate_blockers()
        if self.refusal:
            blockers.append(self.refusal)
        drawn = -self.env["mass.balance.entry"]._sum(
            [("declaration_id", "=", self.id), ("direction", "in", ("out", "correction"))]
        )
        if drawn != self._get_kg():
            blockers.append(
                self.env._(
                    "%(drawn)s kg of credits are drawn for %(declared)s kg declared.",
                    drawn=to_text(drawn),
                    declared=to_text(self.quantity_kg),
                )
            )
        return blockers + self._get_ghg_blockers()

    def _get_own_certificate_blockers(self) -> list[str]:
        """Our own certificate covers the product on the day of dispatch, and is valid today."""
        if not self.certification_id:
            return [
                self.env._(
                    "%(site)s has no own certificate of this scheme that is valid on %(day)s.",
                    site=self.warehouse_id.name,
                    day=self.dispatch_date,
                )
            ]
        reasons = self.certification_id._check_usable(
            self.dispatch_date or self.warehouse_id._get_plant_day(), self.scheme, self.material
        )
        today = self.warehouse_id._get_plant_day()
        if not self.company_id._get_own_certification(self.warehouse_id, self.scheme, today):
            reasons.append(self.env._("none of ours is valid today"))
        number = self.certification_id.number
        return [
            self.env._("Own certificate %(number)s: %(reason)s.", number=number, reason=reason)
            for reason in reasons
        ]

    def action_check(self):
        """Show what is missing, or that the declaration can be issued."""
        self.ensure_one()
        blockers = self._get_issue_blockers()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if blockers else "success",
                "title": self.number,
                "message": "\n".join(blockers) or self.env._("Nothing is missing."),
                "sticky": bool(blockers),
            },
        }

    def _get_signature_content(self):
        return self._snapshot()

    def _get_signature_meanings(self):
        return {"issue": self.env._("Issue of the declaration")}

    def action_open_signature(self):
        """Open the signing window on a paper that is dated today."""
        self._refresh_issue_date()
        return super().action_open_signature()

    def _check_may_sign(self, meaning):
        self.ensure_one()
        if not self.env.user.has_group("mass_balance.group_mass_balance_manager"):
            raise AccessError(self.env._("Only the sustainability manager issues declarations."))
        if self.direction != "out" or self.state != "draft":
            raise UserError(
                self.env._("%s is not an outgoing draft: it cannot be issued.", self.number)
            )
        if self.issue_date != self._get_issue_day():
            raise UserError(
                self.env._(
                    "Declaration %(number)s is dated %(day)s, and it is another day at the plant. "
                    "Close this window and open it again: it is dated anew.",
                    number=self.number,
                    day=self.issue_date,
                )
            )
        blockers = self._get_issue_blockers()
        if blockers:
            raise UserError(
                self.env._(
                    "Declaration %(number)s cannot be issued:\n%(blockers)s",
                    number=self.number,
                    blockers="\n".join(f"- {text}" for text in blockers),
                )
            )

    def _on_signed(self, signature):
        self._transition("issued", issued_by_id=self.env.uid, issued_at=fields.Datetime.now())
