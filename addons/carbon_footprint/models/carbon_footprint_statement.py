# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools import footprint, picture, picture_paper

ZERO = Decimal("0")
TABLES = (("stage", "stages"), ("scope", "scopes"), ("data_quality", "qualities"))


class CarbonFootprint(models.Model):
    """What the report of a footprint says, in the language of the reader, ready to print.

    Figures come from the sealed snapshot, never from what stands in the tables today; names of
    sources and licences come from the factor versions, which cannot change either.
    """

    _inherit = "carbon.footprint"

    def _prepare_statement(self) -> dict:
        """Return the report's tables of texts, and its pictures."""
        self.ensure_one()
        content = self._snapshot()
        leaves = self._get_statement_leaves(content)
        statement = {
            "is_complete": self.state == "complete",
            "headline": self._format_per_kg(content["kg_co2e_per_kg"]),
            "facts": self._prepare_statement_facts(content),
            "figures": self._prepare_statement_figures(content),
            "beside": self._prepare_statement_beside(content),
            "gaps": content["gaps"],
            "left_out": [self._describe_left_out(row) for row in content["left_out"]],
            "leaves": [self._format_leaf(leaf) for leaf in leaves],
            "gases": self._prepare_statement_gases(leaves),
            "outputs": self._prepare_statement_outputs(content),
            "factors": self._prepare_statement_factors(leaves),
            "proof": self._prepare_statement_proof(),
        }
        for name, table in TABLES:
            statement[table] = self._prepare_statement_sums(leaves, name)
        return statement | self._prepare_statement_pictures()

    # -- head -----------------------------------------------------------------------------------

    def _prepare_statement_facts(self, content: dict) -> list[tuple[str, str]]:
        code, name = content["product"]["code"], content["product"]["name"]
        lots = ", ".join(row["lot"] for row in content["outputs"] if row["is_main"] and row["lot"])
        kg = content.get("quantity_kg")
        return [
            (self.env._("Product"), f"{name} ({code})" if code else name),
            (self.env._("Lot"), lots or "–"),
            (self.env._("Manufacturing order"), content["order"]),
            (self.env._("Declared unit"), self.env._("1 kg of product")),
            (self.env._("Quantity made"), f"{self._format_kg(kg, 3)} kg" if kg else "–"),
            (self.env._("Day of the batch"), format_date(self.env, content["date"])),
            (self.env._("System boundary"), content["rule"]["boundary"] or "–"),
            (self.env._("Divided by"), self._get_label("allocation_basis") or "–"),
            (self.env._("Global warming potentials"), self._get_label("gwp_set") or "–"),
            (self.env._("Rule"), content["rule"]["name"] or "–"),
            (self.env._("Version"), self._describe_version(content)),
        ]

    def _describe_version(self, content: dict) -> str:
        text = str(content["version"])
        if self.reason:
            text += f" ({self.reason})"
        replaced = self.env._("replaced since")
        return text if self.is_current else f"{text}; {replaced}"

    def _prepare_statement_figures(self, content: dict) -> list[tuple[str, str]]:
        if self.state != "complete":
            known = self._format_kg(content.get("known_kg_co2e") or "0", 6)
            return [(self.env._("Known so far of the order (kg CO2e)"), known)]
        return [
            (self.env._("Product (kg CO2e)"), self._format_kg(content["product_kg_co2e"], 6)),
            (self.env._("Whole order (kg CO2e)"), self._format_kg(content["total_kg_co2e"], 6)),
        ]

    def _prepare_statement_beside(self, content: dict) -> list[tuple[str, str]]:
        """Return what stands beside the figure and is never netted with it."""
        unstated = self.env._("not stated by the sources")
        emitted, removed = (content.get(f"biogenic_{name}_kg") for name in ("emitted", "removed"))
        market = content.get("scope2_market_kg_co2e")
        whole = content.get("market_kg_co2e")
        gap = content.get("market_gap_text") or self.env._("no contractual instrument was counted")
        rows = [
            (self.env._("Biogenic CO2 emitted (kg)"), self._format_kg(emitted, 6) or unstated),
            (self.env._("Biogenic CO2 removed (kg)"), self._format_kg(removed, 6) or unstated),
            (self.env._("Scope 2, market-based (kg CO2e)"), self._format_kg(market, 6) or gap),
        ]
        if whole:
            label = self.env._("Product, scope 2 market-based (kg CO2e)")
            rows.append((label, self._format_kg(whole, 6)))
        if content.get("biogenic_note"):
            rows.append((self.env._("Biogenic CO2 not stated for"), content["biogenic_note"]))
        if content.get("gsd"):
            label = self.env._("Geometric standard deviation, by data quality")
            rows.append((label, self._format_kg(content["gsd"], 3)))
        return rows

    def _describe_left_out(self, row: dict) -> tuple[str, str]:
        treatments = self.env["product.template"]._fields["carbon_treatment"]
        label = dict(treatments._description_selection(self.env)).get(row["treatment"], "")
        return row["product"], row["reason"] or label

    def _prepare_statement_proof(self) -> list[tuple[str, str]]:
        return [
            (self.env._("Place in the chain of the company"), str(self.chain_sequence)),
            (self.env._("Recorded at (UTC)"), str(self.recorded_at)),
            (self.env._("Hash of the entry"), self.entry_hash),
            (self.env._("Hash of the entry before"), self.previous_hash or "–"),
        ]

    # -- sums and pictures ----------------------------------------------------------------------

    def _get_leaf_kg(self, leaf: dict) -> Decimal | None:
        """Return the kg the report sums: the product's, or those of the order while it is open."""
        return leaf["product_kg"] if self.state == "complete" else leaf["kg"]

    def _prepare_statement_sums(self, leaves, name: str) -> list[dict]:
        """Return (label, kg, share) by stage, scope or data quality, in their own order."""
        sums = {}
        for leaf in leaves:
            kg = self._get_leaf_kg(leaf)
            if kg is not None:
                key = leaf["row"][name]
                sums[key] = sums.get(key, ZERO) + kg
        total = sum(sums.values(), ZERO)
        labels = dict(self.env["carbon.activity"]._fields[name]._description_selection(self.env))
        order = [*labels, *(key for key in sums if key not in labels)]
        return [
            {
                "label": labels.get(key) or self.env._("Not classified"),
                "color": picture.color(key),
                "kg": self._format_kg(sums[key], 6),
                "share": self._format_share(sums[key] / total if total else ZERO),
            }
            for key in order
            if key in sums
        ]

    def _prepare_statement_pictures(self) -> dict:
        """Return both pictures in places on the paper."""
        drawn = self.get_carbon_picture()
        if not drawn["steps"]:
            return {"bars": None, "flow": None}
        key = "known" if drawn["product"] is False else "product"
        end = drawn["total"] if drawn["product"] is False else drawn["product"]
        last, color = self._label_carbon_output(key), picture.color(key)
        bars = [*drawn["steps"], {"label": last, "color": color, "start": 0, "end": end, "kg": end}]
        paper = picture_paper.bars(bars)
        for bar in paper["bars"]:
            bar["figure"] = self._format_kg(bar["kg"], 2)
        flow = picture_paper.flow(drawn["nodes"], drawn["bands"], drawn["height"])
        for node in flow["nodes"]:
            node["figure"] = self._format_kg(node["kg"], 2)
        return {"bars": paper, "flow": flow}

    # -- words ----------------------------------------------------------------------------------

    def _format_kg(self, value, digits: int) -> str:
        """Return a figure in the reader's language; nothing for what is not known."""
        if value is None or value is False or value == "":
            return ""
        return formatLang(self.env, float(value), digits=digits)

    def _format_per_kg(self, value) -> str:
        return self._format_kg(value, 4)

    def _format_share(self, share: Decimal) -> str:
        return f"{formatLang(self.env, float(share) * 100, digits=1)} %"

    def _format_plain(self, value) -> str:
        """Return a figure with the digits it has, up to nine, in the reader's language."""
        if value is None:
            return ""
        text = footprint.plain(Decimal(str(value)).quantize(Decimal("1e-9")))
        places = len(text.partition(".")[2])
        return formatLang(self.env, float(text), digits=places)
