# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Replays a recording: when each value is published, with which source time, with which fault."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import faults, message, recording
from .publisher import Publisher


@dataclass(frozen=True)
class Order:
    """What to replay. `speed` 1 is the process's own pace, 0 as fast as the broker takes it.

    `from_ms` and `until_ms` cut an excerpt out of the stage, counted from its beginning.
    """

    recording: str
    stage: str = ""
    from_ms: int = 0
    until_ms: int | None = None
    speed: float = 1.0
    start_ms: int | None = None
    faults: list[str] = field(default_factory=list)

    @classmethod
    def from_json(cls, document: Any) -> "Order":
        """Read an order; raises ValueError with a sentence."""
        if not isinstance(document, dict):
            raise ValueError("an order is a JSON object")
        unknown = set(document) - set(cls.__dataclass_fields__)
        if unknown or not isinstance(document.get("recording"), str):
            raise ValueError(
                f"an order has a recording and may have stage, from_ms, until_ms, speed, start_ms "
                f"and faults; "
                f"not {', '.join(sorted(unknown)) or 'none'}"
            )
        order = cls(**document)
        is_number = isinstance(order.speed, int | float) and not isinstance(order.speed, bool)
        if not is_number or order.speed < 0:
            raise ValueError("speed is a number, 0 or more")
        for name in ("start_ms", "from_ms", "until_ms"):
            value = getattr(order, name)
            if value is not None and type(value) is not int:
                raise ValueError(f"{name} is a whole number of milliseconds")
        if not isinstance(order.faults, list) or not all(isinstance(f, str) for f in order.faults):
            raise ValueError("faults are a list of texts")
        return order


def begin_ms(order: Order, duration_ms: int, now_ms: int) -> int:
    """The source time of offset 0: as ordered, else such that the replay ends at its own end.

    Replayed faster than it was taken, a recording lies in the past, and no value is in the future.

    >>> begin_ms(Order("x", speed=1), 60_000, 1_000_000)
    1000000
    >>> begin_ms(Order("x", speed=60), 60_000, 1_000_000)
    941000
    >>> begin_ms(Order("x", speed=0), 60_000, 1_000_000)
    940000
    """
    if order.start_ms is not None:
        return order.start_ms
    own_pace = duration_ms / order.speed if order.speed else 0
    return round(now_ms + min(own_pace, duration_ms) - duration_ms)


class Replayer:
    """Publishes recordings for one line of one site."""

    def __init__(self, publisher: Publisher, site: str, line: str, meters=None, sequences=None):
        self.publisher, self.site, self.line = publisher, site, line
        self.meters = meters or recording.Meters()
        self.sequences = sequences or message.Sequences()

    def replay(self, order: Order, is_stopping: Callable[[], bool] = lambda: False) -> dict:
        """Publish it all, wait for every acknowledgement, and report."""
        chosen = recording.select(recording.load(order.recording), order.stage)
        chosen = recording.cut(chosen, order.from_ms, order.until_ms)
        wrong = [faults.parse(text) for text in order.faults]
        points = self.meters.continued(chosen)
        begin = begin_ms(order, points[-1].offset_ms, time.time_ns() // 1_000_000)
        tally = message.Tally()
        started = time.monotonic()
        for point in points:
            if is_stopping():
                break
            self._wait(started, point.offset_ms, order.speed, is_stopping)
            self.publish_point(point, begin + point.offset_ms, tally, wrong)
        self.publisher.flush()
        return {"recording": order.recording, "stage": order.stage, **tally.report()}

    @staticmethod
    def _wait(started: float, offset_ms: int, speed: float, is_stopping) -> None:
        if not speed:
            return
        due = started + offset_ms / 1000 / speed
        while (left := due - time.monotonic()) > 0 and not is_stopping():
            time.sleep(min(left, 0.2))

    def publish_point(self, point, ts: int, tally: message.Tally, wrong=()) -> None:
        """Publish one value, or what a fault makes of it."""
        fault = faults.find(list(wrong), point.tag, point.offset_ms)
        if fault and fault.kind == "silence":
            return
        sequence = self.sequences.next(point.tag)
        topic = message.topic(self.site, self.line, point.tag)
        if fault and fault.kind in ("malformed", "nan", "comma"):
            data = message.broken(fault.kind, ts, sequence, point.value, point.unit)
            tally.broken += 1
        else:
            value = fault.value if fault and fault.kind == "value" else point.value
            quality = message.BAD if fault and fault.kind == "bad" else message.GOOD
            data = message.payload(ts, sequence, value, point.unit, quality)
            tally.add(f"{self.line}-{point.tag}", ts, sequence, value)
        self.publisher.publish(topic, data)
