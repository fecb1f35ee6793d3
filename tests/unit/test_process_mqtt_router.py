# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Messages, routing, retained states, and the checks of a connection before it is opened."""

import doctest
import json
from dataclasses import replace

import pytest
from conftest import load_tool

load_tool("process_monitoring", "sample")
message = load_tool("process_mqtt", "message")
path = load_tool("process_mqtt", "path")
payload = load_tool("process_mqtt", "payload")
router = load_tool("process_mqtt", "router")
settings = load_tool("process_mqtt", "settings")
text = load_tool("process_mqtt", "text")

NOW = 1_795_348_800_000
ANY = payload.Mapping("plant/{line}/{tag}", "{line}-{tag}")


def arrived(topic="plant/d1/temp", retained=False, **changes):
    data = json.dumps({"ts": NOW, "value": 1, **changes}).encode()
    return message.Message(topic, data, NOW + 1000, is_retained=retained)


@pytest.mark.parametrize("module", [message, path, router, settings, text])
def test_doctests(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_first_match_reads():
    special = payload.Mapping("plant/+/temp", "special")
    assert router.Router([special, ANY]).decode(arrived()).sensor == "special"
    assert router.Router([ANY, special]).decode(arrived()).sensor == "d1-temp"
    assert router.Router([special, ANY]).decode(arrived("plant/d1/ph")).sensor == "d1-ph"


def test_no_mapping_is_a_reason_but_not_for_a_retained_state():
    nothing = router.Router([])
    assert nothing.decode(arrived()).code == "mapping"
    assert isinstance(nothing.decode(arrived(retained=True)), message.Retained)


def test_memory_of_topics_is_bounded(monkeypatch):
    monkeypatch.setattr(router, "REMEMBERED", 3)
    found = router.Router([ANY])
    for number in range(10):
        assert found.find(f"plant/d{number}/temp") is ANY
        assert len(found._known) <= 3


@pytest.mark.parametrize(
    ("max_age_ms", "age_ms", "is_reading"),
    [(0, 0, False), (0, 1000, False), (1000, 1000, True), (999, 1000, False), (5000, 1000, True)],
)
def test_retained_counts_by_its_own_time_only(max_age_ms, age_ms, is_reading):
    found = router.Router([replace(ANY, retained_max_age_ms=max_age_ms)])
    result = found.decode(arrived(retained=True, ts=NOW + 1000 - age_ms))
    assert isinstance(result, message.Retained) is not is_reading


def test_malformed_retained_is_only_a_state():
    found = router.Router([replace(ANY, retained_max_age_ms=5000)])
    assert isinstance(found.decode(arrived(retained=True, value="x")), message.Retained)


BROKER = settings.Settings(1, "x", "h")


@pytest.mark.parametrize(
    ("values", "environment", "words"),
    [
        ({}, {}, ""),
        ({"use_tls": False, "allow_plain": True}, {}, ""),
        ({"use_tls": False}, {}, "plain connections are not allowed"),
        ({"username": "u"}, {"BATCHPROOF_MQTT_PASSWORD": "p"}, ""),
        ({"username": "u"}, {"BATCHPROOF_MQTT_PASSWORD": ""}, "is not set"),
        ({"username": "u", "password_variable": "PGPASSWORD"}, {"PGPASSWORD": "p"}, "must be"),
    ],
)
def test_transport(values, environment, words):
    problem = settings.check_transport(replace(BROKER, **values), environment)
    assert bool(problem) is bool(words)
    assert words in problem


def test_second_instance_takes_part_in_shared_subscriptions_only():
    shared = payload.Mapping("$share/g/plant/{line}/{tag}", "{line}-{tag}")
    both = replace(BROKER, mappings=(ANY, shared))
    assert both.subscriptions() == ("$share/g/plant/+/+", "plant/+/+")
    assert both.subscriptions(2) == ("$share/g/plant/+/+",)
    assert both.instance_client_id(2) != both.instance_client_id(3) != both.instance_client_id()


def test_reconnect_only_for_what_the_connection_depends_on():
    for values in ({"name": "y"}, {"mappings": (ANY,)}, {"batch_size": 1}, {"linger_ms": 1}):
        assert replace(BROKER, **values).connection == BROKER.connection
    for values in ({"host": "y"}, {"port": 1}, {"client_id": "y"}, {"ca_file": "y"}):
        assert replace(BROKER, **values).connection != BROKER.connection


def thinned(values, *, monitored=frozenset(), again=False, **changes):
    """The values that are kept, of (milliseconds after NOW, value, quality)."""
    mapping = replace(ANY, quality_path="q", deadband=0.5, deadband_max_ms=60_000, **changes)
    reader = router.Router([mapping], monitored)
    for _turn in range(1 + again):
        read = [reader.decode(arrived(ts=NOW + ms, value=v, q=q)) for ms, v, q in values]
    return [sample.value for sample in read if not isinstance(sample, message.Ignored)]


def test_deadband_keeps_what_says_something_new():
    quiet = [(0, 10, 192), (1_000, 10.5, 192), (2_000, 9.5, 192), (3_000, 10.6, 192)]
    assert thinned(quiet) == [10, 10.6]
    assert thinned([(0, 10, 192), (1_000, 10.4, 192), (2_000, 10.8, 192)]) == [10, 10.8]


def test_deadband_keeps_one_at_least_so_often():
    assert thinned([(0, 10, 192), (59_999, 10, 192), (60_000, 10.1, 192)]) == [10, 10.1]


def test_deadband_keeps_a_change_of_quality():
    assert thinned([(0, 10, 192), (1_000, 10, 0), (2_000, 10, 192)]) == [10, 10, 10]


def test_deadband_never_thins_what_is_monitored():
    values = [(0, 10, 192), (1_000, 10, 192)]
    assert thinned(values, monitored=frozenset({"d1-temp"})) == [10, 10]
    assert thinned(values, monitored=frozenset({"d1-ph"})) == [10]


def test_deadband_reads_a_repeated_batch_alike():
    """A batch that could not be stored is decoded again: nothing of it may be lost by that."""
    values = [(0, 10, 192), (1_000, 10.1, 192), (2_000, 11, 192)]
    assert thinned(values, again=True) == thinned(values) == [10, 11]


def test_deadband_leaves_late_values_alone():
    assert thinned([(5_000, 10, 192), (1_000, 10, 192)]) == [10, 10]
