"""A flight that plays: smooth, light, without jumps, never deaf. The limits are loose; `pace.py` has the figures."""

from __future__ import annotations

import statistics
import time

import pytest
from flown import decide, play, press, quiet
from pace import PROMISES, Wire, far_out, frames_a_second, points, reactions, shifts_begin, take_offs

pytestmark = pytest.mark.browser

BUSY = 3  # times slower than promised it may be here
CHUNKS = 10


def limit(figure: str) -> float:
    return PROMISES[figure][1]


def slack() -> float:
    """Return how many times longer things may take: three times, and more where others leave us little of a core."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < 0.2:
        sum(range(1000))
    return BUSY * max(1.0, (time.perf_counter() - wall) / 0.2)


def tag(page) -> int:
    """Put a mark on all that must not be mounted anew, and return how many that is."""
    return page.locator(".deck, .deck .tile, .stPlotlyChart, canvas").evaluate_all(
        "nodes => { nodes.forEach(node => { node.tagged = true; }); return nodes.length; }"
    )


def tagged(page) -> list[bool]:
    return page.locator(".deck, .deck .tile, .stPlotlyChart, canvas").evaluate_all(
        "nodes => nodes.map(node => node.tagged === true)"
    )


def until_chunks(page, wire, many: int) -> None:
    for _ in range(100):
        if len(wire.chunks) > many:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"only {len(wire.chunks)} chunks came in 20 s")


@pytest.mark.soak
def test_from_take_off_to_motion(page, address):
    pictures, motions = take_offs(page, address, "fraud_threshold", [1, 2])
    assert min(pictures) <= slack() * limit("take-off to picture")
    assert min(motions) <= slack() * limit("play to motion")


def test_it_plays_smoothly_and_listens(page, in_flight):
    wire = Wire().on(page)
    in_flight("fraud_threshold", seed=1)
    far_out(page)
    play(page)
    many = tag(page)
    shifts_begin(page)
    wire.chunks = [[]]
    assert frames_a_second(page, 3.0) >= limit("frames") / slack()
    until_chunks(page, wire, CHUNKS)
    assert tagged(page) == [True] * many and many > 5
    assert page.evaluate("window.shifted") <= limit("layout shift")
    assert max(wire.sizes()) <= limit("payload of a chunk")
    assert 2 <= max(map(points, wire.specs())) <= limit("points of a chart")
    assert statistics.median(reactions(page, 3)) <= slack() * limit("reaction")


def test_a_decision_mounts_nothing_anew(page, in_flight):
    in_flight("burst_storm", seed=4)
    quiet(page)
    many = tag(page)
    press(page, "skip/Next event")
    quiet(page)
    assert tagged(page) == [True] * many
    decide(page, "nothing jumps")
    page.get_by_text("Decided so far").wait_for()
    quiet(page)
    assert tagged(page) == [True] * many
