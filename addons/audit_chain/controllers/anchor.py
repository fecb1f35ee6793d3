# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.http import content_disposition, request


class AuditAnchorFile(http.Controller):
    """The download behind the button “Anchor file”."""

    @http.route(
        "/audit_chain/anchor/<int:anchor_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def anchor(self, anchor_id):
        """Send an anchor file to whoever may read the anchor."""
        anchor = request.env["audit.anchor"].search([("id", "=", anchor_id)])
        if not anchor:
            raise request.not_found()
        name = f"anchor-{anchor.made_at[:10]}-{anchor.root[:8]}.json"
        headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(anchor._get_file().encode(), headers)
