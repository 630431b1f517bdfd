"""What would not fit the rows of the event loop is refused before it can do harm."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import BrokenInvariant
from simulator.serving.plane import Plane, Traffic
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import Cache, Delay, Keys, Law, Pool, Topology
from simulator.streams import Streams

AT = np.array([0.0, 1.0])
TOPOLOGY = Topology(
    (
        Cache(name="kept", keys=Keys(10), size=3),
        Delay(name="net", service=Law.constant(0.1)),
        Pool(name="model", service=Law.constant(1.0), discipline="preemptive"),
    ),
    classes=2,
)


@pytest.mark.parametrize("kind", [Plane, Reference])
@pytest.mark.parametrize(
    "traffic",
    [
        Traffic(AT, klass=np.array([0, 2])),
        Traffic(AT, given={"kept": np.array([0.0, 10.0])}),
        Traffic(AT, given={"model": np.array([1.0, -1.0])}),
        Traffic(AT, given={"model": np.array([1.0, np.nan])}),
        Traffic(AT, given={"model": np.array([1.0])}),
    ],
    ids=["class", "item", "negative", "nan", "too few"],
)
def test_traffic_that_does_not_fit(kind, traffic):
    with pytest.raises(BrokenInvariant):
        kind(TOPOLOGY, traffic, Streams(0))


@pytest.mark.parametrize("kind", [Plane, Reference])
@pytest.mark.parametrize(
    ("stage", "setting", "value"),
    [
        (0, "size", 5),
        (2, "batch", 2),
        (2, "discipline", 0),
        (2, "limit", math.nan),
        (None, "retries", 300),
        (1, "ttl", 1),
    ],
)
def test_settings_that_cannot_change(kind, stage, setting, value):
    plane = kind(TOPOLOGY, Traffic(AT), Streams(0))
    with pytest.raises(BrokenInvariant, match=setting if setting != "batch" else "batches"):
        plane.set(stage, setting, value)


def test_time_does_not_run_back():
    plane = Plane(TOPOLOGY, Traffic(AT), Streams(0))
    plane.advance(5.0)
    with pytest.raises(BrokenInvariant, match="cannot go back"):
        plane.advance(4.0)


@pytest.mark.parametrize("at", [[1.0, 0.0], [0.0, np.nan], [0.0, np.inf]])
def test_traffic_in_no_order(at):
    with pytest.raises(BrokenInvariant, match="order of time"):
        Traffic(np.array(at))
