# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where in a JSON document something is."""

from functools import lru_cache
from typing import Any

MISSING = object()
"""What `pick` returns when a path leads nowhere; JSON's null is None."""


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.replace("[", ".").replace("]", "").split("."))


def pick(document: Any, path: str) -> Any:
    """Follow a dotted path through objects and lists; MISSING when it leads nowhere.

    >>> pick({"d": {"values": [{"v": 72.4}]}}, "d.values[0].v")
    72.4
    >>> pick({"d": [1]}, "d.1") is MISSING
    True
    """
    for step in _steps(path):
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and _is_index(step) and int(step) < len(document):
            document = document[int(step)]
        else:
            return MISSING
    return document


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 10
