# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, Response, request, route
from odoo.tools import file_open

from .. import openapi
from ..answers import make_conditional
from ..area import get_areas

_LOADED = ("script-src", "style-src", "connect-src", "img-src")
_POLICY = "; ".join(["default-src 'none'", *(f"{each} 'self'" for each in _LOADED)])


class Documentation(Controller):
    """What the API says about itself, open to everybody: it holds no data of the plant."""

    @route("/api/v1/openapi.json", type="http", auth="public", methods=["GET"], save_session=False)
    def read_openapi(self, **_query):
        """Return the OpenAPI document of the rooms installed, with this server's own address."""
        server = request.httprequest.host_url.rstrip("/")
        areas = get_areas(request.registry._init_modules)
        return make_conditional(request.make_json_response(openapi.build(server, areas)))

    @route("/api/v1/docs", type="http", auth="public", methods=["GET"], save_session=False)
    def read_page(self, **_query):
        """Return the page that shows the document; it loads nothing from elsewhere."""
        with file_open("rest_api/static/api/docs.html") as stream:
            html = stream.read()
        return Response(
            html,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": _POLICY},
        )
