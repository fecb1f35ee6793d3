# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import CarbonCase


class TestCarbonFactor(CarbonCase):
    def _new_version(self, **vals):
        return self.env["carbon.factor.version"].create(
            {
                "factor_id": self.power.id,
                "name": "2026",
                "valid_from": "2026-01-01",
                "value": 0.15,
                "source": "A source",
                "licence": "A licence",
                **vals,
            }
        )

    def test_starter_set_is_approved_and_names_its_sources(self):
        named = self.env["ir.model.data"].search(
            [("module", "=", "carbon_footprint"), ("model", "=", "carbon.factor.version")]
        )
        versions = self.env["carbon.factor.version"].browse(named.mapped("res_id"))
        self.assertGreaterEqual(len(versions), 31)
        drafts = versions.filtered(lambda version: (version.note or "").startswith("A draft:"))
        self.assertEqual(set(drafts.mapped("state")), {"draft"})
        unstated = versions.filtered(lambda version: version.licence.startswith("Not stated"))
        self.assertTrue(unstated and unstated <= drafts)
        self.assertEqual(set((versions - drafts).mapped("state")), {"approved"})
        self.assertTrue(all(versions.mapped("source")) and all(versions.mapped("licence")))
        self.assertEqual(self.power._get_version(date(2026, 11, 22)).value, 0.177)

    def test_loading_the_starter_set_again_changes_nothing(self):
        before = self.env["carbon.factor.version"].search([])
        self.env["carbon.factor"]._load_starter_set()
        self.assertEqual(self.env["carbon.factor.version"].search([]), before)

    def test_a_starter_version_yields_to_one_of_the_plant(self):
        versions = self.env["carbon.factor.version"]
        self._new_version().action_approve()
        own = versions.search([("factor_id", "=", self.power.id), ("name", "=", "2026")])
        row = self._new_version(name="2026 shipped")
        self.assertEqual(row._get_rivals(), own)
        self.assertFalse(self._new_version(name="later", valid_from="2026-02-01")._get_rivals())

    def test_version_by_date(self):
        self.assertEqual(self.power._get_version(date(2024, 6, 1)).name, "2024")
        self.assertEqual(self.power._get_version(date(2025, 1, 1)).name, "2025")
        self.assertFalse(self.power._get_version(date(2023, 12, 31)))
        draft = self._new_version()
        self.assertEqual(self.power._get_version(date(2026, 2, 1)).name, "2025")
        draft.action_approve()
        self.assertEqual(self.power._get_version(date(2026, 2, 1)), draft)
        self.assertEqual(self.power._get_version(date(2025, 12, 31)).name, "2025")
        draft.action_withdraw()
        self.assertEqual(self.power._get_version(date(2026, 2, 1)).name, "2025")

    def test_version_that_ends(self):
        self._new_version(valid_to="2026-06-30").action_approve()
        self.assertEqual(self.power._get_version(date(2026, 6, 30)).name, "2026")
        self.assertEqual(self.power._get_version(date(2026, 7, 1)).name, "2025")

    def test_approval_is_stamped_and_never_typed(self):
        version = self._new_version(state="approved", approved_by_id=self.auditor.id)
        self.assertEqual(version.state, "draft")
        self.assertFalse(version.approved_by_id)
        with self.assertRaisesRegex(UserError, "stamped"):
            version.write({"approved_by_id": self.auditor.id})
        version.with_user(self.manager).action_approve()
        self.assertEqual(version.approved_by_id, self.manager)
        record = self.env["audit.record"].search(
            [("event", "=", "carbon.factor.approved"), ("res_id", "=", version.id)]
        )
        self.assertIn("0.15", record.details)

    def test_approved_version_never_changes(self):
        version = self._new_version()
        version.value = 0.14
        version.action_approve()
        for vals in ({"value": 0.1}, {"source": "other"}, {"valid_to": "2030-01-01"}):
            with self.assertRaisesRegex(UserError, "frozen"):
                version.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "frozen"):
            version.sudo().unlink()
        with self.assertRaisesRegex(UserError, "cannot become draft"):
            version.sudo().write({"state": "draft"})
        with self.assertRaisesRegex(UserError, "cannot become approved"):
            version.action_approve()
        self.assertEqual(version.value, 0.14)

    def test_context_opens_nothing(self):
        version = self.power._get_version(date(2026, 1, 1))
        opened = version.with_context(
            _force_unlink=True, force=True, skip_frozen=True, install_mode=True, no_check=True
        )
        with self.assertRaises(UserError):
            opened.write({"value": 0.0})
        with self.assertRaises(UserError):
            opened.unlink()

    def test_the_database_refuses_too(self):
        version = self.power._get_version(date(2026, 1, 1))
        statements = (
            "UPDATE carbon_factor_version SET value = 0 WHERE id = %s",
            "UPDATE carbon_factor_version SET state = 'draft', value = 0 WHERE id = %s",
            "DELETE FROM carbon_factor_version WHERE id = %s",
        )
        for statement in statements:
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [version.id])

    def test_what_a_used_factor_measures_cannot_change(self):
        with self.assertRaisesRegex(UserError, "has approved versions"):
            self.power.unit = "kWh_gross"
        self.power.write({"unit": "kWh", "name": "Power"})
        self.assertEqual(self.power.name, "Power")

    def test_two_approved_versions_of_one_day(self):
        self._new_version().action_approve()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._new_version(name="2026b").action_approve()

    def test_gases_must_weigh_what_the_value_says(self):
        vals = {"gas_basis": "mass", "co2": 0.1, "ch4": 0.001, "n2o": 0.0}
        with self.assertRaisesRegex(ValidationError, "weigh 0.128 kg CO2e under AR5"):
            self._new_version(value=0.15, **vals)
        version = self._new_version(value=0.128, **vals)
        self.assertEqual(version._to_tool().under("AR4"), Decimal("0.125"))

    def test_published_parts_become_gases(self):
        version = self.power._get_version(date(2025, 6, 1))
        restated = version._to_tool().under("AR6")
        self.assertEqual(round(restated, 6), Decimal("0.177044"))
        self.assertEqual(version._to_tool().under("AR5"), Decimal("0.177"))
        with self.assertRaisesRegex(ValueError, "source does not state the gases"):
            self.water._get_version(date(2025, 6, 1))._to_tool().under("AR6")

    def test_codes_are_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.power.copy({"code": self.power.code})

    def test_code_without_blanks(self):
        with self.assertRaisesRegex(ValidationError, "blanks"):
            self.power.copy({"code": "EL GB"})
