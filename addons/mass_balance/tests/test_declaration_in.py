# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Incoming declarations: rules 20, 21 and 22, states, guards."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from ..models.sustainability_declaration_state import TRANSITIONS
from .common import D, MassBalanceCase, new_test_user, timedelta


class TestDeclarationIn(MassBalanceCase):
    """What a supplier's declaration must say, and what can become of it."""

    def test_rule_22_every_required_field(self):
        record = self.make_declaration(complete=False)
        self.assertEqual(record._missing_fields(), [])
        for name, label in (
            ("contract_number", "Contract number"),
            ("raw_material", "Raw material"),
            ("origin_country_id", "Country of origin"),
            ("statement", "Sustainability statement"),
            ("waste_residue", "Waste or residue"),
            ("dispatch_date", "Date of dispatch"),
            ("dispatch_place", "Place of dispatch"),
            ("receipt_place", "Place of receipt"),
            ("supplier_address", "Supplier address"),
            ("scheme_version", "Scheme version"),
        ):
            with self.subTest(name=name), self.cr.savepoint(flush=True) as point:
                record[name] = False
                self.assertEqual([m.lower() for m in record._missing_fields()], [label.lower()])
                with self.assertRaisesRegex(UserError, f"(?i){label}"):
                    record.action_complete()
                point.rollback()
            record.invalidate_recordset()

    def test_defaults_come_from_partner_product_and_certificate(self):
        record = self.make_declaration()
        self.assertEqual(record.supplier_name, "Baltic Renewables")
        self.assertIn("Porvoo", record.dispatch_place)
        self.assertEqual(record.recipient_name, "Test Polymer")
        self.assertEqual(record.material, "Bio-naphtha")
        self.assertEqual(record.category, "bio")
        self.assertEqual(record.certification_body, "SGS Germany")
        self.assertEqual(record.scheme, "iscc_plus")

    def test_rule_20_a_number_is_used_once(self):
        self.make_declaration(number="SD 1")
        for number in ("SD 1", " sd  1 "):
            with (
                self.subTest(number=number),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.make_declaration(number=number)
                self.env.flush_all()

    def test_rule_20_once_across_companies(self):
        self.receive_certified(100)
        sister = self.env["res.company"].create({"name": "Sister"})
        values = self.declaration_values(company_id=sister.id, certification_id=False)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["sustainability.declaration"].create(values)
            self.env.flush_all()

    def test_rule_20_another_supplier_may_have_the_same_number(self):
        first = self.make_declaration()
        other = self._partner("Other", "Oslo", "base.no")
        certification = self._certify(other, "ISCC-PLUS-Cert-NL220-2228065006", "Bio-naphtha")
        second = self.make_declaration(partner_id=other.id, certification_id=certification.id)
        self.assertEqual(first.number, second.number)

    def test_rule_21_certificate_at_dispatch(self):
        self.certification.write(
            {"valid_from": self.today - timedelta(days=365), "valid_to": self.today}
        )
        self.make_declaration(dispatch_date=self.today)
        late = self.make_declaration(
            complete=False, number="SD-2", dispatch_date=self.today + timedelta(days=1)
        )
        with self.assertRaisesRegex(UserError, "expired on"):
            late.action_complete()
        self.certification.write(
            {"valid_to": self.today + timedelta(days=9), "suspended_from": self.today}
        )
        with self.assertRaisesRegex(UserError, "suspended from"):
            late.action_complete()
        early = self.make_declaration(
            complete=False, number="SD-3", dispatch_date=self.today - timedelta(days=1)
        )
        early.action_complete()

    def test_the_certificate_is_the_suppliers(self):
        with self.assertRaisesRegex(UserError, "belongs to Test Polymer"):
            self.make_declaration(certification_id=self.own.id)

    def test_booked_is_frozen(self):
        record = self.receive_certified(100)
        for vals in (
            {"quantity": 500},
            {"origin_country_id": False},
            {"number": "SD-9"},
            {"ghg_value": 1},
            {"partner_id": self.customer.id},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "cannot be changed"):
                record.write(vals)
            with self.assertRaises(UserError):
                record.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            record.unlink()

    def test_the_state_is_not_typed(self):
        record = self.make_declaration(complete=False)
        for vals in ({"state": "booked"}, {"refusal": "x"}, {"direction": "out"}):
            with self.assertRaisesRegex(UserError, "its buttons and its signature"):
                record.sudo().write(vals)
        born = self.env["sustainability.declaration"].create(
            self.declaration_values(number="SD-7", state="booked")
        )
        self.assertEqual(born.state, "draft")

    def test_transitions_are_a_closed_set(self):
        states = ("draft", "complete", "booked", "issued", "cancelled")
        for direction in ("in", "out"):
            for old in states:
                for new in states:
                    self.assert_transition(direction, old, new)

    def assert_transition(self, direction, old, new):
        record = (
            self.env["sustainability.declaration"]
            .sudo()
            .create(
                self.declaration_values(
                    number=f"{old}{new}", direction=direction, certification_id=False
                )
            )
        )
        record._stamp(state=old)
        with self.subTest(direction=direction, old=old, new=new):
            if (direction, old, new) in TRANSITIONS:
                record._transition(new)
                self.assertEqual(record.state, new)
            else:
                with self.assertRaises(UserError):
                    record._transition(new)

    def test_cancel_reverses_what_is_unused(self):
        record = self.receive_certified(100)
        with self.assertRaisesRegex(UserError, "Say why"):
            record.action_cancel()
        record.cancel_reason = "Wrong quantity"
        record.action_cancel()
        self.assertEqual(record.state, "cancelled")
        self.assertEqual(self.held("input", "naphtha"), D("0.000"))
        reversal = self.entries(direction="correction")
        self.assertEqual(reversal.corrected_id, self.entries(direction="in"))
        self.assertEqual(self.lot("BN-1").mb_state, "withdrawn")
        # the corrected paper of the supplier may bear the same number
        again = self.make_declaration(quantity=90)
        again.picking_ids = reversal.move_id.picking_id
        self.assertEqual(again.number, record.number)

    def test_cancel_refused_once_used(self):
        self.produce_standard()
        record = self.lot("BN-1").mb_declaration_id
        record.cancel_reason = "Wrong"
        with self.assertRaisesRegex(UserError, "already used"):
            record.action_cancel()

    def test_only_the_manager_completes(self):
        reader = new_test_user(
            self.env,
            "mb_reader",
            "mass_balance.group_mass_balance_user",
            company_id=self.company.id,
        )
        record = self.make_declaration(complete=False)
        with self.assertRaises(AccessError):
            record.with_user(reader).action_complete()
        with self.assertRaises(AccessError):
            record.with_user(reader).write({"contract_number": "x"})
        record.with_user(self.manager).action_complete()
        self.assertEqual(record.state, "complete")

    def test_snapshot_is_canonical(self):
        from odoo.addons.audit_chain.tools import chain

        record = self.make_declaration(ghg_type="actual", ghg_value=0, ghg_unit="gCO2eq/MJ")
        snapshot = record._snapshot()
        chain.canonical(snapshot)
        self.assertEqual(snapshot["quantity"], "100.000")
        self.assertEqual(snapshot["ghg_value"], "0.000000")
        self.assertEqual(snapshot["origin_country"], "FI")

    def test_missing_is_not_zero(self):
        record = self.make_declaration(complete=False)
        self.assertIsNone(record._snapshot()["ghg_value"])
        record.write({"ghg_type": "actual", "ghg_value": 0})
        self.assertEqual(record._missing_fields(), ["GHG unit"])

    def test_1_8_row_15_a_volume_or_energy_counts_by_its_product(self):
        """10 m³ at 0.892 kg/l are 8 920 kg; without a density nothing is complete."""
        record = self.make_declaration(complete=False, quantity=10, quantity_unit="m3")
        with self.assertRaisesRegex(UserError, "density or heating value of Bio-naphtha"):
            record.action_complete()
        self.bio.mb_density = 0.892
        record.action_complete()
        self.assertEqual(record.quantity_kg, 8920.0)
        other = self.make_declaration(number="SD-2", quantity=10, quantity_unit="m3")
        self.assertEqual((other.state, other.quantity_kg), ("complete", 8920.0))
        self.bio.mb_density = 0.9
        self.env.flush_all()
        self.assertEqual(other.quantity_kg, 8920.0)
        self.bio.lhv = 44
        energy = self.make_declaration(number="SD-3", quantity=1000, quantity_unit="kwh")
        self.assertEqual(energy.quantity_kg, 81.818)
