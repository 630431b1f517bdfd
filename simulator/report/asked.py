"""The probes of a debrief as a report tells them: the question, its evidence, what was answered, what is right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.debrief.results import Debrief
from simulator.probes import Chart, Check, Posed
from simulator.record import Answer
from simulator.report.words import figure

__all__ = ["Question", "questions"]


@dataclass(frozen=True)
class Question:
    """A probe, what was answered, and what is known about it."""

    text: str
    dimension: str
    evidence: str
    chart: Chart | None
    ask: str
    """the question that has one right answer; empty = it has none"""
    options: tuple[str, ...]
    right: str
    why: str
    said: str
    """the choice or the figure that was given; empty = none"""
    words: str
    mark: str
    verdict: str
    anchors: Mapping[str, str]
    follow_up: str


def questions(debrief: Debrief) -> tuple[Question, ...]:
    """Return the probes that are worth asking, and those that were answered all the same."""
    given = {answer.probe: answer for answer in debrief.answers}
    asked = (one for one in debrief.posed if one.worth_asking or one.name in given)
    return tuple(
        _open(one) if debrief.sat and one.name not in given else _question(one, given.get(one.name)) for one in asked
    )


def _open(posed: Posed) -> Question:
    """Return a probe that is still to be answered: what is right is not told."""
    ask, options = (posed.check.ask, posed.check.options) if posed.check else ("", ())
    return Question(
        posed.question, posed.dimension, posed.exhibit.text, posed.exhibit.chart, ask, options, right="", why="",
        said="", words="", mark="", verdict="not answered", anchors={}, follow_up="",
    )  # fmt: skip


def _question(posed: Posed, given: Answer | None) -> Question:
    check = posed.check
    return Question(
        posed.question, posed.dimension, posed.exhibit.text, posed.exhibit.chart, check.ask if check else "",
        check.options if check else (), _right(check), check.why if check else "", _said(given, check),
        given.words if given else "", given.mark if given else "", _verdict(given, check), posed.anchors,
        posed.follow_up,
    )  # fmt: skip


def _right(check: Check | None) -> str:
    if check is None:
        return ""
    if check.options:
        return check.options[check.right]
    return f"{figure(check.truth, check.unit)}" + (
        f", within {figure(check.tolerance, check.unit)}" if check.tolerance and math.isfinite(check.tolerance) else ""
    )


def _said(given: Answer | None, check: Check | None) -> str:
    if given is None:
        return ""
    return given.choice or ("" if given.number is None else figure(given.number, check.unit if check else ""))


def _verdict(given: Answer | None, check: Check | None) -> str:
    if given is None or check is None:
        return "" if given else "not answered"
    return "right" if check.grade(given) else "not right"
