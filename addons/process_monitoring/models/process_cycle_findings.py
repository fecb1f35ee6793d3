# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .. import clock
from ..tools import limits
from ..tools.limits import UNUSABLE


class ProcessCycleFindings(models.Model):
    """What a gate asks of a cycle: everything that keeps its stage from being completed."""

    _inherit = "process.cycle"

    def _get_findings(self, now_ms: int | None = None) -> list[dict]:
        """Return what keeps a stage from being completed: {code, message, res_model, res_id}.

        Codes: missing_reading, breach, stale, missed, unusable, uncalibrated, open_deviation,
        lethality (not reached yet), not_demonstrable, evaluating (late readings are being judged).
        Limits that are not critical and requirements that are not mandatory keep nobody.
        """
        now_ms = clock.now_ms() if now_ms is None else now_ms
        findings = []
        for cycle in self.sudo():
            findings += cycle._find_deviations()
            findings += cycle._find_breaches()
            findings += cycle._find_unfinished()
            if cycle._is_mandatory():
                findings += cycle._find_monitoring(now_ms)
        return findings

    def _finding(self, code: str, message: str, record=None) -> dict:
        record = record or self
        return {
            "code": code,
            "message": message,
            "res_model": record._name,
            "res_id": record.id,
        }

    def _find_deviations(self) -> list[dict]:
        return [
            self._finding(
                "open_deviation",
                self.env._(
                    "Deviation %(deviation)s (%(name)s) is not closed.",
                    deviation=deviation.name,
                    name=self.requirement_id.name,
                ),
                deviation,
            )
            for deviation in self._get_deviations()
            if deviation.state != "closed"
        ]

    def _get_deviations(self):
        """Return the deviations of this window; a room above may know them already."""
        return self.deviation_ids

    def _find_breaches(self) -> list[dict]:
        """Return the broken critical limit: for a CCP for good, else until it is settled."""
        is_settled = self.control_class != "ccp" and all(
            deviation.state == "closed" for deviation in self._get_deviations()
        )
        if not self.breach_count or self.control_class not in ("ccp", "oprp") or is_settled:
            return []
        alert = self.alert_ids.filtered(lambda a: a.kind == "breach")[-1:]
        message = alert.message or self.env._(
            "%s: the critical limit was broken.", self.requirement_id.name
        )
        return [self._finding("breach", message, alert)]

    def _find_unfinished(self) -> list[dict]:
        """Return what the whole of the readings has not shown: lethality, or nothing yet."""
        findings = []
        if self.refold_from_ms:
            message = self.env._(
                "%s: readings that came in late are being judged; try again in a moment.",
                self.requirement_id.name,
            )
            findings.append(self._finding("evaluating", message))
        rule = limits.load_rule(self.limits_snapshot)
        for limit in rule.bounds(limits.LETHALITY):
            if limit.kind == "critical" and self.control_class in ("ccp", "oprp"):
                findings += self._find_lethality(limit, rule.heat_rule)
        return findings

    def _find_lethality(self, limit, heat_rule) -> list[dict]:
        value = 0.0 if self.lethality is False else self.lethality
        words = {
            "name": self.requirement_id.name,
            "what": heat_rule.describe(),
            "value": f"{value:.4g}",
            "bound": f"{limits.SYMBOLS[limit.operator]} {limit.value:g}",
        }
        if self.lethality_gap_ms:
            words["when"] = clock.format_ms(self.env, self.lethality_gap_ms)
            message = self.env._(
                "%(name)s: %(what)s is not demonstrable, because after %(when)s the readings are "
                "too far apart; %(bound)s is required."
            )
            return [self._finding("not_demonstrable", message % words)]
        if limit.holds(value):
            return []
        code = "lethality" if limit.is_lower else "breach"
        message = self.env._("%(name)s: %(what)s is %(value)s, %(bound)s is required.")
        return [self._finding(code, message % words)]

    def _get_last_reading_message(self) -> str:
        if self._get_schedule().frequency == "per_shift":
            return self.env._(
                "%s: there is no valid reading of this shift yet.", self.requirement_id.name
            )
        return self.env._(
            "%s: the reading at the stop is missing; take it now.", self.requirement_id.name
        )

    def _find_monitoring(self, now_ms: int) -> list[dict]:
        """Return what is wrong with the monitoring itself."""
        name = self.requirement_id.name
        findings = []
        if self._is_never_read():
            message = self.env._("%s: there is no valid reading.", name)
            findings.append(self._finding("missing_reading", message))
        elif self.state == "running" and self._lacks_last_reading(now_ms):
            findings.append(self._finding("missing_reading", self._get_last_reading_message()))
        elif self._find_silence(now_ms) or self.last_verdict == UNUSABLE:
            when = clock.format_ms(self.env, self._get_usable_ms())
            message = self.env._("%(name)s: no valid reading since %(when)s.", name=name, when=when)
            code = "unusable" if self.last_verdict == UNUSABLE else "stale"
            findings.append(self._finding(code, message))
        if self._is_uncalibrated(now_ms):
            message = self.env._(
                "%(name)s: the calibration of sensor %(sensor)s is not valid.",
                name=name,
                sensor=self.sensor_id.code,
            )
            findings.append(self._finding("uncalibrated", message, self.sensor_id))
        known = {finding["code"] for finding in findings}
        return findings + self._find_unresolved(known)

    def _find_unresolved(self, known: set[str]) -> list[dict]:
        """Return alerts on monitoring that nobody has resolved, though all is well again."""
        codes = {"missing": "missed", "stale": "stale", "unusable": "unusable"}
        return [
            self._finding(codes[alert.kind], alert.message, alert)
            for alert in self.alert_ids
            if alert.kind in codes
            and alert.state != "resolved"
            and not alert.deviation_id
            and codes[alert.kind] not in known
        ]
