"""What a debrief begins with: all that needs no flights but the reference answers of this world."""

from __future__ import annotations

import dataclasses
import logging
import math
from typing import Any

import numpy as np

from simulator.books.journal import Entry
from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT
from simulator.case import Case
from simulator.debrief.results import Bar, Bridge, Debrief, Event, Ghost, Practise, Truth, WorstHour
from simulator.exhibits.standing import probes_of
from simulator.probes import Asked, Exhibit, Posed, Probe
from simulator.record import BELIEF, NOTHING, Record
from simulator.rubric import LEVELS
from simulator.run import Run
from simulator.score import Scorecard, Track, Yardstick, score, yardstick
from simulator.units import Ints, dollars
from simulator.world.tape import Tape

__all__ = ["beginning", "pose"]

_REQUESTS = 12  # of the worst step that are shown
_NEXT = 3  # dimensions to practise


def beginning(
    case: Case, run: Run, tape: Tape, record: Record | None = None, known: Yardstick | None = None
) -> Debrief:
    """Return what can be said of *run* at once: score, bridge, ghosts, the true story, the worst step, probes.

    *tape* is the world of the run; *record* belongs to who sat in it; *known* saves flying weak and expert again.
    """
    known = known or yardstick(case, run.seed, run.until)
    posed = tuple(pose(probe, Asked(case, run, tape, record)) for probe in probes_of(case))
    card = score(case, run, record, posed, known)
    return Debrief(
        **_identity(case, run), score=card, bridge=_bridge(run, known), ghost=_ghost(case, run, known),
        truth=_truth(case, run, record), worst=_worst(case, run, known), practise=_practise(card), posed=posed,
        answers=record.answers if record else (), sat=record is not None,
    )  # fmt: skip


def _identity(case: Case, run: Run) -> dict[str, Any]:
    return {
        "case": case.name, "title": case.title, "revision": run.revision, "scenario": dict(run.scenario),
        "seed": run.seed, "plan": run.plan.to_data(), "until": run.until, "digest": run.digest(),
        "labels": {d.name: d.label for d in case.design.dials()} | {n: act.label for n, act in case.acts.items()},
        "kpis": run.kpis(), "units": {name: kpi.unit for name, kpi in case.kpis.items()},
        "targets": tuple(dataclasses.asdict(verdict) for verdict in case.verdicts(run)),
    }  # fmt: skip


def pose(probe: Probe, asked: Asked) -> Posed:
    """Ask *probe*; one that fails on this run stays a question, and takes nothing else with it."""
    try:
        return Posed.of(probe, asked)
    except Exception as error:
        log, of = logging.getLogger("windtunnel"), (probe.name, asked.run.case, type(error).__name__, error)
        log.warning("probe %s of %s could not be asked: %s: %s", *of)
        log.debug("where probe %s failed", probe.name, exc_info=True)
        silent = dataclasses.replace(
            probe, exhibit=lambda asked: Exhibit("This run has no evidence for it."), check=lambda asked: None,
            when=lambda asked: False,
        )  # fmt: skip
        return Posed.of(silent, asked)


# where the money came from


def _bridge(run: Run, known: Yardstick) -> Bridge:
    own, weak, expert = run.ledger.by_account(), known.weak.accounts, known.expert.accounts
    bars = tuple(
        Bar(name, weak.get(name, 0), own.get(name, 0), expert.get(name, 0)) for name in {**own, **weak, **expert}
    )
    return Bridge(bars, known.weak.profit, run.profit(), known.expert.profit)


def _ghost(case: Case, run: Run, known: Yardstick) -> Ghost:
    mine = Track.of(case, run)
    tracks = (mine.so_far, known.weak.so_far, known.expert.so_far)
    return Ghost(mine.at, *(tuple(dollars(np.array(so_far)).tolist()) for so_far in tracks))


