# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL

from odoo.addons.audit_chain.fields import BigInt


class ProcessSensorUnchanged(models.Model):
    """Sources that report changes only: while one is connected, its silence is a statement."""

    _inherit = "process.sensor"

    unchanged_ms = BigInt(
        string="Unchanged until (ms UTC)",
        readonly=True,
        aggregator=None,
        copy=False,
        help="The source was connected and reports changes only (Sparkplug B): the last reading "
        "still held at this time. Kept by the bridge, for sensors that are being monitored.",
    )

    @api.model
    def _note_unchanged(self, codes: list[str], at_ms: int) -> None:
        """Note that the sources of these sensors are connected, and said nothing new until now.

        Called by a bridge every few seconds, after everything it had received was stored; codes
        are those of the current company. Rows that another transaction has are left to next time.
        """
        self.env.flush_all()
        noted = self.env.execute_query(
            SQL(
                """
                UPDATE process_sensor SET unchanged_ms = %(now)s WHERE id IN (
                    SELECT sensor.id FROM process_sensor sensor
                     WHERE sensor.code = ANY(%(codes)s) AND sensor.company_id = %(company)s
                       AND COALESCE(sensor.unchanged_ms, 0) < %(now)s
                       AND EXISTS (
                           SELECT FROM process_cycle cycle WHERE cycle.state = 'running'
                              AND sensor.id IN (cycle.sensor_id, cycle.condition_sensor_id,
                                                cycle.flow_sensor_id))
                       FOR NO KEY UPDATE SKIP LOCKED)
                RETURNING id
                """,
                now=at_ms,
                codes=codes,
                company=self.env.company.id,
            )
        )
        sensors = self.browse([line[0] for line in noted])
        sensors.invalidate_recordset(["unchanged_ms"])
        if sensors:
            self.env["process.cycle"].sudo()._carry_in(sensors)
