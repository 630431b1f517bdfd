"""Behaviours that show in what becomes of versions."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.books.journal import Entry
from simulator.incidents import Incident
from simulator.learning.registry import Version
from simulator.rubric import Log, Step
from simulator.rules import learned_anew, not_trained_for, stayed_with
from simulator.units import DAY, day

JUMP, FAULT = Incident("jump", "jump", day(10), lasts=day(5)), Incident("fault", "fault", day(13), lasts=day(1))


class Told(Log):
    """A log whose steps are given."""

    given: tuple[Step, ...] = ()

    def steps(self, *names: str) -> list[Step]:
        return [step for step in self.given if step.name in names]


def log(
    journal: tuple[Entry, ...] = (), versions: tuple[Version, ...] = (), model: str = "logistic", **more: Any
) -> Told:
    design = SimpleNamespace(values=lambda: {"model": model})
    run: Any = SimpleNamespace(
        journal=journal, versions=versions, until=more.get("until", day(40)), plan=SimpleNamespace(design=design)
    )
    told = Told(run, more.get("incidents", (JUMP, FAULT)), day(40), DAY)
    object.__setattr__(told, "given", tuple(Step(day(at), "act", "roll_back", {}) for at in more.get("back", ())))
    return told


def shown(rule: Any, told: Log) -> list[bool]:
    return [one.shown for one in rule(told)]


@pytest.mark.parametrize(
    ("at", "name", "why", "good"),
    [(12, "ordered", "psi", False), (12, "ordered", "schedule", True), (12, "retrain", "", False),
     (9, "ordered", "psi", True), (15.5, "ordered", "psi", False), (16.5, "ordered", "psi", True)],
)  # fmt: skip
def test_a_training_for_nothing_is_one_that_no_calendar_ordered(at: float, name: str, why: str, good: bool) -> None:
    entry = Entry(day(at), "note", name, f"a training is ordered ({why})")
    assert shown(not_trained_for("jump", DAY), log((entry,))) == [good]


@pytest.mark.parametrize(
    ("since", "live", "good"), [(9, 19, True), (3.1, 19, True), (2.9, 19, False), (9, 23, False), (math.nan, 19, False)]
)
def test_a_window_of_mostly_newer_rows_must_be_live_in_time(since: float, live: float, good: bool) -> None:
    version = Version(2, day(24), "clock", 100, 10, since=day(since))  # its labels reach to day 17
    told = log((Entry(day(live), "version", "v2", "live"),), (version,))
    assert shown(learned_anew("jump", day(12), day(7)), told) == [good]


def test_an_online_model_learns_as_it_goes_and_a_short_flight_is_not_asked() -> None:
    rule = learned_anew("jump", day(12), day(7))
    assert shown(rule, log(model="online_logistic")) == [True]
    assert shown(rule, log()) == [False]
    assert shown(rule, log(until=day(20))) == []


@pytest.mark.parametrize(("back", "good"), [((), True), ((11,), False), ((13.5,), True), ((9,), True), ((20,), True)])
def test_a_roll_back_is_for_faults(back: tuple[float, ...], good: bool) -> None:
    assert shown(stayed_with("jump", day(8), unless="fault"), log(back=back)) == [good]


def test_what_did_not_happen_asks_for_nothing() -> None:
    empty = log(incidents=())
    rules = (not_trained_for("jump", DAY), learned_anew("jump", DAY, DAY), stayed_with("jump", DAY, unless="fault"))
    assert [shown(rule, empty) for rule in rules] == [[], [], []]
