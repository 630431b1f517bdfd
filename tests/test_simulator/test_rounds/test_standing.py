"""How a room stands: clock, orders, notes, marks and votes, as its deeds add up to them - and any deeds do."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.rounds.script import PHASES, Minutes
from simulator.rounds.standing import Ballot, Clock, Mark, Note, Ordered, stood
from simulator.store.deeds import Deed, DeedKind

MINUTES = Minutes(brief=5, design=4, play=20, probes=5, debrief=10)


class Told:
    """A room that is told what happens, second by second."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []

    def __call__(self, kind: str, what: str = "", at: float = 0.0, moment: float = 0.0, **data) -> int:
        if "sender" in data:
            data["from"] = data.pop("sender")
        self.deeds.append(Deed(len(self.deeds), kind, what, "interviewer", at, moment, data))
        return len(self.deeds) - 1

    def at(self, now: float):
        """How it stands at *now* [s]."""
        return stood(MINUTES, self.deeds, now)


@pytest.fixture
def told() -> Told:
    return Told()


# the clock


def test_the_lobby(told):
    nobody = told.at(5.0)
    assert nobody.clock == Clock("lobby", 0.0, 0.0, False, 1.0) and nobody.clock.left == 0.0
    assert (nobody.orders, nobody.done, nobody.flight, nobody.released) == ((), {}, "", False)
    assert nobody.was("phase", "brief") == -1


def test_a_phase_runs_from_its_deed(told):
    told("phase", "brief", at=100.0)
    assert told.at(100.0).clock == Clock("brief", 0.0, 5.0, False, 1.0)
    told("phase", "design", at=130.0)
    clock = told.at(190.0).clock
    assert (clock.phase, clock.gone, clock.minutes, clock.left) == ("design", 60.0, 4.0, 180.0)
    assert told.at(130.0 + 241.0).clock.left == -1.0
    told("phase", "brief", at=400.0)
    assert told.at(410.0).clock.gone == 10.0, "begun anew"
    assert told.at(390.0).clock.gone == 0.0, "a wall clock may go back"


def test_over(told):
    told("phase", "play", at=0.0)
    told("phase", "over", at=60.0)
    assert told.at(99.0).clock == Clock("over", 0.0, 0.0, False, 1.0)
    told("phase", "debrief", at=100.0)
    assert told.at(101.0).clock.phase == "debrief", "somebody had pressed too soon"


def test_what_is_no_phase_changes_nothing(told):
    told("phase", "brief", at=0.0)
    told("phase", "lunch", at=5.0)
    assert told.at(10.0).clock == Clock("brief", 10.0, 5.0, False, 1.0)


def test_held_time_does_not_count(told):
    told("phase", "play", at=0.0)
    told("hold", at=10.0, held=True)
    assert (told.at(70.0).clock.gone, told.at(70.0).clock.held) == (10.0, True)
    told("hold", at=80.0, held=False)
    assert (told.at(100.0).clock.gone, told.at(100.0).clock.held) == (30.0, False)
    told("hold", at=100.0, held=True)
    told("hold", at=105.0, held=True)
    told("hold", at=110.0, held=False)
    told("hold", at=111.0, held=False)
    assert told.at(112.0).clock.gone == 32.0


def test_a_new_phase_begins_held(told):
    told("hold", at=5.0, held=True)
    told("phase", "brief", at=10.0)
    assert told.at(60.0).clock == Clock("brief", 0.0, 5.0, True, 1.0)
    told("hold", at=70.0, held=False)
    told("hold", at=75.0, held=True)
    told("phase", "design", at=80.0)
    told("hold", at=100.0, held=False)
    assert told.at(101.0).clock == Clock("design", 1.0, 4.0, False, 1.0)


def test_more_time_for_a_phase(told):
    told("phase", "play", at=0.0)
    told("extend", "play", minutes=3.0)
    told("extend", "design", minutes=1.0)
    told("extend", "play", minutes=2.0)
    told("extend", "lunch", minutes=9.0)
    assert told.at(0.0).clock.minutes == 25.0
    told("phase", "design", at=0.0)
    assert told.at(0.0).clock.minutes == 5.0
    told("extend", "design", minutes=-9.0)
    assert told.at(0.0).clock.minutes == 0.0


