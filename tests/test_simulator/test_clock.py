"""The clock: requests first, then the event; a broken time or an endless instant stops the run."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.clock import ACTING, DECIDING, Clock
from simulator.errors import BrokenInvariant


def clock(seen: list | None = None) -> Clock:
    """Make a clock whose data plane writes down how far it was brought."""
    return Clock((seen if seen is not None else []).append)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_requests_are_brought_up_to_each_event_before_it_runs(times):
    seen, log = [], []
    ticking = clock(seen)
    for at in times:
        ticking.call(at, lambda: log.append((ticking.now, max(seen, default=0.0))))
    ticking.run(until=2e6)
    assert log == [(at, at) for at in sorted(times)]
    assert seen == sorted({*times, 2e6} - {0.0})


def test_at_a_tie_control_comes_before_data():
    """Requests asked before t are handled when the event at t runs; a request asked at t is not."""
    asked, handled, found = [1.0, 2.0, 2.0, 3.0], [], []
    ticking = Clock(lambda until: handled.extend(at for at in asked if at < until and at not in handled))
    ticking.call(2.0, lambda: found.append(list(handled)))
    ticking.run(until=10)
    assert found == [[1.0]]


def test_an_event_at_the_end_does_not_run_and_the_requests_before_it_do():
    seen, log = [], []
    ticking = clock(seen)
    ticking.call(5.0, lambda: log.append("at the end"))
    ticking.run(until=5.0)
    assert (seen, log, ticking.now) == ([5.0], [], 5.0)


def test_times_are_absolute():
    """0.1 + (0.7 - 0.1) is not 0.7; an event asked for at 0.7 happens at 0.7."""
    ticking, log = clock(), []
    ticking.call(0.1, lambda: ticking.call(0.7, lambda: log.append(ticking.now)))
    ticking.run(until=1)
    assert log == [0.7]


def test_a_period_does_not_add_up_its_rounding():
    ticking, log = clock(), []
    ticking.every(0.1, lambda: log.append(ticking.now))
    ticking.run(until=1000.05)
    assert log == [turn * 0.1 for turn in range(1, 10_001)]


def test_a_period_begun_in_flight_keeps_to_the_same_moments():
    """Begun at 2.5, every 1 s rings at 3, 4, …: the moments count from the start of the clock."""
    ticking, log = clock(), []
    ticking.call(2.5, lambda: ticking.every(1.0, lambda: log.append(ticking.now)))
    ticking.run(until=5.5)
    assert log == [3.0, 4.0, 5.0]


def test_at_one_instant_looking_comes_before_acting_and_both_after_the_rest():
    ticking, log = clock(), []
    ticking.call(1.0, lambda: log.append("act"), ACTING)
    ticking.call(1.0, lambda: log.append("look"), DECIDING)
    ticking.call(1.0, lambda: log.append("first"))
    ticking.call(1.0, lambda: log.append("second"))
    ticking.run(until=2)
    assert log == ["first", "second", "look", "act"]


@pytest.mark.parametrize("when", [math.nan, math.inf, -math.inf, -1.0, 4.999])
def test_a_broken_time_is_refused(when):
    ticking = clock()
    ticking.call(5.0, lambda: ticking.at(when))
    with pytest.raises(BrokenInvariant, match=r"asked for at 5\.0 s"):
        ticking.run(until=10)


@pytest.mark.parametrize("delay", [math.nan, math.inf])
def test_a_broken_delay_is_refused(delay):
    """SimPy itself takes NaN, and then its clock runs backwards."""
    ticking = clock()

    def process():
        yield ticking.timeout(1.0)
        yield ticking.timeout(delay)

    ticking.process(process())
    with pytest.raises(BrokenInvariant):
        ticking.run(until=10)


def test_a_negative_delay_is_refused():
    with pytest.raises((BrokenInvariant, ValueError)):
        clock().timeout(-1.0)


def test_a_loop_without_delay_stops_the_run():
    ticking = clock()

    def process():
        yield ticking.timeout(3.0)
        while True:
            yield ticking.timeout(0.0)

    ticking.process(process())
    with pytest.raises(BrokenInvariant, match=r"at 3\.0 s: a loop without delay"):
        ticking.run(until=10)


@pytest.mark.parametrize("period", [0.0, -1.0, math.nan])
def test_a_broken_period_stops_the_run(period):
    ticking = clock()
    with pytest.raises(BrokenInvariant):
        ticking.every(period, lambda: None)
        ticking.run(until=10)


def test_many_events_at_one_instant_are_no_loop():
    ticking, log = clock(), []
    for _ in range(20_000):
        ticking.call(1.0, lambda: log.append(0))
        ticking.call(2.0, lambda: log.append(0))
    ticking.run(until=3)
    assert len(log) == 40_000


def test_the_data_plane_cannot_ask_for_a_moment_it_has_passed():
    """Between two control events at 0 and 10 the requests are handled up to 10: nothing can happen at 4 any more."""
    wishes = [4.0]
    ticking = Clock(lambda until: ticking.call(wishes.pop(), lambda: None) if wishes else None)
    ticking.call(10.0, lambda: None)
    with pytest.raises(BrokenInvariant):
        ticking.run(until=20)


def test_the_data_plane_may_ask_for_the_moment_it_is_brought_to():
    wishes, log = [10.0], []
    ticking = Clock(lambda until: ticking.call(wishes.pop(), lambda: log.append(ticking.now)) if wishes else None)
    ticking.call(10.0, lambda: None)
    ticking.run(until=20)
    assert log == [10.0]


def test_what_goes_wrong_in_a_process_reaches_the_caller():
    ticking = clock()

    def process():
        yield ticking.timeout(1.0)
        raise BrokenInvariant("a law failed")

    ticking.process(process())
    with pytest.raises(BrokenInvariant, match="a law failed"):
        ticking.run(until=10)
