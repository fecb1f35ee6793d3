# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models
from odoo.tools import format_date

from ..tools import basis, tree

ZERO = Decimal("0")
GASES = {"co2": "CO2", "ch4": "CH4", "n2o": "N2O", "sf6": "SF6", "nf3": "NF3"}


class CarbonFootprint(models.Model):
    """The rows of the report: leaves with their evidence, gases, outputs, factors and sources."""

    _inherit = "carbon.footprint"

    def _get_statement_leaves(self, content: dict) -> list[dict]:
        """Return each leaf with its sealed row, its figures as `Decimal`, and its gases."""
        leaves = []
        lines = self.line_ids.sorted("sequence")
        for line, row in zip(lines, content["activities"], strict=True):
            product_kg = _decimal(row["product_kg_co2e"])
            leaves.append(
                {
                    "line": line,
                    "row": row,
                    "kg": _decimal(row["kg_co2e"]),
                    "product_kg": product_kg,
                    "ratio": _ratio(row),
                    "gases": self._get_leaf_gases(line.activity_id, row, product_kg),
                }
            )
        return leaves

    def _get_leaf_gases(self, activity, row: dict, kg) -> dict[str, Decimal]:
        """Return kg CO2e of the product by gas; `rest` is what the source does not state apart."""
        if kg is None:
            return {}
        version = activity.factor_version_id
        masses = version._get_gas_masses() if version else {}
        gases = tree.by_gas(_decimal(row["factor_value"]), masses, row["gwp_set"])
        if not gases:
            return {"rest": kg}
        parts = tree.apportion(kg, list(gases.values()))
        return dict(zip(gases, parts, strict=True))

    # -- as texts -------------------------------------------------------------------------------

    def _format_leaf(self, leaf: dict) -> dict:
        row = leaf["row"]
        labels = {
            name: dict(self.env["carbon.activity"]._fields[name]._description_selection(self.env))
            for name in ("source", "stage", "scope", "unit", "data_quality")
        }
        unit = labels["unit"].get(row["factor_unit"], row["factor_unit"])
        return {
            "name": row["name"],
            "evidence": " · ".join(self._get_leaf_evidence(row, labels)),
            "stage": labels["stage"].get(row["stage"]) or "",
            "scope": row["scope"],
            "amount": self._format_plain(row["amount"]),
            "unit": labels["unit"].get(row["unit"], row["unit"]),
            "factor": self._format_plain(row["factor_value"]),
            "factor_unit": f"kg CO2e/{unit}" if unit else "",
            "factor_name": row["factor_name"],
            "kg": self._format_kg(leaf["kg"], 6),
            "product_kg": self._format_kg(leaf["product_kg"], 6),
            "gap": row["gap"],
        }

    def _get_leaf_evidence(self, row: dict, labels: dict) -> list[str]:
        """Return where the quantity of a leaf comes from, in words."""
        texts = [
            labels["source"].get(row["source"]),
            row["sensor_code"],
            row["lot_name"],
            row["document"],
            labels["data_quality"].get(row["data_quality"]),
        ]
        if row["start_reading"] and row["end_reading"]:
            readings = (self._format_plain(row[name]) for name in ("start_reading", "end_reading"))
            texts.append(" → ".join(readings))
        if row["shared_with"]:
            share = self._format_share(Decimal(row["share"] or "1"))
            texts.append(
                self.env._(
                    "%(share)s of it, with %(orders)s", share=share, orders=row["shared_with"]
                )
            )
        if row["converted_unit"]:
            unit = labels["unit"].get(row["converted_unit"], row["converted_unit"])
            texts.append(f"× {self._format_plain(row['conversion'])} {unit}")
            texts.append(row["conversion_note"])
        return [text for text in texts if text]

    def _prepare_statement_gases(self, leaves) -> list[tuple[str, str]]:
        sums = {}
        for leaf in leaves:
            for gas, kg in leaf["gases"].items():
                sums[gas] = sums.get(gas, ZERO) + kg
        order = [gas for gas in (*GASES, "rest") if gas in sums]
        rest = self.env._("Not stated apart by the source")
        return [(GASES.get(gas, rest), self._format_kg(sums[gas], 6)) for gas in order]

    def _prepare_statement_outputs(self, content: dict) -> list[dict]:
        return [
            {
                "product": row["product"],
                "lot": row["lot"],
                "kind": self._describe_output_kind(row),
                "kg": self._format_kg(row["kg"], 3),
                "weight": self._format_plain(row["numerator"]),
                "of": self._format_plain(row["denominator"]),
                "kg_co2e": self._format_kg(row["kg_co2e"], 6),
                "per_kg": self._format_kg(row["kg_co2e_per_kg"], 9),
            }
            for row in content["outputs"]
        ]

    def _describe_output_kind(self, row: dict) -> str:
        if row["is_main"]:
            return self.env._("Product")
        return (
            self.env._("Residue, carries nothing")
            if row["is_residue"]
            else self.env._("Co-product")
        )

    def _prepare_statement_factors(self, leaves) -> list[dict]:
        """Return every factor version the figure rests on, once, and values that are none."""
        found = {}
        for leaf in leaves:
            row, version = leaf["row"], leaf["line"].factor_version_id
            if row["factor_name"]:
                found.setdefault((row["factor_name"], version.id), (row, version))
        return [self._describe_factor(row, version) for row, version in found.values()]

    def _describe_factor(self, row: dict, version) -> dict:
        units = dict(self.env["carbon.activity"]._fields["unit"]._description_selection(self.env))
        sources = self.env["carbon.activity"]._fields["source"]
        until = format_date(self.env, version.valid_to) if version.valid_to else "…"
        since = format_date(self.env, version.valid_from) if version else ""
        return {
            "name": row["factor_name"],
            "value": self._format_plain(row["factor_value"]),
            "unit": f"kg CO2e/{units.get(row['factor_unit'], row['factor_unit'])}",
            "gwp_set": version.gwp_set or row["gwp_set"],
            "region": version.region or "",
            "valid": f"{since} – {until}" if version else "",
            "source": version.source
            or dict(sources._description_selection(self.env)).get(row["source"], ""),
            "url": version.source_url or "",
            "licence": version.licence or "",
            "approved": version.approved_by_id.sudo().name or "",
        }


def _decimal(text) -> Decimal | None:
    return None if text is None else Decimal(text)


def _ratio(row: dict) -> Decimal | None:
    """Return how many units of the factor one (converted) unit of the leaf is."""
    unit = row["converted_unit"] or row["unit"]
    if not row["factor_unit"] or basis.mismatch(unit, row["factor_unit"]):
        return None
    return basis.convert(Decimal("1"), unit, row["factor_unit"])
