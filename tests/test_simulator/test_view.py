"""The view is an information barrier: what a pilot is handed leads to no truth and to nothing that lies ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from reach import arrays, reachable
from toy_case import CASE, SERVED, ToyDesign

from simulator.books.journal import Entry
from simulator.books.requests import Outcomes, Requests, Truths
from simulator.clock import Clock
from simulator.errors import BadInput
from simulator.incidents import Incident
from simulator.learning.registry import Registry
from simulator.simulation import simulate, tape_of
from simulator.streams import Streams
from simulator.system import Parts, System
from simulator.units import DAY, HOUR, day
from simulator.view import View
from simulator.world.labels import Labels
from simulator.world.tape import Tape

SECRET = (Truths, Tape, Labels, Requests, Outcomes, System, Parts, Streams, Clock, Registry, Incident)


def shown(look, case=CASE, seed: int = 0, **more) -> list[tuple[float, object]]:
    """Fly a pilot that does nothing but *look*; return what it found at each moment."""
    found = []

    def pilot(view: View) -> None:
        found.append((view.now, look(view)))

    simulate(case, None, seed, pilot=pilot, **more)
    return found


def leaks(root: object, tape: Tape) -> list[str]:
    """List what can be reached from *root* and should not be."""
    columns = [array for array in arrays(tape) if array.size]
    found = [type(thing).__name__ for thing in reachable(root) if isinstance(thing, SECRET)]
    shared = [a for a in arrays(root) if any(np.shares_memory(a, column) for column in columns)]
    return found + [f"array of {a.shape} on the tape" for a in shared]


def test_no_truth_can_be_reached_from_a_view():
    tape = tape_of(CASE, 0)
    found = shown(lambda view: leaks(view, tape))
    assert len(found) > 3
    assert [leak for _, leak in found if leak] == []


def test_nor_from_what_a_view_returns():
    tape = tape_of(CASE, 0)

    def look(view: View) -> list[str]:
        answers = (view.labels(), view.journal(), view.alarms(), view.versions(), view.design, view.gauges())
        return leaks([*answers, [view.series(name) for name in view.gauges()]], tape)

    assert [leak for _, leak in shown(look) if leak] == []


@dataclass
class Careless:
    """A view as it should not be."""

    read: object


def test_twin_a_careless_view_is_seen_through():
    tape = tape_of(CASE, 0)
    system = System(tape, ToyDesign(), Streams(0))
    column = tape.requests.at[3:9]
    for held in (
        system.mark,
        lambda: system,
        [{"a": (tape.truths,)}],
        column[1:3],
        column.reshape(2, 3).T,
        {"x": system.clock},
    ):
        assert leaks(Careless(held), tape)
    assert not leaks(Careless([column.copy(), "text", {"a": 1}]), tape)


def test_nothing_can_be_asked_about_the_future():
    def look(view: View) -> None:
        view.series("profit", view.now)
        for later in (np.nextafter(view.now, np.inf), view.now + DAY, np.inf, np.nan):
            with pytest.raises(BadInput, match="cannot be asked about"):
                view.series("profit", later)

    assert len(shown(look)) > 3


def test_a_label_shows_when_it_has_landed_and_not_before():
    """Against the truth, by hand: served, and known to the registrar by now - unless the feed is on strike."""
    tape, case = tape_of(CASE.but(drop=["strike"]), 0), CASE.but(drop=["strike"])
    run = simulate(case, None, 0)
    for now, (ids, labels, at) in shown(lambda view: view.labels(), case):
        due = np.maximum(tape.truths.known_at, run.outcomes.done_at)
        expected = np.flatnonzero((run.outcomes.result == SERVED) & (due < now) & (run.outcomes.done_at < now))
        assert ids.tolist() == expected.tolist()
        assert labels.tolist() == tape.truths.label[ids].astype(int).tolist()
        assert np.array_equal(at, due[ids]) and (at <= now).all()


def test_labels_held_up_do_not_show():
    strike = CASE.incidents(0)[1]
    for now, (_, labels, at) in shown(lambda view: view.labels()):
        bad = at[labels == 1]
        assert not ((bad > strike.at) & (bad < strike.end)).any()
        assert now > strike.at or (at < now).all()


def test_readings_are_those_up_to_now(flown):
    for now, series in shown(lambda view: {name: view.series(name) for name in view.gauges()}):
        for name, (times, values) in series.items():
            at, all_values = flown.gauges.series(name)
            assert times.tolist() == at[at <= now].tolist()
            assert values.tolist() == all_values[at <= now].tolist()


def test_money_is_what_has_been_booked_so_far(flown):
    book = flown.ledger.postings()
    for now, booked in shown(lambda view: view.booked()):
        assert booked == pytest.approx(book.amount[book.at < now].sum() / 1e6)


def test_the_diary_shows_what_the_desk_was_told():
    for now, entries in shown(lambda view: view.journal()):
        assert all(entry.seen and entry.at <= now for entry in entries)
        assert "feast" not in {entry.name for entry in entries}
        assert ("strike" in {entry.name for entry in entries}) == (now >= day(3))


def test_what_the_desk_was_not_told_cannot_be_reached_either():
    hidden = [entry for _, found in shown(reachable) for entry in found if isinstance(entry, Entry) and not entry.seen]
    assert hidden == []


def test_alarms_are_those_since_a_moment():
    case = CASE.but(add=[{"name": n, "kind": "siren", "at": t} for n, t in (("one", "1d"), ("two", "2d"))])
    for now, (all_of_them, late) in shown(lambda view: (view.alarms(), view.alarms(day(1.5))), case):
        names = [entry.name for entry in all_of_them if entry.name != "losses"]
        assert names == ["one", "two"][: int(now >= day(1)) + int(now >= day(2))]
        assert [entry.name for entry in late] == [e.name for e in all_of_them if e.at >= day(1.5)]


def test_the_design_is_as_it_stands_now():
    looks: list[tuple[float, float, float]] = []

    def pilot(view: View):
        turned = round(0.1 + view.now / day(10), 3)
        looks.append((view.now, view.design.line, turned))
        return view.plan.then(view.now + HOUR, line=turned) if view.versions() else None

    simulate(CASE, {"line": 0.9}, 0, pilot=pilot)
    assert len(looks) > 3
    decided = [(now + HOUR, turned) for now, _, turned in looks[1:]]
    for now, found, _ in looks:
        assert found == [0.9, *(turned for at, turned in decided if at <= now)][-1]


def test_before_take_off_there_is_nothing_to_see():
    now, found = shown(
        lambda view: (view.gauges(), view.journal(), view.booked(), len(view.labels()[0]), view.versions())
    )[0]
    assert (now, found) == (0.0, ([], [], 0.0, 0, []))


def test_versions_are_those_so_far():
    plan = CASE.plan().do(day(1), "retrain")
    counts = []
    simulate(CASE, plan, 0, pilot=lambda view: counts.append((view.now, len(view.versions()))))
    assert [n for _, n in counts] == [0 if now == 0 else 1 if now < day(1.25) else 2 for now, _ in counts]


def test_a_view_that_was_kept_says_what_it_said_then():
    """A view is of one moment: kept, it shows no more than it did."""
    kept: list[tuple[View, object]] = []

    def said(view: View):
        labels = [column.tolist() for column in view.labels()]
        books = (view.booked(), view.booked("sales"), {name: str(view.gauge(name)) for name in view.gauges()})
        return (labels, books, view.journal(), view.design, len(view.versions()))

    plan = CASE.plan().do(day(2), "retrain").then(day(2), line=0.3)
    simulate(CASE, plan, 0, pilot=lambda view: kept.append((view, said(view))))
    for view, then in kept:
        assert said(view) == then


def test_writing_on_what_was_handed_out_changes_nothing(flown):
    def look(view: View) -> None:
        for array in view.labels():
            array[:] = 0
        for name in view.gauges():
            view.series(name)[1][:] = 0
        view.journal().clear()
        view.versions().clear()

    def pilot(view: View) -> None:
        look(view)

    assert simulate(CASE, None, 0, pilot=pilot).kpis() == flown.kpis()
