# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Every row of the field table of a declaration, in the snapshot and on the paper."""

import base64
import datetime
import io
import json

from pypdf import PdfReader

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.mass_balance.tests.common import MassBalanceCase
from odoo.addons.mass_balance.tools import declaration as table

from .keys import sign_with

GIF = base64.b64encode(
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
# Everything a declaration can say: row of the table → {field of the declaration: (value, printed)}
FULL = {
    2: {"issue_date": (datetime.date(2027, 2, 3), "Feb3,2027")},
    3: {"scheme": ("iscc_eu", "ISCCEU"), "scheme_version": ("3.4.9", "3.4.9")},
    4: {
        "supplier_name": ("Supplier & Sons", "Supplier&Sons"),
        "supplier_address": ("Quay 1, Kiel", "Quay1,Kiel"),
        "supplier_identifier": ("DE0815", "DE0815"),
    },
    5: {"certificate_number": ("EU-ISCC-Cert-DE100-87654321",) * 2},
    6: {"certification_body": ("Body AG", "BodyAG")},
    7: {
        "recipient_name": ("Fuel Shop", "FuelShop"),
        "recipient_address": ("Rue 9, Lyon", "Rue9,Lyon"),
        "recipient_identifier": ("FR42", "FR42"),
    },
    8: {"contract_number": ("C-99", "C-99")},
    9: {"dispatch_date": (datetime.date(2027, 2, 1), "Feb1,2027")},
    10: {"dispatch_place": ("Tank 7, Wesseling", "Tank7,Wesseling")},
    11: {"receipt_place": ("Jetty 2, Lyon", "Jetty2,Lyon")},
    12: {"product_type": ("final", "Finalproduct"), "material": ("HVO", "HVO")},
    13: {"raw_material": ("Tallow", "Tallow")},
    14: {"origin_country_id": ("FI", "Finland(FI)")},
    15: {"quantity": (123.5, "123.5"), "quantity_unit": ("t", "t")},
    16: {"statement": ("eu_red_compliant", "EUREDCompliant")},
    17: {"chain_of_custody": ("controlled_blending", "Controlledblending")},
    18: {"waste_residue": ("yes", "Yes"), "red_category": ("annex_9a", "REDAnnexIXpartA")},
    19: {
        "origin_point_name": ("Render House", "RenderHouse"),
        "origin_point_address": ("Mill 3, Turku", "Mill3,Turku"),
    },
    20: {"category": ("bio_circular", "Bio-circular")},
    21: {"waste_status": ("post_consumer", "Post-consumer")},
    22: {"input_reflection": ("as received", "asreceived")},
    23: {"input_compensation": ("10 % compensated", "10%compensated")},
    24: {"credit_transfer": ("issuer", "Bytheissuer")},
    25: {
        "method": ("credit", "Creditmethod"),
        "attribution": ("fuel_excluded", "Fueluseexcluded"),
        "basis": ("lhv", "Heatingvalue"),
        "certified_share": (87.5, "87.5"),
    },
    26: {"annex": ("Add-on: low emissions", "Add-on:lowemissions")},
    27: {"ghg_value": (12.25, "12.25"), "ghg_type": ("actual", "Actual")},
    28: {"ghg_unit": ("gCO2eq/MJ", "gCO2eq/MJ")},
    29: {
        f"ghg_{term}": (1.5 + index, f"{term}{1.5 + index:g}")
        for index, term in enumerate(("eec", "el", "ep", "etd", "eu", "esca", "eccs", "eccr"))
    },
    30: {"transport_mode": ("road", "road"), "transport_km": (321.0, "321")},
    31: {
        "flag_land_criteria": (True, "Landcriteriamet"),
        "flag_low_iluc": (True, "LowILUCrisk"),
        "flag_soil_n2o": (True, "SoilN2Obydisaggregateddefault"),
        "flag_degraded_land": (True, "Bonusforrestoreddegradedland"),
        "flag_other_scheme": (True, "Coveredbyaschemethatisnotrecognised"),
    },
    32: {
        "pos_number": ("POS-7", "POS-7"),
        "pos_energy": (4567.0, "4,567"),
        "pos_saving": (86.96, "86.96"),
        "pos_country_id": ("DE", "Germany(DE)"),
        "pos_plant_start": (datetime.date(2021, 3, 1), "Mar1,2021"),
    },
    33: {"delivery_period": ("February 2027", "February2027")},
}
KEYS = {
    "origin_country_id": "origin_country",
    "pos_energy": "pos_energy_mj",
    "pos_saving": "pos_saving_percent",
    "pos_country_id": "pos_country",
}


class DeclarationCase(MassBalanceCase):
    """A delivered claim, and `fill()`, which makes it say everything that a proof can say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"zip": "50389", "vat": "DE136695976"})
        cls.warehouse.plant_tz = "Europe/Berlin"
        cls.customer.write({"email": "purchasing@film.example", "lang": "en_US"})
        sign_with(cls.company, "Test Polymer")
        helper = cls()
        helper.produce_standard()
        cls.declaration = helper.deliver(80)

    def make_certificate(self, **values):
        return self.env["lot.certificate"].create(
            {
                "kind": "sustainability",
                "declaration_id": self.declaration.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def fill(self):
        country = {
            c.code: c.id for c in self.env["res.country"].search([("code", "in", ("FI", "DE"))])
        }
        values = {
            name: country.get(value, value) if name.endswith("country_id") else value
            for row in FULL.values()
            for name, (value, _printed) in row.items()
        }
        self.declaration._stamp(
            certification_id=self.make_eu().id, is_pos=True, origin_point_required=True, **values
        )

    def make_eu(self):
        return self._certify(
            self.company.partner_id, "EU-ISCC-Cert-DE100-87654321", "HVO", scheme="iscc_eu"
        )


@tagged("post_install", "-at_install")
class TestDeclarationFields(DeclarationCase):
    def refusals(self, certificate):
        found = self.env["lot.certificate.gate"]._get_refusals(certificate)
        return {refusal["code"]: refusal for refusal in found}

    def page(self, certificate):
        """Return the text of the printed preview, without blanks."""
        report = self.env.ref("lot_certificate.lot_certificate_report").sudo()
        pdf = report._render_weasyprint(report, certificate.ids, {"report_type": "pdf"})
        pages = PdfReader(io.BytesIO(pdf)).pages
        return "".join("".join(page.extract_text().split()) for page in pages)

    def test_1_8_every_field_stands_in_snapshot_and_pdf(self):
        rows = {rule.row for rule in table.rules()} | set(range(1, 34))
        self.assertEqual(set(FULL) | {1}, rows)
        printed_fields = {name for row in FULL.values() for name in row} | {"number"}
        for rule in table.rules():
            self.assertIn(
                {"origin_country": "origin_country_id"}.get(rule.field, rule.field), printed_fields
            )
        self.fill()
        certificate = self.make_certificate()
        snapshot = self.env["lot.certificate.snapshot"]._build(certificate)
        declared = snapshot["sustainability_declaration"]
        text = self.page(certificate)
        self.assertEqual(declared["number"], self.declaration.number)
        self.assertIn(self.declaration.number, text)
        self.assertEqual(text.count(FULL[26]["annex"][1]), 1)
        for row, fields in FULL.items():
            for name, (_value, printed) in fields.items():
                with self.subTest(row=row, field=name):
                    self.assertNotIn(declared.get(KEYS.get(name, name)), (None, "", False))
                    self.assertIn(printed, text)
        # row 33: signed, and the paper says so or that it is only a preview
        self.assertIn("neithernumberednorsigned", text)
        self.assertEqual(snapshot["title"], "pos")
        self.assertIn("PROOFOFSUSTAINABILITY", text)
        self.assertNotIn("isccCertificate".lower(), text.lower())

    def test_1_8_row_32_a_proof_lacks_nothing(self):
        self.declaration._stamp(is_pos=True)
        found = " ".join(self.declaration._get_issue_blockers())
        for label in (
            "PoS number",
            "Energy",
            "GHG saving",
            "Country",
            "Start of the plant",
            "GHG value",
        ):
            self.assertIn(label, found)

    def test_a23_saving_and_threshold_of_a_proof(self):
        """Plant started 2021-03-01: E 32.9 saves 65.00 % and passes, 33.0 saves 64.89 %."""
        self.polymer.write({"lhv": 44, "mb_output_kind": "fuel"})
        self.declaration._stamp(
            scheme="iscc_eu",
            certification_id=self.make_eu().id,
            ghg_type="actual",
            ghg_unit="gCO2eq/MJ",
            ghg_value=32.9,
            pos_plant_start=datetime.date(2021, 3, 1),
            product_type="final",
        )
        facts = self.declaration._prepare_pos()
        self.assertEqual((facts["pos_saving"], facts["pos_energy"]), (65.0, 3520.0))
        self.assertEqual(facts["pos_number"], self.declaration.number)
        self.declaration._stamp(**facts)
        self.assertNotIn("below", " ".join(self.declaration._get_issue_blockers()))
        self.declaration._stamp(ghg_value=33.0)
        self.assertIn("64.89 % is below the 65 %", " ".join(self.declaration._get_issue_blockers()))

    # -- what stands behind it ------------------------------------------------------------------

    def test_a21_own_certificate_on_our_dispatch_date(self):
        self.sign(self.declaration, "issue", self.manager)
        certificate = self.declaration.lot_certificate_ids
        self.assertFalse(self.refusals(certificate))
        self.own.valid_to = self.today - datetime.timedelta(days=1)
        found = self.env["lot.certificate.gate"]._get_refusals(certificate)
        self.assertIn("expired on", str(found))
        self.assertEqual(found[0]["res_id"], self.declaration.id)

    def test_a21_supplier_certificate_on_its_own_dispatch_date(self):
        self.sign(self.declaration, "issue", self.manager)
        certificate = self.declaration.lot_certificate_ids
        # what ends after the supplier's dispatch does not matter any more
        self.certification.suspended_from = self.today + datetime.timedelta(days=1)
        self.assertFalse(self.refusals(certificate))
        self.certification.suspended_from = self.today
        found = self.refusals(certificate)["supplier"]
        self.assertIn("suspended", found["message"])
        self.assertIn(self.supplier.name, found["message"])
        self.assertEqual(
            (found["res_model"], found["res_id"]), ("partner.certification", self.certification.id)
        )
        self.assertIn(
            f'href="/odoo/partner.certification/{self.certification.id}"', certificate.blockers_html
        )

    def test_a22_credits_and_required_fields(self):
        self.sign(self.declaration, "issue", self.manager)
        certificate = self.declaration.lot_certificate_ids
        self.declaration._stamp(raw_material=False)
        messages = str(self.env["lot.certificate.gate"]._get_refusals(certificate))
        self.declaration._stamp(raw_material="Used cooking oil", quantity=81)
        self.assertIn("Missing: Raw Material", messages)
        gate = self.env["lot.certificate.gate"]._get_refusals(certificate)
        self.assertIn("80.000 kg of credits are drawn for 81.000 kg", str(gate))

    def test_who_delivered_does_not_issue(self):
        self.env.cr.execute(
            "UPDATE sustainability_declaration SET create_uid = %s WHERE id = %s",
            [self.manager.id, self.declaration.id],
        )
        self.declaration.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "somebody else issues it"):
            self.sign(self.declaration, "issue", self.manager)

    # -- greenhouse gases and claims --------------------------------------------------------------

    def test_ghg_only_with_the_add_on(self):
        self.declaration._stamp(ghg_type="actual", ghg_value=800, ghg_unit="kgCO2eq/dry-ton")
        self.assertIn("no GHG add-on", str(self.declaration._get_issue_blockers()))
        self.own.has_ghg_addon = True
        self.assertNotIn("GHG", str(self.declaration._get_issue_blockers()))

    def test_the_product_footprint_is_no_claim_of_the_scheme(self):
        snapshot = self.env["lot.certificate.snapshot"]._build(self.make_certificate())
        declared = snapshot["sustainability_declaration"]
        self.assertIsNone(declared["ghg_value"])
        self.assertFalse([key for key in declared if "footprint" in key])
        footprints = [batch["carbon_footprint"] for batch in snapshot["batches"]]
        self.assertTrue(footprints)
        for footprint in footprints:
            self.assertIs(footprint["is_iscc_claim"], False)

    def claim(self, **values):
        return self.env["lot.certificate.claim"].create(
            {
                "name": "Bio",
                "text": "Approved words",
                "company_id": self.company.id,
                "approval_reference": "ISCC-LOGO-2026-17",
                "approved_on": self.today - datetime.timedelta(days=9),
                "valid_to": self.today + datetime.timedelta(days=9),
                "is_default": True,
                **values,
            }
        )

    def test_1_7_claims_carry_their_approval(self):
        self.claim()
        self.claim(name="Logo", kind="logo", image=GIF, approval_reference="L-2")
        ended = self.claim(name="Ended", valid_to=self.today - datetime.timedelta(days=1))
        other = self.claim(name="EU", scheme="iscc_eu", statement="eu_red_compliant")
        certificate = self.make_certificate()
        self.assertEqual(set(certificate.claim_ids.mapped("name")), {"Bio", "Logo"})
        snapshot = self.env["lot.certificate.snapshot"]._build(certificate)
        self.assertEqual(snapshot["claims"][0]["approval_reference"], "ISCC-LOGO-2026-17")
        self.assertEqual(len(snapshot["claims"][1]["image_sha256"]), 64)
        self.assertIn("Approvedbythescheme:ISCC-LOGO-2026-17", self.page(certificate))
        for wrong, words in ((ended, "is valid from"), (other, "another scheme")):
            certificate.claim_ids = wrong
            found = self.refusals(certificate)["claim"]
            self.assertIn(words, found["message"])
            self.assertEqual((found["res_model"], found["res_id"]), (wrong._name, wrong.id))

    def test_1_7_no_claim_without_reference_or_outside_a_declaration(self):
        with self.assertRaisesRegex(ValidationError, "needs the reference"):
            self.claim(approval_reference=" ")
        with self.assertRaisesRegex(ValidationError, "says nothing"):
            self.claim(text=False)
        claim = self.claim()
        batch = self.env["lot.certificate"].create(
            {"lot_id": self.declaration.lot_ids.id, "company_id": self.company.id}
        )
        self.assertFalse(batch.claim_ids)
        batch.claim_ids = claim
        self.assertIn(
            "on sustainability declarations only", self.refusals(batch)["claim"]["message"]
        )

    def test_1_7_what_was_issued_keeps_its_claim(self):
        claim = self.claim()
        self.sign(self.declaration, "issue", self.manager)
        certificate = self.declaration.lot_certificate_ids
        certificate._issue()
        self.assertEqual(certificate.state, "issued", certificate.error)
        self.assertEqual(certificate._get_snapshot_data()["claims"][0]["text"], "Approved words")
        self.assertEqual(certificate._get_snapshot_data()["authority"]["by"], "declaration")
        with self.assertRaisesRegex(ValidationError, "stands on"):
            claim.text = "Other words"
        with self.assertRaises(UserError):
            certificate.claim_ids = False

    def test_1_7_recipient_without_certificate(self):
        certificate = self.make_certificate()
        self.assertIn("thecertifiedchainendswiththisdelivery", self.page(certificate))
        held = self._certify(self.customer, "ISCC-PLUS-Cert-FR105-82948109", "Polypropylene")
        snapshot = self.env["lot.certificate.snapshot"]._build(certificate)
        self.assertEqual(
            snapshot["recipient_status"],
            {"is_certified": True, "certificate_number": held.number},
        )
        self.assertNotIn("thecertifiedchainends", self.page(certificate))
        held.suspended_from = self.today
        self.assertFalse(self.declaration._get_recipient_status()["is_certified"])

    def test_claims_belong_to_their_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.claim(company_id=other.id)
        seen = self.env["lot.certificate.claim"].with_user(self.manager).search([])
        self.assertNotIn(foreign, seen)
        self.assertNotIn(foreign, self.make_certificate().claim_ids)
        self.assertEqual(json.loads(json.dumps(foreign.name)), "Bio")
