# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import fields, models

from ..tools import credential
from . import frozen


class ResCompany(models.Model):
    """A company that issues credentials is known to their readers by a `did:web`."""

    _inherit = "res.company"

    did_name = fields.Char(string="Name in its DID", readonly=True, copy=False)

    _unique_did_name = models.UniqueIndex(
        "(did_name) WHERE did_name IS NOT NULL", "Another company has this name in its DID."
    )

    def _get_did(self):
        """Return the DID; its name is given once, when the first credential is issued."""
        self.ensure_one()
        company = self.sudo()
        if not company.did_name:
            name = re.sub(r"[^a-z0-9]+", "-", company.name.lower()).strip("-") or "issuer"
            taken = company.search_count([("did_name", "=like", f"{name}%")])
            company.did_name = f"{name}-{taken + 1}" if taken else name
        return credential.get_did(company.get_base_url(), company.did_name)

    def _get_did_document(self):
        """Return the DID document with every key that has signed, and the one that does now."""
        certificates = self.env["lot.certificate"].sudo()
        signed = certificates._read_group(
            [("company_id", "=", self.id), ("state", "in", frozen.OUT)], ["signer_certificate"]
        )
        pems = [pem.encode() for (pem,) in signed if pem and credential.is_known(pem.encode())]
        return credential.build_did_document(self._get_did(), pems)
