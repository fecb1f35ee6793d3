# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from decimal import Decimal

from odoo import api, models

from odoo.addons.process_monitoring.tools import units

from ..tools import moment


class LotCertificateBatch(models.AbstractModel):
    """What was found wrong or missing, as codes and values: the paper words them for its reader.

    The sentences the plant reads tell its staff what to do, in the language of whoever was there.
    """

    _inherit = "lot.certificate.batch"

    @api.model
    def _describe_deviation(self, deviation, zone):
        snapshot = self.env["lot.certificate.snapshot"]
        return {
            "number": deviation.name,
            "class": deviation.control_class,
            "requirement": deviation.requirement_id.name or "",
            "stage": deviation.stage_id.name or "",
            "attempt": deviation.stage_id.attempt,
            "events": self._get_events(deviation, zone),
            "description": deviation._get_own_words(),
            "from": moment.state_ms(deviation.window_start_ms, zone),
            "until": moment.state_ms(deviation.window_end_ms, zone),
            "cause": deviation.cause or "",
            "correction": deviation.correction or "",
            "prevention": deviation.prevention or "",
            "disposition": deviation.disposition or None,
            "disposition_reason": deviation.disposition_reason or "",
            "state": deviation.state,
            "signatures": snapshot._get_signatures(deviation, zone),
        }

    @api.model
    def _get_events(self, deviation, zone):
        """Return what the evaluation saw: the kind, the reading, the limit it broke, since when."""
        alerts = deviation.alert_ids.sorted("id")
        if alerts:
            return [self._describe_event(alert, zone) for alert in alerts]
        if deviation.kind == "other":
            return []
        since = moment.state_ms(deviation.window_start_ms, zone)
        return [{"kind": deviation.kind, "value": None, "unit": "", "limit": None, "since": since}]

    @api.model
    def _describe_event(self, alert, zone):
        frozen = alert.cycle_id._get_snapshot()
        has_value = bool(alert.limit_ref) and alert.value is not False
        unit = alert.value_unit or frozen["unit"]
        return {
            "kind": alert.kind,
            "value": format(Decimal(f"{alert.value:.10g}"), "f") if has_value else None,
            "unit": units.label(unit) if unit else "",
            "limit": self._find_limit(frozen, alert.limit_ref),
            "since": moment.state_ms(alert.source_ms, zone),
        }

    @api.model
    def _find_limit(self, frozen, reference):
        """Return the limit of the frozen requirement that an alert names, or None."""
        for limit in frozen["limits"]:
            if reference and limit["reference"] == reference:
                return {
                    "kind": limit["kind"],
                    "operator": limit["operator"],
                    "value": limit["value"],
                    "unit": units.label(limit["unit"]) if limit["unit"] else "",
                }
        return None

    @api.model
    def _describe_lacking(self, footprint, lacking):
        """Return code and subject of what a footprint lacks; a product by its translated name."""
        line = footprint.line_ids.filtered(lambda row: row.sequence == lacking["line"])
        product = line.activity_id.product_id
        return {"code": lacking["code"], "subject": product.name or lacking["subject"]}
