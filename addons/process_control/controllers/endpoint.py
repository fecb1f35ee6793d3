# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every path of the API does alike: bearer key, JSON in and out, problems as errors.

A handler returns what becomes the JSON answer, or raises: the transaction is then rolled back
and the caller gets a problem document. A status other than 200 is returned beside the answer.
The table of endpoints that the decorator fills is also what the OpenAPI document is made of.
"""

import hashlib
import re
from dataclasses import dataclass

from psycopg2 import OperationalError

from odoo import http
from odoo.exceptions import AccessDenied, UserError
from odoo.http import Response, request

from ..models.problem import ApiProblem, to_problem
from .api import MAX_BODY, read_body
from .rate import check_rate

PREFIX = "/api/v1/batch-progression"
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Endpoint:
    """One path with its method, and what the OpenAPI document says about it."""

    path: str
    method: str
    name: str
    description: str
    answer: str
    status: int = 200
    body: str | None = None
    query: tuple[str, ...] = ()
    tag: str = "Processes"

    @property
    def parameters(self) -> list[str]:
        """Names of the path's placeholders, in order."""
        return _PLACEHOLDER.findall(self.path)

    @property
    def template(self) -> str:
        """The whole path as OpenAPI writes it."""
        return PREFIX + _PLACEHOLDER.sub(r"{\1}", self.path)


ENDPOINTS: list[Endpoint] = []


def endpoint(path: str, method: str, **documented):
    """Make a handler a path of the API: `handler(self, <path parameters>, body or query)`.

    `documented`: answer (name of a schema), and where they differ from the usual status, body,
    query and tag of the `Endpoint`.
    """

    def decorate(handler):
        known = Endpoint(path, method, handler.__name__, handler.__doc__, **documented)
        ENDPOINTS.append(known)

        @http.route(
            f"{PREFIX}{path}",
            type="http",
            auth="bearer",
            methods=[method],
            csrf=False,
            save_session=False,
            max_content_length=MAX_BODY,
        )
        def wrapper(self, **parameters):
            values = [parameters[name] for name in known.parameters]
            return answer(known, handler, self, values)

        # not by `functools.wraps`: Odoo would look at the handler's signature and warn of a query
        wrapper.__name__, wrapper.__doc__ = handler.__name__, handler.__doc__
        return wrapper

    return decorate


def answer(known: Endpoint, handler, controller, values: list):
    """Call the handler; turn errors that belong to the caller into problems."""
    try:
        check_rate()
        if known.method == "POST":
            return do_once(lambda: respond(handler(controller, *values, read_body())))
        result = handler(controller, *values, request.httprequest.args.to_dict())
        return make_conditional(respond(result))
    except OperationalError:
        # Odoo itself repeats the request when two transactions met
        raise
    except (UserError, AccessDenied) as exc:
        raise to_problem(exc) from exc


def do_once(work) -> Response:
    """Do the work; with an `Idempotency-Key` that was used already, return what it answered.

    A refusal is raised: it rolls the key back with the rest, and the next request tries again.
    """
    key = request.httprequest.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not _KEY.fullmatch(key):
        raise ApiProblem(400, "Idempotency-Key must be 1 to 255 printable ASCII characters.")
    line, is_same = request.env["process.api.request"]._begin(
        key, request.httprequest.full_path, request.httprequest.get_data()
    )
    if not is_same:
        raise ApiProblem(422, "This Idempotency-Key was used for another request.")
    if line.status:
        response = Response(line.answer, status=line.status, content_type=line.content_type)
        response.headers["Idempotency-Replayed"] = "true"
        return response
    response = work()
    line._finish(response.status_code, response.content_type, response.get_data(as_text=True))
    return response


def respond(result) -> Response:
    """Return the response of what a handler returned."""
    if isinstance(result, Response):
        return result
    data, status = result if isinstance(result, tuple) else (result, 200)
    return request.make_json_response(data, status=status)


def make_conditional(response: Response) -> Response:
    """Give an answer its ETag; a caller who has it already gets 304 and no body."""
    tag = hashlib.sha256(response.get_data()).hexdigest()[:32]
    if request.httprequest.if_none_match.contains_weak(tag):
        response = Response(status=304)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
