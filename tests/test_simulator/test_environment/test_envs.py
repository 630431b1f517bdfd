"""An environment keeps Gymnasium's contract, and what happens in it is a run like any other."""

from __future__ import annotations

import dataclasses
import gc
import importlib
import sys
import threading

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from toy_case import CASE, HORIZON, ToyDesign

from simulator.environment import Controls, Environment, Flat
from simulator.errors import BadInput
from simulator.plan import Plan
from simulator.simulation import simulate
from simulator.units import day, micro


@pytest.fixture
def env():
    """The toy case, with the act it offers."""
    with Environment(CASE, controls=Controls.of(CASE, acts=["retrain"], gauges=["asked", "losses"])) as made:
        yield made


def episode(env, actions, **reset):
    """Take *actions*, then nothing until the end; return the observations, the rewards and what was last told."""
    seen, info = env.reset(**reset)
    rows, rewards, over, left = [seen], [], False, list(actions)
    while not over:
        seen, reward, over, truncated, info = env.step(left.pop(0) if left else {})
        assert truncated is False
        rows.append(seen)
        rewards.append(reward)
    return np.array(rows), rewards, info


STEERED = [{"line": 0.9}, {"line": 0.3, "do/retrain": 1, "do/retrain/boost": 1.5}, {}, {"line": 1.0}]


def test_it_keeps_gymnasiums_contract(env):
    check_env(env, skip_render_check=True)
    check_env(Environment(CASE), skip_render_check=True)


def test_rewards_add_up_to_the_profit_of_the_run(env):
    _, rewards, info = episode(env, STEERED, seed=4)
    run = simulate(CASE, info["plan"], info["seed"])
    assert micro(sum(rewards)) == run.profit()
    assert info["run"] == {"digest": run.digest(), "kpis": run.kpis()}
    assert len(rewards) == 1 + len(CASE.checkpoints)


def test_what_was_done_stands_in_the_plan(env):
    _, _, info = episode(env, STEERED, seed=4)
    plan = info["plan"]
    assert plan.design == ToyDesign(line=0.9)
    assert [(change.at, change.dials) for change in plan.changes] == [
        (CASE.checkpoints[0], {"line": 0.3}),
        (CASE.checkpoints[2], {"line": 1.0}),
    ]
    assert [(act.at, act.name, act.arguments) for act in plan.acts] == [
        (CASE.checkpoints[0], "retrain", {"boost": 1.5})
    ]


def test_each_reward_is_what_was_booked_between_two_points(env):
    told = {}

    def watching(view):
        told.setdefault(view.now, view.booked())

    run = simulate(CASE, None, 2, pilot=watching)
    rows, rewards, _ = episode(env, [], seed=2)
    at = [told[point] for point in (0.0, *CASE.checkpoints)]
    assert rewards == pytest.approx(np.diff([*at, run.profit() / 1e6]), abs=1e-9)
    assert rows[1:, env.controls.names.index("dollars_since")] == pytest.approx(rewards)
    assert rows[:, env.controls.names.index("dollars")] == pytest.approx([*at, run.profit() / 1e6])


def test_the_same_seed_and_actions_give_the_same(env):
    first, again, other = (episode(env, STEERED, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0]) and first[1:] == again[1:]
    assert not np.array_equal(first[0], other[0])


def test_a_reset_without_a_seed_flies_another_world_by_name_of_the_first(env):
    def worlds(**first):
        return [env.reset(**first)[1]["seed"], *(env.reset()[1]["seed"] for _ in range(3))]

    assert worlds(seed=5) == worlds(seed=5) != worlds(seed=6)
    assert worlds(seed=5)[0] == 5 and len(set(worlds(seed=5))) == 4
    assert env.reset(options={"seed": 9})[1]["seed"] == 9


def test_an_environment_that_was_given_no_seed_begins_with_its_own():
    assert [Environment(CASE).reset()[1]["seed"], Environment(CASE, seed=8).reset()[1]["seed"]] == [0, 8]


def test_an_episode_may_end_earlier():
    env = Environment(CASE, until=day(3.5))
    _, rewards, info = episode(env, [], seed=1)
    assert info["now"] == day(3.5) and len(rewards) == 3
    assert micro(sum(rewards)) == simulate(CASE, None, 1, until=day(3.5)).profit()


@pytest.mark.parametrize(
    ("par", "design"),
    [
        (None, ToyDesign()),
        ("strong", ToyDesign(line=0.6)),
        ("expert", ToyDesign(servers=3, line=0.6)),
        (CASE.par("weak"), ToyDesign(servers=1, line=1.0)),
        (ToyDesign(servers=4), ToyDesign(servers=4)),
        ({"servers": 5}, ToyDesign(servers=5)),
    ],
)
def test_an_episode_begins_with_the_first_design_of_a_par(env, par, design):
    assert env.reset(options={"par": par})[1]["plan"] == Plan(design)
    assert Environment(CASE, par=par).reset()[1]["plan"] == Plan(design)


