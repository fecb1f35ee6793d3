# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Lethality: what heat over time did to germs, in minutes at a reference temperature.

``L(T) = 10 ** ((T - Tref) / z)``, and the value is the integral of L over time. Between two
readings the trapezoid of L is taken (not L of the trapezoid of T, which gives another figure). What
cannot be shown counts for nothing: nothing is added before the first reading, after the last one,
beside a reading that is unusable, or while product did not flow forward. Where readings are further
apart than allowed inside the heating, the result is not demonstrable, however high it is.

>>> profile = [(0, 100), (5, 115), (10, 121.1), (13, 121.1), (18, 100)]
>>> f0 = Heat()
>>> for minute, celsius in profile:
...     f0 = add(f0, Rule("f0", 121.1, 10.0), minute * 60_000, celsius, max_gap_ms=300_000)
>>> round(f0.value, 4), f0.is_demonstrable
(9.2662, True)
"""

from dataclasses import dataclass, replace

# Names as the trade has them: (shown, Tref in °C, z in °C).
METHODS = {
    "pu": ("PU", 60.0, 7.0),
    "f0": ("F0", 121.1, 10.0),
    "p0": ("P0", 70.0, 10.0),
}


@dataclass(frozen=True)
class Rule:
    """Which lethality: without Tref and z a figure says nothing, so they always go with it."""

    method: str
    reference_c: float
    z_c: float

    @property
    def name(self) -> str:
        """The name that people give it."""
        return METHODS.get(self.method, ("F",))[0]

    def describe(self) -> str:
        """Return the name with Tref and z.

        >>> Rule("pu", 60.0, 7.0).describe()
        'PU (Tref 60 °C, z 7 °C)'
        """
        return f"{self.name} (Tref {self.reference_c:g} °C, z {self.z_c:g} °C)"

    def rate(self, celsius: float) -> float:
        """Return the minutes at Tref that a minute at this temperature is worth.

        >>> Rule("pu", 60.0, 7.0).rate(67.0)
        10.0
        """
        try:
            return 10.0 ** ((celsius - self.reference_c) / self.z_c)
        except OverflowError:
            return float("inf")


@dataclass(frozen=True)
class Heat:
    """What was added up so far. `value` is None before the first usable reading.

    `last_ms` and `last_rate` are of the reading to go on from; `gap_ms` is where the first stretch
    begins that is too long to say anything about, None if there is none.
    """

    value: float | None = None
    last_ms: int | None = None
    last_rate: float | None = None
    gap_ms: int | None = None

    @property
    def is_demonstrable(self) -> bool:
        """Tell whether the readings are close enough together to show the value."""
        return self.gap_ms is None


def add(heat: Heat, rule: Rule, moment_ms: int, celsius: float, max_gap_ms: int | None) -> Heat:
    """Return the heat after one more usable reading; they come in order of time."""
    rate = rule.rate(celsius)
    value = heat.value or 0.0
    gap_ms = heat.gap_ms
    if heat.last_ms is not None:
        lasted_ms = moment_ms - heat.last_ms
        if max_gap_ms is not None and lasted_ms > max_gap_ms:
            gap_ms = heat.last_ms if gap_ms is None else gap_ms
        elif heat.last_rate is not None:
            value += (heat.last_rate + rate) / 2 * lasted_ms / 60_000
    return Heat(value, moment_ms, rate, gap_ms)


def skip_unusable(heat: Heat) -> Heat:
    """Return the heat after a reading that shows nothing: what lies beside it adds nothing."""
    return replace(heat, last_rate=None)


def skip_outside(heat: Heat) -> Heat:
    """Return the heat after a reading of a time in which nothing was to be heated."""
    return replace(heat, last_rate=None, last_ms=None)
