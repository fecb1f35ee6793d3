# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models

from ..tools import footprint_workbook
from .carbon_footprint_statement_rows import GASES


class CarbonFootprint(models.Model):
    """The workbook of a footprint: its leaves, and formulas over them."""

    _inherit = "carbon.footprint"

    def action_workbook(self):
        """Download the workbook with formulas."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/carbon_footprint/{self.id}/workbook",
            "target": "download",
        }

    def action_print(self):
        """Print the report as PDF."""
        return self.env.ref("carbon_footprint.carbon_footprint_action_report").report_action(
            self, config=False
        )

    def _get_file_stem(self) -> str:
        self.ensure_one()
        return f"footprint-{self.production_id.name}-v{self.version}".replace("/", "-")

    def _render_workbook(self) -> bytes:
        """Return the footprint as .xlsx."""
        self.ensure_one()
        return footprint_workbook.Workbook(self._prepare_workbook()).render()

    def _prepare_workbook(self) -> footprint_workbook.Content:
        content = self._snapshot()
        leaves = self._get_statement_leaves(content)
        rows = [self._prepare_workbook_row(leaf) for leaf in leaves]
        missing = self.env._("What is missing")
        left_out = self.env._("Left out")
        notes = [(missing, gap) for gap in content["gaps"]]
        notes += [
            (left_out, ": ".join(self._describe_left_out(row))) for row in content["left_out"]
        ]
        return footprint_workbook.Content(
            heads=self._get_workbook_heads(missing),
            facts=self._prepare_statement_facts(content) + self._prepare_statement_proof(),
            notes=self._prepare_statement_beside(content) + notes,
            rows=rows,
            outputs=[self._prepare_workbook_output(row) for row in content["outputs"]],
            stages=list(dict.fromkeys(row.texts[3] for row in rows)),
            scopes=sorted({row.texts[4] for row in rows}),
            qualities=sorted({row.quality for row in rows}),
            factors=self._prepare_workbook_factors(leaves),
            product_kg=_decimal(content["product_kg_co2e"]),
            quantity_kg=_decimal(content.get("quantity_kg")),
            per_kg=_decimal(content["kg_co2e_per_kg"]),
        )

    def _prepare_workbook_row(self, leaf: dict) -> footprint_workbook.Row:
        row = leaf["row"]
        labels = self._get_workbook_labels()
        none = self.env._("Not classified")
        return footprint_workbook.Row(
            texts=(
                row["name"],
                labels["source"].get(row["source"], ""),
                " · ".join(self._get_leaf_evidence(row, labels)),
                labels["stage"].get(row["stage"]) or none,
                labels["scope"].get(row["scope"]) or none,
                labels["red_term"].get(row["red_term"]) or "",
            ),
            amount=_decimal(row["amount"]),
            unit=labels["unit"].get(row["unit"], row["unit"]),
            conversion=_decimal(row["conversion"]) or Decimal("1"),
            ratio=leaf["ratio"],
            factor=_decimal(row["factor_value"]),
            factor_unit=labels["unit"].get(row["factor_unit"], row["factor_unit"]),
            factor_name=row["factor_name"],
            kg=leaf["kg"],
            product_kg=leaf["product_kg"],
            quality=labels["data_quality"].get(row["data_quality"]) or none,
            gap=row["gap"],
            gases=leaf["gases"],
        )

    def _get_workbook_labels(self) -> dict[str, dict[str, str]]:
        names = ("source", "stage", "scope", "unit", "data_quality", "red_term")
        columns = self.env["carbon.activity"]._fields
        return {name: dict(columns[name]._description_selection(self.env)) for name in names}

    def _prepare_workbook_output(self, row: dict) -> tuple:
        figures = (_decimal(row[name]) for name in ("kg", "numerator", "denominator", "kg_co2e"))
        kind = self._describe_output_kind(row)
        return (row["product"], row["lot"], kind, row["is_main"], *figures)

    def _prepare_workbook_factors(self, leaves) -> list[tuple]:
        values = {leaf["row"]["factor_name"]: leaf["row"]["factor_value"] for leaf in leaves}
        names = ("unit", "gwp_set", "region", "valid", "source", "url", "licence", "approved")
        return [
            (row["name"], _decimal(values[row["name"]]) or "", *(row[name] for name in names))
            for row in self._prepare_statement_factors(leaves)
        ]

    def _get_workbook_heads(self, missing: str) -> dict:
        """Return the words of the workbook in the language of the reader."""
        env = self.env
        kg, share = env._("kg CO2e"), env._("Share")
        sealed, difference = env._("As sealed"), env._("Difference")
        return {
            "title": env._("Carbon footprint %s", self.name),
            "gap": missing,
            "product": env._("Product (kg CO2e)"),
            "known": env._("Known so far of the order (kg CO2e)"),
            "quantity": env._("Product (kg)"),
            "per_kg": env._("kg CO2e per kg of product"),
            "figures": [env._("Figure"), env._("By formula"), sealed, difference],
            "stages": [env._("Life-cycle stage"), kg, share],
            "scopes": [env._("Scope"), kg, share],
            "qualities": [env._("Data quality"), kg, share],
            "gases": GASES | {"rest": env._("Not stated apart by the source")},
            "gas_head": [env._("Leaf")],
            "sum": env._("Sum"),
            **self._get_workbook_columns(kg, share, difference),
        }

    def _get_workbook_columns(self, kg: str, share: str, difference: str) -> dict:
        env = self.env
        unit, factor = env._("Unit"), env._("Factor version")
        return {
            "sheets": [
                *(env._("Footprint"), env._("Leaves"), env._("Outputs")),
                *(env._("Gases"), env._("Factors")),
            ],
            "leaves": [
                *(env._("Leaf"), env._("Source"), env._("Evidence"), env._("Life-cycle stage")),
                *(env._("Scope"), env._("RED term"), env._("Quantity"), unit),
                *(env._("Conversion"), env._("Units of the factor"), env._("In the factor's unit")),
                *(env._("Unit of the factor"), env._("kg CO2e per unit"), factor),
                *(env._("Order (kg CO2e)"), difference, env._("Share of the product")),
                *(env._("Milligrams not divisible"), env._("Product (kg CO2e)")),
                *(env._("Data quality"), env._("What is missing")),
            ],
            "outputs": [
                *(env._("Product"), env._("Lot"), env._("Kind"), env._("Main product")),
                *("kg", env._("Part"), env._("Of"), share, kg, env._("kg CO2e per kg")),
            ],
            "factors": [
                *(factor, env._("Value"), unit, env._("GWP set"), env._("Region")),
                *(env._("Valid"), env._("Source"), env._("Web page"), env._("Licence")),
                env._("Approved by"),
            ],
        }


def _decimal(text) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)
