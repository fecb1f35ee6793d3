# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What comes from outside: events, criteria, addresses; whatever it is, it is read or refused."""

from datetime import date, datetime, timedelta

import pytest
from conftest import load_tool
from hypothesis import given
from hypothesis import strategies as st

backoff = load_tool("carbon_pact", "backoff")
cloudevent = load_tool("carbon_pact", "cloudevent")
criteria = load_tool("carbon_pact", "criteria")
peer_url = load_tool("carbon_pact", "peer_url")
urn = load_tool("carbon_pact", "urn")
validity = load_tool("carbon_pact", "validity")

UUID = "3a6c14a7-4deb-498a-b5ea-16ce2535b576"
DATA = {
    "created": {"productId": ["urn:gtin:4712345060507"]},
    "fulfilled": {"requestEventId": "r1", "pfs": [{"id": UUID}]},
    "rejected": {"requestEventId": "r1", "error": {"code": "NotFound", "message": "None."}},
    "published": {"pfIds": [UUID]},
}


def event(kind, **changed):
    body = cloudevent.write(kind, "e1", "//a.example", "2026-01-31T00:00:00Z", DATA[kind])
    return {name: value for name, value in (body | changed).items() if value is not None}


@pytest.mark.parametrize("kind", DATA)
def test_a_well_formed_event_is_read(kind):
    found = cloudevent.read(event(kind))
    assert (found.kind, found.event_id, found.data) == (kind, "e1", DATA[kind])


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("published", {"data": {"pfIds": ["urn:gtin:4712345060507"]}}),  # case 40
        ("published", {"data": {"pfIds": []}}),
        ("published", {"data": {}}),
        ("published", {"data": None}),
        ("published", {"data": [UUID]}),
        ("published", {"type": "org.wbcsd.pathfinder.ProductFootprint.Published.v1"}),
        ("published", {"specversion": "0.3"}),
        ("published", {"id": ""}),
        ("published", {"id": 7}),
        ("published", {"source": None}),
        ("published", {"time": "yesterday"}),
        ("created", {"data": {"productId": "x" * 501}}),
        ("created", {"data": {"productId": [7]}}),
        ("created", {"data": {}}),
        ("created", {"data": {"comment": "all, please"}}),
        ("created", {"data": {"validOn": ["soon"]}}),
        ("created", {"data": {"productId": ["urn:gtin:1"], "comment": 7}}),
        ("fulfilled", {"data": {"requestEventId": "r1", "pfs": []}}),
        ("fulfilled", {"data": {"requestEventId": "r1", "pfs": ["x"]}}),
        ("fulfilled", {"data": {"pfs": [{}]}}),
        ("rejected", {"data": {"requestEventId": "r1", "error": "no"}}),
        ("rejected", {"data": {"requestEventId": "r1", "error": {"code": "x"}}}),
    ],
)
def test_case_40_a_malformed_event_is_refused_with_a_sentence(kind, changed):
    found = cloudevent.read(event(kind, **changed))
    assert isinstance(found, str) and found.endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["specversion", "id", "source", "time", "type", "data"])


@given(st.sampled_from(list(DATA)), st.dictionaries(NAMES, JSON, max_size=3), JSON)
def test_whatever_comes_is_read_or_refused(kind, changed, data):
    for body in (event(kind, **changed), event(kind, data=data)):
        assert isinstance(cloudevent.read(body), (str, cloudevent.Event))


def test_criteria_moments_come_in_utc_and_texts_without_case():
    found = criteria.read(
        {"geography": ["DE", "fr"], "validOn": ["2026-01-01T02:00:00+02:00"], "status": ["Active"]}
    )
    assert found.texts == {"geography": ("de", "fr"), "status": ("active",)}
    assert found.moments == {"validOn": (datetime(2026, 1, 1),)}


def test_criteria_that_ask_for_nothing():
    assert not criteria.read({"geography": [""], "limit": ["3"], "x-other": ["1"]})


@pytest.mark.parametrize("values", [["a"] * 101, ["x" * 501]])
def test_criteria_have_limits(values):
    assert isinstance(criteria.read({"productId": values}), str)


def test_validity_ends_three_years_after_the_period_at_most():
    end = datetime(2025, 1, 1)
    for start, until, problem in (
        (end, datetime(2028, 1, 1), ""),
        (end, datetime(2028, 1, 1, 0, 0, 1), "long"),
        (end - timedelta(seconds=1), datetime(2026, 1, 1), "early"),
        (datetime(2026, 1, 1), datetime(2026, 1, 1), "backwards"),
    ):
        assert validity.find_problem(end, start, until) == problem


@pytest.mark.parametrize(
    ("last_day", "first", "until", "problem"),
    [
        (date(2024, 12, 31), None, date(2027, 12, 31), ""),
        (date(2024, 12, 31), None, date(2028, 1, 1), "long"),
        (date(2024, 12, 31), date(2024, 12, 30), date(2027, 12, 31), "early"),
        (date(2024, 12, 31), date(2025, 1, 2), date(2025, 1, 1), "backwards"),
        (date(2024, 2, 29), None, date(2027, 2, 28), ""),
        (date(2024, 2, 29), None, date(2027, 3, 1), "long"),
    ],
)
def test_rule_24_validity(last_day, first, until, problem):
    """Three years in whole days: the last of the period, the first and last of the validity."""
    period_end = validity.after(last_day)
    start, end = validity.get_span(period_end, first and validity.begin(first), None)
    assert end == validity.add_years(period_end)
    assert validity.find_problem(period_end, start, validity.after(until)) == problem


@given(st.text(max_size=40))
def test_any_text_is_a_moment_or_none(text):
    assert validity.read(text) is None or isinstance(validity.read(text), datetime)


def test_times_are_tried_ever_later_and_given_up_after_three_days():
    start = now = datetime(2026, 1, 1)
    waits = []
    for tries in range(1, 100):
        following = backoff.get_next(tries, start, now)
        if following is None:
            break
        waits.append(following - now)
        now = following
    assert waits == sorted(waits)
    assert timedelta(hours=60) < now - start <= timedelta(hours=72)


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "https://", "//a.example", "https://a.example:99999", "javascript:1"]
)
def test_addresses_that_are_none(url):
    assert peer_url.find_problem(url) == "form"


@pytest.mark.parametrize(
    "name", ["PGPASSWORD", "batchproof_pact_x", "BATCHPROOF_MQTT_PASSWORD", ""]
)
def test_no_other_secret_of_the_environment_is_named(name):
    assert not peer_url.is_secret_name(name)


@pytest.mark.parametrize("name", ["urn:pact:null", "URN:ISBN:0-395-36341-1", "urn:a1:b%20c"])
def test_urns(name):
    assert urn.is_urn(name)


@pytest.mark.parametrize("name", ["urn:-x:1", "urn:x y:1", "urn:gtin:", "http://a", "urn:gtin:1 2"])
def test_names_that_are_none(name):
    assert not urn.is_urn(name)
