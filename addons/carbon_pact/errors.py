# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Errors of the exchange: a code and a message; of its token endpoint: those of OAuth 2."""

import json

from werkzeug.exceptions import HTTPException

from odoo.exceptions import UserError
from odoo.http import Response

from odoo.addons.rest_api.problem import to_problem

TOKEN_PATHS = ("/auth/token", "/3/auth/token")
PREFIXES = ("/3/footprints", "/3/events", "/.well-known/openid-configuration", *TOKEN_PATHS)
CODES = {
    401: "BadRequest",
    403: "AccessDenied",
    404: "NotFound",
    500: "InternalError",
    501: "NotImplemented",
}
# The exchange knows one word for everything that is wrong with what was sent.
STATUS = {409: 400, 415: 400, 422: 400}


class Refusal(HTTPException):
    """An error of the exchange with its status, its code and a sentence."""

    def __init__(self, status: int, message: str, code: str = "", **headers: str):
        super().__init__(message)
        self.code = status
        self.word = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def is_ours(path: str) -> bool:
    """Tell whether a path belongs to the exchange."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)


def render(exception: Exception) -> Response:
    """Return the response of an error; never more of it than the caller may know."""
    if not isinstance(exception, Refusal):
        exception = _to_refusal(exception)
    word = exception.word or CODES.get(exception.code, "BadRequest")
    return respond(
        {"code": word, "message": exception.description}, exception.code, exception.headers
    )


def _to_refusal(exception: Exception) -> Refusal:
    problem = to_problem(exception)
    detail = problem.description
    if isinstance(exception, UserError):
        detail = "This cannot be done."
    headers = {name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"}
    return Refusal(STATUS.get(problem.code, problem.code), detail, **headers)


def respond(body: dict, status: int, headers: dict[str, str]) -> Response:
    """Return a JSON response that nobody keeps."""
    return Response(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **headers},
    )
