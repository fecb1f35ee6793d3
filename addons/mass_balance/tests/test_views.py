# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every view of ours loads and every screen opens with what it shows."""

from odoo.tests import Form

from .common import MassBalanceCase

ACTIONS = (
    "partner_certification_action",
    "sustainability_declaration_action_in",
    "sustainability_declaration_action_out",
    "mass_balance_account_action",
    "mass_balance_credit_action",
    "mass_balance_entry_action",
    "mass_balance_period_action",
    "mass_balance_conversion_action",
    "feedstock_value_action",
    "origin_point_action",
    "mass_balance_reservation_action",
    "sustainability_purge_action",
    "mass_balance_entry_action_compliance",
    "mass_balance_voucher_action",
)


class TestViews(MassBalanceCase):
    """The forms as the client fills them."""

    def test_actions_open(self):
        for name in ACTIONS:
            action = self.env.ref(f"mass_balance.{name}")
            views = [(False, mode) for mode in action.view_mode.split(",")] + [(False, "search")]
            loaded = self.env[action.res_model].with_user(self.manager).get_views(views)
            self.assertEqual(len(loaded["views"]), len(views), name)
            self.assertIn("o_view_nocontent_smiling_face", action.help)

    def test_a_declaration_is_entered_by_form(self):
        model = self.env["sustainability.declaration"].with_user(self.manager)
        with Form(model.with_context(default_direction="in")) as form:
            form.partner_id = self.supplier
            form.certification_id = self.certification
            form.product_id = self.bio
            form.number = " SD-77 "
            form.quantity = 100
            self.assertEqual(form.material, "Bio-naphtha")
            self.assertEqual(form.supplier_name, "Baltic Renewables")
        record = form.record
        self.assertEqual(record.number, "SD-77")
        self.assertIn("Contract", record.missing_text)

    def test_a_certificate_is_entered_by_form(self):
        with Form(self.env["partner.certification"].with_user(self.manager)) as form:
            form.partner_id = self.supplier
            form.number = "ISCC-PLUS-Cert-NL220-2228065006"
            form.valid_from = self.today
            form.valid_to = self.today
            form.checked_on = self.today
        self.assertEqual(form.record.body_code, "NL220")
        self.assertEqual(form.record.checked_by_id, self.manager)

    def test_documents_show_their_page(self):
        order = self.produce_standard()
        delivery = self.deliver(10).picking_ids
        for record in (
            order,
            delivery,
            delivery.sale_id,
            self.lot("PP-1", self.polymer),
            self.warehouse,
            self.supplier,
        ):
            with self.subTest(record=record):
                self.assertEqual(Form(record).id, record.id)

    def test_buttons_lead_somewhere(self):
        order = self.produce_standard()
        record = self.deliver(10)
        for action in (
            order.action_view_mb_entries(),
            record.action_view_entries(),
            record.action_view_pickings(),
            record.picking_ids.action_view_mb_declarations(),
            record.sale_line_id.order_id.action_view_mb_declarations(),
            self.lot("PP-1", self.polymer).action_view_mb_entries(),
            self.own.action_view_declarations(),
            self.customer.action_view_mb_declarations(),
        ):
            self.assertTrue(self.env[action["res_model"]].search(action["domain"]))
