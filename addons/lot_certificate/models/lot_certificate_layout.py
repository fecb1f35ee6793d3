# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import contrast


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
    accent = fields.Char(
        string="Colour",
        tracking=True,
        help="Of titles and lines: # and six digits. Empty: the company's first colour. It has to "
        "be readable on white.",
    )
    signatory = fields.Char(
        string="Responsible person",
        tracking=True,
        help="Printed at the end, with the function, as who answers for the document in your "
        "house. It is no signature: who released and signed is printed from the records.",
    )
    signatory_function = fields.Char(string="Function", translate=True)
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        domain="[('model', '=', 'lot.certificate')]",
        help="Empty: the template of the kind of certificate.",
    )

    @api.constrains("accent")
    def _check_accent(self):
        for layout in self.filtered("accent"):
            if not contrast.is_colour(layout.accent):
                raise ValidationError(
                    self.env._(
                        "“%s” is no colour: write # and six digits, such as #1f7a5c.", layout.accent
                    )
                )
            if contrast.on_white(layout.accent) < contrast.READABLE:
                raise ValidationError(
                    self.env._(
                        "%(colour)s is too pale to read on white: its contrast is %(found).2f to "
                        "1, and at least %(least)s to 1 is needed. Choose a darker colour.",
                        colour=layout.accent,
                        found=contrast.on_white(layout.accent),
                        least=contrast.READABLE,
                    )
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
            "accent": self.accent or "",
            "signatory": self.signatory or "",
            "signatory_function": (self.signatory and self.signatory_function) or "",
        }
