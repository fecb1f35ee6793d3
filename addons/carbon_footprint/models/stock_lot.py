# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import declared, footprint


class StockLot(models.Model):
    """A lot knows the footprint of the order that made it."""

    _inherit = "stock.lot"

    carbon_output_ids = fields.One2many("carbon.footprint.output", "lot_id", readonly=True)
    carbon_footprint_id = fields.Many2one(
        "carbon.footprint",
        compute="_compute_carbon_footprint",
        search="_search_carbon_footprint",
        string="Carbon footprint",
    )
    carbon_state = fields.Selection(related="carbon_footprint_id.state", string="Footprint")
    carbon_kg_per_kg = OptionalFloat(
        string="kg CO2e per kg", compute="_compute_carbon_footprint", digits=None
    )

    def _compute_carbon_footprint(self):
        for lot in self:
            output = lot._get_carbon_output()
            lot.carbon_footprint_id = output.footprint_id
            lot.carbon_kg_per_kg = output.kg_co2e_per_kg if output else None

    def _search_carbon_footprint(self, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        inner = fields.Domain(value) if operator == "any" else fields.Domain("id", operator, value)
        current = fields.Domain("is_current", "=", True) & inner
        return fields.Domain("carbon_output_ids.footprint_id", "any", current)

    def _get_carbon_output(self):
        """Return what this lot carries by the current footprint of its order, if it was made here.

        Of several orders that made one lot the last one; `_get_carbon_outputs` has them all.
        """
        return self._get_carbon_outputs()[:1]

    def _get_carbon_outputs(self):
        self.ensure_one()
        return self.env["carbon.footprint.output"].search(
            [("lot_id", "=", self.id), ("footprint_id.is_current", "=", True)],
            order="footprint_id desc, id desc",
        )

    def _get_carbon_declared(self, rule) -> dict:
        """Return what weighs the lot by its incoming declaration; empty when it declares nothing.

        The value counts dry tonnes or MJ: the product's dry matter or heating value turns the
        received kg into them.
        """
        self.ensure_one()
        declaration = self.mb_declaration_id
        if not declaration.ghg_type or declaration.state == "cancelled":
            return {}
        fact = {
            "source": "declaration",
            "document": declaration.number,
            "data_quality": "declared",
        }
        unit = declared.parse_unit(declaration.ghg_unit)
        if not unit:
            return fact | {
                "gap_code": footprint.DECLARED,
                "gap": self.env._(
                    "the unit “%(unit)s” of the value on declaration %(number)s is not understood; "
                    "%(dry)s and %(energy)s are",
                    unit=declaration.ghg_unit or "",
                    number=declaration.number,
                    dry=declared.PER_DRY_TONNE,
                    energy=declared.PER_MJ,
                ),
            }
        return fact | self._convert_carbon_declared(declaration, unit, rule)

    def _convert_carbon_declared(self, declaration, unit: str, rule) -> dict:
        product = self.product_id
        is_dry = unit == declared.PER_DRY_TONNE
        content = product._get_carbon_contents()[0 if is_dry else 1]
        if content is None:
            lacking = self.env._("dry matter") if is_dry else self.env._("lower heating value")
            return {
                "gap_code": footprint.DECLARED,
                "gap": self.env._(
                    "declaration %(number)s counts in %(unit)s, and the %(lacking)s of the "
                    "product is not known",
                    number=declaration.number,
                    unit=unit,
                    lacking=lacking,
                ),
            }
        value = to_decimal(declaration.ghg_value, 6)
        return {
            "conversion": content,
            "converted_unit": "kg_dry" if is_dry else "MJ_net",
            "conversion_note": product._get_carbon_content_note(is_dry),
            "factor": footprint.Factor(
                code=declaration.number,
                version=declaration.ghg_type,
                unit="t_dry" if is_dry else "MJ_net",
                value=value if is_dry else value / 1000,
                gwp_set=rule.declared_gwp_set,
            ),
        }

    def action_view_carbon_footprint(self):
        """Open the footprint of the order that made the lot."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "carbon.footprint",
            "res_id": self.carbon_footprint_id.id,
            "view_mode": "form",
        }

    @api.readonly
    def get_carbon_picture(self):
        """Return what the `carbon_picture` widget draws: the footprint of the order behind it."""
        self.ensure_one()
        return self.carbon_footprint_id.get_carbon_picture()
