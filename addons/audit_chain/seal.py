# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The seal of a row: a digest of its stored columns, hashed with the entry.

The payload of an entry holds business keys, so that it can be read and verified anywhere. The
columns that the database itself works with (quantities, links) are covered by this digest, so
that a changed column is found even when the hashed text was left alone.
"""

import json

from .tools import chain

LOG_FIELDS = frozenset({"id", "create_uid", "create_date", "write_uid", "write_date"})
CHAIN_FIELDS = frozenset(
    {"chain_sequence", "previous_hash", "entry_hash", "hash_version", "payload"}
)


def of_values(model, vals: dict) -> str:
    """Return the seal of a record about to be created from `vals`."""
    return _digest(model, vals.get)


def of_record(record) -> str:
    """Return the seal of a stored record."""
    return _digest(record, record.__getitem__)


def _digest(model, get) -> str:
    texts = {}
    for name in _names(model):
        field = model._fields[name]
        text = _text(field.convert_to_cache(get(name), model[:0], validate=False))
        # an empty column is left out: one that a later version adds must not break the seal
        if text:
            texts[name] = text
    return chain.digest(texts)


def _names(model) -> list[str]:
    mutable = model._chain_mutable_fields()
    return [
        name
        for name, field in model._fields.items()
        if field.store
        and field.column_type
        and not field.compute
        and not field.related
        and name not in LOG_FIELDS | CHAIN_FIELDS
        and name not in mutable
    ]


def _text(value) -> str:
    if value is None or value is False or value == 0:
        return ""
    if isinstance(value, float):
        return repr(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()[:19]
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return str(value)
