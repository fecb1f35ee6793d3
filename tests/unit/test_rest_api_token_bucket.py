# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A caller gets a minute's worth at once and then what flows in; others are not touched."""

import doctest
from concurrent.futures import ThreadPoolExecutor

from conftest import load_tool

token_bucket = load_tool("rest_api", "token_bucket")


def test_doctests():
    assert not doctest.testmod(token_bucket).failed


def test_callers_do_not_share():
    limiter = token_bucket.Limiter()
    assert limiter.take("a", 1, 0).wait_s == 0
    assert limiter.take("a", 1, 0).wait_s == 60
    assert limiter.take("b", 1, 0).wait_s == 0


def test_what_it_says_to_wait_is_enough():
    limiter = token_bucket.Limiter()
    now = 0.0
    for _request in range(50):
        wait = limiter.take("a", 7, now).wait_s
        if wait:
            assert limiter.take("a", 7, now + wait).wait_s == 0
        now += 1.3


def test_a_refused_request_costs_nothing():
    limiter = token_bucket.Limiter()
    limiter.take("a", 1, 0)
    for second in range(59):
        assert limiter.take("a", 1, second).wait_s == 60 - second
    assert limiter.take("a", 1, 60).wait_s == 0


def test_those_who_have_gone_are_forgotten():
    limiter = token_bucket.Limiter(size=10)
    for caller in range(10):
        limiter.take(caller, 60, 0)
    limiter.take("new", 60, 120)
    assert len(limiter._buckets) == 1


def test_threads_do_not_take_the_same_token():
    limiter = token_bucket.Limiter()
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _n: limiter.take("a", 100, 0).wait_s, range(500)))
    assert waits.count(0) == 100


def test_a_limit_that_was_lowered_holds_at_once():
    limiter = token_bucket.Limiter()
    limiter.take("a", 1000, 0)
    assert [limiter.take("a", 2, 0).wait_s for _request in range(3)] == [0, 0, 30]


def test_it_says_what_is_left():
    limiter = token_bucket.Limiter()
    assert limiter.take("a", 60, 0) == token_bucket.Taken(0, 59, 1)
    assert limiter.take("a", 60, 0) == token_bucket.Taken(0, 58, 2)
    assert limiter.take("a", 60, 1.5).left == 58, "half a token is none"
    assert [limiter.take("b", 1, 0) for _request in range(2)] == [
        token_bucket.Taken(0, 0, 60),
        token_bucket.Taken(60, 0, 60),
    ]
