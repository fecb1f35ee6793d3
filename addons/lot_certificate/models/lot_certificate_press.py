# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import os

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import hardware, pades, signing

PIN = "BATCHPROOF_PKCS11_PIN"


class LotCertificatePress(models.AbstractModel):
    """Prints certificates and holds the pen: the company's key never leaves this model."""

    _name = "lot.certificate.press"
    _description = "Printing and signing of certificates"

    @api.model
    def _get_identity(self, company):
        """Return the signing identity of `company`.

        :raises UserError: no certificate chosen, or one without private key
        :raises signing.SigningError: it cannot be read, or key and certificate do not match
        """
        certificate = company.sudo().certificate_signing_id.with_context(bin_size=False)
        if not certificate:
            raise UserError(
                self.env._(
                    "%s has no signing certificate. An administrator chooses one in the settings "
                    "of Certificates.",
                    company.name,
                )
            )
        if certificate.pkcs11_key:
            return self._get_hardware_identity(certificate)
        key, bundle = certificate.private_key_id, self._get_bundle(certificate)
        if not (key.pem_key and bundle):
            raise UserError(
                self.env._(
                    "The signing certificate “%(certificate)s” of %(company)s has no readable "
                    "private key.",
                    certificate=certificate.name or certificate.subject_common_name or "",
                    company=company.name,
                )
            )
        return signing.load_identity(bundle, base64.b64decode(key.pem_key), key.password or None)

    @api.model
    def _get_hardware_identity(self, certificate):
        """Return the identity whose key is on a device; its PIN is in the environment alone."""
        leaf, *others = signing.split_bundle(self._get_bundle(certificate))
        return hardware.HardwareIdentity(
            key_pem=b"",
            certificate_pem=leaf,
            chain=tuple(others),
            module=certificate.pkcs11_module,
            token=certificate.pkcs11_token,
            label=certificate.pkcs11_key,
            pin=os.environ.get(PIN, ""),
        )

    @api.model
    def _get_bundle(self, certificate):
        """Return the certificate with the authorities that were uploaded with it, as PEM."""
        # An upload in PEM is kept as it came, with its authorities; other formats Odoo converts.
        is_pem = certificate.content_format == "pem"
        return base64.b64decode(
            (is_pem and certificate.content) or certificate.pem_certificate or b""
        )

    @api.model
    def _print_signed(self, certificate, identity):
        """Return the PDF/A-3 of the stored snapshot, signed (PAdES)."""
        report = self.env.ref("lot_certificate.lot_certificate_report").sudo()
        pdf = report._render_weasyprint(report, certificate.ids, {"report_type": "pdf"})
        return self._sign(certificate, identity, pdf)

    @api.model
    def _sign(self, certificate, identity, pdf):
        """Sign a PDF: with an outside stamp where the company has a time-stamping server, with
        what its authorities say of revocation where they can be asked.

        :raises pades.ProofMissing: one of them is out of reach, and the company waits for it
        :raises signing.SigningError: the certificate is revoked
        """
        titles = self.env["report.lot_certificate.document"]._get_titles(self.env)
        title = titles[self.env["lot.certificate.snapshot"]._get_title(certificate)]
        company = certificate.company_id
        words = {
            "reason": f"{title} {certificate.name}",
            "signer": company.name,
            "location": company.city or None,
        }
        stamper, evidence = self._prepare_proof(certificate, identity)
        try:
            signed = pades.sign_pdf(pdf, identity, timestamper=stamper, evidence=evidence, **words)
        except pades.StampMissing as error:
            self._go_on_without(certificate, error)
            signed = pades.sign_pdf(pdf, identity, evidence=evidence, **words)
        # only a stamp makes it worth reading the file once more
        level = pades.get_level(signed, evidence) if stamper else pades.BASELINE
        certificate._stamp({"signature_level": level})
        return signed

    @api.model
    def _prepare_proof(self, certificate, identity):
        """Return the client of the time-stamping server, and what is known of revocation."""
        company = certificate.company_id
        stamper, evidence = company._get_stamper(), None
        try:
            evidence = company._get_signer_evidence(identity)
            evidence = company._add_stamp_evidence(evidence, stamper)
        except pades.StampMissing as error:
            self._go_on_without(certificate, error)
            stamper = None
        except pades.RevocationMissing as error:
            self._go_on_without(certificate, error)
        return stamper, evidence

    @api.model
    def _go_on_without(self, certificate, error):
        """Say on the certificate what it lacks, or wait for it: as the company has set it."""
        company = certificate.company_id
        if company._get_proof_policy(error) == "wait":
            raise error
        certificate.message_post(body=company._get_proof_problem(error))
