# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt

from ..tools import moment, pades


class LotCertificate(models.Model):
    """What proves a certificate beside its own signature: the stamp of an outside witness, and
    what the authorities said of its key when it signed.
    """

    _inherit = "lot.certificate"

    stamped_at_ms = BigInt(string="Stamped (ms UTC)", readonly=True, copy=False, aggregator=None)
    stamped_at = fields.Datetime(string="Time stamp", compute="_compute_stamped_at")
    stamped_by = fields.Char(string="Stamped by", readonly=True, copy=False)
    signature_level = fields.Selection(
        [
            (pades.BASELINE, "PAdES B-B: signed"),
            (pades.STAMPED, "PAdES B-T: with an outside time stamp"),
            (pades.LONG_TERM, "PAdES B-LT: with what proves it when its certificate has expired"),
        ],
        readonly=True,
        copy=False,
        help="Kept for long are: the certificates of signature and stamp, and what their "
        "authorities said of revocation just before, all inside the signed file.",
    )

    @api.depends("stamped_at_ms")
    def _compute_stamped_at(self):
        for certificate in self:
            ms = certificate.stamped_at_ms
            certificate.stamped_at = ms and moment.from_ms(ms).replace(tzinfo=None, microsecond=0)
