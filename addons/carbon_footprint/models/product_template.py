# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ProductTemplate(models.Model):
    """What a product emits before it reaches the plant, and how its consumption is counted."""

    _inherit = "product.template"

    carbon_treatment = fields.Selection(
        [
            ("count", "Counted when consumed"),
            ("metered", "Counted by a meter"),
            ("excluded", "Left out"),
        ],
        string="In footprints",
        default="count",
        required=True,
        help="What is counted by a meter of the line is not counted a second time when consumed.",
    )
    carbon_exclusion_reason = fields.Char(
        string="Left out because", help="The footprint shows it with what was left out."
    )
    carbon_factor_id = fields.Many2one(
        "carbon.factor",
        string="Emission factor",
        ondelete="restrict",
        help="For lots that carry no declared value and were not made here.",
    )
    carbon_waste_factor_id = fields.Many2one(
        "carbon.factor",
        string="Emission factor as waste",
        ondelete="restrict",
        help="What one unit of it emits where it goes when an order scraps it: landfill, burning.",
    )
    carbon_dry_matter = fields.Float(
        string="Dry matter (%)",
        digits=(6, 3),
        help="Declared values per dry tonne need it. 0: not known.",
    )
    carbon_footprint_count = fields.Integer(compute="_compute_carbon_footprint_count")

    _carbon_dry_matter_range = models.Constraint(
        "CHECK(carbon_dry_matter >= 0 AND carbon_dry_matter <= 100)",
        "Dry matter is a percentage between 0 and 100.",
    )

    def _compute_carbon_footprint_count(self):
        counts = dict(
            self.env["carbon.footprint"]._read_group(
                [("product_id.product_tmpl_id", "in", self.ids), ("is_current", "=", True)],
                ["product_id"],
                ["__count"],
            )
        )
        for product in self:
            product.carbon_footprint_count = sum(
                count for variant, count in counts.items() if variant.product_tmpl_id == product
            )

    def _is_carbon_counted(self) -> bool:
        """Return whether consumption is counted here; what is left out must say why."""
        self.ensure_one()
        has_reason = bool((self.carbon_exclusion_reason or "").strip())
        return self.carbon_treatment == "count" or (
            self.carbon_treatment == "excluded" and not has_reason
        )

    def action_view_carbon_footprints(self):
        """Open the current footprints of this product."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "carbon_footprint.carbon_footprint_action"
        )
        return action | {
            "domain": [("product_id.product_tmpl_id", "in", self.ids)],
            "context": {"search_default_is_current": 1},
        }
