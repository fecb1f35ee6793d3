# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.exceptions import AccessError

from .common import CarbonCase

MASTERS = ("carbon.factor", "carbon.factor.version", "carbon.meter", "carbon.rule")
RESULTS = ("carbon.footprint", "carbon.footprint.line", "carbon.footprint.output")
ALL = (*MASTERS, *RESULTS, "carbon.activity")


class TestAccess(CarbonCase):
    def setUp(self):
        super().setUp()
        self.order = self.make_order([(self.make_lot(self.fossil, "F1", 10.0), 10.0)])
        self.finish(self.order)

    def test_everybody_reads_and_nobody_but_the_manager_writes(self):
        for user in (self.worker, self.auditor):
            for name in ALL:
                model = self.env[name].with_user(user)
                self.assertTrue(model.search([], limit=1), (user.login, name))
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(model.has_access(operation), (user.login, name, operation))

    def test_the_manager_keeps_masters_and_activities(self):
        for name in (*MASTERS, "carbon.activity"):
            for operation in ("read", "write", "create", "unlink"):
                self.assertTrue(self.env[name].with_user(self.manager).has_access(operation), name)

    def test_results_are_written_by_the_calculation_alone(self):
        for name in RESULTS:
            model = self.env[name].with_user(self.manager)
            self.assertTrue(model.has_access("read"))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(model.has_access(operation), (name, operation))
        with self.assertRaises(AccessError):
            self.order.carbon_footprint_id.with_user(self.manager).is_current = False

    def test_a_worker_may_not_approve(self):
        version = self.power._get_version(fields.Date.today())
        with self.assertRaises(AccessError):
            version.with_user(self.worker).action_withdraw()

    def test_a_worker_s_order_gets_its_footprint(self):
        lot = self.make_lot(self.fossil, "F2", 1000.0)
        order = self.make_order([(lot, 1000.0)])
        self.count_all(order)
        order.with_user(self.worker).button_mark_done()
        footprint = order.carbon_footprint_id
        self.assertEqual(footprint.state, "complete")
        self.assertEqual(footprint.create_uid, self.worker)

    def test_other_companies_see_nothing(self):
        for name in (*RESULTS, "carbon.activity", "carbon.meter"):
            found = self.env[name].with_user(self.stranger).search([])
            self.assertFalse(found, name)
        with self.assertRaises(AccessError):
            self.order.carbon_footprint_id.with_user(self.stranger).read(["state"])

    def test_factors_without_a_company_are_shared_others_are_not(self):
        own = self.power.copy({"code": "EL-OWN", "company_id": self.company.id})
        version = self.env["carbon.factor.version"].create(
            {
                "factor_id": own.id,
                "name": "1",
                "value": 0.1,
                "source": "supplier",
                "licence": "contract",
            }
        )
        own_rule = self.rule.copy({"company_id": self.company.id})
        for record in (own, version, own_rule):
            self.assertTrue(record.with_user(self.manager).search([("id", "=", record.id)]))
            self.assertFalse(record.with_user(self.stranger).search([("id", "=", record.id)]))
        self.assertTrue(self.power.with_user(self.stranger).search([("id", "=", self.power.id)]))

    def test_a_meter_takes_neither_sensor_nor_factor_of_another_company(self):
        foreign = self.power.copy({"code": "EL-OTHER", "company_id": self.other_company.id})
        with self.assertRaisesRegex(Exception, "(?i)compan"):
            self.meter_power.factor_id = foreign
