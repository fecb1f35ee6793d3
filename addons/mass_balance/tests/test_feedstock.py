# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Figures of a feedstock, declared and measured; points of origin of waste."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user

from ..models.origin_point_declaration import CONFIRMATIONS
from .common import Command, D, MassBalanceCase, timedelta


class TestLaboratory(MassBalanceCase):
    def setUp(self):
        super().setUp()
        self.receive_certified(
            value_ids=[
                Command.create({"source": "supplier", "kind": "biomass_content", "value": 98})
            ]
        )
        self.batch = self.lot("BN-1")

    def result(self, release=True, **values):
        record = (
            self.env["feedstock.value"]
            .with_user(self.manager)
            .create(
                {
                    "lot_id": self.batch.id,
                    "kind": "biomass_content",
                    "value": 93.5,
                    "day": self.today,
                    "sample": "P-1",
                    "method": "EN 16640",
                    "laboratory_id": self.customer.id,
                    "certificate": "L-77",
                    **values,
                }
            )
        )
        if release:
            record.action_release()
        return record

    def test_a_released_result_overrules_and_both_stay(self):
        self.assertEqual(self.batch._get_measured("biomass_content"), 98)
        draft = self.result(release=False)
        self.assertEqual(self.batch._get_measured("biomass_content"), 98)
        draft.action_release()
        self.assertEqual(self.batch._get_measured("biomass_content"), D("93.5"))
        self.assertEqual(self.batch._get_declared("biomass_content"), 98)
        self.assertIn("93.500, sample P-1", self.batch.mb_figures)
        self.assertIn("declared: 98.000", self.batch.mb_figures)

    def test_it_counts_from_the_day_of_sampling(self):
        self.result()
        before = self.today - timedelta(days=1)
        self.assertEqual(self.batch._get_measured("biomass_content", before), 98)

    def test_what_nobody_knows_is_not_zero(self):
        self.assertIsNone(self.batch._get_measured("moisture"))
        self.result(kind="moisture", value=0)
        self.assertEqual(self.batch._get_measured("moisture"), 0)

    def test_released_is_frozen_and_complete(self):
        record = self.result()
        with self.assertRaisesRegex(UserError, "stays"):
            record.value = 99
        with self.assertRaisesRegex(UserError, "stays"):
            record.unlink()
        with self.assertRaisesRegex(UserError, "by its buttons"):
            record.write({"state": "draft"})
        with self.assertRaisesRegex(UserError, "Sample number"):
            self.result(sample=False)

    def test_a_declared_figure_is_frozen_with_its_declaration(self):
        declared = self.batch.mb_declaration_id.value_ids
        with self.assertRaisesRegex(UserError, "stays"):
            declared.value = 99
        with self.assertRaisesRegex(UserError, "stays"):
            self.env["feedstock.value"].create(
                {
                    "source": "supplier",
                    "declaration_id": declared.declaration_id.id,
                    "kind": "lhv",
                    "value": 44,
                }
            )

    def test_out_of_range_and_nobody_s(self):
        with self.assertRaisesRegex(ValidationError, "out of range"):
            self.result(value=101)
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self.result(lot_id=False)
        with self.assertRaisesRegex(ValidationError, "A laboratory finds"):
            self.result(kind="score")

    def test_only_the_manager_releases(self):
        record = self.result(release=False)
        reader = new_test_user(self.env, "mb_lab", "mass_balance.group_mass_balance_user")
        with self.assertRaises(AccessError):
            record.with_user(reader).action_release()


class TestOrigin(MassBalanceCase):
    def point(self, name="Harbour", **values):
        signed = {**dict.fromkeys(CONFIRMATIONS, True), "signed_on": self.today}
        return self.env["origin.point"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "partner_id": self.supplier.id,
                "address": "Quay 1",
                "country_id": self.env.ref("base.fi").id,
                "waste_type": "Used cooking oil (UCO)",
                "declaration_ids": [Command.create({**signed, **values.pop("signed", {})})],
                **values,
            }
        )

    def test_1_10_fifty_points_give_a_sample_of_eight(self):
        for number in range(50):
            self.point(f"Kitchen {number}")
        points = self.env["origin.point"].with_company(self.company)
        first = points.action_draw_sample()["domain"]
        self.assertEqual(points.search_count(first), 8)
        self.assertEqual(points.action_draw_sample()["domain"], first)

    def test_1_10_the_threshold_is_a_setting(self):
        point = self.point(tonnes_month=7)
        self.assertFalse(point.is_above_threshold)
        self.company.mb_origin_threshold = 5
        self.assertTrue(point.is_above_threshold)
        found = self.env["origin.point"].search([("is_above_threshold", "=", True)])
        self.assertIn(point, found)

    def test_1_10_valid_on_the_day_of_dispatch(self):
        late = {"signed_on": self.today + timedelta(days=1)}
        record = self.make_declaration(complete=False, origin_point_id=self.point(signed=late).id)
        with self.assertRaisesRegex(UserError, "no self-declaration of Harbour is valid"):
            record.action_complete()
        record.origin_point_id = self.point("Market")
        record.action_complete()
        self.assertEqual(record.state, "complete")

    def test_1_10_a_self_declaration_confirms_everything(self):
        with self.assertRaisesRegex(ValidationError, "Not confirmed"):
            self.point(signed={"grants_access": False})
        with self.assertRaisesRegex(ValidationError, "ends before"):
            self.point("Market", signed={"valid_to": self.today - timedelta(days=1)})

    def test_1_8_row_32_a_proof_of_sustainability_has_its_fields(self):
        record = self.make_declaration(complete=False, is_pos=True, pos_number="POS-1")
        with self.assertRaisesRegex(UserError, "Energy"):
            record.action_complete()
