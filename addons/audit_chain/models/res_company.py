# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from urllib.parse import urlsplit

from cryptography import x509

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ResCompany(models.Model):
    """A company may have an outside witness of time: an RFC 3161 server."""

    _inherit = "res.company"

    timestamp_url = fields.Char(
        string="Time-stamping server",
        groups="base.group_system",
        help="Address of an RFC 3161 server, such as https://tsa.example/tsr. User and password, "
        "if it wants them, are BATCHPROOF_TSA_USER and BATCHPROOF_TSA_PASSWORD in the server's "
        "environment.",
    )
    timestamp_authority = fields.Text(
        string="Trusted time-stamping authority",
        groups="base.group_system",
        help="Certificates (PEM) of the authority whose stamps are taken. Without one, every stamp "
        "that holds in itself is taken.",
    )

    @api.constrains("timestamp_url", "timestamp_authority")
    def _check_timestamp(self):
        for company in self.sudo():
            url = urlsplit(company.timestamp_url or "")
            if company.timestamp_url and not (url.scheme in ("http", "https") and url.hostname):
                raise ValidationError(
                    self.env._(
                        "“%s” is not the address of a time-stamping server: it begins with "
                        "https:// or http://.",
                        company.timestamp_url,
                    )
                )
            company._check_timestamp_authority()

    def _check_timestamp_authority(self):
        text = self.timestamp_authority
        try:
            return bool(not text or x509.load_pem_x509_certificates(text.encode()))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "The trusted time-stamping authority is not a certificate in PEM: %s", error
                )
            ) from error

    def _get_stamper(self):
        """Return the client of the company's time-stamping server, or None without one."""
        company = self.sudo()
        if not company.timestamp_url:
            return None
        from .. import stamper

        return stamper.make(company.timestamp_url, company.timestamp_authority or "")

    def _stamp_digest(self, digest: bytes) -> bytes:
        """Return an RFC 3161 token (DER) over a SHA-256 digest.

        :raises UserError: no server, out of reach, or its answer does not hold
        """
        stamper = self._get_stamper()
        if stamper is None:
            raise UserError(self.env._("%s has no time-stamping server.", self.name))
        try:
            return stamper.stamp(digest)
        except OSError as error:
            raise UserError(self._get_stamp_problem(error)) from error

    def _get_stamp_problem(self, error):
        """Return what is wrong with the time-stamping server, as a sentence with what to do."""
        cause = error.__cause__ or error
        return self.env._(
            "The time-stamping server %(url)s gave no stamp (%(error)s). Check the address in the "
            "settings and the way to it; it is tried again by itself.",
            url=self.sudo().timestamp_url,
            error=f"{error}: {cause}" if cause is not error else error,
        )
