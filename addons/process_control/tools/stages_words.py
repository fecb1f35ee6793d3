# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a request writes units and frequencies, and what is meant.

>>> frequency("30_minutes"), frequency("continuous"), frequency("each moon")
(('interval', 1800), ('continuous', 0), None)
"""

import re
from typing import Final

# The degree sign comes as it is, as two bytes read in Latin-1, or in Mac Roman.
UNIT_ALIASES: Final = {
    "\u00b0c": "degC",
    "\u00c2\u00b0c": "degC",
    "\u00ac\u221ec": "degC",
    "c": "degC",
    "degc": "degC",
    "celsius": "degC",
    "\u00b0f": "degF",
    "\u00c2\u00b0f": "degF",
    "\u00ac\u221ef": "degF",
    "f": "degF",
    "degf": "degF",
    "fahrenheit": "degF",
    "ph": "pH",
}
_FREQUENCY: Final = re.compile(
    r"^(?:every[ _])?(\d{1,6})[ _]?(second|minute|hour|min|sec|s|h)s?$", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_STEM: Final = 6
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def unit_code(text: str) -> str:
    """Return the code of a unit; degrees are read in the spellings that occur.

    >>> unit_code("\u00b0C"), unit_code("\u00ac\u221eC"), unit_code("bar")
    ('degC', 'degC', 'bar')
    """
    return UNIT_ALIASES.get(text.strip().lower(), text.strip())


def frequency(text: str) -> tuple[str, int] | None:
    """Return (frequency, seconds) of a text such as `30_minutes`; None when unknown."""
    text = text.strip().lower()
    if text in ("continuous", "per_batch", "start_stop", "per_shift", "on_demand"):
        return text, 0
    match = _FREQUENCY.match(text)
    if not match or not int(match[1]):
        return None
    return "interval", int(match[1]) * _SECONDS[match[2][0].lower()]


def only_meant(text: str, candidates: dict[str, str]) -> str | None:
    """Return the key of the one candidate whose words a text has; None for none or several.

    Words have five letters or more and meet when their first six letters do. A word that every
    candidate has tells nothing.

    >>> thermometers = {"t1": "Reception temperature", "t2": "Pasteuriser temperature"}
    >>> only_meant("Pasteurization", thermometers)
    't2'
    >>> only_meant("Temperature check", thermometers) is None
    True
    """
    words = {key: _stems(name) for key, name in candidates.items()}
    common = set.intersection(*words.values()) if words else set()
    wanted = _stems(text) - common
    found = [key for key, stems in words.items() if stems & wanted]
    return found[0] if len(found) == 1 else None


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower())}
