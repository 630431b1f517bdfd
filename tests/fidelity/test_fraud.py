"""The fraud area agrees with its sources, and each statistical check would notice a wrong parameter."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from trying import agrees, in_part, is_off

from simulator.errors import BadInput, Cancelled
from simulator.fidelity import AREAS, Check, checks, fraud, verify
from simulator.fidelity.handbook import AS_DESCRIBED, Recipe, at_random, by_time, features, payments
from simulator.fidelity.table import Row, Tolerance, mutated, rows
from simulator.units import DAY

ALL = {check.id: check for check in checks("fraud")}
PUBLISHED = [id for id in ALL if id.startswith("f.fdh.")]
QUICK = [id for id in ALL if id not in PUBLISHED]
LUCKY = [id for id in QUICK if ALL[id].seeds]
FEW = 5  # seeds, which are enough to show a twin; the whole table takes them all


def part(id: str, seeds: int, *figures: str) -> Check:
    """Cut a check down to some seeds and figures; with so few seeds only the bands are left to judge it."""
    check = ALL[id]
    kept = {name: check.expected[name] for name in figures or check.expected}
    return in_part(replace(check, expected=kept), seeds)


def only(check: Check, *models: str) -> Check:
    """Let a check train no more than these models."""
    return replace(check, measure=lambda seeds, **wrong: ALL[check.id].measure(seeds, models=models, **wrong))


@pytest.mark.parametrize("id", QUICK)
def test_agrees(id):
    assert agrees(part(id, FEW))


@pytest.mark.parametrize("id", LUCKY)
def test_twin(id):
    assert is_off(mutated(part(id, FEW)))


def test_the_world_agrees():
    assert agrees(part("f.fdh.stat", 3))


def test_twin_of_the_world():
    assert is_off(mutated(part("f.fdh.stat", 2, "tx_a_day")))


@pytest.mark.parametrize(
    ("wrong", "figure"),
    [(Recipe(large=230), "scenario_1"), (Recipe(terminal_days=30), "scenario_2"), (Recipe(card_days=15), "scenario_3")],
    ids=["large", "terminal_days", "card_days"],
)
@pytest.mark.soak
def test_twins_of_the_scenarios(wrong, figure):
    check = replace(ALL["f.fdh.stat"], expected={figure: ALL["f.fdh.stat"].expected[figure]}, seeds=tuple(range(30)))
    assert agrees(check)
    assert is_off(mutated(replace(check, twin={"recipe": wrong})))


def test_the_models_agree():
    assert agrees(only(part("f.fdh.models", 2, "LR auc", "LR ap", "LR cp100", "DT2 auc"), "LR", "DT2"))


def test_twin_of_the_models():
    assert is_off(mutated(only(part("f.fdh.models", 2, "LR auc"), "LR")))


def test_a_random_split_flatters():
    gain = only(part("f.fdh.random", 2, "LR gain"), "LR")
    assert agrees(gain)
    assert is_off(mutated(gain))


@pytest.mark.soak
def test_the_whole_table():
    assert [row for row in verify("fraud") if not row.ok] == []


@pytest.mark.soak
@pytest.mark.parametrize("id", [id for id in ALL if ALL[id].seeds])
def test_whole_twin(id):
    assert is_off(mutated(ALL[id]))


def test_every_statistical_check_has_a_twin_and_committed_seeds():
    for check in ALL.values():
        assert bool(check.seeds) == bool(check.twin)
        assert len(set(check.seeds)) == len(check.seeds)


def test_nothing_is_both_tried_and_left_out():
    assert not set(fraud.LEFT_OUT) & set(ALL)


def test_a_week_by_time_never_sees_a_card_it_knew():
    world = payments(0, Recipe(customers=500, terminals=1_000, cards_a_day=1))
    week = by_time(world)
    known = set(world.card[week.train][world.fraud[week.train]].tolist())
    assert known and not known & set(world.card[week.test].tolist())
    assert set(world.day[week.train].tolist()) == set(range(115, 122))
    assert set(world.day[week.test].tolist()) == set(range(129, 136))


def test_a_random_week_has_the_same_sizes():
    world = payments(0, Recipe(customers=500, terminals=1_000))
    honest, mixed = by_time(world), at_random(world, 0)
    assert (len(mixed.train), len(mixed.test)) == (len(honest.train), len(honest.test))
    assert not set(mixed.train.tolist()) & set(mixed.test.tolist())


def test_features_are_what_counting_gives():
    world = payments(1, Recipe(customers=60, terminals=200, days=90, terminals_a_day=3, radius=20))
    for row in np.flatnonzero(world.day > 60)[::199].tolist():
        now, mine = world.at[row], world.card == world.card[row]
        here, counted = world.terminal == world.terminal[row], []
        for days in (1, 7, 30):
            lately = mine & (world.at > now - days * DAY) & (world.at <= now)
            counted += [lately.sum(), world.amount[lately].mean()]
        for days in (1, 7, 30):
            before = here & (world.at > now - (days + 7) * DAY) & (world.at <= now - 7 * DAY)
            counted += [before.sum(), world.fraud[before].mean() if before.any() else 0.0]
        weekend, night = float(world.day[row] % 7 in (0, 6)), float(now % DAY < DAY / 4)
        counted = [world.amount[row], weekend, night, *counted]
        assert features(world, np.array([row]))[0] == pytest.approx(counted)


def test_a_payment_without_fraud_keeps_to_the_description():
    world = payments(2, replace(AS_DESCRIBED, customers=300, terminals_a_day=0, cards_a_day=0))
    assert (world.fraud == (world.amount > 220)).all()
    assert world.amount.min() >= 0 and world.day.max() < 183
    assert (world.at // DAY == world.day).all()


def test_an_area_that_does_not_exist():
    with pytest.raises(BadInput, match="unknown area 'frod'; did you mean 'fraud'"):
        verify("frod")


def test_rows_are_the_public_contract_and_progress_is_told(monkeypatch):
    exact = [check for check in ALL.values() if not check.seeds]
    monkeypatch.setitem(AREAS, "fraud", lambda: exact)
    told: list[float] = []
    table = verify("fraud", told.append)
    assert told == [pytest.approx((n + 1) / len(exact)) for n in range(len(exact))]
    keys = ["id", "mechanism", "setting", "expected", "simulated", "se", "ok", "source"]
    assert all(list(row) == keys for row in json.loads(json.dumps([asdict(row) for row in table])))
    assert [row.id for row in table[:3]] == ["f.elkan/c1", "f.elkan/c2", "f.elkan/c3"]


def test_progress_may_cancel():
    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        verify("fraud", stop)


def made(values, **tolerance) -> Row:
    measure = lambda seeds: {"x": np.array(values)}  # noqa: E731
    seeds = tuple(range(len(values)))
    return rows(Check("t", "fraud", "", {}, {"x": 10.0}, "", Tolerance(**tolerance), measure, seeds))[0]


def test_a_row_is_judged_by_distance_and_by_standard_error():
    values = [9.0, 10.0, 12.0, 10.0]
    row = made(values, cap=1.0)
    assert (row.id, row.simulated, row.ok) == ("t", 10.25, True)
    assert row.se == pytest.approx(np.std(values, ddof=1) / 2)
    assert not made(values, cap=0.5).ok  # vague
    assert not made([11.0, 11.1, 11.0, 11.1], cap=1.0).ok  # off
    assert made([11.0, 11.1, 11.0, 11.1], band=1.2, cap=1.0, errors=0).ok
    assert made([11.0, 11.1, 11.0, 11.1], band=0.12, cap=0.1, errors=0, relative=True).ok
    assert not made([math.nan, 10.0], cap=1.0).ok
