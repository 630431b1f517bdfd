"""The flow: counted path by path, and what goes in comes out."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from simulator.evidence.flow import flow
from simulator.units import day

ROUTE = {1: "model", 4: "timeout"}
ACTION = {2: "serve", 3: "hold"}
RESULT = {2: "served", 3: "held"}


@pytest.mark.parametrize("days", [0.31, 2.0, 4.63, 6.0])
def test_by_hand(stall, twin, days):
    case, run, _ = stall
    found, rows = flow(case, run, day(days)), twin(case, run, day(days))
    expected: Counter = Counter()
    for row in rows:
        if row["result"] is None:
            expected["requests", "in flight"] += 1
        else:
            path = ("requests", ROUTE[row["route"]], ACTION[row["action"]], RESULT[row["result"]])
            expected.update(itertools.pairwise(path))
    names = [node.name for node in found.nodes]
    assert {(names[link.source], names[link.target]): link.n for link in found.links} == dict(expected)
    assert found.nodes[0].n == len(rows)


@pytest.mark.parametrize("name", ["fraud_threshold", "latency_budget", "drift_retraining"])
def test_what_goes_in_comes_out(flight, name):
    case, run, _ = flight(name)
    found = flow(case, run, 0.8 * case.horizon)
    into, out = Counter(), Counter()
    for link in found.links:
        out[link.source] += link.n
        into[link.target] += link.n
    last = max(node.level for node in found.nodes if node.level == "result")
    for place, node in enumerate(found.nodes):
        assert place == 0 or into[place] == node.n
        assert node.level in (last, "open") or out[place] == node.n


def test_a_level_without_a_choice_is_left_out(flight):
    case, run, _ = flight("drift_retraining")
    found = flow(case, run, 0.5 * case.horizon)
    assert [node.level for node in found.nodes] == ["all", "action", "action", "result", "result"]
    assert [node.name for node in found.nodes][1:3] == ["action 0", "action 1"]


def test_nobody_yet(stall):
    case, run, _ = stall
    assert flow(case, run, 0.0).links == ()
