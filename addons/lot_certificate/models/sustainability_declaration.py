# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

UNITS = {"kg": "uom.product_uom_kgm", "t": "uom.product_uom_ton"}


class SustainabilityDeclaration(models.Model):
    """An outgoing declaration leaves the plant as a signed document with its own number."""

    _inherit = "sustainability.declaration"

    lot_certificate_ids = fields.One2many(
        "lot.certificate", "declaration_id", string="Signed documents"
    )
    lot_certificate_count = fields.Integer(
        string="Number of signed documents", compute="_compute_lot_certificate_count"
    )

    def _compute_lot_certificate_count(self):
        counts = dict(
            self.env["lot.certificate"]._read_group(
                [("declaration_id", "in", self.ids)], ["declaration_id"], ["__count"]
            )
        )
        for declaration in self:
            declaration.lot_certificate_count = counts.get(declaration, 0)

    def _get_certificate_uom(self):
        """Return the unit in which the quantity is declared."""
        return self.env.ref(UNITS[self.quantity_unit])

    def _get_certificate_number(self):
        """Return the declaration's own number; it stands on one document only, ever."""
        self.ensure_one()
        used = self.env["lot.certificate"].search_count(
            [("company_id", "=", self.company_id.id), ("name", "=", self.number)]
        )
        if used:
            raise UserError(
                self.env._(
                    "The number %s is already on a document and is never used again. Cancel the "
                    "declaration and issue a new one.",
                    self.number,
                )
            )
        return self.number

    def _on_signed(self, signature):
        """Once the sustainability manager has signed it, the document is issued by itself."""
        result = super()._on_signed(signature)
        issued = self.filtered(lambda d: d.direction == "out" and d.state == "issued")
        if signature.meaning == "issue" and issued:
            issued.sudo()._create_certificates()._do_request_issue()
        return result

    def action_cancel(self):
        """What the customer holds is revoked by a signature first; that cancels by itself."""
        documents = self.sudo().lot_certificate_ids
        standing = documents.filtered(lambda c: c.state in ("issued", "superseded"))
        if standing:
            raise UserError(
                self.env._(
                    "%(declaration)s is out as the signed document %(document)s: revoke that one, "
                    "with the reason. Its declaration is cancelled with it.",
                    declaration=standing[0].declaration_id.number,
                    document=standing[0].name,
                )
            )
        result = super().action_cancel()
        documents.filtered(lambda c: c.state in ("review", "to_issue", "failed")).action_withdraw()
        return result

    def _create_certificates(self):
        """Create the draft document of each declaration that has none."""
        return self.env["lot.certificate"].create(
            [
                {
                    "kind": "sustainability",
                    "declaration_id": declaration.id,
                    "company_id": declaration.company_id.id,
                }
                for declaration in self
                if not declaration.lot_certificate_ids.filtered(lambda c: c.state != "revoked")
            ]
        )

    def action_view_certificates(self):
        """Open the signed documents of this declaration."""
        self.ensure_one()
        return self.lot_certificate_ids._get_records_action(name=self.env._("Signed documents"))
