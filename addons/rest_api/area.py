# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a room adds paths to the API: it declares an area and decorates its handlers with it.

The table of endpoints that the decorator fills makes both the routes and the OpenAPI document,
so that one cannot say what the other does not do. `readme/USAGE.md` shows an example.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from odoo import http

from .answers import answer
from .inputs import ID_PATTERN, MAX_BODY, MAX_LIMIT, cursor_pattern
from .schemas import MOMENT

API = "/api/v1"
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Query:
    """One parameter that a path takes after its question mark."""

    name: str
    schema: dict
    description: str = ""


RECORD_ID = {"type": "string", "pattern": ID_PATTERN}
LIMIT = Query(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50},
    "How many items a page has at most.",
)
_CURSOR = "next_cursor of the page before."
CURSOR = Query("cursor", RECORD_ID, _CURSOR)
PAGED = (LIMIT, CURSOR)
FROM = Query("from", MOMENT, "At this time or later.")
UNTIL = Query("until", MOMENT, "Before this time.")


def cursor_of(*digits: int) -> Query:
    """Return the cursor of a list whose order takes several numbers (`inputs.read_cursor`)."""
    return Query("cursor", {"type": "string", "pattern": cursor_pattern(*digits)}, _CURSOR)


@dataclass(frozen=True)
class Endpoint:
    """One path with its method, and what the OpenAPI document says about it."""

    prefix: str
    path: str
    method: str
    name: str
    description: str
    answer: str
    tag: str
    status: int = 200
    body: str | None = None
    query: tuple[Query, ...] = ()

    @property
    def parameters(self) -> list[str]:
        """Names of the path's placeholders, in order."""
        return _PLACEHOLDER.findall(self.path)

    @property
    def template(self) -> str:
        """The whole path as OpenAPI writes it."""
        return self.prefix + _PLACEHOLDER.sub(r"{\1}", self.path)


@dataclass(frozen=True)
class Area:
    """The part of the API that one room serves: a prefix, its schemas, its endpoints.

    `package` is the `__name__` of the file that declares it; `tags` are the headings of its
    operations with a sentence each, the first is the usual one; `problem` names the members
    that its problem documents have beside those of RFC 9457; `examples` has an answer for each
    schema that an endpoint answers with.
    """

    package: str
    name: str
    prefix: str
    about: str
    tags: dict[str, str]
    schemas: dict[str, dict]
    problem: dict[str, dict] = field(default_factory=dict)
    examples: dict = field(default_factory=dict)
    endpoints: list[Endpoint] = field(default_factory=list)

    def __post_init__(self):
        """Take the area in; a schema means the same wherever the document names it."""
        for other in AREAS:
            double = self.schemas.keys() & other.schemas.keys()
            if double:
                raise ValueError(f"{self.module} and {other.module} both define {sorted(double)}")
        AREAS.append(self)

    @property
    def module(self) -> str:
        """Technical name of the room."""
        return self.package.split(".")[2]

    @property
    def usual_tag(self) -> str:
        """The heading of an operation that names none."""
        return next(iter(self.tags))

    def endpoint(self, path: str, method: str, **documented):
        """Make a handler a path: `handler(self, <path parameters>, body or query)`.

        `documented`: answer (name of a schema), and where they differ from the usual: status,
        body (name of a schema), query (`Query` each) and tag.
        """

        def decorate(handler):
            known = Endpoint(
                self.prefix,
                path,
                method,
                handler.__name__,
                handler.__doc__,
                **{"tag": self.usual_tag, **documented},
            )
            self.endpoints.append(known)

            @http.route(
                f"{self.prefix}{path}",
                type="http",
                auth="bearer",
                methods=[method],
                csrf=False,
                save_session=False,
                max_content_length=MAX_BODY,
            )
            def wrapper(controller, **parameters):
                values = [parameters[name] for name in known.parameters]
                return answer(known.method, handler, controller, values)

            # not by `functools.wraps`: Odoo would look at the handler's signature and warn of a
            # query
            wrapper.__name__, wrapper.__doc__ = handler.__name__, handler.__doc__
            return wrapper

        return decorate


AREAS: list[Area] = []


def get_areas(installed: Iterable[str]) -> list[Area]:
    """Return the areas of the rooms that a database has; the server may have loaded others."""
    return [area for area in AREAS if area.module in installed]
