# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CarbonWorkbook(http.Controller):
    """The workbook of a footprint, with the rights of whoever asks; nothing is stored."""

    @http.route(
        "/carbon_footprint/<int:footprint_id>/workbook", type="http", auth="user", readonly=True
    )
    def workbook(self, footprint_id):
        """Return the .xlsx of one footprint."""
        record = request.env["carbon.footprint"].browse(footprint_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return request.make_response(
            record._render_workbook(),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{record._get_file_stem()}.xlsx")),
            ],
        )
