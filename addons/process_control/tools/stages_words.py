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
    if text in ("continuous", "per_batch", "on_demand"):
        return text, 0
    match = _FREQUENCY.match(text)
    if not match or not int(match[1]):
        return None
    return "interval", int(match[1]) * _SECONDS[match[2][0].lower()]
