# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.fields import Quantity
from odoo.addons.audit_chain.tools.decimals import to_decimal


class SustainabilityDeclarationFeedstock(models.AbstractModel):
    """What a declaration says of the feedstock beside its set of characteristics.

    Figures, the point of origin, and what a final fuel's Proof of Sustainability adds (row 32 of
    the field table).
    """

    _name = "sustainability.declaration.feedstock"
    _description = "Feedstock of a declaration"

    value_ids = fields.One2many("feedstock.value", "declaration_id", string="Declared figures")
    origin_point_id = fields.Many2one(
        "origin.point", string="Point on our list", check_company=True, ondelete="restrict"
    )
    is_pos = fields.Boolean(
        string="Proof of Sustainability", help="The declaration of a final fuel in the EU."
    )
    pos_number = fields.Char(string="PoS number")
    pos_energy = Quantity(string="Energy (MJ)")
    pos_saving = Quantity(string="GHG saving (%)")
    pos_country_id = fields.Many2one("res.country", string="Country of the plant")
    pos_plant_start = fields.Date(string="Start of the plant")

    @api.onchange("origin_point_id")
    def _onchange_origin_point_id(self):
        if self.origin_point_id:
            self.origin_point_name = self.origin_point_id.name
            self.origin_point_address = self.origin_point_id.address

    def _check_complete(self) -> None:
        """A point of origin counts with a self-declaration that is valid at dispatch (1.10)."""
        result = super()._check_complete()
        point = self.origin_point_id
        if point and not point._is_declared(self.dispatch_date):
            raise UserError(
                self.env._(
                    "Declaration %(number)s: no self-declaration of %(point)s is valid on %(day)s.",
                    number=self.number,
                    point=point.name,
                    day=self.dispatch_date,
                )
            )
        lacking = [
            self._fields[name].get_description(self.env, ["string"])["string"]
            for name in ("pos_number", "pos_energy", "pos_country_id", "pos_plant_start")
            if self.is_pos and not self[name]
        ]
        if lacking:
            raise UserError(
                self.env._(
                    "Declaration %(number)s is not complete. Missing: %(fields)s.",
                    number=self.number,
                    fields=", ".join(lacking),
                )
            )
        return result

    def _get_declared(self, kind: str) -> Decimal | None:
        """Return a declared figure, or None when it is not declared."""
        self.ensure_one()
        found = self.sudo().value_ids.filtered(lambda v: v.kind == kind)[:1]
        return to_decimal(found.value, 6) if found else None

    def _get_score(self) -> Decimal | None:
        """Return the sustainability score of the feedstock, or None."""
        return self._get_declared("score")
