"""What is still secret in a flight at a moment: worked out from the flight itself, in a process of its own kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from leaks import Secrets

from dashboard.playback import pace
from dashboard.recording import Recording, recorded
from simulator.books.journal import Entry
from simulator.case import Case
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import simulate, tape_of
from simulator.world.tape import Tape

__all__ = ["secrets_of"]

_AHEAD = 2.0  # s of playback that the server may be ahead
_DIGITS = 6  # of a figure that is no coincidence


def secrets_of(case: Case, plan: Plan, seed: int, now: float) -> Secrets:
    """Return what nobody may be sent by *now* [s] of the flight of *plan*; readings have times of their own."""
    run, tape = simulate(case, plan, seed), tape_of(case, seed)
    recording = recorded(case, run)
    to_come = [entry for entry in run.journal if entry.kind == "incident" and (entry.at > now or not entry.seen)]
    known = {_told(entry) for entry in run.journal if entry.seen and entry.at <= now}
    return Secrets(
        texts=(*{_told(entry) for entry in to_come} - known, run.digest(), case.teacher),
        names=tuple({entry.name for entry in to_come}),
        designs=tuple(_answers(case)),
        figures=tuple(_figures(run)),
        ids=tuple(_hidden(tape, now)),
        readings=tuple(_readings(recording)),
        ahead=_AHEAD * pace(case.horizon),
    )


def _told(entry: Entry) -> str:
    """Return what an entry says, without the name before it: a page may word that otherwise."""
    return entry.text.removeprefix(f"{entry.name}: ")


def _answers(case: Case) -> Iterator[Mapping[str, Any]]:
    """Give what the reference answers turn; those who fly by hand, as pilots, are nothing that could be sent."""
    first = case.design().values()
    for par in case.pars.values():
        design = par.design if isinstance(par, Plan) else None
        turned = {} if design is None else {n: v for n, v in design.values().items() if v != first[n]}
        if len(turned) > 1:
            yield turned


def _figures(run: Run) -> Iterator[float]:
    """Give the final KPIs that have enough digits to be known again."""
    for value in run.kpis().values():
        if np.isfinite(value) and len(repr(abs(value)).replace(".", "").strip("0")) >= _DIGITS:
            yield float(value)


def _hidden(tape: Tape, now: float) -> list[int]:
    """Return the ids of the positives that nobody knows yet: asked for already, and their label not landed."""
    there = (tape.requests.at < now) & (tape.requests.at >= 0.0)
    late = tape.truths.label & there & ~(tape.truths.known_at <= now)
    return [int(id) for id in tape.requests.id[late]]


def _readings(recording: Recording) -> Iterator[tuple[float, float]]:
    for series in (*recording.gauges.values(), *recording.money.values(), recording.profit):
        yield from ((at, value) for at, value in zip(series.at, series.value, strict=True) if value is not None)
