# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

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

    def _get_red_terms(self) -> dict[str, Decimal]:
        """Return kg CO2e of the product by term of E, from the opened leaves; credits positive."""
        terms = {}
        root = self._get_tree()
        for leaf in root.leaves() if root else ():
            terms.setdefault(leaf.facts.get("red_term", ""), []).append(leaf.kg_co2e)
        return {term: footprint.total(values) for term, values in terms.items()}
