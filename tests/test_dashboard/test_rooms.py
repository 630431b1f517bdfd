"""Rooms as the pages see them: who comes in, what comes next, what takes effect on the deck, and what is told of it."""

from __future__ import annotations

import dataclasses
import math

import pytest
from scripted import SCRIPT, SEED, Interviewer

import cases
from dashboard import rooms, session
from dashboard.flights import Asked, order_of
from simulator.errors import BadInput
from simulator.plan import Change
from simulator.rounds.fitted import fitted
from simulator.rounds.reading import read_script
from simulator.store import Stale


@pytest.fixture
def state(monkeypatch):
    """Give the test a session of its own."""
    kept: dict = {}
    monkeypatch.setattr(session, "_state", lambda: kept)
    return kept


@pytest.fixture
def come(tower, state):
    """Return a way to open a room and to come in: the candidate, and who interviews."""

    def open_one(script: str = SCRIPT, side: str = "candidate", alone: bool = False):
        room = tower.store.rooms.open("t1", script, SEED, alone=alone)
        return rooms.entered(room.keys[side]), Interviewer(tower, room)

    return open_one


@pytest.fixture
def fly(come, tower):
    """Return a way to come in, take off and have the flight computed."""

    def up(**more):
        entry, interviewer = come(**more)
        entry = rooms.take_off(entry, entry.fitted.case.plan())
        computed(tower, rooms.flight_in(entry))
        return entry, interviewer

    return up


def computed(tower, flight):
    """Have *flight* computed, as the deck does, and return its recording."""
    asked = tower.recording(session.name(), order_of(flight))
    assert asked.errand is None or asked.errand.wait(60.0) == "done"
    return tower.recording(session.name(), order_of(flight)).result


def tended(entry, now: float) -> bool:
    """Tend the room as it stands now."""
    entry = rooms.stands(entry)
    return rooms.tend(entry, rooms.flight_in(entry), now)


# --- who is there ----------------------------------------------------------------------------------------------


def test_a_key_opens_one_side(come):
    entry, _ = come()
    assert entry.side == "candidate" and not entry.open_to_truth
    for side in ("interviewer", "voter"):
        assert rooms.entered(entry.room.keys[side]).side == side
    with pytest.raises(BadInput, match="opens no room"):
        rooms.entered("0" * 32)


def test_the_truth_is_open_to_an_interviewer_and_after_the_release(come):
    entry, interviewer = come()
    assert rooms.entered(entry.room.keys["interviewer"]).open_to_truth
    interviewer.does("release")
    assert rooms.stands(entry).open_to_truth


def test_a_flight_is_locked_up_to_the_release(fly, begun):
    entry, interviewer = fly()
    flight = rooms.flight_in(entry)
    assert rooms.room_of(flight).id == entry.room.id and rooms.locked(flight)
    interviewer.does("release")
    assert not rooms.locked(flight)
    assert rooms.room_of(begun()) is None and not rooms.locked(begun())


def test_who_flies_alone_is_told_of_the_requirement_no_sooner(come):
    """The world is that of the script all the same: what comes by itself is in it, the new target is not."""
    entry, _ = come(alone=True)
    alone = fitted(read_script(SCRIPT), cases.load, alone=True).case
    limits = {target.kpi: target.limit for target in entry.fitted.case.targets}
    assert limits["profit"] == 120 and {t.kpi: t.limit for t in alone.targets}["profit"] == 104
    mine, theirs = entry.fitted.case.scenario.to_data(), alone.scenario.to_data()
    assert theirs.pop("targets") == {"profit": 104} and mine == theirs
    assert len(entry.fitted.case.board.questions) == len(alone.board.questions)


def test_a_flight_is_begun_once(come):
    entry, _ = come()
    plan = entry.fitted.case.plan({"least": 7})
    first, second = rooms.take_off(entry, plan), rooms.take_off(entry, entry.fitted.case.plan())
    assert first.room.flight == second.room.flight != ""
    flight = rooms.flight_in(first)
    assert (flight.mode, flight.seed, flight.plan["design"]["least"]) == ("check", SEED, 7)


# --- what is done ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "then"),
    [
        ("", "brief"),
        ("brief", "design"),
        ("design", "play"),
        ("play", "debrief"),
        ("debrief", "over"),
        ("over", "over"),
    ],
)
def test_a_phase_that_has_no_time_is_passed_over(come, phase, then):
    entry, interviewer = come(SCRIPT.replace("\n[[event]]", "\n[minutes]\nprobes = 0\n\n[[event]]", 1))
    if phase:
        interviewer.does("phase", phase)
    assert rooms.following(rooms.stands(entry)) == then


def test_a_deed_done_twice_is_one(come):
    entry, _ = come()
    for _ in range(2):
        after = rooms.do(entry, "fact", "1")
    assert [deed.kind for deed in after.room.deeds] == ["fact"] and after.standing.facts == (1,)


def test_the_same_on_two_tabs_is_one_deed(come, state):
    entry, _ = come()
    rooms.do(entry, "phase", "brief")
    state.clear()  # another tab has a session of its own
    assert [deed.what for deed in rooms.do(entry, "phase", "brief").room.deeds] == ["brief"]


