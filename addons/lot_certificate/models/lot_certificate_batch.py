# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from odoo.addons.audit_chain.tools import chain
from odoo.addons.audit_chain.tools.decimals import to_text
from odoo.addons.process_monitoring.tools import units

from ..tools import moment

DEPTH = 5
GAPS = ("missing", "stale", "unusable", "uncalibrated")
FOOTPRINT_FIGURES = (
    "state",
    "total_kg_co2e",
    "product_kg_co2e",
    "kg_co2e_per_kg",
    "quantity_kg",
    "rule",
    "date",
)
ACTIVITY_KEYS = (
    "name",
    "source",
    "scope",
    "stage",
    "factor_name",
    "gwp_set",
    "data_quality",
    "product_kg_co2e",
)


class LotCertificateBatch(models.AbstractModel):
    """The chapter of one lot in a snapshot: where it comes from, how it was made, its footprint."""

    _name = "lot.certificate.batch"
    _description = "One lot in the snapshot of a certificate"

    @api.model
    def _describe(self, lot, zone):
        """Return what is known of `lot`, times in `zone`."""
        production = lot._get_certificate_production()
        run = production.process_run_id
        return {
            "lot": lot.name,
            "product": lot.product_id.name or "",
            "product_code": lot.product_id.default_code or "",
            "quantity": to_text(lot._get_certificate_made_quantity(production)),
            "unit": lot.product_uom_id._get_symbol(),
            "expiry": moment.state(self._get_expiry(lot), zone),
            "order": production.name or None,
            "made": moment.state(production.date_finished, zone) if production else None,
            "release": self._get_release(lot, zone),
            "inputs": self._get_inputs(production, zone),
            "process": self._get_process(run, zone) if run else None,
            "carbon_footprint": self._get_footprint(lot, production),
        }

    @api.model
    def _get_expiry(self, lot):
        """Return the expiration date, where product_expiry is installed."""
        return lot.expiration_date if "expiration_date" in lot._fields else None

    @api.model
    def _get_release(self, lot, zone):
        if lot.release_state == "none":
            return None
        snapshot = self.env["lot.certificate.snapshot"]
        return {
            "state": lot.release_state,
            "released": moment.state_ms(lot.released_at_ms, zone),
            "signatures": snapshot._get_signatures(lot, zone),
        }

    # -- materials ----------------------------------------------------------------------------

    @api.model
    def _get_inputs(self, production, zone, depth=DEPTH):
        """Return what an order consumed, lot by lot, down to the lots of suppliers."""
        if not production:
            return []
        domain = [
            ("move_id.raw_material_production_id", "=", production.id),
            ("state", "=", "done"),
        ]
        lines = production.env["stock.move.line"].search_fetch(domain, order="id")
        consumed = {}
        for line in lines:
            key = (line.product_id, line.lot_id)
            quantity = line.product_uom_id._compute_quantity(
                line.quantity, line.product_id.uom_id, round=False
            )
            consumed[key] = consumed.get(key, 0.0) + quantity
        receipts = self._get_receipts(lines.lot_id)
        return [
            self._describe_input(product, lot, quantity, receipts.get(lot), zone, depth)
            for (product, lot), quantity in sorted(
                consumed.items(), key=lambda item: (item[0][0].name or "", item[0][1].name or "")
            )
        ]

    @api.model
    def _describe_input(self, product, lot, quantity, receipt, zone, depth):
        described = {
            "product": product.name or "",
            "product_code": product.default_code or "",
            "lot": lot.name or None,
            "quantity": to_text(quantity),
            "unit": product.uom_id._get_symbol(),
            "supplier": None,
            "receipt": None,
            "received": None,
            "inputs": [],
        }
        if receipt:
            described.update(
                supplier=receipt.picking_id.partner_id.commercial_partner_id.name or None,
                receipt=receipt.picking_id.name or None,
                received=moment.state(receipt.date, zone),
            )
        elif lot and depth > 1:
            described["inputs"] = self._get_inputs(
                lot._get_certificate_production(), zone, depth - 1
            )
        return described

    @api.model
    def _get_receipts(self, lots):
        """Return lot → the line of its first receipt from a supplier, for those that have one."""
        if not lots:
            return {}
        domain = [
            ("lot_id", "in", lots.ids),
            ("state", "=", "done"),
            ("location_id.usage", "=", "supplier"),
        ]
        lines = self.env["stock.move.line"].search_fetch(domain, order="date desc, id desc")
        return {line.lot_id: line for line in lines}  # of each lot, the earliest stays

    # -- process record -----------------------------------------------------------------------

    @api.model
    def _get_process(self, run, zone):
        snapshot = self.env["lot.certificate.snapshot"]
        approvals = self.env["process.approval"].search_fetch([("run_id", "=", run.id)], order="id")
        return {
            "plan": run.plan_id.name,
            "plan_code": run.plan_id.code,
            "plan_revision": run.plan_id.revision,
            "plan_sha256": run.plan_hash,
            "plan_signatures": snapshot._get_signatures(run.plan_id, zone, run.plan_hash),
            "batch": run.name,
            "state": run.state,
            "started": moment.state_ms(run.start_ms, zone),
            "ended": moment.state_ms(run.end_ms, zone),
            "stages": [
                {
                    "name": stage.name,
                    "attempt": stage.attempt,
                    "is_ccp": stage.is_ccp,
                    "state": stage.state,
                    "started": moment.state_ms(stage.start_ms, zone),
                    "ended": moment.state_ms(stage.end_ms, zone),
                    "reason": stage.reason or "",
                }
                for stage in run.stage_ids.sorted(lambda s: (s.sequence, s.attempt, s.id))
            ],
            "monitoring": self._get_monitoring(run, zone),
            "deviations": [
                self._describe_deviation(deviation, zone)
                for deviation in run.deviation_ids.sorted("id")
            ],
            "approvals": [
                {
                    "approval": approval.name,
                    "level": approval.level_id.name,
                    "stage": approval.stage_id.name,
                    "attempt": approval.stage_id.attempt,
                    "state": approval.state,
                    "signatures": snapshot._get_signatures(approval, zone),
                }
                for approval in approvals
            ],
        }

    @api.model
    def _get_monitoring(self, run, zone):
        """Return each monitored requirement of each attempt; critical control points first."""
        stages = run.stage_ids.sorted(lambda s: (s.sequence, s.attempt, s.id))
        rank = {"ccp": 0, "oprp": 1, "prp": 2, "quality": 3}
        cycles = sorted(stages.cycle_ids, key=lambda c: rank.get(c.control_class, 9))
        return [self._describe_cycle(cycle, zone) for cycle in cycles]

    @api.model
    def _describe_cycle(self, cycle, zone):
        frozen = cycle._get_snapshot()
        gaps = cycle.alert_ids.filtered(lambda alert: alert.kind in GAPS)
        return {
            "stage": cycle.stage_id.name or "",
            "attempt": cycle.stage_id.attempt,
            "requirement": frozen["requirement"],
            "class": frozen["control_class"],
            "parameter": cycle.requirement_id.parameter_id.name or frozen["parameter"],
            "sensor": frozen["sensor"],
            "unit": units.label(frozen["unit"]) if frozen["unit"] else "",
            "limits": [
                {
                    "kind": limit["kind"],
                    "operator": limit["operator"],
                    "value": limit["value"],
                    "unit": units.label(limit["unit"]) if limit["unit"] else "",
                }
                for limit in frozen["limits"]
            ],
            "limits_sha256": cycle.limits_hash or "",
            "readings": cycle.reading_count,
            "breaches": cycle.breach_count,
            "minimum": self._decimal(cycle.min_value),
            "maximum": self._decimal(cycle.max_value),
            "first": moment.state_ms(cycle.first_ms, zone),
            "last": moment.state_ms(cycle.last_source_ms, zone),
            "verdict": self._get_verdict(cycle, gaps),
            "gaps": [
                {"kind": gap.kind, "since": moment.state_ms(gap.source_ms, zone)}
                for gap in gaps.sorted("id")
            ],
        }

    @api.model
    def _get_verdict(self, cycle, gaps):
        """Say conform only when readings were judged, none broke a limit and none was missed."""
        if cycle.breach_count:
            return "breach"
        if gaps:
            return "gaps"
        if not cycle.reading_count:
            return "no_readings"
        if not cycle._get_snapshot()["limits"]:
            return "recorded"
        return "conform" if cycle.conform_count else "not_judged"

    @api.model
    def _decimal(self, value):
        """Return a measured value as text, every digit of it; None when nothing was measured."""
        if value is None or value is False:
            return None
        return format(Decimal(repr(value)), "f")

    # -- footprint ----------------------------------------------------------------------------

    @api.model
    def _get_footprint(self, lot, production):
        """Return the product footprint of the lot, incomplete with its gaps, or None.

        Meter readings stay in the plant: `snapshot_sha256` names the full calculation, which is
        in the company's chain.
        """
        footprint = lot._get_carbon_output().footprint_id or self.env["carbon.footprint"].search(
            # one that could not be calculated has no outputs, but it has its gaps
            [("production_id", "=", production.id), ("is_current", "=", True)],
            limit=1,
        )
        if not footprint:
            return None
        full = footprint._snapshot()
        figures = {name: full.get(name) for name in FOOTPRINT_FIGURES}
        return {
            **figures,
            "lacking": [
                self._describe_lacking(footprint, lacking) for lacking in full.get("lacking", [])
            ],
            "lot_output": [row for row in full["outputs"] if row.get("lot") == lot.name],
            "activities": [
                {key: row.get(key) for key in ACTIVITY_KEYS} for row in full["activities"]
            ],
            "snapshot_sha256": chain.digest(full),
            "is_iscc_claim": False,
        }
