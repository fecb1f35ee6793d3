# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may do what: the auditor reads everything and changes nothing, companies are apart."""

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

MODELS = (
    "audit.anchor",
    "audit.chain.head",
    "audit.record",
    "audit.signature",
    "audit.signature.attempt",
    "audit.chain.check",
    "audit.chain.check.result",
)


@tagged("post_install", "-at_install")
class TestAccess(TransactionCase):
    """The access file and the company rules, model by model and role by role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = new_test_user(
            cls.env, "access.auditor", groups="audit_chain.group_audit_chain_auditor"
        )
        cls.user = new_test_user(cls.env, "access.user", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "access.portal", groups="base.group_portal")
        cls.admin = cls.env.ref("base.user_admin")

    def test_rights_by_role(self):
        readable = {
            self.auditor: set(MODELS),
            self.user: {"audit.signature"},
            self.portal: set(),
            self.admin: set(MODELS),
        }
        for user, models in readable.items():
            for name in MODELS:
                model = self.env[name].with_user(user)
                with self.subTest(user=user.login, model=name):
                    self.assertEqual(model.has_access("read"), name in models)
                    for operation in ("write", "create", "unlink"):
                        self.assertFalse(model.has_access(operation), operation)

    def test_auditor_reads_and_exports(self):
        self.env["audit.record"]._log("test.event", self.env.company, {"a": 1})
        records = self.env["audit.record"].with_user(self.auditor)
        self.assertTrue(records.search([]))
        self.assertIn("test.event", records.export_chain_jsonl(self.env.company.id))
        with self.assertRaises(AccessError):
            self.env["audit.record"].with_user(self.user).export_chain_jsonl()

    def test_auditor_may_ask_for_a_verification(self):
        action = self.env["audit.chain.check"].with_user(self.auditor).action_verify_now()
        check = self.env["audit.chain.check"].browse(action["res_id"])
        self.assertEqual(check.user_id, self.auditor)
        with self.assertRaises(AccessError):
            self.env["audit.chain.check"].with_user(self.user).action_verify_now()

    def test_wizard_is_its_owners(self):
        check = self.env["audit.chain.check"]._run()
        wizard = self.env["audit.signature.wizard"].with_user(self.auditor)
        mine = wizard.create({"res_model": check._name, "res_id": check.id, "meaning": "review"})
        with self.assertRaises(AccessError):
            mine.with_user(self.user).read(["meaning"])

    def test_company_rule(self):
        other = self.env["res.company"].create({"name": "Access Test Polymer"})
        self.env["audit.record"]._log("test.other", other, {})
        domain = [("event", "=", "test.other")]
        records = self.env["audit.record"].with_user(self.auditor)
        self.assertFalse(records.search(domain))
        self.assertEqual(records.export_chain_jsonl(other.id), "")
        self.auditor.company_ids += other
        main = records.with_context(allowed_company_ids=self.env.company.ids)
        self.assertFalse(main.search(domain))
        self.assertTrue(records.with_context(allowed_company_ids=[other.id]).search(domain))

    def test_log_by_a_user_without_rights(self):
        record = (
            self.env["audit.record"]
            .with_user(self.user)
            ._log("test.user", self.user.partner_id, {"x": "y"})
        )
        self.assertEqual(record.user_id, self.user)
        self.assertEqual(record.user_name, self.user.name)
        self.assertEqual(record.create_uid, self.user)
