# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quiet live values, so that a demo plant looks alive while nobody replays anything.

Process values come every two seconds, meters every thirty. A line whose values somebody else
publishes, or that has just been replayed, is left alone for ten minutes: two sources for one
sensor would be a fault of the plant, not of its monitoring.
"""

import math
import time
from dataclasses import dataclass

from .message import Tally
from .recording import Point

EVERY_S = 2.0
METERS_EVERY_S = 30.0
GIVE_WAY_S = 600.0


@dataclass(frozen=True)
class Quiet:
    """A tag at rest: a level with a slow small wave, a state, or a meter with its rate."""

    tag: str
    unit: str
    level: float | str
    wave: float = 0.0
    places: int = 2

    def at(self, second: float) -> float | str:
        if isinstance(self.level, str):
            return self.level
        # two waves of incommensurable periods do not repeat within a day
        phase = math.sin(second / 17.0) + 0.5 * math.sin(second / 5.3)
        return round(self.level + self.wave * phase / 1.5, self.places)


@dataclass(frozen=True)
class Meter:
    """A counting meter that goes on slowly: `per_hour` of its unit."""

    tag: str
    unit: str
    per_hour: float


LINES: dict[tuple[str, str], tuple[tuple[Quiet, ...], tuple[Meter, ...]]] = {
    ("dairy", "d1"): (
        (
            Quiet("divert-valve", "", "forward"),
            Quiet("reception-temp", "degC", 4.1, 0.1),
            Quiet("standard-fat", "%", 3.55, 0.02, 3),
            Quiet("pasteur-temp", "degC", 73.0, 0.2),
            Quiet("pasteur-flow", "l/h", 1000.0, 12.0, 1),
            Quiet("ph", "pH", 6.70, 0.02, 3),
            Quiet("cooling-temp", "degC", 4.4, 0.1),
            Quiet("filling-temp", "degC", 4.7, 0.1),
        ),
        (),
    ),
    ("polymer", "p1"): (
        (
            Quiet("reactor-temp", "degC", 70.0, 0.6),
            Quiet("reactor-pressure", "bar", 32.0, 0.4),
        ),
        (
            Meter("electricity", "kWh", 90.0),
            Meter("steam", "kg", 60.0),
            Meter("water", "m3", 0.6),
        ),
    ),
}
_EPOCH_S = 1_767_225_600  # 2026-01-01: the day the demo's meters were put in, at zero


def standing(site: str, line: str, now_s: float) -> dict[str, float]:
    """What the meters of a line show at a start: they have counted since they were put in.

    >>> standing("polymer", "p1", 1_767_225_600 + 3600)["electricity"]
    90.0
    """
    _quiet, meters = LINES.get((site, line), ((), ()))
    hours = (now_s - _EPOCH_S) / 3600
    return {meter.tag: round(meter.per_hour * hours, 3) for meter in meters}


class Idler:
    """Publishes the quiet values of one line through its replayer."""

    def __init__(self, replayer, clock=time.time):
        self.replayer = replayer
        self._clock = clock
        self._quiet_until = 0.0
        self._next = self._next_meters = 0.0
        self._metered_s = clock()

    def give_way(self) -> None:
        """Somebody else speaks for this line."""
        self._quiet_until = self._clock() + GIVE_WAY_S

    def tick(self) -> int:
        """Publish what is due; returns how many values that were."""
        now = self._clock()
        if now < self._quiet_until:
            self._metered_s = now
            return 0
        points = []
        if now >= self._next:
            self._next = now + EVERY_S
            points += self._values(now)
        if now >= self._next_meters:
            self._next_meters = now + METERS_EVERY_S
            points += self._meters(now)
        tally = Tally()
        for point in points:
            self.replayer.publish_point(point, int(now * 1000), tally)
        return len(points)

    def _lines(self):
        return LINES.get((self.replayer.site, self.replayer.line), ((), ()))

    def _values(self, now: float) -> list[Point]:
        return [Point(0, quiet.tag, quiet.at(now), quiet.unit) for quiet in self._lines()[0]]

    def _meters(self, now: float) -> list[Point]:
        hours, self._metered_s = (now - self._metered_s) / 3600, now
        points = []
        for meter in self._lines()[1]:
            known = self.replayer.meters.standing
            known[meter.tag] = round(known.get(meter.tag, 0.0) + meter.per_hour * hours, 3)
            points.append(Point(0, meter.tag, known[meter.tag], meter.unit))
        return points
