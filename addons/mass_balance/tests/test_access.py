# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may do what: roles, companies, and people who know nothing of sustainability."""

from odoo.exceptions import AccessError, UserError

from ..models.origin_point_declaration import CONFIRMATIONS
from .common import Command, MassBalanceCase, new_test_user

OWN = (
    "partner.certification",
    "sustainability.declaration",
    "mass.balance.account",
    "mass.balance.period",
    "mass.balance.conversion",
    "mass.balance.entry",
    "mass.balance.credit",
    "feedstock.value",
    "mass.balance.voucher",
    "mass.balance.voucher.line",
    "origin.point",
    "origin.point.declaration",
    "mass.balance.reservation",
    "sustainability.purge",
)

CONFIRMED = dict.fromkeys(CONFIRMATIONS, True)
SCORE = {"source": "supplier", "kind": "score", "value": 70}


class TestAccess(MassBalanceCase):
    """Access lines and company rules, role by role."""

    def user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    def rights(self, user, model):
        model = self.env[model].with_user(user)
        return "".join(
            letter
            for letter, operation in (
                ("r", "read"),
                ("w", "write"),
                ("c", "create"),
                ("u", "unlink"),
            )
            if model.has_access(operation)
        )

    def test_rights_by_role(self):
        auditor = self.user("mb_a", "audit_chain.group_audit_chain_auditor")
        reader = self.user("mb_r", "mass_balance.group_mass_balance_user")
        nobody = self.user("mb_n", "base.group_user")
        rights = ["rwcu", "rwcu", "rw", "rw", "rwcu", "r", "r", "rwcu", "rwcu", "rwcu"]
        rights += ["rwcu", "rwc", "rwc", "rwcu"]
        manager = dict(zip(OWN, rights, strict=True))
        for model in OWN:
            with self.subTest(model=model):
                self.assertEqual(self.rights(auditor, model), "r")
                self.assertEqual(self.rights(reader, model), "r")
                self.assertEqual(self.rights(nobody, model), "")
                self.assertEqual(self.rights(self.manager, model), manager[model])

    def test_trades_read_what_their_documents_show(self):
        for index, group in enumerate(
            (
                "purchase.group_purchase_user",
                "stock.group_stock_user",
                "sales_team.group_sale_salesman",
                "mrp.group_mrp_user",
            )
        ):
            user = self.user(f"mb_t{index}", group)
            for model in ("partner.certification", "sustainability.declaration"):
                self.assertEqual(self.rights(user, model), "r", (group, model))
            for model in ("mass.balance.account", "mass.balance.entry", "mass.balance.conversion"):
                self.assertEqual(self.rights(user, model), "", (group, model))

    def test_the_work_is_done_without_sustainability_rights(self):
        """Buyer, warehouse, production and sales each do their step; the books follow."""
        buyer = self.user("mb_buyer", "purchase.group_purchase_user")
        stocker = self.user("mb_store", "stock.group_stock_user")
        maker = self.user("mb_maker", "mrp.group_mrp_user,stock.group_stock_user")
        seller = self.user("mb_seller", "sales_team.group_sale_salesman")
        order = (
            self.env["purchase.order"]
            .with_user(buyer)
            .create(
                {
                    "partner_id": self.supplier.id,
                    "order_line": [Command.create({"product_id": self.bio.id, "product_qty": 100})],
                }
            )
        )
        self.assertFalse(order.mb_warning)
        order.button_confirm()
        declaration = self.make_declaration()
        picking = order.picking_ids.with_user(stocker)
        picking.write(
            {"mb_weighbridge_number": "W-5", "declaration_ids": [Command.link(declaration.id)]}
        )
        picking.move_ids.move_line_ids.lot_name = "BN-1"
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(declaration.state, "booked")
        self.receive(900, product=self.fossil, lot="FN-1")
        made = self.produce(
            {self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900}, done=False
        ).with_user(maker)
        made.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(made.state, "done")
        self.assertEqual(made.mb_credit_quantity, 90)
        sale = (
            self.env["sale.order"]
            .with_user(seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "warehouse_id": self.warehouse.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.polymer.id,
                                "product_uom_qty": 50,
                                "mb_claim": "iscc_plus",
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(sale.order_line.mb_available, 85)
        sale.action_confirm()
        delivery = sale.picking_ids.with_user(stocker)
        delivery.action_assign()
        delivery.move_ids.picked = True
        delivery.button_validate()
        self.assertEqual(sale.mb_declaration_count, 1)
        self.assertEqual(delivery.declaration_ids.state, "draft")
        self.assertFalse(delivery.declaration_ids.refusal)

    def test_the_manager_sees_the_documents_behind_the_books(self):
        self.produce_standard()
        record = self.deliver(10).with_user(self.manager)
        record.web_read(
            {
                "number": {},
                "picking_ids": {"fields": {"display_name": {}}},
                "lot_ids": {"fields": {"display_name": {}}},
            }
        )
        self.assertTrue(record.picking_ids.name)
        self.assertTrue(record.entry_ids.move_id.reference)
        self.assertTrue(record.sale_line_id.order_id.name)

    def make_side_records(self):
        """One record of every model that stands beside the books."""
        self.make_declaration(complete=False, number="SD-9", value_ids=[Command.create(SCORE)])
        self.env["origin.point"].create(
            {
                "name": "Harbour",
                "partner_id": self.supplier.id,
                "address": "Quay 1",
                "country_id": self.supplier.country_id.id,
                "waste_type": "UCO",
                "declaration_ids": [Command.create({**CONFIRMED, "signed_on": self.today})],
            }
        )
        line = self.sell(5).move_ids.sale_line_id
        self.env["mass.balance.reservation"].create(
            {
                "sale_line_id": line.id,
                "credit_id": self.book("output", "Polypropylene").credit_ids.id,
                "quantity": 5,
            }
        )
        self.env["sustainability.purge"].create({"reason": "Term is over"})

    def test_companies_do_not_see_each_other(self):
        self.produce_standard()
        self.deliver(10)
        declaration = self.make_declaration(number="OLD-1")
        line = {"declaration_id": declaration.id, "quantity": 1}
        self.env["mass.balance.voucher"].create(
            {
                "kind": "opening",
                "reason": "Start",
                "warehouse_id": self.warehouse.id,
                "line_ids": [Command.create(line)],
            }
        )
        self.make_side_records()
        sister = self.env["res.company"].create({"name": "Sister"})
        groups = "mass_balance.group_mass_balance_manager,audit_chain.group_audit_chain_auditor"
        stranger = self.user("mb_s", groups, sister)
        for model in OWN:
            records = self.env[model].search([("company_id", "=", self.company.id)])
            self.assertTrue(records, model)
            with self.subTest(model=model):
                theirs = (
                    self.env[model].with_user(stranger).with_context(allowed_company_ids=sister.ids)
                )
                self.assertFalse(theirs.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    theirs.browse(records[0].id).read(["company_id"])

    def test_books_are_not_written_through_the_api(self):
        self.receive_certified(100)
        for user in (self.manager, self.env.ref("base.user_admin")):
            for model, error in (
                ("mass.balance.entry", AccessError),
                ("mass.balance.credit", UserError),
                ("mass.balance.account", AccessError),
                ("mass.balance.period", AccessError),
            ):
                with self.subTest(model=model), self.assertRaises(error):
                    self.env[model].with_user(user).create({})

    def test_the_manager_cannot_type_an_outcome(self):
        record = self.make_declaration(complete=False).with_user(self.manager)
        for vals in ({"state": "booked"}, {"issued_by_id": self.manager.id}, {"refusal": False}):
            with self.assertRaisesRegex(UserError, "its buttons and its signature"):
                record.with_context(state="booked", install_mode=True).write(vals)