def test_a_design_that_does_not_fit_is_refused_dial_by_dial():
    case = dataclasses.replace(CASE, fits=lambda design, setting: "line is too low" if design.line < 0.2 else "")
    env = Environment(case)
    env.reset(seed=1)
    *_, info = env.step({"line": 0.1})
    assert info["refused"] == {"line": "line is too low"}
    assert info["plan"] == Plan(ToyDesign())


def test_alarms_are_no_control_points_but_are_counted(env):
    rows, rewards, _ = episode(env, [{}, {"line": 0.99}], seed=1)
    assert len(rewards) == 1 + len(CASE.checkpoints)
    assert rows[2, env.controls.names.index("alarms_since")] >= 1


def test_no_thread_is_left_when_an_episode_is_broken_off(env):
    threads = threading.active_count()
    env.reset(seed=1)
    env.step({})
    assert threading.active_count() == threads + 1
    env.reset(seed=2)
    assert threading.active_count() == threads
    env.step({})
    env.close()
    env.close()
    assert threading.active_count() == threads


def test_no_thread_is_left_by_an_environment_that_nobody_holds():
    threads = threading.active_count()
    env = Environment(CASE)
    env.reset(seed=1)
    env.step({})
    del env
    gc.collect()
    assert threading.active_count() == threads


def test_what_goes_wrong_in_flight_is_raised_and_ends_it():
    def broken(run, tape):
        raise BadInput("the books are wet")

    case, threads = dataclasses.replace(CASE, measure=broken), threading.active_count()
    env = Environment(case, controls=Controls.of(case, gauges=["asked"]))
    env.reset(seed=1)
    with pytest.raises(BadInput, match="the books are wet"):
        for _ in range(9):
            env.step({})
    assert threading.active_count() == threads
    with pytest.raises(BadInput, match="reset the environment"):
        env.step({})


def test_a_flight_that_is_over_takes_no_more_steps(env):
    with pytest.raises(BadInput, match="has to be reset first"):
        env.step({})
    episode(env, [])
    with pytest.raises(BadInput, match="the flight is over"):
        env.step({})


@pytest.mark.parametrize(
    ("reset", "said"),
    [
        ({"options": {"pars": "mid"}}, "unknown option of reset 'pars'; did you mean 'par'"),
        ({"options": {"par": "middle"}}, "unknown par 'middle'"),
        ({"options": {"par": 7}}, "begins with a par, a design or dials by name, not with 7"),
        ({"options": {"par": {"liner": 1}}}, "unknown dial 'liner'"),
        ({"options": {"seed": -1}}, "seed -1 is not a whole number"),
        ({"seed": 0.5}, "seed 0.5 is not a whole number"),
    ],
)
def test_a_reset_says_what_is_wrong(env, reset, said):
    with pytest.raises(BadInput, match=said):
        env.reset(**reset)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"lines": 0.5}, "unknown entry of an action 'lines'; did you mean 'line'"),
        ({"line": 1.5}, "line = 1.5 is not allowed; it takes a number from 0 to 1"),
        ({"do/retrain": 2}, "do/retrain = 2 is not allowed; it takes 0 to 1"),
        ({"servers": 3}, "unknown entry of an action 'servers'"),
    ],
)
def test_an_action_says_what_is_wrong_and_can_be_taken_again(env, action, said):
    env.reset(seed=1)
    with pytest.raises(BadInput, match=said):
        env.step(action)
    assert env.step({"line": 0.5})[4]["plan"].design.line == 0.5


def test_a_flat_action_is_shares_of_the_ranges(env):
    flat = Flat(env)
    flat.reset(seed=1)
    *_, info = flat.step(np.array([0.25, 0.5, 1.0]))
    assert info["plan"] == Plan(ToyDesign(line=0.25)).do(0.0, "retrain", boost=2.0)
    assert flat.shares(ToyDesign(line=0.25)).tolist() == pytest.approx([0.25, 0.25, 1 / 3])


def test_missing_gymnasium_is_told_in_one_line(monkeypatch):
    for name in [one for one in sys.modules if one.partition(".")[0] == "gymnasium" or "simulator.environment" in one]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(BadInput, match=r"needs gymnasium; install it with: pip install 'ml-windtunnel\[env\]'"):
        importlib.import_module("simulator.environment")


def test_the_end_is_the_horizon(env):
    rows, _, info = episode(env, [], seed=1)
    assert info["now"] == HORIZON and rows[-1, 0] == 1.0 and env.view.now == HORIZON
