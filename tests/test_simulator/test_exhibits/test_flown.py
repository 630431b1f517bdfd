"""What was flown: who came, which gauges were on the screen, and the line of money that adds up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.books.requests import ABSENT
from simulator.exhibits.flown import came, earned, money_line, on_screen, paced, third_of
from simulator.units import DAY, dollars


def test_who_came(asked):
    run = asked.run
    ids = came(asked)
    assert len(ids) == run.asked()
    assert (run.requests.at[ids] >= 0).all()
    assert (run.outcomes.result[ids] != ABSENT).all()


def test_thirds(asked):
    assert third_of(asked, np.array([0.0, 1.99, 2.0, 4.5, 6.0]) * DAY).tolist() == [0, 0, 1, 2, 2]


def test_the_line_adds_up(asked):
    chart = money_line(asked)
    assert len(chart.x) == 6
    assert sum(chart.series["earned"]) == pytest.approx(float(dollars(asked.run.profit())))


def test_what_is_posted_counts_once(asked):
    edges = np.sort(np.append(np.random.PCG64(0).random_raw(5) % int(6 * DAY), [0, 6 * DAY])).astype(np.float64)
    assert earned(asked, edges).sum() == pytest.approx(float(dollars(asked.run.profit())))


def test_the_screen(asked, staked):
    assert on_screen(asked) == asked.run.gauges.names()
    assert on_screen(staked) == ["asked", "mean_score"]
    watched = dataclasses.replace(staked.case, watched={"losses": "$", "nowhere": ""})
    assert on_screen(dataclasses.replace(staked, case=watched)) == ["losses"]


def test_paces(asked):
    assert paced(asked, 3 * DAY) == (3.0, "days")
    minutes = dataclasses.replace(asked, case=dataclasses.replace(asked.case, tick=15.0))
    assert paced(minutes, 90.0) == (1.5, "minutes")