def _worst(case: Case, run: Run, known: Yardstick) -> WorstHour:
    """Find the step that fell furthest behind the expert's, or where none did the one in which least was earned; what
    is settled at the end belongs to no step."""
    book, during = run.ledger.postings(), ~run.ledger.caused_by(CLOSE)
    steps = math.ceil(run.until / case.tick)
    step = np.clip(np.ceil(book.at / case.tick) - 1, 0, steps - 1).astype(
        np.int64
    )  # its end belongs to it, as of tracks
    earned = np.zeros(steps, dtype=np.int64)
    np.add.at(earned, step[during], book.amount[during])
    behind = np.diff(known.expert.so_far)[:steps] - earned
    behind[-1] = 0 if steps > 1 else behind[-1]  # the expert's last step has what was settled at the end
    worst = int(behind.argmax() if behind.max() > 0 else earned.argmin())
    here = during & (step == worst)
    accounts = {
        name: int(book.amount[here & run.ledger.posted_to(name)].sum())
        for name in run.ledger.accounts
        if (here & run.ledger.posted_to(name)).any()
    }
    begin, end = worst * case.tick, min((worst + 1) * case.tick, run.until)
    expert = int(earned[worst] + behind[worst])
    requests = _dearest(run, book.request[here], begin, end)
    return WorstHour(begin, end, int(earned[worst]), int(np.median(earned)), accounts, requests, expert)


def _dearest(run: Run, paid: Ints, begin: float, end: float) -> tuple[int, ...]:
    """Return requests of a step, the dearest first: those that were asked in it, and those that were paid for in it."""
    came = (run.requests.at >= begin) & (run.requests.at < end) & (run.outcomes.result != ABSENT)
    ids = np.union1d(np.flatnonzero(came), paid[paid >= 0])
    book = run.ledger.postings()
    worth = np.zeros(len(run.requests), dtype=np.int64)
    np.add.at(worth, book.request[book.request >= 0], book.amount[book.request >= 0])
    order = np.argsort(worth[ids], kind="stable")[:_REQUESTS]
    return tuple(int(id) for id in ids[order])


# what really happened


def _truth(case: Case, run: Run, record: Record | None) -> Truth:
    events = tuple(_event(entry) for entry in sorted(run.journal, key=lambda entry: entry.at))
    causes = {name: kind.help for name, kind in case.kinds.items()}
    belief = record.answer(BELIEF) if record else None
    believed = belief.choice if belief and belief.choice in (*causes, NOTHING) else ""
    at = belief.number if belief else None
    fitting = [incident for incident in case.happened(run) if incident.kind == believed]
    nearest = min(fitting, key=lambda one: abs(one.at - at) if at is not None else 0.0, default=None)
    off_by = abs(nearest.at - at) if nearest and at is not None else None
    return Truth(events, causes, believed, at, nearest.name if nearest else "", off_by)


def _event(entry: Entry) -> Event:
    end = entry.facts.get("end") if entry.kind == "incident" else None
    until = float(end) if isinstance(end, int | float) and end < _FOREVER else None
    return Event(float(entry.at), until, entry.kind, entry.name, entry.text, entry.seen)


_FOREVER = 1e18  # as the journal writes the end of what stays for good


# what next


def _practise(card: Scorecard) -> tuple[Practise, ...]:
    """Return the weakest dimensions, and what an answer of the next level is like in them."""
    weak = [row for row in card.dimensions if row.required and row.level != LEVELS[-1]]
    weak.sort(key=lambda row: row.shown / row.required)
    return tuple(
        Practise(row.dimension, row.label, row.shown, row.required, _next_level(row.level, row.anchors), ())
        for row in weak[:_NEXT]
    )


def _next_level(level: str, anchors: object) -> str:
    """Return what a strong answer is like, with its level; beside a strong one, what an expert's is."""
    following = "expert" if level == "strong" else "strong"
    text = str(getattr(anchors, following, ""))
    return f"{following.capitalize()}: {text}" if text else ""
