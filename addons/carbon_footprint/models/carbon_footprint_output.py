# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal
from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import declared


class CarbonFootprintOutput(models.Model):
    """What one output of an order carries of its footprint: a lot of product or co-product.

    Made with the footprint. Its share is numerator over denominator on the footprint's allocation
    basis; a residue has the share zero. Nothing of it ever changes.
    """

    _name = "carbon.footprint.output"
    _inherit = ["carbon.frozen.mixin"]
    _description = "Output of a footprint"
    _order = "footprint_id desc, id"

    footprint_id = fields.Many2one(
        "carbon.footprint", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", index="btree_not_null", ondelete="restrict")
    is_main = fields.Boolean(string="Main product")
    is_residue = fields.Boolean(string="Residue")
    quantity_kg = OptionalFloat(string="Quantity (kg)")
    numerator = OptionalFloat(
        aggregator=None, help="What the output weighs on the allocation basis."
    )
    denominator = OptionalFloat(
        aggregator=None, help="What all outputs weigh on the allocation basis."
    )
    share = fields.Float(compute="_compute_share", digits=(16, 6))
    kg_co2e = OptionalFloat(string="kg CO2e", help="Empty while the footprint is incomplete.")
    kg_co2e_per_kg = OptionalFloat(string="kg CO2e per kg", aggregator="avg", digits=None)
    is_current = fields.Boolean(related="footprint_id.is_current")

    @api.depends("numerator", "denominator")
    def _compute_share(self):
        for output in self:
            output.share = output.denominator and output.numerator / output.denominator

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for output in self:
            lot = f" · {output.lot_id.name}" if output.lot_id else ""
            output.display_name = f"{output.product_id.display_name}{lot}"

    def _get_carbon_made(self, sources) -> declared.Made:
        """Return what the order tells about this product, made from the feedstock of `sources`.

        Feedstock of the same product group as the declared one is replaced by it; everything else
        counts as it was counted, so none of it may be missing.
        """
        self.ensure_one()
        groups = {source.product_id.product_tmpl_id._get_mb_group() for source in sources}
        activities = self.footprint_id.line_ids.activity_id
        feedstock = activities.filtered(
            lambda activity: (
                activity.is_feedstock
                and activity.product_id.product_tmpl_id._get_mb_group() in groups
            )
        )
        others = activities - feedstock
        self._check_carbon_made(feedstock, others)
        quantity = Decimal(repr(self.quantity_kg))
        return declared.Made(
            feedstock_kg=sum(to_decimal(a.feedstock_kg, 6) for a in feedstock),
            other_kg_co2e=sum((to_decimal(a.kg_co2e, 6) for a in others), Decimal("0")),
            share=Decimal(repr(self.numerator)) / Decimal(repr(self.denominator)),
            product_kg=quantity,
        )

    def _get_biogenic_per_kg(self) -> list:
        """Return biogenic CO2 (emitted, removed) of one kg; None for what was not stated.

        It is divided as the emissions are, and stays beside them on the whole way.
        """
        self.ensure_one()
        activities = self.footprint_id.line_ids.activity_id
        weights = (self.numerator, self.denominator, self.quantity_kg)
        result = []
        for name in ("biogenic_emitted_kg", "biogenic_removed_kg"):
            stated = [to_decimal(a[name], 6) for a in activities if a[name] is not False]
            if not stated or not all(weights):
                result.append(None)
                continue
            numerator, denominator, kg = (Decimal(repr(weight)) for weight in weights)
            result.append(sum(stated) * numerator / denominator / kg)
        return result

    def _check_carbon_made(self, feedstock, others) -> None:
        order = self.footprint_id.production_id.name
        rule = self.footprint_id._snapshot()["rule"]
        if rule["declared_gwp_set"] != rule["gwp_set"]:
            raise declared.NotDeclarable(
                self.env._(
                    "declared values are taken as %(declared)s, the footprint of %(order)s is "
                    "weighed with %(own)s, and two GWP sets are not added",
                    declared=rule["declared_gwp_set"],
                    order=order,
                    own=rule["gwp_set"],
                )
            )
        missing = others.filtered(lambda activity: activity.state != "counted")
        if missing:
            raise declared.NotDeclarable(
                self.env._(
                    "the footprint of %(order)s is incomplete: %(gap)s",
                    order=order,
                    gap=missing[0].gap,
                )
            )
        if not feedstock or any(activity.feedstock_kg is False for activity in feedstock):
            raise declared.NotDeclarable(
                self.env._(
                    "%s used no feedstock of the declared kind, or its mass is not known", order
                )
            )
        if not self.numerator or not self.quantity_kg:
            raise declared.NotDeclarable(
                self.env._("the share of the product in the emissions of %s is not known", order)
            )
