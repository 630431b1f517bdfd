"""A race drops what is hopeless, early; what is as good as the best it drops no more often than it says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from toy_case import CASE

from simulator.errors import BadInput
from simulator.study.racing import Goal, Race
from simulator.targets import Kpi, Target

SEEDS = tuple(range(16))
PROFIT = Goal("profit")
FAIR = Target("fair", 0.5, at_least=True, guardrail=True)


def world(luck, *, spread=1.0, shared=10.0):
    """Return a model: designs say what they are worth; a seed moves all of them together, and each a little."""
    moved: dict[int, float] = {}

    def model(designs, seeds):
        for seed in seeds:
            moved.setdefault(seed, shared * luck.normal())
        return [
            tuple({"profit": d["worth"] + moved[s] + spread * luck.normal(), "fair": d.get("fair", 1.0)} for s in seeds)
            for d in designs
        ]

    return model


def raced(luck, worths, *, best=0.0, goal=PROFIT, **terms):
    """Race designs of these *worths* against one that is worth *best*."""
    model = world(luck)
    (rows,) = model([{"worth": best}], SEEDS)
    return Race(goal, SEEDS, **terms).run(model, [{"worth": worth} for worth in worths], rows)


@pytest.mark.parametrize(("n", "stages"), [(2, (2,)), (3, (3,)), (8, (3, 4, 8)), (16, (4, 8, 16)), (40, (10, 20, 40))])
def test_stages_grow_to_all_seeds(n, stages):
    assert Race(PROFIT, tuple(range(n))).stages() == stages


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_equals_are_dropped_no_more_often_than_the_level(level):
    """Two looks with half of the level each, which go together: between one half and the whole."""
    luck, n = np.random.default_rng(0), 2000
    dropped = np.mean([bool(raced(luck, [0.0], level=level)[0].dropped) for _ in range(n)])
    error = np.sqrt(level * (1 - level) / n)
    assert level / 2 + 2 * error < dropped < level + 2 * error


def test_what_is_hopeless_is_dropped_at_the_first_look():
    luck = np.random.default_rng(1)
    found = [one for _ in range(50) for one in raced(luck, [-8.0, 8.0])]
    assert np.mean([one.dropped == "worse" and len(one.rows) == 4 for one in found[::2]]) > 0.9
    assert not any(one.dropped for one in found[1::2]) and {len(one.rows) for one in found[1::2]} == {16}


def searched(luck, worths):
    """Race designs four at a time against the best so far, which owes some of that to luck; return what came of it."""
    model, best, found = world(luck), None, []
    for first in range(0, len(worths), 4):
        batch = Race(PROFIT, SEEDS).run(model, [{"worth": worth} for worth in worths[first : first + 4]], best)
        whole = [one.rows for one in batch if not one.dropped] + ([best] if best else [])
        best = max(whole, key=lambda rows: PROFIT.scores(rows).mean())
        found += batch
    return found


def test_races_save_a_third_of_the_runs_and_almost_never_drop_the_best():
    """200 searches of 24 designs, whose worths differ by 2, where a seed moves all of them by 10 and each by 1."""
    luck, lost, flown, dropped = np.random.default_rng(2), 0, [], []
    for _ in range(200):
        worths = luck.normal(0.0, 2.0, 24)
        found = searched(luck, worths)
        lost += bool(found[int(np.argmax(worths))].dropped)
        flown.append(sum(len(one.rows) for one in found) / (24 * len(SEEDS)))
        dropped.append(np.mean([bool(one.dropped) for one in found]))
    assert lost <= 200 * 0.05 / 2
    assert np.mean(dropped) > 0.6 and np.mean(flown) < 0.6


def test_without_common_luck_a_race_would_drop_hardly_anything():
    """The twin: under seeds of its own, each design hides in the noise that the seeds would have shared."""
    luck, dropped = np.random.default_rng(3), 0
    for _ in range(100):
        (best,) = world(luck)([{"worth": 0.0}], SEEDS)
        (one,) = Race(PROFIT, SEEDS).run(world(luck), [{"worth": -4.0}], best)
        dropped += bool(one.dropped)
    paired = sum(bool(raced(luck, [-4.0])[0].dropped) for _ in range(100))
    assert dropped < 30 and paired > 90


def test_what_surely_breaks_a_guardrail_is_dropped_however_good():
    goal = Goal("profit", guardrails=(FAIR,))
    model = world(np.random.default_rng(4))
    designs = [{"worth": 50.0, "fair": 0.4}, {"worth": 0.0, "fair": 0.5}]
    broken, fair = Race(goal, SEEDS).run(model, designs, model([{"worth": 0.0}], SEEDS)[0])
    assert (broken.dropped, len(broken.rows), fair.dropped) == ("fair", 4, "")


def test_level_0_drops_nothing_and_nobody_to_beat_drops_nothing():
    luck = np.random.default_rng(5)
    assert not any(one.dropped for one in raced(luck, [-50.0] * 3, level=0.0))
    goal = Goal("profit", guardrails=(FAIR,))
    found = Race(goal, SEEDS).run(world(luck), [{"worth": -50.0}, {"worth": 0.0, "fair": 0.4}], None)
    assert [len(one.rows) for one in found] == [16, 16]


def test_a_goal_turns_what_should_be_little_and_says_what_is_missed():
    rows = ({"profit": 3.0, "fair": 0.3}, {"profit": 5.0, "fair": 0.6})
    assert Goal("profit", less=True).scores(rows).tolist() == [-3.0, -5.0]
    assert Goal("profit", guardrails=(FAIR,)).misses(rows) == pytest.approx((0.0, 0.1))
    assert Goal("fair", guardrails=(Target("profit", 5.0, at_least=False),)).misses(rows) == pytest.approx((0.0, -0.2))
    assert Goal("fair").misses(({"fair": float("nan")},)) == (float("inf"),)


def test_the_goal_of_a_case_has_its_guardrails():
    assert Goal.of(CASE, "wait") == Goal("wait", less=True, guardrails=(CASE.targets[1],))
    with pytest.raises(BadInput, match="unknown KPI"):
        Goal.of(CASE, "profti")
    neither = dataclasses.replace(CASE, kpis=CASE.kpis | {"wait": Kpi("s", "mean latency")})
    with pytest.raises(BadInput, match="neither better high"):
        Goal.of(neither, "wait")


@pytest.mark.parametrize("terms", [{"level": 1.0}, {"level": -0.1}, {"looks": (0.0,)}, {"looks": (0.5, 1.0)}])
def test_terms_that_make_no_sense_are_refused(terms):
    with pytest.raises(BadInput):
        Race(PROFIT, SEEDS, **terms)
