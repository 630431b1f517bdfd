"""A flight as the screens hold it: what the desk showed and when, ready to be played back up to any moment."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.case import Case
from simulator.evidence import offered
from simulator.run import Run
from simulator.units import Floats

__all__ = ["MOST_POINTS", "Line", "Recording", "Series", "Version", "recorded"]

MOST_POINTS = 600  # of a series: what a live chart draws at most
_MONEY_POINTS = 300


@dataclass(frozen=True, slots=True)
class Series:
    """Readings in the order of time; None = there was nothing to show."""

    at: tuple[float, ...]
    """[s]"""
    value: tuple[float | None, ...]

    def until(self, now: float) -> Series:
        """Return the readings up to and with *now* [s]."""
        end = bisect_right(self.at, now)
        return Series(self.at[:end], self.value[:end])

    def last(self, now: float) -> float | None:
        """Return the latest reading by *now* [s]."""
        end = bisect_right(self.at, now)
        return self.value[end - 1] if end else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal that the people at the desk could read."""

    at: float
    """[s]"""
    kind: str
    name: str
    text: str
    facts: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """What is known of a version of the model."""

    number: int
    trained_at: float
    """[s]"""
    why: str
    rows: int
    facts: Mapping[str, float | None]


@dataclass(frozen=True)
class Recording:
    """One flight up to its horizon; whoever shows it must cut it at the moment of playback."""

    until: float
    """[s]"""
    gauges: Mapping[str, Series]
    money: Mapping[str, Series]
    """account -> dollars so far"""
    profit: Series
    """dollars so far"""
    journal: tuple[Line, ...]
    """what was told; an unseen incident is not in it"""
    versions: tuple[Version, ...]
    requests: Series
    """how many were asked so far"""
    kpis: Mapping[str, float | None]
    """for after the landing"""
    digest: str
    plan: Mapping[str, Any]
    """as it was flown"""
    offered: tuple[str, ...]
    """the evidence that makes sense of this flight"""
    fired: Mapping[str, float]
    """conditional incidents that did happen [s]; for after the landing"""

    def told(self, now: float) -> tuple[Line, ...]:
        """Return the journal up to and with *now* [s]."""
        return tuple(line for line in self.journal if line.at <= now)

    def next_line(self, now: float, kinds: Sequence[str]) -> Line | None:
        """Return the first line of one of the *kinds* after *now* [s]."""
        return next((line for line in self.journal if line.at > now and line.kind in kinds), None)

    def known_versions(self, now: float) -> tuple[Version, ...]:
        """Return the versions of which the journal has told by *now* [s]."""
        told = {line.name for line in self.told(now) if line.kind == "version"}
        return tuple(v for v in self.versions if f"v{v.number}" in told)


def recorded(case: Case, run: Run) -> Recording:
    """Make the recording of a *run*: a few hundred numbers a series, and nothing that the desk could not see."""
    grid = np.linspace(0.0, run.until, _MONEY_POINTS + 1)
    book = run.ledger.by_account()
    posted = {name: _so_far(run, name, grid) for name in book}
    total = np.sum([*posted.values(), np.zeros(len(grid))], axis=0)
    asked = np.searchsorted(run.requests.at, grid) - np.searchsorted(run.requests.at, 0.0)
    return Recording(
        until=run.until,
        gauges={name: _series(*run.gauges.series(name)) for name in run.gauges.names()},
        money={name: _series(grid, values) for name, values in posted.items()},
        profit=_series(grid, total),
        journal=tuple(Line(e.at, e.kind, e.name, e.text, dict(e.facts)) for e in run.journal if e.seen),
        versions=tuple(Version(v.number, v.trained_at, v.why, v.rows, _plain(v.facts)) for v in run.versions),
        requests=_series(grid, asked.astype(np.float64)),
        kpis=_plain(run.kpis()),
        digest=run.digest(),
        plan=run.plan.to_data(),
        offered=offered(case, run),
        fired=dict(run.fired),
    )


def _so_far(run: Run, account: str, grid: Floats) -> Floats:
    """Return the dollars posted to *account* by each moment of *grid* [s]; what is settled at the end, at the end."""
    book = run.ledger.postings()
    rows = run.ledger.posted_to(account)
    at, amount = book.at[rows], book.amount[rows]
    order = np.argsort(at, kind="stable")
    sums = np.concatenate([[0], np.cumsum(amount[order])])
    places = np.searchsorted(at[order], grid, side="right")
    places[-1] = len(order)
    dollars: Floats = sums[places] / 1e6
    return dollars


def _series(at: Floats, values: Floats) -> Series:
    stride = math.ceil(len(at) / MOST_POINTS) or 1
    kept = slice((len(at) - 1) % stride, None, stride)  # the last reading stays
    return Series(tuple(at[kept].tolist()), tuple(_number(v) for v in values[kept].tolist()))


def _plain(figures: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _number(float(value)) for name, value in figures.items()}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
