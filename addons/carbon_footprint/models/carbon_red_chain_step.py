# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.process_monitoring.fields import OptionalFloat

from ..tools import red_pathway, red_products
from .carbon_factor import RED_TERMS
from .carbon_red_case_mixin import to_decimal

KINDS = [
    ("cultivation", "Cultivation"),
    ("collection", "Collection of waste or residue"),
    ("transport", "Transport"),
    ("drying", "Drying and storage of the crop"),
    ("processing", "Processing"),
    ("depot", "Depot"),
    ("filling", "Filling station"),
    ("other", "Other"),
]
TERM_OF_KIND = {
    "cultivation": "eec",
    "drying": "eec",
    "collection": "etd",
    "transport": "etd",
    "depot": "etd",
    "filling": "etd",
}
QUANTITY_UNITS = [(unit, unit) for unit in red_products.UNITS]


class CarbonRedChainStep(models.Model):
    """One step of a pathway: what it takes of the product before, what it makes and what goes in.

    Entered by a sustainability manager, freely as long as the pathway is worked on; a stated result
    keeps its own copy.
    """

    _name = "carbon.red.chain.step"
    _description = "Step of a pathway of the RED"
    _order = "chain_id, sequence, id"

    chain_id = fields.Many2one(
        "carbon.red.chain", required=True, index=True, ondelete="cascade", string="Pathway"
    )
    company_id = fields.Many2one(related="chain_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    kind = fields.Selection(KINDS, required=True, default="processing")
    term = fields.Selection(
        RED_TERMS,
        compute="_compute_term",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Term of E that its inputs belong to; a single line may say another.",
    )
    feed_quantity = OptionalFloat(
        string="Takes",
        digits=None,
        aggregator=None,
        help="How much of the main product of the step before it takes for the products below.",
    )
    feed_unit = fields.Selection(QUANTITY_UNITS, required=True, default="kg")
    output_ids = fields.One2many("carbon.red.chain.output", "step_id", string="Products", copy=True)
    input_ids = fields.One2many("carbon.red.chain.input", "step_id", string="Inputs", copy=True)
    summary = fields.Char(string="Makes", compute="_compute_summary")
    input_summary = fields.Char(string="Consumes and emits", compute="_compute_summary")

    @api.depends("kind")
    def _compute_term(self):
        for step in self:
            step.term = TERM_OF_KIND.get(step.kind, "ep")

    @api.depends("output_ids.name", "output_ids.sequence", "input_ids.name")
    def _compute_summary(self):
        for step in self:
            step.summary = ", ".join(name for name in step.output_ids.mapped("name") if name)
            step.input_summary = ", ".join(name for name in step.input_ids.mapped("name") if name)

    def _to_tool(self) -> red_pathway.Stage:
        """Return the step as the pure logic wants it."""
        self.ensure_one()
        outputs = self.output_ids.sorted(lambda line: (line.sequence, line._origin.id or 0))
        inputs = self.input_ids.sorted(lambda line: (line.sequence, line._origin.id or 0))
        return red_pathway.Stage(
            name=self.name or "",
            term=self.term,
            products=tuple(line._to_tool() for line in outputs),
            feed=to_decimal(self.feed_quantity),
            feed_unit=self.feed_unit,
            flows=tuple(flow for line in inputs for flow in line._to_flows()),
        )
