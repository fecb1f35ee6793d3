# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""MQTT filters: the examples of the standard (4.7, 4.8) and ours, then what hypothesis finds."""

import doctest

import pytest
from conftest import load_tool
from hypothesis import given, settings
from hypothesis import strategies as st

topic = load_tool("process_mqtt", "topic")

LEVEL = st.text(st.characters(blacklist_characters="/+#{}\x00", min_codepoint=32), max_size=6)


def test_doctests():
    assert doctest.testmod(topic).failed == 0
    assert doctest.testmod(topic).attempted >= 15


@pytest.mark.parametrize(
    ("topic_filter", "name", "matches"),
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
        ("sport/#", "sport", True),
        ("#", "anything/at/all", True),
        ("sport/tennis/+", "sport/tennis/player1", True),
        ("sport/tennis/+", "sport/tennis/player1/ranking", False),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("/+", "/finance", True),
        ("+", "/finance", False),
        ("#", "$SYS/broker", False),
        ("+/broker", "$SYS/broker", False),
        ("{tree}/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("$share/bridges/sport/#", "sport/tennis", True),
        ("plant.a/+", "plantXa/b", False),
        ("a/b", "A/b", False),
    ],
)
def test_standard_examples(topic_filter, name, matches):
    assert (topic.match(topic_filter, name) is not None) is matches


@pytest.mark.parametrize(
    ("topic_filter", "word"),
    [
        ("", "1 to 65535 bytes"),
        ("a/#/b", "last level"),
        ("a/b#", "mixes"),
        ("a/b+", "mixes"),
        ("a/{B}", "mixes"),
        ("a/{b", "mixes"),
        ("{a}/{a}", "used twice"),
        ("$share/a", "shared filter"),
        ("$share//a", "shared filter"),
        ("$share/+/a", "shared filter"),
    ],
)
def test_wrong_filters_are_named(topic_filter, word):
    assert word in topic.check(topic_filter)


def test_template_names_come_from_the_filter():
    assert topic.check_template("{line}-x", "{line}/+") == ""
    assert "{tag}" in topic.check_template("{tag}", "{line}/+")
    assert topic.check_template("  ", "{line}/+") == "it is empty"
    assert topic.fill("fixed", {}) == "fixed"


@settings(deadline=None)
@given(st.lists(LEVEL, min_size=1, max_size=6))
def test_a_topic_matches_itself_and_each_level_replaced_by_a_wildcard(levels):
    name = "/".join(levels)
    if not name:
        return
    assert topic.match(name, name) == {}
    for position in range(len(levels)):
        if position == 0 and name.startswith("$"):
            continue
        wild = levels.copy()
        wild[position] = "+"
        assert topic.match("/".join(wild), name) == {}
        wild[position] = "{here}"
        assert topic.match("/".join(wild), name) == {"here": levels[position]}


@settings(deadline=None)
@given(st.text(max_size=30))
def test_check_never_raises_and_what_it_allows_compiles(text):
    if not topic.check(text):
        topic.match(text, "a/b/c")
        assert topic.check(topic.subscription(text)) == ""
