# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, request, route

# A picture and nothing else: no script, no style from elsewhere, whatever a name contains.
HEADERS = [
    ("Content-Type", "image/svg+xml; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "private, max-age=60"),
]


class ProcessChart(Controller):
    """Pictures of readings, for notes of activities: who may not read the record gets none."""

    @route(
        "/process_monitoring/deviation/<model('process.deviation'):deviation>/chart.svg",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def get_deviation_chart(self, deviation):
        """Return the picture of a deviation's window with its limits."""
        return request.make_response(deviation._get_picture(), headers=HEADERS)
