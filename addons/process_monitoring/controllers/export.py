# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The readings of a monitoring window as a file, for people."""

from odoo.http import Controller, content_disposition, request, route


class ReadingExport(Controller):
    """Download what a window's sensor said, with every digit."""

    @route("/process_monitoring/cycle/<int:cycle_id>/readings.csv", type="http", auth="user")
    def download_readings(self, cycle_id):
        """Return the readings of a window; 404 for one that the user may not see."""
        cycles = request.env["process.cycle"]
        cycle = cycles.browse(cycle_id).exists() if cycles.has_access("read") else cycles
        cycle = cycle._filtered_access("read")
        if not cycle:
            return request.not_found()
        name = f"readings-{cycle.sensor_id.code or cycle.id}-{cycle.start_ms}.csv"
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(cycle.export_readings_csv(), headers)
