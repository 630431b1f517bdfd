"""Pairing by seed pays in each case: two near designs differ by far less than two seeds do."""

from __future__ import annotations

import pytest

from cases import load
from simulator.study import compare, replicate_all
from simulator.units import day

NEAR = {
    "burst_storm": ({"target": 0.7}, 420.0),
    "drift_retraining": ({"schedule_days": 6}, day(9)),
    "feed_ranking": ({"memory_days": 55}, day(6)),
    "fraud_threshold": ({"rule": "threshold", "threshold": 0.35}, day(3)),
    "latency_budget": ({"give_up_ms": 115.0}, 60.0),
}
"""case -> what is changed in `mid`, and until when [s] it is flown"""


@pytest.mark.parametrize("name", NEAR)
def test_pairing_pays(compiled, name):
    case, (dials, until) = load(name), NEAR[name]
    one = case.pars["mid"].design.but(**({"rule": "threshold"} if "rule" in dials else {}))
    arms = {"one": one, "two": one.but(**dials)}
    found = replicate_all(case, arms, range(3), jobs=1, until=until)
    pair = compare(found["one"], found["two"])
    assert len(set(pair.values)) > 1  # the designs do differ, and not by the same amount each time
    assert pair.pairing >= 5


def test_seeds_that_do_not_match_do_not_pay(compiled):
    case, (dials, _) = load("latency_budget"), NEAR["latency_budget"]
    one = case.pars["mid"].design
    found = replicate_all(case, {"one": one, "two": one.but(**dials)}, range(8), jobs=1, until=15.0)
    rows = found["two"].values()
    apart = (rows[4:] - found["one"].values()[:4]).var(ddof=1)
    assert (found["one"].values()[:4].var(ddof=1) + rows[4:].var(ddof=1)) / apart < 5
