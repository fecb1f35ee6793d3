# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import limits, units


class ProcessDeviationEstimate(models.Model):
    """How much was made while control had failed, as the flow sensor of the requirement saw it.

    An estimate, and named as one: what is held and decided on are lots, whole ones where there is
    no smaller part. It is computed anew from the readings each time, and never typed or stored.
    """

    _inherit = "process.deviation"

    affected_estimate = fields.Char(
        string="Affected (estimate)",
        compute="_compute_affected_estimate",
        help="Volume that flowed from the last good reading to the next good one, by the flow "
        "sensor of the requirement. The lots held are what is decided on, not this figure.",
    )

    @api.depends("window_start_ms", "window_end_ms", "last_bad_ms", "cycle_id")
    def _compute_affected_estimate(self):
        for deviation in self:
            deviation.affected_estimate = deviation.sudo()._estimate_affected()

    def _estimate_affected(self) -> str:
        """Return the volume in words; nothing where no flow is known of the window."""
        self.ensure_one()
        sensor = self.cycle_id.flow_sensor_id
        end_ms = self.window_end_ms or self.last_bad_ms
        if not sensor or not self.window_start_ms or end_ms <= self.window_start_ms:
            return ""
        litres = self._sum_flow(sensor, self.window_start_ms, end_ms)
        if litres is None:
            return self.env._("not known: %s said nothing usable in time", sensor.code)
        words = {"litres": f"{litres:.0f}", "sensor": sensor.code}
        if not self.window_end_ms:
            return self.env._("about %(litres)s l so far, by %(sensor)s", **words)
        return self.env._("about %(litres)s l, by %(sensor)s", **words)

    def _sum_flow(self, sensor, start_ms: int, end_ms: int) -> float | None:
        """Return the litres that flowed; each usable reading holds until the next one.

        What was said before the window counts as long as the requirement takes a flow for known.
        None if nothing usable covers the beginning: a part of the volume would be missing.
        """
        tube = limits.load_rule(self.cycle_id.limits_snapshot).tube
        if not tube:
            return None
        query = SQL(
            """
            SELECT min(source_ms), sum(value * (LEAST(next_ms, %(end)s)
                                                - GREATEST(source_ms, %(start)s)) / 3600000.0)
              FROM (SELECT source_ms, value, lead(source_ms, 1, %(end)s)
                               OVER (ORDER BY source_ms, sequence) AS next_ms
                      FROM process_reading
                     WHERE sensor_id = %(sensor)s AND source_ms >= %(from)s
                       AND source_ms < %(end)s AND value IS NOT NULL
                       AND quality BETWEEN 192 AND 255) AS flow
             WHERE next_ms > %(start)s
            """,
            sensor=sensor.id,
            start=start_ms,
            end=end_ms,
            **{"from": start_ms - tube.max_age_ms},
        )
        [[first_ms, volume]] = self.env.execute_query(query)
        if first_ms is None or first_ms - start_ms > tube.max_age_ms:
            return None
        return float(volume) * units.convert(1.0, sensor.canonical_unit, "l/h")
