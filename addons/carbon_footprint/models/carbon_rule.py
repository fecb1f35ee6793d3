# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import allocation, declared, footprint
from .carbon_factor_version import GWP_SETS

ALLOCATION_BASES = [
    ("mass", "Mass"),
    ("energy", "Energy (lower heating value)"),
    ("economic", "Economic value (sales price)"),
]
MIXED_BATCHES = [
    ("own", "Each batch its own value"),
    ("highest", "All batches of a material the highest value"),
]


class CarbonRule(models.Model):
    """How the footprint of an order is computed: allocation, GWP set, mixed batches, boundary.

    Written by sustainability managers. The most specific rule applies: of the product before of
    the company before of all. A footprint stores what it was computed by, so a changed rule speaks
    for later calculations only.
    """

    _name = "carbon.rule"
    _description = "Footprint rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: every company.")
    product_tmpl_ids = fields.Many2many(
        "product.template", string="Products", help="Empty: every product.", check_company=True
    )
    allocation_basis = fields.Selection(
        ALLOCATION_BASES,
        string="Divided by",
        required=True,
        default="mass",
        help="How emissions are divided between product and co-products. RED wants energy.",
    )
    gwp_set = fields.Selection(GWP_SETS, required=True, default="AR5", string="GWP set")
    declared_gwp_set = fields.Selection(
        GWP_SETS,
        required=True,
        default="AR5",
        string="GWP set of declared values",
        help="Declarations do not state one. The default (CH4 28, N2O 265) is what the calculation "
        "rules for EU biofuels are understood to use today; confirm it for your scheme.",
    )
    mixed_batches = fields.Selection(
        MIXED_BATCHES,
        string="Mixed batches",
        required=True,
        default="own",
        help="Batches of one material with different declared values. An average is not allowed.",
    )
    boundary = fields.Char(
        string="System boundary", required=True, default="Cradle to gate", translate=True
    )

    @api.model
    def _get_rule(self, production):
        """Return the rule of an order."""
        template = production.product_id.product_tmpl_id
        rules = self.search([("company_id", "in", [production.company_id.id, False])])
        fitting = rules.filtered(
            lambda rule: not rule.product_tmpl_ids or template in rule.product_tmpl_ids
        )
        return fitting.sorted(
            lambda rule: (not rule.product_tmpl_ids, not rule.company_id, rule.sequence, rule.id)
        )[:1]

    # -- mixed batches ------------------------------------------------------------------------

    def _settle_mixed_batches(self, facts: list[dict]) -> list[dict]:
        """Return the facts with declared values carried by the rule: own or highest."""
        self.ensure_one()
        if self.mixed_batches == "own":
            return facts
        settled = list(facts)
        groups = {}
        for index, fact in enumerate(facts):
            if fact["source"] == "declaration" and fact.get("factor"):
                key = (fact["product_id"], fact["factor"].unit)
                groups.setdefault(key, []).append(index)
        for indexes in groups.values():
            batches = [
                declared.Batch(str(i), facts[i]["amount"], facts[i]["factor"].value)
                for i in indexes
            ]
            for key, value in declared.values(batches, self.mixed_batches):
                fact = facts[int(key)]
                settled[int(key)] = fact | {"factor": replace(fact["factor"], value=value)}
        return settled

    # -- co-products --------------------------------------------------------------------------

    def _divide(self, outputs: list[dict], result: footprint.Footprint) -> dict:
        """Divide the leaves between the outputs of an order.

        Return {"outputs": rows with numerator, denominator and parts, "gaps": gaps}; `parts`
        is the output's part of every leaf, or None where the division is not possible.
        """
        self.ensure_one()
        gaps = self._get_output_gaps(outputs)
        rows = [dict(row, numerator=None, denominator=None, parts=None) for row in outputs]
        if gaps:
            return {"outputs": rows, "gaps": gaps}
        try:
            shares = allocation.shares([self._to_tool(str(i), row) for i, row in enumerate(rows)])
        except allocation.NotDivisible:
            return {"outputs": rows, "gaps": self._explain_division(rows)}
        parts = footprint.split_leaves(result.leaves, shares)
        for row, share in zip(rows, shares, strict=True):
            row["numerator"], row["denominator"] = share.numerator, share.denominator
            row["parts"] = parts[share.key]
        return {"outputs": rows, "gaps": []}

    def _get_output_gaps(self, outputs: list[dict]) -> list[footprint.Gap]:
        if not outputs:
            sentence = self.env._("The order made nothing: there is no product to carry it.")
            return [footprint.Gap("", sentence, footprint.NOTHING)]
        return [
            footprint.Gap("", f"{row['gap']}.", footprint.MASS, row["product"].name)
            for row in outputs
            if row["gap"]
        ]

    def _to_tool(self, key: str, row: dict) -> allocation.Output:
        return allocation.Output(key, row["kg"], self._get_worth(row), row["is_residue"])

    def _get_worth(self, row: dict) -> Decimal | None:
        """Return what one kg of an output weighs on the basis; None when it is not known."""
        product = row["product"]
        if self.allocation_basis == "mass":
            return Decimal("1")
        if self.allocation_basis == "energy":
            return to_decimal(product.lhv, 4) if product.lhv else None
        per_kg = product._get_kg(1.0, product.uom_id)
        return to_decimal(product.lst_price, 6) / per_kg if product.lst_price and per_kg else None

    def _explain_division(self, rows: list[dict]) -> list[footprint.Gap]:
        """Return why emissions cannot be divided, product by product."""
        lacking = [
            row["product"].display_name
            for row in rows
            if not row["is_residue"] and self._get_worth(row) is None
        ]
        if not lacking:
            sentence = self.env._("No output of the order can carry its emissions.")
            return [footprint.Gap("", sentence, footprint.DIVISION)]
        wanted = {
            "energy": self.env._("its lower heating value"),
            "economic": self.env._("its sales price"),
        }[self.allocation_basis]
        sentences = [
            self.env._(
                "Emissions are divided by %(basis)s: %(product)s lacks %(wanted)s.",
                basis=dict(ALLOCATION_BASES)[self.allocation_basis].lower(),
                product=name,
                wanted=wanted,
            )
            for name in sorted(set(lacking))
        ]
        return [footprint.Gap("", sentence, footprint.DIVISION) for sentence in sentences]
