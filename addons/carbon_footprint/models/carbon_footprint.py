# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import api, fields, models

from odoo.addons.audit_chain.fields import BigInt
from odoo.addons.audit_chain.tools import chain
from odoo.addons.process_monitoring import clock
from odoo.addons.process_monitoring.fields import OptionalFloat

from .carbon_factor_version import GWP_SETS
from .carbon_rule import ALLOCATION_BASES


class CarbonFootprint(models.Model):
    """What making one batch emitted: one version of the figure of one manufacturing order.

    Made when the order is done and at every recalculation that comes to another result; each
    version is an entry of the company's chain and never changes, except for the mark of being the
    current one. Lines open down to reading window, factor version and source. While anything is
    missing the state is incomplete, the gaps are named, and there is no total: only what is known.
    """

    _name = "carbon.footprint"
    _inherit = ["audit.chain.mixin"]
    _description = "Carbon footprint"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    production_id = fields.Many2one(
        "mrp.production",
        string="Manufacturing order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    lot_ids = fields.Many2many(
        "stock.lot", string="Lots", compute="_compute_lot_ids", search="_search_lot_ids"
    )
    version = fields.Integer(required=True, readonly=True, aggregator=None)
    is_current = fields.Boolean(string="Current", default=True, readonly=True, index=True)
    previous_id = fields.Many2one(
        "carbon.footprint", string="Takes over from", readonly=True, ondelete="restrict"
    )
    reason = fields.Char(string="Calculated because", readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    state = fields.Selection(
        [("incomplete", "Incomplete"), ("complete", "Complete")],
        required=True,
        readonly=True,
        index=True,
    )
    gap_text = fields.Text(string="What is missing", readonly=True)
    rule_name = fields.Char(string="Rule", readonly=True)
    allocation_basis = fields.Selection(ALLOCATION_BASES, string="Divided by", readonly=True)
    gwp_set = fields.Selection(GWP_SETS, string="GWP set", readonly=True)
    boundary = fields.Char(string="System boundary", readonly=True)
    start_ms = BigInt(string="From (ms UTC)", readonly=True, aggregator=None)
    end_ms = BigInt(string="To (ms UTC)", readonly=True, aggregator=None)
    start_time = fields.Datetime(string="From", compute="_compute_times")
    end_time = fields.Datetime(string="To", compute="_compute_times")
    quantity_kg = OptionalFloat(string="Product (kg)", readonly=True)
    known_kg_co2e = OptionalFloat(
        string="kg CO2e known of the order",
        readonly=True,
        help="Sum of what could be counted; the whole figure only when the footprint is complete.",
    )
    total_kg_co2e = OptionalFloat(
        string="kg CO2e of the order", readonly=True, help="Before co-products take their share."
    )
    product_kg_co2e = OptionalFloat(string="kg CO2e of the product", readonly=True)
    kg_co2e_per_kg = OptionalFloat(
        string="kg CO2e per kg", readonly=True, aggregator="avg", digits=None
    )
    scope1_kg_co2e = OptionalFloat(string="Scope 1 (kg CO2e)", readonly=True)
    scope2_kg_co2e = OptionalFloat(string="Scope 2 (kg CO2e)", readonly=True)
    scope3_kg_co2e = OptionalFloat(string="Scope 3 (kg CO2e)", readonly=True)
    line_ids = fields.One2many("carbon.footprint.line", "footprint_id", readonly=True)
    output_ids = fields.One2many("carbon.footprint.output", "footprint_id", readonly=True)
    snapshot = fields.Text(readonly=True, help="Canonical JSON of everything that was computed.")
    fingerprint = fields.Char(readonly=True)

    _version_unique = models.UniqueIndex("(production_id, version)")
    _one_current = models.UniqueIndex("(production_id) WHERE is_current")

    @api.model
    def _chain_mutable_fields(self):
        return {"is_current"}

    def _prepare_chain_payload(self, vals):
        return {"footprint": json.loads(vals["snapshot"])}

    @api.depends("output_ids")
    def _compute_lot_ids(self):
        for record in self:
            record.lot_ids = record.output_ids.filtered("is_main").lot_id

    def _search_lot_ids(self, operator, value):
        return [("output_ids.lot_id", operator, value)]

    @api.depends("start_ms", "end_ms")
    def _compute_times(self):
        for record in self:
            record.start_time = clock.to_datetime(record.start_ms)
            record.end_time = clock.to_datetime(record.end_ms)

    # -- make ---------------------------------------------------------------------------------

    @api.model
    def _create_version(self, production, vals: dict):
        """Append a version, unless the current one says the same; return the current one."""
        current = self.search(
            [("production_id", "=", production.id), ("is_current", "=", True)], limit=1
        )
        if current.fingerprint == vals["fingerprint"]:
            return current
        version = (current.version or 0) + 1
        content = json.loads(vals["snapshot"]) | {
            "version": version,
            "supersedes": current.version or None,
        }
        current.is_current = False
        # the unique index on the current version must see the old one gone first
        current.flush_recordset(["is_current"])
        record = self.create(
            vals
            | {
                "name": f"{production.name} · v{version}",
                "version": version,
                "previous_id": current.id,
                "snapshot": chain.canonical(content),
            }
        )
        record._log_version()
        return record

    def _log_version(self):
        self.ensure_one()
        self.env["audit.record"]._log(
            "carbon.footprint",
            self,
            {
                "order": self.production_id.name,
                "version": self.version,
                "state": self.state,
                "total_kg_co2e": self._snapshot()["total_kg_co2e"],
                "kg_co2e_per_kg": self._snapshot()["kg_co2e_per_kg"],
                "reason": self.reason or "",
                "snapshot_sha256": chain.digest(self._snapshot()),
                "entry_hash": self.entry_hash,
            },
        )

    def _snapshot(self) -> dict:
        """Return everything the footprint was computed from and what came out.

        Business keys and decimal strings, canonical-able. `total_kg_co2e`, `product_kg_co2e` and
        `kg_co2e_per_kg` are None while anything is missing; `gaps` then says what.
        """
        self.ensure_one()
        return json.loads(self.snapshot)

    # -- buttons ------------------------------------------------------------------------------

    def action_recalculate(self):
        """Calculate the orders anew, with today's factors; a new version where it differs."""
        return self.production_id.action_carbon_recalculate()

    def action_open_production(self):
        """Open the manufacturing order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.production_id.id,
            "view_mode": "form",
        }
