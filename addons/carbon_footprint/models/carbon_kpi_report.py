# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.process_monitoring.fields import OptionalFloat

# What the query reads, so that what is not written yet is written before it is asked.
DEPENDS = {
    "carbon.footprint": [
        *("production_id", "company_id", "date", "product_id", "workcenter_id", "quantity_kg"),
        *("product_units", "product_kg_co2e", "kg_co2e_per_kg", "is_current", "state"),
        *("scope1_kg_co2e", "scope2_kg_co2e", "scope3_kg_co2e"),
    ],
    "carbon.target": [
        *("company_id", "year", "state", "value", "per"),
        *("product_tmpl_id", "categ_id", "workcenter_id"),
    ],
    "product.product": ["product_tmpl_id"],
    "product.template": ["categ_id"],
    "product.category": ["parent_path"],
}
# kind of average: (numerator, denominator), both summed over the rows of a group
RATIOS = {
    "kg_co2e_per_kg:avg": ("kg_co2e", "quantity_kg"),
    "kg_co2e_per_unit:avg": ("kg_co2e", "product_units"),
    "target_per_kg:avg": ("target_kg_co2e", "target_quantity_kg"),
    "deviation_share:avg": ("deviation_kg_co2e", "target_kg_co2e"),
}


class CarbonKpiReport(models.Model):
    """One batch with a complete, current footprint, beside the target that counts for it.

    A query, nothing is stored. An average of a group is the kilograms of the group divided by its
    quantity, never the mean of the batches' figures. Batches whose footprint is incomplete are not
    in here: their figure is not known.
    """

    _name = "carbon.kpi.report"
    _description = "Carbon indicators"
    _auto = False
    _depends = DEPENDS
    _rec_name = "footprint_id"
    _order = "date desc, id desc"

    footprint_id = fields.Many2one("carbon.footprint", readonly=True)
    production_id = fields.Many2one("mrp.production", string="Manufacturing order", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(readonly=True)
    product_id = fields.Many2one("product.product", string="Variant", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    workcenter_id = fields.Many2one("mrp.workcenter", string="Production line", readonly=True)
    quantity_kg = OptionalFloat(string="Product (kg)", readonly=True)
    product_units = OptionalFloat(string="Product (its own unit)", readonly=True)
    kg_co2e = OptionalFloat(string="kg CO2e", readonly=True)
    scope1_kg_co2e = OptionalFloat(string="Scope 1 (kg CO2e)", readonly=True)
    scope2_kg_co2e = OptionalFloat(string="Scope 2 (kg CO2e)", readonly=True)
    scope3_kg_co2e = OptionalFloat(string="Scope 3 (kg CO2e)", readonly=True)
    kg_co2e_per_kg = OptionalFloat(
        string="kg CO2e per kg", readonly=True, aggregator="avg", digits=(16, 4)
    )
    kg_co2e_per_unit = OptionalFloat(
        string="kg CO2e per unit of product", readonly=True, aggregator="avg", digits=(16, 4)
    )
    target_id = fields.Many2one("carbon.target", readonly=True)
    target_per_kg = OptionalFloat(
        string="Target (kg CO2e per kg)", readonly=True, aggregator="avg", digits=(16, 4)
    )
    target_kg_co2e = OptionalFloat(string="Target (kg CO2e)", readonly=True)
    target_quantity_kg = OptionalFloat(string="Product with a target (kg)", readonly=True)
    deviation_kg_co2e = OptionalFloat(
        string="Above target (kg CO2e)", readonly=True, help="Negative: below the target."
    )
    deviation_share = OptionalFloat(
        string="Above target (share)", readonly=True, aggregator="avg", digits=(16, 1)
    )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh averages: sum over sum."""
        if aggregate_spec not in RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        top, bottom = (
            self._field_to_sql(self._table, name, query) for name in RATIOS[aggregate_spec]
        )
        # what has no quantity in this unit must not add kilograms either
        return SQL(
            "SUM(%(top)s) FILTER (WHERE %(bottom)s IS NOT NULL) / NULLIF(SUM(%(bottom)s), 0)",
            top=top,
            bottom=bottom,
        )

    @property
    def _table_query(self) -> SQL:
        return self._get_query()

    @api.model
    def _get_query(self) -> SQL:
        return SQL(
            """
            SELECT f.id, f.id AS footprint_id, f.production_id, f.company_id, f.date, f.product_id,
                   p.product_tmpl_id, t.categ_id, f.workcenter_id, f.quantity_kg,
                   NULLIF(f.product_units, 0) AS product_units,
                   f.product_kg_co2e AS kg_co2e, f.scope1_kg_co2e, f.scope2_kg_co2e,
                   f.scope3_kg_co2e, f.kg_co2e_per_kg,
                   f.product_kg_co2e / NULLIF(f.product_units, 0) AS kg_co2e_per_unit,
                   g.id AS target_id,
                   a.kg / NULLIF(f.quantity_kg, 0) AS target_per_kg, a.kg AS target_kg_co2e,
                   CASE WHEN a.kg IS NOT NULL THEN f.quantity_kg END AS target_quantity_kg,
                   f.product_kg_co2e - a.kg AS deviation_kg_co2e,
                   (f.product_kg_co2e - a.kg) / NULLIF(a.kg, 0) AS deviation_share
              FROM carbon_footprint f
              JOIN product_product p ON p.id = f.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
         LEFT JOIN product_category c ON c.id = t.categ_id
         LEFT JOIN LATERAL (%(target)s) g ON TRUE
         LEFT JOIN LATERAL (
                   SELECT (g.value * CASE g.per WHEN 'kg' THEN f.quantity_kg
                                                ELSE f.product_units END)::float8 AS kg
                   ) a ON TRUE
             WHERE f.is_current AND f.state = 'complete'
            """,
            target=self._get_target_query(),
        )

    @api.model
    def _get_target_query(self) -> SQL:
        """Return the one target that counts: product, then line, nearest category, company."""
        return SQL(
            """
            SELECT o.id, o.value, o.per
              FROM carbon_target o
         LEFT JOIN product_category oc ON oc.id = o.categ_id
             WHERE o.state = 'approved' AND o.company_id = f.company_id
               AND o.year = EXTRACT(YEAR FROM f.date)
               AND (o.product_tmpl_id IS NULL OR o.product_tmpl_id = t.id)
               AND (o.workcenter_id IS NULL OR o.workcenter_id = f.workcenter_id)
               AND (o.categ_id IS NULL OR c.parent_path LIKE oc.parent_path || '%%')
          ORDER BY o.product_tmpl_id IS NULL, o.workcenter_id IS NULL, o.categ_id IS NULL,
                   LENGTH(oc.parent_path) DESC
             LIMIT 1
            """
        )

    def action_open_footprint(self):
        """Open the footprint behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "carbon.footprint",
            "res_id": self.footprint_id.id,
            "view_mode": "form",
        }
