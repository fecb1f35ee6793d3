# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""From the bytes of one MQTT message to process records, or to a sentence that says why not.

>>> from .payload import Mapping
>>> mapping = Mapping("plant/records", "record", is_record=True, origin="mqtt:1")
>>> read(b'{"batch_id": "B1", "energy_consumption": 12.5}', mapping).items
({'batch_id': 'B1', 'energy_consumption': 12.5},)
>>> len(read(b'{"records": [{}, {}]}', mapping).items)
2
>>> read(b"7", mapping).reason
'A process record is an object, a list of them, or an object with the list "records".'
"""

from typing import Any

from .message import Records
from .payload import Mapping, Refused, Reject, load

MAX_RECORDS = 1_000
WANTED = 'A process record is an object, a list of them, or an object with the list "records".'


def read(payload: bytes, mapping: Mapping) -> Records | Reject:
    """Return the records of a message; what each of them says, the door of records reads."""
    try:
        document = load(payload, mapping.max_bytes)
    except Refused as refused:
        return refused.reject
    items = _items(document)
    if items is None:
        return Reject("record", WANTED)
    if not 1 <= len(items) <= MAX_RECORDS:
        return Reject("record", f"A message holds 1 to {MAX_RECORDS} process records.")
    return Records(tuple(items), mapping.origin)


def _items(document: Any) -> list | None:
    if isinstance(document, dict) and set(document) == {"records"}:
        document = document["records"]
    if isinstance(document, dict):
        return [document]
    return document if isinstance(document, list) else None
