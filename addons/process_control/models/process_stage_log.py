# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.process_monitoring.clock import now_ms
from odoo.addons.process_monitoring.tools.sample import MAX_TEXT, QUALITY_GOOD, Sample

from .process_stage_log_entry import DUPLICATE


class ProcessStageLog(models.Model):
    """Readings that a person or a program delivers for one attempt, and those it has."""

    _inherit = "process.stage"

    def action_add_monitoring_logs(self, items):
        """Hand readings of this attempt to the readings' door; return what became of them.

        :param items: list of dict(sensor or requirement, value or text, unit, source_ms, sequence,
            quality); without a time a reading is of now. What people enter (text is the answer,
            reason says why it is late) becomes a manual entry of the user.
        :return: dict(stored, duplicates, rejected: list of dict(index, reason))
        """
        self.ensure_one()
        self._require_role("operator", "integration")
        if self.state not in ("running", "held"):
            raise UserError(
                self.env._(
                    "Stage %(stage)s is %(state)s: readings are added while it runs.",
                    stage=self.display_name,
                    state=self._get_label("state").lower(),
                )
            )
        server_ms = now_ms()
        accepted, rejected, entered = [], [], []
        for index, item in enumerate(items):
            cycle = self._find_manual_cycle(item)
            if cycle:
                entered.append((index, self._enter_item(cycle, item)))
                continue
            sample, reason = self._prepare_sample(item, server_ms)
            if reason:
                rejected.append((index, reason))
            else:
                accepted.append((index, sample))
        return self._do_add_samples(accepted, rejected, entered)

    def _do_add_samples(self, accepted: list, rejected: list, entered: list) -> dict:
        known = sum(reason == DUPLICATE for _index, reason in entered)
        stored = sum(reason is None for _index, reason in entered)
        rejected += [line for line in entered if line[1] not in (None, DUPLICATE)]
        door = self.env["process.reading"].with_company(self.company_id)
        result = door._ingest([sample for _index, sample in accepted])
        rejected += [(accepted[place][0], reason) for place, reason in result.rejected]
        return {
            "stored": result.stored + stored,
            "duplicates": result.duplicates + known,
            "rejected": [{"index": index, "reason": reason} for index, reason in sorted(rejected)],
        }

    def _prepare_sample(self, item: dict, server_ms: int) -> tuple[Sample | None, str | None]:
        """Return the sample of an item, or why it does not belong to this attempt."""
        sensor, reason = self._find_log_sensor(item)
        if reason:
            return None, reason
        source_ms = item.get("source_ms")
        source_ms = server_ms if source_ms is None else source_ms
        is_time = isinstance(source_ms, int) and not isinstance(source_ms, bool)
        if is_time and source_ms < self.start_ms:
            return None, self.env._("It was measured before the stage began.")
        sample = Sample(
            sensor=sensor.code,
            source_ms=source_ms,
            sequence=item.get("sequence", 0),
            value=item.get("value"),
            text=item.get("text"),
            unit=item.get("unit"),
            quality=item.get("quality", QUALITY_GOOD),
            origin=f"api:{self.env.user.login}"[:MAX_TEXT],
        )
        return sample, None

    def _find_log_sensor(self, item: dict):
        """Return (sensor, why not): by its code, or by the requirement it serves."""
        cycles = self.sudo().cycle_ids
        code, name = item.get("sensor"), item.get("requirement")
        if code is not None:
            sensors = cycles.sensor_id | cycles.condition_sensor_id
            found = sensors.filtered(lambda sensor: sensor.code == code)
            reason = self.env._("No sensor “%s” is monitored at this stage.", str(code)[:80])
        else:
            matching = cycles.filtered(lambda cycle: cycle.requirement_id.name == name)
            found = matching.sensor_id
            reason = self.env._("No requirement “%s” is monitored at this stage.", str(name)[:80])
        return (found, None) if len(found) == 1 else (None, reason)

    def _search_readings(self, from_ms, until_ms, before, limit: int):
        """Return readings in the windows of this attempt, newest first.

        :param before: (source_ms, id) of the last reading that has been seen, or None.
        """
        self.ensure_one()
        windows = Domain.FALSE
        for cycle in self.sudo().cycle_ids:
            sensors = cycle.sensor_id | cycle.condition_sensor_id
            window = Domain("sensor_id", "in", sensors.ids)
            window &= Domain("source_ms", ">=", cycle.start_ms)
            if cycle.end_ms:
                window &= Domain("source_ms", "<=", cycle.end_ms)
            windows |= window
        domain = windows
        if from_ms:
            domain &= Domain("source_ms", ">=", from_ms)
        if until_ms:
            domain &= Domain("source_ms", "<", until_ms)
        if before:
            last_ms, last_id = before
            domain &= Domain("source_ms", "<", last_ms) | (
                Domain("source_ms", "=", last_ms) & Domain("id", "<", last_id)
            )
        return self.env["process.reading"].search(
            domain, limit=limit, order="source_ms desc, id desc"
        )
