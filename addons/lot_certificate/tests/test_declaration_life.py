# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What becomes of a declaration that is out, and what its document may not say."""

import datetime
import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mass_balance.tests.common import D, Form, MassBalanceCase

from .common import sign_with


@tagged("post_install", "-at_install")
class TestDeclarationLife(MassBalanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"zip": "50389", "vat": "DE136695976"})
        cls.warehouse.plant_tz = "Europe/Berlin"
        cls.customer.write({"email": "purchasing@film.example", "lang": "en_US"})
        sign_with(cls.company, "Test Polymer")
        cls().produce_standard()

    def declare(self, quantity=60):
        """Deliver and sign; return the document that is to be issued."""
        declaration = self.deliver(quantity)
        self.sign(declaration, "issue", self.manager)
        return declaration.lot_certificate_ids

    def issue(self, certificate):
        certificate._issue()
        return certificate

    def refusals(self, certificate):
        found = self.env["lot.certificate.gate"]._get_refusals(certificate)
        return {refusal["code"]: refusal for refusal in found}

    # -- cancelled and revoked -----------------------------------------------------------------

    def test_rule_22_revoked_means_cancelled_and_declared_again(self):
        """One act: the paper is revoked, the credits come back, the delivery is declared anew."""
        certificate = self.issue(self.declare())
        self.assertEqual(certificate.state, "issued", certificate.error)
        declaration = certificate.declaration_id
        self.assertEqual(self.held("output", "Polypropylene"), D("25.000"))
        declaration.cancel_reason = "Typing error"
        with self.assertRaisesRegex(UserError, f"{certificate.name}: revoke that one"):
            declaration.with_user(self.manager).action_cancel()
        self.assertEqual((declaration.state, certificate.state), ("issued", "issued"))
        self.sign(certificate, "revoke", self.manager, reason="Wrong contract")
        self.assertEqual((declaration.state, certificate.state), ("cancelled", "revoked"))
        self.assertEqual(declaration.cancel_reason, "Wrong contract")
        self.assertEqual(self.held("output", "Polypropylene"), D("85.000"))
        action = declaration.with_user(self.manager).action_declare_again()
        again = self.env["sustainability.declaration"].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "somebody else issues it"):
            self.sign(again, "issue", self.manager)
        self.env.cr.execute(
            "UPDATE sustainability_declaration SET create_uid = %s WHERE id = %s",
            [self.env.uid, again.id],
        )
        again.invalidate_recordset()
        self.sign(again, "issue", self.manager)
        second = self.issue(again.lot_certificate_ids)
        self.assertEqual(second.state, "issued", second.error)
        self.assertNotEqual(second.name, certificate.name)
        declared = json.loads(second.snapshot)["sustainability_declaration"]
        self.assertEqual(declared["in_place_of"], certificate.name)
        self.assertEqual(self.held("output", "Polypropylene"), D("25.000"))

    def test_rule_22_cancelled_before_its_document_is_out(self):
        certificate = self.declare()
        declaration = certificate.declaration_id
        declaration.cancel_reason = "Too early"
        declaration.with_user(self.manager).action_cancel()
        self.assertEqual((declaration.state, certificate.state), ("cancelled", "draft"))
        self.issue(certificate)
        self.assertFalse(certificate.name)

    def test_rule_22_goods_that_come_back_before_the_document_is_issued(self):
        certificate = self.declare()
        delivery = certificate.picking_id
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_ids=delivery.ids, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.issue(certificate)
        self.assertEqual(certificate.state, "failed")
        self.assertIn("the customer keeps 59.000 kg", certificate.error)
        self.assertIn(self.manager, back.activity_ids.user_id)

    # -- what the document may not say ----------------------------------------------------------

    def test_rule_22_the_document_states_what_is_declared(self):
        certificate = self.declare()
        self.assertFalse(self.refusals(certificate))
        certificate.action_withdraw()
        other = self._partner("Other Films", "Nantes", "base.fr")
        lot = self.lot("BN-1")
        for vals, code in (
            ({"quantity": 6000}, "declared"),
            ({"uom_id": self.env.ref("uom.product_uom_ton").id}, "declared"),
            ({"lot_id": lot.id}, "declared"),
            ({"partner_id": other.id}, "recipient"),
        ):
            before = {name: certificate[name] for name in vals}
            with self.subTest(vals=vals):
                certificate.write(vals)
                self.assertIn(code, self.refusals(certificate))
                self.assertTrue(self.refusals(certificate)[code]["res_id"])
                with self.assertRaises(UserError):
                    certificate.action_request_issue()
            certificate.write(before)
        self.assertFalse(self.refusals(certificate))

    # -- suppliers ------------------------------------------------------------------------------

    def test_rule_21_supplier_on_the_days_at_both_ends(self):
        certificate = self.declare()
        day = datetime.timedelta(days=1)
        for start, end, is_covered in (
            (self.today, self.today, True),
            (self.today - 9 * day, self.today - day, False),
            (self.today + day, self.today + 9 * day, False),
        ):
            with self.subTest(start=start, end=end):
                self.env.cr.execute(
                    "UPDATE partner_certification SET valid_from = %s, valid_to = %s WHERE id = %s",
                    [start, end, self.certification.id],
                )
                self.certification.invalidate_recordset()
                self.assertEqual("supplier" not in self.refusals(certificate), is_covered)

    def test_rule_21_supplier_with_another_material_or_scope(self):
        certificate = self.declare()
        self.certification.materials = "Tall oil"
        self.assertIn("Bio-naphtha", self.refusals(certificate)["supplier"]["message"])
        self.certification.materials = "Bio-naphtha"
        self.bio.mb_supplier_scopes = "CP"
        self.assertIn("scope CP", self.refusals(certificate)["supplier"]["message"])

    def test_rule_21_suspended_later_with_effect_before(self):
        """What was issued on it is named to the manager; what is not issued is not."""
        certificate = self.issue(self.declare())
        self.assertEqual(certificate.state, "issued", certificate.error)
        source = certificate.declaration_id.entry_ids.source_declaration_id
        self.certification.suspended_from = self.today + datetime.timedelta(days=1)
        self.assertFalse(source.activity_ids)
        self.certification.suspended_from = self.today
        self.assertIn(self.manager, source.activity_ids.user_id)
        self.assertIn(certificate.name, source.activity_ids[0].note)
        self.own.suspended_from = self.today
        self.assertIn(self.manager, certificate.declaration_id.activity_ids.user_id)

    # -- claims ---------------------------------------------------------------------------------

    def test_1_7_an_approval_is_valid_at_dispatch_and_at_the_issue(self):
        certificate = self.declare()
        certificate.action_withdraw()
        day = datetime.timedelta(days=1)
        claim = self.env["lot.certificate.claim"].create(
            {
                "name": "Bio",
                "text": "Approved words",
                "company_id": self.company.id,
                "approval_reference": "L-17",
                "approved_on": self.today - 9 * day,
                "valid_to": self.today,
            }
        )
        certificate.claim_ids = claim
        self.assertFalse(self.refusals(certificate))
        # dispatched while it was valid, to be issued after its end
        certificate.declaration_id._stamp(dispatch_date=self.today - 3 * day)
        claim.valid_to = self.today - day
        self.assertIn("is valid from", self.refusals(certificate)["claim"]["message"])
        # valid today, but not yet when the goods left
        claim.write({"approved_on": self.today, "valid_to": self.today})
        self.assertIn("is valid from", self.refusals(certificate)["claim"]["message"])

    def test_1_7_translations_of_an_issued_claim(self):
        self.env["res.lang"]._activate_lang("de_DE")
        claim = self.env["lot.certificate.claim"].create(
            {
                "name": "Bio",
                "text": "Approved words",
                "company_id": self.company.id,
                "approval_reference": "L-18",
                "approved_on": self.today,
                "valid_to": self.today,
                "is_default": True,
            }
        )
        certificate = self.issue(self.declare())
        self.assertEqual(certificate.claim_ids, claim)
        with self.assertRaisesRegex(UserError, "stands on"):
            claim.update_field_translations("text", {"de_DE": "Andere Worte"})

    # -- numbers --------------------------------------------------------------------------------

    def test_1_8_numbers_of_two_companies_and_a_new_year(self):
        """One sequence serves all companies: two never issue under one number; none is lost."""
        first = self.deliver(1)
        sister = self.env["res.company"].create({"name": "Sister Polymer"})
        declarations = self.env["sustainability.declaration"]
        others = [declarations._next_number(company.id) for company in (sister, self.company)]
        self.assertEqual(len({first.number, *others}), 3)
        with self.cr.savepoint() as point:
            lost = self.deliver(1)
            number = lost.number
            point.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.deliver(1).number, number)
        self.assertEqual(first.copy_data()[0].get("number"), None)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            first.unlink()
        counter = self.env.ref("mass_balance.ir_sequence_sustainability_declaration")
        counter.number_next_actual = int(first.number[-5:])
        self.assertNotEqual(self.deliver(1).number, first.number)

    # -- figures --------------------------------------------------------------------------------

    def test_1_8_row_28_the_unit_fits_the_product(self):
        declaration = self.deliver(1)
        self.own.has_ghg_addon = True
        for kind, unit, is_right in (
            ("polymer", "kgCO2eq/dry-ton", True),
            ("polymer", "gCO2eq/MJ", False),
            ("fuel", "gCO2eq/MJ", True),
            ("fuel", "kgCO2eq/dry-ton", False),
            ("polymer", "kg per ton", False),
        ):
            with self.subTest(kind=kind, unit=unit):
                self.polymer.mb_output_kind = kind
                declaration._stamp(ghg_type="actual", ghg_value=12, ghg_unit=unit)
                found = " ".join(declaration._get_issue_blockers())
                self.assertEqual("GHG value is stated in" not in found, is_right)

    def test_1_8_row_29_terms_add_up_to_the_value(self):
        declaration = self.deliver(1)
        self.own.has_ghg_addon = True
        declaration._stamp(ghg_type="actual", ghg_value=31.8, ghg_unit="kgCO2eq/dry-ton")
        self.assertFalse(declaration._get_issue_blockers())
        manager = declaration.with_user(self.manager)
        manager.write({"ghg_eec": 10, "ghg_ep": 20, "ghg_etd": 1.8})
        self.assertNotIn("add up", " ".join(declaration._get_issue_blockers()))
        manager.write({"ghg_esca": 1})
        self.assertIn("add up to 30.800", " ".join(declaration._get_issue_blockers()))
        declaration._stamp(scheme="iscc_eu", certification_id=False)
        declaration._stamp(ghg_eec=0, ghg_ep=0, ghg_etd=0, ghg_esca=0)
        self.assertIn("terms of the GHG value", " ".join(declaration._get_issue_blockers()))

    def test_1_8_row_32_the_proof_says_what_follows_from_it(self):
        self.polymer.write({"lhv": 44, "mb_output_kind": "fuel"})
        declaration = self.deliver(1)
        declaration._stamp(
            scheme="iscc_eu",
            certification_id=False,
            ghg_type="total_default",
            ghg_unit="gCO2eq/MJ",
            ghg_value=9.4,
        )
        self.assertIn("leaves with a Proof", " ".join(declaration._get_issue_blockers()))
        declaration._stamp(**declaration._prepare_pos())
        self.assertEqual((declaration.pos_energy, declaration.pos_saving), (44.0, 90.0))
        self.assertNotIn("follows from", " ".join(declaration._get_issue_blockers()))
        declaration.write({"pos_energy": 440, "pos_saving": 95})
        found = " ".join(declaration._get_issue_blockers())
        self.assertIn("440.000 is stated, and 44.000 follows", found)
        self.assertIn("95.000 is stated, and 90.000 follows", found)
