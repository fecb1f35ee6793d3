# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.process_monitoring.fields import OptionalFloat

from .carbon_kpi_report import DEPENDS


class CarbonKpiCurve(models.Model):
    """A batch that has a target, twice: what it emitted and what it was allowed.

    A query, nothing is stored. Two rows of one quantity, told apart by `series`, so that a line
    graph shows the figure and the target side by side; sums over both series mean nothing.
    """

    _name = "carbon.kpi.curve"
    _description = "Carbon figures against target"
    _auto = False
    _depends = DEPENDS
    _rec_name = "footprint_id"
    _order = "date desc, id desc"

    footprint_id = fields.Many2one("carbon.footprint", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(readonly=True)
    product_tmpl_id = fields.Many2one("product.template", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    workcenter_id = fields.Many2one("mrp.workcenter", string="Production line", readonly=True)
    target_id = fields.Many2one("carbon.target", readonly=True)
    series = fields.Selection([("actual", "Actual"), ("target", "Target")], readonly=True)
    quantity_kg = OptionalFloat(string="Product (kg)", readonly=True)
    kg_co2e = OptionalFloat(string="kg CO2e", readonly=True)
    kg_co2e_per_kg = OptionalFloat(
        string="kg CO2e per kg", readonly=True, aggregator="avg", digits=(16, 4)
    )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh averages: sum over sum."""
        if aggregate_spec != "kg_co2e_per_kg:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "kg_co2e", query),
            self._field_to_sql(self._table, "quantity_kg", query),
        )

    @property
    def _table_query(self) -> SQL:
        return self._get_query()

    @api.model
    def _get_query(self) -> SQL:
        return SQL(
            """
            SELECT r.id * 2 + s.number AS id, r.footprint_id, r.company_id, r.date,
                   r.product_tmpl_id, r.categ_id, r.workcenter_id, r.target_id, s.series,
                   r.quantity_kg, k.kg AS kg_co2e,
                   k.kg / NULLIF(r.quantity_kg, 0) AS kg_co2e_per_kg
              FROM (%(rows)s) r
        CROSS JOIN (VALUES (0, 'actual'), (1, 'target')) s (number, series)
        CROSS JOIN LATERAL (
                   SELECT CASE s.series WHEN 'actual' THEN r.kg_co2e
                                        ELSE r.target_kg_co2e END AS kg
                   ) k
             WHERE r.target_kg_co2e IS NOT NULL
            """,
            rows=self.env["carbon.kpi.report"]._get_query(),
        )