def test_extra_time(told):
    told("phase", "design", at=0.0)
    told("extra", factor=1.25)
    assert (told.at(0.0).clock.minutes, told.at(0.0).clock.factor) == (5.0, 1.25)
    told("phase", "play", at=0.0)
    told("extend", "play", minutes=2.0)
    assert told.at(0.0).clock.minutes == 27.0, "two minutes more are two minutes more"
    told("extra", factor=1.5)
    assert told.at(0.0).clock.minutes == 32.0, "the last one counts"
    told("extra", factor=1.0)
    assert told.at(0.0).clock.minutes == 22.0


# orders


def test_orders_until_they_take_effect(told):
    first = told("order", "vote", do="delay", until=200.0)
    second = told("order", "page", do="fire")
    assert told.at(0.0).orders == (Ordered(first, "vote", "delay", 200.0), Ordered(second, "page", "fire", 0.0))
    told("done", "vote", moment=99.0, do="delay")
    assert told.at(0.0).orders == (Ordered(second, "page", "fire", 0.0),)
    assert told.at(0.0).done == {"vote": ("delay", 99.0)}
    again = told("order", "vote", do="fire")
    assert told.at(0.0).orders == (Ordered(second, "page", "fire", 0.0), Ordered(again, "vote", "fire", 0.0))
    told("done", "vote", moment=120.0, do="fire")
    assert told.at(0.0).done["vote"] == ("fire", 120.0)


def test_a_later_order_takes_the_place_of_an_earlier_one(told):
    told("order", "vote", do="fire")
    page = told("order", "page", do="skip")
    vote = told("order", "vote", do="skip")
    assert told.at(0.0).orders == (Ordered(page, "page", "skip", 0.0), Ordered(vote, "vote", "skip", 0.0))


def test_the_requirement(told):
    turn = told("require")
    assert told.at(0.0).orders == (Ordered(turn, "requirement", "require", 0.0),)
    told("done", "requirement", moment=300.0, do="require")
    assert (told.at(0.0).orders, told.at(0.0).done) == ((), {"requirement": ("require", 300.0)})


# what was said


def test_notes_and_probes(told):
    note = told("note", moment=60.0, text="Hurry", sender="The CFO")
    bare = told("note", moment=61.0, text="now")
    own = told("private", moment=5.0, text="quick")
    for kind, what in (("ask", "b"), ("ask", "a"), ("ask", "b"), ("rescue", "a"), ("rescue", "a")):
        told(kind, what)
    now = told.at(0.0)
    assert now.notes == (Note(note, "Hurry", "The CFO", 60.0), Note(bare, "now", "", 61.0))
    assert now.private == (Note(own, "quick", "", 5.0),)
    assert (now.asked, now.rescued) == (("b", "a"), ("a",))


def test_replies(told):
    told("reply", "a", words="I think", choice="x", number=3.5)
    told("reply", "a", words="I know")
    told("reply", "b", number=2)
    assert told.at(0.0).replies == {
        "a": {"words": "I know", "choice": "", "number": None},
        "b": {"words": "", "choice": "", "number": 2},
    }


def test_facts_and_hints(told):
    for what in ("2", "0", "2", "-1", "x", "", "1.0", "99999", "٣"):
        told("fact", what)
        told("hint", what)
    assert told.at(0.0).facts == told.at(0.0).hints == (2, 0)


def test_marks(told):
    told("mark", "serving", mark=2, words="slow")
    told("mark", "rollout", mark=5)
    last = told("mark", "serving", mark=3, words="better")
    assert told.at(0.0).marks == {"serving": Mark(last, 3, "better"), "rollout": Mark(1, 5, "")}


