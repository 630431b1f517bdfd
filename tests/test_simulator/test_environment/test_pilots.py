"""What an agent does as a pilot is what it does in an environment, wherever it is flown."""

from __future__ import annotations

import pytest
from toy_case import CASE

from simulator.environment import Controls, Environment, pilot
from simulator.errors import BadInput
from simulator.simulation import simulate
from simulator.study import replicate


def agent(controls):
    """Return one whose every decision hangs on what it sees since the last control point."""
    money, alarms = (controls.names.index(name) for name in ("dollars_since", "alarms_since"))

    def acting(observation):
        return {
            "line": 0.4 + observation[money] % 50 / 100,
            "do/retrain": int(observation[alarms] > 0 or observation[money] < 50),
        }

    return acting


def test_a_pilot_leaves_the_run_of_an_episode_behind():
    controls = Controls.of(CASE, acts=["retrain"])
    acting, env = agent(controls), Environment(CASE, par="mid", controls=controls)
    flown = pilot(CASE, acting, par="mid", controls=controls)
    for seed in (0, 1):
        seen, _ = env.reset(seed=seed)
        over = False
        while not over:
            seen, _, over, _, info = env.step(acting(seen))
        run = simulate(CASE, None, seed, pilot=flown)
        assert run.plan.changes and run.plan.acts
        assert run.digest() == info["run"]["digest"]


def test_one_pilot_flies_many_seeds_in_other_processes():
    controls = Controls.of(CASE, acts=["retrain"])
    flown = pilot(CASE, agent(controls), par="mid", controls=controls)
    here, there = (replicate(CASE, flown, range(3), jobs=jobs) for jobs in (1, 2))
    assert here.digests == there.digests and len(set(here.digests)) == 3


def test_control_points_at_which_no_pilot_is_asked_are_refused():
    with pytest.raises(BadInput, match="is none of them"):
        pilot(CASE, lambda seen: {}, controls=Controls.of(CASE, every="1h"))
