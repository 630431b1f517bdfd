"""Flights to ask about: the toy as it is, and one with a whiteboard, so that everything there is can be shown."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.board import Board, Place, Stakes
from simulator.probes import Asked
from simulator.simulation import fly, tape_of

BOARD = Board(
    places=(Place("stall", "Stall", gauges={"asked": "people", "mean_score": "probability"}),),
    actions=("none", "none", "serve", "hold"),
    acted=(3,),
    results=("open", "absent", "served", "held"),
    stakes=lambda setting, value: Stakes(8.0 - value, -value),
    budget=600.0,
)


@pytest.fixture(scope="session")
def boarded(toy):
    """The toy case with a whiteboard."""
    return dataclasses.replace(toy, board=BOARD)


@pytest.fixture(scope="session")
def ask(toy):
    """How to ask about a flight: by a par, a seed, and a case other than the toy."""

    def flown(par: str = "strong", seed: int = 0, case=None, **more) -> Asked:
        case = toy if case is None else case
        return Asked(case, fly(case, par, seed, **more), tape_of(case, seed))

    return flown


@pytest.fixture(scope="session")
def asked(ask):
    """The strong flight of the toy."""
    return ask()


@pytest.fixture(scope="session")
def staked(ask, boarded):
    """The strong flight of the toy with a whiteboard."""
    return ask(case=boarded)


@pytest.fixture(scope="session")
def seeded(asked):
    """How to make the flight look as if it were of another seed."""
    return lambda seed: dataclasses.replace(asked, run=dataclasses.replace(asked.run, seed=seed))


@pytest.fixture(scope="session")
def sound():
    """How to check an exhibit: there is text, and the chart's series fit and are numbers or None."""

    def checked(exhibit):
        assert exhibit.text
        chart = exhibit.chart
        if chart is None:
            return exhibit
        assert chart.x
        for name, values in chart.series.items():
            assert isinstance(name, str)
            assert len(values) == len(chart.x)
            assert all(value is None or (type(value) is float and np.isfinite(value)) for value in values)
        assert all(type(place) in (str, float) for place in chart.x)
        assert all(np.isfinite(at) and words for at, words in chart.marks)
        return exhibit

    return checked
