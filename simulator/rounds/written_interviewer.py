"""What an interviewer keeps: sheet, time line, questions with replies, the requirement, private notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.debrief.results import Luck
from simulator.report.words import figure
from simulator.rounds.sheet import MARKS, SheetRow
from simulator.rounds.standing import Ballot, Note
from simulator.rounds.written_facts import After
from simulator.rounds.written_timeline import Told, timeline
from simulator.score import Scorecard

__all__ = ["FIVE", "MARKS", "Asked", "ForInterviewer", "for_interviewer"]

FIVE = (
    "What did you believe, and when?", "When did you know?", "What would have told you sooner?",
    "What would you automate?", "What did luck do?",
)  # fmt: skip
"""what a group talks about afterwards"""


@dataclass(frozen=True)
class Asked:
    """A probe that was put to the candidate, or that they replied to."""

    question: str
    dimension: str
    evidence: str
    """of this run"""
    ask: str
    """the question that has one right answer; empty = none"""
    right: str
    replied: bool
    words: str
    choice: str
    number: float | None
    verdict: str
    """right, not right, or empty where nothing can be told"""
    rescue: str
    """the hint, where it was needed"""
    follow_up: str
    anchors: Mapping[str, str]


@dataclass(frozen=True)
class ForInterviewer:
    """The report."""

    title: str
    room: str
    alone: bool
    kind: str
    case: str
    revision: int
    seed: int
    until: float
    digest: str
    rows: tuple[SheetRow, ...]
    mean: float | None
    """of the marks: a figure to talk about, no verdict"""
    requirement: str
    kept: bool | None
    sentences: tuple[str, ...]
    design: Mapping[str, Any]
    labels: Mapping[str, str]
    timeline: tuple[Told, ...]
    probes: tuple[Asked, ...]
    score: Scorecard
    luck: Luck | None
    private: tuple[Note, ...]
    ballots: tuple[Ballot, ...]
    five: tuple[str, ...]
    """questions for a group"""
    notes: str
    """of the script, to the interviewer"""


def for_interviewer(after: After) -> ForInterviewer:
    """Put the report together."""
    found, script, standing = after.debrief, after.fitted.script, after.standing
    asked = script.requirement
    return ForInterviewer(
        title=script.title, room=after.played.name, alone=after.played.alone, kind=script.kind, case=found.case,
        revision=found.revision, seed=found.seed, until=found.until, digest=found.digest, rows=after.sheet.rows,
        mean=after.sheet.mean, requirement=asked.says if asked and after.kept else "",
        kept=after.kept.kept if after.kept else None, sentences=after.kept.sentences if after.kept else (),
        design=found.plan.get("design", {}), labels=found.labels, timeline=timeline(after), probes=_probes(after),
        score=found.score, luck=found.luck, private=standing.private, ballots=standing.ballots,
        five=FIVE if script.kind == "group" else (), notes=script.notes,
    )  # fmt: skip


def _probes(after: After) -> tuple[Asked, ...]:
    answered = (answer.probe for answer in after.debrief.answers)
    names = dict.fromkeys([*after.standing.asked, *after.standing.replies, *answered])
    return tuple(found for name in names if (found := _asked(after, name)) is not None)


def _asked(after: After, name: str) -> Asked | None:
    posed, card = after.posed(name), after.card(name)
    if posed is None:
        return None
    given = next((answer for answer in after.debrief.answers if answer.probe == name), None)
    check, needed = posed.check, name in after.standing.rescued
    right = (check.options[check.right] if check.options else figure(check.truth, check.unit)) if check else ""
    said = given is not None and bool(given.choice or given.number is not None)
    graded = "" if check is None or given is None or not said else "right" if check.grade(given) else "not right"
    return Asked(
        posed.question, posed.dimension, posed.exhibit.text, check.ask if check else "", right, given is not None,
        given.words if given else "", given.choice if given else "", given.number if given else None, graded,
        card.rescue if card and needed else "", posed.follow_up, posed.anchors,
    )  # fmt: skip
