# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from odoo.addons.audit_chain.tools.decimals import to_decimal

from ..tools import picture

PLACES = 6


class CarbonFootprint(models.Model):
    """A footprint as a picture, with the table that says the same in words and figures."""

    _inherit = "carbon.footprint"

    @api.readonly
    def get_carbon_picture(self) -> dict | bool:
        """Return what the `carbon_picture` widget draws; False where there is no footprint."""
        if not self:
            return False
        self.ensure_one()
        leaves = [
            picture.Leaf(line.name, line.stage or "", to_decimal(line.kg_co2e, PLACES))
            for line in self.line_ids
            if line.kg_co2e is not False
        ]
        return self._draw_carbon(leaves, self._get_carbon_drains()) | {
            "name": self.name,
            "state": self.state,
            "state_label": self._get_label("state"),
            "gaps": (self.gap_text or "").splitlines(),
            "per_kg": self.kg_co2e_per_kg,
            "quantity_kg": self.quantity_kg,
            "model": "carbon.footprint.line",
            "domain": [["footprint_id", "=", self.id]],
        }

    def _get_carbon_drains(self) -> list[tuple[str, Decimal]]:
        """Return what each output carries: `product`, or the name of a co-product."""
        if self.state != "complete":
            return []
        return [
            (
                "product" if output.is_main else output.product_id.name,
                to_decimal(output.kg_co2e, PLACES),
            )
            for output in self.output_ids
        ]

    @api.model
    def _draw_carbon(self, leaves, drains) -> dict:
        """Return the waterfall, the flow and the table of leaves, with labels and colours."""
        flow = picture.flow(leaves, drains)
        total = sum((leaf.kg for leaf in leaves), Decimal("0"))
        product = sum((kg for key, kg in drains if key == "product"), Decimal("0"))
        steps = [
            {
                "key": step.key,
                "label": self._label_carbon(step.key),
                "color": picture.color(step.key),
                "start": float(step.start),
                "end": float(step.end),
                "kg": float(step.kg),
                "share": float(step.kg / total) if total else 0.0,
            }
            for step in picture.waterfall(leaves, drains)
        ]
        return {
            "unit": "kg CO2e",
            "steps": steps,
            "total": float(total),
            "product": float(product) if drains else False,
            "product_color": picture.color("product"),
            "credits": float(flow.credits),
            "height": flow.height,
            "nodes": [self._draw_node(node) for node in flow.nodes],
            "bands": [
                {
                    "source": band.source,
                    "target": band.target,
                    "color": picture.color(band.stage),
                    "kg": float(band.kg),
                    "start": band.start,
                    "end": band.end,
                    "height": band.height,
                }
                for band in flow.bands
            ],
        }

    @api.model
    def _draw_node(self, node: picture.Node) -> dict:
        kind, key = node.key.split(":", 1)
        label = node.label
        if kind == "leaf" and not label:
            label = self.env._("%s others", node.members)
        elif kind == "stage":
            label = self._label_carbon(key)
        elif kind == "output":
            label = self._label_carbon_output(key)
        shade = node.stage if kind != "output" else key
        return {
            "key": node.key,
            "kind": kind,
            "label": label,
            "name": node.label,
            "stage": node.stage if kind != "output" else False,
            "color": picture.color(shade if shade in picture.COLORS else "coproduct"),
            "column": node.column,
            "kg": float(node.kg),
            "top": node.top,
            "height": node.height,
        }

    @api.model
    def _label_carbon(self, key: str) -> str:
        """Return the words for a stage or for what the co-products take."""
        if key == "coproduct":
            return self.env._("To co-products")
        field = self.env["carbon.activity"]._fields["stage"]
        labels = dict(field._description_selection(self.env))
        return labels.get(key) or self.env._("No stage")

    @api.model
    def _label_carbon_output(self, key: str) -> str:
        """Return the words for an output: co-products go by their own name."""
        words = {
            "known": self.env._("Known so far"),
            "product": self.env._("Product"),
            "coproduct": self.env._("To co-products"),
        }
        return words.get(key, key)

    def _get_label(self, name: str) -> str:
        """Return the label of a selection field in the language of the user."""
        self.ensure_one()
        return dict(self._fields[name]._description_selection(self.env)).get(self[name]) or ""
