# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Holding time in a tube, from its volume and the flow through it.

Plug flow would give volume / flow. No tube is one: the fastest particle is what counts, and it is
faster than the mean by a factor that belongs to the tube. It is best taken from the tube's
validation (a salt or dye test: mean residence time / shortest residence time). Where there is
none, the text books of fluid mechanics give the two ends: 2 in laminar flow (the parabolic profile
of Hagen and Poiseuille has its maximum at twice the mean) and 60/49 = 1.22 in turbulent flow by
the one-seventh power law. A factor of 1 is the plug flow that validations at a stated flow assume.

>>> round(seconds(1150.0, Tube(volume_l=4.7917)), 2)
15.0
>>> round(seconds(1214.8, Tube(volume_l=4.7917)), 1)
14.2
"""

import math
from dataclasses import dataclass

LAMINAR = 2.0
TURBULENT = 60 / 49


@dataclass(frozen=True)
class Tube:
    """A holding tube, the sensor of its flow, and how long a flow may be taken as known."""

    volume_l: float
    factor: float = 1.0
    sensor: str = ""
    max_age_ms: int = 10_000


def seconds(flow_l_h: float | None, tube: Tube) -> float | None:
    """Return how long the fastest particle is held; None if the flow says nothing.

    Without flow nothing leaves the tube: that is held for ever. A flow below zero is a meter that
    is wrong or product that runs back, and shows nothing.

    >>> seconds(0.0, Tube(5.0)), seconds(-3.0, Tube(5.0)), seconds(None, Tube(5.0))
    (inf, None, None)
    >>> seconds(1200.0, Tube(5.0, factor=LAMINAR))
    7.5
    """
    if flow_l_h is None or flow_l_h < 0 or math.isnan(flow_l_h):
        return None
    if flow_l_h == 0:
        return math.inf
    return tube.volume_l * 3600 / (flow_l_h * tube.factor)
