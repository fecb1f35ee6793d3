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
_COUNTED = "rest_api.is_counted"
_limiter = Limiter()


def check_rate() -> None:
    """Refuse a key that sends too much; a request that Odoo repeats itself is counted once."""
    environ = request.httprequest.environ
    allowed = get_allowed()
    if not allowed or environ.get(_COUNTED):
        return
    environ[_COUNTED] = True
    wait_s = _limiter.take(_get_caller(), allowed, time.monotonic())
    if wait_s:
        problem = ApiProblem(
            429, f"This key may send {allowed} requests a minute. Wait {wait_s} s and go on."
        )
        problem.headers["Retry-After"] = str(wait_s)
        raise problem


def get_allowed() -> int:
    """Return the requests a minute that are allowed; 0 for as many as you like."""
    value = request.env["ir.config_parameter"].sudo().get_param(PARAMETER, "")
    return int(value) if value.isascii() and value.isdigit() else DEFAULT


def _get_caller() -> tuple[str, str]:
    """Name the key by its hash: no key is kept in clear."""
    key = request.httprequest.headers.get("Authorization") or f"user {request.env.uid}"
    return request.db, hashlib.sha256(key.encode()).hexdigest()
