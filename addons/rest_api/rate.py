# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How many requests an API key may send, counted in the memory of each server process."""

import hashlib
import time

from odoo.http import request

from .problem import ApiProblem
from .tools.token_bucket import Limiter

PARAMETER = "rest_api.requests_per_minute"
DEFAULT = 1200
_HEADERS = "rest_api.rate_headers"
_limiter = Limiter()


def check_rate(caller: str = "") -> dict[str, str]:
    """Return headers that say what is left to the key; refuse one that sends too much.

    A request that Odoo repeats itself is counted once. A door whose callers get a new key every
    now and then names the caller itself.
    """
    environ = request.httprequest.environ
    if _HEADERS not in environ:
        environ[_HEADERS] = _count((request.db, caller) if caller else _get_caller())
    return environ[_HEADERS]


def _count(caller: tuple[str, str]) -> dict[str, str]:
    allowed = get_allowed()
    if not allowed:
        return {}
    taken = _limiter.take(caller, allowed, time.monotonic())
    # as drafted by the IETF's HTTPAPI group: https://ietf-wg-httpapi.github.io/ratelimit-headers/
    headers = {
        "RateLimit-Policy": f'"key";q={allowed};w=60',
        "RateLimit": f'"key";r={taken.left};t={taken.full_s}',
    }
    if not taken.wait_s:
        return headers
    problem = ApiProblem(
        429, f"This key may send {allowed} requests a minute. Wait {taken.wait_s} s and go on."
    )
    problem.headers.update(headers, **{"Retry-After": str(taken.wait_s)})
    raise problem


def get_allowed() -> int:
    """Return the requests a minute that are allowed; 0 for as many as you like."""
    value = request.env["ir.config_parameter"].sudo().get_param(PARAMETER, "")
    return int(value) if value.isascii() and value.isdigit() else DEFAULT


def _get_caller() -> tuple[str, str]:
    """Name the key by its hash: no key is kept in clear."""
    key = request.httprequest.headers.get("Authorization") or f"user {request.env.uid}"
    return request.db, hashlib.sha256(key.encode()).hexdigest()
