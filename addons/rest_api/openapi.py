# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The OpenAPI 3.1 document, made of the tables of endpoints that the routes themselves fill."""

from .area import RECORD_ID, Area, Endpoint, Query
from .problem import TITLES
from .schemas import make_problem, ref

_DESCRIPTION = """JSON over HTTP for programs in the plant and at its customers.

Every verb is the one that the buttons of the web client call, with the roles it asks for there.
Programs read and request; they never sign. Ids are opaque, and what you may not see is not found.
A `POST` with an `Idempotency-Key` is done once, however often it is sent. A `GET` gives an `ETag`;
sent back as `If-None-Match`, the answer is 304 as long as nothing has changed."""
_DETAILS = {
    400: "The body is not valid JSON in UTF-8.",
    401: "Give a valid API key as bearer token.",
    403: "Your user has no role that may read this.",
    404: "There is no such resource.",
    409: "This cannot be done now: the sentence says what is in the way.",
    413: "Send at most 1000000 bytes.",
    415: "Send the body as application/json.",
    422: "limit must be a whole number from 1 to 200.",
    429: "This key may send 1200 requests a minute. Wait 3 s and go on.",
}
_RATE = ["RateLimit", "RateLimit-Policy"]
_READ_PROBLEMS = (400, 401, 403, 404, 409, 422, 429)
_WRITE_PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 429)


def build(server: str, areas: list[Area]) -> dict:
    """Return the whole document of some areas."""
    schemas = {name: schema for area in areas for name, schema in area.schemas.items()}
    paths: dict = {}
    for area in areas:
        for known in area.endpoints:
            operation = _operation(known, schemas, area.examples)
            paths.setdefault(known.template, {})[known.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Batchproof API",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "LGPL-3.0-or-later", "identifier": "LGPL-3.0-or-later"},
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "tags": _tags(areas),
        "x-tagGroups": [
            {"name": area.name, "description": area.about, "tags": list(area.tags)}
            for area in areas
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key of your user (Preferences → Account security).",
                }
            },
            "schemas": {**schemas, "Problem": _problem_schema(areas)},
            "headers": _headers(),
            "responses": {f"Problem{status}": _problem(status) for status in _WRITE_PROBLEMS},
        },
    }


def _tags(areas: list[Area]) -> list[dict]:
    words = {tag: about for area in areas for tag, about in area.tags.items()}
    return [{"name": tag, "description": about} for tag, about in words.items()]


def _problem_schema(areas: list[Area]) -> dict:
    members = {name: schema for area in areas for name, schema in area.problem.items()}
    return make_problem(members)


def _operation(known: Endpoint, schemas: dict, examples: dict) -> dict:
    summary, _gap, more = known.description.partition("\n")
    operation = {
        "operationId": known.name,
        "tags": [known.tag],
        "summary": summary.strip(),
        "parameters": [*map(_path_parameter, known.parameters), *map(_query, known.query)],
        "responses": _responses(known, examples),
    }
    if more.strip():
        operation["description"] = " ".join(more.split())
    if known.method == "POST":
        operation["parameters"].append(_IDEMPOTENCY)
        operation["requestBody"] = _body(known, schemas)
    else:
        operation["parameters"].append(_IF_NONE_MATCH)
    return operation


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Chosen by you, one for each thing you want done; remembered for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer you have.",
    "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
}


def _path_parameter(name: str) -> dict:
    return {"name": name, "in": "path", "required": True, "schema": RECORD_ID}


def _query(known: Query) -> dict:
    parameter = {"name": known.name, "in": "query", "schema": known.schema}
    if known.description:
        parameter["description"] = known.description
    return parameter


def _body(known: Endpoint, schemas: dict) -> dict:
    content = {"schema": ref(known.body)}
    examples = schemas[known.body].get("examples")
    if examples:
        content["example"] = examples[0]
    return {
        "required": bool(schemas[known.body].get("required")),
        "content": {"application/json": content},
    }


def _responses(known: Endpoint, examples: dict) -> dict:
    content = {"schema": ref(known.answer)}
    if known.answer in examples:
        content["example"] = examples[known.answer]
    is_post = known.method == "POST"
    names = [*_RATE, *(["Idempotency-Replayed"] if is_post else ["ETag", "Cache-Control"])]
    if any(query.name == "cursor" for query in known.query):
        names.append("Link")
    responses = {
        str(known.status): {
            "description": "Created." if known.status == 201 else "Done.",
            "headers": _header_refs(names),
            "content": {"application/json": content},
        }
    }
    if not is_post:
        responses["304"] = {"description": "Not changed.", "headers": _header_refs(names)}
    for status in _WRITE_PROBLEMS if is_post else _READ_PROBLEMS:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return responses


def _header_refs(names: list[str]) -> dict:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict:
    return {
        "ETag": {"schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}},
        "Cache-Control": {"schema": {"type": "string"}},
        "Link": {
            "description": "The next page, if there is one.",
            "schema": {"type": "string", "pattern": '^<.+>; rel="next"$'},
        },
        "RateLimit-Policy": {
            "description": "How many requests (q) the key may send in so many seconds (w).",
            "schema": {"type": "string", "pattern": '^"key";q=[0-9]+;w=60$'},
        },
        "RateLimit": {
            "description": "How many are left now (r), and the seconds until all are again (t).",
            "schema": {"type": "string", "pattern": '^"key";r=[0-9]+;t=[0-9]+$'},
        },
        "Idempotency-Replayed": {
            "description": "true: the answer of the first request with this key.",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "Retry-After": {
            "description": "Seconds to wait.",
            "schema": {"type": "integer", "minimum": 1},
        },
        "WWW-Authenticate": {"schema": {"type": "string"}},
    }


def _problem(status: int) -> dict:
    schema = {"allOf": [ref("Problem"), {"properties": {"status": {"const": status}}}]}
    example = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": _DETAILS[status],
    }
    response = {
        "description": f"{TITLES[status]}.",
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }
    extra = {401: ["WWW-Authenticate"], 429: [*_RATE, "Retry-After"]}.get(status)
    if extra:
        response["headers"] = _header_refs(extra)
    return response
