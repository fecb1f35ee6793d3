# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BatchRecord(Controller):
    """The workbook of a batch record, with the rights of whoever asks; nothing is stored."""

    @route("/process_control/run/<int:run_id>/record.xlsx", type="http", auth="user", readonly=True)
    def download_record(self, run_id):
        """Return the .xlsx of one batch; 404 for one that the user may not see."""
        runs = request.env["process.run"]
        run = runs.browse(run_id).exists() if runs.has_access("read") else runs
        run = run._filtered_access("read")
        if not run:
            return request.not_found()
        name = f"{request.env._('Batch record')} {run.name.replace('/', '-')}.xlsx"
        headers = [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        return request.make_response(run._render_record_workbook(), headers)
