# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is kept of refused messages under a flood: bounded, and every message counted."""

import doctest
import random

from conftest import load_tool

sightings = load_tool("process_mqtt", "sightings")
quota = load_tool("process_mqtt", "quota")

HOUR_MS, OTHERS, Quota, Refusal = quota.HOUR_MS, quota.OTHERS, quota.Quota, quota.Refusal
SMALL = Quota(letters=3, topics=2, topic_bytes=100)


def by_topic(tallies):
    return {tally.topic: (tally.count, tally.kept, tally.left_out) for tally in tallies}


def test_doctests():
    assert doctest.testmod(quota).failed == 0


def test_the_first_of_a_topic_are_kept_whole_and_the_rest_counted():
    kept, tallies = quota.allot([Refusal("a", 5 + n, 1, f"r{n}") for n in range(10)], [], SMALL)
    assert kept == [True] * 3 + [False] * 7
    [tally] = tallies
    assert (tally.count, tally.kept, tally.left_out, tally.kept_bytes) == (10, 3, 7, 3)
    assert (tally.first_ms, tally.last_ms, tally.reason) == (5, 14, "r9")


def test_the_next_hour_begins_anew():
    came = [Refusal("a", HOUR_MS - 1, 1)] * 4 + [Refusal("a", HOUR_MS, 1)] * 4
    kept, tallies = quota.allot(came, [], SMALL)
    assert kept == [True, True, True, False] * 2
    assert [tally.hour_ms for tally in tallies] == [0, HOUR_MS]


def test_it_goes_on_where_the_last_batch_ended():
    came = [Refusal("a", 1, 1), Refusal("b", 1, 1), Refusal("c", 1, 1)]
    _kept, tallies = quota.allot(came, [], SMALL)
    kept, tallies = quota.allot([Refusal("a", 2, 1)] * 4 + [Refusal("d", 2, 1)], tallies, SMALL)
    assert kept == [True, True, False, False, True]
    assert by_topic(tallies) == {"a": (5, 3, 2), OTHERS: (2, 2, 0)}


def test_bytes_are_bounded_and_the_first_is_kept_whatever_its_size():
    kept, _tallies = quota.allot([Refusal("a", 1, size) for size in (500, 1)], [], SMALL)
    assert kept == [True, False]
    kept, _tallies = quota.allot([Refusal("a", 1, size) for size in (60, 60, 40)], [], SMALL)
    assert kept == [True, False, True]


def test_invented_topics_take_no_place_of_a_sensor():
    flood = [Refusal(f"plant/x{n}", 1, 1) for n in range(1000)]
    sensor = [Refusal("plant/ph", 1, 1, is_sensor=True)] * 3
    kept, tallies = quota.allot([*flood, *sensor], [], SMALL)
    assert kept[-3:] == [True] * 3
    assert by_topic(tallies) == {
        "plant/x0": (1, 1, 0),
        "plant/x1": (1, 1, 0),
        OTHERS: (998, 3, 995),
        "plant/ph": (3, 3, 0),
    }


def test_a_topic_that_is_no_name_is_counted_with_the_others():
    came = [Refusal(topic, 1, 1, is_sensor=True) for topic in ("x" * 1001, "a\x00b", "\ud800")]
    assert by_topic(quota.allot(came, [], SMALL)[1]) == {OTHERS: (3, 3, 0)}


def test_nothing_is_lost_and_nothing_grows_whatever_comes():
    chance = random.Random(7)
    so_far, came_in_all, kept_in_all = {}, 0, 0
    for _batch in range(50):
        came = [
            Refusal(f"t{chance.randrange(40)}", chance.randrange(2 * HOUR_MS), chance.randrange(90))
            for _message in range(chance.randrange(60))
        ]
        kept, tallies = quota.allot(came, so_far.values(), SMALL)
        so_far |= {(tally.hour_ms, tally.topic): tally for tally in tallies}
        came_in_all, kept_in_all = came_in_all + len(came), kept_in_all + sum(kept)
    assert sum(tally.count for tally in so_far.values()) == came_in_all
    assert sum(tally.kept for tally in so_far.values()) == kept_in_all
    assert len(so_far) <= 2 * (SMALL.topics + 1)
    assert all(tally.kept <= SMALL.letters for tally in so_far.values())
    assert all(tally.kept_bytes <= SMALL.topic_bytes for tally in so_far.values())
