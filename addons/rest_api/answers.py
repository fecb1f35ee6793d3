# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What every path of the API does alike: bearer key, JSON in and out, problems as errors.

A handler returns what becomes the JSON answer, or raises: the transaction is then rolled back
and the caller gets a problem document. A status other than 200 is returned beside the answer.
"""

import hashlib
import re
from urllib.parse import urlencode

from psycopg2 import OperationalError

from odoo.exceptions import AccessDenied, UserError
from odoo.http import Response, request

from .inputs import read_body
from .problem import ApiProblem, to_problem
from .rate import check_rate

_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


def answer(method: str, handler, controller, values: list) -> Response:
    """Call the handler; turn errors that belong to the caller into problems."""
    headers = check_rate()
    if request.httprequest.method == "OPTIONS":
        # Odoo routes it to every handler; asking what may be done must not do it
        return Response(status=204, headers={"Allow": f"{method}, OPTIONS", **headers})
    try:
        response = _call(method, handler, controller, values)
    except OperationalError:
        # Odoo itself repeats the request when two transactions met
        raise
    except ApiProblem as problem:
        problem.headers.update(headers)
        raise
    except (UserError, AccessDenied) as exc:
        problem = to_problem(exc)
        problem.headers.update(headers)
        raise problem from exc
    response.headers.update(headers)
    return response


def _call(method: str, handler, controller, values: list) -> Response:
    if method == "POST":
        return do_once(lambda: respond(handler(controller, *values, read_body())))
    query = request.httprequest.args.to_dict()
    result = handler(controller, *values, query)
    response = make_conditional(respond(result))
    cursor = result.get("next_cursor") if isinstance(result, dict) else None
    if cursor:
        target = f"{request.httprequest.path}?{urlencode({**query, 'cursor': cursor})}"
        response.headers["Link"] = f'<{target}>; rel="next"'
    return response


def do_once(work) -> Response:
    """Do the work; with an `Idempotency-Key` that was used already, return what it answered.

    A refusal is raised: it rolls the key back with the rest, and the next request tries again.
    """
    key = request.httprequest.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not _KEY.fullmatch(key):
        raise ApiProblem(400, "Idempotency-Key must be 1 to 255 printable ASCII characters.")
    line, is_same = request.env["rest.api.request"]._begin(
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
