# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The picture of a deviation's window: well-formed, escaped, its doctests true."""

import doctest
from xml.etree import ElementTree

from conftest import load_tool

picture = load_tool("process_monitoring", "picture")
SVG = "{http://www.w3.org/2000/svg}"


def make(**vals):
    return {
        "name": "Tube",
        "unit": "°C",
        "points": [[0, 72.6, 72.8, False], [1000, 71.0, 71.2, True], [2000, None, None, False]],
        "bounds": [["critical", 72.0], ["quality", 300.0]],
        "windows": [[-5000, 9000, "DEV/1"]],
        **vals,
    }


def test_doctests():
    assert doctest.testmod(picture).failed == 0


def test_it_shows_readings_limit_and_window():
    root = ElementTree.fromstring(picture.draw(make(), "10:00", "10:01"))
    assert len(root.findall(f"{SVG}polyline")) == 1
    assert len(root.findall(f"{SVG}circle")) == 1
    assert len(root.findall(f"{SVG}line")) == 1, "a limit far away is not shown"
    window = root.findall(f"{SVG}rect")[1]
    assert float(window.get("x")) == picture.LEFT, "cut off at the first reading"


def test_text_is_escaped():
    text = picture.draw(make(name='<script>"&'), "<b>", "")
    root = ElementTree.fromstring(text)
    assert "<script" not in text
    assert root.find(f"{SVG}text").text.startswith("<script>")


def test_one_reading_and_none():
    assert "<svg" in picture.draw(make(points=[[5, 1.0, 1.0, False]], bounds=[]), "", "")
    assert picture.draw(make(points=[[5, None, None, False]]), "", "") == ""
