# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may do what, and that companies do not see each other."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MINUTE, SECOND, T0, ProcessMonitoringCase

MODELS = (
    "process.parameter",
    "process.sensor",
    "process.requirement",
    "process.limit",
    "process.reading",
    "process.cycle",
    "process.alert",
    "process.deviation",
    "process.alert.policy",
    "process.alert.policy.step",
    "process.alert.notice",
    "process.capa",
    "process.capa.action",
    "process.capa.check",
)
# Programs deliver readings; what people improve is none of their business.
NOT_FOR_PROGRAMS = ("process.capa", "process.capa.action", "process.capa.check")
WRITERS = {
    "process.parameter": {"engineer"},
    "process.sensor": {"engineer"},
    "process.requirement": {"engineer"},
    "process.limit": {"engineer"},
    "process.reading": set(),
    "process.cycle": set(),
    "process.alert": {"operator", "supervisor", "quality_manager"},
    "process.deviation": {"supervisor", "quality_manager"},
    "process.alert.policy": {"quality_manager"},
    "process.alert.policy.step": {"quality_manager"},
    "process.alert.notice": set(),
    "process.capa": {"supervisor", "quality_manager"},
    "process.capa.action": {"operator", "supervisor", "engineer", "quality_manager"},
    "process.capa.check": {"supervisor", "quality_manager"},
}


@tagged("post_install", "-at_install")
class TestAccess(ProcessMonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integration = cls._create_user("integration")
        cls.auditor = cls.env["res.users"].create(
            {
                "name": "Auditor",
                "login": "test-auditor@example.com",
                "group_ids": [(4, cls.env.ref("audit_chain.group_audit_chain_auditor").id)],
            }
        )
        cls.clerk = cls.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "test-clerk@example.com",
                "group_ids": [(6, 0, cls.env.ref("base.group_user").ids)],
            }
        )

    def test_every_role_reads(self):
        users = (
            self.operator,
            self.supervisor,
            self.engineer,
            self.quality_manager,
            self.integration,
            self.auditor,
        )
        for user in users:
            for model in MODELS:
                may = user != self.integration or model not in NOT_FOR_PROGRAMS
                with self.subTest(user=user.name, model=model):
                    self.assertEqual(self.env[model].with_user(user).has_access("read"), may)

    def test_others_read_nothing(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.clerk).has_access("read"))

    def test_who_writes_what(self):
        users = {
            "operator": self.operator,
            "supervisor": self.supervisor,
            "engineer": self.engineer,
            "quality_manager": self.quality_manager,
            "integration": self.integration,
            "auditor": self.auditor,
        }
        for model in MODELS:
            for role, user in users.items():
                with self.subTest(model=model, role=role):
                    may = self.env[model].with_user(user).has_access("write")
                    self.assertEqual(may, role in WRITERS[model])

    def test_nobody_creates_or_deletes_records_of_what_happened(self):
        for model in ("process.reading", "process.cycle", "process.alert", "process.deviation"):
            for user in (self.operator, self.quality_manager, self.engineer, self.auditor):
                self.assertFalse(self.env[model].with_user(user).has_access("unlink"))
        for model in ("process.reading", "process.cycle", "process.alert"):
            self.assertFalse(self.env[model].with_user(self.quality_manager).has_access("create"))

    def test_engineer_configures(self):
        sensor = (
            self.env["process.sensor"]
            .with_user(self.engineer)
            .create({"name": "New", "code": "t-new", "parameter_id": self.temperature.id})
        )
        self.assertEqual(sensor.unit, "degC")
        with self.assertRaises(AccessError):
            sensor.with_user(self.operator).name = "Other"

    def test_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self._create_user(
            "quality_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
            group_ids=[
                (4, self.env.ref(f"process_monitoring.group_process_monitoring_{role}").id)
                for role in ("quality_manager", "engineer")
            ],
        )
        cycle = self.open_cycle()
        self.feed((T0, 71.0))
        cycle._evaluate(T0 + SECOND)
        self.env["process.alert"]._escalate(cycle.alert_ids.waiting_ms + 15 * MINUTE)
        self.env["process.capa"].create(
            {
                "title": "Valve",
                "action_ids": [
                    (0, 0, {"name": "A", "responsible_id": self.env.uid, "due_date": "2026-03-02"})
                ],
            }
        )
        self.env.ref("process_monitoring.process_alert_policy_ccp").copy(
            {"company_id": self.company.id}
        )
        for model in MODELS[1:]:
            own = self.env[model].search([("company_id", "=", self.company.id)], limit=1)
            self.assertTrue(own, model)
            with self.subTest(model=model), self.assertRaises(AccessError):
                own.with_user(stranger).check_access("read")
            self.assertFalse(
                self.env[model]
                .with_user(stranger)
                .search_count([("company_id", "=", self.company.id)])
            )
        with self.assertRaises(AccessError):
            cycle.alert_ids.with_user(stranger).action_acknowledge()
        with self.assertRaises(AccessError):
            cycle.with_user(stranger).export_readings_csv()
        with self.assertRaises(AccessError):
            cycle.deviation_ids.with_user(stranger).get_chart_data()

    def test_engineer_and_auditor_answer_no_alerts(self):
        cycle = self.open_cycle()
        self.feed((T0, 72.3))
        cycle._evaluate(T0 + SECOND)
        for user in (self.engineer, self.auditor, self.integration):
            with self.assertRaises(AccessError):
                cycle.alert_ids.with_user(user).action_acknowledge()

    def test_operator_reports_but_does_not_decide(self):
        deviation = (
            self.env["process.deviation"]
            .with_user(self.operator)
            .create({"control_class": "prp", "description": "Door left open"})
        )
        with self.assertRaises(AccessError):
            deviation.write({"disposition": "release"})
