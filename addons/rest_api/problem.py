# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Problem documents (RFC 9457): the one shape of every error of our API."""

import json

from werkzeug.exceptions import HTTPException

from odoo.exceptions import AccessDenied, AccessError, MissingError, UserError, ValidationError
from odoo.http import Response, SessionExpiredException

TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Request too large",
    415: "Unsupported media type",
    422: "Cannot be processed",
    429: "Too many requests",
    500: "Internal error",
}


class ApiProblem(HTTPException):
    """An error of the API with its status, a sentence, and members that say more."""

    def __init__(self, status: int, detail: str, **members):
        super().__init__(detail)
        self.code = status
        self.members = members
        self.headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}


def to_problem(exception: Exception) -> ApiProblem:
    """Return what the caller is told about an exception; never more than that."""
    if isinstance(exception, ApiProblem):
        return exception
    if isinstance(exception, HTTPException):
        problem = ApiProblem(exception.code or 500, exception.description or "")
        methods = getattr(exception, "valid_methods", None)
        if methods:
            problem.headers["Allow"] = ", ".join(methods)
        return problem
    if isinstance(exception, (SessionExpiredException, AccessDenied)):
        return ApiProblem(401, "Give a valid API key as bearer token.")
    for kind, status in ((AccessError, 403), (MissingError, 404), (ValidationError, 422)):
        if isinstance(exception, kind):
            return ApiProblem(status, exception.args[0])
    if isinstance(exception, UserError):
        return ApiProblem(409, exception.args[0])
    return ApiProblem(500, "The server could not do this. The error has been logged.")


def render(error: ApiProblem) -> Response:
    """Return the response of a problem."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(error.code, "Error"),
        "status": error.code,
        "detail": error.description,
        **error.members,
    }
    return Response(
        json.dumps(body, ensure_ascii=False),
        status=error.code,
        content_type="application/problem+json",
        headers=error.headers,
    )
