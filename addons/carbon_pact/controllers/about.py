# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, request, route

from ..tools import document


class About(Controller):
    """The page that says what is here and whose specification it follows; it holds no data."""

    @route("/3/about", type="http", auth="public", methods=["GET"], save_session=False)
    def show_about(self, **_query):
        """Show the notice and the paths."""
        return request.render(
            "carbon_pact.about_page",
            {"spec_version": document.SPEC_VERSION},
            headers={
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                "X-Content-Type-Options": "nosniff",
            },
        )
