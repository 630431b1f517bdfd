"""What was flown, as the standing probes look at it: who came, what was earned when, what stood on the screen."""

from __future__ import annotations

import math

import numpy as np

from simulator.books.requests import ABSENT
from simulator.exhibits.series import marks
from simulator.probes import Asked, Chart
from simulator.units import DAY, MINUTE, Floats, Ints, by_day, dollars, length

__all__ = ["THIRDS", "came", "earned", "money_line", "on_screen", "paced", "third_of"]

THIRDS = ("first third", "middle third", "last third")
_POINTS = 60  # of a line


def came(asked: Asked) -> Ints:
    """Return the ids of the requests that were really made in the flight, in order of time."""
    run = asked.run
    ids: Ints = np.arange(*np.searchsorted(run.requests.at, [0.0, run.until]))
    there: Ints = ids[run.outcomes.result[ids] != ABSENT]
    return there


def third_of(asked: Asked, at: Floats) -> Ints:
    """Return the third of the flight, 0 to 2, in which each moment of *at* (n,) [s] lies."""
    thirds: Ints = np.clip(len(THIRDS) * at / asked.run.until, 0, len(THIRDS) - 1).astype(np.int64)
    return thirds


def earned(asked: Asked, edges: Floats) -> Floats:
    """Return what was earned between *edges* (k + 1,) [s], by the time of the request that it was for (k,) [$].

    What was posted for no request counts when it was posted.
    """
    book = asked.run.ledger.postings()
    at = np.where(book.request >= 0, asked.run.requests.at[np.maximum(book.request, 0)], book.at)
    place = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, len(edges) - 2)
    sums = np.zeros(len(edges) - 1, dtype=np.int64)
    np.add.at(sums, place, book.amount)
    usd: Floats = dollars(sums)
    return usd


def money_line(asked: Asked) -> Chart:
    """Return the line of what was earned tick by tick, or in up to 60 steps."""
    ticks = max(1, math.ceil(asked.run.until / asked.case.tick))
    edges = np.linspace(0.0, asked.run.until, min(ticks, _POINTS) + 1)
    usd = earned(asked, edges)
    title = f"Earned per {length(asked.run.until / len(usd), asked.case.tick)}, by the time of asking"
    at, series = tuple(edges[:-1].tolist()), {"earned": tuple(usd.tolist())}
    return Chart("line", title, "$", at, series, over_time=True, marks=marks(asked))


def on_screen(asked: Asked) -> list[str]:
    """Name the gauges that were read, of those that the case watches, or else shows anywhere, or else has."""
    read, shown = asked.run.gauges.names(), [name for place in asked.case.places() for name in place.gauges]
    choices = ([name for name in names if name in read] for names in (asked.case.watched, shown, read))
    return next((list(dict.fromkeys(names)) for names in choices if names), [])


def paced(asked: Asked, time: float) -> tuple[float, str]:
    """Return a length of *time* [s] in the unit in which the case is told: days or minutes."""
    return (time / DAY, "days") if by_day(asked.case.tick) else (time / MINUTE, "minutes")
