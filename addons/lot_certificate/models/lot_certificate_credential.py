# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import threading
import time
from collections import OrderedDict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import credential
from . import frozen

# Signed status lists by what is in them: the public asks, the key signs once for each change.
_LISTS: OrderedDict = OrderedDict()
_LOCK = threading.Lock()
_KEPT = 64


class LotCertificate(models.Model):
    """The same snapshot as a W3C Verifiable Credential, for programs that read those.

    Signed when the certificate is issued and never changed; what became of it since stands in
    the issuer's status lists.
    """

    _inherit = "lot.certificate"

    credential = fields.Text(
        string="Verifiable Credential (JWT)", readonly=True, copy=False, groups="base.group_system"
    )

    def _stamp_credential(self, identity):
        """Sign the credential of the stored snapshot; a key that JOSE does not know makes none."""
        if not credential.is_known(identity.certificate_pem):
            return
        company = self.company_id
        did = company._get_did()
        body = credential.build(
            did,
            json.loads(self.snapshot),
            self.snapshot_hash,
            f"{self.get_base_url().rstrip('/')}/did/{company.sudo().did_name}/status",
            self.id,
        )
        self._stamp({"credential": credential.sign(identity, did, body)})

    def _get_credential_name(self) -> str:
        """Return the name of the credential as a file, beside that of the PDF."""
        return f"{self.pdf_name.removesuffix('.pdf')}.vc.jwt"

    def export_credential(self):
        """Return the Verifiable Credential (a JWT) of an issued certificate."""
        self.ensure_one()
        self.check_access("read")
        certificate = self.sudo()
        if certificate.state not in frozen.OUT or not certificate.credential:
            raise UserError(
                self.env._("%s is not issued: there is no credential yet.", self.display_name)
            )
        return certificate.credential

    def action_download_credential(self):
        """Download the Verifiable Credential."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/lot_certificate/{self.id}/credential",
            "target": "download",
        }

    @api.model
    def _get_status_list(self, company, number, purpose, url):
        """Return a status list of a company as a signed credential (a JWT)."""
        first = number << credential.LIST_BITS
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("id", ">=", first),
                ("id", "<", first + credential.LIST_SIZE),
                ("state", "in", credential.PURPOSES[purpose]),
            ],
            order="id",
        )
        identity = self.env["lot.certificate.press"]._get_identity(company)
        places = tuple(certificate.id - first for certificate in found)
        key = (self.env.cr.dbname, url, company.id, identity.certificate_pem, places)
        with _LOCK:
            if key not in _LISTS:
                moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                did = company._get_did()
                body = credential.build_status_list(did, url, purpose, places, moment)
                _LISTS[key] = credential.sign(identity, did, body)
                while len(_LISTS) > _KEPT:
                    _LISTS.popitem(last=False)
            return _LISTS[key]
