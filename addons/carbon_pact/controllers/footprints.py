# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from urllib.parse import urlencode

from odoo.fields import Domain
from odoo.http import Controller, request

from ..errors import Refusal, respond
from ..tools import cloudevent, criteria
from .door import door, get_base, require_client

LIMIT, MAX_LIMIT = 100, 500


class Footprints(Controller):
    """The product footprints that a client may see: listed, or one by its id."""

    @door("/3/footprints", "GET")
    def list_footprints(self, **_query):
        """List footprints, the active ones first; filters and pages by the query."""
        client = require_client()
        given = request.httprequest.args
        asked = criteria.read_query(given.items(multi=True))
        if isinstance(asked, str):
            raise Refusal(400, asked)
        limit = min(_read_number("limit", LIMIT), MAX_LIMIT)
        offset = _read_number("offset", 0)
        found = client._find_footprints(asked, limit=limit + 1, offset=offset)
        data = [footprint._to_json() for footprint in found[:limit]]
        headers = {}
        if len(found) > limit:
            headers["Link"] = f'<{_get_link(limit or LIMIT, offset + limit)}>; rel="next"'
        return respond({"data": data}, 200, headers)

    @door("/3/footprints/<string:footprint_id>", "GET")
    def get_footprint(self, footprint_id, **_query):
        """Return one footprint; what a client may not see does not exist for it."""
        client = require_client()
        found = request.env["pact.footprint"].sudo()
        if cloudevent.is_uuid(footprint_id):
            domain = client._get_footprint_domain()
            found = found.search(domain & Domain("uuid", "=", footprint_id.lower()))
        if not found:
            raise Refusal(404, "There is no such footprint.")
        return respond({"data": found._to_json()}, 200, {})


def _read_number(name: str, default: int) -> int:
    value = request.httprequest.args.get(name)
    if not value:
        return default
    if not re.fullmatch(r"[0-9]+", value, re.ASCII):
        raise Refusal(400, f"{name} must be a whole number from 0 on.")
    # as long as one likes to write it; more than this is past every end
    return int(value[-9:]) if len(value.lstrip("0")) < 10 else 10**9


def _get_link(limit: int, offset: int) -> str:
    """Return the address of the next page, as the caller named host and path."""
    pairs = [
        (name, value)
        for name, value in request.httprequest.args.items(multi=True)
        if name not in ("limit", "offset")
    ]
    query = urlencode([*pairs, ("limit", limit), ("offset", offset)])
    return f"{get_base()}/3/footprints?{query}"
