# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_datetime


class LotCertificateBulk(models.Model):
    """One request to mail many certificates, and how far it has come.

    Made by the list of certificates; a scheduled action sends one after the other and commits each.
    Nobody writes it: the state of each recipient is that of its certificate.
    """

    _name = "lot.certificate.bulk"
    _description = "Bulk mailing of certificates"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="Asked for by", required=True, readonly=True)
    certificate_ids = fields.One2many("lot.certificate", "bulk_id", readonly=True)
    skipped = fields.Text(string="Left out", readonly=True)
    total_count = fields.Integer(string="Certificates", compute="_compute_counts")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Float(string="Done (%)", compute="_compute_counts")

    @api.depends("create_date")
    @api.depends_context("lang", "tz")
    def _compute_name(self):
        for bulk in self:
            when = format_datetime(
                self.env, bulk.create_date or fields.Datetime.now(), dt_format="short"
            )
            bulk.name = self.env._("Mailing of %s", when)

    @api.depends("certificate_ids.mail_state")
    def _compute_counts(self):
        for bulk in self:
            states = bulk.certificate_ids.mapped("mail_state")
            bulk.total_count = len(states)
            bulk.waiting_count = states.count("to_send")
            bulk.sent_count = states.count("sent")
            bulk.failed_count = states.count("failed") + states.count("bounced")
            done = bulk.total_count - bulk.waiting_count
            bulk.progress = 100.0 * done / bulk.total_count if states else 100.0

    @api.model_create_multi
    def create(self, vals_list):
        """Made by the button of the list alone."""
        if not self.env.su:
            raise AccessError(self.env._("Choose the certificates in their list, and send them."))
        return super().create(vals_list)

    def action_retry(self):
        """Send again what failed or came back."""
        self.ensure_one()
        lost = self.certificate_ids.filtered(lambda c: c.mail_state in ("failed", "bounced"))
        return lost.action_send_bulk() if lost else True

    def action_refresh(self):
        """Show how far it has come by now."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}
