"""How far interviewers agree who marked the same recordings: shares with intervals, and kappa, pair by pair and in all.

A cell is one dimension of one recording. Over all, a cell counts as within one where all who marked it lie within one
of each other, so that more interviewers do not make more cells of it. Kappa is Cohen's with quadratic weights (Cohen
1968); over all it is the mean of the pairs' (Light 1971). Intervals are Wilson's (1927), of the share within one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import fmean

from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from simulator.errors import BadInput, shown, unknown
from simulator.rounds.script import COMMUNICATION
from simulator.rounds.sheet import MARKS
from simulator.rubric import DIMENSIONS, LEVELS

__all__ = ["COLUMNS", "TARGET", "Agreed", "Agreement", "Cells", "Recording", "agreed", "read_marks"]

COLUMNS = ("recording", "dimension", "mark", "words")
"""of a file of marks"""

TARGET = 0.9
"""share of the cells that interviewers who can stand in for each other mark within one"""

Cells = Mapping[tuple[str, str], int]
"""(recording, dimension) -> mark, as one interviewer gave them"""

_MOST_CHARACTERS = 256 * 1024
_MARK = re.compile(r"([1-5])(?:\.0*)?")
_KNOWN = (*DIMENSIONS, COMMUNICATION)


@dataclass(frozen=True)
class Agreement:
    """How far marks agree."""

    of: str
    """two interviewers, a dimension, or all"""
    cells: int
    equal: float
    """share of the cells in which the marks are the same"""
    within: float
    """share in which they lie within one"""
    low: float
    """95 % interval of `within`"""
    high: float
    kappa: float | None
    """None = it is not defined: they gave one mark throughout"""


@dataclass(frozen=True)
class Recording:
    """A recording, and what it was marked."""

    name: str
    par: str
    mean: float | None


@dataclass(frozen=True)
class Agreed:
    """What comes of several interviewers' marks."""

    interviewers: tuple[str, ...]
    marks: int
    overall: Agreement
    pairs: tuple[Agreement, ...]
    dimensions: tuple[Agreement, ...]
    recordings: tuple[Recording, ...]
    """in the order of their pars"""

    @property
    def met(self) -> bool:
        """Whether as many cells as are wanted were marked within one."""
        return self.overall.within >= TARGET

    @property
    def sure(self) -> bool:
        """Whether that would be so even at the lower end of the interval: else there are too few marks to tell."""
        return self.overall.low >= TARGET

    @property
    def ordered(self) -> bool:
        """Whether the recordings were marked in the order of their pars."""
        means = [one.mean for one in self.recordings if one.mean is not None]
        return all(first < second for first, second in pairwise(means))


def agreed(marks: Mapping[str, Cells], pars: Mapping[str, str]) -> Agreed:
    """Compare the *marks* (interviewer -> cells) of recordings; *pars* says who flew in each.

    BadInput where fewer than two marked, or no two the same cell.
    """
    if len(marks) < 2:
        raise BadInput("marks of one interviewer agree with nobody's; give the files of two at least")
    given = tuple(marks.values())
    common = [(a, b) for a, b in combinations(marks, 2) if marks[a].keys() & marks[b].keys()]
    if not common:
        raise BadInput("no two interviewers marked the same dimension of the same recording")
    pairs = tuple(_agreement(f"{a} and {b}", (marks[a], marks[b])) for a, b in common)
    return Agreed(
        tuple(marks), sum(map(len, given)), _agreement("all", given), pairs, tuple(_by_dimension(given)),
        tuple(_recordings(given, pars)),
    )  # fmt: skip


