# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import picture

PLACES = 6
MONTHS = 12


class ProductTemplate(models.Model):
    """A product's footprint: that of its batches of the last twelve months, all together."""

    _inherit = "product.template"

    def _get_carbon_since(self) -> date:
        return fields.Date.subtract(fields.Date.context_today(self), months=MONTHS)

    def _get_carbon_domain(self) -> list:
        """Return the current footprints of the product in the last twelve months."""
        self.ensure_one()
        return [
            ("product_id.product_tmpl_id", "=", self.id),
            ("is_current", "=", True),
            ("date", ">=", self._get_carbon_since()),
        ]

    @api.readonly
    def get_carbon_picture(self) -> dict | bool:
        """Return what the `carbon_picture` widget draws: all complete footprints of the year."""
        self.ensure_one()
        footprints = self.env["carbon.footprint"]
        domain = [*self._get_carbon_domain(), ("state", "=", "complete")]
        aggregates = ["__count", "quantity_kg:sum", "product_kg_co2e:sum", "total_kg_co2e:sum"]
        [(count, kg, product, total)] = footprints._read_group(domain, [], aggregates)
        open_count = footprints.search_count(
            [*self._get_carbon_domain(), ("state", "!=", "complete")]
        )
        if not count:
            return False
        own = to_decimal(product, PLACES)
        drains = [("product", own), ("coproduct", to_decimal(total, PLACES) - own)]
        drawn = footprints._draw_carbon(self._get_carbon_leaves(domain), drains)
        gap = self.env._(
            "Batches whose footprint is incomplete, and which are not in here: %s", open_count
        )
        return drawn | {
            "name": self.env._(
                "%(count)s batches since %(day)s",
                count=count,
                day=format_date(self.env, self._get_carbon_since()),
            ),
            "state": "complete",
            "state_label": "",
            "gaps": [gap] if open_count else [],
            "per_kg": product / kg if kg else False,
            "quantity_kg": kg,
            "model": "carbon.footprint.line",
            "domain": [["footprint_id", "any", _plain(domain)]],
        }

    def _get_carbon_leaves(self, domain: list) -> list[picture.Leaf]:
        groups = self.env["carbon.activity"]._read_group(
            [
                ("production_id.carbon_footprint_ids", "any", domain),
                ("is_current", "=", True),
                ("state", "=", "counted"),
            ],
            ["name", "stage"],
            ["kg_co2e:sum"],
        )
        return [
            picture.Leaf(name, stage or "", to_decimal(kg, PLACES)) for name, stage, kg in groups
        ]


def _plain(domain: list) -> list:
    """Return a domain as the web client takes it: dates as text."""
    return [
        [name, operator, fields.Date.to_string(value) if isinstance(value, date) else value]
        for name, operator, value in domain
    ]
