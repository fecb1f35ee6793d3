# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A polymer with two finished batches, a customer with access, two managers."""

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.audit_chain.tests.common import SignatureCase
from odoo.addons.carbon_footprint.tests.common import CarbonCase

COMPANY_URN = "urn:pact:plant.example:company-id:1"
PRODUCT_URN = "urn:gtin:4006381333931"


class PactCase(SignatureCase, CarbonCase):
    """Fixtures: an order of 900 kg with 100 kWh, 50 kg steam, 2 m3 water; access for Acme."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "carbon_second", groups="mass_balance.group_mass_balance_manager"
        )
        cls.company.pact_company_ids = COMPANY_URN
        cls.company.country_id = cls.env.ref("base.de")
        cls.polymer.write(
            {
                "pact_product_ids": PRODUCT_URN,
                "pact_classifications": "urn:pact:productclassification:un-cpc:34710",
                "mb_carbon_share": 0.857,
                "biomass_content": 25.0,
            }
        )
        cls.acme = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.client = cls.make_client()

    @classmethod
    def make_client(cls, **vals):
        """Return an access with the secret "secret", to the polymer unless said otherwise."""
        client = (
            cls.env["pact.client"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Acme's system",
                    "partner_id": cls.acme.id,
                    "product_ids": [(6, 0, cls.polymer.ids)],
                    **vals,
                }
            )
        )
        client._renew_secret("secret")
        return client

    def make_batch(self, meters=True, **vals):
        """Return the footprint of a finished order, complete when its meters counted."""
        number = self.env["stock.lot"].search_count([("product_id", "=", self.fossil.id)])
        lot = self.make_lot(self.fossil, f"F-{number}", 1000.0)
        order = self.make_order([(lot, 1000.0)], **vals)
        if meters:
            self.count_all(order)
        return self.finish(order)

    def make_draft(self, **vals):
        """Return a draft of the manager for the polymer's batches of these days."""
        today = fields.Date.today()
        return (
            self.env["pact.footprint"]
            .with_user(self.manager)
            .create(
                {
                    "product_id": self.polymer.id,
                    "period_start": fields.Date.subtract(today, days=2),
                    "period_end": fields.Date.add(today, days=1),
                    **vals,
                }
            )
        )

    def publish(self, draft):
        """Submit and sign a draft; return it as the superuser sees it."""
        draft.action_submit()
        self.sign(draft.sudo(), "approve", self.second)
        return draft.sudo()
