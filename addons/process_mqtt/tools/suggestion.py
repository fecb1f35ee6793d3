# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person would most likely type to map a topic, guessed from one payload.

A guess fills a form that a person reads and another one approves. Nothing is read by it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .payload import EARLIEST_MS, LATEST_MS
from .text import looks_numeric

_VALUES = ("value", "val", "v", "pv", "reading", "measurement", "measured", "state", "status")
_TIMES = ("ts", "timestamp", "time", "t", "datetime", "date", "source_time", "sourcetimestamp")
_UNITS = ("unit", "units", "uom", "engunit", "unit_of_measurement", "eu")
_QUALITIES = ("q", "quality", "statuscode")
_SEQUENCES = ("seq", "sequence", "n", "counter", "msgid")
_DEPTH, _LEAVES = 5, 200
_NUMBER = re.compile(r"\s*[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True)
class Suggestion:
    """How a payload could be read. Empty paths: the payload seems to have no such thing."""

    payload_format: str = "json"
    value_path: str = ""
    text_path: str = ""
    time_path: str = ""
    sequence_path: str = ""
    unit_path: str = ""
    quality_path: str = ""
    unit: str = ""

    @property
    def is_state(self) -> bool:
        """The value seems to be a text, such as a valve position."""
        return bool(self.text_path) and not self.value_path


def suggest(payload: str) -> Suggestion:
    """Guess the paths of a payload; where nothing looks like a value, all paths are empty.

    >>> suggest('{"ts": 1795348800000, "value": 72.4, "unit": "degC", "q": 192}')
    Suggestion(payload_format='json', value_path='value', text_path='', time_path='ts', \
sequence_path='', unit_path='unit', quality_path='q', unit='degC')
    >>> suggest('{"at": {"time": "2026-03-01T08:00:00Z"}, "data": [{"temp": 72.4}]}').value_path
    'data[0].temp'
    >>> suggest("72.4").payload_format, suggest("forward").is_state, suggest('{"a": 1, "b": 2}')
    ('plain', True, Suggestion(payload_format='json', value_path='', text_path='', time_path='', \
sequence_path='', unit_path='', quality_path='', unit=''))
    """
    if _NUMBER.fullmatch(payload):
        return Suggestion("plain", value_path="value")
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        is_text = payload.strip() and not payload.lstrip().startswith(("{", "["))
        is_state = is_text and not looks_numeric(payload)
        return Suggestion("plain", text_path="value") if is_state else Suggestion()
    if not isinstance(document, dict | list):
        return Suggestion()
    return _assign(list(_leaves(document)))


def _assign(leaves: list[tuple[str, str, Any]]) -> Suggestion:
    roles = {}
    for role, names, fits in (
        ("time_path", _TIMES, _is_time),
        ("unit_path", _UNITS, _is_text),
        ("quality_path", _QUALITIES, _is_number),
        ("sequence_path", _SEQUENCES, _is_number),
    ):
        found = _find(leaves, names, fits)
        if found:
            leaves.remove(found)
            roles[role] = found[0]
            if role == "unit_path":
                roles["unit"] = found[2]
    return Suggestion(**roles, **_assign_value(leaves))


def _assign_value(leaves: list[tuple[str, str, Any]]) -> dict[str, str]:
    """The leaf that is called a value; else the only number there is."""
    named = _find(leaves, _VALUES, _is_number)
    numbers = [leaf for leaf in leaves if _is_number(leaf[2])]
    if named or len(numbers) == 1:
        return {"value_path": (named or numbers[0])[0]}
    state = _find(leaves, _VALUES, lambda found: _is_text(found) and not looks_numeric(found))
    return {"text_path": state[0]} if state else {}


def _find(leaves, names: tuple[str, ...], fits) -> tuple[str, str, Any] | None:
    """The first leaf whose name is the likeliest."""
    fitting = [leaf for leaf in leaves if leaf[1].lower() in names and fits(leaf[2])]
    return min(fitting, key=lambda leaf: names.index(leaf[1].lower()), default=None)


def _leaves(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, name and value of what is in a document, but not of a very large one's end."""
    waiting = [("", "", document, 0)]
    given = 0
    while waiting and given < _LEAVES:
        path, name, found, depth = waiting.pop(0)
        if isinstance(found, dict | list):
            if depth < _DEPTH:
                waiting += _children(path, found, depth + 1)
        else:
            given += 1
            yield path, name, found


def _children(path: str, found: dict | list, depth: int) -> list[tuple[str, str, Any, int]]:
    if isinstance(found, list):
        before, after = (f"{path}[", "]") if path else ("", "")
        parts = enumerate(found[:_LEAVES])
        return [(f"{before}{place}{after}", "", part, depth) for place, part in parts]
    dot = "." if path else ""
    # a key with a sign of the path language in it cannot be named by a path
    keys = [key for key in found if key and not set(key) & set(".[]")]
    return [(f"{path}{dot}{key}", key, found[key], depth) for key in keys[:_LEAVES]]


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _is_text(found: Any) -> bool:
    return isinstance(found, str) and bool(found.strip())


def _is_time(found: Any) -> bool:
    if isinstance(found, str):
        return bool(_ISO.match(found))
    return _is_number(found) and EARLIEST_MS <= found <= LATEST_MS


def suggest_code(topic: str) -> str:
    """The last two levels of a topic that say something, as a sensor code.

    >>> suggest_code("plant/dairy/d1/pasteur temp"), suggest_code("spBv1.0/dairy/edge1//Level")
    ('d1-pasteur-temp', 'edge1-Level')
    """
    return "-".join(_words(topic)[-2:])


def suggest_filter(topic: str, is_wide: bool = False) -> tuple[str, str]:
    """A filter and a sensor code: of this topic alone, or with its last level as a placeholder.

    >>> suggest_filter("plant/dairy/d1/ph")
    ('plant/dairy/d1/ph', 'd1-ph')
    >>> suggest_filter("plant/dairy/d1/ph", is_wide=True)
    ('plant/dairy/d1/{tag}', 'd1-{tag}')
    >>> suggest_filter("ph", is_wide=True)
    ('ph', 'ph')
    """
    parent, slash, _last = topic.rpartition("/")
    if not is_wide or not slash or not parent:
        return topic, suggest_code(topic)
    return f"{parent}/{{tag}}", "-".join([*_words(parent)[-1:], "{tag}"])


def _words(topic: str) -> list[str]:
    """The levels of a topic without what a sensor code cannot hold."""
    levels = (re.sub(r"[\s{}]+", "-", level).strip("-") for level in topic.split("/"))
    return [level for level in levels if level]


def is_about(topic: str, name: str) -> bool:
    """Tell whether the end of a topic and a name have a word, or the beginning of one, in common.

    >>> is_about("plant/d1/pasteur-temp2", "Temperature"), is_about("plant/d1/ph", "Plant power")
    (True, False)
    >>> is_about("plant/d1/pH", "pH value")
    True
    """
    end, words = _split_words(suggest_code(topic)), _split_words(name)
    return any(a == b or _is_start(a, b) or _is_start(b, a) for a in end for b in words)


def _split_words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_\d]+", text.lower()) if len(word) > 1]


def _is_start(word: str, whole: str) -> bool:
    return len(word) > 2 and whole.startswith(word)
