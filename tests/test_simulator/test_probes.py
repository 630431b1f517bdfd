"""Probes: answers are graded against the truth of the run, and a probe is asked of one run."""

from __future__ import annotations

import math

import pytest

from simulator.probes import Asked, Check, Exhibit, Posed, Probe
from simulator.record import Answer
from simulator.simulation import simulate, tape_of

CHOICE = Check("Which?", "because", ("sales", "losses"), right=1)
NUMBER = Check("How many?", "because", truth=20.0, tolerance=2.0, unit="people")


@pytest.mark.parametrize(("choice", "right"), [("losses", True), ("sales", False), ("", False), ("Losses", False)])
def test_a_choice_is_right_or_wrong(choice, right):
    assert CHOICE.grade(Answer("p", choice=choice)) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [(20.0, True), (18.0, True), (22.0, True), (17.9, False), (22.1, False), (-20.0, False), (None, False),
     (math.nan, False), (math.inf, False)],
)  # fmt: skip
def test_a_number_is_right_within_its_tolerance(number, right):
    assert NUMBER.grade(Answer("p", number=number)) is right


def test_words_are_judged_by_nobody():
    assert not CHOICE.grade(Answer("p", words="losses", mark="expert"))
    assert not NUMBER.grade(Answer("p", words="20", mark="expert"))


def test_a_choice_is_not_graded_by_a_number_nor_a_number_by_a_choice():
    assert not CHOICE.grade(Answer("p", number=1.0))
    assert not NUMBER.grade(Answer("p", choice="20"))


def test_a_probe_is_asked_of_one_run(toy, flown):
    asked = Asked(toy, flown, tape_of(toy, 0))
    probe = Probe(
        "held", "Why were they held?", "model", lambda given: Exhibit(f"seed {given.run.seed}"), "w", "m", "s", "e",
        check=lambda given: Check("How many?", "so many", truth=float(given.run.asked()), tolerance=1.0),
        when=lambda given: given.run.until > 0, follow_up="And then?",
    )  # fmt: skip
    posed = Posed.of(probe, asked)
    assert (posed.name, posed.question, posed.dimension, posed.follow_up) == (
        "held", "Why were they held?", "model", "And then?",
    )  # fmt: skip
    assert posed.exhibit == Exhibit("seed 0")
    assert posed.check.truth == flown.asked()
    assert posed.worth_asking
    assert dict(posed.anchors) == {"weak": "w", "mid": "m", "strong": "s", "expert": "e"}


def test_a_probe_needs_neither_a_check_nor_a_condition(toy):
    run = simulate(toy, None, 0)
    posed = Posed.of(toy.probes[0], Asked(toy, run, tape_of(toy, 0)))
    assert posed.check is None
    assert posed.worth_asking
    assert posed.follow_up == ""
    assert posed.exhibit.text
