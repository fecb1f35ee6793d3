# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from jsonschema import Draft202012Validator

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.mass_balance.tests.common import MassBalanceCase

from ..models.pact_footprint_document import EXTENSION


@tagged("post_install", "-at_install")
class TestPactMassBalance(MassBalanceCase):
    """100 kg certified and 900 kg fossil naphtha make 850 kg polymer, part of it attributed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bio.carbon_dry_matter = 100.0
        cls.polymer.mb_carbon_share = 0.857
        cls.fossil.carbon_factor_id = cls.env.ref("carbon_footprint.factor_naphtha_gb_wtt")
        cls.bom.product_uom_id = cls.polymer.uom_id

    def test_the_extension_says_that_content_is_attributed_and_by_which_scheme(self):
        ghg = {"ghg_value": 320.0, "ghg_unit": "kgCO2eq/dry-ton", "ghg_type": "actual"}
        self.receive_certified(**ghg)
        self.receive(900, product=self.fossil, lot="FN-1")
        self.produce({self.lot("BN-1"): 100, self.lot("FN-1", self.fossil): 900})
        today = fields.Date.today()
        draft = self.env["pact.footprint"].create(
            {
                "company_id": self.company.id,
                "product_id": self.polymer.id,
                "period_start": fields.Date.subtract(today, days=2),
                "period_end": fields.Date.add(today, days=1),
            }
        )
        draft.action_calculate()
        self.assertTrue(draft.footprint_ids)
        [extension] = draft._prepare_extensions()
        self.assertEqual(
            extension["data"],
            {
                "massBalancingUsed": True,
                "freeAttributionInMassBalancing": False,
                "massBalancingCertificateScheme": "ISCC PLUS",
            },
        )
        self.assertTrue(extension["dataSchema"].endswith(EXTENSION))
        with file_open(EXTENSION.lstrip("/")) as stream:
            schema = json.load(stream)
        self.assertFalse(list(Draft202012Validator(schema).iter_errors(extension["data"])))
        # the declared value is the supplier's own: of 0.32 x 100 + 0.64041464 x 900 kg CO2e
        self.assertAlmostEqual(draft.primary_share, 5.26, 2)
