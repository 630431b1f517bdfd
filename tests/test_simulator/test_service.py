"""The service in a run: answers come back when they do, latent requests stay away, control is woken in between."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.errors import BrokenInvariant
from simulator.service import Window
from simulator.serving.plane import Plane, Traffic
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import Law, Pool, Topology
from simulator.streams import Streams


def test_a_window_tells_shares_rates_and_quantiles():
    window = Window(np.array([0.1, 0.2, 0.3, 0.4]), np.array([1, 1, 2, 3]), 2.0)
    assert window.share(1) == 0.5
    assert window.share(2, 3) == 0.5
    assert window.rate(1) == 1.0
    assert window.quantile(0.5) == pytest.approx(0.25)
    empty = Window(np.empty(0), np.empty(0, np.int64), 2.0)
    assert np.isnan(empty.share(1)) and np.isnan(empty.quantile(0.5)) and empty.rate(1) == 0.0


@pytest.mark.parametrize("kind", [Plane, Reference])
def test_the_plane_wakes_control_when_a_watermark_is_passed(kind):
    topology = Topology((Pool(name="m", service=Law.constant(10.0)),))
    plane = kind(topology, Traffic(np.array([0.0, 1.0, 2.0, 3.5, 4.0])), Streams(0))
    plane.set(0, "guard", 1)
    clock, woken = Clock(plane.advance), []
    clock.woken = lambda: woken.append((clock.now, plane.reading(0).waiting))
    clock.call(20.0, lambda: None)
    clock.run(until=60.0)
    assert woken[0] == (2.0, 2), "the third request is the second to wait"
    assert [at for at, _ in woken] == [2.0, 3.5, 4.0]


@pytest.mark.parametrize("kind", [Plane, Reference])
def test_requests_of_no_class_do_not_come_until_they_are_woken(kind):
    topology = Topology((Pool(name="m", service=Law.constant(1.0)),))
    plane = kind(topology, Traffic(np.array([0.0, 1.0, 2.0, 3.0]), klass=np.array([0, -1, -1, 0])), Streams(0))
    plane.advance(1.5)
    plane.classify(np.array([2]), 0)
    plane.advance(10.0)
    assert plane.ended().tolist() == [0, 2, 3]
    assert plane.totals()["open"] == 0


def test_a_clock_does_not_go_on_from_a_time_that_is_no_time():
    clock = Clock(lambda until: None)
    with pytest.raises(BrokenInvariant):
        clock.call(float("nan"), lambda: None)
