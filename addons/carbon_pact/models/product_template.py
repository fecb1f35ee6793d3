# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import urn


class ProductTemplate(models.Model):
    """What a product footprint says of a product beside its figures."""

    _inherit = "product.template"

    pact_product_ids = fields.Text(
        string="Product identifiers (URN)",
        help="One a line, such as urn:gtin:4006381333931. A bar code that is a GTIN is added.",
    )
    pact_classifications = fields.Text(
        string="Product classifications (URN)",
        help="One a line, such as urn:pact:productclassification:un-cpc:34710.",
    )
    pact_is_carbon_free = fields.Boolean(
        string="Holds no carbon",
        help="For salts, metals, water: then a carbon share of 0 is a fact and not a gap.",
    )
    pact_recycled_share = OptionalFloat(
        string="Recycled carbon (%)",
        digits=(6, 2),
        help="Share of the product's carbon that comes from recycled material. Empty: not known.",
    )

    _pact_recycled_share_range = models.Constraint(
        "CHECK(pact_recycled_share >= 0 AND pact_recycled_share <= 100)",
        "Recycled carbon is a percentage between 0 and 100.",
    )

    @api.constrains("pact_product_ids", "pact_classifications")
    def _check_pact_urns(self):
        for product in self:
            for text in (product.pact_product_ids, product.pact_classifications):
                wrong = urn.find_wrong(urn.read(text))
                if wrong:
                    raise ValidationError(
                        self.env._(
                            "%(product)s: “%(name)s” is no URN. Write one identifier a line, such "
                            "as urn:gtin:4006381333931.",
                            product=product.display_name,
                            name=wrong,
                        )
                    )
