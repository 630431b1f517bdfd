"""What an agent sees is what the desk knows, in a layout that does not move; what it does is read by name."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from toy_case import CASE, ToyDesign

from simulator.board import Board, Place
from simulator.design import Dial, choice, integer, number, switch
from simulator.environment import Controls, Environment, Flat
from simulator.environment.controls import LIMIT
from simulator.errors import BadInput
from simulator.simulation import simulate
from simulator.units import HOUR, day


@dataclasses.dataclass(frozen=True)
class Wide(ToyDesign):
    """A live dial of each kind."""

    queue: int = integer(4, 3, 12, "Queue", live=True)
    mode: str = choice("b", ("a", "b", "c"), "Mode", live=True)
    drop: bool = switch(True, "Drop", live=True)
    fixed: float = number(1.0, 0.0, 2.0, "Fixed")


WIDE = dataclasses.replace(CASE, design=Wide)
GAUGES = ("asked", "losses", "never")


def seen(case, controls, until):
    """Return the observations at the control points by which a pilot is asked, and the views, under seed 0."""
    views = []
    simulate(case, None, 0, pilot=views.append, until=until)
    return [controls.observed(view, before) for view, before in zip(views, [None, *views], strict=False)], views


def test_each_number_has_a_name_and_lies_within_its_limits():
    controls = Controls.of(WIDE, gauges=GAUGES)
    rows, _ = seen(WIDE, controls, day(4))
    low, high = controls.limits
    assert len(controls.names) == len(set(controls.names)) == rows[0].size == low.size
    assert all(((row >= low) & (row <= high)).all() for row in rows)
    assert controls.names == (
        "time", "dollars", "dollars_since", "alarms_since", "versions", "dial/line", "dial/queue", "dial/mode",
        "dial/drop", "gauge/asked", "gauge/losses", "gauge/never", "known/asked", "known/losses", "known/never",
    )  # fmt: skip


def test_before_take_off_no_gauge_is_known():
    controls = Controls.of(WIDE, gauges=GAUGES)
    first = dict(zip(controls.names, seen(WIDE, controls, day(2))[0][0].tolist(), strict=True))
    assert {first[name] for name in first if "/" in name and "dial" not in name} == {0.0}
    assert [first[f"dial/{name}"] for name in ("line", "queue", "mode", "drop")] == [0.7, 4.0, 1.0, 1.0]
    assert [first[name] for name in ("time", "dollars", "alarms_since", "versions")] == [0.0, 0.0, 0.0, 0.0]


def test_later_the_desk_shows_the_latest_readings():
    controls = Controls.of(CASE, gauges=GAUGES)
    rows, views = seen(CASE, controls, day(6))
    assert len(views[-2].alarms()) > 0
    for row, view, before in zip(rows[1:], views[1:], views, strict=False):
        told = dict(zip(controls.names, row.tolist(), strict=True))
        assert told["gauge/asked"] == view.gauge("asked") and told["known/asked"] == 1.0
        assert told["known/never"] == 0.0 == told["gauge/never"]
        assert told["time"] == pytest.approx(view.now / CASE.horizon)
        assert told["dollars_since"] == pytest.approx(view.booked() - before.booked())
        assert told["alarms_since"] == len(view.alarms()) - len(before.alarms())
        assert told["versions"] == len(view.versions())


@pytest.mark.parametrize(("reading", "shown"), [(math.nan, (0.0, 0.0)), (math.inf, (0.0, 0.0)), (1e30, (LIMIT, 1.0))])
def test_a_reading_that_is_none_or_beyond_all_bounds_stays_finite(reading, shown):
    controls = Controls.of(CASE, gauges=["asked"])
    view = seen(CASE, controls, day(4))[1][-1]
    view._gauges.mark("asked", view.now, reading)
    assert tuple(controls.observed(view)[-2:]) == shown


def test_gauges_are_those_that_a_case_shows_to_people():
    places = (Place("a", "A", gauges={"losses": "$", "asked": ""}), Place("b", "B", gauges={"mean_score": ""}))
    board = dataclasses.replace(CASE, watched={"asked": ""}, board=Board(places=places))
    assert Controls.of(board).gauges == ("asked", "losses", "mean_score")
    assert Controls.of(CASE).gauges == tuple(simulate(CASE).gauges.names())  # it names none


def test_control_points_are_the_checkpoints_or_a_given_interval():
    assert Controls.of(CASE).points == (0.0, *CASE.checkpoints)
    assert Controls.of(CASE, every="36h").points == tuple(at * HOUR for at in (0, 36, 72, 108))
    assert Controls.of(CASE, every=day(6)).points == (0.0,)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"every": 0}, "every 0 is too often"),
        ({"every": "1s"}, "every '1s' is too often for a plan of 1000 changes and acts"),
        ({"every": "soon"}, "every 'soon' is not a time"),
        ({"every": "10m", "acts": ["retrain"]}, "864 control points are too many for a plan of 1000"),
        ({"acts": ["retain"]}, "unknown act 'retain'; did you mean 'retrain'"),
    ],
)
def test_what_cannot_be_is_told(more, said):
    with pytest.raises(BadInput, match=said):
        Controls.of(CASE, **more)


def test_acts_without_arguments_are_offered_and_others_on_request():
    bare = dataclasses.replace(CASE.acts["retrain"], arguments=())
    case = dataclasses.replace(CASE, acts={**CASE.acts, "hush": bare})
    wanted = {None: ["line", "do/hush"], ("retrain",): ["line", "do/retrain", "do/retrain/boost"], (): ["line"]}
    for acts, entries in wanted.items():
        assert list(Controls.of(case, acts=acts, gauges=GAUGES).entries) == entries


@pytest.mark.parametrize(
    ("action", "dials"),
    [
        ({"mode": np.int64(2), "drop": np.int64(0)}, {"mode": "c", "drop": False}),
        ({"mode": "a", "drop": "no", "queue": 12.0}, {"mode": "a", "drop": False, "queue": 12}),
        ({"line": np.array(0.25), "queue": np.array([5])}, {"line": 0.25, "queue": 5}),
        ({"mode": 1, "line": 0.7, "queue": 4}, {}),
    ],
)
def test_values_come_as_numbers_or_as_they_are_written(action, dials):
    controls = Controls.of(WIDE, gauges=GAUGES)
    view = seen(WIDE, controls, day(2))[1][1]
    plan, refused = controls.steered(view, action, lambda design: "")
    assert [dict(change.dials) for change in plan.changes] == [dials] * bool(dials)
    assert refused == {}


@pytest.mark.parametrize(
    "action", [{"mode": 3}, {"mode": 0.5}, {"drop": -1}, {"queue": 4.5}, {"line": None}, {"mode": "d"}]
)
def test_values_that_are_not_allowed_are_told(action):
    controls = Controls.of(WIDE, gauges=GAUGES)
    view = seen(WIDE, controls, day(2))[1][1]
    with pytest.raises(BadInput, match=next(iter(action))):
        controls.steered(view, action, lambda design: "")


def test_equal_parts_of_a_flat_action_mean_equal_values():
    flat = Flat(Environment(WIDE, controls=Controls.of(WIDE, gauges=GAUGES)))
    evenly = [flat.action(np.full(4, share)) for share in np.linspace(0.0, 1.0, 3001)]
    counts = {name: np.unique([one[name] for one in evenly], return_counts=True) for name in ("queue", "mode", "drop")}
    assert [counts[name][0].tolist() for name in counts] == [list(range(3, 13)), [0, 1, 2], [0, 1]]
    assert all(np.ptp(times) <= 2 for _, times in counts.values())
    assert flat.action(flat.shares(Wide())) == {"line": pytest.approx(0.7), "queue": 4, "mode": 1, "drop": 1}


def test_spaces_hold_what_dials_take():
    spaces = Environment(WIDE, controls=Controls.of(WIDE, acts=["retrain"], gauges=GAUGES)).action_space
    assert (spaces["queue"].start, spaces["queue"].n, spaces["mode"].n, spaces["drop"].n) == (3, 10, 3, 2)
    assert (spaces["line"].low, spaces["line"].high, spaces["do/retrain/boost"].high) == (0.0, 1.0, 2.0)
    assert isinstance(Controls.of(WIDE, gauges=GAUGES).entries["mode"], Dial)
