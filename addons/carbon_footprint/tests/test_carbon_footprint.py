# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from decimal import Decimal
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.audit_chain.tools import chain

from .common import CarbonCase

STEAM_PER_MMBTU = Decimal("66.398125")  # EPA's gases under AR5


class TestCarbonFootprint(CarbonCase):
    def _fossil_order(self, **vals):
        lot = self.make_lot(self.fossil, "F1", 1000.0)
        return self.make_order([(lot, 1000.0)], **vals)

    def _line(self, footprint, name):
        return footprint.line_ids.filtered(lambda line: line.name == name)

    def assertAddsUp(self, footprint):
        """Leaves, product, scopes and outputs close, to the last digit, in the snapshot too."""
        content = footprint._snapshot()
        activities = content["activities"]
        figures = {name: Decimal(content[name]) for name in ("total_kg_co2e", "product_kg_co2e")}
        self.assertEqual(sum(Decimal(a["kg_co2e"]) for a in activities), figures["total_kg_co2e"])
        product = sum(Decimal(a["product_kg_co2e"]) for a in activities)
        self.assertEqual(product, figures["product_kg_co2e"])
        scopes = sum(Decimal(content[f"scope{scope}_kg_co2e"]) for scope in "123")
        self.assertEqual(scopes, figures["product_kg_co2e"])
        outputs = sum(Decimal(o["kg_co2e"]) for o in content["outputs"])
        self.assertEqual(outputs, figures["total_kg_co2e"])
        stored = sum(Decimal(repr(line.product_kg_co2e)) for line in footprint.line_ids)
        self.assertEqual(stored, figures["product_kg_co2e"])
        self.assertEqual(float(figures["product_kg_co2e"]), footprint.product_kg_co2e)

    # -- complete -----------------------------------------------------------------------------

    def test_order_done_gives_a_figure_from_meters_and_materials(self):
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.gap_text, False)
        self.assertEqual(footprint.state, "complete")
        self.assertEqual(self._line(footprint, "Electricity").kg_co2e, 17.7)
        self.assertEqual(self._line(footprint, "Water").kg_co2e, 0.3826)
        heat = Decimal("50") * Decimal("2.3369") / Decimal("1055.05585262")
        expected = (heat * STEAM_PER_MMBTU).quantize(Decimal("0.000001"))
        self.assertEqual(Decimal(repr(self._line(footprint, "Steam").kg_co2e)), expected)
        naphtha = footprint.line_ids.filtered(lambda line: line.source == "material")
        self.assertEqual(naphtha.kg_co2e, 640.41464)
        self.assertEqual(footprint.kg_co2e_per_kg, round(footprint.product_kg_co2e / 900, 9))
        self.assertEqual(footprint.scope2_kg_co2e, float(Decimal("17.7") + expected))
        self.assertAddsUp(footprint)

    def test_an_activity_opens_down_to_reading_factor_and_source(self):
        order = self._fossil_order()
        self.read_all(order)
        activity = self._line(self.finish(order), "Electricity").activity_id
        self.assertEqual((activity.start_reading, activity.end_reading), (1000.0, 1100.0))
        self.assertEqual(activity.amount, 100.0)
        self.assertEqual(activity.sensor_code, "t1-power")
        self.assertEqual(activity.factor_version_id.name, "2025")
        self.assertIn("DEFRA", activity.factor_version_id.source)
        self.assertEqual(activity.end_ms - activity.start_ms, 3_490_000)
        self.assertEqual(
            activity.calculation,
            "100 kWh electricity × 0.177 kg CO2e/kWh electricity = 17.7 kg CO2e",
        )
        steam = self._line(order.carbon_footprint_id, "Steam").activity_id
        self.assertIn("50 kg × 2.3369 = 116.845 MJ heat;", steam.calculation)

    def test_a_lot_and_a_product_know_their_footprint(self):
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        lot = order.lot_producing_ids
        self.assertEqual(lot.carbon_footprint_id, footprint)
        self.assertEqual(lot.carbon_kg_per_kg, footprint.kg_co2e_per_kg)
        self.assertEqual(footprint.lot_ids, lot)
        self.assertEqual(self.polymer.carbon_footprint_count, 1)
        self.assertIn(order, order.search([("carbon_state", "=", "complete")]))
        self.assertIn(footprint, footprint.search([("lot_ids", "in", lot.ids)]))

    def test_the_chart_tells_the_same(self):
        order = self._fossil_order(by_products=[(self.gas, 100.0)])
        self.read_all(order)
        footprint = self.finish(order)
        steps = footprint.chart["steps"]
        self.assertEqual(steps[0]["label"], "Fossil naphtha")
        self.assertEqual([step["kind"] for step in steps[-2:]], ["coproduct", "total"])
        self.assertAlmostEqual(sum(step["value"] for step in steps[:-1]), steps[-1]["value"])

    # -- incomplete ---------------------------------------------------------------------------

    def test_missing_readings_leave_a_gap_and_no_figure(self):
        order = self._fossil_order()
        self.read(order, "power", (10, 1000.0), (3500, 1100.0))
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("Steam: no reading arrived while the batch ran", footprint.gap_text)
        self.assertIn("Water: no reading arrived", footprint.gap_text)
        for name in ("total_kg_co2e", "product_kg_co2e", "kg_co2e_per_kg", "scope2_kg_co2e"):
            self.assertIs(footprint[name], False, name)
            self.assertIsNone(footprint._snapshot()[name])
        self.assertEqual(footprint.known_kg_co2e, 640.41464 + 17.7)
        self.assertIs(self._line(footprint, "Steam").kg_co2e, False)
        self.assertIs(footprint.output_ids.kg_co2e, False)

    def test_a_counter_that_ran_backwards_gives_no_figure(self):
        order = self._fossil_order()
        self.read_all(order)
        self.read(order, "power", (1900, 3.0), (2000, 90.0))
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("the counter fell from 1040.5 to 3", footprint.gap_text)

    def test_a_silent_edge_gives_no_figure(self):
        self.meter_power.max_gap_s = 900
        order = self._fossil_order()
        self.read(order, "power", (1800, 1000.0), (3500, 1100.0))
        self.read(order, "steam", (10, 0.0), (3500, 50.0))
        self.read(order, "water", (10, 7.5), (3500, 9.5))
        footprint = self.finish(order)
        self.assertIn("1800 s after the start; 900 s are allowed", footprint.gap_text)

    def test_material_without_any_value_is_a_gap(self):
        self.fossil.carbon_factor_id = False
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("the product has no emission factor", footprint.gap_text)

    def test_factor_without_version_for_the_day_is_a_gap(self):
        self.fossil.carbon_factor_id = self.env["carbon.factor"].create(
            {"name": "New", "code": "NEW", "unit": "t", "category": "material"}
        )
        order = self._fossil_order()
        self.read_all(order)
        self.assertIn("the factor NEW has no approved version", self.finish(order).gap_text)

    def test_dry_and_wet_mass_do_not_meet(self):
        factor = self.env["carbon.factor"].create({"name": "Dry", "code": "DRY", "unit": "t_dry"})
        self.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "1",
                "valid_from": "2020-01-01",
                "value": 1.0,
                "source": "s",
                "licence": "l",
            }
        ).action_approve()
        self.fossil.carbon_factor_id = factor
        order = self._fossil_order()
        self.read_all(order)
        self.assertIn(
            "the first counts by mass as received, the second by dry mass",
            self.finish(order).gap_text,
        )

    def test_two_gwp_sets_do_not_meet(self):
        self.rule.gwp_set = "AR6"
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("WATER-GB-SUPPLY 2025 is weighed with AR5", footprint.gap_text)
        self.assertIs(self._line(footprint, "Electricity").gap, False)

    def test_a_failure_never_stops_the_order(self):
        order = self._fossil_order()
        with (
            patch.object(
                type(order), "_collect_carbon_facts", side_effect=ValueError("broken wire")
            ),
            mute_logger("odoo.addons.carbon_footprint.models.mrp_production"),
        ):
            footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("The calculation failed: broken wire", footprint.gap_text)

    def test_excluded_and_metered_materials(self):
        self.fossil.write({"carbon_treatment": "excluded", "carbon_exclusion_reason": "cut-off"})
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        self.assertFalse(footprint.line_ids.filtered(lambda line: line.source == "material"))
        self.assertEqual(
            footprint._snapshot()["left_out"],
            [{"product": "FOSSIL-NAPHTHA", "treatment": "excluded", "reason": "cut-off"}],
        )

    def test_a_failure_of_the_failure_does_not_stop_it_either(self):
        order = self._fossil_order()
        target = type(self.env["carbon.footprint"])
        with (
            patch.object(target, "_create_version", side_effect=ValueError("no chain")),
            mute_logger("odoo.addons.carbon_footprint.models.mrp_production"),
        ):
            self.assertFalse(self.finish(order))
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_ids.version, 1)

    def test_without_a_rule_there_is_no_figure(self):
        self.env["carbon.rule"].search([]).active = False
        footprint = self.finish(self._fossil_order())
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("No footprint rule applies", footprint.gap_text)

    def test_left_out_without_a_reason_is_a_gap(self):
        self.fossil.carbon_treatment = "excluded"
        order = self._fossil_order()
        self.read_all(order)
        self.assertIn("does not say why", self.finish(order).gap_text)

    def test_counted_by_a_meter_counts_once(self):
        self.fossil.carbon_treatment = "metered"
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        self.assertFalse(footprint.line_ids.filtered(lambda line: line.source == "material"))

    # -- co-products --------------------------------------------------------------------------

    def test_allocation_by_mass_energy_and_value(self):
        by_products = [(self.gas, 100.0), (self.residue, 20.0)]
        for basis, numerator, denominator in (
            ("mass", 900, 1000),
            ("energy", 900 * 44, 900 * 44 + 100 * 48),
            ("economic", 900 * 2, 900 * 2 + 100 * 0.5),
        ):
            self.rule.allocation_basis = basis
            lot = self.make_lot(self.fossil, f"F-{basis}", 1000.0)
            order = self.make_order([(lot, 1000.0)], by_products=by_products)
            self.env["carbon.meter"].search([]).active = False
            footprint = self.finish(order)
            main = footprint.output_ids.filtered("is_main")
            self.assertEqual((main.numerator, main.denominator), (numerator, denominator), basis)
            waste = footprint.output_ids.filtered("is_residue")
            self.assertEqual((waste.numerator, waste.kg_co2e), (0, 0))
            self.assertAlmostEqual(main.kg_co2e, 640.41464 * numerator / denominator, places=5)
            self.assertAddsUp(footprint)

    def test_allocation_without_a_figure_is_a_gap(self):
        self.rule.allocation_basis = "energy"
        self.gas.lhv = 0
        order = self._fossil_order(by_products=[(self.gas, 100.0)])
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "incomplete")
        self.assertIn("Fuel gas lacks its lower heating value", footprint.gap_text)

    # -- lots that carry a value --------------------------------------------------------------

    def test_certified_lots_keep_their_own_value(self):
        lots = [self.make_lot(self.bio, f"B{i}", 500.0) for i in (1, 2)]
        self.make_declaration(lots[0], 125.0)
        self.make_declaration(lots[1], 318.0)
        order = self.make_order([(lots[0], 600.0), (lots[1], 400.0)])
        self.read_all(order)
        footprint = self.finish(order)
        materials = footprint.line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(materials.mapped("kg_co2e"), [75.0, 127.2])
        self.assertAddsUp(footprint)

    def test_or_all_take_the_highest(self):
        self.rule.mixed_batches = "highest"
        lots = [self.make_lot(self.bio, f"B{i}", 500.0) for i in (1, 2)]
        self.make_declaration(lots[0], 125.0)
        self.make_declaration(lots[1], 318.0)
        order = self.make_order([(lots[0], 600.0), (lots[1], 400.0)])
        self.read_all(order)
        materials = self.finish(order).line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(materials.mapped("kg_co2e"), [190.8, 127.2])

    def test_declared_per_mj(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 12.5, unit="g CO2eq/MJ")
        order = self.make_order([(lot, 1000.0)])
        self.read_all(order)
        line = self.finish(order).line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(line.kg_co2e, 550.0)
        self.assertEqual(line.activity_id.document, "SD-B1")

    def test_declared_value_that_cannot_be_read_is_a_gap(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 12.5, unit="kg per barrel")
        order = self.make_order([(lot, 1000.0)])
        self.read_all(order)
        self.assertIn("“kg per barrel”", self.finish(order).gap_text)

    def test_dry_matter_that_is_not_known_is_a_gap(self):
        self.bio.carbon_dry_matter = 0
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 125.0)
        order = self.make_order([(lot, 1000.0)])
        self.read_all(order)
        self.assertIn("the dry matter of the product is not known", self.finish(order).gap_text)

    def test_a_declared_zero_is_a_value(self):
        lot = self.make_lot(self.bio, "B1", 1000.0)
        self.make_declaration(lot, 0.0)
        order = self.make_order([(lot, 1000.0)])
        self.read_all(order)
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete")
        line = footprint.line_ids.filtered(lambda line: line.source == "declaration")
        self.assertEqual(line.kg_co2e, 0.0)
        self.assertIsNot(line.kg_co2e, False)

    def test_a_lot_made_here_carries_its_own_footprint(self):
        first = self._fossil_order()
        self.read_all(first)
        per_kg = self.finish(first).kg_co2e_per_kg
        self.env["carbon.meter"].search([]).active = False
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.gas.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [Command.create({"product_id": self.polymer.id})],
            }
        )
        order = self.env["mrp.production"].create(
            {"product_id": self.gas.id, "bom_id": bom.id, "product_qty": 10}
        )
        facts = self.env["stock.move.line"].new(
            {"product_id": self.polymer.id, "lot_id": first.lot_producing_ids.id, "quantity": 10.0}
        )
        facts.product_uom_id = self.kg
        fact = facts._prepare_carbon_fact(self.rule, order._get_carbon_date())
        self.assertEqual(fact["source"], "batch")
        self.assertEqual(fact["factor"].value, Decimal(repr(per_kg)))

    # -- versions -----------------------------------------------------------------------------

    def test_recalculation_makes_a_version_only_where_it_differs(self):
        order = self._fossil_order()
        self.read(order, "power", (10, 1000.0), (3500, 1100.0))
        first = self.finish(order)
        self.assertEqual(first.version, 1)
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_ids, first)
        self.read(order, "steam", (10, 0.0), (3500, 50.0))
        self.read(order, "water", (10, 7.5), (3500, 9.5))
        order.with_user(self.manager).action_carbon_recalculate()
        second = order.carbon_footprint_id
        self.assertEqual((second.version, second.state), (2, "complete"))
        self.assertEqual(second.previous_id, first)
        self.assertFalse(first.is_current)
        self.assertEqual(first.state, "incomplete")
        self.assertEqual(second._snapshot()["supersedes"], 1)
        shared = first.line_ids.activity_id & second.line_ids.activity_id
        self.assertEqual(set(shared.mapped("name")) & {"Electricity"}, {"Electricity"})
        self.assertEqual(
            order.carbon_activity_ids.filtered("is_current"), second.line_ids.activity_id
        )

    def test_a_new_factor_version_makes_a_new_footprint(self):
        order = self._fossil_order()
        self.read_all(order)
        first = self.finish(order)
        self.env["carbon.factor.version"].create(
            {
                "factor_id": self.power.id,
                "name": "2026",
                "valid_from": "2026-01-01",
                "value": 0.1,
                "source": "s",
                "licence": "l",
            }
        ).action_approve()
        order.with_user(self.manager).action_carbon_recalculate()
        second = order.carbon_footprint_id
        self.assertEqual(self._line(second, "Electricity").kg_co2e, 10.0)
        self.assertEqual(self._line(first, "Electricity").kg_co2e, 17.7)

    def test_late_readings_are_picked_up_by_the_scheduled_action(self):
        order = self._fossil_order()
        first = self.finish(order)
        self.read_all(order)
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=60.0) as progress:
            self.env["mrp.production"]._cron_complete_carbon_footprints()
        self.assertEqual(progress.call_count, 2)
        order.invalidate_recordset()
        self.assertEqual(order.carbon_footprint_id.state, "complete")
        self.assertEqual(order.carbon_footprint_id.previous_id, first)

    def test_a_corrected_quantity_makes_a_new_footprint(self):
        lot = self.make_lot(self.fossil, "F1", 2000.0)
        order = self.make_order([(lot, 1000.0)])
        self.read_all(order)
        first = self.finish(order)
        order.move_raw_ids.move_line_ids.quantity = 1100.0
        second = order.carbon_footprint_id
        self.assertEqual(second.previous_id, first)
        self.assertIn("corrected", second.reason)
        self.assertEqual(second.scope3_kg_co2e, round(640.41464 * 1.1 + 0.3826, 6))

    def test_every_entry_of_the_chain_holds(self):
        order = self._fossil_order(by_products=[(self.gas, 100.0)])
        self.finish(order)
        self.read_all(order)
        order.with_user(self.manager).action_carbon_recalculate()
        check = self.env["audit.chain.check"]._run()
        result = check.result_ids.filtered(
            lambda line: line.model == "carbon.footprint" and line.company_id == self.company
        )
        self.assertEqual((result.is_ok, result.entry_count), (True, 2), result.reason)

    def test_only_a_sustainability_manager_recalculates(self):
        order = self._fossil_order()
        self.finish(order)
        with self.assertRaisesRegex(AccessError, "sustainability manager"):
            order.with_user(self.worker).action_carbon_recalculate()

    def test_manual_entries_are_counted_and_then_frozen(self):
        order = self._fossil_order()
        self.read_all(order)
        entry = (
            self.env["carbon.activity"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Generator diesel by bill",
                    "production_id": order.id,
                    "amount": 10.0,
                    "unit": "kg",
                    "factor_id": self.env.ref("carbon_footprint.factor_diesel_gb").id,
                    "document": "Bill 4711",
                    "kg_co2e": 1.0,
                    "state": "counted",
                }
            )
        )
        self.assertEqual((entry.state, entry.kg_co2e), ("draft", False))
        entry.amount = 20.0
        footprint = self.finish(order)
        self.assertEqual((entry.state, entry.kg_co2e), ("counted", 64.078229))
        self.assertEqual(footprint.scope1_kg_co2e, 64.078229)
        with self.assertRaisesRegex(UserError, "frozen"):
            entry.amount = 5.0
        entry.with_user(self.manager).action_withdraw()
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(order.carbon_footprint_id.scope1_kg_co2e, 0.0)
        self.assertEqual(footprint.scope1_kg_co2e, 64.078229)

    # -- proof --------------------------------------------------------------------------------

    def test_the_snapshot_is_canonical_and_in_the_chain(self):
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        content = footprint._snapshot()
        self.assertEqual(chain.canonical(content), footprint.snapshot)
        self.assertEqual(json.loads(footprint.payload)["footprint"], content)
        lines = self.env["carbon.footprint"].export_chain_jsonl(self.company.id)
        verdict = chain.verify(chain.parse_lines(lines.splitlines()))
        self.assertTrue(verdict.ok, verdict)
        record = self.env["audit.record"].search(
            [("event", "=", "carbon.footprint"), ("res_id", "=", footprint.id)]
        )
        details = json.loads(record.details)
        self.assertEqual(details["total_kg_co2e"], content["total_kg_co2e"])
        self.assertEqual(details["snapshot_sha256"], chain.digest(content))

    def test_nothing_of_it_changes(self):
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        for record, vals in (
            (footprint, {"product_kg_co2e": 1.0}),
            (footprint.line_ids[0], {"product_kg_co2e": 1.0}),
            (footprint.output_ids[0], {"kg_co2e": 1.0}),
            (footprint.line_ids[0].activity_id, {"amount": 1.0}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.sudo().with_context(force=True).write(vals)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.sudo().unlink()

    def test_the_database_refuses_too(self):
        order = self._fossil_order()
        self.read_all(order)
        footprint = self.finish(order)
        self.env.flush_all()
        for statement, record in (
            ("UPDATE carbon_footprint SET product_kg_co2e = 1 WHERE id = %s", footprint),
            (
                "UPDATE carbon_footprint_line SET product_kg_co2e = 1 WHERE id = %s",
                footprint.line_ids[0],
            ),
            ("DELETE FROM carbon_footprint_output WHERE id = %s", footprint.output_ids[0]),
            (
                "UPDATE carbon_activity SET kg_co2e = 0 WHERE id = %s",
                footprint.line_ids[0].activity_id,
            ),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [record.id])
