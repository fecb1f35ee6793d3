# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import compare

# What makes a leaf the same leaf in both: figures and factor versions are what may differ.
IDENTITY = ("source", "name", "sensor_code", "lot_name", "document", "unit")


class CarbonComparison(models.TransientModel):
    """Two footprints side by side: what differs, by quantity, factor version and share.

    Reads the sealed snapshots of both; the effects add up to the difference to the last digit.
    """

    _name = "carbon.comparison"
    _description = "Comparison of two footprints"

    left_id = fields.Many2one("carbon.footprint", string="Before", required=True)
    right_id = fields.Many2one("carbon.footprint", string="After", required=True)
    left_state = fields.Selection(related="left_id.state", string="State before")
    right_state = fields.Selection(related="right_id.state", string="State after")
    left_per_kg = OptionalFloat(related="left_id.kg_co2e_per_kg", string="Before, per kg")
    right_per_kg = OptionalFloat(related="right_id.kg_co2e_per_kg", string="After, per kg")
    left_kg_co2e = OptionalFloat(related="left_id.product_kg_co2e", string="Before (kg CO2e)")
    right_kg_co2e = OptionalFloat(related="right_id.product_kg_co2e", string="After (kg CO2e)")
    difference = OptionalFloat(string="Difference (kg CO2e)", compute="_compute_difference")
    difference_text = fields.Text(string="Also different", compute="_compute_difference")
    line_ids = fields.One2many(
        "carbon.comparison.line",
        "comparison_id",
        compute="_compute_line_ids",
        store=True,
        readonly=True,
    )

    @api.depends("left_id", "right_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.left_id.name or ''} | {record.right_id.name or ''}"

    @api.constrains("left_id", "right_id")
    def _check_companies(self):
        for record in self:
            if record.left_id.company_id != record.right_id.company_id:
                raise ValidationError(self.env._("Both footprints are of one company."))

    @api.depends("left_id", "right_id")
    def _compute_difference(self):
        for record in self:
            left, right = record.left_id, record.right_id
            record.difference = None
            record.difference_text = "\n".join(record._describe_settings()) or False
            if left.state == right.state == "complete":
                figures = (one._snapshot()["product_kg_co2e"] for one in (right, left))
                record.difference = float(Decimal(next(figures)) - Decimal(next(figures)))

    def _describe_settings(self) -> list[str]:
        """Return what else differs than leaves: rule, GWP set, division, boundary, quantity."""
        left, right = self.left_id, self.right_id
        if not left or not right:
            return []
        names = ("product_id", "rule_name", "gwp_set", "allocation_basis", "boundary")
        texts = []
        for name in (*names, "quantity_kg"):
            field = left._fields[name]
            if left[name] != right[name]:
                old, new = (
                    one._get_label(name)
                    if field.type == "selection"
                    else field.convert_to_export(one[name], one)
                    for one in (left, right)
                )
                label = field._description_string(self.env)
                texts.append(f"{label}: {old or '–'} → {new or '–'}")
        return texts

    @api.depends("left_id", "right_id")
    def _compute_line_ids(self):
        for record in self:
            pairs = []
            if record.left_id and record.right_id:
                sides = (record.left_id, record.right_id)
                pairs = compare.compare(*(record._read_leaves(side) for side in sides))
            lines = [record._prepare_line(pair) for pair in pairs]
            lines.sort(key=lambda line: -abs(line["difference"] or 0.0))
            record.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]

    @api.model
    def _read_leaves(self, record) -> list[compare.Leaf]:
        return [
            compare.Leaf(
                key=tuple(row[name] for name in IDENTITY),
                amount=_decimal(row["amount"]),
                factor_name=row["factor_name"],
                factor=_decimal(row["factor_value"]),
                kg=_decimal(row["kg_co2e"]),
                own=_decimal(row["product_kg_co2e"]),
            )
            for row in record._snapshot()["activities"]
        ]

    @api.model
    def _prepare_line(self, pair: compare.Pair) -> dict:
        left, right = pair.left, pair.right
        leaf = right or left
        return {
            "name": leaf.key[1],
            "unit": leaf.key[-1],
            "kind": pair.kind,
            "left_amount": _float(left and left.amount),
            "right_amount": _float(right and right.amount),
            "left_factor": left.factor_name if left else False,
            "right_factor": right.factor_name if right else False,
            "left_kg_co2e": _float(left and left.own),
            "right_kg_co2e": _float(right and right.own),
            "by_quantity": _float(pair.by_quantity),
            "by_factor": _float(pair.by_factor),
            "by_share": _float(pair.by_share),
            "difference": _float(pair.difference),
        }


def _decimal(text) -> Decimal | None:
    return None if text is None else Decimal(text)


def _float(value) -> float | None:
    return None if value is None else float(value)
