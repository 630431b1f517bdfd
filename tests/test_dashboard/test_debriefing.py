"""The tower and a debrief: each part is computed once, kept, shared by all who ask, and can be given up."""

from __future__ import annotations

import itertools
from dataclasses import replace

import invented
import pytest

import cases
from dashboard import jobs
from dashboard.flights import Tower, order_of
from simulator import debrief
from simulator.errors import BadInput
from simulator.record import Answer, Record
from simulator.store import Store

WHOLE = invented.made_up(posed=())
PARTS = {
    "beginning": replace(WHOLE, attribution=None, moves=None, regret=None, knowable=None, luck=None),
    **dict.fromkeys(("attribution", "orders", "siblings"), WHOLE.attribution),
    **{name: getattr(WHOLE, name) for name in ("luck", "moves", "knowable", "regret")},
}


class Errand:
    """An errand that ends when it is told to."""

    def __init__(self, owner, name, state):
        self.owner, self.name, self.state = owner, name, state

    @property
    def result(self):
        return debrief.dumped(self.name, PARTS[self.name])

    def cancel(self):
        self.state = "cancelled"


class Crew:
    """Workers that note what they are asked, and have it *at once*, or when they are told to."""

    waiting = 0

    def __init__(self, at_once=True):
        self.asked, self.at_once = [], at_once

    def ask(self, owner, job, *args):
        name = "beginning" if job is jobs.beginning else args[1]
        if len(self.asked) > 90:
            raise BadInput("too many wait; try again in a minute")
        self.asked.append(Errand(owner, name, "done" if self.at_once else "running"))
        return self.asked[-1]


@pytest.fixture
def opened(tmp_path):
    """A maker of towers over one store, each with workers who have done nothing yet."""
    made, number = [], itertools.count()

    def make(at_once=True):
        store = Store(tmp_path, lambda: 1000.0, lambda: f"id-{next(number)}")
        made.append(Tower(store, Crew(at_once), Crew(at_once)))
        return made[-1]

    yield make
    for tower in made:
        tower.store.close()


@pytest.fixture
def orders(opened):
    """What has to be flown to see each of three flights."""
    storm, store = cases.load("burst_storm"), opened().store
    return [order_of(store.begin(storm, storm.plan(), seed, "training")) for seed in (1, 2, 3)]


def asked(tower):
    return [errand.name for crew in (tower.fliers, tower.students) for errand in crew.asked]


def test_the_beginning_comes_first_and_then_all_sections(opened, orders):
    tower = opened(at_once=False)
    first = tower.debriefing("a", orders[0], Record())
    assert not first.beginning.ready and first.sections == {} and not first.complete
    tower.fliers.asked[0].state = "done"
    then = tower.debriefing("a", orders[0], Record())
    assert then.beginning.result == PARTS["beginning"]
    assert list(then.sections) == list(debrief.SECTIONS) == [errand.name for errand in tower.students.asked]
    assert not then.complete and then.found == PARTS["beginning"]


def test_parts_are_laid_together_as_they_come(opened, orders):
    tower = opened(at_once=False)
    tower.debriefing("a", orders[0], Record())
    tower.fliers.asked[0].state = "done"
    tower.debriefing("a", orders[0], Record())
    next(errand for errand in tower.students.asked if errand.name == "luck").state = "done"
    some = tower.debriefing("a", orders[0], Record())
    assert (some.found.luck, some.found.moves, some.complete) == (WHOLE.luck, None, False)
    for errand in tower.students.asked:
        errand.state = "done"
    whole = tower.debriefing("a", orders[0], Record())
    assert whole.complete and whole.found.moves == WHOLE.moves and len(whole.found.attribution.worths) == 3


def test_the_second_time_nobody_is_asked(opened, orders):
    tower = opened()
    found = tower.debriefing("a", orders[0], Record())
    assert found.complete and sorted(asked(tower)) == sorted(PARTS)
    assert tower.debriefing("b", orders[0], Record()).found == found.found
    later = opened()  # after the server was started again
    assert later.debriefing("a", orders[0], Record()).found == found.found
    assert sorted(asked(tower)) == sorted(PARTS) and asked(later) == []


def test_an_answer_changes_the_beginning_and_nothing_else(opened, orders):
    tower = opened()
    tower.debriefing("a", orders[0], Record())
    tower.debriefing("a", orders[0], Record(answers=(Answer("why", "x"),)))
    assert asked(tower).count("beginning") == 2 and len(tower.students.asked) == len(debrief.SECTIONS)


def test_another_flight_has_a_debrief_of_its_own(opened, orders):
    tower = opened()
    tower.debriefing("a", orders[0], Record())
    tower.debriefing("a", orders[1], Record())
    assert len(tower.students.asked) == 2 * len(debrief.SECTIONS)


def test_what_cannot_be_read_any_more_is_computed_anew(opened, orders, monkeypatch):
    tower = opened()
    monkeypatch.setattr(tower.store, "kept", lambda key: '{"of": "an older day"}')
    assert tower.debriefing("a", orders[0], Record()).complete
    assert sorted(asked(tower)) == sorted(PARTS)


def test_all_who_ask_share_one_errand(opened, orders):
    tower = opened(at_once=False)
    errands = [tower.section(owner, orders[0], "luck").errand for owner in ("a", "b", "a")]
    assert len(set(errands)) == len(tower.students.asked) == 1


def test_who_turns_to_another_flight_gives_up_the_first(opened, orders):
    tower = opened(at_once=False)
    shared, own = tower.section("a", orders[0], "luck").errand, None
    tower.section("b", orders[0], "luck")
    own = tower.section("a", orders[1], "luck").errand
    assert shared.state == "running"  # somebody else waits for it
    tower.section("a", orders[2], "luck")
    assert own.state == "cancelled"
    again = tower.section("a", orders[1], "luck").errand
    assert again is not own and again.state == "running"


def test_what_was_cancelled_stays_so_until_it_is_wanted_again(opened, orders):
    tower = opened(at_once=False)
    first = tower.section("a", orders[0], "luck").errand
    first.cancel()
    assert tower.section("a", orders[0], "luck").errand is first
    tower.forget(first)
    again = tower.section("a", orders[0], "luck").errand
    assert again is not first and again.state == "running"


def test_a_full_queue_is_told_of(opened, orders):
    tower = opened(at_once=False)
    tower.students.asked += [None] * 91
    found = tower.section("a", orders[0], "luck")
    assert not found.ready and "too many wait" in found.refused and found.errand is None


def test_a_beginning_and_a_section_by_a_worker(tower):
    """The quickest parts, really flown."""
    storm = cases.load("burst_storm").but(level=1)
    order = order_of(tower.store.begin(storm, storm.plan(), 5, "training"))
    for _ in range(2):
        first = tower.beginning("a", order, Record())
        assert first.ready or first.errand.wait(120.0) == "done"
    assert first.result.case == "burst_storm" and first.result.score.total is not None and first.result.posed
    assert not tower.section("a", order, "attribution").ready
    assert tower.section("a", order, "attribution").errand.wait(120.0) == "done"
    assert tower.section("a", order, "attribution").result.yours == first.result.score.yours
