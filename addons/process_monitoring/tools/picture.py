# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Draw readings, limits and affected windows as a small SVG picture, for where no script runs.

>>> picture = draw({"points": [[0, 72.6, 72.6, False], [1000, 71.0, 71.0, True]],
...                 "bounds": [["critical", 72.0]], "windows": [[0, 1000, "DEV/1"]],
...                 "name": "Tube <outlet>", "unit": "°C"}, "10:00", "10:01")
>>> picture.startswith("<svg ") and "Tube &lt;outlet&gt;" in picture, picture.count("<circle")
(True, 1)
>>> draw({"points": []}, "", "")
''
>>> "<title>7.2 corrected</title>" in draw({"points": [[0, 72.6, 72.6, False]], "bounds": [],
...     "windows": [], "name": "Tube", "corrected": [[0, 7.2, "7.2 corrected"]]}, "", "")
True
"""

from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 180, 70, 10, 22, 24
COLORS = {"critical": "#b02a37", "operating": "#b8860b", "quality": "#3a6ea5"}


def draw(data: dict, start_text: str, end_text: str) -> str:
    """Return the picture of what `get_chart_data` returns; nothing if there is nothing to draw."""
    points = [point for point in data.get("points", []) if point[1] is not None]
    if not points:
        return ""
    first_ms, last_ms = points[0][0], points[-1][0]
    low, high = _get_range(points, data["bounds"])

    def x(moment_ms: int) -> float:
        share = (min(max(moment_ms, first_ms), last_ms) - first_ms) / ((last_ms - first_ms) or 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    title = f"{data['name']} ({data['unit']})" if data.get("unit") else data["name"]
    parts = [_text(LEFT, 14, title)]
    parts += [_window(x(start), x(end)) for start, end, _name in data["windows"]]
    for kind, value in data["bounds"]:
        if low <= value <= high:
            parts += _bound(kind, value, y(value))
    line = " ".join(f"{x(moment)},{y(value)}" for moment, value, *_rest in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#333" stroke-width="1.5"/>')
    parts += [
        f'<circle cx="{x(moment)}" cy="{y(value)}" r="3" fill="{COLORS["critical"]}"/>'
        for moment, value, _high, is_bad in points
        if is_bad
    ]
    parts += [
        _cross(x(moment), y(min(max(value, low), high)), text)
        for moment, value, text in data.get("corrected", [])
    ]
    parts.append(_text(LEFT, HEIGHT - 8, start_text))
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 8, end_text, "end"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="11" fill="#333">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _get_range(points: list, bounds: list) -> tuple[float, float]:
    """Return the lowest and the highest value shown: the readings, and limits near them."""
    low = min(point[1] for point in points)
    high = max(point[2] for point in points)
    reach = max(high - low, abs(high) * 0.05, 0.1)
    near = [value for _kind, value in bounds if low - 2 * reach < value < high + 2 * reach]
    low, high = min([low, *near]), max([high, *near])
    margin = (high - low or reach) * 0.1
    return low - margin, high + margin


def _window(start: float, end: float) -> str:
    return (
        f'<rect x="{start}" y="{TOP}" width="{max(2, round(end - start, 1))}" '
        f'height="{HEIGHT - TOP - BOTTOM}" fill="{COLORS["critical"]}" opacity="0.12"/>'
    )


def _cross(left: float, top: float, text: str) -> str:
    """Mark an entry that counts no more."""
    return (
        f'<path d="M{left - 4},{top - 4}l8,8m0,-8l-8,8" fill="none" stroke="#777">'
        f"<title>{escape(text)}</title></path>"
    )


def _bound(kind: str, value: float, place: float) -> list[str]:
    color = COLORS.get(kind, "#333")
    return [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place}" y2="{place}" stroke="{color}" '
        'stroke-dasharray="4 3"/>',
        _text(LEFT - 4, place + 4, f"{value:.10g}", "end"),
    ]


def _text(left: float, top: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{left}" y="{top}" text-anchor="{anchor}">{escape(text)}</text>'
