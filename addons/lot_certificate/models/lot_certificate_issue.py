# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import logging
import time

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.audit_chain.tools import chain, timestamp

from ..tools import document, pades, signing
from . import frozen

_logger = logging.getLogger(__name__)

TRANSITIONS = frozenset(
    {
        ("draft", "to_issue"),
        ("draft", "review"),
        ("review", "to_issue"),
        ("review", "draft"),
        ("failed", "review"),
        ("to_issue", "draft"),
        ("to_issue", "issued"),
        ("to_issue", "failed"),
        ("failed", "draft"),
        ("failed", "to_issue"),
        ("issued", "superseded"),
        ("issued", "revoked"),
        ("superseded", "revoked"),
    }
)
TRIES = 5


class LotCertificate(models.Model):
    """The issue: from a request to a numbered, signed document."""

    _inherit = "lot.certificate"

    # -- states -------------------------------------------------------------------------------

    def _set_state(self, state, **vals):
        """Move along TRANSITIONS, or say that this is not possible."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for certificate in self:
            if (certificate.state, state) not in TRANSITIONS:
                raise UserError(
                    self.env._(
                        "%(certificate)s is %(state)s and cannot become %(wanted)s.",
                        certificate=certificate.display_name,
                        state=labels[certificate.state].lower(),
                        wanted=labels[state].lower(),
                    )
                )
            certificate._stamp({"state": state, **vals})

    # -- verbs --------------------------------------------------------------------------------

    def action_request_issue(self):
        """Check everything and hand over to the scheduled action; each refusal in words."""
        self.check_access("write")
        gate = self.env["lot.certificate.gate"]
        for certificate in self:
            gate._require_issuable(certificate)
        self._stamp({"requested_by_id": self.env.uid})
        self._do_request_issue()

    def _do_request_issue(self):
        """Queue the issue; the scheduled action runs as soon as this transaction is committed."""
        self._set_state("to_issue", error=False)
        self.env.ref("lot_certificate.ir_cron_issue").sudo()._trigger()

    def action_withdraw(self):
        """Back to draft, to correct what failed; a number once given stays with it."""
        self.check_access("write")
        self.review_ids.sudo()._withdraw()
        self._set_state("draft", error=False)

    def action_supersede(self):
        """Open a new draft that replaces this one when it is issued."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "issued" or self.kind != "batch":
            raise UserError(
                self.env._(
                    "Only an issued batch certificate can be replaced. The number of a "
                    "sustainability declaration is never used twice: revoke it and issue a new "
                    "declaration."
                )
            )
        return self.copy({"supersedes_id": self.id})._get_records_action(name=self.env._("Replace"))

    def action_preview(self):
        """Print it: the issued document, or a preview of what would be issued now."""
        report = self.env.ref("lot_certificate.lot_certificate_report")
        return report.report_action(self, config=False)

    def action_open_verify_page(self):
        """Open the page behind the QR code."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.verify_url, "target": "new"}

    # -- the scheduled action -----------------------------------------------------------------

    @api.model
    def _cron_issue(self):
        """Issue what waits, then mail what is issued; each in a transaction of its own."""
        cron = self.env["ir.cron"]
        self.env["stock.picking"]._cron_create_certificates()
        waiting = self.search([("state", "=", "to_issue")], order="id")
        unsent = self._get_unsent_domain()
        cron._commit_progress(remaining=len(waiting) + self.search_count(unsent))
        for step, domain in (("_issue", [("id", "in", waiting.ids)]), ("_send_queued", unsent)):
            for certificate in self.search(domain, order="id"):
                certificate.with_prefetch()._run_step(step)
                if not cron._commit_progress(1):
                    return

    def _run_step(self, step):
        """Run a step; when another transaction was faster, start it again from what is there."""
        for left in reversed(range(TRIES)):
            try:
                getattr(self, step)()
                self.env.flush_all()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if not left:
                    _logger.info("certificate %s: %s waits for its next turn", self.id, step)

    def _issue(self):
        """Issue one certificate, or leave it as failed with the reason.

        Number, snapshot, signature, PDF and state are one transaction: whatever happens, it is
        issued with all of them, or it is not issued. A number that was given before a failure
        stays with the certificate and serves the next attempt.
        """
        self.ensure_one()
        # The lock gives it alone: prefetched with its queue, every turn would read all documents.
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if locked.state != "to_issue":
            return
        certificate = locked.sudo().with_company(locked.company_id)
        certificate = certificate.with_context(lang=locked.language)
        gate = self.env["lot.certificate.gate"]
        try:
            with self.env.cr.savepoint():
                gate._require_issuable(certificate, waived=("authority", "key"))
                authority = gate._require_authority(certificate)
                identity = gate._require_identity(certificate)
                certificate._allocate_number()
            with self.env.cr.savepoint():
                certificate._do_issue(authority, identity)
        except pades.ProofMissing as error:
            # Not a failure: it stays to be issued, and says what it waits for.
            certificate._stamp({"error": self.company_id._get_proof_problem(error)})
        except (UserError, signing.SigningError) as error:
            certificate._set_state("failed", error=str(error))
        except psycopg2.OperationalError:
            # Somebody else was faster, or the database went away: it stays to be issued.
            raise
        except Exception as error:  # pylint: disable=broad-except
            # A fault of the program is a failed certificate; the queue behind it goes on.
            _logger.exception("certificate %s could not be issued", self.id)
            message = self.env._(
                "The certificate could not be made (%(kind)s: %(error)s). Retry, and tell your "
                "administrator if it fails again.",
                kind=type(error).__name__,
                error=error,
            )
            certificate._set_state("failed", error=message)

    def _allocate_number(self):
        """Give the number once: the declaration's own, or the next of the company."""
        if self.name:
            return
        if self.kind == "sustainability":
            number = self.declaration_id._get_certificate_number()
        else:
            number = self.company_id._get_certificate_sequence().next_by_id()
        self._stamp({"name": number})

    def _do_issue(self, authority, identity):
        """Freeze, sign, print, sign the print, and say so in the audit trail."""
        facts = signing.read_certificate(identity.certificate_pem)
        self._stamp(
            {
                "issued_at_ms": time.time_ns() // 1_000_000,
                "signer_certificate": identity.certificate_pem.decode(),
                "signer_fingerprint": facts.fingerprint,
                "is_development_key": facts.is_development,
            }
        )
        self._stamp_authority(authority)
        text = chain.canonical(self.env["lot.certificate.snapshot"]._build(self, authority))
        signature = signing.sign(identity, text.encode())
        self._stamp(
            {
                "snapshot": text,
                "snapshot_hash": document.sha256(text),
                "signature": signature.value,
                "signature_algorithm": signature.algorithm,
            }
        )
        self._stamp_credential(identity)
        self._store_pdf(self.env["lot.certificate.press"]._print_signed(self, identity))
        self._set_state("issued", error=False, mail_state="to_send" if self.is_to_mail else "none")
        self._after_issue()

    def _store_pdf(self, pdf):
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.pdf_name,
                "raw": pdf,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
                "company_id": self.company_id.id,
            }
        )
        self._stamp({"attachment_id": attachment.id, "pdf_sha256": document.sha256(pdf)})
        token = pades.get_stamp(pdf) if self.company_id.sudo().timestamp_url else None
        if token:
            stamp = timestamp.read(*token)
            ms = round(stamp.moment.timestamp() * 1000)
            self._stamp({"stamped_at_ms": ms, "stamped_by": stamp.authority})

    def _after_issue(self):
        """Chain the hashes into the audit trail and retire what this one replaces."""
        if not self._is_intact():
            raise UserError(self.env._("The signed document does not verify; it is not issued."))
        self.env["audit.record"]._log(
            "certificate.issue",
            self,
            {
                "number": self.name,
                "kind": self.kind,
                "snapshot_sha256": self.snapshot_hash,
                "pdf_sha256": self.pdf_sha256,
                "signature_algorithm": self.signature_algorithm,
                "signer_sha256": self.signer_fingerprint,
            },
        )
        self._track_set_log_message(self.env._("Issued and signed: %s", self.name))
        replaced = self.supersedes_id.filtered(lambda c: c.state == "issued")
        if replaced:
            replaced._set_state("superseded")
            self.env["audit.record"]._log(
                "certificate.supersede",
                replaced,
                {"number": replaced.name, "by": self.name, "reason": self.supersede_reason or ""},
            )

    # -- the document -------------------------------------------------------------------------

    @api.readonly
    def export_document(self):
        """Return the text of `declaration.json`: the snapshot, its hash and its signature."""
        self.ensure_one()
        self.check_access("read")
        if self.state not in frozen.OUT:
            raise UserError(
                self.env._("%s is not issued: there is no document yet.", self.display_name)
            )
        return self._get_document_text()

    def _get_document_text(self):
        """Return the text of `declaration.json` for the stored snapshot and signature."""
        signature = signing.Signature(self.signature_algorithm, self.signature)
        return document.build(self.snapshot, signature, self.signer_certificate)

    def _is_intact(self):
        """Tell whether what is stored is still what was signed: snapshot, signature and PDF."""
        self.ensure_one()
        if not (self.snapshot and self.signature and self.attachment_id):
            return False
        if document.sha256(self.snapshot) != self.snapshot_hash:
            return False
        if not document.is_authentic(self._get_document_text()):
            return False
        return document.sha256(self.attachment_id.sudo().raw or b"") == self.pdf_sha256

    def _get_snapshot_data(self):
        """Return the stored snapshot as data, or None before the issue."""
        self.ensure_one()
        return json.loads(self.snapshot) if self.snapshot else None