def test_a_deed_is_on_disk_before_the_session_is_touched(come, tower, monkeypatch):
    """Each touch may end a callback for the press after it."""
    entry, _ = come()
    plan = entry.fitted.case.plan()
    monkeypatch.setattr(session, "_state", lambda: pytest.fail("the session was touched"))
    rooms.do(entry, "fact", "0")
    rooms.take_off(entry, plan)
    assert [deed.kind for deed in tower.store.rooms.room(entry.room.id).deeds] == ["fact", "flight"]


def test_who_was_slower_is_told(come, state):
    entry, _ = come()
    rooms.do(entry, "reply", "own_probe", {"words": "first", "choice": "", "number": None})
    state.clear()  # another tab has a session of its own
    with pytest.raises(Stale):
        rooms.do(entry, "reply", "own_probe", {"words": "second", "choice": "", "number": None})
    assert rooms.stands(entry).standing.replies["own_probe"]["words"] == "first"


def test_a_screen_is_told_of_when_it_changes_and_every_few_seconds(come, tower, state, monkeypatch):
    entry, _ = come()
    wall = [100.0]
    monkeypatch.setattr(session, "wall", lambda: wall[0])
    told = []
    monkeypatch.setattr(type(tower.store.rooms), "looked", lambda self, id, who, seen: told.append((who, dict(seen))))
    rooms.seen(entry, {"panel": "business", "now": 1.0})
    rooms.seen(entry, {"panel": "business", "now": 2.0})  # the clock alone is no reason
    assert told == [("candidate", {"panel": "business", "now": 1.0})]
    rooms.seen(entry, {"panel": "map", "now": 2.5})
    wall[0] += 3.5
    rooms.seen(entry, {"panel": "map", "now": 9.0})
    assert [seen["now"] for _, seen in told] == [1.0, 2.5, 9.0]


# --- what is steered -------------------------------------------------------------------------------------------


def test_nothing_ordered_changes_nothing(fly):
    entry, _ = fly()
    assert not tended(entry, 100.0)
    assert rooms.flight_in(entry).version == 0


def test_an_event_begins_where_the_deck_stands(fly, tower):
    entry, interviewer = fly()
    interviewer.does("order", "planted_burst", do="fire")
    assert tended(entry, 100.0)
    flight = rooms.flight_in(entry)
    assert flight.version == 1 and flight.scenario["when"]["planted_burst"] == "since 100s"
    assert 100.0 <= computed(tower, flight).fired["planted_burst"] < 103.0
    assert rooms.stands(entry).standing.done["planted_burst"] == ("fire", 100.0)
    assert not tended(entry, 110.0), "it took effect already"
    assert rooms.flight_in(entry).version == 1


def test_what_was_seen_elsewhere_stays(fly, tower):
    """Another tab of the candidate's may be further."""
    entry, interviewer = fly()
    tower.store.reach(entry.room.flight, 300.0)
    interviewer.does("order", "planted_burst", do="fire")
    assert tended(entry, 100.0)
    assert rooms.flight_in(entry).scenario["when"]["planted_burst"] == "since 300s"


@pytest.mark.parametrize(
    ("order", "when"), [({"do": "skip"}, "never"), ({"do": "delay", "until": 600.0}, "since 600s")]
)
def test_an_event_is_left_out_or_put_off(fly, order, when):
    entry, interviewer = fly()
    interviewer.does("order", "planted_zone", **order)
    assert tended(entry, 100.0)
    assert rooms.flight_in(entry).scenario["when"]["planted_zone"] == when


def test_what_has_begun_is_past(fly, tower):
    entry, interviewer = fly()
    interviewer.does("order", "planted_zone", do="skip")
    assert not tended(entry, 500.0)
    assert rooms.flight_in(entry).version == 0
    assert [order.what for order in rooms.stands(entry).standing.orders] == ["planted_zone"]


def test_several_orders_take_effect_at_once(fly):
    entry, interviewer = fly()
    interviewer.does("order", "planted_burst", do="fire")
    interviewer.does("order", "planted_zone", do="skip")
    interviewer.does("require")
    assert tended(entry, 100.0)
    flight = rooms.flight_in(entry)
    assert flight.scenario["when"] == {"planted_burst": "since 100s", "planted_zone": "never"}
    assert flight.scenario["targets"] == {"profit": 104} and not rooms.stands(entry).standing.orders


def test_nothing_is_steered_before_the_flight_is_computed(come, monkeypatch, tower):
    """Only a computed flight tells what has begun."""
    entry, interviewer = come()
    entry = rooms.take_off(entry, entry.fitted.case.plan())
    interviewer.does("order", "planted_burst", do="fire")
    before = rooms.flight_in(entry)
    monkeypatch.setattr(tower, "recording", lambda owner, order: Asked(refused="too many wait"))
    assert not tended(entry, 100.0)
    assert rooms.flight_in(entry) == before


def test_a_flight_that_is_down_is_not_steered(fly, tower):
    entry, interviewer = fly()
    flight = rooms.flight_in(entry)
    tower.store.reach(flight.id, 900.0)
    tower.store.land(flight.id, {"profit": 1.0}, "digest")
    interviewer.does("order", "planted_burst", do="fire")
    assert not tended(entry, 100.0)


