"""Copies of a request go to distinct replicas, also when the first of them is turned away."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.serving.kernel import orders
from simulator.serving.plane import Plane, Traffic
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import BALANCES, Law, Pool, Topology
from simulator.streams import Streams


@pytest.mark.parametrize("kind", [Plane, Reference])
@pytest.mark.parametrize("balance", BALANCES)
def test_a_busy_replica_does_not_cost_the_idle_one_its_copy(kind, balance):
    pool = Pool(name="m", service=Law.constant(0.1), replicas=2, balance=balance, fanout=2, wait_for=0.5, queue_limit=0)
    plane = kind(Topology((pool,)), Traffic(np.arange(50.0)), Streams(0))
    plane.order(orders.SLOW, 0, 1e6)
    plane.advance(60.0)
    assert (plane.route == 1).all(), "replica 1 is idle whenever a request comes"
    assert plane.reading(0).counts["shed"] == 49, "replica 0 has its first copy for good"
