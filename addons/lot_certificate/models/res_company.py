# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    """A company signs its documents with a key of its own and numbers them itself."""

    _inherit = "res.company"

    certificate_signing_id = fields.Many2one(
        "certificate.certificate",
        string="Signing certificate",
        domain="[('company_id', '=', id), '|', ('private_key_id', '!=', False),"
        " ('pkcs11_key', '!=', False)]",
        groups="base.group_system",
        help="The certificate, with its private key, that signs what the company issues.",
    )
    certificate_stamp_policy = fields.Selection(
        [
            ("wait", "Wait for the stamp, and try again"),
            ("without", "Issue without a stamp, and say so"),
        ],
        string="When the time-stamping server is out of reach",
        required=True,
        default="wait",
    )
    certificate_by_mail = fields.Boolean(
        string="Certificates with each delivery",
        default=True,
        help="When a delivery is done, the certificate of each lot with a process record is "
        "issued and mailed, unless the customer does not want it.",
    )

    def _get_certificate_sequence(self):
        """Return the sequence of the company's batch certificates, made at its first use.

        It is without gaps: its counter belongs to the transaction that issues, so a number is
        neither lost nor given twice.
        """
        self.ensure_one()
        sequence = self.env["ir.sequence"].sudo()
        domain = [("code", "=", "lot.certificate"), ("company_id", "=", self.id)]
        return sequence.search(domain, limit=1) or sequence.create(
            {
                "name": self.env._("Batch certificates of %s", self.name),
                "code": "lot.certificate",
                "company_id": self.id,
                "implementation": "no_gap",
                "prefix": "BC/%(range_year)s/",
                "padding": 5,
                "use_date_range": True,
            }
        )
