# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import balance


class SustainabilityDeclarationAgain(models.AbstractModel):
    """A declaration that was cancelled is never mended: the delivery is declared again.

    The new one has a number of its own, names the old one, draws its credits anew and states no
    more than the customer has kept and no other declaration states.
    """

    _name = "sustainability.declaration.again"
    _description = "Declaring a delivery again"

    again_of_id = fields.Many2one(
        "sustainability.declaration",
        string="In place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    again_ids = fields.One2many(
        "sustainability.declaration", "again_of_id", string="Declared again as"
    )

    def action_declare_again(self):
        """Draft what is left to declare of the delivery of a cancelled declaration; open it."""
        self.ensure_one()
        self._check_is_manager()
        self._check_may_declare_again()
        declarable = self._get_declarable_kg()
        beside = self.sudo().search(
            [
                ("direction", "=", "out"),
                ("state", "!=", "cancelled"),
                ("sale_line_id", "=", self.sale_line_id.id),
                ("picking_ids", "in", self.picking_ids.ids),
            ]
        )
        stated = sum((record._get_kg() for record in beside), balance.ZERO)
        left = min(self._get_kg(), (declarable or balance.ZERO) - stated)
        if left <= 0:
            raise UserError(
                self.env._(
                    "Nothing of %(delivery)s is left to declare: it came back, or %(numbers)s "
                    "states it.",
                    delivery=", ".join(self.picking_ids.mapped("name")),
                    numbers=", ".join(beside.mapped("number")) or "–",
                )
            )
        values = self._prepare_outgoing(self.sudo().sale_line_id, self._get_declared_moves(), left)
        values.update(again_of_id=self.id, category=self.category, statement=self.statement)
        drawn = self.sudo().create([values])._draw()
        drawn._refresh_ghg()
        return drawn.sudo(False)._get_records_action()

    def _check_may_declare_again(self) -> None:
        if self.direction != "out" or self.state != "cancelled" or not self.sale_line_id:
            raise UserError(
                self.env._(
                    "Only a cancelled declaration of a delivery is declared again: cancel %s.",
                    self.number,
                )
            )

    def _snapshot(self) -> dict:
        return {**super()._snapshot(), "in_place_of": self.again_of_id.number or None}
