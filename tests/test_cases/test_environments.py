"""Every case is an environment that Gymnasium's own check accepts, without a warning, and that keeps its books."""

from __future__ import annotations

import threading

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

import cases
from cases.environments import env, register
from simulator.errors import BadInput
from simulator.simulation import simulate
from simulator.units import DAY, MINUTE, micro


@pytest.fixture(scope="module")
def ids():
    """Name of a case -> its id."""
    return dict(zip(cases.names(), register(), strict=True))


@pytest.mark.parametrize("name", cases.names())
def test_gymnasiums_own_check_has_nothing_to_say(ids, name):
    """Warnings are errors in this suite, and none is filtered; the environment has a spec, so nothing is left out."""
    made = gymnasium.make(ids[name])
    check_env(made.unwrapped)
    made.close()
    assert not [thread for thread in threading.enumerate() if name in thread.name]


@pytest.mark.parametrize(("name", "until"), [("burst_storm", 3 * MINUTE), ("drift_retraining", 6 * DAY)])
def test_an_episode_at_random_is_a_run_with_the_same_books(name, until):
    made = env(name, par="mid", until=until)
    made.reset(seed=7)
    made.action_space.seed(1)
    earned, over = 0.0, False
    while not over:
        seen, reward, over, _, info = made.step(made.action_space.sample())
        earned += reward
        assert seen in made.observation_space
    run = simulate(made.case, info["plan"], 7, until=until)
    assert micro(earned) == run.profit() and run.plan.changes
    assert info["run"]["digest"] == run.digest()


def test_ids_are_made_of_name_and_revision(ids):
    assert ids["fraud_threshold"] == f"windtunnel/fraud_threshold-v{cases.load('fraud_threshold').revision}"
    assert register() == list(ids.values())  # twice is once
    made = gymnasium.make(ids["drift_retraining"], par="strong", every="7d", acts=["buy_labels"])
    assert made.reset()[1]["plan"].design.window_days == 4
    assert {"window_days", "do/buy_labels", "do/buy_labels/leads"} == set(made.action_space)


def test_what_there_is_not_is_told():
    with pytest.raises(BadInput, match="did you mean 'burst_storm'"):
        env("burst_strom")
    with pytest.raises(BadInput, match="unknown act 'hire_them'"):
        env("fraud_threshold", acts=["hire_them"])
