"""Where the time goes: the stages of a typical and of a slow request against the budget."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.books.requests import Visits
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.evidence.asof import visited_by
from simulator.evidence.plain import Plain, counts, mean
from simulator.evidence.seen import Seen, seen, window_of
from simulator.run import Run
from simulator.units import Floats, Ints

__all__ = ["ELSEWHERE", "Histogram", "Span", "Stage", "Waterfall", "histogram", "spent_in", "waterfall"]

ELSEWHERE = "elsewhere"
"""time in no stage: pauses between attempts, the fallback, stages that are not over"""
_TYPICAL, _SLOW = (0.45, 0.55), (0.985, 0.995)  # bands of requests, by the rank of their latency
_MOST = 500  # requests of a band that are looked at


@dataclass(frozen=True)
class Stage:
    """Mean time per request at one stage [s]; where visits overlap, the one that came last counts."""

    name: str
    wait_p50: float
    """of requests around the median"""
    work_p50: float
    wait_p99: float
    """of requests around the 99th percentile"""
    work_p99: float


@dataclass(frozen=True)
class Waterfall:
    """The stages of requests that ended of late; their bars add up to the totals."""

    stages: tuple[Stage, ...]
    """empty where the case keeps no visits"""
    total_p50: Plain
    """mean latency of the requests around the median [s]"""
    total_p99: Plain
    budget: Plain
    """[s]; None = there is none"""
    n: int
    window: float
    """how far it looks back [s]"""


@dataclass(frozen=True)
class Histogram:
    """How many answers took how long, in bins of equal ratio."""

    edges: tuple[float, ...]
    """[s]; one more than there are counts"""
    counts: tuple[int, ...]
    none: int
    """answers that took no time at all"""
    n: int
    budget: Plain
    over: Plain
    """share of the answers over the budget"""


def waterfall(case: Case, run: Run, at: float, window: float | None = None) -> Waterfall:
    """Return where the time of requests went that ended in the last *window* [s] before *at* [s].

    A tenth of them around the median, and a hundredth around the 99th percentile, stand for these.
    """
    now = _of_late(case, run, at, window)
    bands = [_band(now, *band) for band in (_TYPICAL, _SLOW)]
    p50, p99 = (mean(band.latency) for band in bands)
    stages = _stages(run, now.now, bands) if len(now) else ()
    return Waterfall(stages, p50, p99, _budget(case), len(now), window_of(case, window))


def histogram(case: Case, run: Run, at: float, window: float | None = None, bins: int = 40) -> Histogram:
    """Return how long the requests took that ended in the last *window* [s] before *at* [s]."""
    if not 1 <= bins <= 200:
        raise BadInput(f"{shown(bins)} bins cannot be drawn; allowed: 1 to 200")
    took = _of_late(case, run, at, window).latency
    some, budget = took[took > 0], _budget(case)
    over = float((took > budget).mean()) if budget and len(took) else None
    edges = np.geomspace(some.min(), some.max() * (1 + 1e-9), bins + 1) if len(some) else np.empty(0)
    found = np.bincount(_places(edges, some), minlength=bins) if len(some) else np.empty(0)
    return Histogram(tuple(edges.tolist()), counts(found), int((took <= 0).sum()), len(took), budget, over)


def _places(edges: Floats, values: Floats) -> Ints:
    places: Ints = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return places


def _budget(case: Case) -> Plain:
    return case.board.budget or None


def _of_late(case: Case, run: Run, at: float, window: float | None) -> Seen:
    now = seen(case, run, at)
    return now.rows(now.ended & (now.done_at > now.now - window_of(case, window)) & np.isfinite(now.latency))


def _band(now: Seen, low: float, high: float) -> Seen:
    """Take the requests whose latency has a rank from share *low* to share *high*, with all ties: every k-th of them.

    There is at least one, if there are any requests.
    """
    if not len(now):
        return now
    rising, n = np.sort(now.latency), len(now)
    first = min(int(low * n), n - 1)
    last = max(first + 1, math.ceil(high * n)) - 1
    rows = np.flatnonzero((now.latency >= rising[first]) & (now.latency <= rising[last]))
    return now.rows(rows[:: -(-len(rows) // _MOST)])


def _stages(run: Run, now: float, bands: list[Seen]) -> tuple[Stage, ...]:
    names = run.visits.stages
    if not names:
        return ()
    (wait, work), (wait_slow, work_slow) = (_times(run.visits, now, band) for band in bands)
    columns = zip((*names, ELSEWHERE), wait, work, wait_slow, work_slow, strict=True)
    return tuple(Stage(name, *times) for name, *times in columns)


def _times(visits: Visits, now: float, band: Seen) -> tuple[list[float], list[float]]:
    """Return the mean waiting and working time [s] of a request of *band* per stage, and elsewhere."""
    spent = {(stage, at_work): 0.0 for stage in range(len(visits.stages)) for at_work in (False, True)}
    for spans in _by_request(visits, now, band):
        for key, time in spent_in(spans):
            spent[key] += time
    means = {key: time / len(band) for key, time in spent.items()}
    wait, work = ([means[stage, at_work] for stage in range(len(visits.stages))] for at_work in (False, True))
    rest = float(band.latency.mean()) - sum(wait) - sum(work)
    return [*wait, 0.0], [*work, max(0.0, rest)]


Span = tuple[float, float, float, int]
"""a visit: entered, started and done [s] after the request was asked; the stage"""


def _by_request(visits: Visits, now: float, band: Seen) -> Iterator[list[Span]]:
    """Yield the visits of each request of *band*, in the order of their coming, as far as they lie inside it."""
    rows = np.flatnonzero(np.isin(visits.id, band.id) & visited_by(visits, now))
    rows = rows[np.lexsort((visits.entered[rows], visits.id[rows]))]
    order = np.argsort(band.id)
    who = order[np.searchsorted(band.id, visits.id[rows], sorter=order)]
    started = np.where(np.isnan(visits.started[rows]), visits.done[rows], visits.started[rows])  # it never was
    times = (visits.entered[rows], started, visits.done[rows])
    took = np.minimum(band.latency, band.done_at - band.at)[who]  # a fallback that has been begun is no stage
    inside = (np.clip(time - band.at[who], 0.0, took).tolist() for time in times)
    spans = list(zip(*inside, visits.stage[rows].tolist(), strict=True))
    edges = [0, *(np.flatnonzero(np.diff(who)) + 1).tolist(), len(spans)]
    yield from (spans[low:high] for low, high in itertools.pairwise(edges))


def spent_in(spans: Sequence[Span]) -> Iterator[tuple[tuple[int, bool], float]]:
    """Yield ((stage, at work or waiting), time [s]) of a request's visits *spans*, which are in order of coming.

    A moment belongs to the visit that came last of those which are not over: of two reads of which one is enough it
    is the second, and what follows on the quicker one is not hidden by the other.
    """
    for low, high in itertools.pairwise(sorted({time for span in spans for time in span[:3]})):
        inside = [span for span in spans if span[0] <= low and high <= span[2]]
        if inside:
            _, started, _, stage = inside[-1]
            yield (stage, low >= started), high - low
