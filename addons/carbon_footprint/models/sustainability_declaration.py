# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import declared

PLACES = 6


class SustainabilityDeclaration(models.Model):
    """An outgoing declaration takes its greenhouse-gas value from what its lots were made with.

    The value is that of the product as made wholly from the declared feedstock: of several
    incoming values, and of several lots, the highest; never an average.
    """

    _inherit = "sustainability.declaration"

    carbon_gap = fields.Char(
        string="No GHG value because", compute="_compute_carbon_gap", compute_sudo=True
    )

    def _compute_carbon_gap(self):
        for record in self:
            record.carbon_gap = False
            is_open = record.direction == "out" and record.state == "draft" and not record.ghg_type
            has_addon = record.certification_id.has_ghg_addon or record.scheme != "iscc_plus"
            if is_open and has_addon:
                record.carbon_gap = record._find_carbon_value(record.lot_ids)[1]

    def _get_ghg_value(self, lots):
        """Return the highest value of the lots, or None while one of them is not known."""
        return super()._get_ghg_value(lots) or self._find_carbon_value(lots)[0]

    def _find_carbon_value(self, lots):
        """Return (value, "") or (None, why there is none)."""
        self.ensure_one()
        try:
            incoming = self._get_carbon_incoming()
            values = [self._get_carbon_of_lot(lot, incoming) for lot in lots]
            if not values:
                raise declared.NotDeclarable(self.env._("no lot is named"))
            return self._prepare_carbon_value(max(values)), ""
        except declared.NotDeclarable as error:
            return None, str(error)

    def _get_carbon_incoming(self):
        """Return (declarations whose credits are drawn, kg CO2e of one kg, the highest)."""
        sources = self.entry_ids.source_declaration_id
        if not sources:
            raise declared.NotDeclarable(self.env._("no credits are drawn yet"))
        batches = [
            declared.Batch(source.number, Decimal("1"), source._get_carbon_per_kg())
            for source in sources
        ]
        lacking = [batch.key for batch in batches if batch.value is None]
        if lacking:
            raise declared.NotDeclarable(
                self.env._(
                    "declaration %s carries no value that can be turned into one per kg (value, "
                    "unit, dry matter or heating value of its product)",
                    lacking[0],
                )
            )
        return sources, declared.highest(batches)

    def _get_carbon_per_kg(self):
        """Return kg CO2e of one received kg by this incoming declaration, None if not known."""
        self.ensure_one()
        unit = declared.parse_unit(self.ghg_unit)
        if not self.ghg_type or not unit:
            return None
        value = to_decimal(self.ghg_value, PLACES)
        return declared.per_kg(value, unit, *self.product_id._get_carbon_contents())

    def _get_carbon_of_lot(self, lot, incoming) -> Decimal:
        """Return kg CO2e of one kg of a lot: made here, or passed on as it came."""
        sources, per_kg = incoming
        outputs = lot._get_carbon_outputs()
        if not outputs:
            return per_kg
        return max(declared.carried(per_kg, output._get_carbon_made(sources)) for output in outputs)

    def _prepare_carbon_value(self, per_kg: Decimal) -> dict:
        product = self.product_id
        unit = declared.PER_MJ if product.mb_output_kind == "fuel" else declared.PER_DRY_TONNE
        value = declared.from_per_kg(per_kg, unit, *product._get_carbon_contents())
        if value is None:
            raise declared.NotDeclarable(
                self.env._(
                    "the value is declared in %(unit)s, and %(product)s lacks its dry matter or "
                    "heating value",
                    unit=unit,
                    product=product.display_name,
                )
            )
        return {"value": to_decimal(value, PLACES), "unit": unit, "type": "actual"}
