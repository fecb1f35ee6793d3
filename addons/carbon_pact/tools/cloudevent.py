# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The events of the exchange: an envelope as CloudEvents 1.0 has it, and four kinds of content."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from . import criteria, validity

_TYPE = "org.wbcsd.pact.ProductFootprint.{}Event.3"
CREATED = _TYPE.format("RequestCreated")
FULFILLED = _TYPE.format("RequestFulfilled")
REJECTED = _TYPE.format("RequestRejected")
PUBLISHED = _TYPE.format("Published")
KINDS = {
    CREATED: "created",
    FULFILLED: "fulfilled",
    REJECTED: "rejected",
    PUBLISHED: "published",
}
TYPES = {kind: name for name, kind in KINDS.items()}
MAX_TEXT = 500


@dataclass(frozen=True)
class Event:
    """A well-formed event."""

    kind: str
    event_id: str
    source: str
    time: str
    data: Mapping


def read(body: Mapping) -> Event | str:
    """Return the event of a body, or the sentence that says what is wrong.

    >>> read({"specversion": "0.3"})
    'specversion must be 1.0.'
    """
    if body.get("specversion") != "1.0":
        return "specversion must be 1.0."
    for name in ("id", "source", "time", "type"):
        value = body.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
            return f"{name} must be a text of 1 to {MAX_TEXT} characters."
    if validity.read(body["time"]) is None:
        return "time must be a time such as 2026-01-31T00:00:00Z."
    kind = KINDS.get(body["type"])
    if not kind:
        return "type must be one of " + ", ".join(KINDS) + "."
    data = body.get("data")
    if not isinstance(data, dict):
        return "data must be an object."
    problem = _CHECKS[kind](data)
    if problem:
        return problem
    return Event(kind, body["id"], body["source"], body["time"], data)


def write(kind: str, event_id: str, source: str, time: str, data: Mapping) -> dict:
    """Return the body of an event of ours."""
    return {
        "specversion": "1.0",
        "type": TYPES[kind],
        "id": event_id,
        "source": source,
        "time": time,
        "data": dict(data),
    }


def _check_created(data: Mapping) -> str:
    found = criteria.read_json(data)
    if isinstance(found, str):
        return found
    if not found:
        return "data must name at least one criterion, such as productId."
    return "" if isinstance(data.get("comment", ""), str) else "comment must be a text."


def _check_fulfilled(data: Mapping) -> str:
    footprints = data.get("pfs")
    if not isinstance(footprints, list) or not footprints:
        return "pfs must be a list with at least one product footprint."
    if not all(isinstance(each, dict) for each in footprints):
        return "pfs must be a list of product footprints."
    return _check_answer(data)


def _check_rejected(data: Mapping) -> str:
    error = data.get("error")
    if not isinstance(error, dict) or not all(
        isinstance(error.get(name), str) and error[name] for name in ("code", "message")
    ):
        return "error must have a code and a message."
    return _check_answer(data)


def _check_answer(data: Mapping) -> str:
    request_id = data.get("requestEventId")
    is_text = isinstance(request_id, str) and 0 < len(request_id) <= MAX_TEXT
    return "" if is_text else f"requestEventId must be a text of 1 to {MAX_TEXT} characters."


def _check_published(data: Mapping) -> str:
    ids = data.get("pfIds")
    if not isinstance(ids, list) or not ids or not all(is_uuid(each) for each in ids):
        return "pfIds must be a list of UUIDs."
    return ""


def is_uuid(value) -> bool:
    """Tell whether a value is a UUID as the exchange writes it.

    >>> is_uuid("3a6c14a7-4deb-498a-b5ea-16ce2535b576"), is_uuid("urn:gtin:1"), is_uuid(None)
    (True, False, False)
    """
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


_CHECKS = {
    "created": _check_created,
    "fulfilled": _check_fulfilled,
    "rejected": _check_rejected,
    "published": _check_published,
}
