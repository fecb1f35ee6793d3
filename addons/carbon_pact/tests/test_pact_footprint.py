# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from decimal import Decimal
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..tools import document, figures
from .common import COMPANY_URN, PRODUCT_URN, PactCase


class TestPactFootprint(PactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a batch takes a second to make: it is made once, by an instance that runs no test
        cls.batch = cls().make_batch()

    def test_the_document_holds_what_the_batches_say(self):
        draft = self.make_draft(dqr_technological=1.5, dqr_geographical=2.0, dqr_temporal=1.0)
        published = self.publish(draft)
        content = published._to_json()
        pcf = content["pcf"]
        per_kg = self.batch._snapshot()["kg_co2e_per_kg"]
        self.assertEqual(
            Decimal(pcf["pcfExcludingBiogenicUptake"]), round(Decimal(per_kg), figures.PLACES)
        )
        # 0.857 kg of carbon, a quarter of it biogenic
        self.assertEqual(pcf["biogenicCarbonContent"], "0.21425")
        self.assertEqual(pcf["fossilCarbonContent"], "0.64275")
        self.assertEqual(pcf["biogenicCO2Uptake"], "-0.785583333")
        self.assertEqual(pcf["ipccCharacterizationFactors"], ["AR5"])
        self.assertEqual(pcf["geographyCountry"], "DE")
        self.assertEqual(pcf["dqi"]["technologicalDQR"], "1.5")
        self.assertEqual(pcf["declaredUnitAmount"], "1")
        self.assertEqual(pcf["productMassPerDeclaredUnit"], "1")
        self.assertIn("DEFRA", json.dumps(pcf["secondaryEmissionFactorSources"]))
        self.assertEqual(
            (content["companyIds"], content["productIds"]), ([COMPANY_URN], [PRODUCT_URN])
        )
        self.assertEqual(content["status"], "Active")
        self.assertEqual(content["specVersion"], "3.0.3")
        self.assertFalse(document.find_problems(content))
        self.assertTrue(all(isinstance(pcf[n], str) for n in document.DECIMALS if n in pcf))
        [extension] = content["extensions"]
        self.assertEqual(extension["data"], {"massBalancingUsed": False})

    def test_what_a_laboratory_found_overrules_the_product(self):
        lot = self.batch.production_id.lot_producing_ids
        result = self.env["feedstock.value"].create(
            {
                "lot_id": lot.id,
                "kind": "biomass_content",
                "value": 10.0,
                "sample": "S1",
                "method": "EN 16640",
                "laboratory_id": self.acme.id,
                "certificate": "L-1",
            }
        )
        draft = self.make_draft()
        draft.action_calculate()
        self.assertAlmostEqual(draft.pcf_including - draft.pcf_excluding, -0.785583333, 9)
        # a quarter by the product; a tenth of 0.857 kg once the result is released
        result.with_user(self.second).action_release()
        draft.action_calculate()
        self.assertAlmostEqual(draft.pcf_including - draft.pcf_excluding, -0.314233333, 9)
        content = self.publish(draft)._to_json()
        self.assertEqual(content["pcf"]["biogenicCarbonContent"], "0.0857")
        # nothing of packaging or delivery was counted: that is not zero
        self.assertIs(content["pcf"]["packagingEmissionsIncluded"], False)
        self.assertNotIn("packagingGhgEmissions", content["pcf"])
        self.assertNotIn("outboundLogisticsGhgEmissions", content["pcf"])

    def test_more_uptake_than_the_materials_state_is_doubted(self):
        draft = self.make_draft()
        draft.action_calculate()
        # nothing is said while a material does not state what it took up
        self.assertNotIn("took up", draft.warning_text)
        with patch.object(figures, "find_lacking_uptake", return_value=Decimal("0.5")) as find:
            draft.action_calculate()
        self.assertIn("took up 0.785583333 kg CO2, its materials state 0.5", draft.warning_text)
        stated, per_unit, uptake = find.call_args.args
        self.assertEqual((stated, uptake), ([None], Decimal("-0.785583333")))
        self.assertAlmostEqual(per_unit, Decimal(1) / 900, 12)

    def test_two_batches_are_weighed_by_their_mass(self):
        batches = self.batch | self.make_batch(made=300.0, started_s=20000)
        draft = self.make_draft()
        draft.action_calculate()
        self.assertEqual(draft.footprint_ids, batches)
        self.assertEqual(draft.quantity_kg, 1200.0)
        kg = sum(Decimal(b._snapshot()["product_kg_co2e"]) for b in batches)
        self.assertAlmostEqual(Decimal(repr(draft.pcf_excluding)), kg / 1200, 8)

    def test_an_incomplete_batch_is_not_averaged_unless_exempted(self):
        incomplete = self.make_batch(meters=False, started_s=20000)
        self.assertEqual(incomplete.state, "incomplete")
        draft = self.make_draft()
        with self.assertRaisesRegex(UserError, incomplete.production_id.name):
            draft.action_submit()
        draft.exempted_percent = 5.0
        with self.assertRaisesRegex(UserError, "Say why"):
            draft.action_submit()
        draft.exempted_reason = "The meters of one batch were silent"
        published = self.publish(draft)
        self.assertEqual(
            (published.footprint_ids, published.left_out_ids), (self.batch, incomplete)
        )
        self.assertEqual(published._to_json()["pcf"]["exemptedEmissionsPercent"], "5")

    def test_what_is_missing_is_said_where(self):
        draft = self.make_draft(period_end=fields.Date.subtract(fields.Date.today(), days=2))
        draft.valid_from = draft.period_start
        self.company.pact_company_ids = self.polymer.pact_product_ids = False
        self.polymer.mb_carbon_share = 0.0
        draft.action_calculate()
        for word in ("No batch of", "URN on the company", "URN on the product", "valid before"):
            self.assertIn(word, draft.problem_text)
        draft.period_end = fields.Date.add(fields.Date.today(), days=1)
        draft.action_calculate()
        self.assertIn("carbon share", draft.problem_text)
        self.assertEqual((draft.pcf_excluding, draft.state), (False, "draft"))
        self.polymer.pact_is_carbon_free = True
        draft.action_calculate()
        self.assertNotIn("carbon share", draft.problem_text)

    def test_tv7_a_contradiction_blocks_and_is_named(self):
        draft = self.make_draft()
        content = draft._prepare_content(draft._do_calculate(), fields.Datetime.now())
        self.assertIsNone(draft._check_content(content))
        for name, wrong in (
            ("pcfIncludingBiogenicUptake", "1.5"),
            ("biogenicCO2Uptake", "-0.7"),
        ):
            bad = content | {"pcf": content["pcf"] | {name: wrong}}
            with self.assertRaises(UserError):
                draft._check_content(bad)
        bad = content | {"pcf": content["pcf"] | {"fossilCarbonContent": "1e-3"}}
        with self.assertRaisesRegex(UserError, "fossilCarbonContent"):
            draft._check_content(bad)

    # -- two people ---------------------------------------------------------------------------

    def test_four_eyes(self):
        draft = self.make_draft()
        with self.assertRaises(UserError):
            self.sign(draft.sudo(), "approve", self.second)
        draft.action_submit()
        with self.assertRaisesRegex(UserError, "another sustainability manager"):
            self.sign(draft.sudo(), "approve", self.manager)
        with self.assertRaises(AccessError):
            self.sign(draft.sudo(), "approve", self.worker)
        self.assertEqual(draft.state, "to_approve")
        self.sign(draft.sudo(), "approve", self.second)
        self.assertEqual((draft.state, draft.published_by_id), ("published", self.second))
        self.assertTrue(draft.sudo()._has_valid_signature("approve"))

    def test_submitted_is_frozen_and_can_go_back(self):
        draft = self.make_draft()
        draft.action_submit()
        with self.assertRaises(UserError):
            draft.comment = "later"
        draft.action_withdraw()
        draft.comment = "in time"
        self.assertEqual(self.publish(draft)._to_json()["comment"], "in time")

    def test_published_is_immutable_in_three_layers(self):
        published = self.publish(self.make_draft())
        for change in (
            {"comment": "x"},
            {"state": "draft"},
            {"content": "{}"},
            {"period_end": fields.Date.today()},
        ):
            with self.assertRaises(UserError):
                published.write(change)
        with self.assertRaises(UserError):
            published.unlink()
        with self.assertRaises(UserError):
            published._stamp({"content": "{}"})
        with self.assertRaises(UserError):
            published.action_withdraw()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE pact_footprint SET content = '{}' WHERE id = %s", [published.id]
            )

    def test_a_later_one_takes_over(self):
        first = self.publish(self.make_draft())
        second = self.publish(self.make_draft(comment="recalculated"))
        other = self.publish(self.make_draft(declared_unit="megajoule"))
        self.assertEqual(
            (first.state, second.state, other.state), ("deprecated",) + ("published",) * 2
        )
        self.assertEqual(second._to_json()["precedingPfIds"], [first.uuid])
        self.assertEqual(first._to_json()["status"], "Deprecated")
        self.assertNotIn("precedingPfIds", other._to_json())
        # 44 MJ in a kg: the figure is for one MJ, and energy has no mass
        self.assertEqual(other._to_json()["pcf"]["productMassPerDeclaredUnit"], "0")
        self.assertAlmostEqual(other.pcf_excluding, second.pcf_excluding / 44, 8)

    def test_of_two_submitted_the_second_must_know_the_first(self):
        first, second = self.make_draft(), self.make_draft()
        (first | second).action_submit()
        self.sign(first.sudo(), "approve", self.second)
        with self.assertRaisesRegex(UserError, "submit it again"):
            self.sign(second.sudo(), "approve", self.second)
        second.action_withdraw()
        self.assertEqual(self.publish(second)._to_json()["precedingPfIds"], [first.uuid])

    def test_nothing_is_stamped_by_hand(self):
        draft = self.make_draft(state="published", content="{}", uuid="x")
        self.assertEqual((draft.state, draft.content), ("draft", False))
        self.assertEqual(len(draft.uuid), 36)
        with self.assertRaises(UserError):
            draft.state = "published"

    # -- who ----------------------------------------------------------------------------------

    def test_access(self):
        draft = self.make_draft()
        for user in (self.worker, self.auditor):
            own = draft.with_user(user)
            self.assertTrue(own.read(["state"]))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(own.has_access(operation), (user.login, operation))
        for name in ("pact.client", "pact.request", "pact.event", "pact.token"):
            self.assertTrue(self.env[name].with_user(self.auditor).has_access("read"))
            self.assertFalse(self.env[name].with_user(self.auditor).has_access("write"))
            self.assertFalse(self.env[name].with_user(self.worker).has_access("read"))
        with self.assertRaises(AccessError):
            self.client.with_user(self.auditor).read(["secret_hash"])
        with self.assertRaises(AccessError):
            self.client.with_user(self.worker).action_make_secret()

    def test_other_companies_see_nothing(self):
        draft = self.make_draft()
        self.env["pact.token"]._issue(self.client)
        for record in (draft, self.client, self.client.request_ids):
            found = self.env[record._name].with_user(self.stranger).search([])
            self.assertFalse(found, record._name)
        self.assertFalse(self.env["pact.token"].with_user(self.stranger).search([]))
        with self.assertRaises(AccessError):
            draft.with_user(self.stranger).read(["state"])

    def test_names_must_be_urns(self):
        with self.assertRaisesRegex(ValidationError, "no URN"):
            self.company.pact_company_ids = "Plant 1"
        with self.assertRaisesRegex(ValidationError, "no URN"):
            self.polymer.pact_classifications = "34710"
        self.polymer.barcode = "4006381333931"
        self.assertEqual(self.polymer._get_pact_ids(), (PRODUCT_URN,))
