# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class LotCertificateLayout(models.Model):
    """How a company prints its certificates: texts around the content, logo, optional chapters.

    Kept by the certificate manager; chosen by the customer, else by the company, else the
    document is printed as it is built in. It adds to the content and never takes a mandatory part
    away. Its words are frozen in the snapshot of what is issued, so a later change reaches drafts
    alone.
    """

    _name = "lot.certificate.layout"
    _inherit = ["mail.thread"]
    _description = "Certificate layout"
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    active = fields.Boolean(default=True)
    introduction = fields.Text(
        translate=True, help="Printed below the title, in the language of the certificate."
    )
    closing = fields.Text(
        translate=True, help="Printed after the last chapter, in the language of the certificate."
    )
    with_logo = fields.Boolean(
        string="Company logo",
        default=True,
        help="In the head of each page; without it, the company's name stands there.",
    )
    with_inputs = fields.Boolean(
        string="List of input materials",
        default=True,
        help="Without it, the document says that the list is in its signed data, where it stays. "
        "Everything else is mandatory and cannot be hidden: the fields of a declaration, "
        "the process record, the footprint with its notice, the verification.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        domain="[('model', '=', 'lot.certificate')]",
        help="Empty: the template of the kind of certificate.",
    )

    def _describe(self):
        """Return what the snapshot keeps of the layout, in the language of the environment."""
        if not self:
            return None
        return {
            "name": self.name,
            "introduction": self.introduction or "",
            "closing": self.closing or "",
            "with_logo": self.with_logo,
            "with_inputs": self.with_inputs,
        }
