# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class StockPicking(models.Model):
    """A finished delivery asks for the certificates of its lots; it never waits for them."""

    _inherit = "stock.picking"

    lot_certificate_ids = fields.One2many("lot.certificate", "picking_id", string="Certificates")
    lot_certificate_count = fields.Integer(
        string="Number of certificates", compute="_compute_lot_certificate_count"
    )
    is_certificate_due = fields.Boolean(
        readonly=True,
        copy=False,
        index=True,
        help="The scheduled action has yet to look which certificates the delivery needs.",
    )

    certificate_requester_id = fields.Many2one(
        "res.users", readonly=True, copy=False, help="Who validated the delivery."
    )

    def _compute_lot_certificate_count(self):
        counts = dict(
            self.env["lot.certificate"]._read_group(
                [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
            )
        )
        for picking in self:
            picking.lot_certificate_count = counts.get(picking, 0)

    def _action_done(self):
        """Note that certificates are due; making them can neither slow nor stop the goods."""
        result = super()._action_done()
        due = self.filtered(
            lambda p: (
                p.state == "done"
                and p.picking_type_code == "outgoing"
                and p.partner_id._wants_certificate_mail(p.company_id)
            )
        )
        if due:
            due.sudo().write({"is_certificate_due": True, "certificate_requester_id": self.env.uid})
            self.env.ref("lot_certificate.ir_cron_issue").sudo()._trigger()
        return result

    @api.model
    def _cron_create_certificates(self):
        """Make the certificates that finished deliveries are waiting for."""
        due = self.search([("is_certificate_due", "=", True)], order="id")
        for picking in due:
            try:
                with self.env.cr.savepoint():
                    picking._create_certificates()._do_request_release()
            except UserError as error:
                picking.message_post(
                    body=self.env._("The certificates could not be made: %s", error)
                )
            picking.is_certificate_due = False
            self.env["ir.cron"]._commit_progress()

    def _get_certificate_lots(self):
        """Return the delivered lots that have a process record and no certificate here yet."""
        self.ensure_one()
        lots = self.move_line_ids.filtered(lambda line: line.state == "done").lot_id
        known = self.lot_certificate_ids.filtered(
            lambda c: c.kind == "batch" and c.state in ("draft", "to_issue", "issued", "failed")
        )
        if known.filtered(lambda c: c.scope == "delivery"):
            return lots.browse()
        return (lots - known.lot_id).filtered(
            lambda lot: lot.sudo()._get_certificate_production().process_run_id
        )

    def _get_certificate_subjects(self):
        """Return what each certificate is about: a lot, or the whole delivery, as the customer
        wants it.
        """
        lots = self._get_certificate_lots()
        if self.partner_id.commercial_partner_id.certificate_scope == "delivery":
            return [{"scope": "delivery"}] if lots else []
        return [{"lot_id": lot.id} for lot in lots]

    def _create_certificates(self):
        """Create a draft for each delivered lot with a process record."""
        self.ensure_one()
        certificates = self.env["lot.certificate"].create(
            [
                {
                    "kind": "batch",
                    "picking_id": self.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    **subject,
                }
                for subject in self._get_certificate_subjects()
            ]
        )
        certificates._stamp({"requested_by_id": self.certificate_requester_id.id or self.env.uid})
        return certificates

    def action_create_certificates(self):
        """Make a draft certificate for each delivered lot and open them."""
        self.ensure_one()
        if not self._create_certificates() and not self.lot_certificate_ids:
            raise UserError(
                self.env._(
                    "No lot of %s has a process record: there is nothing to certify.", self.name
                )
            )
        return self.action_view_certificates()

    def action_view_certificates(self):
        """Open the certificates of this delivery."""
        self.ensure_one()
        return self.lot_certificate_ids._get_records_action(name=self.env._("Certificates"))
