"""Long flights and slow models: memory grows with the requests alone; slow ones tell and can be stopped."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

import cases
from simulator.errors import Cancelled
from simulator.simulation import simulate, tape_of
from simulator.units import day


class Stop:
    """Takes note of the shares and stops the flight at the third."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def __call__(self, share: float) -> None:
        self.shares.append(share)
        if len(self.shares) == 3:
            raise Cancelled


@pytest.mark.parametrize(
    ("name", "design"),
    [("drift_retraining", {"model": "adaptive_forest", "window_days": 3}), ("feed_ranking", {"ranker": "factors"})],
)
def test_a_flight_with_a_slow_model_tells_how_far_it_is_and_can_be_cancelled(name, design):
    stop = Stop()
    with pytest.raises(Cancelled):
        simulate(cases.load(name), design, 0, progress=stop)
    case = cases.load(name)
    assert stop.shares == pytest.approx([case.tick * n / case.horizon for n in (1, 2, 3)])


def peak_per_request(name: str, days: float) -> float:
    """Return the peak of memory in a flight of so many days, beyond its world [bytes a request flown]."""
    case = cases.load(name)
    longer = replace(case, horizon=day(days))
    tape = tape_of(longer, 1)
    tracemalloc.start()
    try:
        simulate(longer, case.pars["strong"], 1)
        return tracemalloc.get_traced_memory()[1] / (len(tape) - tape.start)
    finally:
        tracemalloc.stop()


@pytest.mark.soak
@pytest.mark.parametrize("name", ["drift_retraining", "feed_ranking"])
def test_memory_over_ten_times_the_horizon_grows_with_the_requests_alone(name):
    usual = cases.load(name).horizon / day(1)
    assert peak_per_request(name, 10 * usual) < 1.1 * peak_per_request(name, usual)
