# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, content_disposition, request, route


class LayoutPreview(Controller):
    """The sample of a layout, with the rights of whoever asks; nothing is stored."""

    @route(
        "/lot_certificate/layout/<int:layout_id>/preview",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def preview_layout(self, layout_id):
        """Return the PDF; 404 for a layout that the user may not see, or without a sample."""
        layouts = request.env["lot.certificate.layout"]
        layout = layouts.browse(layout_id).exists() if layouts.has_access("read") else layouts
        layout = layout._filtered_access("read")
        if not layout or not layout._get_sample():
            return request.not_found()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(f"{layout.name}.pdf", "inline")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(layout._render_sample(), headers)
