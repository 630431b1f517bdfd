"""What a candidate takes home: one page with evidence and what would have gone better, no mark, no verdict."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from simulator.debrief.results import Debrief, Worth
from simulator.report.words import figure, named, plain, signed, when
from simulator.rounds.sheet import SheetRow, next_level
from simulator.rounds.written_facts import After
from simulator.rubric import LEVELS
from simulator.score import Line, Row
from simulator.units import money

__all__ = ["ForCandidate", "Level", "Point", "Practice", "for_candidate"]

_TARGETS, _WELL, _COST, _SENTENCES, _PREDICTIONS, _PRACTISE = 6, 3, 3, 3, 2, 3
_AIRY = 2400  # places that there are on a page in the usual size
_LABEL, _TITLE, _SHORT, _LONG = 30, 60, 85, 115  # places that a text has, so that it all stands on one page


@dataclass(frozen=True)
class Point:
    """Something that went well, or cost money, with what shows it."""

    text: str
    evidence: str


@dataclass(frozen=True)
class Level:
    """What an answer of the next level is like in a dimension."""

    label: str
    level: str
    anchor: str


@dataclass(frozen=True)
class Practice:
    """Something to practise."""

    label: str
    what: str
    shown: float
    required: float
    cases: tuple[str, ...]
    """that ask for it"""


@dataclass(frozen=True)
class ForCandidate:
    """The page: its texts are cut so that they stand on one."""

    title: str
    case: str
    seed: int
    digest: str
    result: str
    score: float | None
    targets: tuple[Point, ...]
    well: tuple[Point, ...]
    cost: tuple[Point, ...]
    requirement: str
    """what was said; empty = nothing"""
    kept: bool | None
    sentences: tuple[str, ...]
    predictions: tuple[Point, ...]
    levels: tuple[Level, ...]
    practise: tuple[Practice, ...]

    @property
    def dense(self) -> bool:
        """Whether there is so much on the page that it has to be set small."""
        points = [*self.targets, *self.well, *self.cost, *self.predictions]
        texts = [*(part for one in points for part in (one.text, one.evidence)), self.requirement, *self.sentences]
        texts += [*(one.anchor + one.label for one in self.levels), *(one.what + one.label for one in self.practise)]
        return sum(_places(letter) for text in texts for letter in text) > _AIRY


def for_candidate(after: After) -> ForCandidate:
    """Choose what stands on the page, and cut it to its size."""
    found, asked = after.debrief, after.fitted.script.requirement
    said = asked.says if asked and after.kept else ""
    sentences = after.kept.sentences[:_SENTENCES] if after.kept else ()
    return ForCandidate(
        title=_cut(after.fitted.script.title, _TITLE), case=_cut(found.title, _TITLE), seed=found.seed,
        digest=found.digest, result=_result(found), score=found.score.total, targets=tuple(_targets(found)),
        well=_points(_well(after), _WELL), cost=_points(_cost(after), _COST), requirement=_cut(said, 3 * _SHORT),
        kept=after.kept.kept if after.kept else None, sentences=tuple(_cut(one, _LONG) for one in sentences),
        predictions=_points(_predicted(found), _PREDICTIONS), levels=tuple(_levels(after)),
        practise=tuple(islice(_practised(after), _PRACTISE)),
    )  # fmt: skip


def _points(found: Iterable[Point], most: int) -> tuple[Point, ...]:
    return tuple(Point(_cut(one.text, _SHORT), _cut(one.evidence, _SHORT)) for one in islice(found, most))


def _cut(text: str, most: int) -> str:
    """Return *text* on one line of at most *most* places; wide letters take two."""
    line, left = " ".join(plain(text).split()), most
    for place, letter in enumerate(line):
        left -= _places(letter)
        if left < 0:
            return line[: place - 1] + "…"
    return line


def _places(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" or letter in "WM@%" else 1


# what it came to


def _result(found: Debrief) -> str:
    card = found.score
    others = f"in this very world the weak answer earned {money(card.weak)}, the expert one {money(card.expert)}"
    return f"Profit {money(card.yours)}; {others}."


def _targets(found: Debrief) -> Iterator[Point]:
    for target in found.targets[:_TARGETS]:
        unit = found.units.get(target["name"], "")
        kept = "kept" if target["met"] else "missed"
        told = f"{figure(target['value'], unit)}, limit {figure(target['limit'], unit)}: {kept}"
        yield Point(_cut(named(target["name"]) + " (guardrail)" * target["guardrail"], _LABEL), _cut(told, _TITLE))


# what went well, and what cost most


def _well(after: After) -> Iterator[Point]:
    """Yield the decisions that brought most, and behaviours that were shown whenever they were asked for."""
    found = after.debrief.attribution
    worths = sorted(found.worths if found else (), key=lambda worth: -(worth.alone or 0))
    good = [worth for worth in worths if (worth.alone or 0) > 0 and _wanted(after, worth) is not False]
    for worth in good[:2]:
        told = f"brought {money(worth.alone or 0)} here"
        if worth.low is not None and worth.high is not None:
            told += f"; elsewhere {_change(worth.low)} to {_change(worth.high)}"
        yield Point(worth.told, told)
    always = [line for line in _behaviours(after.debrief) if line.required and line.shown == line.required]
    for line in sorted(always, key=lambda line: -line.required):
        yield Point(line.text, _evidence(line))


def _change(usd: float) -> str:
    return signed(1e6 * usd)


def _evidence(line: Line) -> str:
    first = line.evidence[0] if line.evidence else ""
    more = f" ({line.shown:.3g} of {line.required:.3g} times)" if line.required > 1 else ""
    return first.rpartition("shown · ")[2] + more


def _behaviours(found: Debrief) -> list[Line]:
    return [line for part in found.score.parts if part.name == "behaviours" for line in part.lines]


def _cost(after: After) -> Iterator[Point]:
    """Yield what would have brought most, one thing of each kind, and decisions that cost money; where nothing was
    flown otherwise, the worst step."""
    found, told = after.debrief, set[str]()
    for one in sorted(found.moves.instead if found.moves else (), key=lambda one: -(one.gain or 0)):
        if one.gain is not None and one.gain > 0 and one.key not in told and len(told) < _COST - 1:
            told.add(one.key)
            yield Point(f"Instead: {one.told}", f"would have brought {money(one.gain)} more in this very world")
    for worth in sorted(found.attribution.worths if found.attribution else (), key=lambda worth: worth.alone or 0):
        if worth.alone is not None and worth.alone < 0 and worth.key not in told and not _wanted(after, worth):
            yield Point(worth.told, f"cost {money(-worth.alone)}: without it the rest earns so much more")
    yield _worst(found, after.tick)


def _wanted(after: After, worth: Worth) -> bool | None:
    """Tell whether a decision did what the requirement wanted, so that what it cost is no mistake; False = its dial
    never came to stand there, so that what it brought is no merit. None = the requirement does not speak of it."""
    if after.kept is None or worth.at < after.kept.at:
        return None
    name = worth.key.rpartition(":")[2]
    return next((one.since is not None for one in after.kept.held if one.dial == name), None)


def _worst(found: Debrief, tick: float) -> Point:
    worst, least = found.worst, min(found.bridge.bars, key=lambda bar: bar.yours - bar.expert, default=None)
    text = f"The worst step, {when(worst.at, tick)} to {when(worst.end, tick)}"
    told = f"earned {money(worst.profit)}, the expert {money(worst.expert)}"
    if least is not None and least.yours < least.expert:
        told += f"; in all {named(least.account)} came to {money(least.yours)}, not {money(least.expert)}"
    return Point(text, told)


def _predicted(found: Debrief) -> Iterator[Point]:
    for line in (line for part in found.score.parts if part.name == "predictions" for line in part.lines):
        yield Point(line.text, line.evidence[0] if line.evidence else "")


# what comes next


def _levels(after: After) -> Iterator[Level]:
    """Yield the next level of each row that was marked; where nobody marked, of each one that the run was asked for."""
    rows = after.sheet.rows
    marked = [(row.label, next_level(row)) for row in rows if row.mark is not None]
    found = marked or [(row.label, _above(row)) for row in after.debrief.score.dimensions if row.required]
    for label, above in found:
        if above is not None:
            yield Level(_cut(label, _LABEL), above[0], _cut(above[1], _LONG))


def _above(row: Row) -> tuple[str, str] | None:
    place = LEVELS.index(row.level) + 1 if row.level in LEVELS else len(LEVELS)
    if place >= len(LEVELS) or row.anchors is None:
        return None
    return LEVELS[place], str(getattr(row.anchors, LEVELS[place]))


def _practised(after: After) -> Iterator[Practice]:
    """Yield what was shown least, in the dimensions that were weakest: by the marks, where there are any."""
    lines = [line for part in after.debrief.score.parts for line in part.lines if line.dimension and line.required]
    cases = {str(one.dimension): one.cases for one in after.debrief.practise}
    for row in sorted(after.sheet.rows, key=_strength):
        mine = [line for line in lines if line.dimension == row.dimension and line.shown < line.required]
        if mine:
            least = min(mine, key=lambda line: line.shown / line.required)
            named_cases = tuple(_cut(name, _LABEL) for name in cases.get(row.dimension, ())[:2])
            told = (_cut(row.label, _LABEL), _cut(least.text, _SHORT))
            yield Practice(*told, least.shown, least.required, named_cases)


def _strength(row: SheetRow) -> float:
    """Return where a row lies from weak to expert [1-5]."""
    if row.mark is not None:
        return row.mark.mark
    return 1 + 4 * row.shown / row.required if row.required else 5.0
