# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Topics that nothing reads: counted in bounded space, and how they might be read."""

import doctest
import json

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

load_tool("process_monitoring", "sample")
topic = load_tool("process_mqtt", "topic")
payload = load_tool("process_mqtt", "payload")
path = load_tool("process_mqtt", "path")
settings = load_tool("process_mqtt", "settings")
sightings = load_tool("process_mqtt", "sightings")
suggestion = load_tool("process_mqtt", "suggestion")

NOW = 1_795_348_800_000


@pytest.mark.parametrize("module", [sightings, suggestion])
def test_doctests(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_a_million_topics_take_no_more_room_than_a_thousand():
    seen = sightings.Sightings()
    for number in range(10_000):
        seen.add(f"attack/{number}", b"x" * 100_000, NOW)
    found, beyond = seen.take()
    assert (len(found), beyond) == (sightings.MOST_TOPICS, 10_000 - sightings.MOST_TOPICS)
    assert {len(one.payload) for one in found} == {sightings.MOST_BYTES}
    assert not seen


def test_what_could_not_be_listed_counts_on():
    seen = sightings.Sightings(limit=2)
    seen.add("a", b"1", 10)
    taken = seen.take()
    seen.add("a", b"2", 20)
    seen.add("b", b"3", 20)
    seen.add("c", b"4", 20)
    seen.give_back(*taken)
    found, beyond = seen.take()
    assert [(one.topic, one.count, one.payload) for one in found] == [
        ("a", 2, b"2"),
        ("b", 1, b"3"),
    ]
    assert (found[0].first_ms, found[0].last_ms, beyond) == (10, 20, 1)


@pytest.mark.parametrize("name", ["a" * 1_001, "ü" * 501, "a\x00b", "a\nb", "a\ud800"])
def test_a_topic_that_cannot_be_listed_is_only_counted(name):
    seen = sightings.Sightings()
    seen.add(name, b"", NOW)
    assert seen.take() == ([], 1)


def test_watched_prefixes_of_sparkplug_are_groups_of_the_same_subscription():
    watching = settings.Settings(1, "x", "h", is_sparkplug=True, watched=("spBv1.0/dairy/#",))
    assert watching.subscriptions() == ("spBv1.0/dairy/#",)
    plain = settings.Settings(1, "x", "h", watched=("plant/#",))
    assert plain.subscriptions() == (), "a plain broker's are on a connection of their own"
    assert plain.connection == settings.Settings(1, "x", "h").connection


READABLE = [
    ({"ts": NOW, "value": 72.4, "unit": "degC", "q": 192, "seq": 3}, 72.4),
    ({"timestamp": "2026-03-01T08:00:00Z", "temperature": 72.4}, 72.4),
    ({"meta": {"time": NOW}, "data": {"values": [{"v": 1, "id": "x"}]}}, 1.0),
    ({"ts": NOW, "value": "forward"}, "forward"),
    ({"type": "Float", "ts": NOW, "q": 192, "value": 4.0, "seq": 0}, 4.0),
]


@pytest.mark.parametrize(("document", "value"), READABLE)
def test_what_is_suggested_reads_the_payload(document, value):
    guess = suggestion.suggest(json.dumps(document))
    mapping = payload.Mapping(
        "a/b",
        "b",
        value_path=guess.value_path,
        text_path=guess.text_path,
        time_path=guess.time_path,
        sequence_path=guess.sequence_path,
        unit_path=guess.unit_path,
        quality_path=guess.quality_path,
    )
    sample = payload.parse("a/b", json.dumps(document).encode(), mapping, NOW)
    assert value in (sample.value, sample.text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "true", '"72,4"', "72,4", '{"a": 1, "b": 2}', '{"value": true}', "[" * 9999],
)
def test_nothing_is_suggested_where_nothing_is_clear(text):
    guess = suggestion.suggest(text)
    assert (guess.value_path, guess.text_path) == ("", "")


@given(st.text(max_size=200))
def test_no_payload_is_too_strange(text):
    assert isinstance(suggestion.suggest(text), suggestion.Suggestion)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
        max_leaves=30,
    )
)
def test_every_path_that_is_suggested_leads_somewhere(document):
    guess = suggestion.suggest(json.dumps(document))
    if isinstance(document, dict | list):
        for found in (guess.value_path, guess.text_path, guess.time_path, guess.unit_path):
            assert not found or path.pick(document, found) is not path.MISSING


@given(st.text(st.characters(exclude_characters="+#\x00"), min_size=1, max_size=40), st.booleans())
def test_a_suggested_filter_gives_the_suggested_code(name, is_wide):
    found, template = suggestion.suggest_filter(name, is_wide)
    if topic.check(found) or topic.check_template(template, found):
        return  # such a name is said to be unusable in the form
    caught = topic.match(found, name)
    assert caught is not None or name.startswith("$")
    if caught is not None and not is_wide:
        assert topic.fill(template, caught) == suggestion.suggest_code(name)
