"""What a debrief begins with: the bridge adds up, ghosts fly the same world, the story is the true one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.books.requests import ABSENT
from simulator.debrief import beginning
from simulator.exhibits import figures
from simulator.probes import Probe
from simulator.record import BELIEF, Answer, Record
from simulator.rubric import Anchors, Behaviour, Occasion
from simulator.score import yardstick
from simulator.simulation import fly, tape_of
from simulator.units import DAY, day, dollars


@pytest.fixture(scope="module")
def begun(toy, strong):
    return beginning(toy, strong, tape_of(toy, 3))


def believed(toy, run, choice: str, number: float | None):
    record = Record(answers=(Answer(BELIEF, choice, number),))
    return beginning(toy, run, tape_of(toy, run.seed), record, yardstick(toy, run.seed)).truth


def test_the_bridge_adds_up_account_by_account(toy, strong, begun):
    runs = {"weak": fly(toy, "weak", 3), "yours": strong, "expert": fly(toy, "expert", 3)}
    for name, run in runs.items():
        assert sum(getattr(bar, name) for bar in begun.bridge.bars) == getattr(begun.bridge, name) == run.profit()
        booked = {bar.account: getattr(bar, name) for bar in begun.bridge.bars}
        assert {account: amount for account, amount in booked.items() if amount} == run.ledger.by_account()


def test_ghosts_end_where_the_flights_did(begun, strong):
    ghost = begun.ghost
    assert ghost.at == tuple(day(n) for n in range(7))
    assert (ghost.yours[-1], ghost.weak[-1], ghost.expert[-1]) == tuple(
        dollars(profit) for profit in (strong.profit(), begun.bridge.weak, begun.bridge.expert)
    )


def test_the_worst_step_fell_furthest_behind_the_experts(toy, strong, begun):
    runs = (strong, fly(toy, "expert", 3))
    mine, theirs = ([made(run, n) for n in range(6)] for run in runs)
    behind = [expert - own for own, expert in zip(mine, theirs, strict=True)]
    worst, step = begun.worst, behind.index(max(behind[:-1]))
    assert (worst.at, worst.end) == (day(step), day(step + 1))
    assert worst.profit == mine[step] == sum(worst.accounts.values())
    assert (worst.expert, worst.median) == (theirs[step], int(np.median(mine)))


def made(run, n: int) -> int:
    """Return what was posted on day *n*, its midnight included, without the close [µ$]."""
    book, closing = run.ledger.postings(), run.ledger.caused_by("close")
    since = day(n) if n else -1.0
    return int(book.amount[(book.at > since) & (book.at <= day(n + 1)) & ~closing].sum())


def test_beside_the_expert_itself_the_worst_step_earned_least(toy):
    expert = fly(toy, "expert", 3)
    worst = beginning(toy, expert, tape_of(toy, 3)).worst
    assert worst.profit == worst.expert == min(made(expert, n) for n in range(6))


def test_requests_of_the_worst_step_are_those_that_earned_least(strong, begun):
    book = strong.ledger.postings()
    worth = [int(book.amount[book.request == id].sum()) for id in begun.worst.requests]
    assert worth == sorted(worth)
    assert 0 < len(worth) <= 12
    there = (strong.requests.at >= begun.worst.at) & (strong.requests.at < begun.worst.end)
    others = set(np.flatnonzero(there & (strong.outcomes.result != ABSENT))) - set(begun.worst.requests)
    assert all(book.amount[book.request == id].sum() >= worth[-1] for id in others)


def test_the_true_story_holds_what_nobody_was_told(begun, strong):
    events = {event.name: event for event in begun.truth.events if event.kind == "incident"}
    assert not events["feast"].seen and events["strike"].seen
    assert (events["strike"].at, events["strike"].end) == (day(3), day(4))
    assert len(begun.truth.events) == len(strong.journal)
    assert [event.at for event in begun.truth.events] == sorted(event.at for event in begun.truth.events)


def test_a_belief_is_held_against_the_nearest_of_its_kind(toy, strong):
    feast = next(incident for incident in toy.happened(strong) if incident.name == "feast")
    right = believed(toy, strong, "rush", feast.at + 5.0)
    assert (right.believed, right.nearest, right.off_by) == ("rush", "feast", pytest.approx(5.0))
    assert (believed(toy, strong, "rush", None).nearest, believed(toy, strong, "rush", None).off_by) == ("feast", None)
    wrong = believed(toy, strong, "siren", DAY)
    assert (wrong.believed, wrong.nearest, wrong.off_by) == ("siren", "", None)
    assert believed(toy, strong, "<b>no kind</b>", DAY).believed == ""
    assert set(right.causes) == set(toy.kinds)


def test_a_probe_that_fails_takes_nothing_with_it(toy, strong, caplog):
    def broken(asked):
        raise KeyError("no such gauge")

    bad = Probe("bad", "Why?", "data", broken, "w", "m", "s", "e")
    good = Probe("good", "What?", "data", figures("wait"), "w", "m", "s", "e")
    case = dataclasses.replace(toy, probes=(bad, good))
    posed = {probe.name: probe for probe in beginning(case, strong, tape_of(toy, 3)).posed}
    assert not posed["bad"].worth_asking and posed["bad"].check is None and posed["bad"].exhibit.text
    assert posed["good"].exhibit.text and "no such gauge" in caplog.text


def test_the_weakest_dimensions_are_to_be_practised(toy, strong):
    def shown(n: int, of: int):
        return lambda log: [Occasion(0.0, k < n, "so") for k in range(of)]

    behaviours = (
        Behaviour("all", "framing", shown(2, 2)),
        Behaviour("half", "data", shown(1, 2)),
        Behaviour("none", "model", shown(0, 3)),
    )
    anchors = {"model": Anchors("W", "M", "S", "E")}
    case = dataclasses.replace(toy, behaviours=behaviours, anchors=anchors)
    practise = beginning(case, strong, tape_of(toy, 3)).practise
    assert [(one.dimension, one.next_level) for one in practise] == [("model", "Strong: S"), ("data", "")]
    assert (practise[0].shown, practise[0].required) == (0.0, 1.0)
