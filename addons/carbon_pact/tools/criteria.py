# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a customer asks for: the parameters of a list and the data of a request, in one shape.

Between parameters it is *and*, between the values of one parameter *or*; texts are compared
without case. An empty value asks for nothing. A status that is none matches nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from . import validity

TEXTS = ("productId", "companyId", "geography", "classification", "status")
MOMENTS = ("validOn", "validAfter", "validBefore")
MAX_VALUES = 100
MAX_LENGTH = 500


@dataclass(frozen=True)
class Criteria:
    """Values by parameter, in lower case; moments in naive UTC, the strictest of each kind."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    moments: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.texts or self.moments)


def read(given: Mapping[str, Sequence[str]]) -> Criteria | str:
    """Return the criteria of parameters, or the sentence that says what is wrong.

    >>> read({"productId": ["urn:gtin:1", "URN:GTIN:2"], "geography": [""]}).texts
    {'productId': ('urn:gtin:1', 'urn:gtin:2')}
    >>> read({"validOn": ["soon"]})
    'validOn must be a time such as 2026-01-31T00:00:00Z.'
    """
    texts, moments = {}, {}
    for name in (*TEXTS, *MOMENTS):
        values = [value for value in given.get(name, ()) if value]
        if len(values) > MAX_VALUES or any(len(value) > MAX_LENGTH for value in values):
            return f"{name} takes at most {MAX_VALUES} values of {MAX_LENGTH} characters."
        if not values:
            continue
        if name in TEXTS:
            texts[name] = tuple(value.lower() for value in values)
            continue
        found = [validity.read(value) for value in values]
        if None in found:
            return f"{name} must be a time such as 2026-01-31T00:00:00Z."
        moments[name] = tuple(found)
    return Criteria(texts, moments)


def read_query(pairs: Iterable[tuple[str, str]]) -> Criteria | str:
    """Return the criteria of a query; the examples of the format write names in any case.

    >>> read_query([("productid", "urn:gtin:1"), ("PRODUCTID", "b"), ("$filter", "x")]).texts
    {'productId': ('urn:gtin:1', 'b')}
    """
    names = {name.lower(): name for name in (*TEXTS, *MOMENTS)}
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(names.get(name.lower(), name), []).append(value)
    return read(given)


def read_json(data: Mapping) -> Criteria | str:
    """Return the criteria of a request's data: values are texts or lists of texts.

    >>> read_json({"productId": 7})
    'productId must be a list of texts.'
    """
    given = {}
    for name in (*TEXTS, *MOMENTS):
        value = data.get(name)
        values = [value] if isinstance(value, str) else value
        if values is None:
            continue
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            return f"{name} must be a list of texts."
        given[name] = values
    return read(given)
