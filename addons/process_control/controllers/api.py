# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every path of the API does alike: bearer key, JSON in and out, problems as errors.

A handler returns what becomes the JSON answer, or raises: the transaction is then rolled back
and the caller gets a problem document. A status other than 200 is returned beside the answer.
"""

import functools
import json
import re
from datetime import datetime

from psycopg2 import OperationalError

from odoo import http
from odoo.exceptions import AccessDenied, UserError
from odoo.http import Response, request

from ..models.problem import ApiProblem, to_problem

PREFIX = "/api/v1/batch-progression"
MAX_BODY = 1_000_000
MAX_LIMIT = 200
_ID = re.compile(r"^[1-9][0-9]{0,8}$", re.ASCII)


def endpoint(path: str, method: str):
    """Make a handler a path of the API: `handler(self, <path parameters>, body or query)`."""

    def decorate(handler):
        @http.route(
            f"{PREFIX}{path}",
            type="http",
            auth="bearer",
            methods=[method],
            csrf=False,
            save_session=False,
            max_content_length=MAX_BODY,
        )
        @functools.wraps(handler)
        def wrapper(self, **parameters):
            data = read_body() if method == "POST" else request.httprequest.args.to_dict()
            names = re.findall(r"<(?:\w+:)?(\w+)>", path)
            return answer(handler, self, *(parameters[name] for name in names), data)

        return wrapper

    return decorate


def answer(handler, *args):
    """Call the handler; turn errors that belong to the caller into problems."""
    try:
        result = handler(*args)
    except OperationalError:
        # Odoo itself repeats the request when two transactions met
        raise
    except (UserError, AccessDenied) as exc:
        raise to_problem(exc) from exc
    if isinstance(result, Response):
        return result
    data, status = result if isinstance(result, tuple) else (result, 200)
    return request.make_json_response(data, status=status)


def read_body() -> dict:
    """Return the JSON object of the request; an empty body is an empty object."""
    http_request = request.httprequest
    if http_request.content_length and http_request.mimetype != "application/json":
        raise ApiProblem(415, "Send the body as application/json.")
    raw = http_request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise ApiProblem(400, "The body is not valid JSON in UTF-8.") from exc
    if not isinstance(body, dict):
        raise ApiProblem(400, "The body must be a JSON object.")
    return body


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")


def find(model: str, identifier: str):
    """Return the record of an id the caller may see; what he may not see does not exist."""
    records = request.env[model]
    if not records.has_access("read"):
        raise ApiProblem(403, "Your user has no role that may read this.")
    if not _ID.match(identifier):
        raise ApiProblem(404, "There is no such resource.")
    record = records.browse(int(identifier)).exists()._filtered_access("read")
    if not record:
        raise ApiProblem(404, "There is no such resource.")
    return record.with_company(record.company_id)


def text(body: dict, key: str, limit: int = 4000) -> str:
    """Return an optional text of the body."""
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit or "\x00" in value:
        raise ApiProblem(422, f"{key} must be a text of at most {limit} characters.")
    return value.strip()


def milliseconds(body: dict, key: str) -> int | None:
    """Return an optional time of the body: ISO 8601 with its offset, or ms since 1970 UTC."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**14:
        return value
    if isinstance(value, str):
        found = _from_iso(value)
        if found:
            return found
    raise ApiProblem(
        422, f"{key} must be ISO 8601 with an offset, or milliseconds since 1970 in UTC."
    )


def _from_iso(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year < 1971:
        return None
    return round(moment.timestamp() * 1000)


def page(records, domain: list, query: dict) -> tuple:
    """Return (records of one page, cursor of the next one or None), newest first."""
    limit = query.get("limit", "50")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit) <= MAX_LIMIT:
        raise ApiProblem(422, f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    cursor = query.get("cursor")
    if cursor is not None:
        if not _ID.match(cursor):
            raise ApiProblem(422, "cursor must be one that an earlier page gave.")
        domain = [*domain, ("id", "<", int(cursor))]
    found = records.search(domain, limit=int(limit) + 1, order="id desc")
    some = found[: int(limit)]
    return some, str(some[-1:].id) if len(found) > len(some) else None
