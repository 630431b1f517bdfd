"""The requests of a flight as they were known at a moment: the one gate through which the charts look."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.books.requests import ABSENT, OPEN
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.evidence.asof import columns_by
from simulator.evidence.plain import moment
from simulator.run import Run
from simulator.units import Floats, Ints, Mask, dollars

__all__ = ["Seen", "seen", "steps_of", "window_of"]


@dataclass(frozen=True)
class Seen:
    """n requests of the flight, asked before *now*: without history, and without those who did not come."""

    now: float
    """[s]"""
    id: Ints
    at: Floats
    """(n,) time of asking [s]"""
    value: Floats
    """(n,) what is at stake [$]"""
    segment: Ints
    score: Floats
    version: Ints
    latency: Floats
    """(n,) [s]; NaN = not answered yet"""
    route: Ints
    action: Ints
    propensity: Floats
    result: Ints
    done_at: Floats
    """(n,) [s]; inf = not ended yet"""
    acted: Mask
    """(n,) whether the score made somebody act on it"""
    label: Ints
    """(n,) the latest that has come to light; -1 = none"""
    landed_at: Floats
    """(n,) when it did [s]; inf = not yet"""

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, index: slice | Ints | Mask) -> Seen:
        """Take the rows *index*."""
        names = [field.name for field in dataclasses.fields(self) if field.name != "now"]
        return dataclasses.replace(self, **{name: getattr(self, name)[index] for name in names})

    @property
    def labelled(self) -> Seen:
        """Those with a score whose label is known."""
        return self.rows((self.label >= 0) & np.isfinite(self.score))

    @property
    def ended(self) -> Mask:
        """(n,) whether each has ended."""
        over: Mask = self.result != OPEN
        return over


def seen(case: Case, run: Run, at: float, silence: float | None = None) -> Seen:
    """Return the requests of *run* as they were known at *at* [s].

    Where silence means good, a request that was left alone counts as labelled 0 when nothing has been heard of it for
    *silence* [s], and before as not labelled, since bad news would come first; inf = silence means nothing. None = as
    the case's board says.
    """
    silence = case.board.silence if silence is None else silence
    now = moment(run, at)
    which = slice(*np.searchsorted(run.requests.at, [0.0, now]).tolist())
    columns = columns_by(run, which, now)
    columns["acted"] = np.isin(columns["action"], case.board.acted)
    asked = run.requests.at[which]
    label, landed_at = _labels_by(run, which, now)
    columns |= _matured(now, asked, columns["acted"], (label, landed_at), silence)
    return _came(now, columns | _brought(run, which))


def window_of(case: Case, window: float | None) -> float:
    """Return the *window* [s] that a chart looks back on: unless it is given, a tenth of the flight."""
    if window is not None and not 0 < window < math.inf:
        raise BadInput(f"a window of {shown(window)} s holds nothing; it must be over 0")
    return case.horizon / 10 if window is None else float(window)


def steps_of(case: Case, now: float, steps: int) -> Floats:
    """Return the starts [s] of the *steps* into which the flight is cut, as far as they have begun before *now*."""
    if not 1 <= steps <= 600:
        raise BadInput(f"{shown(steps)} steps cannot be drawn; allowed: 1 to 600")
    starts: Floats = np.arange(steps, dtype=np.float64) * (case.horizon / steps)
    return starts[starts < now]


def _matured(
    now: float, asked: Floats, acted: Mask, known: tuple[Ints, Floats], silence: float
) -> dict[str, npt.NDArray[Any]]:
    """Return the labels in *known*, and when they landed [s], as silence makes them of who was left alone."""
    if not silence >= 0:
        raise BadInput(f"silence of {shown(silence)} s is no time; it must be 0 or more")
    label, landed_at = known
    young = ~acted & (asked + silence > now) & math.isfinite(silence)
    quiet = ~acted & (asked + silence <= now) & (label < 0)
    return {
        "label": np.where(young, -1, np.where(quiet, 0, label)),
        "landed_at": np.where(young, np.inf, np.where(quiet, asked + silence, landed_at)),
    }


def _brought(run: Run, which: slice) -> dict[str, npt.NDArray[Any]]:
    asked = run.requests
    return {
        "id": asked.id[which],
        "at": asked.at[which],
        "value": dollars(asked.value[which]),
        "segment": asked.segment[which],
    }


def _labels_by(run: Run, which: slice, at: float) -> tuple[Ints, Floats]:
    """Return the labels (-1 = none) of the requests *which* and when they landed [s]; the latest one stands."""
    landed = run.landed
    known = (landed.at <= at) & (landed.id >= which.start) & (landed.id < which.stop)
    place, n = landed.id[known] - which.start, which.stop - which.start
    label, landed_at = np.full(n, -1), np.full(n, np.inf)
    label[place], landed_at[place] = landed.label[known], landed.at[known]  # in order of time: the last one stays
    return label, landed_at


def _came(now: float, columns: dict[str, npt.NDArray[Any]]) -> Seen:
    came = columns["result"] != ABSENT
    return Seen(now, **{field.name: columns[field.name][came] for field in dataclasses.fields(Seen)[1:]})
