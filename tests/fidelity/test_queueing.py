"""What only the queueing area has: two ways to the same waits, and Little's law on the books of a station."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.fidelity.stations import Station, arrivals, latencies, means, saw
from simulator.serving.plane import Traffic
from simulator.serving.topology import Topology
from simulator.streams import Streams


def test_waits_are_the_same_from_the_visits_and_from_the_latencies():
    station = Station(1.6, 2, n=2_000)
    at = arrivals(3, station.lam, station.n)
    short = latencies(station, 3, 1.0)
    work = Streams(3).get("work").exponential(1.0, station.n)
    (seen,) = saw(Topology((station.pool(),)), Traffic(at, given={"station": work}), 3)
    assert short.number == seen.number
    assert np.sort(short.wait)[-50:] == pytest.approx(np.sort(seen.wait)[-50:], abs=1e-8)
    assert np.mean(short.wait > 0) == pytest.approx(np.mean(seen.wait > 0), abs=0.01)


def test_the_books_of_a_station_keep_little_s_law():
    read = means(Station(1.6, 2).pool(), arrivals(0, 1.6, 50_000), 0)
    assert read.number == pytest.approx(read.rate * read.stay)
    assert read.blocked == 0.0
