# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import footprint

PLACES = 9
MATERIAL = {"category": "material", "scope": "3", "stage": "raw_material", "red_term": "eec"}


class StockMoveLine(models.Model):
    """A consumed quantity of one lot becomes an activity, weighed with what the lot carries."""

    _inherit = "stock.move.line"

    def write(self, vals):
        """Calculate finished orders anew when a quantity of theirs is corrected."""
        result = super().write(vals)
        if {"quantity", "lot_id", "product_uom_id"} & set(vals):
            moves = self.move_id.filtered(lambda move: move.state == "done")
            orders = moves.raw_material_production_id | moves.production_id
            done = orders.filtered(lambda order: order.state == "done")
            done._make_carbon_footprints(self.env._("a quantity of the order was corrected"))
        return result

    def _collect_carbon_facts(self, rule, on_date) -> list[dict]:
        """Return a fact for each consumed line that is to be counted."""
        return [
            line._prepare_carbon_fact(rule, on_date)
            for line in self
            if line.product_id.product_tmpl_id._is_carbon_counted()
        ]

    def _prepare_carbon_fact(self, rule, on_date) -> dict:
        self.ensure_one()
        product, lot = self.product_id, self.lot_id
        kg, sentence = self._get_carbon_kg()
        is_feedstock = product.is_mb_material and not self.move_id.scrap_id
        fact = {
            "source": "material",
            "name": product.name,
            "product_id": product.id,
            "lot_id": lot.id,
            "lot_name": lot.name,
            "unit": "kg",
            "amount": kg,
            "is_feedstock": is_feedstock,
            "feedstock_kg": kg if is_feedstock else None,
            **MATERIAL,
        }
        if product.carbon_treatment == "excluded":
            sentence = self.env._("it is left out of footprints, and the product does not say why")
            return fact | {"gap": sentence, "gap_code": footprint.TREATMENT}
        if sentence:
            return fact | {"gap": sentence, "gap_code": footprint.MASS}
        return fact | self._get_carbon_value(rule, on_date)

    def _prepare_carbon_waste(self, on_date) -> dict:
        """Return what a scrapped quantity emits as waste; without a factor it is a gap."""
        self.ensure_one()
        product = self.product_id
        kg, sentence = self._get_carbon_kg()
        factor, gap_code = product.carbon_waste_factor_id, footprint.MASS
        fact = {
            "source": "material",
            "name": self.env._("Scrap: %s", product.name),
            "subject": product.name,
            "product_id": product.id,
            "lot_id": self.lot_id.id,
            "lot_name": self.lot_id.name,
            "document": self.move_id.scrap_id.name,
            "unit": "kg",
            "amount": kg,
            "category": "waste",
            "scope": "3",
            "stage": "processing",
            "red_term": "ep",
            "data_quality": "default",
        }
        if factor:
            fact |= factor._prepare_fact(factor._get_version(on_date))
        elif not sentence:
            gap_code = footprint.FACTOR
            sentence = self.env._("the product has no emission factor as waste")
        return fact | ({"gap": sentence, "gap_code": gap_code} if sentence else {})

    def _get_carbon_kg(self):
        """Return (kg, "") or (None, why the mass is not known)."""
        try:
            return self.product_id._get_kg(self.quantity, self.product_uom_id), ""
        except UserError as error:
            return None, str(error).rstrip(".")

    def _get_carbon_value(self, rule, on_date) -> dict:
        """Return what weighs the lot: its declared value, its own footprint, or a factor."""
        lot = self.lot_id
        declared = lot and lot._get_carbon_declared(rule)
        if declared:
            return declared
        made = lot and self._get_carbon_of_batch()
        if made:
            return made
        factor, quality = self._find_carbon_factor(on_date)
        if not factor:
            return {
                "gap_code": footprint.FACTOR,
                "gap": self.env._(
                    "it carries no declared value, was not made here, and the product has no "
                    "emission factor"
                ),
            }
        version = factor._get_version(on_date)
        fact = factor._prepare_fact(version) | {"data_quality": quality}
        if not version:
            fact["gap_code"] = footprint.FACTOR
            fact["gap"] = self.env._(
                "the factor %(factor)s has no approved version for %(date)s",
                factor=factor.code,
                date=on_date,
            )
        return fact

    def _find_carbon_factor(self, _on_date):
        """Return the factor of what carries no value of its own, and how good its values are."""
        return self.product_id.carbon_factor_id, "default"

    def _get_carbon_of_batch(self) -> dict:
        """Return what a lot made here carries: the highest figure of the orders that made it."""
        outputs = self.lot_id._get_carbon_outputs()
        if not outputs:
            return {}
        fact = {"source": "batch", "data_quality": "calculated"}
        open_ones = outputs.filtered(lambda output: output.kg_co2e_per_kg is False)
        if open_ones:
            return fact | {
                "gap_code": footprint.BATCH,
                "gap": self.env._(
                    "the footprint %s of this lot is itself incomplete",
                    open_ones[0].footprint_id.name,
                ),
            }
        output = outputs.sorted("kg_co2e_per_kg")[-1]
        record = output.footprint_id
        return fact | {
            "document": record.name,
            "source_output_id": output.id,
            "factor": footprint.Factor(
                code=record.production_id.name,
                version=f"v{record.version}",
                unit="kg",
                value=to_decimal(output.kg_co2e_per_kg, PLACES),
                gwp_set=record.gwp_set,
            ),
        }
