# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A small dairy with a signing key: what `CertificateCase` offers is listed in its docstring."""

import datetime
import time

from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.audit_chain.tests.common import SignatureCase
from odoo.addons.process_monitoring.tools.sample import Sample

from .keys import make_key, sign_with

GROUP = "process_monitoring.group_process_monitoring"


@tagged("post_install", "-at_install")
class CertificateCase(SignatureCase, TransactionCase):
    """Fixtures: `company` with key and address, `farm`, `customer`, `milk`, `raw`, an approved plan
    of two stages with one CCP, an approved `rule` of issue, users `operator`, `supervisor`,
    `quality`, `sales`, and `lot`, a released one.

    `make_lot()` runs an order through its plan and returns the lot in quarantine, `release(lot)`
    signs it free, `deliver(lot)` ships it, `make_certificate(lot)` drafts, `issue(certificate)`
    issues as the scheduled action does. `make_lot(breach=True)` includes a deviation that is
    decided, repeated and closed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create(
            {
                "name": "Test Dairy",
                "street": "Meadow Road 1",
                "zip": "24103",
                "city": "Kiel",
                "country_id": cls.env.ref("base.de").id,
                "vat": "DE136695976",
                "email": "quality@dairy.example",
                "process_late_entry_min": 600,
            }
        )
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.warehouse.plant_tz = "Europe/Berlin"
        cls.signing = sign_with(cls.company)
        cls._make_people()
        cls._make_products()
        cls._make_plan()
        cls._make_released()

    @classmethod
    def _user(cls, login, *groups):
        return new_test_user(
            cls.env,
            f"lc_{login}",
            ",".join(groups),
            name=f"{login.title()} Person",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_people(cls):
        cls.operator = cls._user("operator", f"{GROUP}_operator")
        cls.engineer = cls._user("engineer", f"{GROUP}_engineer")
        cls.supervisor = cls._user("supervisor", f"{GROUP}_supervisor")
        cls.quality = cls._user("quality", f"{GROUP}_quality_manager")
        cls.sales = cls._user("sales", "sales_team.group_sale_salesman")
        cls.farm = cls.env["res.partner"].create({"name": "Marsh Farm", "is_company": True})
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Corner Shop",
                "is_company": True,
                "email": "goods.in@shop.example",
                "street": "Rue du Port 4",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
            }
        )

    @classmethod
    def _make_products(cls):
        litre = cls.env.ref("uom.product_uom_litre").id
        values = {"is_storable": True, "tracking": "lot", "uom_id": litre}
        cls.raw = cls.env["product.product"].create(
            {"name": "Raw milk", "default_code": "RAW", **values}
        )
        cls.milk = cls.env["product.product"].create(
            {"name": "Pasteurised milk 3.5 %", "default_code": "MILK35", **values}
        )
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.milk.product_tmpl_id.id,
                "product_qty": 1000,
                "product_uom_id": litre,
                "company_id": cls.company.id,
                "bom_line_ids": [
                    Command.create(
                        {"product_id": cls.raw.id, "product_qty": 1020, "product_uom_id": litre}
                    )
                ],
            }
        )

    @classmethod
    def _make_plan(cls):
        parameter = cls.env["process.parameter"].create(
            {"name": "Pasteurisation temperature", "code": "LC-T", "unit": "degC"}
        )
        cls.sensor = cls.env["process.sensor"].create(
            {
                "name": "Holding tube",
                "code": "lc-temp",
                "parameter_id": parameter.id,
                "company_id": cls.company.id,
                "calibration_due": datetime.date.today() + datetime.timedelta(days=30),
            }
        )
        requirement = {
            "name": "Pasteurisation temperature",
            "parameter_id": parameter.id,
            "sensor_id": cls.sensor.id,
            "control_class": "ccp",
            "frequency": "interval",
            "interval_s": 600,
            "hazard": "Pathogens survive",
            "limit_rationale": "72 °C for 15 s",
            "hazard_decision": "CCP: no later step kills them, and the limit is measured in time",
            "validation": "Challenge test of the plant, passed",
            "record_kept": "Readings and batch record in Batchproof",
            "monitoring_method": "Continuous",
            "correction": "Divert",
            "responsible_role": "Operator",
            "evaluator_role": "Quality manager",
            "company_id": cls.company.id,
            "limit_ids": [
                Command.create(
                    {"kind": "critical", "operator": "ge", "value": 72.0, "rationale": "Law"}
                ),
                Command.create(
                    {"kind": "critical", "operator": "le", "value": 85.0, "rationale": "Taste"}
                ),
            ],
        }
        cls.plan = (
            cls.env["process.plan"]
            .with_user(cls.engineer)
            .create(
                {
                    "name": "Pasteurised milk",
                    "code": "LC-MILK",
                    "product_id": cls.milk.id,
                    "company_id": cls.company.id,
                    "stage_ids": [
                        Command.create(
                            {
                                "name": "Pasteurisation",
                                "sequence": 10,
                                "is_ccp": True,
                                "requirement_ids": [Command.create(requirement)],
                                "approval_level_ids": [
                                    Command.create({"name": "Evaluation", "role": "supervisor"})
                                ],
                            }
                        ),
                        Command.create({"name": "Filling", "sequence": 20}),
                    ],
                }
            )
        )

    @classmethod
    def _make_rule(cls, helper):
        """Approve that batch certificates issue without a review."""
        cls.rule = cls.env["lot.certificate.rule"].create(
            {
                "name": "Released milk",
                "kind": "batch",
                "company_id": cls.company.id,
                "reason": "Each batch is released by signature",
            }
        )
        helper.sign(cls.rule, "approve", cls.quality)

    @classmethod
    def _make_released(cls):
        """Approve the plan and run one batch through it, once for all tests of the class."""
        helper = cls()
        helper.plan.with_user(cls.engineer).action_confirm_flow()
        helper.plan.with_user(cls.engineer).action_submit()
        helper.sign(helper.plan, "approve", cls.supervisor)
        cls.lot = helper.release(helper.make_lot(hours=7))
        cls._make_rule(helper)

    # -- material and batch -------------------------------------------------------------------

    def receive(self, name="FARM-7", quantity=2000):
        """Receive raw milk from the farm; return its lot."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": self.farm.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.raw.id,
                            "product_uom_qty": quantity,
                            "product_uom": self.raw.uom_id.id,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.move_line_ids.write({"lot_name": name, "quantity": quantity})
        picking.move_ids.picked = True
        picking.button_validate()
        return picking.move_ids.move_line_ids.lot_id

    def ingest(self, minute, *values):
        """Put temperatures a second apart, the first `minute` minutes after the batch began."""
        start = self.start_ms + minute * 60_000
        result = self.env["process.reading"]._ingest(
            [
                Sample("lc-temp", start + second * 1000, sequence=second, value=value)
                for second, value in enumerate(values)
            ]
        )
        self.assertFalse(result.rejected)

    def start_order(self, hours=1):
        """Confirm an order and start its process some hours ago: no two share a reading."""
        raw_lot = self.receive(f"FARM-{hours}")
        self.start_ms = time.time_ns() // 1_000_000 - hours * 3_600_000
        order = self.env["mrp.production"].create(
            {
                "product_id": self.milk.id,
                "bom_id": self.bom.id,
                "product_qty": 1000,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        order.action_assign()
        order.move_raw_ids.move_line_ids.lot_id = raw_lot
        order.with_user(self.operator).action_initiate_process()
        order.with_user(self.operator).action_start_process(start_ms=self.start_ms)
        return order

    def make_lot(self, breach=False, hours=2):
        """Return a lot in quarantine whose order is done."""
        order = self.start_order(hours)
        minute = self._run_breach(order) if breach else 0
        self.ingest(minute + 2, 74.2, 74.4, 73.9, 74.1)
        operator = order.with_user(self.operator)
        end_ms = self.start_ms + (minute + 8) * 60_000
        operator.action_process_complete_stage(end_ms=end_ms)
        self.sign(order.process_run_id.stage_ids.approval_ids, "approve", self.supervisor)
        operator.action_process_complete_stage()
        if breach:
            self.sign(order.process_run_id.deviation_ids, "close", self.quality)
        operator.action_process_start_stage(start_ms=end_ms)
        operator.action_process_complete_stage(end_ms=end_ms + 300_000)
        self.assertEqual(order.process_run_id.state, "complete")
        order.qty_producing = 1000
        order.set_qty_producing()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        return order.lot_producing_ids

    def _run_breach(self, order):
        """Fall below the limit, decide the deviation, open attempt 2; return its minute."""
        self.ingest(1, 74.0, 73.5, 71.2, 70.9, 73.8)
        run = order.process_run_id
        run.stage_ids.cycle_ids._evaluate(self.start_ms + 90_000)
        deviation = run.deviation_ids
        deviation.with_user(self.quality).write(
            {
                "cause_category": "machine",
                "cause": "Steam pressure fell while the second boiler took over",
                "correction": "Milk kept in the order and pasteurised again",
                "prevention": "Boiler changeover locked out in forward flow",
                "disposition": "reprocess",
                "disposition_reason": "All affected milk is still in the order",
            }
        )
        self.sign(deviation, "disposition", self.quality)
        stage = run.stage_ids.filtered(lambda s: s.state in ("running", "held"))
        attempt = self.env["process.stage"].browse(
            stage.with_user(self.operator).action_repeat(deviation.name)
        )
        attempt = attempt.filtered(lambda s: s.is_ccp)
        if attempt.state == "pending":
            attempt.with_user(self.operator).action_start(start_ms=self.start_ms + 600_000)
        return 10

    def release(self, lot):
        self.sign(lot, "release", self.quality)
        self.assertEqual(lot.release_state, "released")
        return lot

    def make_released_lot(self, breach=False):
        """Return the released lot of the class, or a new one whose batch had a deviation."""
        return self.release(self.make_lot(breach=True)) if breach else self.lot

    def deliver(self, lot, quantity=600):
        """Sell and deliver part of a lot; return the delivery."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "client_order_ref": "PO-4711",
                "order_line": [
                    Command.create({"product_id": lot.product_id.id, "product_uom_qty": quantity})
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    # -- certificates -------------------------------------------------------------------------

    def make_certificate(self, lot, **values):
        return self.env["lot.certificate"].create(
            {
                "kind": "batch",
                "lot_id": lot.id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def issue(self, certificate):
        """Request and issue; the certificate must come out issued."""
        certificate.action_request_issue()
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        return certificate

    def make_issued(self, lot=None, **values):
        return self.issue(self.make_certificate(lot or self.make_released_lot(), **values))


__all__ = ["GROUP", "CertificateCase", "make_key", "sign_with"]
