"""Closed books as they stood at a moment of the flight: nothing that happened later is in them."""

from __future__ import annotations

import dataclasses
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.books.gauges import Gauges
from simulator.books.journal import Journal
from simulator.books.ledger import CLOSE, Ledger
from simulator.books.requests import OPEN, Outcomes, Visits
from simulator.case import Case
from simulator.evidence.plain import Plains, moment, numbers
from simulator.learning.registry import Version
from simulator.plan import Plan
from simulator.run import Run
from simulator.units import Mask
from simulator.view import View
from simulator.world.tape import Tape

__all__ = ["Standing", "Table", "as_of", "columns_by", "posted_by", "standing", "standings", "view_of", "visited_by"]

# At one instant control comes before data, as on the clock: a gauge that was read at the moment itself is known,
# a request that is asked or ends at it is not yet.
_BLANK = {name: column[0] for name, column in Outcomes(1).columns().items()}
_WHEN_ASKED = ("score", "version")
_WHEN_ANSWERED = ("latency", "action", "propensity")


def as_of(run: Run, at: float) -> Run:
    """Return *run* as if it had been flown until *at* [s] and no further, without the settlement of an end.

    All columns keep their rows: what was asked later is blank. The features are shared, not copied.
    """
    at = moment(run, at)
    return dataclasses.replace(
        run,
        plan=_decided_by(run.plan, at),
        until=at,
        outcomes=_outcomes_by(run, at),
        ledger=_ledger_by(run.ledger, at),
        gauges=_gauges_by(run.gauges, at),
        journal=_journal_by(run.journal, at),
        versions=_versions_by(run, at),
        fired={name: since for name, since in run.fired.items() if since <= at},
        landed=run.landed.rows(run.landed.at <= at),
        visits=_visits_by(run.visits, at),
        unseed={},
        figures={},
    )


def view_of(case: Case, run: Run, at: float) -> View:
    """Return what the desk of *case* knew at time *at* [s] of *run*."""
    then = as_of(run, at)
    told, booked = tuple(then.journal.seen()), then.ledger.by_account()
    return View(then.until, then.plan, case.horizon, then.gauges, told, booked, (then.landed,), then.versions)


def standing(case: Case, run: Run, tape: Tape, at: float) -> dict[str, float]:
    """Return the KPIs that people at the desk could work out at time *at* [s]; NaN where one is not defined yet.

    Those that need the truth are left out; what is settled at the end of a flight is not in them.
    """
    figures = _measured(case, as_of(run, at), tape)
    return {name: float(figures.get(name, math.nan)) for name, kpi in case.kpis.items() if kpi.observed}


@dataclass(frozen=True)
class Standing:
    """One KPI at each moment of a table."""

    kpi: str
    unit: str
    values: Plains


@dataclass(frozen=True)
class Table:
    """Observed KPIs by moment."""

    at: tuple[float, ...]
    """the moments [s]"""
    kpis: tuple[Standing, ...]


def standings(case: Case, run: Run, tape: Tape, moments: Sequence[float]) -> Table:
    """Return the `standing` at each of the *moments* [s]."""
    rows = [standing(case, run, tape, at) for at in moments]
    seen = [name for name, kpi in case.kpis.items() if kpi.observed]
    columns = (Standing(name, case.kpis[name].unit, numbers([row[name] for row in rows])) for name in seen)
    return Table(tuple(float(at) for at in moments), tuple(columns))


def columns_by(run: Run, which: slice, at: float) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of the outcomes of the requests *which*, all asked by *at* [s], as they were known then.

    A score is known at once, an answer when it has come, an end when it has happened. Where an end is certain
    before its answer is there - a fallback that has been begun - the answer is known with it.
    """
    columns = {name: column[which] for name, column in run.outcomes.columns().items()}
    ended = columns["done_at"] < at
    answered = ended | (run.requests.at[which] + columns["latency"] < at)
    known = {name: answered for name in _WHEN_ANSWERED} | dict.fromkeys(_WHEN_ASKED, np.ones_like(ended))
    return {name: np.where(known.get(name, ended), column, _BLANK[name]) for name, column in columns.items()}


def posted_by(ledger: Ledger, at: float) -> Mask:
    """Return a mask over the postings made by *at* [s], but not to settle the end of the flight."""
    known: Mask = (ledger.postings().at <= at) & ~ledger.caused_by(CLOSE)
    return known


def visited_by(visits: Visits, at: float) -> Mask:
    """Return a mask over the *visits* that were over by *at* [s]."""
    over: Mask = visits.done <= at
    return over


def _measured(case: Case, run: Run, tape: Tape) -> Mapping[str, float]:
    """Let the case measure; early in a flight there may be nothing to divide by, or to take a quantile of."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return case.measure(run, tape)
        except Exception:  # a case owes figures of a whole flight only
            return {}


def _outcomes_by(run: Run, at: float) -> Outcomes:
    start, asked = np.searchsorted(run.requests.at, [0.0, at]).tolist()
    book = Outcomes(len(run.requests))
    for name, column in columns_by(run, slice(0, asked), at).items():
        getattr(book, name)[:asked] = column
    book.ask(max(0, asked - start))
    book.ended = int((book.result[start:asked] != OPEN).sum())
    book.close()
    return book


def _ledger_by(ledger: Ledger, at: float) -> Ledger:
    """Post again what was posted by *at*, account by account in the order in which they were opened."""
    book, then, known = ledger.postings(), Ledger(), posted_by(ledger, at)
    pairs = np.where(known, book.account * len(ledger.causes) + book.cause, -1)
    for pair in np.unique(pairs[known]).tolist():
        account, cause = divmod(pair, len(ledger.causes))
        mine = pairs == pair
        then.post(ledger.accounts[account], ledger.causes[cause], book.at[mine], book.amount[mine], book.request[mine])
    then.close()
    return then


def _gauges_by(gauges: Gauges, at: float) -> Gauges:
    then = Gauges()
    for name in gauges.names():
        for when, value in zip(*(column.tolist() for column in gauges.series(name, at)), strict=True):
            then.mark(name, when, value)
    return then


def _journal_by(journal: Journal, at: float) -> Journal:
    then = Journal()
    for entry in journal:
        if entry.at <= at:
            then.write(entry)
    return then


def _versions_by(run: Run, at: float) -> tuple[Version, ...]:
    """Return the versions that were finished: each is known with the first that is as new and was spoken of."""
    finished = [version.number for version in run.versions if _finished_at(run, version) <= at]
    return tuple(version for version in run.versions if version.number <= max(finished, default=0))


def _finished_at(run: Run, version: Version) -> float:
    """Return when the journal first speaks of *version* [s]; where it speaks of none, when its data were cut."""
    spoken = [entry for entry in run.journal if entry.kind == "version"]
    words = re.compile(rf"\bversion {version.number}\b")
    times = (entry.at for entry in spoken if entry.name == f"v{version.number}" or words.search(entry.text))
    return min(times, default=math.inf if spoken else version.trained_at)


def _visits_by(visits: Visits, at: float) -> Visits:
    over = visited_by(visits, at)
    names = ("id", "stage", "entered", "started", "done")
    return dataclasses.replace(visits, **{name: getattr(visits, name)[over] for name in names})


def _decided_by(plan: Plan, at: float) -> Plan:
    changes = tuple(change for change in plan.changes if change.at <= at)
    return dataclasses.replace(plan, changes=changes, acts=tuple(act for act in plan.acts if act.at <= at))
