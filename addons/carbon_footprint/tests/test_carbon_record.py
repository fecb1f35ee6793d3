# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Process records become activities of their batch, and a running batch has a figure."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user

from odoo.addons.process_monitoring import clock

from .common import CarbonCase


class TestCarbonRecord(CarbonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = new_test_user(
            cls.env,
            "carbon_program",
            groups="process_monitoring.group_process_monitoring_integration",
        )
        cls.methane = cls.env.ref("carbon_footprint.factor_ghg_ch4")
        for name, path, factor, unit in (
            ("Electricity", "energy_consumption", cls.power, "kWh"),
            ("Water", "utility_usage.water", cls.water, "m3"),
            ("Methane slip", "emissions.other_gases.ch4", cls.methane, "kg"),
        ):
            cls._map(path, factor, unit, name=name)
        cls._map(
            "utility_usage.steam",
            cls.steam,
            "kg",
            name="Steam",
            converted_unit="MJ_heat",
            conversion=2.3369,
            conversion_note="Steam tables, 10 bar saturated, feed water of 105 degrees",
        )
        # here records tell what the meters would count
        (cls.meter_power | cls.meter_steam | cls.meter_water).active = False

    @classmethod
    def _map(cls, path, factor, unit, **vals):
        return cls.env["carbon.record.mapping"].create(
            {"path": path, "factor_id": factor.id, "unit": unit, "name": path, **vals}
        )

    def setUp(self):
        super().setUp()
        self.order = self.make_fossil_order()
        self._add_step()

    def _add_step(self):
        self.env["mrp.workorder"].create(
            {
                "name": "Extrusion",
                "production_id": self.order.id,
                "workcenter_id": self.env["mrp.workcenter"].create({"name": "Line 1"}).id,
            }
        )

    def finish(self, order):
        # a work order without times of its own would move the start of the order to its end
        order.workorder_ids.unlink()
        return super().finish(order)

    def record(self, seconds=60, **figures):
        return {
            "batch_id": self.order.name,
            "process_step": "Extrusion",
            "timestamp": clock.to_ms(self.order.date_start) + seconds * 1000,
            **figures,
        }

    def deliver(self, *records):
        door = self.env["process.reading"].with_user(self.program)
        return door._deliver_items("record", list(records), "http:carbon_program")

    def activities(self):
        return self.env["carbon.activity"].search(
            [("production_id", "=", self.order.id), ("source", "=", "record")], order="id"
        )

    def whole(self, **more):
        return self.record(
            energy_consumption=41.5,
            utility_usage={"water": 2, "steam": 50.0, "electricity": None},
            emissions={"other_gases": {"ch4": 0.25}},
            **more,
        )

    def test_a_record_is_assigned_at_once_and_counted_when_the_order_is_done(self):
        answer = self.deliver(self.whole())
        self.assertEqual((answer["stored"], answer["refused"]), (4, []))
        found = self.activities()
        self.assertEqual(set(found.mapped("state")), {"draft"})
        self.assertEqual(found.mapped("name"), ["Electricity", "Water", "Steam", "Methane slip"])
        self.assertEqual(found[0].process_step, "Extrusion")
        self.assertEqual(found[0].workcenter_id.name, "Line 1")
        footprint = self.finish(self.order)
        self.assertEqual(footprint.state, "complete", footprint.gap_text)
        self.assertEqual(footprint.line_ids.activity_id & found, found)
        self.assertEqual(self.line(footprint, "Electricity").kg_co2e, 7.3455)
        self.assertEqual(self.line(footprint, "Methane slip").kg_co2e, 7.0)
        self.assert_adds_up(footprint)

    def test_delivered_again_it_is_taken_once_and_another_value_is_refused(self):
        self.deliver(self.whole())
        answer = self.deliver(self.whole(), self.record(energy_consumption=1))
        self.assertEqual((answer["stored"], answer["duplicates"]), (0, 4))
        self.assertIn("stored as 41.5: another value", answer["refused"][0]["reason"])
        self.assertEqual(len(self.activities()), 4)

    def test_each_figure_is_taken_or_refused_on_its_own_and_replayed(self):
        answer = self.deliver(
            self.record(energy_consumption=1, oil=3, utility_usage={"water": -2}),
            self.record(energy_consumption="4"),
        )
        self.assertEqual(answer["stored"], 1)
        reasons = {line["figure"]: line["reason"] for line in answer["refused"]}
        self.assertIn("No sensor is mapped to oil", reasons["oil"])
        self.assertIn("is negative", reasons["utility_usage.water"])
        self._map("oil", self.power, "kWh")
        refusals = self.env["process.reading.refusal"].search([("state", "=", "open")])
        refusal = refusals.filtered(lambda one: "oil" in one.item)
        refusal.action_replay()
        self.assertEqual(refusal.state, "replayed", refusal.last_replay_reason)
        self.assertEqual(self.activities().mapped("amount"), [1.0, 3.0])

    def test_what_cannot_be_is_refused(self):
        ahead = (clock.now_ms() - clock.to_ms(self.order.date_start)) // 1000 + 4000
        answer = self.deliver(self.record(ahead, energy_consumption=1))
        self.assertIn("in the future", answer["refused"][0]["reason"])
        answer = self.deliver(self.record(energy_consumption=float("inf")))
        self.assertIn("too large", answer["refused"][0]["reason"])
        self.order.action_cancel()
        answer = self.deliver(self.record(energy_consumption=1))
        self.assertIn("was cancelled", answer["refused"][0]["reason"])
        self.assertFalse(self.activities())

    def test_what_comes_after_the_order_is_done_makes_a_new_version(self):
        before = self.finish(self.order)
        self._add_step()
        self.deliver(self.record(energy_consumption=10))
        self.env["carbon.running"]._refresh(self.order)
        after = self.order.carbon_footprint_id
        self.assertEqual(after.previous_id, before)
        self.assertEqual(self.line(after, "Electricity").kg_co2e, 1.77)

    def test_a_figure_is_not_counted_twice(self):
        self.env["process.record.mapping"].create(
            {"path": "utility_usage.electricity", "sensor_id": self.sensors["power"].id}
        )
        with self.assertRaisesRegex(ValidationError, "already a reading of the sensor t1-power"):
            self._map("utility_usage.electricity", self.power, "kWh")

    def test_a_figure_of_another_basis_is_refused(self):
        gross = self.env.ref("carbon_footprint.factor_gas_gb_gross")
        with self.assertRaisesRegex(ValidationError, "first counts by net calorific value"):
            self._map("gas", gross, "kWh_net")
        with self.assertRaisesRegex(ValidationError, "say where the figure comes from"):
            self._map("heat", self.steam, "kg", converted_unit="MJ_heat", conversion=2)

    def test_a_record_read_by_a_sensor_of_a_meter_is_counted_by_the_meter(self):
        self.env["process.record.mapping"].create(
            {"path": "utility_usage.electricity", "sensor_id": self.sensors["power"].id}
        )
        self._make_meter("Told", "power", self.power, kind="interval")
        for seconds in (600, 1200):
            record = self.record(seconds, utility_usage={"electricity": 12.5})
            self.assertEqual(self.deliver(record)["stored"], 1)
        footprint = self.finish(self.order)
        self.assertEqual(self.line(footprint, "Told").amount, 25.0)


class TestCarbonRunning(CarbonCase):
    def _refresh(self, order):
        self.env["carbon.running"]._refresh(order)
        order.invalidate_recordset()
        return order.carbon_running_ids

    def test_a_running_order_shows_what_it_emitted_so_far(self):
        order = self.make_fossil_order(started_s=1800)
        order.move_raw_ids.picked = False
        self.count_up(order, "power", (10, 1000.0), (900, 1020.0))
        self.assertIs(order.carbon_running_kg_co2e, False, "no figure yet is not the figure 0")
        running = self._refresh(order)
        self.assertEqual(running.known_kg_co2e, 3.54)
        self.assertEqual(running.upto_ms, clock.to_ms(order.date_start) + 900_000)
        self.assertIn("Steam: no reading arrived", running.gap_text)
        self.assertTrue(order.is_carbon_running)
        drawn = order.with_user(self.worker).get_carbon_running_picture()
        self.assertEqual([step["key"] for step in drawn["steps"]], ["processing"])
        self.assertEqual((drawn["total"], drawn["product"]), (3.54, False))
        self.assertEqual(drawn["gaps"], running.gap_text.splitlines())
        self.assertEqual(drawn["upto_ms"], running.upto_ms)
        self.count_up(order, "power", (950, 1030.0), (1000, 1040.0))
        self.assertEqual(self._refresh(order).known_kg_co2e, 7.08)
        self.assertFalse(order.carbon_footprint_ids)
        order.move_raw_ids.picked = True
        self.finish(order)
        self.assertFalse(order.is_carbon_running)
        self.assertFalse(order.get_carbon_running_picture(), "a finished order has its footprint")
        self.env["carbon.running"]._refresh(order)
        self.assertFalse(running.exists())

    def test_a_reading_of_a_meter_wakes_the_figure_and_no_other_does(self):
        order = self.make_fossil_order()
        order.state = "progress"
        cron = self.env.ref("carbon_footprint.ir_cron_running_footprints")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(order.search_count(order._get_carbon_live_domain()))
        self.count_up(order, "power", (10, 1000.0))
        woken = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(len(woken), 1)
        self.env["carbon.running"]._hear({0})
        self.assertEqual(
            self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers, woken
        )

    def test_the_order_whose_figure_is_oldest_has_its_turn_first(self):
        first, second, third = orders = self.env["mrp.production"].concat(
            *(
                self.make_order([(self.make_lot(self.fossil, name, 1000.0), 1000.0)])
                for name in ("F1", "F2", "F3")
            )
        )
        orders.state = "progress"
        running = self.env["carbon.running"]
        turn = [order for order in running._get_orders_by_turn() if order in orders]
        self.assertEqual(turn, [first, second, third])
        self._refresh(first)  # the time of the scheduled action is over after one order
        turn = [order for order in running._get_orders_by_turn() if order in orders]
        self.assertEqual(turn, [second, third, first])

    def test_an_entry_shows_at_once(self):
        order = self.make_fossil_order()
        order.move_raw_ids.picked = False
        self.env["carbon.activity"].with_user(self.manager).create(
            {
                "name": "Compressed air",
                "production_id": order.id,
                "amount": 10,
                "unit": "kWh",
                "factor_id": self.power.id,
            }
        )
        self.assertTrue(order.carbon_running_ids.is_noted)
        self.assertEqual(self._refresh(order).known_kg_co2e, 1.77)

    def test_edge_readings_give_the_figure_of_all_readings(self):
        first, second = (
            self.make_order([(self.make_lot(self.fossil, name, 1000.0), 1000.0)], started_s=start)
            for name, start in (("F1", 3600), ("F2", 1800))
        )
        second.state = "progress"
        values = [(seconds, 1000 + seconds / 100) for seconds in range(0, 3600, 100)]
        self.count_up(first, "power", *values)
        window = first._get_carbon_window()
        (second | first).write({"state": "progress"})
        [few] = self.meter_power._collect_facts(first, *window, is_running=True)
        [all_of_them] = self.meter_power._collect_facts(first, *window)
        self.assertEqual(few["amount"], all_of_them["amount"])
