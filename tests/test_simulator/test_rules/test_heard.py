"""Rules that are asked of some flights only, and whether a version came in time to know of what happened."""

from __future__ import annotations

import pytest

from simulator.rules import relearned, stood, where
from simulator.simulation import simulate
from simulator.units import day


def never(design) -> bool:
    return False


def always(design) -> bool:
    return True


@pytest.fixture(scope="module")
def calm(toy):
    """The toy case with its rush at day 2."""
    return toy.but(move={"feast": "2d"}, drop=["strike"])


def flown(case, order=None, until=None):
    plan = case.plan() if order is None else case.plan().do(order, "retrain", boost=1.0)
    return case.log(simulate(case, plan, 0, until=until))


def test_a_version_trained_soon_after_counts(calm):
    log = flown(calm, day(2.5))
    (trained,) = [version.trained_at for version in log.run.versions if version.trained_at > 0]
    after = trained - day(2)
    (shown,) = relearned("feast", 0.95 * after, day(2), never)(log)
    assert shown.shown
    assert shown.at == day(2)
    assert "version 2 was made" in shown.because
    (too_soon,) = relearned("feast", 1.05 * after, day(2), never)(log)
    (too_late,) = relearned("feast", 0.0, 0.95 * after, never)(log)
    assert not too_soon.shown
    assert not too_late.shown
    assert relearned("feast", 0.0, 1.05 * after, never)(log)[0].shown


def test_who_learns_at_once_needs_no_version(calm):
    (one,) = relearned("feast", 0.0, day(1), always)(flown(calm))
    assert one.shown
    assert "as it landed" in one.because
    (none,) = relearned("feast", 0.0, day(1), never)(flown(calm))
    assert not none.shown


def test_nothing_is_asked_where_it_did_not_happen_or_the_time_is_not_over(calm):
    assert relearned("strike", 0.0, day(1), always)(flown(calm)) == []
    assert relearned("feast", 0.0, day(1), always)(flown(calm, until=day(2.9))) == []
    assert len(relearned("feast", 0.0, day(1), always)(flown(calm, until=day(3.1)))) == 1


def test_rules_are_asked_where_there_was_some_of_a_figure(calm):
    log = flown(calm)
    rule = stood(always, lambda design: "so")
    assert log.run.kpis()["served"] > 0
    assert len(where("served", rule, rule)(log)) == 2
    assert where("no such figure", rule)(log) == []
