# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What programs deliver as JSON, read into samples: single readings, and records of a batch.

Whatever is given comes back as a value: a sample, or the reason why there is none. Nothing is
guessed: a number in quotes is no number, a time without its offset is no time.

>>> read_reading({"sensor": "t1", "measured_at": "2026-03-02T11:00:00+01:00", "value": 72.4})
Sample(sensor='t1', source_ms=1772445600000, sequence=0, value=72.4, text=None, unit=None, \
quality=192, origin='http', cycle=None, is_correction=False)
>>> read_reading({"sensor": "t1", "measured_at": "2026-03-02T11:00:00", "value": 72.4})
Refused(reason="measured_at: '2026-03-02T11:00:00' has no offset from UTC (…+01:00 or …Z).")
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .sample import QUALITY_GOOD, Sample

QUALITIES = {"good": QUALITY_GOOD, "uncertain": 64, "bad": 0, "stale": 500}
# What a record says about itself; everything else in it is a figure.
RECORD_HEAD = ("batch_id", "process_step", "timestamp")
MAX_DEPTH = 4
MAX_FIGURES = 200
MAX_NAME = 255
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_MS = 10**14


@dataclass(frozen=True)
class Refused:
    """Why something delivered is no sample."""

    reason: str


@dataclass(frozen=True)
class Figure:
    """One number of a record, named by its way into it: `utility_usage.water`."""

    path: str
    value: float


@dataclass(frozen=True)
class Record:
    """Figures of one step of one batch at one time, and those that are no figures."""

    batch: str
    step: str
    source_ms: int
    figures: tuple[Figure, ...]
    refused: tuple[tuple[str, str], ...]


def read_time(value: object) -> int | Refused:
    """Return a time in ms UTC of ISO 8601 with an offset, or of milliseconds since 1970.

    >>> read_time("2026-03-02T10:00:00.25Z"), read_time(1772445600250)
    (1772445600250, 1772445600250)
    >>> read_time("yesterday")
    Refused(reason="'yesterday' is not a time in ISO 8601.")
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value < _MAX_MS else Refused(f"{value} is not in ms since 1970.")
    if value is None:
        return Refused("The time is missing.")
    if not isinstance(value, str):
        return Refused("A time is ISO 8601 with an offset, or milliseconds since 1970 in UTC.")
    shown = repr(value[:40])
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            return Refused(f"{shown} has no offset from UTC (…+01:00 or …Z).")
        return (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return Refused(f"{shown} is not a time in ISO 8601.")


def _read_quality(value: object) -> object:
    """Return the code of a quality; what is none is left for the door to refuse."""
    if value is None:
        return QUALITY_GOOD
    return QUALITIES.get(value.lower(), value) if isinstance(value, str) else value


def read_reading(item: object, origin: str = "http") -> Sample | Refused:
    """Return one reading: sensor, measured_at, value or text, unit, quality, sequence."""
    if not isinstance(item, dict):
        return Refused("A reading is an object with sensor, measured_at and value or text.")
    source_ms = read_time(item.get("measured_at"))
    if isinstance(source_ms, Refused):
        return Refused(f"measured_at: {source_ms.reason}")
    sequence = item.get("sequence")
    return Sample(
        sensor=item.get("sensor"),
        source_ms=source_ms,
        sequence=0 if sequence is None else sequence,
        value=item.get("value"),
        text=item.get("text"),
        unit=item.get("unit"),
        quality=_read_quality(item.get("quality")),
        origin=origin,
    )


def read_record(item: object) -> Record | Refused:
    """Return one record: batch_id, process_step, timestamp, and figures in any nesting.

    >>> record = read_record({"batch_id": "B1", "process_step": "Heating",
    ...     "timestamp": "2026-03-02T10:00:00Z", "energy_consumption": 12.5,
    ...     "utility_usage": {"water": 3, "steam": None, "electricity": "7"}})
    >>> record.figures
    (Figure(path='energy_consumption', value=12.5), Figure(path='utility_usage.water', value=3))
    >>> record.refused
    (('utility_usage.electricity', "'7' is not a number."),)
    """
    if not isinstance(item, dict):
        return Refused("A record is an object with batch_id, process_step and timestamp.")
    for key in ("batch_id", "process_step"):
        text = item.get(key)
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_NAME:
            return Refused(f"{key} must be a text of 1 to {MAX_NAME} characters.")
        if not text.isprintable():
            return Refused(f"{key} contains characters that cannot be printed.")
    source_ms = read_time(item.get("timestamp"))
    if isinstance(source_ms, Refused):
        return Refused(f"timestamp: {source_ms.reason}")
    figures, refused = _read_figures(item)
    if len(figures) + len(refused) > MAX_FIGURES:
        return Refused(f"A record has at most {MAX_FIGURES} figures.")
    if not figures and not refused:
        return Refused("There is no figure in the record.")
    return Record(
        item["batch_id"].strip(), item["process_step"].strip(), source_ms, figures, refused
    )


def _read_figures(item: dict) -> tuple[tuple[Figure, ...], tuple[tuple[str, str], ...]]:
    figures, refused = [], []
    pending = [((key,), value) for key, value in item.items() if key not in RECORD_HEAD]
    while pending and len(figures) + len(refused) <= MAX_FIGURES:
        keys, value = pending.pop(0)
        path = ".".join(str(key) for key in keys)
        if value is None:
            continue
        if isinstance(value, dict):
            if len(keys) < MAX_DEPTH:
                pending += [((*keys, key), inner) for key, inner in value.items()]
            else:
                refused.append((path, f"It is nested deeper than {MAX_DEPTH}."))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            refused.append((path, f"{repr(value)[:40]} is not a number."))
        else:
            figures.append(Figure(path, value))
    return tuple(figures), tuple(refused)


def cut_out(item: dict, path: str) -> dict:
    """Return a record with one figure of it alone, to be delivered again.

    >>> cut_out({"batch_id": "B1", "utility_usage": {"water": 3, "steam": 4}, "x": 1},
    ...     "utility_usage.steam")
    {'batch_id': 'B1', 'utility_usage': {'steam': 4}}
    """
    head = {key: item[key] for key in RECORD_HEAD if key in item}
    return head | _cut(item, path)


def _cut(item: dict, path: str) -> dict:
    for key, value in item.items():
        if key == path:
            return {key: value}
        if isinstance(value, dict) and path.startswith(f"{key}."):
            inner = _cut(value, path[len(key) + 1 :])
            if inner:
                return {key: inner}
    return {}
