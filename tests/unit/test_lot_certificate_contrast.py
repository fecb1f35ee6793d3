# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The contrast of a colour on white paper (WCAG 2.1, 1.4.3)."""

import doctest

import pytest
from conftest import load_tool

contrast = load_tool("lot_certificate", "contrast")


def test_doctests():
    assert doctest.testmod(contrast).failed == 0
    assert doctest.testmod(contrast).attempted >= 3


@pytest.mark.parametrize(("colour", "readable"), [("#767676", True), ("#777777", False)])
def test_the_grey_at_the_limit(colour, readable):
    assert (contrast.on_white(colour) >= contrast.READABLE) is readable


@pytest.mark.parametrize("text", [None, "", "#fff", "1f7a5c", "#1f7a5c\n", "#12345g", "url(x)"])
def test_nothing_else_is_a_colour(text):
    assert not contrast.is_colour(text)
