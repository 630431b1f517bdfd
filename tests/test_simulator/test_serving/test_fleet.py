"""Replicas that boot, drain, are lost and replaced; the autoscaler that asks for them; and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.clock import Clock
from simulator.errors import BadInput, BrokenInvariant
from simulator.serving.autoscaler import Autoscaler, Rule, desired, metric, scheduled
from simulator.serving.deploys import Rollout, roll_out
from simulator.serving.fleet import Fleet
from simulator.serving.kernel import orders
from simulator.serving.plane import COUNTS, Plane, Reading, Traffic
from simulator.serving.prices import Meter, Prices
from simulator.serving.theory.capacity import hpa, scale_lag
from simulator.serving.topology import Delay, Law, Pool, Topology
from simulator.streams import Streams
from simulator.units import HOUR, micro


def system(at, replicas=2, most=6, work=10.0, **pool):
    """Return a clock and a plane of one pool of single slots with constant work [s]."""
    topology = Topology((Pool(name="m", service=Law.constant(work), replicas=replicas, most=most, **pool),))
    plane = Plane(topology, Traffic(np.array(at, dtype=float)), Streams(0))
    return Clock(plane.advance), plane


def test_a_replica_boots_before_it_takes_work():
    clock, plane = system([0.0, 0.0, 0.0, 6.0], balance="least_loaded")
    fleet = Fleet(clock, plane, 0)
    clock.call(1.0, lambda: fleet.scale(3, 5.0))
    clock.run(until=100.0)
    assert plane.done.tolist() == [10.0, 10.0, 20.0, 16.0], "the third replica is up at 6 s, control before data"


def test_draining_finishes_what_there_is_and_takes_no_more():
    clock, plane = system([0.0, 0.0, 2.0], balance="least_loaded")
    fleet = Fleet(clock, plane, 0)
    clock.call(1.0, lambda: fleet.scale(1, 5.0))
    clock.run(until=100.0)
    assert plane.done.tolist() == [10.0, 10.0, 20.0]
    fleet.sweep()
    assert (fleet.up, fleet.serving) == (1, 1)


def test_only_what_boots_or_serves_is_paid_for():
    clock, plane = system([0.0])
    fleet = Fleet(clock, plane, 0)
    clock.call(10.0, lambda: fleet.scale(4, 5.0))
    clock.call(20.0, lambda: fleet.scale(1, 5.0))
    clock.run(until=50.0)
    assert fleet.paid_seconds() == 2 * 10 + 4 * 10 + 1 * 30
    assert fleet.serving_seconds() == 2 * 15 + 4 * 5 + 1 * 30


def test_boots_are_called_off_before_anybody_drains():
    clock, plane = system([0.0])
    fleet = Fleet(clock, plane, 0)
    clock.call(10.0, lambda: fleet.scale(5, 50.0))
    clock.call(20.0, lambda: fleet.scale(3, 50.0))
    clock.run(until=30.0)
    assert (fleet.up, fleet.coming) == (2, 1)
    clock.run(until=100.0)
    assert (fleet.up, fleet.coming) == (3, 0)


def test_a_lost_zone_loses_its_work_and_cannot_be_booted_until_it_is_back():
    clock, plane = system([0.0] * 6, replicas=6, most=6, balance="round_robin")
    fleet = Fleet(clock, plane, 0)
    zone = fleet.zone(1 / 3)
    clock.call(5.0, lambda: fleet.lose(zone))
    clock.call(6.0, lambda: fleet.scale(6, 1.0))
    clock.call(20.0, lambda: fleet.bring_back(zone))
    clock.call(21.0, lambda: fleet.scale(6, 1.0))
    clock.run(until=10.0)
    assert (len(zone), fleet.up, plane.reading(0).counts["lost"]) == (2, 4, 2)
    clock.run(until=30.0)
    assert fleet.up == 6


@pytest.mark.parametrize(("share", "lost"), [(0.1, 1), (0.34, 4), (0.5, 6), (0.66, 7), (0.75, 9), (1.0, 12)])
def test_a_zone_holds_its_share(share, lost):
    clock, plane = system([0.0], replicas=12, most=12)
    assert len(Fleet(clock, plane, 0).zone(share)) == lost
    with pytest.raises(BrokenInvariant):
        Fleet(clock, plane, 0).zone(0.0)


def test_a_replacement_is_counted_while_it_drains():
    clock, plane = system([0.0, 0.0], balance="round_robin")
    fleet = Fleet(clock, plane, 0)
    clock.call(1.0, lambda: fleet.restart(1, 2.0, 4.0))
    clock.call(1.5, lambda: fleet.scale(2, 4.0))
    clock.run(until=2.0)
    assert (fleet.up, fleet.coming) == (1, 1)
    clock.run(until=8.0)
    assert (fleet.up, fleet.coming, plane.reading(0).counts["lost"]) == (2, 0, 1)
    assert not fleet.restart(5, 2.0, 4.0), "nobody works there"


def test_a_replacement_cures_a_slow_replica():
    clock, plane = system([0.0, 10.0], replicas=1, most=1, work=1.0)
    plane.order(orders.SLOW, 0, 5.0)
    fleet = Fleet(clock, plane, 0)
    clock.call(5.0, lambda: fleet.restart(0, 1.0, 2.0))
    clock.run(until=50.0)
    assert plane.done.tolist() == [5.0, 11.0]


def test_a_deployment_replaces_all_a_few_at_a_time():
    clock, plane = system(np.arange(0.0, 100.0, 0.5), replicas=4, most=4, work=1.0, balance="least_loaded")
    fleet = Fleet(clock, plane, 0)
    ups = []
    clock.call(10.0, lambda: roll_out(clock, fleet, Rollout(surge=2, drain=3.0, boot=5.0)))
    clock.every(1.0, lambda: ups.append(fleet.up))
    clock.run(until=100.0)
    assert min(ups) == 2
    assert (fleet.boots, fleet.up) == (4, 4)
    assert plane.reading(0).counts["lost"] == 0, "two seconds of work fit into the three of draining"


def test_a_stage_without_replicas_has_no_fleet():
    plane = Plane(Topology((Delay(name="d", service=Law.constant(1.0)),)), Traffic(np.zeros(1)), Streams(0))
    with pytest.raises(BrokenInvariant, match="no replicas"):
        Fleet(Clock(plane.advance), plane, 0)


def reading(up=2, waiting=0, worked=0.0) -> Reading:
    return Reading(up, waiting, 0, 0, up, 0.0, 0.0, worked, dict.fromkeys(COUNTS, 0))


def test_the_signal_is_the_share_of_slots_at_work_or_the_queue():
    assert metric(Rule(), reading(worked=10.0), reading(worked=28.0), 20.0) == pytest.approx(0.9)
    assert metric(Rule(signal="queue"), None, reading(waiting=6), 20.0) == 3.0
    assert metric(Rule(), None, reading(), 0.0) == 0.0


@pytest.mark.parametrize(
    ("current", "signal", "target"), [(50, 0.9, 0.75), (4, 0.9, 0.6), (3, 2.0, 0.5), (10, 0.75, 0.7)]
)
def test_the_rule_is_the_formula(current, signal, target):
    assert desired(Rule(target=target), current, signal, 0.0) == hpa(current, signal, target)


def test_a_schedule_is_kept():
    plan = ((10.0, 4), (20.0, 2))
    assert [scheduled(plan, at, 1) for at in (0.0, 10.0, 19.0, 25.0)] == [1, 4, 4, 2]
    assert desired(Rule(signal="schedule", schedule=plan), 1, 0.0, 12.0) == 4


def flood(rate: float, seconds: float, **rule):
    at = np.arange(0.0, seconds, 1 / rate)
    clock, plane = system(at, replicas=2, most=20, work=0.1, balance="least_loaded")
    scaler = Autoscaler(clock, plane, 0, Rule(**{"target": 0.6, "low": 2, "high": 20, "boot": 5.0, **rule}))
    clock.run(until=seconds)
    return scaler


def test_the_autoscaler_finds_the_size_that_the_load_needs():
    assert flood(60.0, 400.0).fleet.up == 10, "6 slots at work are 60 % of 10"


@pytest.mark.parametrize(("rule", "up"), [({"high": 7}, 7), ({"quota": 5}, 5), ({"low": 14}, 14)])
def test_range_and_quota_hold(rule, up):
    assert flood(60.0, 400.0, **rule).fleet.up == up


def test_the_first_look_needs_a_period_and_a_boot():
    scaler = flood(60.0, 19.0)
    assert (scaler.fleet.up, scaler.fleet.coming) == (2, 2)


def test_going_down_waits_for_the_highest_wish_to_be_old():
    at = np.concatenate([np.arange(0.0, 100.0, 1 / 60), np.arange(100.0, 300.0, 0.5)])
    ups = {}
    for settle in (0.0, 120.0):
        clock, plane = system(at, replicas=10, most=20, work=0.1, balance="least_loaded")
        scaler = Autoscaler(clock, plane, 0, Rule(target=0.6, low=1, high=20, boot=5.0, settle=settle))
        clock.run(until=160.0)
        ups[settle] = scaler.fleet.up
    assert ups[0.0] < 3
    assert ups[120.0] > 8


def test_the_backlog_of_a_late_autoscaler_is_the_fluid_one():
    at = np.arange(0.0, 150.0, 1 / 150)
    clock, plane = system(at, replicas=10, most=20, work=0.1, balance="least_loaded")
    fleet, waiting = Fleet(clock, plane, 0), []
    clock.call(0.0, lambda: fleet.scale(20, 60.0))
    clock.every(1.0, lambda: waiting.append(plane.reading(0).waiting))
    clock.run(until=150.0)
    peak, drain = scale_lag(150.0, 100.0, 60.0, 200.0)
    assert max(waiting) == pytest.approx(peak, rel=0.05)
    # the ten new ones take their share of what comes; the old queues drain by themselves
    assert sum(n > 300 for n in waiting) < 60 + drain * 3


@pytest.mark.parametrize(
    "wrong", [{"target": 0.0}, {"period": 0.0}, {"low": 0}, {"low": 5, "high": 4}, {"boot": -1.0}, {"signal": "mood"}]
)
def test_rules_that_make_no_sense(wrong):
    with pytest.raises(BadInput):
        Rule(**wrong)


def test_nothing_is_lost_to_rounding():
    meter = Meter(Prices(replica_hour=10.0, request=0.0002, cold_start=0.01))
    bills = [meter.due(seconds, requests=seconds, cold_starts=1) for seconds in range(1, 1001)]
    assert sum(bills) == micro(1000 / HOUR * 10.0 + 1000 * 0.0002 + 0.01)
