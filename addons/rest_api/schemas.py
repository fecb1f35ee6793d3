# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Short words to write JSON Schemas with (dialect 2020-12, that of OpenAPI 3.1)."""

ID = {"type": "integer", "minimum": 1, "description": "Opaque: hand it back as you got it."}
TEXT = {"type": "string"}
BOOL = {"type": "boolean"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TIME = {"type": "string", "format": "date-time", "description": "ISO 8601 in UTC."}
# A time that a caller gives: with its offset, or milliseconds since 1970 in UTC.
MOMENT = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "integer", "minimum": 1, "exclusiveMaximum": 10**14},
    ],
    "description": "ISO 8601 with an offset, or milliseconds since 1970 in UTC.",
}


def ref(name: str) -> dict:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def enum(*words: str) -> dict:
    """Return the schema of one of some words."""
    return {"type": "string", "enum": list(words)}


def some(schema: dict, **limits) -> dict:
    """Return the schema of a list."""
    return {"type": "array", "items": schema, **limits}


def null(schema: dict) -> dict:
    """Return the schema of a value that may be absent, which is null and never 0 or empty."""
    if isinstance(schema.get("type"), str):
        wider = {**schema, "type": [schema["type"], "null"]}
        if "enum" in schema:
            wider["enum"] = [*schema["enum"], None]
        return wider
    return {"anyOf": [schema, {"type": "null"}]}


def exact(**properties: dict) -> dict:
    """Return the schema of an answer: all these members and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def given(required: tuple[str, ...] = (), example=None, **properties: dict) -> dict:
    """Return the schema of a body: members it does not know are ignored, as the server does."""
    schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    if example is not None:
        schema["examples"] = [example]
    return schema


def paged(name: str) -> dict:
    """Return the schema of one page of a list."""
    cursor = null({"type": "string", "description": "Ask for the next page with it."})
    return exact(items=some(ref(name)), next_cursor=cursor)


def text(limit: int, **more) -> dict:
    """Return the schema of a text that a caller gives, or null."""
    return {"type": ["string", "null"], "maxLength": limit, **more}


def make_problem(members: dict) -> dict:
    """Return the schema of a problem document, with the members that the rooms add."""
    return {
        "type": "object",
        "description": "RFC 9457: every error of this API.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "minLength": 1},
            **members,
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    }
