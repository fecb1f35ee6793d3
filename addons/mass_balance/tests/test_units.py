# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Units: everything is kept in kg; a volume needs its density."""

from odoo.exceptions import UserError, ValidationError

from .common import D, MassBalanceCase


class TestUnits(MassBalanceCase):
    """Tonnes, pounds, litres and pieces."""

    def kg(self, quantity, xmlid, **values):
        self.bio.write(values)
        return self.bio._get_kg(quantity, self.env.ref(xmlid))

    def test_masses(self):
        self.assertEqual(self.kg(1.5, "uom.product_uom_ton"), D("1500.000"))
        self.assertEqual(self.kg(250, "uom.product_uom_gram"), D("0.250"))
        self.assertEqual(self.kg(0.1, "uom.product_uom_kgm"), D("0.100"))
        self.assertEqual(self.kg(1, "uom.product_uom_lb"), D("0.453"))

    def test_a_volume_without_density_is_refused(self):
        with self.assertRaisesRegex(UserError, "enter its density"):
            self.kg(1, "uom.product_uom_litre")
        self.assertEqual(self.kg(1000, "uom.product_uom_litre", mb_density=0.69), D("690.000"))
        self.assertEqual(self.kg(1, "uom.product_uom_cubic_meter"), D("690.000"))

    def test_pieces_go_by_weight(self):
        with self.assertRaisesRegex(UserError, "enter its weight"):
            self.kg(1, "uom.product_uom_unit")

    def test_defect_9_litre_and_mass_close(self):
        """CarbuRe: 44 MJ/kg × 0.845 kg/l is 37.18 MJ/l, its table says 34."""
        self.assertEqual(
            self.kg(1000, "uom.product_uom_litre", mb_density=0.845) * 44, D("37180.000")
        )

    def test_a_receipt_in_litres_without_density_waits(self):
        litres = self._product(
            "Bio-naphtha in litres",
            uom_id=self.env.ref("uom.product_uom_litre").id,
            is_mb_material=True,
            mb_material="Bio-naphtha",
            mb_category="bio",
            mb_product_type="raw",
        )
        declaration = self.make_declaration(product_id=litres.id, quantity=690)
        self.receive(1000, product=litres, declaration=declaration)
        self.assertFalse(self.entries())
        self.assertIn("enter its density", declaration.refusal)
        litres.mb_density = 0.69
        declaration.action_book()
        self.assertEqual(self.held("input", "Bio-naphtha"), D("690.000"))

    def test_a_delivery_that_cannot_be_weighed_leaves_all_the_same(self):
        pieces = self._product(
            "Film roll",
            uom_id=self.env.ref("uom.product_uom_unit").id,
            tracking="none",
            is_mb_material=True,
            mb_material="Film",
        )
        self.env["stock.quant"]._update_available_quantity(pieces, self.warehouse.lot_stock_id, 10)
        record = self.deliver(2, product=pieces)
        self.assertIn("enter its weight", record.refusal)

    def test_certified_material_needs_lot_and_name(self):
        values = {"is_mb_material": True, "mb_category": "bio"}
        with self.assertRaisesRegex(ValidationError, "list of materials"), self.cr.savepoint():
            self._product("X", **values)
        with self.assertRaisesRegex(ValidationError, "track it by lot"), self.cr.savepoint():
            self._product("X", mb_material="UCO", tracking="none", **values)
        self._product(
            "X", mb_material="UCO", is_mb_material=True, mb_category="fossil", tracking="none"
        )
