# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import pades

BEGIN = "-----BEGIN X509 CRL-----"


class ResCompany(models.Model):
    """A company says what happens when nobody can be asked whether its key is revoked."""

    _inherit = "res.company"

    certificate_revocation_policy = fields.Selection(
        [
            ("wait", "Wait for the answer, and try again"),
            ("without", "Issue without it, and say so"),
        ],
        string="When nobody can be asked whether a key is revoked",
        required=True,
        default="wait",
    )
    certificate_revocation_lists = fields.Text(
        string="Revocation lists",
        groups="base.group_system",
        help="CRLs in PEM. With them nobody is asked about the signing certificate.",
    )

    @api.constrains("certificate_revocation_lists")
    def _check_revocation_lists(self):
        for company in self.sudo():
            company._get_revocation_lists()

    def _get_revocation_lists(self):
        """Return the revocation lists that were given by hand, in DER.

        :raises ValidationError: what was given is something else
        """
        self.ensure_one()
        text = (self.sudo().certificate_revocation_lists or "").strip()
        first, *parts = text.split(BEGIN)
        try:
            if first.strip():
                raise ValueError(first.strip()[:40])
            lists = [x509.load_pem_x509_crl((BEGIN + part).encode()) for part in parts]
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The revocation lists are not CRLs in PEM (%(error)s): each begins with "
                    "“%(begin)s”.",
                    error=error,
                    begin=BEGIN,
                )
            ) from error
        return [each.public_bytes(Encoding.DER) for each in lists]

    def _get_signer_evidence(self, identity):
        """Return what shows that the company's key is not revoked, or None where nobody can tell.

        :raises signing.SigningError: it is revoked
        :raises pades.RevocationMissing: nobody could be asked
        """
        from .. import revocation

        if not identity.chain:
            return None
        lists = self._get_revocation_lists()
        leaf, others = identity.load_certificates()
        return revocation.get_evidence(
            leaf.dump(), [each.dump() for each in others], lists=lists, may_fetch=not lists
        )

    def _add_stamp_evidence(self, evidence, stamper):
        """Return the evidence with that of the time-stamping server beside it.

        What is said of its key has to be in the file before it is signed and stamped: the last
        stamp shows which key the server uses.

        :raises pades.ProofMissing: the server or its authority is out of reach
        """
        if not (evidence and stamper):
            return evidence
        from .. import revocation

        try:
            stamp = stamper.get_last()
        except OSError as error:
            raise pades.StampMissing(str(error.__cause__ or error)) from error
        found = revocation.get_evidence(
            stamp.certificate,
            stamp.companions,
            trusted=self._get_timestamp_authorities(),
            lists=self._get_revocation_lists(),
            purpose="time_stamping",
        )
        return evidence + found if found else evidence

    def _get_timestamp_authorities(self):
        """Return the certificates (DER) of those whose stamps are taken."""
        text = (self.sudo().timestamp_authority or "").strip()
        found = x509.load_pem_x509_certificates(text.encode()) if text else []
        return [each.public_bytes(Encoding.DER) for each in found]

    def _get_proof_policy(self, error):
        """Return what happens without a proof: `wait` or `without`."""
        if isinstance(error, pades.StampMissing):
            return self.certificate_stamp_policy
        return self.certificate_revocation_policy

    def _get_proof_problem(self, error):
        """Return what is out of reach, as a sentence with what to do."""
        if isinstance(error, pades.StampMissing):
            return self._get_stamp_problem(error)
        return self.env._(
            "Whether the signing certificate of %(company)s or that of its time-stamping server is "
            "revoked could not be found out (%(error)s). Check the way to their authorities, or "
            "give their revocation lists in the settings; it is tried again by itself.",
            company=self.name,
            error=error,
        )
