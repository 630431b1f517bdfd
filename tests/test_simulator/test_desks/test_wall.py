"""Instruments are read once a day, and a feature that drifted rings once a week."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.books.requests import ABSENT
from simulator.desks.wall import Wall
from simulator.units import DAY, day

USUAL, OTHER = 3, 4


@pytest.fixture
def system(standing):
    """A month of usual features, a day like it, and a day on which the second feature has moved by 2 sd."""
    luck = np.random.default_rng(0)
    days = np.concatenate([np.linspace(-30, -0.01, 3000), np.linspace(0, 0.99, 400), np.linspace(1, 1.99, 400)])
    X = luck.standard_normal((len(days), 3))
    X[3400:, 1] += 2.0
    system = standing(days, np.zeros(len(days)), X=X)
    system.outcomes.score[:], system.outcomes.result[:] = 0.3, 2
    system.outcomes.action[3000:3100], system.outcomes.result[3100:3160] = USUAL, OTHER
    system.outcomes.result[3300:3400] = ABSENT
    return system


def at_midnights(system, what):
    found = []
    system.clock.every(DAY, lambda: found.append(what()))
    system.clock.run(day(2.5))
    return found


def test_shares_are_of_those_who_really_asked_in_the_last_day(system):
    wall = Wall(system, {1: "speed"}, {"usual": (USUAL,)}, {"other": (OTHER,)})
    first, _ = at_midnights(system, lambda: wall.read("people", {"waiting": 7.0}))
    assert first["people"] == 300
    assert first["usual"] == pytest.approx(100 / 300)
    assert first["other"] == pytest.approx(60 / 300)
    assert (first["mean_score"], first["waiting"], first["profit"]) == (pytest.approx(0.3), 7.0, 0.0)
    assert system.gauges.series("usual")[1][0] == first["usual"]
    assert system.gauges.series("psi_speed")[0].tolist() == [DAY, 2 * DAY]


def test_a_feature_that_moved_rings_and_one_that_did_not_is_quiet(system):
    wall = Wall(system, {0: "size", 1: "speed"}, {}, {})

    def midnight():
        readings = wall.read("people", {})
        wall.ring(readings, {})
        wall.ring(readings, {"mine": "says who"})
        return readings

    first, second = at_midnights(system, midnight)
    assert first["psi_speed"] < 0.2 < second["psi_speed"]
    assert second["psi_size"] < 0.2
    rang = [(e.at / DAY, e.name) for e in system.journal]
    assert rang == [(1.0, "mine"), (2.0, "psi_speed")]
    assert "PSI of speed is" in next(e.text for e in system.journal if e.name == "psi_speed")


def test_where_nobody_asked_nothing_is_read(standing):
    system = standing(np.linspace(-30, -0.01, 300), np.zeros(300), X=np.random.default_rng(0).random((300, 1)))
    wall = Wall(system, {0: "size"}, {}, {})
    assert at_midnights(system, lambda: wall.read("people", {"waiting": 1.0})) == [{}, {}]
    assert list(system.gauges.names()) == []