def _agreement(of: str, given: Sequence[Cells]) -> Agreement:
    """Compare what interviewers were *given*, over the cells that two of them marked at least."""
    cells = sorted({cell for one in given for cell in one})
    found = [marks for cell in cells if len(marks := [one[cell] for one in given if cell in one]) > 1]
    spreads = [max(marks) - min(marks) for marks in found]
    within = sum(spread <= 1 for spread in spreads)
    ends = binomtest(within, len(found)).proportion_ci(0.95, method="wilson")
    kappas = [kappa for a, b in combinations(given, 2) if (kappa := _kappa(a, b)) is not None]
    equal = sum(spread == 0 for spread in spreads) / len(found)
    return Agreement(
        of, len(found), equal, within / len(found), float(ends.low), float(ends.high),
        fmean(kappas) if kappas else None,
    )  # fmt: skip


def _kappa(a: Cells, b: Cells) -> float | None:
    both = sorted(a.keys() & b.keys())
    first, second = [a[cell] for cell in both], [b[cell] for cell in both]
    if len({*first, *second}) < 2:
        return None  # chance alone would agree as well
    return float(cohen_kappa_score(first, second, labels=list(MARKS), weights="quadratic"))


def _by_dimension(given: Sequence[Cells]) -> Iterator[Agreement]:
    for name in _KNOWN:
        mine = [{cell: mark for cell, mark in one.items() if cell[1] == name} for one in given]
        if any(a.keys() & b.keys() for a, b in combinations(mine, 2)):
            yield _agreement(name, mine)


def _recordings(given: Sequence[Cells], pars: Mapping[str, str]) -> Iterator[Recording]:
    for name in sorted(pars, key=lambda name: (*LEVELS, pars[name]).index(pars[name])):
        marks = [mark for one in given for (recording, _), mark in one.items() if recording == name]
        yield Recording(name, pars[name], fmean(marks) if marks else None)


# what interviewers hand in


def read_marks(text: str, where: str, recordings: Sequence[str]) -> Cells:
    """Read the marks of one interviewer from the *text* of a CSV file; a cell without a mark was not marked.

    BadInput says *where*, in which line, what is wrong, and what is allowed.
    """
    if len(text) > _MOST_CHARACTERS:
        raise BadInput(f"{where}: {len(text)} characters are too many; at most {_MOST_CHARACTERS}")
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first and "," not in first else ",", strict=True)
    try:
        _refuse_columns(reader.fieldnames or ())
        found = _cells(reader, recordings)
    except csv.Error as error:
        raise BadInput(f"{where}, line {reader.reader.line_num}: {error}") from None
    except BadInput as error:
        raise BadInput(f"{where}, line {max(reader.reader.line_num, 1)}: {error}") from None
    if not found:
        raise BadInput(f"{where}: it has no mark; write 1 to 5 into the column mark")
    return found


def _refuse_columns(names: Sequence[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            raise unknown("column", name, COLUMNS)
    for name in COLUMNS[:3]:
        if list(names).count(name) != 1:
            raise BadInput(f"the column {name} is wanted once; the columns are {', '.join(COLUMNS)}")


def _cells(rows: Iterator[dict[str, str]], recordings: Sequence[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if None in row:  # where the reader puts what is left over
            raise BadInput(f"there are more cells than columns; the columns are {', '.join(COLUMNS)}")
        recording, dimension, mark = ((row[name] or "").strip() for name in COLUMNS[:3])
        if not mark:
            continue
        cell = _known(recording, dimension, recordings)
        if cell in found:
            raise BadInput(f"recording {recording}, dimension {dimension} is marked twice")
        found[cell] = _mark(mark)
    return found


def _known(recording: str, dimension: str, recordings: Sequence[str]) -> tuple[str, str]:
    if recording not in recordings:
        raise unknown("recording", recording, recordings)
    if dimension not in _KNOWN:
        raise unknown("dimension", dimension, _KNOWN)
    return recording, dimension


def _mark(text: str) -> int:
    match = _MARK.fullmatch(text)
    if match is None:
        raise BadInput(f"mark = {shown(text)} is not allowed; it takes 1 to 5, or nothing")
    return int(match[1])
