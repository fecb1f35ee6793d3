# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import footprint, tree

PLACES = 6


class CarbonFootprint(models.Model):
    """A footprint opens down to the gases of its factors, through the batches it consumed."""

    _inherit = "carbon.footprint"

    def _get_tree(self) -> tree.Node | None:
        """Return the product's figure with all it consists of; None while it is incomplete.

        The leaves add up to `product_kg_co2e` to the last digit. What a consumed batch carries is
        opened by the footprint it was weighed with, also when that one was replaced since.
        """
        self.ensure_one()
        if self.state != "complete":
            return None
        parts = tuple(line._get_node(line.product_kg_co2e) for line in self.line_ids)
        figure = to_decimal(self.product_kg_co2e, PLACES)
        return tree.opened(tree.Node(self.name, figure, parts))

    def _get_tree_rows(self) -> list[dict]:
        """Return the opened tree as rows, parents first: level, name, kg_co2e and facts.

        The `is_leaf` rows add up to the first row.
        """
        root = self._get_tree()
        rows, todo = [], [(0, root)] if root else []
        while todo:
            level, node = todo.pop()
            row = {"level": level, "name": node.key, "is_leaf": not node.parts}
            rows.append(row | {"kg_co2e": footprint.plain(node.kg_co2e)} | node.facts)
            todo += [(level + 1, part) for part in reversed(node.parts)]
        return rows

    # -- terms of E ---------------------------------------------------------------------------

    def _get_red_terms(self) -> dict[str, Decimal]:
        """Return kg CO2e of the product by term of E, from the opened leaves; credits positive."""
        terms = {}
        root = self._get_tree()
        for leaf in root.leaves() if root else ():
            terms.setdefault(leaf.facts.get("red_term", ""), []).append(leaf.kg_co2e)
        return {term: footprint.total(values) for term, values in terms.items()}

    def _get_red_values(self) -> dict[str, float]:
        """Return g CO2eq for one MJ of product by term of E; refused where that would be wrong."""
        self.ensure_one()
        terms = self._get_red_terms()
        lhv = self.product_id.lhv
        gaps = self._get_red_gaps(terms, lhv)
        if gaps:
            raise UserError("\n".join(gaps))
        energy = Decimal(repr(self.quantity_kg)) * Decimal(repr(lhv))
        return {term: float(kg * 1000 / energy) for term, kg in terms.items()}

    def _get_red_gaps(self, terms: dict, lhv: float) -> list[str]:
        """Return why this footprint gives no terms of E, in sentences."""
        gaps = []
        if self.state != "complete":
            gaps.append(self.env._("%s is incomplete, so E is not known from it.", self.name))
        for record in self._get_opened_footprints():
            if len(record.output_ids) > 1 and record.allocation_basis != "energy":
                gaps.append(
                    self.env._(
                        "%s is divided between co-products by another basis than energy, which the "
                        "RED wants.",
                        record.name,
                    )
                )
        if terms.get(""):
            gaps.append(self.env._("Something in %s belongs to no term of E.", self.name))
        if not lhv:
            gaps.append(
                self.env._("%s lacks its lower heating value.", self.product_id.display_name)
            )
        return gaps

    def _get_opened_footprints(self):
        """Return this footprint and those of all batches it consumed, at any depth."""
        found = todo = self
        while todo:
            todo = todo.line_ids.activity_id.source_output_id.footprint_id - found
            found |= todo
        return found

    def _get_opened_factors(self) -> list[str]:
        """Return the names of all factor versions and declared values it rests on."""
        activities = self._get_opened_footprints().line_ids.activity_id
        return sorted({name for name in activities.mapped("factor_name") if name})
