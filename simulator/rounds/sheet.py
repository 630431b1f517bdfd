"""The score sheet of an interviewer: a row a dimension, prefilled with what the run shows, marked by people alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.case import Case
from simulator.record import Record
from simulator.rounds.script import COMMUNICATION, Script
from simulator.rounds.standing import Mark
from simulator.rubric import LEVELS, Anchors
from simulator.run import Run
from simulator.score import Line, Row, Scorecard

__all__ = ["MARKS", "SPOKEN", "Sheet", "SheetRow", "Sighting", "next_level", "sheet_of", "sighted"]

MARKS: Mapping[int, str] = {1: "weak", 2: "mid", 3: "between mid and strong", 4: "strong", 5: "expert"}
"""mark -> what it stands for"""

SPOKEN = Anchors(
    "Names a concept and stops, or lists every related one; decides in silence.",
    "Says what it does, and gives a reason when asked; does not say what it costs.",
    "Says what is given up for what, in a sentence, before deciding; asks before assuming.",
    "The same, and says what would change the decision, and who has to be told; corrects itself aloud when wrong.",
)
"""what the ways of saying it are like: no run shows that, so no case has anchors for it"""

_HALF = 0.5


@dataclass(frozen=True)
class Sighting:
    """Something that was seen in the flight, or heard."""

    at: float | None
    """of the flight [s]; None = about all of it"""
    text: str
    good: bool | None
    """whether it speaks for the candidate; None = neither"""


@dataclass(frozen=True)
class SheetRow:
    """A dimension."""

    dimension: str
    label: str
    shown: float
    """behaviours shown, of those that were asked for"""
    required: float
    seen: tuple[Sighting, ...]
    anchors: Anchors | None
    weight: float
    mark: Mark | None = None


@dataclass(frozen=True)
class Sheet:
    """All rows, and what the marks come to: a figure for people to talk about, no verdict."""

    rows: tuple[SheetRow, ...]

    @property
    def mean(self) -> float | None:
        """The weighted mean of the marks that were given [1-5]; None = none."""
        given = [(row.weight, row.mark.mark) for row in self.rows if row.mark is not None]
        weight = sum(weight for weight, _ in given)
        return sum(weight * mark for weight, mark in given) / weight if weight > 0 else None


def sheet_of(
    script: Script, card: Scorecard, marks: Mapping[str, Mark], heard: Sequence[Sighting] = (),
    seen: Mapping[str, Sequence[Sighting]] | None = None,
) -> Sheet:  # fmt: skip
    """Fill the sheet of a *script* from the score *card* of the run; *heard* goes to communication, the ninth row.

    *seen* (dimension -> what `sighted` returns) has the moments of what was seen; without it they are in the texts of
    the card alone.
    """
    found = _on_card(card) if seen is None else seen
    rows = [_row(row, tuple(found.get(row.dimension, ())), script, marks) for row in card.dimensions]
    weight, mark = script.weights.get(COMMUNICATION, 1.0), marks.get(COMMUNICATION)
    return Sheet((*rows, SheetRow(COMMUNICATION, "Communication", 0.0, 0.0, tuple(heard), SPOKEN, weight, mark)))


def _row(row: Row, seen: tuple[Sighting, ...], script: Script, marks: Mapping[str, Mark]) -> SheetRow:
    name = str(row.dimension)
    counted = (name, row.label, row.shown, row.required)
    return SheetRow(*counted, seen, row.anchors, script.weights.get(name, 1.0), marks.get(name))


def next_level(row: SheetRow) -> tuple[str, str] | None:
    """Return the level above the mark of a *row*, and what an answer of that level is like; None = there is none."""
    if row.mark is None or row.anchors is None or row.mark.mark >= max(MARKS):
        return None
    level = LEVELS[{1: 1, 2: 2, 3: 2, 4: 3}[row.mark.mark]]
    return level, str(getattr(row.anchors, level))


# what was seen


def sighted(case: Case, run: Run, card: Scorecard, record: Record | None = None) -> dict[str, list[Sighting]]:
    """Return what a *run* of *case* showed in each dimension, in order of time: behaviours at their moments, and
    predictions and answers of the score *card*, which are about all of it."""
    found: dict[str, list[Sighting]] = {}
    for dimension, one in (*_behaved(case, run, record), *_stated(card)):
        found.setdefault(dimension, []).append(one)
    for seen in found.values():
        seen.sort(key=lambda one: (one.at is None, one.at or 0.0))
    return found


def _behaved(case: Case, run: Run, record: Record | None) -> Iterator[tuple[str, Sighting]]:
    log = case.log(run, record)
    for behaviour in case.behaviours:
        if record is None and behaviour.by_looks:
            continue  # nobody sat in it, as for the score
        for one in behaviour.occasions(log):
            yield behaviour.dimension, Sighting(float(one.at), f"{behaviour.text}: {one.because}", bool(one.shown))


def _stated(card: Scorecard) -> Iterator[tuple[str, Sighting]]:
    for part in card.parts:
        if part.name in ("predictions", "defence"):
            yield from ((str(line.dimension), _about(line)) for line in part.lines if line.dimension)


def _about(line: Line) -> Sighting:
    text = ": ".join(part.rstrip(":.") for part in (line.text, *line.evidence) if part)
    return Sighting(None, text, line.shown >= _HALF * line.required)


def _on_card(card: Scorecard) -> dict[str, list[Sighting]]:
    """Return what the *card* tells by itself."""
    found: dict[str, list[Sighting]] = {}
    for line in (line for part in card.parts for line in part.lines if line.dimension):
        told = line.evidence if line.required else ()
        for text in told:
            good = _HALF * line.required <= line.shown if len(told) == 1 else not text.startswith("not shown")
            found.setdefault(str(line.dimension), []).append(Sighting(None, f"{line.text}: {text}", good))
    return found
