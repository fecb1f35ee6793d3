# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .selections import OUTPUT_KINDS, PRODUCT_CATEGORIES


class ProductTemplate(models.Model):
    """What a product is in the books: its name there, its category and its figures."""

    _inherit = "product.template"

    is_mb_material = fields.Boolean(
        string="In the mass balance",
        help="Receipts, production and deliveries of this product are booked.",
    )
    mb_material = fields.Char(
        string="Material (ISCC list)",
        help="Name in the list of materials of the scheme, as certificates show it.",
    )
    mb_category = fields.Selection(
        PRODUCT_CATEGORIES,
        string="Raw-material category",
        help="What is bought under this product. Empty for products made here: their category "
        "is that of the certified input.",
    )
    mb_group = fields.Char(
        string="Product group",
        help="Products of one group share a book (naphtha of two origins). Empty: the material.",
    )
    mb_output_kind = fields.Selection(
        OUTPUT_KINDS,
        string="Kind of output",
        default="chemical",
        help="Decides what attribution does with it when it leaves a process.",
    )
    mb_product_type = fields.Selection(
        [("raw", "Raw material"), ("intermediate", "Intermediate"), ("final", "Final product")],
        string="Product type",
        help="Stated on declarations.",
    )
    mb_supplier_scopes = fields.Char(
        string="Scopes a supplier needs",
        help="Scope codes, one of which the supplier's certificate must name. Empty: any.",
    )
    lhv = fields.Float(string="Lower heating value (MJ/kg)", digits=(12, 4))
    mb_carbon_share = fields.Float(string="Carbon share (kg/kg)", digits=(12, 6))
    mb_molar_mass = fields.Float(string="Molar mass (g/mol)", digits=(12, 4))
    mb_density = fields.Float(string="Density (kg/l)", digits=(12, 6))
    biomass_content = fields.Float(string="Biomass content (%)", digits=(6, 2))
    mb_class = fields.Selection(
        [
            ("biomass", "Biomass, certified"),
            ("other", "Certified, not biomass"),
            ("none", "Non-biomass"),
        ],
        string="Classification",
        compute="_compute_mb_class",
        store=True,
    )
    mb_storage = fields.Text(
        string="Storage instructions",
        help="Shown on the lot: tank, temperature, what to keep apart.",
    )
    is_mb_segregated = fields.Boolean(
        string="Physically segregated",
        help="Put away into, and picked from, the segregated place of the site.",
    )
    is_mb_certified = fields.Boolean(
        string="Bought as certified", compute="_compute_is_mb_certified", store=True
    )

    @api.depends("is_mb_material", "mb_category")
    def _compute_is_mb_certified(self):
        for product in self:
            product.is_mb_certified = bool(
                product.is_mb_material and product.mb_category and product.mb_category != "fossil"
            )

    @api.depends("is_mb_material", "mb_category")
    def _compute_mb_class(self):
        classes = {"bio": "biomass", "bio_circular": "biomass", "fossil": "none"}
        for product in self:
            known = product.is_mb_material and product.mb_category
            product.mb_class = classes.get(known, "other") if known else False

    @api.constrains("is_mb_certified", "mb_material", "tracking")
    def _check_certified_material(self):
        for product in self.filtered("is_mb_certified"):
            if not (product.mb_material or "").strip():
                raise ValidationError(
                    self.env._(
                        "%s is bought as certified: give its name in the scheme's list of "
                        "materials, because the supplier's certificate is checked against it.",
                        product.display_name,
                    )
                )
            if product.tracking == "none":
                raise ValidationError(
                    self.env._(
                        "%s is bought as certified: track it by lot, because its sustainability "
                        "characteristics live on the lot.",
                        product.display_name,
                    )
                )

    def _get_mb_group(self) -> str:
        """Return the name under which the product is kept in the books."""
        self.ensure_one()
        return self.mb_group or self.mb_material or self.with_context(lang=None).name
