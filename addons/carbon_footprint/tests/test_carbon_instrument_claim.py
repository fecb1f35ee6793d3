# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import CarbonCase


class TestCarbonInstrumentClaim(CarbonCase):
    """Certificates of 0.02, a residual mix of 0.3 kg CO2e per kWh, and entries of electricity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (
            cls.meter_power | cls.meter_steam | cls.meter_water
        ).product_tmpl_ids = cls.gas.product_tmpl_id
        cls.green = cls._make_power("EL-GREEN", 0.02)
        cls.mix = cls._make_power("EL-MIX", 0.3)

    @classmethod
    def _make_power(cls, code, value):
        factor = cls.env["carbon.factor"].create(
            {"name": code, "code": code, "unit": "kWh", "scope": "2", "category": "electricity"}
        )
        cls.env["carbon.factor.version"].create(
            {
                "factor_id": factor.id,
                "name": "2025",
                "valid_from": "2025-01-01",
                "value": value,
                "source": "Registry",
                "licence": "contract",
            }
        ).action_approve()
        return factor

    def make_instrument(self, kind="certificate", factor=None, **vals):
        own = {"volume": 0.1, "volume_unit": "MWh", "registry_number": "GO-T-1"}
        return self.env["carbon.instrument"].create(
            {
                "name": kind,
                "kind": kind,
                "document": f"D-{kind}",
                "covers_factor_id": self.power.id,
                "factor_id": (factor or self.green).id,
                "valid_from": "2025-01-01",
                "valid_to": "2099-12-31",
                "company_id": self.company.id,
                **(own if kind == "certificate" else {}),
                **vals,
            }
        )

    def use(self, *amounts, name="A"):
        """Return an order that is to use amounts of electricity, each an entry of its own."""
        order = self.make_order([(self.make_lot(self.fossil, f"F-{name}", 10.0), 10.0)])
        for number, amount in enumerate(amounts):
            self.env["carbon.activity"].create(
                {
                    "production_id": order.id,
                    "name": f"Power {number}",
                    "amount": amount,
                    "unit": "kWh",
                    "factor_id": self.power.id,
                }
            )
        return order

    def powers(self, footprint):
        return [line.activity_id for line in footprint.line_ids if line.scope == "2"]

    # -- how far an instrument reaches --

    def test_a_volume_is_used_up_exactly_and_covers_nothing_more(self):
        certificate = self.make_instrument()
        first = self.finish(self.use(60.0, name="1"))
        self.assertEqual(first.scope2_market_kg_co2e, 1.2)
        self.assertEqual((certificate.claimed, certificate.remaining), (0.06, 0.04))
        self.assertFalse(certificate.is_used_up)
        second = self.finish(self.use(40.0, name="2"))
        self.assertEqual(second.scope2_market_kg_co2e, 0.8)
        self.assertEqual((certificate.claimed, certificate.remaining), (0.1, 0.0))
        self.assertTrue(certificate.is_used_up)
        third = self.finish(self.use(10.0, name="3"))
        # by location nothing is missing: the footprint is complete, its market-based figure is not
        self.assertEqual(third.state, "complete", third.gap_text)
        self.assertIs(third.scope2_market_kg_co2e, False)
        self.assertIn("leave 10 of 10 kWh electricity uncovered", third.market_gap_text)
        self.assertEqual(certificate.claimed, 0.1)
        # on the row of the instrument, where orders that finish at once meet
        self.env.flush_all()
        self.cr.execute("SELECT claimed FROM carbon_instrument WHERE id = %s", [certificate.id])
        self.assertEqual(self.cr.fetchone(), (0.1,))

    def test_what_is_left_over_is_the_residual_mix_whatever_its_sequence(self):
        mix = self.make_instrument("residual", self.mix, sequence=1)
        certificate = self.make_instrument(sequence=20)
        activity = self.powers(self.finish(self.use(250.0)))[0]
        self.assertEqual(activity.market_kg_co2e, 100 * 0.02 + 150 * 0.3)
        self.assertIn("100 kWh electricity: EL-GREEN", activity.market_name)
        self.assertIn("150 kWh electricity: EL-MIX", activity.market_name)
        self.assertIn("GO-T-1", activity.market_name)
        self.assertEqual(activity.market_claim_ids.mapped("amount"), [0.1])
        self.assertTrue(certificate.is_used_up)
        self.assertFalse(mix.claim_ids)

    def test_a_rest_that_nothing_covers_is_a_gap_with_its_figure(self):
        self.make_instrument()
        footprint = self.finish(self.use(130.0))
        self.assertEqual(footprint.state, "complete")
        self.assertIs(footprint.market_kg_co2e, False)
        self.assertIn("leave 30 of 130 kWh electricity", footprint.market_gap_text)

    def test_two_entries_and_a_meter_of_one_batch_take_of_one_certificate(self):
        certificate = self.make_instrument(volume=150.0, volume_unit="kWh")
        self.make_instrument("residual", self.mix)
        self.meter_power.product_tmpl_ids = self.polymer.product_tmpl_id
        order = self.use(30.0, 40.0)
        self.count_up(order, "power", (10, 1000.0), (3500, 1100.0))
        footprint = self.finish(order)
        self.assertEqual(footprint.state, "complete", footprint.gap_text)
        taken = [activity.market_claim_ids.mapped("amount") for activity in self.powers(footprint)]
        self.assertEqual(taken, [[100.0], [30.0], [20.0]])
        self.assertEqual(footprint.scope2_market_kg_co2e, 150 * 0.02 + 20 * 0.3)
        self.assertEqual(certificate.remaining, 0.0)

    def test_certificates_are_used_in_their_sequence(self):
        later = self.make_instrument(sequence=2, registry_number="GO-T-2")
        sooner = self.make_instrument(sequence=1)
        self.finish(self.use(130.0))
        self.assertEqual((sooner.remaining, later.remaining), (0.0, 0.07))

    def test_a_contract_without_volume_covers_all_and_keeps_no_sum(self):
        # 0 is what a form writes that is emptied again
        contract = self.make_instrument("supplier", volume=0.0)
        footprint = self.finish(self.use(5000.0))
        self.assertEqual(footprint.scope2_market_kg_co2e, 100.0)
        self.assertEqual(contract.claim_ids.mapped("amount"), [5000.0])
        self.assertEqual((contract.volume_unit, contract.is_used_up), ("kWh", False))
        self.assertIs(contract.claimed, False)
        self.assertIs(contract.remaining, False)

    # -- calculated anew --

    def test_a_recalculation_gives_back_and_takes_anew(self):
        certificate = self.make_instrument()
        order = self.use(60.0, 40.0)
        footprint = self.finish(order)
        claims = certificate.claim_ids
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual(certificate.claim_ids, claims, "the same is no new claim")
        self.assertEqual(certificate.claimed, 0.1)
        self.powers(footprint)[0].with_user(self.manager).action_withdraw()
        order.with_user(self.manager).action_carbon_recalculate()
        self.assertEqual((certificate.claimed, certificate.remaining), (0.04, 0.06))
        self.assertEqual(len(certificate.claim_ids), 2, "the old one stays, and does not count")
        self.assertEqual(order.carbon_footprint_id.scope2_market_kg_co2e, 0.8)
        self.assertEqual(self.finish(self.use(60.0, name="B")).scope2_market_kg_co2e, 1.2)
        self.assertTrue(certificate.is_used_up)

    def test_a_running_figure_claims_nothing(self):
        certificate = self.make_instrument()
        order = self.use(60.0)
        figure = self.env["carbon.running"]._prepare(order, 0)
        self.assertIn("Power 0", [line["name"] for line in figure["lines"]])
        self.assertFalse(certificate.claim_ids)
        self.assertEqual(certificate.remaining, 0.1)

    # -- what an instrument says --

    @mute_logger("odoo.sql_db")
    def test_certificates_have_a_volume_and_a_number_that_is_used_once(self):
        missing = [{"volume": volume} for volume in (None, 0.0, -1.0)]
        for vals in (*missing, {"registry_number": False}):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.make_instrument(**vals)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.make_instrument("residual", volume=1.0)
        self.make_instrument().active = False
        for company in (self.company, self.other_company):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.make_instrument(company_id=company.id, registry_number=" go-t-1")

    def test_what_is_claimed_stays_as_it_is(self):
        certificate = self.make_instrument()
        with self.assertRaisesRegex(ValidationError, "cannot be turned into"), self.cr.savepoint():
            certificate.volume_unit = "MWh_heat"
        self.finish(self.use(60.0))
        with self.assertRaisesRegex(ValidationError, "claimed already"), self.cr.savepoint():
            certificate.volume = 0.05
        for vals in (
            {"volume_unit": "kWh"},
            {"covers_factor_id": self.mix.id},
            {"registry_number": "GO-T-9"},
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed any more"):
                certificate.write(vals)
        certificate.write({"volume_unit": "MWh", "volume": 0.06})
        self.assertTrue(certificate.is_used_up)

    def test_a_claim_is_written_by_the_calculation_and_never_changes(self):
        certificate = self.make_instrument()
        self.finish(self.use(60.0))
        claim = certificate.claim_ids
        for user in (self.worker, self.auditor, self.manager):
            self.assertEqual(claim.with_user(user).amount, 0.06)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(claim.with_user(user).has_access(operation), operation)
        with self.assertRaises(AccessError):
            claim.with_user(self.stranger).read(["amount"])
        with self.assertRaisesRegex(UserError, "frozen"):
            claim.sudo().amount = 0.01
        with self.assertRaisesRegex(UserError, "frozen"):
            claim.sudo().unlink()
        for statement in (
            "UPDATE carbon_instrument_claim SET amount = 0.01 WHERE id = %s",
            "DELETE FROM carbon_instrument_claim WHERE id = %s",
        ):
            with (
                self.assertRaisesRegex(IntegrityError, "append-only"),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement, [claim.id])
        self.assertEqual(certificate.action_view_claims()["domain"][0][2], certificate.id)
