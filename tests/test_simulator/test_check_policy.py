"""The contract finds what is wrong with a policy: a good one passes, and each bad one fails by name."""

from __future__ import annotations

import gc
import itertools
import os
import random

import pytest
from toy_case import CASE

from simulator.check import check_policy, policy_checks
from simulator.errors import BadInput
from simulator.system import System
from simulator.units import day

HERE = [name for name in policy_checks() if name != "another process"]


def careful():
    """A policy that does what it may: dials at take-off, dials in flight, acts, reasons, later steps."""

    def policy(view):
        if view.now == 0:
            return {"servers": 3, "line": 0.6}
        if view.now < day(2):
            plan = view.plan.do(view.now, "retrain", "early", boost=1.2)
            return plan.then(view.now + day(1), "later", line=0.5)
        return {"line": 0.4} if view.gauge("mean_score") > 0.1 else None

    return policy


def failed(policy, *only: str, until: float | None = None) -> dict[str, str]:
    """Name the checks that *policy* fails, with what they found."""
    found = check_policy(policy, CASE, only or HERE, until=until)
    return {finding.check: finding.detail for finding in found if not finding.ok}


def test_a_good_policy_passes():
    found = check_policy(careful(), CASE)
    assert [finding.check for finding in found] == list(policy_checks())
    assert [f"{finding.check}: {finding.detail}" for finding in found if not finding.ok] == []


def test_the_expert_passes():
    assert failed("expert", until=CASE.horizon) == {}


# --- a bad policy for each finding


def counting():
    """A policy that goes by how often it was asked."""
    asked = itertools.count()
    return lambda view: {"line": 0.3 + 0.01 * (next(asked) % 50)}


def remembering():
    """A policy that knows within a flight what it has done; it forgets at each take-off."""
    done: list[float] = []

    def policy(view):
        if view.now == 0:
            done.clear()
            return None
        done.append(view.now)
        return {"line": 0.9 if len(done) == 2 else 0.4}

    return policy


def reaching(view):
    """Go by what no view shows: how many people will come, found behind the curtain."""
    systems = [thing for thing in gc.get_objects() if isinstance(thing, System) and hasattr(thing, "parts")]
    return {"line": 0.3 if any(one.clock.now == view.now for one in systems) and view.now else 0.6}


def meddling(view):
    """Write on the instruments."""
    if view.now:
        view._gauges.mark("mean_score", view.now, 0.0)


def editing(view):
    """Change the plan that it was shown."""
    if view.now:
        object.__setattr__(view.plan.design, "line", 0.1)


def trusting(view):
    """Take it that there are readings."""
    return {"line": 0.1 + 0.5 * view.series("mean_score")[1][-1]} if view.now > 0 else None


def blindly(view):
    """Turn a dial by a reading, whatever that is."""
    return {"line": view.gauge("mean_score")} if view.now > day(1) else None


BAD = {
    "an unknown dial": (lambda view: {"lime": 0.5}, "answers within bounds", "did you mean 'line'?"),
    "out of range": (lambda view: {"line": 1.5}, "answers within bounds", "a number from 0 to 1"),
    "a fixed dial": (lambda view: {"servers": 2}, "answers within bounds", "fixed at take-off"),
    "an unknown act": (lambda view: view.plan.do(view.now, "retrian"), "answers within bounds", "mean 'retrain'?"),
    "the past": (lambda view: view.plan.then(view.now / 2, line=0.5), "answers within bounds", "in the past"),
    "no answer": (lambda view: 3, "answers within bounds", "dials by name"),
    "an error": (lambda view: {"line": 1 / 0}, "answers within bounds", "ZeroDivisionError"),
    "luck": (lambda view: {"line": random.random()}, "same seed, same digest", "two digests"),
    "a counter": (counting(), "same seed, same digest", "two digests"),
    "memory": (remembering(), "acts on the view only", "asked again what to do on day"),
    "memory among flights": (remembering(), "flights do not meet", "it remembers"),
    "what no view shows": (reaching, "acts on the view only", "asked again what to do on day"),
    "instruments": (meddling, "leaves the view alone", "on day 1 07:12 it changed what it was shown"),
    "the plan": (editing, "leaves the view alone", "it changed what it was shown"),
    "no reading": (trusting, "readings missing", "IndexError"),
    "a reading of nothing": (blindly, "readings missing", "line = nan is not allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_policy_fails_by_name(name):
    policy, check, told = BAD[name]
    found = failed(policy)
    assert check in found
    assert told in found[check] and found[check].isprintable()


def test_what_is_fine_is_not_blamed():
    assert set(failed(editing)) == {"leaves the view alone"}
    assert set(failed(trusting)) == set(failed(blindly)) == {"readings missing"}


def test_what_is_not_of_this_process_fails(tmp_path):
    """It goes by where it runs; and what cannot be pickled gets nowhere."""
    here = os.getpid()
    told = failed(lambda view: {"line": 0.4 if os.getpid() == here else 0.6}, "another process")
    assert told == {"another process": "another process gave another digest"}
    with (tmp_path / "open").open("w") as file:
        told = failed(lambda view: {"line": 0.4 if file.closed else 0.6}, "another process")
    assert "it does not get to another process: " in told["another process"]


def test_flights_may_be_longer():
    late = failed(lambda view: {"lime": 1} if view.now > day(4) else None, until=day(4))
    assert late == {} and failed(lambda view: {"lime": 1} if view.now > day(4) else None, until=day(5)) != {}


def test_a_plan_is_no_policy():
    for plan in ("strong", CASE.pars["strong"], {"line": 0.4}):
        with pytest.raises(BadInput, match="is a plan, which decides nothing in flight"):
            check_policy(plan, CASE)


def test_an_unknown_check_gets_the_nearest():
    with pytest.raises(BadInput, match="did you mean 'readings missing'"):
        check_policy(careful(), CASE, ["reading missing"])
