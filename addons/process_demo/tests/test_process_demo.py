# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.audit_chain.tests.common import SignatureCase

from ..hooks import uninstall_hook

ROLES = {
    "process_engineer": "process_monitoring.group_process_monitoring_engineer",
    "operator": "process_monitoring.group_process_monitoring_operator",
    "supervisor": "process_monitoring.group_process_monitoring_supervisor",
    "quality_manager": "process_monitoring.group_process_monitoring_quality_manager",
    "sustainability_manager": "mass_balance.group_mass_balance_manager",
    "energy_manager": "mass_balance.group_mass_balance_manager",
    "auditor": "audit_chain.group_audit_chain_auditor",
    "integration": "process_monitoring.group_process_monitoring_integration",
    "sales": "sales_team.group_sale_salesman",
    "purchase": "purchase.group_purchase_user",
    "warehouse": "stock.group_stock_user",
}


@tagged("post_install", "-at_install")
class TestProcessDemo(SignatureCase, TransactionCase):
    """The demo plants are what the documents say: complete, and nothing approved by itself."""

    def ref(self, name):
        return self.env.ref(f"process_demo.{name}")

    def test_every_role_has_one_user_with_its_group(self):
        for role, group in ROLES.items():
            user = self.ref(f"user_{role}")
            self.assertTrue(user.has_group(group), role)
            companies = self.ref("company_dairy") | self.ref("company_polymer")
            self.assertEqual(user.company_ids, companies, role)

    def test_no_role_is_an_administrator(self):
        for role in ROLES:
            self.assertFalse(self.ref(f"user_{role}").has_group("base.group_system"), role)

    def test_the_example_order_may_be_initiated(self):
        order = self.ref("production_example")
        self.assertEqual(order.state, "confirmed")
        self.assertEqual(order.reservation_state, "assigned")
        self.assertFalse(order.process_run_id)

    def test_plans_are_complete_and_wait_for_a_signature(self):
        for name in ("plan_milk", "plan_pp"):
            plan = self.ref(name)
            self.assertEqual(plan.state, "draft")
            plan.with_user(self.ref("user_process_engineer")).action_confirm_flow()
            self.assertFalse(plan.incomplete_reasons, name)
            plan.with_user(self.ref("user_process_engineer")).action_submit()
            self.assertEqual(plan.state, "in_review")

    def test_the_author_cannot_approve_the_plan(self):
        plan = self.ref("plan_milk")
        engineer = self.ref("user_process_engineer")
        plan.with_user(engineer).action_confirm_flow()
        plan.with_user(engineer).action_submit()
        with self.assertRaises(UserError):
            self.sign(plan, "approve", engineer)
        self.sign(plan, "approve", self.ref("user_quality_manager"))
        self.assertEqual(plan.state, "approved")

    def test_the_pasteurisation_limit_is_the_legal_minimum(self):
        limits = self.ref("requirement_pasteur_temp").limit_ids
        critical = limits.filtered(lambda limit: limit.kind == "critical")
        self.assertEqual([(c.operator, c.value, c.unit) for c in critical], [("ge", 72.0, "degC")])

    def test_one_supplier_has_lapsed(self):
        self.assertEqual(self.ref("certification_supplier").status, "valid")
        self.assertEqual(self.ref("certification_lapsed").status, "expired")

    def test_the_mappings_read_their_examples(self):
        for name in ("mapping_dairy_values", "mapping_dairy_states", "mapping_polymer_values"):
            mapping = self.ref(name)
            self.assertTrue(mapping.example_result, name)
            self.assertNotIn("refused", mapping.example_result.lower(), name)

    def test_carbon_drafts_wait_for_a_second_person(self):
        second = self.ref("user_energy_manager")
        for name in ("factor_version_tariff", "factor_version_raw_milk", "target_polymer"):
            draft = self.ref(name)
            self.assertEqual(draft.state, "draft", name)
            draft.with_user(second).action_approve()
            self.assertEqual(draft.state, "approved", name)
        for name in ("bill_gas", "scenario_grid", "pact_footprint_polypropylene"):
            self.assertEqual(self.ref(name).state, "draft", name)
        self.assertFalse(self.ref("pact_client_converter").secret_at)

    def test_the_saving_of_the_example_is_that_of_its_pathway(self):
        """RED II Annex V part D/E: 16.0 g for hydrotreated oil of used cooking oil, EF 94."""
        result = self.ref("red_result_hvo").with_user(self.ref("user_sustainability_manager"))
        result.action_state()
        self.assertEqual((result.kind, round(result.total, 1)), ("default", 16.0))
        self.assertTrue(result.is_met)

    def test_uninstalling_keeps_the_plants_and_locks_the_users_out(self):
        order, operator = self.ref("production_example"), self.ref("user_operator")
        uninstall_hook(self.env)
        self.assertTrue(order.exists())
        self.assertFalse(operator.active)
        left = self.env["ir.model.data"].search([("module", "=", "process_demo")])
        self.assertFalse(left, "What has no name of the module is not deleted with it")