def test_an_order_about_what_there_is_not_harms_nobody(fly):
    entry, interviewer = fly()
    for do in ("fire", "skip", "delay"):
        interviewer.does("order", "nothing_like_it", do=do)
        assert not tended(entry, 100.0)
    assert rooms.flight_in(entry).version == 0


def test_what_is_part_of_the_world_is_not_steered(fly):
    entry, interviewer = fly()
    events = (dataclasses.replace(entry.fitted.events[0], when=""), *entry.fitted.events[1:])
    interviewer.does("order", events[0].name, do="fire")
    entry = rooms.stands(entry)
    part = dataclasses.replace(entry, fitted=dataclasses.replace(entry.fitted, events=events))
    assert not rooms.tend(part, rooms.flight_in(entry), 100.0)
    assert rooms.tend(entry, rooms.flight_in(entry), 100.0)


def test_put_off_beyond_all_time_is_put_off_to_the_end(fly, tower):
    entry, interviewer = fly()
    interviewer.does("order", "planted_zone", do="delay", until=1e300)
    assert tended(entry, 100.0)
    flight = rooms.flight_in(entry)
    assert flight.scenario["when"]["planted_zone"] == "since 900s"
    assert "planted_zone" not in computed(tower, flight).fired


def test_a_round_without_a_requirement_cannot_be_made_to_say_one(fly):
    begin, end = SCRIPT.index("[requirement]"), SCRIPT.index("[[fact]]")
    entry, interviewer = fly(script=SCRIPT[:begin] + SCRIPT[end:])
    interviewer.does("require")
    assert not tended(entry, 100.0)


def test_who_tends_second_finds_it_done(fly, tower):
    entry, interviewer = fly()
    interviewer.does("order", "planted_burst", do="fire")
    mine, flight = rooms.stands(entry), rooms.flight_in(entry)
    assert rooms.tend(mine, flight, 100.0)
    assert rooms.tend(mine, flight, 100.0), "the page is drawn anew all the same"
    assert rooms.flight_in(entry).version == 1


def test_a_decision_meanwhile_is_not_lost(fly, tower):
    entry, interviewer = fly()
    interviewer.does("order", "planted_burst", do="fire")
    flight = rooms.flight_in(entry)
    tower.store.decide(flight.id, 0, "a-decision", Change(50.0, {"least": 9}, "why"))
    assert rooms.tend(rooms.stands(entry), flight, 100.0), "Stale: drawn anew"
    assert rooms.flight_in(entry).version == 1
    computed(tower, rooms.flight_in(entry))
    assert tended(entry, 100.0)
    flight = rooms.flight_in(entry)
    assert flight.version == 2 and len(flight.plan["changes"]) == 1


# --- the requirement -------------------------------------------------------------------------------------------


def test_by_hand_it_waits_for_a_hand(fly):
    entry, interviewer = fly()
    assert rooms.halt_of(entry) == math.inf and not tended(entry, 400.0)
    interviewer.does("require")
    assert tended(entry, 400.0)
    entry = rooms.stands(entry)
    assert entry.standing.done["requirement"] == ("require", 400.0)
    assert {t.kpi: t.limit for t in rooms.case_in(entry, rooms.flight_in(entry)).targets}["profit"] == 104


def test_by_the_script_it_is_said_at_its_moment(fly):
    entry, _ = fly(script=SCRIPT.replace('at = "5m"\nwhen = "by hand"\n', 'at = "5m"\n', 1))
    assert rooms.halt_of(entry) == 300.0
    assert not tended(entry, 299.9) and tended(entry, 300.0)
    entry = rooms.stands(entry)
    assert entry.standing.done["requirement"] == ("require", 300.0) and rooms.halt_of(entry) == math.inf
    assert not tended(entry, 310.0)


def test_alone_it_comes_by_itself_and_the_world_is_that_of_the_script(fly):
    entry, _ = fly(alone=True)
    assert rooms.halt_of(entry) == 300.0 and tended(entry, 300.0)
    flown = dict(rooms.flight_in(entry).scenario)
    assert flown == fitted(read_script(SCRIPT), cases.load, alone=True).case.scenario.to_data()


def test_an_event_that_runs_already_is_not_begun_anew_by_the_requirement(fly, tower):
    entry, interviewer = fly(script=SCRIPT.replace("[requirement]\n", '[requirement]\nevent = "planted_burst"\n', 1))
    interviewer.does("order", "planted_burst", do="fire")
    assert tended(entry, 100.0)
    computed(tower, rooms.flight_in(entry))
    interviewer.does("require")
    assert tended(entry, 200.0)
    assert rooms.flight_in(entry).scenario["when"]["planted_burst"] == "since 100s"


def test_a_round_that_asks_nothing_has_no_requirement(come):
    entry, _ = come()
    script = dataclasses.replace(entry.fitted.script, requirement=None)
    bare = dataclasses.replace(entry, fitted=dataclasses.replace(entry.fitted, script=script))
    assert rooms.halt_of(bare) == math.inf