def test_ballots(told):
    told("ballot", "1/ana", choice="wait")
    told("vote", "1", open=True)
    told("ballot", "1/ana", choice="wait", why="calm")
    told("ballot", "1/ben", choice="act")
    told("ballot", "1/ana", choice="act")
    told("ballot", "1/", choice="act")
    told("ballot", "2/ana", choice="act")
    told("vote", "1", open=False)
    told("ballot", "1/ben", choice="wait")
    told("vote", "2", open=True)
    assert told.at(0.0).ballots == (
        Ballot("1", False, {"ana": ("act", ""), "ben": ("act", "")}), Ballot("2", True, {}),
    )  # fmt: skip
    told("vote", "1", open=True)
    told("ballot", "1/ben", choice="wait", why="hm")
    assert told.at(0.0).ballots[0] == Ballot("1", True, {"ana": ("act", ""), "ben": ("wait", "hm")})


def test_flight_and_release(told):
    told("flight", "abc")
    assert (told.at(0.0).flight, told.at(0.0).released) == ("abc", False)
    told("release")
    assert told.at(0.0).released


def test_the_last_turns(told):
    told("phase", "brief")
    told("mark", "serving", mark=9)
    told("phase", "design")
    told("phase", "brief")
    now = told.at(0.0)
    assert (now.was("phase", "brief"), now.was("phase", "design"), now.was("mark", "serving")) == (3, 2, 1)
    assert (now.was("phase"), now.was("mark", "x")) == (-1, -1)
    assert now.marks == {}, "nine is no mark; it was written, though"


# whatever was done


WORDS = st.sampled_from(["", "brief", "play", "over", "vote", "requirement", "1", "1/ana", "x"]) | st.text(max_size=4)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.lists(st.integers(), max_size=2)
    | st.sampled_from(["fire", "skip", "delay", "require", 1, 3, 1.5, 10**400])
)  # fmt: skip
NAMES = ["text", "from", "held", "minutes", "factor", "do", "until", "words", "choice", "number", "mark", "open", "why"]
DEEDS = st.lists(
    st.builds(
        Deed,
        turn=st.integers(0, 99),
        kind=st.sampled_from(get_args(DeedKind)),
        what=WORDS,
        who=st.sampled_from(["interviewer", "candidate", "voter", "clock"]),
        at=st.floats(0, 1e10),
        moment=st.floats(0, 1e6),
        data=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
    ),
    max_size=12,
)


@given(DEEDS, st.floats(0, 1e10))
def test_any_deeds_are_a_standing(deeds, now):
    found = stood(MINUTES, deeds, now)
    assert found.clock.phase in ("lobby", *PHASES, "over")
    assert found.clock.gone >= 0.0 and found.clock.minutes >= 0.0 and math.isfinite(found.clock.left)
    assert len({order.what for order in found.orders}) == len(found.orders)
    assert all(1 <= mark.mark <= 5 for mark in found.marks.values())
    assert found.released is any(deed.kind == "release" for deed in deeds)
    assert found == stood(MINUTES, deeds, now)


@given(DEEDS, st.floats(0, 1e10), st.floats(0, 1e5))
def test_time_does_not_go_back(deeds, now, later):
    first, then = stood(MINUTES, deeds, now).clock, stood(MINUTES, deeds, now + later).clock
    assert (first.phase, first.minutes, first.held) == (then.phase, then.minutes, then.held)
    assert -1e-3 <= then.gone - first.gone <= later + 1e-3


@given(st.lists(st.floats(0.1, 1e4), min_size=1, max_size=9))
def test_what_was_held_and_what_was_not_add_up(spans):
    """Hold and go on, again and again: half of the time is gone, and the other half was held."""
    room, at, gone = Told(), 50.0, 0.0
    room("phase", "play", at=at)
    for number, span in enumerate(spans):
        gone, at = gone + (0.0 if number % 2 else span), at + span
        room("hold", at=at, held=number % 2 == 0)
    assert room.at(at).clock.gone == pytest.approx(gone)
    assert room.at(at + 7.0).clock.gone == pytest.approx(gone + (0.0 if len(spans) % 2 else 7.0))
