"""Whether a requirement was kept: from when on a dial stood where it was wanted, and what its targets came to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from toy_round import STALL, deeds, load, on_stall, plan

from simulator.design import Dial
from simulator.rounds.fitted import fitted
from simulator.rounds.keeping import Held, Kept, Met, _asked, _within, asked_at, kept
from simulator.rounds.script import BY_HAND, Limit, Requirement
from simulator.simulation import simulate
from simulator.units import DAY, HOUR, day

ASKED = Requirement("says", at="3d", limits={"line": Limit(most=0.5)}, grace="12h")


def held(*turns: tuple[float, float], until: float | None = None, asked: Requirement = ASKED) -> Held:
    run = simulate(STALL, plan(*turns), 7, until=until)
    found = kept(STALL, run, asked, day(3))
    assert found is not None and len(found.held) == 1
    return found.held[0]


# dials

DUE = day(3.5)


@pytest.mark.parametrize(
    ("turns", "since", "left", "good"),
    [
        ([], None, None, False),
        ([(1, 0.4)], day(3), None, True),
        ([(3, 0.5)], day(3), None, True),
        ([(3.25, 0.4)], day(3.25), None, True),
        ([(3.5, 0.4)], DUE, None, True),
        ([(3.500001, 0.4)], day(3.500001), None, False),
        ([(4, 0.4)], day(4), None, False),
        ([(3.25, 0.51)], None, None, False),
        ([(3.25, 0.4), (5, 0.6)], day(3.25), day(5), False),
        ([(3.25, 0.4), (5, 0.6), (5.5, 0.3)], day(3.25), day(5), False),
        ([(3.1, 0.4), (3.2, 0.6), (3.3, 0.4)], day(3.3), None, True),
        ([(3.1, 0.4), (3.2, 0.6)], None, None, False),
        ([(3.1, 0.4), (3.2, 0.6), (4, 0.2)], day(4), None, False),
        ([(3.25, 0.4), (4, 0.3), (5, 0.2)], day(3.25), None, True),
        ([(1, 0.4), (3, 0.6)], None, None, False),
        ([(3.1, 0.6), (3.1, 0.4)], day(3.1), None, True),
    ],
)
def test_since_when_it_stood_there(turns, since, left, good):
    found = held(*turns)
    assert (found.since, found.left, found.kept) == (since, left, good)


def test_a_flight_that_ends_within_the_grace():
    assert held(until=day(3.25)).kept is None
    assert held((3.1, 0.4), until=day(3.25)).kept is True
    assert held((3.1, 0.4), (3.2, 0.9), until=day(3.25)).kept is None
    assert "before the grace was" in held(until=day(3.25)).told


def test_it_is_told_in_a_sentence():
    told = [held(*turns).told for turns in ([], [(1, 0.4)], [(3.25, 0.4)], [(4, 0.4)], [(3.25, 0.4), (5, 0.6)])]
    assert told == [
        "Line: at most 0.5 score was asked for, 0.7 score it was; it was not there by day 3 12:00, nor later",
        "Line: at most 0.5 score was asked for, 0.4 score it was; there already",
        "Line: at most 0.5 score was asked for, 0.7 score it was; there from day 3 06:00 on",
        "Line: at most 0.5 score was asked for, 0.7 score it was; there from day 4 00:00 on, asked for by day 3 12:00",
        "Line: at most 0.5 score was asked for, 0.7 score it was; there from day 3 06:00 on, until day 5 00:00",
    ]


NUMBER = Dial("number", "Line", 0.5, "line", "score", low=0.0, high=1.0)
CHOICE = Dial("choice", "Order", "fifo", "order", options=("fifo", "lifo"))
SWITCH = Dial("switch", "Drop", False, "drop")


@pytest.mark.parametrize(("limit", "dial", "inside", "outside", "said"), [
    (Limit(most=0.5), NUMBER, (0.5, 0.0), (0.500001,), "at most 0.5 score"),
    (Limit(least=0.5), NUMBER, (0.5, 1.0), (0.499999,), "at least 0.5 score"),
    (Limit(least=0.2, most=0.5), NUMBER, (0.2, 0.5), (0.1, 0.6), "at least 0.2 score and at most 0.5 score"),
    (Limit(only=("fifo",)), CHOICE, ("fifo",), ("lifo",), "only fifo"),
    (Limit(only=("fifo", "lifo")), CHOICE, ("fifo", "lifo"), (), "one of fifo, lifo"),
    (Limit(only=("true",)), SWITCH, (True,), (False,), "only true"),
    (Limit(only=("off",)), SWITCH, (False,), (True,), "only off"),
])  # fmt: skip
def test_what_a_limit_lets_through(limit, dial, inside, outside, said):
    assert [_within(limit, dial, value) for value in (*inside, *outside)] == [True] * len(inside) + [False] * len(
        outside
    )
    assert _asked(limit, dial) == said


# targets


def test_targets_are_held_against_their_new_limits():
    run = simulate(STALL, plan(), 7)
    served = run.kpis()["served"]
    for limit, good in ((served, True), (served + 1e-6, False)):
        (met,) = kept(STALL, run, Requirement("says", targets={"served": limit}), day(3)).met
        assert (met.kpi, met.value, met.limit, met.kept) == ("served", served, limit, good)
        assert met.told.endswith("kept" if good else "missed") and met.told.startswith("Served: at least ")
    (target,) = (one for one in STALL.targets if one.kpi == "served")
    assert target.limit == 0.2  # the case stays as it is


def test_a_target_that_wants_less():
    at_most = replace(STALL, targets=(replace(STALL.targets[0], at_least=False),))
    (met,) = kept(at_most, simulate(STALL, plan(), 7), Requirement("s", targets={"profit": 0.0}), day(3)).met
    assert not met.kept and "at most $0.00" in met.told


# all of it


@pytest.mark.parametrize(("dials", "targets", "all_of_it"), [
    ([True, True], [True], True), ([True, False], [True], False), ([True], [False], False), ([None], [True], None),
    ([None, False], [], False), ([], [], None), ([], [True], True),
])  # fmt: skip
def test_all_of_it(dials, targets, all_of_it):
    found = Kept(0.0, 1.0, tuple(Held("d", "", 1.0, None, None, one, f"d {one}") for one in dials),
                 tuple(Met("k", 1.0, 1.0, one, f"k {one}") for one in targets))  # fmt: skip
    assert found.kept is all_of_it
    assert found.sentences == (*(f"d {one}" for one in dials), *(f"k {one}" for one in targets))


def test_it_has_to_be_said_in_the_flight():
    run = simulate(STALL, plan(), 7, until=day(3))
    assert kept(STALL, run, ASKED, None) is None and kept(STALL, run, ASKED, day(3)) is None
    assert kept(STALL, run, ASKED, day(3) - 1).due == day(3) - 1 + 12 * HOUR


# when it was said


def test_when_it_was_said():
    found = on_stall(alone=False)
    by_hand = replace(found, script=replace(found.script, requirement=replace(ASKED, when=BY_HAND)))
    told = [replace(deed, moment=day(2.5)) for deed in deeds() if deed.what == "requirement"]
    assert asked_at(found) == day(3) and asked_at(found, told) == day(2.5)
    assert asked_at(by_hand) is None and asked_at(by_hand, told) == day(2.5)
    assert asked_at(by_hand, alone=True) == day(3)
    assert asked_at(fitted(replace(found.script, requirement=None), load)) is None
    others = [replace(told[0], kind="require"), replace(told[0], what="strike")]
    assert asked_at(by_hand, others) is None


def test_without_a_time_it_is_said_in_the_middle():
    found = on_stall(alone=True, requirement=replace(ASKED, at=0.0))
    assert asked_at(found, alone=True) == 3 * DAY
