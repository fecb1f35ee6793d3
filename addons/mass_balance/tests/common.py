# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A polymer plant for the tests: what `MassBalanceCase` offers is listed in its docstring."""

from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from odoo.addons.audit_chain.tests.common import SignatureCase
from odoo.addons.audit_chain.tools.decimals import to_decimal

D = Decimal

PLUS = "ISCC-PLUS-Cert-DE105-82948108"
OWN = "ISCC-PLUS-Cert-DE100-12345678"


@tagged("post_install", "-at_install")
class MassBalanceCase(SignatureCase, TransactionCase):
    """A company that cracks naphtha into polymer, fuel gas and waste.

    Offers `company`, `warehouse`, `supplier`, `customer`, `bio`, `fossil`, `polymer`, `coproduct`,
    `waste`, `certification` (supplier's), `own` (ours), `factor` (900/1000), `bom`, `manager`;
    helpers `make_declaration`, `receive`, `produce`, `deliver`, `scrap`, `unbuild`, `book`, `held`,
    `entries`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = date.today()
        cls.company = cls.env["res.company"].create(
            {"name": "Test Polymer", "country_id": cls.env.ref("base.de").id}
        )
        cls.company.partner_id.write(
            {"street": "Werkstr. 1", "city": "Wesseling", "ref": "Reg. Cologne 4711"}
        )
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": [cls.company.id],
                "tracking_disable": True,
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.supplier = cls._partner("Baltic Renewables", "Porvoo", "base.fi")
        cls.customer = cls._partner("Filmwerk", "Lyon", "base.fr")
        cls._make_products()
        cls.certification = cls._certify(cls.supplier, PLUS, "Bio-naphtha")
        cls.own = cls._certify(
            cls.company.partner_id, OWN, "Polypropylene\nBio-naphtha\nC4 fraction"
        )
        cls.factor = cls._approve_factor()
        cls.manager = new_test_user(
            cls.env,
            "mb_manager",
            "mass_balance.group_mass_balance_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _partner(cls, name, city, country):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "ref": f"Reg. {city} 1",
                "street": "Street 1",
                "city": city,
                "country_id": cls.env.ref(country).id,
            }
        )

    @classmethod
    def _product(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "tracking": "lot",
                "uom_id": cls.env.ref("uom.product_uom_kgm").id,
                **values,
            }
        )

    @classmethod
    def _make_products(cls):
        group = {"is_mb_material": True, "mb_group": "naphtha", "mb_product_type": "raw"}
        cls.bio = cls._product(
            "Bio-naphtha, certified", mb_material="Bio-naphtha", mb_category="bio", **group
        )
        cls.fossil = cls._product("Naphtha", mb_material="Naphtha", mb_category="fossil", **group)
        final = {"is_mb_material": True, "mb_product_type": "final"}
        cls.polymer = cls._product(
            "Polypropylene PP-H", mb_material="Polypropylene", mb_output_kind="polymer", **final
        )
        cls.coproduct = cls._product(
            "C4", mb_material="C4 fraction", mb_output_kind="fuel", **{**final, "tracking": "none"}
        )
        cls.waste = cls._product("Coke", mb_output_kind="residue", tracking="none")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.polymer.product_tmpl_id.id,
                "product_qty": 850,
                "product_uom_id": cls.polymer.uom_id.id,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": cls.bio.id, "product_qty": 100}),
                    Command.create({"product_id": cls.fossil.id, "product_qty": 900}),
                ],
                "byproduct_ids": [
                    Command.create(
                        {
                            "product_id": cls.coproduct.id,
                            "product_qty": 50,
                            "product_uom_id": cls.polymer.uom_id.id,
                        }
                    )
                ],
            }
        )

    @classmethod
    def _certify(cls, partner, number, materials, **values):
        return cls.env["partner.certification"].create(
            {
                "number": number,
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "scheme": "iscc_plus",
                "materials": materials,
                "scope_codes": "PYP, TR",
                "certification_body": "SGS Germany",
                "valid_from": cls.today - timedelta(days=100),
                "valid_to": cls.today + timedelta(days=264),
                "checked_on": cls.today,
                **values,
            }
        )

    @classmethod
    def _approve_factor(cls, **values):
        factor = cls.env["mass.balance.conversion"].create(
            {
                "product_tmpl_id": cls.polymer.product_tmpl_id.id,
                "company_id": cls.company.id,
                "warehouse_id": cls.warehouse.id,
                "numerator": 900,
                "denominator": 1000,
                "date_from": cls.today - timedelta(days=100),
                "date_to": cls.today + timedelta(days=264),
                "evidence": "Production of last quarter",
                **values,
            }
        )
        factor.action_approve()
        return factor

    # -- helpers ----------------------------------------------------------------------------------

    def declaration_values(self, **values):
        return {
            "direction": "in",
            "number": "SD-1",
            "company_id": self.company.id,
            "partner_id": self.supplier.id,
            "certification_id": self.certification.id,
            "product_id": self.bio.id,
            "quantity": 100,
            "issue_date": self.today,
            "dispatch_date": self.today,
            "contract_number": "PO-77",
            "raw_material": "Used cooking oil",
            "origin_country_id": self.env.ref("base.fi").id,
            "statement": "iscc_compliant",
            "waste_residue": "no",
            **values,
        }

    def make_declaration(self, complete=True, **values):
        record = self.env["sustainability.declaration"].create(self.declaration_values(**values))
        if complete:
            record.action_complete()
        return record

    def make_receipt(self, quantity, product=None, lot="BN-1", declaration=None, **values):
        """Return a receipt that is ready to be validated."""
        product = product or self.bio
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": self.supplier.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "mb_weighbridge_number": "W-1",
                "declaration_ids": [Command.set(declaration.ids if declaration else [])],
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "product_uom": product.uom_id.id,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
                **values,
            }
        )
        picking.action_confirm()
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "lot_name": lot,
                    "quantity": quantity,
                    "product_uom_id": product.uom_id.id,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                    "picking_id": picking.id,
                }
            )
        ]
        picking.move_ids.picked = True
        return picking

    def receive(self, quantity, **kwargs):
        """Receive and validate; returns the picking."""
        picking = self.make_receipt(quantity, **kwargs)
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def receive_certified(self, quantity=100, number="SD-1", lot="BN-1", **values):
        declaration = self.make_declaration(number=number, quantity=quantity, **values)
        self.receive(quantity, product=declaration.product_id, lot=lot, declaration=declaration)
        return declaration

    def lot(self, name, product=None):
        return self.env["stock.lot"].search(
            [("name", "=", name), ("product_id", "=", (product or self.bio).id)]
        )

    def produce(self, lots, made=850, by=50, product_lot="PP-1", done=True):
        """Make polymer from {lot: kg}; returns the order."""
        order = self.env["mrp.production"].create(
            {
                "product_id": self.polymer.id,
                "bom_id": self.bom.id,
                "product_qty": made,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        order.lot_producing_ids = self.env["stock.lot"].create(
            {"name": product_lot, "product_id": self.polymer.id, "company_id": self.company.id}
        )
        order.qty_producing = made
        order.set_qty_producing()
        for move in order.move_raw_ids:
            move.move_line_ids.unlink()
            own = {lot: kg for lot, kg in lots.items() if lot.product_id == move.product_id}
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": move.product_id.id,
                        "lot_id": lot.id,
                        "quantity": kg,
                        "product_uom_id": move.product_uom.id,
                        "location_id": move.location_id.id,
                        "location_dest_id": move.location_dest_id.id,
                    }
                )
                for lot, kg in own.items()
            ]
            move.picked = bool(own)
        order.move_byproduct_ids.quantity = by
        order.move_byproduct_ids.picked = bool(by)
        if done:
            order.with_context(skip_consumption=True).button_mark_done()
            self.assertEqual(order.state, "done")
        return order

    def produce_standard(self, **kwargs):
        """100 kg certified and 900 kg fossil give 850 kg polymer and 50 kg C4."""
        self.receive_certified()
        self.receive(900, product=self.fossil, lot="FN-1")
        return self.produce({self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900}, **kwargs)

    def sell(self, quantity, claim="iscc_plus", product=None, **values):
        """Confirm an order; returns its delivery, ready to be validated."""
        product = product or self.polymer
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "client_order_ref": "C-4711",
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "mb_claim": claim,
                            **values,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        return picking

    def deliver(self, quantity, **kwargs):
        """Sell and deliver; returns the outgoing declarations."""
        picking = self.sell(quantity, **kwargs)
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking.declaration_ids

    def scrap(self, product, quantity, lot=None):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "lot_id": lot.id if lot else False,
                "location_id": self.warehouse.lot_stock_id.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        return scrap

    def unbuild(self, order, quantity):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": self.polymer.id,
                "mo_id": order.id,
                "product_qty": quantity,
                "lot_id": order.lot_producing_ids.id,
                "company_id": self.company.id,
                "product_uom_id": self.polymer.uom_id.id,
            }
        )
        unbuild.action_unbuild()
        return unbuild

    def book(self, kind, group, **values):
        domain = [
            ("company_id", "=", self.company.id),
            ("kind", "=", kind),
            ("product_group", "=", group),
        ]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["mass.balance.account"].search(domain)

    def held(self, kind, group, **values):
        """Return the balance of a book as a decimal, by SQL and by the running figure alike."""
        account = self.book(kind, group, **values)
        account.invalidate_recordset()
        self.assertEqual(to_decimal(account.balance), to_decimal(account.booked_balance))
        return to_decimal(account.balance)

    def entries(self, **values):
        domain = [("company_id", "=", self.company.id)]
        return self.env["mass.balance.entry"].search(
            domain + [(name, "=", value) for name, value in values.items()], order="id"
        )

    def lines(self, **values):
        """Return (direction, book, change) of entries, in order."""
        return [
            (e.direction, e.product_group, to_decimal(e.signed_quantity))
            for e in self.entries(**values)
        ]


__all__ = ["D", "Command", "Form", "MassBalanceCase", "OWN", "PLUS", "new_test_user", "timedelta"]
