# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Both pictures in places on a sheet of paper, for a report that draws them as SVG.

>>> drawn = bars([{"label": "Raw", "start": 0, "end": 8, "kg": 8},
...               {"label": "Product", "start": 0, "end": 8, "kg": 8}])
>>> [(bar["left"], bar["width"]) for bar in drawn["bars"]], drawn["height"]
([(130.0, 430.0), (130.0, 430.0)], 44)
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from . import picture

WIDTH = 640.0
LABELS = 130.0
FIGURES = 80.0
ROW = 22
BOX = 10.0
MIDDLE = 0.46


def bars(steps: Sequence[Mapping]) -> dict:
    """Return the bars of the waterfall, one below the other, on a common scale."""
    ends = [value for step in steps for value in (step["start"], step["end"])]
    low, high = min(0.0, *ends), max(0.0, *ends)
    scale = (WIDTH - LABELS - FIGURES) / ((high - low) or 1.0)
    drawn = []
    for row, step in enumerate(steps):
        left = LABELS + (min(step["start"], step["end"]) - low) * scale
        width = max(abs(step["end"] - step["start"]) * scale, 1.0)
        place = {"left": left, "width": width, "top": row * ROW + 3, "end": left + width + 5}
        drawn.append({**step, **place})
    return {"bars": drawn, "width": WIDTH, "height": len(drawn) * ROW, "zero": LABELS - low * scale}


def flow(nodes: Sequence[Mapping], bands: Sequence[Mapping], height: float) -> dict:
    """Return boxes with the places of their labels, and bands as SVG paths."""
    lefts = [0.0, MIDDLE * (WIDTH - BOX), WIDTH - BOX]
    places = {node["key"]: lefts[node["column"]] for node in nodes}
    boxes = []
    for node in nodes:
        left, is_last = places[node["key"]], node["column"] == 2
        text = {
            "left": left,
            "width": BOX,
            "thick": max(node["height"], 1.0),
            "text": left - 4 if is_last else left + BOX + 4,
            "anchor": "end" if is_last else "start",
            # the letters of a printed font stand on their line: down by a third of their size
            "base": node["top"] + node["height"] / 2 + 3.2,
        }
        boxes.append({**node, **text})
    paths = [
        {
            "color": band["color"],
            "path": picture.ribbon(
                places[band["source"]] + BOX, places[band["target"]], SimpleNamespace(**band)
            ),
        }
        for band in bands
    ]
    return {"nodes": boxes, "bands": paths, "width": WIDTH, "height": height}
