# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form

from ..models.carbon_red_names import NAMES, get_parts
from ..tools import red, red_templates, red_values
from .common import CarbonCase

OWN = "test: entered by hand"


def line(name, quantity=False, factor=False, **vals):
    """An input with a factor of its own, or none."""
    own = {"own_factor": factor, "source": OWN} if factor is not False else {}
    return Command.create({"name": name, "quantity": quantity, **own, **vals})


def product(name, quantity, unit="MJ", **vals):
    return Command.create({"name": name, "quantity": quantity, "unit": unit, **vals})


class TestCarbonRedChain(CarbonCase):
    """Pathways entered step by step: rapeseed by TV-1 to TV-3, and others."""

    def make(self, steps, **vals):
        chains = self.env["carbon.red.chain"].with_user(self.manager)
        return chains.create(
            {
                "name": "Plant B",
                "delivered_on": "2026-03-01",
                "plant_start": "2014-01-01",
                "step_ids": [Command.create(step) for step in steps],
                **vals,
            }
        )

    def rapeseed(self, **vals):
        """The workbook's rapeseed pathway, with the gases of the field and both divisions."""
        both, field = 0.5858912958253117, 48.6255845862748
        drying = 28.9101383453053 / both - field
        end = 52.03303833376347 - 50.76930213885307
        road = (1.4371120830499982 - end) / both
        mill = 56.169260408083346 - field - drying - road
        ester = 53.0752110876113 - 34.403789982769915
        gases = [
            line(gas.upper(), grams / 1000, kind="gas", gas=gas)
            for gas, grams in (
                ("co2", 16.92175605177768),
                ("ch4", 0.031693790432316446),
                ("n2o", 0.1037298113211047),
            )
        ]
        fame = [product("FAME", 1.0), product("glycerol", 105.6 * 16 / 37200)]
        takes = {"feed_quantity": 1.0, "feed_unit": "MJ"}
        steps = [
            {
                "name": "Cultivation",
                "kind": "cultivation",
                "sequence": 1,
                "output_ids": [product("seed", 1.0)],
                "input_ids": gases,
            },
            self.passing("Drying", "drying", drying, 2),
            self.passing("Road", "transport", road, 3),
            {
                "name": "Oil mill",
                "sequence": 4,
                "output_ids": [product("oil", 1.0), product("cake", 0.632647462277092)],
                "input_ids": [line("energy", 1.0, mill, basis="mj")],
                **takes,
            },
            {
                "name": "Esterification",
                "sequence": 5,
                "output_ids": fame,
                "input_ids": [line("energy", 1.0, ester, basis="mj")],
                **takes,
            },
            self.passing("Delivery", "transport", end, 6),
        ]
        return self.make(steps, pathway="FAME-RAPESEED", **vals)

    @staticmethod
    def passing(name, kind, grams, sequence):
        inputs = [line("all of it", 1.0, grams, basis="mj")]
        return {"name": name, "kind": kind, "sequence": sequence, "input_ids": inputs}

    def test_tv1_tv2_tv3_rapeseed_step_by_step(self):
        chain = self.rapeseed()
        self.assertTrue(chain.is_complete, chain.gaps)
        self.assertAlmostEqual(chain.total, 52.03303833376347, 9)
        self.assertEqual(round(chain.saving, 10), 0.4464570390)
        self.assertEqual((chain.threshold, chain.is_met, chain.comparator_value), (0.5, False, 94))
        chain.delivered_on = "2021-06-30"
        self.assertEqual(round(chain.saving, 10), 0.3790806881)
        action = chain.action_state()
        result = self.env["carbon.red.result"].browse(action["res_id"])
        self.assertEqual((result.state, result.kind, result.gwp_set), ("stated", "actual", "AR4"))
        self.assertAlmostEqual(result.eec, 28.9101383453053, 9)
        self.assertAlmostEqual(result.ep, 21.68578790540817, 9)
        self.assertAlmostEqual(result.etd, 1.4371120830499982, 9)
        sheet = json.loads(result.content)
        mill = sheet["steps"][3]
        self.assertEqual(mill["products"][0]["share"][:17], "0.612502100487313")
        self.assertEqual(
            (mill["before"][:12], mill["after"][:12]), ("56.169260408", "34.403789982")
        )
        self.assertEqual(sheet["unallocated"][:12], "76.104417707")
        in_total = sum(Decimal(row["in_total"]) for step in sheet["steps"] for row in step["rows"])
        self.assertAlmostEqual(float(in_total), result.total, 9)
        self.assertIn("0.6125", str(result.worksheet))

    def test_the_set_of_gwps_belongs_to_the_pathway(self):
        for gwp_set, eec in (("AR5", 45.29758218), ("AR6", 46.12425130), ("TAR", 48.35473738)):
            content = self.rapeseed(gwp_set=gwp_set)._get_content()
            self.assertAlmostEqual(float(content["steps"][0]["before"]), eec, 7)

    def test_a_result_is_dated_and_stays_as_it_was(self):
        chain = self.rapeseed()
        chain.action_state()
        first = chain.result_ids
        chain.step_ids[0].input_ids[0].quantity = 1.0
        chain.action_state()
        second = chain.result_ids - first
        self.assertEqual((chain.result_count, second.total > first.total), (2, True))
        self.assertAlmostEqual(first.total, 52.03303833376347, 9)
        self.assertEqual((first.stated_by_id, first.chain_id), (self.manager, chain))
        for vals in ({"content": "{}"}, {"total": 1.0}, {"chain_id": False}):
            with self.assertRaises(UserError):
                first.write(vals)
        with self.assertRaisesRegex(Exception, "carbon_red_result"), self.env.cr.savepoint():
            chain.unlink()

    def test_a_copy_is_a_pathway_of_its_own(self):
        chain = self.rapeseed()
        chain.action_state()
        copy = chain.copy()
        self.assertEqual((copy.total, copy.result_count), (chain.total, 0))
        copy.step_ids[0].input_ids[0].quantity = 1.0
        self.assertNotEqual(copy.total, chain.total)
        factor = self.power.copy({"code": "X", "company_id": self.other_company.id})
        with self.assertRaisesRegex(UserError, "[Cc]ompan"):
            copy.step_ids[0].input_ids[0].factor_id = factor

    def test_what_is_missing_is_named_and_nothing_comes_out(self):
        chain = self.rapeseed()
        energy = chain.step_ids[4].input_ids
        energy.write({"own_factor": False})
        self.assertEqual(chain.gaps, "Esterification, energy: it has no factor.")
        self.assertEqual((chain.total, chain.saving, chain.is_complete), (False, False, False))
        with self.assertRaisesRegex(UserError, "Esterification, energy: it has no factor"):
            chain.action_state()
        self.assertFalse(chain.result_ids)
        chain.step_ids[3].output_ids[1].write({"unit": "kg"})
        self.assertIn("Oil mill: The worth of cake is not known", chain.gaps)

    def test_units_of_another_basis_and_another_gwp_set_are_refused(self):
        chain = self.rapeseed()
        line = chain.step_ids[4].input_ids
        line.write({"own_factor": False, "factor_id": self.power.id, "unit": "kWh_gross"})
        self.assertIn("kWh (gross CV) cannot be turned into kWh electricity", chain.gaps)
        line.unit = "MWh"
        self.assertFalse(chain.gaps)
        chain.delivered_on = "2024-12-31"
        self.assertIn("weighed with AR5, the footprint with AR4", chain.gaps)
        chain.delivered_on = "2020-12-31"
        self.assertIn("no version of EL-GB-GRID is approved for that day", chain.gaps)
        line.write({"factor_id": False, "own_factor": 1.0, "own_gwp_set": "AR6"})
        self.assertIn("weighed with AR6, the pathway with AR4", chain.gaps)

    def test_default_values_term_by_term(self):
        chain = self.rapeseed()
        chain.step_ids[3].input_ids.write({"own_factor": False})
        self.assertTrue(chain.gaps)
        chain.ep_source = "default"
        self.assertFalse(chain.gaps)
        chain.action_state()
        result = chain.result_ids
        self.assertEqual((result.kind, result.ep), ("disaggregated", False))
        self.assertAlmostEqual(result.total, 28.9101383453053 + 16.3 + 1.4371120830499982, 9)
        chain.pathway = False
        self.assertIn("ep is to be a default value, but no pathway is chosen", chain.gaps)

    def test_land_use_change_bonus_and_manure(self):
        land = {"kind": "land", "carbon_before": 68.0, "carbon_after": 48.0, "name": "grassland"}
        field = {
            "name": "Field",
            "kind": "cultivation",
            "output_ids": [product("beet", 100.0, "GJ")],
            "input_ids": [line("all", 1.0, 1_000_000.0), Command.create(land)],
        }
        plant = {
            "name": "Plant",
            "sequence": 20,
            "output_ids": [product("ethanol", 1.0), product("pulp", 1.0)],
            "input_ids": [line("gas", 10.0, 2.0), line("etd", 1.0, 1.0, term="etd")],
            "feed_quantity": 4.0,
            "feed_unit": "MJ",
        }
        chain = self.make([field, plant], is_restored_land=True)
        # (68 - 48) x 3.664 / 20 t CO2 over 100 000 MJ is 36.64 g/MJ; four MJ taken, half kept
        terms = chain._get_actual()
        self.assertEqual(terms["el"], Decimal("36.64") * 2 - 29)
        self.assertEqual((terms["eec"], terms["ep"], terms["etd"]), (20, 10, Decimal("0.5")))
        digestion = plant | {
            "input_ids": [
                line("manure", 2.0, kind="manure", unit="MJ_net"),
                line("road", 1.0, 1.0, term="etd"),
                line("gas", 1.0, 5.0),
            ],
        }
        tank = {"name": "Tank", "kind": "collection", "output_ids": [product("manure", 1.0)]}
        chain = self.make([tank, digestion], feedstock_kind="residue")
        self.assertEqual(chain._get_actual()["esca"], 45)
        self.assertEqual(chain.total, 0.5 + 2.5 - 45)
        self.assertIn("flag: A saving of", chain.findings)

    def test_feedstocks_of_one_digester_add_up_by_their_energy(self):
        """Annex VI part B point 1: E of a mixture is the sum over feedstocks, and one ep behind."""
        credit = line("manure", 1.0, kind="manure", unit="MJ_net")
        tank = {"name": "Tank", "kind": "collection", "output_ids": [product("manure", 1.0)]}
        tank["input_ids"] = [credit, line("road", 1.0, 2.0)]
        manure = self.make([tank], feedstock_kind="residue", name="Manure")
        field = {
            "name": "Field",
            "kind": "cultivation",
            "output_ids": [product("maize", 1.0)],
            "input_ids": [line("all", 1.0, 20.0)],
        }
        second = {"name": "Manure", "kind": "pathway", "quantity": 3.0, "unit": "MJ_net"}
        digester = {
            "name": "Digester",
            "sequence": 20,
            "feed_quantity": 2.0,
            "feed_unit": "MJ",
            "output_ids": [product("biogas", 2.0), product("digestate", 5.0, "kg", is_waste=True)],
            "input_ids": [
                line("heat", 4.0, 1.0),
                Command.create(second | {"other_chain_id": manure.id}),
            ],
        }
        chain = self.make([field, digester])
        # 2 MJ maize and 3 MJ manure for 2 MJ biogas
        self.assertEqual(
            {term: float(value) for term, value in chain._get_actual().items()},
            {"eec": 20.0, "ep": 2.0, "etd": 3.0, "esca": 67.5},
        )
        manure.gwp_set = "AR5"
        self.assertIn(
            "weighed with AR5, the pathway with AR4", str(chain._get_gaps(chain._work_out()))
        )
        with self.assertRaisesRegex(ValidationError, "would take what it makes itself"):
            manure.step_ids.input_ids = [Command.create(second | {"other_chain_id": chain.id})]

    def test_surplus_electricity_lowers_its_term_and_is_flagged_under_red2(self):
        chain = self.rapeseed()
        chain.step_ids[4].input_ids = [line("power out", 2.0, 1.0, kind="credit", basis="mj")]
        self.assertIn("flag: power out is credited; RED II has no credit", chain.findings)
        self.assertAlmostEqual(chain.total, 52.03303833376347 - 2 * 0.9565539372994323, 9)
        chain.delivered_on = "2021-06-30"
        self.assertFalse(chain.findings)

    def test_electricity_and_heat_by_efficiency(self):
        chain = self.rapeseed(use="electricity")
        self.assertEqual(chain.final, chain.total)
        self.assertIn("No efficiency is stated", chain.findings)
        chain.write({"electrical_efficiency": 0.4})
        self.assertAlmostEqual(chain.final, chain.total / 0.4, 9)
        self.assertEqual((chain.comparator_value, chain.findings), (183.0, False))
        chain.action_state()
        self.assertAlmostEqual(chain.result_ids.saving, 1 - chain.total / 0.4 / 183, 12)
        with self.assertRaisesRegex(ValidationError, "between 0 and 1"):
            chain.heat_efficiency = 0.7

    def test_every_template_is_laid_out_and_names_what_it_lacks(self):
        for item in red_templates.TEMPLATES:
            with self.subTest(item.code):
                chain = self.make([], template=item.code)
                chain.action_lay_out()
                self.assertEqual(len(chain.step_ids), len(item.steps))
                self.assertEqual(chain.feedstock_kind, item.feedstock_kind)
                self.assertIn("a quantity above zero is not known", chain.gaps)
                with self.assertRaisesRegex(UserError, "has steps already"):
                    chain.action_lay_out()

    def test_pathways_and_uses_are_named_in_the_reader_s_language(self):
        named = {part for item in red_values.shipped().values() for part in get_parts(item)}
        self.assertLessEqual(named - {"FAME"}, set(NAMES))
        self.assertLessEqual({item.label for item in red.COMPARATORS.values()}, set(NAMES))
        options = dict(self.env["carbon.red.chain"]._get_pathways())
        self.assertEqual(options["ETHANOL-CANE"], "ethanol, sugar cane")
        self.assertEqual(options["FAME-SOY"], "FAME, soybean")

    def test_typed_on_the_form(self):
        with Form(self.env["carbon.red.chain"].with_user(self.manager)) as form:
            form.name = "Used oil"
            form.pathway = "FAME-UCO"
            form.plant_start = "2021-03-01"
            self.assertEqual(form.gaps, "No step is entered.")
            form.ep_source = form.etd_source = "default"
            with form.step_ids.new() as step:
                step.name = "Collection"
                step.kind = "collection"
                with step.output_ids.new() as output:
                    output.name = "Used oil"
                    output.quantity = 1.0
                    output.unit = "MJ"
            self.assertFalse(form.gaps)
            self.assertEqual((form.total, form.is_met), (14.9, True))
            form.ep_source = "actual"
            self.assertEqual(form.gaps, "No step states ep: enter it, or take the default value.")

    def test_what_is_refused_at_once(self):
        for vals, words in (
            ({"own_factor": 1.0}, "say where it comes from"),
            ({"quantity": -1.0}, "enter what is saved as a credit"),
            ({"kind": "gas"}, "which gas"),
            ({"kind": "transport", "basis": "run"}, "per tonne moved"),
            ({"kind": "transport", "basis": "t", "load": 0.0}, "a load is above zero"),
            ({"kind": "land", "basis": "mj"}, "of one hectare and year"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                step = {"name": "S", "input_ids": [Command.create({"name": "x", **vals})]}
                self.make([step])
        with self.assertRaisesRegex(ValidationError, "a share between 0 and 1"):
            self.make([{"name": "S", "output_ids": [product("x", 1.0, moisture=1.0)]}])
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.make([{"name": "S", "output_ids": [product("x", -1.0)]}])

    def test_the_statement_is_printed_with_its_sheet(self):
        chain = self.rapeseed()
        chain.action_state()
        report = self.env.ref("carbon_footprint.carbon_red_result_action_report")
        report = report.with_context(force_report_rendering=True)
        html = report._render_qweb_html(report.report_name, chain.result_ids.ids)[0].decode()
        for words in ("52.033038", "44.65", "saving: the minimum is missed", "0.612502", "56.1693"):
            self.assertIn(words, html)
        pdf = report._render_qweb_pdf(report.report_name, chain.result_ids.ids)[0]
        self.assertTrue(pdf.startswith(b"%PDF"))
        draft = (
            self.env["carbon.red.result"]
            .with_user(self.manager)
            .create({"name": "Draft", "plant_start": "2014-01-01"})
        )
        html = report._render_qweb_html(report.report_name, draft.ids)[0].decode()
        self.assertIn("nothing is stated yet", html)

    def test_who_may(self):
        chain = self.rapeseed()
        with self.assertRaises(AccessError):
            chain.with_user(self.worker).name = "x"
        with self.assertRaises(AccessError):
            chain.with_user(self.worker).action_state()
        self.assertEqual(chain.with_user(self.auditor).step_ids[0].name, "Cultivation")
        for records in (chain, chain.step_ids, chain.step_ids.input_ids):
            with self.assertRaises(AccessError):
                records[:1].with_user(self.stranger).read(["name"])
