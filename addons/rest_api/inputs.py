# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What handlers read: the body, ids, texts, times, pages; what is wrong is a problem."""

import json
import math
import re
from collections.abc import Callable
from datetime import datetime

from odoo.http import request

from .problem import ApiProblem

MAX_BODY = 1_000_000
MAX_LIMIT = 200
ID_PATTERN = "^[1-9][0-9]{0,8}$"
_ID = re.compile(ID_PATTERN, re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{1,14}", re.ASCII)


def read_body(mimetypes: tuple[str, ...] = ("application/json",)) -> dict:
    """Return the JSON object of the request; an empty body is an empty object."""
    http_request = request.httprequest
    # a form has been read by Odoo already: only the headers still tell that there was a body
    is_sent = http_request.content_length or "Transfer-Encoding" in http_request.headers
    if is_sent and http_request.mimetype not in mimetypes:
        raise ApiProblem(415, f"Send the body as {mimetypes[0]}.")
    raw = http_request.get_data()
    # a body in chunks names no length, and Werkzeug cuts it off at the limit without a word
    if not http_request.content_length and len(raw) >= MAX_BODY:
        raise ApiProblem(413, f"Send at most {MAX_BODY} bytes.")
    if not raw:
        return {}
    try:
        body = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_read_int,
            parse_float=_read_float,
        )
    except (ValueError, RecursionError) as exc:
        raise ApiProblem(400, "The body is not valid JSON in UTF-8.") from exc
    if not isinstance(body, dict):
        raise ApiProblem(400, "The body must be a JSON object.")
    if not _is_storable(body):
        raise ApiProblem(400, "A text of the body holds a character that cannot be stored.")
    return body


def _refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")


def _read_int(digits: str) -> int:
    """Read a whole number; one beyond 64 bits fits no column and no measured value."""
    if len(digits.lstrip("-")) > 19:
        raise ApiProblem(400, f"The whole number {digits[:24]}… of the body has over 19 digits.")
    return int(digits)


def _read_float(digits: str) -> float:
    """Read a number; one so large that it would be read as infinite is none."""
    value = float(digits)
    if math.isinf(value):
        raise ApiProblem(400, f"The number {digits[:24]} of the body is too large.")
    return value


def _is_storable(value) -> bool:
    """Tell whether PostgreSQL can hold every text: no zero byte, no half of a surrogate pair."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending += [*item, *item.values()]
        elif isinstance(item, list):
            pending += item
        elif isinstance(item, str) and ("\x00" in item or re.search("[\ud800-\udfff]", item)):
            return False
    return True


def readable(model: str):
    """Return the model, if the caller has a role that may read it."""
    records = request.env[model]
    if not records.has_access("read"):
        raise ApiProblem(403, "Your user has no role that may read this.")
    return records


def find(model: str, identifier: str):
    """Return the record of an id the caller may see; what he may not see does not exist."""
    records = readable(model)
    if not _ID.fullmatch(identifier):
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
    if not isinstance(value, str) or len(value) > limit:
        raise ApiProblem(422, f"{key} must be a text of at most {limit} characters.")
    return value.strip()


def milliseconds(body: dict, key: str) -> int | None:
    """Return an optional time of the body: ISO 8601 with its offset, or ms since 1970 UTC."""
    value = body.get(key)
    if value is None:
        return None
    found = read_time(value)
    if found:
        return found
    raise ApiProblem(
        422, f"{key} must be ISO 8601 with an offset, or milliseconds since 1970 in UTC."
    )


def read_time(value) -> int | None:
    """Return a time in ms UTC; None when the value is no time."""
    found = _from_iso(value) if isinstance(value, str) else value
    # 14 digits reach the year 5138: a later time is a slip, and no date holds all of them
    is_time = isinstance(found, int) and not isinstance(found, bool) and 0 < found < 10**14
    return found if is_time else None


def _from_iso(value: str) -> int | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None or moment.year < 1971:
        return None
    return round(moment.timestamp() * 1000)


def read_span(query: dict) -> tuple[int | None, int | None]:
    """Return (from, until) of a query in ms UTC; in a query milliseconds come as text."""
    span = []
    for key in ("from", "until"):
        value = query.get(key)
        if value and _MILLISECONDS.fullmatch(value):
            value = int(value)
        # a plus sign that was not escaped arrives as a space
        elif value:
            value = value.replace(" ", "+")
        span.append(milliseconds({key: value}, key))
    return span[0], span[1]


def span_domain(field: str, query: dict) -> list:
    """Return the domain of a time in ms that a query's from and until ask for."""
    since, until = read_span(query)
    domain = [] if since is None else [(field, ">=", since)]
    return domain if until is None else [*domain, (field, "<", until)]


def page(records, domain: list, query: dict, to_json: Callable[..., dict]) -> dict:
    """Return one page of the records as its answer, newest first: see `schemas.paged`."""
    limit = read_limit(query)
    cursor = read_cursor(query)
    if cursor:
        domain = [*domain, ("id", "<", *cursor)]
    found = records.search(domain, limit=limit + 1, order="id desc")
    some = found[:limit]
    return {
        "items": [to_json(record) for record in some],
        "next_cursor": str(some[-1:].id) if len(found) > len(some) else None,
    }


def cursor_pattern(*digits: int) -> str:
    """Return the pattern of a cursor: whole numbers of at most so many digits."""
    return "^" + "-".join(f"[0-9]{{1,{most}}}" for most in digits) + "$"


def read_cursor(query: dict, *digits: int) -> tuple[int, ...] | None:
    """Return the numbers of a cursor; without `digits` it is the id of the last record seen."""
    cursor = query.get("cursor")
    if cursor is None:
        return None
    pattern = cursor_pattern(*digits) if digits else ID_PATTERN
    if not re.fullmatch(pattern, cursor, re.ASCII):
        raise ApiProblem(422, "cursor must be one that an earlier page gave.")
    return tuple(int(part) for part in cursor.split("-"))


def read_limit(query: dict) -> int:
    """Return how many items a page shall have."""
    limit = query.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,3}", limit) or not 1 <= int(limit) <= MAX_LIMIT:
        raise ApiProblem(422, f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    return int(limit)


def choice(query: dict, key: str, allowed) -> str | None:
    """Return an optional word of the query that must be one of those known."""
    value = query.get(key)
    if value is not None and value not in allowed:
        raise ApiProblem(422, f"{key} must be one of " + ", ".join(allowed) + ".")
    return value
