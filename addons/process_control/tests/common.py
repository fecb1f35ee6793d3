# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A dairy line with an approved plan to test with; rooms above may use it too."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.process_monitoring.clock import now_ms
from odoo.addons.process_monitoring.tests.common import MINUTE, SECOND, ProcessMonitoringCase

GOOD = 72.8
BAD = 71.0


class ProcessControlCase(ProcessMonitoringCase):
    """Offers: `milk` (product, tracked by lot), `bom`, `plan` (approved: Reception,
    Pasteurisation (CCP, at least 60 s), Filling) and helpers that run a batch as its people do.

    Stages are entered late, one hour back and one after the other, so that readings of minutes
    can be delivered at once; `self.clock` is the time in the plant.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integration = cls._create_user("integration")
        cls.raw = cls._create_product("Raw milk", "t-raw", "none")
        cls.milk = cls._create_product("Milk", "t-milk", "lot")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.milk.product_tmpl_id.id,
                "product_id": cls.milk.id,
                "product_qty": 1,
                "consumption": "flexible",
                "bom_line_ids": [Command.create({"product_id": cls.raw.id, "product_qty": 1})],
            }
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = warehouse.lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(cls.raw, cls.stock, 10_000)
        cls.plan = cls._create_plan()
        cls._approve(cls.plan)

    def setUp(self):
        super().setUp()
        self.clock = now_ms() - 60 * MINUTE

    @classmethod
    def _create_product(cls, name, code, tracking):
        return cls.env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
            }
        )

    @classmethod
    def _prepare_ccp(cls, **vals):
        return {
            "name": "Holding tube",
            "parameter_id": cls.temperature.id,
            "sensor_id": cls.sensor.id,
            "control_class": "ccp",
            "frequency": "continuous",
            "max_gap_s": 10,
            "hazard": "Pathogens survive",
            "limit_rationale": "72 °C for 15 s",
            "hazard_decision": "CCP: no later step kills them, and the limit is measured in time",
            "validation": "Challenge test of the plant, passed",
            "record_kept": "Readings and batch record in Batchproof",
            "monitoring_method": "Thermometer, every second",
            "correction": "Divert and repeat",
            "responsible_role": "Operator",
            "evaluator_role": "Quality manager",
            "limit_ids": [
                Command.create({"kind": "critical", "operator": "ge", "value": 72.0}),
                Command.create({"kind": "operating", "operator": "ge", "value": 72.5}),
            ],
            **vals,
        }

    @classmethod
    def _prepare_plan(cls, **vals):
        reception = {
            "name": "Flow in",
            "parameter_id": cls.flow.id,
            "sensor_id": cls.flow_sensor.id,
            "control_class": "prp",
            "frequency": "per_batch",
        }
        return {
            "name": "Milk",
            "code": "T-MILK",
            "process_type": "pasteurized_milk",
            "product_id": cls.milk.id,
            "stage_ids": [
                Command.create(
                    {
                        "name": "Reception",
                        "sequence": 10,
                        "requirement_ids": [Command.create(reception)],
                    }
                ),
                Command.create(
                    {
                        "name": "Pasteurisation",
                        "sequence": 20,
                        "is_ccp": True,
                        "min_duration": 60,
                        "duration_unit": "s",
                        "requirement_ids": [Command.create(cls._prepare_ccp())],
                        "approval_level_ids": [
                            Command.create({"name": "Evaluation", "role": "quality_manager"})
                        ],
                    }
                ),
                Command.create({"name": "Filling", "sequence": 30}),
            ],
            **vals,
        }

    @classmethod
    def _create_plan(cls, **vals):
        plan = cls.env["process.plan"].with_user(cls.engineer).create(cls._prepare_plan(**vals))
        plan.action_confirm_flow()
        return plan

    @classmethod
    def _approve(cls, plan, user=None):
        """Hand in and approve as the supervisor would, without the window."""
        if not plan.is_flow_confirmed:
            plan.with_user(cls.engineer).action_confirm_flow()
        if plan.state == "draft":
            plan.with_user(cls.engineer).action_submit()
        plan = plan.with_user(user or cls.supervisor)
        plan._check_may_sign("approve")
        signature = plan._create_signature("approve", "", "password")
        plan._on_signed(signature)
        return signature

    # -- an order and its batch -----------------------------------------------------------------

    def create_order(self, quantity=100, **vals):
        """Return a confirmed order, as the operator sees it."""
        order = self.env["mrp.production"].create(
            {"product_id": self.milk.id, "bom_id": self.bom.id, "product_qty": quantity, **vals}
        )
        order.action_confirm()
        return order.with_user(self.operator)

    def start_batch(self, order=None, **vals):
        """Return the run of a new order, started one hour back."""
        order = order or self.create_order(**vals)
        order.action_initiate_process()
        order.action_start_process(start_ms=self.clock)
        return order.process_run_id.with_user(self.operator)

    def get_stage(self, run, name):
        """Return the latest attempt of a stage, as the operator sees it."""
        return run._get_current_stages().filtered(lambda s: s.name == name).with_user(self.operator)

    def deliver(self, *values, sensor="t-temp", step=10 * SECOND):
        """Deliver one reading for each value, ten seconds apart, and move the clock."""
        points = []
        for value in values:
            points.append((self.clock, value))
            self.clock += step
        return self.feed(*points, sensor=sensor)

    @contextmanager
    def at_ms(self, now_ms):
        """The server's clock goes on: what these stages measured is delivered late."""
        yield

    def evaluate(self, stage):
        """Let the scheduled evaluation look at the monitoring of an attempt."""
        self.env.flush_all()
        stage.sudo().cycle_ids._evaluate(self.clock)

    def pass_reception(self, run):
        stage = self.get_stage(run, "Reception")
        self.deliver(900.0, sensor="t-flow")
        stage.action_complete()
        self.clock += SECOND
        return stage

    def start_pasteurisation(self, run):
        stage = self.get_stage(run, "Pasteurisation")
        stage.action_start(start_ms=self.clock)
        return stage

    def pass_pasteurisation(self, run, stage=None):
        stage = stage or self.start_pasteurisation(run)
        self.deliver(*[GOOD] * 8)
        self.complete_ccp(stage)
        self.clock += SECOND
        return stage

    def complete_ccp(self, stage):
        """Ask for the evaluation, have the quality manager sign it, complete the stage."""
        stage.action_complete()
        self.sign_evaluation(stage)
        return stage.action_complete()

    def sign_evaluation(self, stage):
        approval = stage.sudo().approval_ids.filtered(lambda a: a.state == "requested")
        self.sign(approval, "approve", self.quality_manager)

    def pass_filling(self, run):
        stage = self.get_stage(run, "Filling")
        stage.action_start()
        stage.action_complete()
        return stage

    def run_through(self, run=None):
        """Run a batch to Complete; return it."""
        run = run or self.start_batch()
        self.pass_reception(run)
        self.pass_pasteurisation(run)
        self.pass_filling(run)
        return run

    def breach(self, run):
        """Break the critical limit in the pasteurisation; return the held attempt."""
        self.pass_reception(run)
        stage = self.start_pasteurisation(run)
        self.deliver(GOOD, GOOD, BAD, BAD, GOOD, GOOD, GOOD, GOOD)
        self.evaluate(stage)
        return stage

    def decide(self, deviation, disposition="reprocess"):
        """Decide a deviation by the signature of the quality manager."""
        deviation.with_user(self.quality_manager).write(
            {
                "disposition": disposition,
                "disposition_reason": "All of it is still in the order",
                "cause_category": "machine",
                "cause": "Steam valve stuck",
                "correction": "Valve freed",
                "prevention": "Valve replaced, monthly check",
            }
        )
        self.sign(deviation, "disposition", self.quality_manager)

    def close(self, deviation):
        self.sign(deviation, "close", self.quality_manager)

    def produce(self, order):
        """Fill in the quantity and mark the order done, as the button does."""
        order.qty_producing = order.product_qty
        order.set_qty_producing()
        return order.button_mark_done()

    # -- what a form costs ------------------------------------------------------------------------

    def create_begun_order(self, **vals):
        """Return an order that was due an hour ago: Odoo looks at stock twice for what is late."""
        begun = fields.Datetime.now() - timedelta(hours=1)
        return self.create_order(date_start=begun, **vals)

    def count_form_queries(self, order, user):
        """Return (plain, whole): queries of reading the form without and with the process tab.

        Both of the same order, once what a server remembers between two calls is warm.
        """
        # the web client sends the reader's time zone with every call
        order = order.with_user(user).with_context(tz="Europe/Berlin")
        whole = Form(order)._view["fields_spec"]
        plain = {name: each for name, each in whole.items() if not name.startswith("process_")}
        self.assertLess(len(plain), len(whole))
        self._count_queries(order, whole)
        return self._count_queries(order, plain), self._count_queries(order, whole)

    def _count_queries(self, order, spec):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        order.web_read(spec)
        return self.cr.sql_log_count - before
