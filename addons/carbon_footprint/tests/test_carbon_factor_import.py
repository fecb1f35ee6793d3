# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A file becomes drafts row by row; somebody else approves them."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import CarbonCase

HEAD = (
    "ID,Scope,Level 1,Level 2,Level 3,Level 4,Column Text,UOM,GHG/Unit,GHG Conversion Factor 2025"
)
FLAT = f"""{HEAD}
1,Scope 1,Fuels,Gaseous fuels,Test gas,,,kWh (Gross CV),kg CO2e,0.18296
1,Scope 1,Fuels,Gaseous fuels,Test gas,,,kWh (Gross CV),kg CO2e of CO2 per unit,0.18259
1,Scope 1,Fuels,Gaseous fuels,Test gas,,,kWh (Gross CV),kg CO2e of CH4 per unit,0.00028
1,Scope 1,Fuels,Gaseous fuels,Test gas,,,kWh (Gross CV),kg CO2e of N2O per unit,0.00009
2,Scope 1,Fuels,Gaseous fuels,Test gas,,,GJ,kg CO2e,50
3,Scope 3,Waste disposal,Refuse,Test plastics,,Landfill,tonnes,kg CO2e,8.9
"""
CODE = "GB-1-FUELS-GASEOUS-FUELS-TEST-GAS-KWH-GROSS-CV"


class TestCarbonFactorImport(CarbonCase):
    def _wizard(self, text=FLAT, user=None, **vals):
        return (
            self.env["carbon.factor.import"]
            .with_user(user or self.manager)
            .create(
                {
                    "file_name": "flat.csv",
                    "file_data": base64.b64encode(text.encode()),
                    **vals,
                }
            )
        )

    def _factors(self):
        return self.env["carbon.factor"].search([("code", "=", CODE)])

    def test_a_check_stores_nothing_and_an_import_makes_drafts(self):
        wizard = self._wizard()
        wizard.action_check()
        self.assertEqual(wizard.layout, "defra")
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["refused", "new", "new"])
        self.assertIn("does not say its basis", wizard.line_ids[0].reason)
        self.assertFalse(self._factors())
        wizard.action_import()
        factor = self._factors()
        self.assertEqual((factor.unit, factor.category, factor.scope), ("kWh_gross", "fuel", "1"))
        version = factor.version_ids
        self.assertEqual((version.state, version.name, version.region), ("draft", "2025", "GB"))
        self.assertEqual((version.gas_basis, version.ch4), ("co2e", 0.00028))
        self.assertIn(version, wizard.version_ids)
        again = self._wizard()
        again.action_check()
        self.assertEqual(again.line_ids.mapped("outcome"), ["refused", "same", "same"])

    def test_a_refused_row_says_where_it_stands_and_what_to_do(self):
        wizard = self._wizard(FLAT.replace("tonnes,kg CO2e,8.9", "tonnes,kg CO2e,about 9"))
        wizard.action_check()
        bad = wizard.line_ids.filtered(lambda line: line.name.startswith("Waste"))
        self.assertEqual((bad.outcome, bad.where), ("refused", "row 7, column J"))
        self.assertIn("“about 9” is no figure: correct the cell", bad.reason)
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["refused", "refused", "new"])
        wizard.action_import()
        self.assertEqual(len(self._factors().version_ids), 1)

    def test_biogenic_co2_of_a_fuel_is_what_footprints_count(self):
        fuel = "4,{0},Bioenergy,Biofuel,Test biofuel,,,litres,{1},{2}\n"
        wizard = self._wizard(
            HEAD
            + "\n"
            + fuel.format("Scope 1", "kg CO2e", 0.16751)
            + fuel.format("Outside of Scopes", "kg CO2e of CO2 per unit", 2.39)
            + fuel.format("Scope 3", "kg CO2e", "").replace("Bioenergy", "WTT- bioenergy")
        )
        wizard.action_import()
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["new", "open"])
        self.assertEqual(wizard.version_ids.biogenic_emitted, 2.39)
        self.assertIn("1 without a figure, 0 refused", wizard.summary)

    def test_another_value_of_one_edition_is_refused_and_another_edition_is_a_version(self):
        self._wizard(contains="test gas").action_import()
        changed = FLAT.replace("0.18296", "0.18300")
        wizard = self._wizard(changed, contains="test gas")
        wizard.action_check()
        self.assertIn("withdraw it first", wizard.line_ids[0].reason)
        wizard = self._wizard(changed.replace("2025", "2026"), contains="test gas")
        wizard.action_import()
        self.assertEqual(len(self._factors().version_ids), 2)

    def test_another_unit_is_another_factor(self):
        self.power.copy({"code": CODE, "unit": "kWh_net", "company_id": self.company.id})
        wizard = self._wizard()
        wizard.action_check()
        reasons = wizard.line_ids.mapped("reason")
        self.assertTrue(any("counts kWh (net CV), the file says kWh (gross" in r for r in reasons))

    def test_somebody_else_approves_what_was_imported(self):
        self._wizard(contains="test gas").action_import()
        version = self._factors().version_ids
        with self.assertRaisesRegex(UserError, "You wrote .* yourself"):
            version.with_user(self.manager).action_approve()
        second = new_test_user(
            self.env, "carbon_second", groups="mass_balance.group_mass_balance_manager"
        )
        version.with_user(second).note = "Looked at"
        with self.assertRaisesRegex(UserError, "You wrote .* yourself"):
            version.with_user(second).action_approve()
        third = new_test_user(
            self.env, "carbon_third", groups="mass_balance.group_mass_balance_manager"
        )
        version.with_user(third).action_approve()
        self.assertEqual((version.state, version.approved_by_id), ("approved", third))
        with self.assertRaisesRegex(UserError, "stamped"):
            version.write({"written_by_id": third.id})

    def test_who_may_import_and_what_cannot_be_read(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.worker)
        with self.assertRaisesRegex(UserError, "CSV, XLSX, JSON or ZIP"):
            self._wizard(file_name="factors.pdf").action_check()
        with self.assertRaisesRegex(UserError, "layout that was chosen"):
            self._wizard(layout="epa").action_check()
        with self.assertRaisesRegex(UserError, "did not arrive whole"):
            self._wizard(file_data=b"YWJj%").action_check()
