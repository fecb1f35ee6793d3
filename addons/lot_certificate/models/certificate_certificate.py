# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config


class CertificateCertificate(models.Model):
    """A certificate whose key may be on a device, and which stays once it has signed.

    The PIN of the device stands nowhere in the database: the server's environment has it as
    BATCHPROOF_PKCS11_PIN.
    """

    _inherit = "certificate.certificate"

    pkcs11_module = fields.Char(
        string="PKCS #11 library",
        groups="base.group_system",
        help="Path of the library that came with the device, on the server.",
    )
    pkcs11_token = fields.Char(string="Device (token label)", groups="base.group_system")
    pkcs11_key = fields.Char(string="Key on the device (label)", groups="base.group_system")

    @api.constrains("pkcs11_module", "pkcs11_token", "pkcs11_key")
    def _check_pkcs11(self):
        for certificate in self.sudo():
            given = (certificate.pkcs11_module, certificate.pkcs11_token, certificate.pkcs11_key)
            if any(given) and not all(given):
                raise ValidationError(
                    self.env._("A key on a device needs the library, the device and the key.")
                )
            certificate._check_pkcs11_library()

    def _check_pkcs11_library(self):
        """The library runs inside the server: never one that was uploaded through it."""
        if not self.pkcs11_module:
            return
        path = Path(self.pkcs11_module)
        places = [Path(config["data_dir"]).resolve(), Path("/tmp"), Path("/var/tmp")]  # noqa: S108
        is_ours = path.is_absolute() and path.is_file()
        if not is_ours or any(path.resolve().is_relative_to(place) for place in places):
            raise ValidationError(
                self.env._(
                    "%s is not a library that the server may load: give the full path of one that "
                    "its administrator installed.",
                    path,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signing(self):
        company = (
            self.env["res.company"]
            .sudo()
            .search([("certificate_signing_id", "in", self.ids)], limit=1)
        )
        if company:
            raise UserError(
                self.env._(
                    "%s signs with this certificate: choose another one in the settings first.",
                    company.name,
                )
            )
