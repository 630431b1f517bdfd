"""A whiteboard holds each decision once and names nothing that is not there; a bad one is found out, by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_case import CASE

from simulator.board import Board, Place, Question, Stakes, Station
from simulator.check import check_case
from simulator.errors import BadInput
from simulator.serving.laws import Law

PLACES = (
    Place("door", "Door", "They come in.", ("stall",), dials=("line",), gauges={"asked": "people"}),
    Place("stall", "Stall", "They are served.", ("till",), dials=("servers",)),
    Place("till", "Till", "It counts.", acts=("retrain",), gauges={"profit": "$", "losses": "$"}),
)
GOOD = Board(
    places=PLACES,
    questions=(Question("How many come?", "${people} a day, $$1 each."), Question("And labels?", "${delay}", 3600.0)),
    actions=("a", "b", "serve", "hold"),
    acted=(3,),
    results=("open", "absent", "served", "held"),
    features=("height", "weight"),
    segments=("all",),
)


def finding(**wrong):
    return check_case(replace(CASE, board=replace(GOOD, **wrong)), only=["board"])[0]


def test_a_good_board_passes():
    assert finding().ok
    assert finding().detail == "3 places, 2 questions"


def test_a_case_without_a_board_is_one_box_with_all_its_decisions():
    assert check_case(CASE, only=["board"])[0].ok
    (whole,) = CASE.places()
    assert whole.dials == ("servers", "line")
    assert whole.acts == ("retrain",)


def but(number: int, **wrong) -> tuple[Place, ...]:
    return tuple(replace(place, **wrong) if n == number else place for n, place in enumerate(PLACES))


BAD = {
    "place door": {"places": (*PLACES, Place("door", "Door"))},
    "dial line stands on the board twice": {"places": but(1, dials=("servers", "line"))},
    "dial servers is in no place": {"places": but(1, dials=())},
    "dial servants is unknown": {"places": but(0, dials=("line", "servants"))},
    "act retrain is in no place": {"places": but(2, acts=())},
    "act fire is unknown": {"places": but(0, acts=("fire",))},
    "act retrain stands": {"places": but(0, acts=("retrain",))},
    "hands on to nowhere": {"places": but(0, to=("nowhere",))},
    "gauge profti is never read": {"places": but(0, gauges={"profti": "$"})},
    "wrong placeholder: 'peeple'": {"questions": (Question("How many?", "${peeple}"),)},
    "wrong placeholder": {"questions": (Question("How much?", "$ 5"),)},
    "comes after the flight": {"questions": (Question("When?", "Never.", after=1e9),)},
    "4 names of actions are too few": {"acted": (4,)},
    "3 names of actions are too few": {"actions": ("a", "b", "c")},
    "3 names of results are too few": {"results": ("open", "absent", "served")},
    "1 names of features are too few": {"features": ("height",)},
}


@pytest.mark.parametrize("says", BAD)
def test_twin_a_bad_board_is_found(says):
    found = finding(**BAD[says])
    assert not found.ok
    assert says in found.detail


def test_a_check_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="board"):
        check_case(CASE, only=["bored"])


def test_an_answer_has_the_values_of_the_scenario():
    crowded = CASE.but(level=3).world_setting().values()
    assert GOOD.questions[0].answered(crowded) == "300 a day, $1 each."


def test_a_station_adds_a_law_and_a_constant():
    station = Station.of(3.0, Law.lognormal(0.030, 0.8), 0.020, 2, 0.1)
    times = 0.020 + 0.030 * np.exp(0.8 * np.random.default_rng(1).standard_normal(2_000_000))
    assert station.seconds == pytest.approx(times.mean(), rel=0.01)
    assert station.scv == pytest.approx(times.var() / times.mean() ** 2, rel=0.02)
    assert (station.rate, station.servers, station.budget) == (3.0, 2, 0.1)


def test_stakes_are_columns():
    assert Stakes(np.ones(2), np.zeros(2)).positive.tolist() == [1.0, 1.0]
