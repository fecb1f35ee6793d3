# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Columns of a batch as PostgreSQL's array texts.

psycopg2 writes a list as `ARRAY[…]`, which the server parses into one expression for each element:
for a thousand rows that takes it longer than to store them. An array text is one constant.
"""

from collections.abc import Iterable


def from_numbers(column: Iterable[int | float | None]) -> str:
    """Return the array text of numbers; every float is written in full, so it stays the same.

    >>> from_numbers([1, 0.1 + 0.2, None])
    '{1,0.30000000000000004,NULL}'
    """
    return _join(["NULL" if value is None else repr(value) for value in column])


def from_texts(column: Iterable[str | None]) -> str:
    r"""Return the array text of texts, each in quotes; no text becomes NULL or another one.

    >>> print(from_texts(["a, b", "NULL", None, 'say "no"', "C:\\"]))
    {"a, b","NULL",NULL,"say \"no\"","C:\\"}
    """
    return _join(["NULL" if text is None else _quote(text) for text in column])


def _join(elements: list[str]) -> str:
    return "{" + ",".join(elements) + "}"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
