# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

from .. import clock
from .process_deviation import TRANSITIONS


class ProcessDeviationSignature(models.Model):
    """The two signatures of a deviation: the disposition, and the closing."""

    _inherit = "process.deviation"

    def action_decide(self):
        """Sign the disposition."""
        self.ensure_one()
        self._check_decidable()
        return self.with_context(default_meaning="disposition").action_open_signature()

    def action_close(self):
        """Check the four conditions, name what is missing, then sign the closing."""
        self.ensure_one()
        self._check_closable()
        return self.with_context(default_meaning="close").action_open_signature()

    def _get_signature_meanings(self):
        return {
            "disposition": self.env._("Disposition decided"),
            "close": self.env._("Deviation closed"),
        }

    def _get_signature_content(self):
        """Return what a disposition is about. What closing adds later is in the audit chain."""
        self.ensure_one()
        return {
            "deviation": self.name,
            "requirement": self.requirement_id.name or "",
            "subject": self.cycle_id.subject or "",
            "class": self.control_class,
            "kind": self.kind,
            "last_good_reading": clock.to_iso(self.window_start_ms),
            "lots": sorted(self.lot_ids.mapped("name")),
            "disposition": self.disposition or "",
            "reason": self.disposition_reason or "",
            "redirected_to": self.redirect_product_id.default_code
            or self.redirect_product_id.name
            or "",
            "evidence": self.release_evidence or "",
            "evidence_files": sorted(
                f"{attachment.name} {attachment.checksum}"
                for attachment in self.sudo().evidence_attachment_ids
            ),
        }

    def _check_decidable(self) -> None:
        self.ensure_one()
        if self.state != "open":
            raise UserError(self.env._("%s is decided already.", self.name))
        if not self.disposition or not (self.disposition_reason or "").strip():
            raise UserError(
                self.env._(
                    "Choose a disposition for %s and write down the reason before you sign it.",
                    self.name,
                )
            )
        if self.disposition == "release":
            self._check_release()
        if self.disposition == "redirect":
            self._check_redirect()

    def _check_redirect(self) -> None:
        """Refuse a redirection that does not say what becomes of the product."""
        product = self.redirect_product_id
        if not product:
            raise UserError(
                self.env._(
                    "%s: name the product that is made of it, such as animal feed.", self.name
                )
            )
        if product in self.lot_ids.product_id:
            raise UserError(
                self.env._(
                    "%(deviation)s: %(product)s is the product that failed; it cannot be "
                    "redirected to itself.",
                    deviation=self.name,
                    product=product.display_name,
                )
            )

    def _check_release(self) -> None:
        """Refuse a release without evidence; for a CCP there is none that would do."""
        self._check_disposition()
        if not self.release_evidence or not self.sudo().evidence_attachment_ids:
            raise UserError(
                self.env._(
                    "%s: releasing the product needs evidence of one of the three kinds, and the "
                    "file that shows it.",
                    self.name,
                )
            )

    def _check_may_sign(self, meaning):
        """Quality managers sign; not who reported it, and for a release not who proposed it."""
        super()._check_may_sign(meaning)
        user = self.env.user
        if not user.has_group("process_monitoring.group_process_monitoring_quality_manager"):
            raise AccessError(
                self.env._("Only a quality manager decides on and closes a deviation.")
            )
        if meaning == "close":
            self._check_closable()
            return
        self._check_decidable()
        excluded = self.reported_by_id
        if self.disposition == "release":
            excluded |= self.proposed_by_id
        if user in excluded:
            raise UserError(
                self.env._(
                    "%(user)s reported or proposed this: somebody else has to sign %(deviation)s.",
                    user=user.name,
                    deviation=self.name,
                )
            )

    def _on_signed(self, signature):
        document = self.sudo()
        if signature.meaning == "disposition":
            document._do_decide(signature)
        else:
            document._do_close(signature)
        return super()._on_signed(signature)

    def _move_to(self, state: str, vals: dict) -> None:
        if (self.state, state) not in TRANSITIONS:
            raise UserError(self.env._("%s has been moved on meanwhile. Reload it.", self.name))
        self._stamp({"state": state, **vals})

    def _do_decide(self, signature) -> None:
        self._move_to(
            "decided",
            {"decided_by_id": signature.user_id.id, "decided_at_ms": signature.signed_at_ms},
        )
        self._log("deviation.decide")
        self.activity_feedback(["process_monitoring.mail_activity_type_deviation"])
        self._apply_disposition()

    def _do_close(self, signature) -> None:
        self._move_to(
            "closed",
            {"closed_by_id": signature.user_id.id, "closed_at_ms": signature.signed_at_ms},
        )
        self._log("deviation.close")
        open_alerts = self.alert_ids.filtered(lambda a: a.state != "resolved")
        for alert in open_alerts:
            alert._resolve(signature.signed_at_ms, signature.user_id)
