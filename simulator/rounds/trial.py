"""Flies a script alone with the reference answers of its case: what happened, what lit, whether the scores separate."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulator.case import Par
from simulator.rounds.asking import lit
from simulator.rounds.fitted import Fitted, due
from simulator.rounds.keeping import kept
from simulator.rounds.script import PHASES, Kind, Script
from simulator.run import Run
from simulator.score import Row, Scorecard, Track, Yardstick, score
from simulator.simulation import fly
from simulator.units import dollars

__all__ = ["Finding", "Flown", "Trial", "tried"]

_ENDS = ("weak", "expert")
_ORDER = ("weak", "mid", "strong", "expert")
_USUAL: Mapping[Kind, tuple[float, float]] = {
    "interview": (25, 90), "drill": (15, 60), "warm-up": (10, 30), "group": (20, 120),
}  # fmt: skip
"""kind -> from how many minutes to how many it takes in all"""


@dataclass(frozen=True)
class Flown:
    """What one answer made of the script."""

    name: str
    profit: float
    """[$]"""
    score: float | None
    """None = weak earns no less than expert, or it was not to be had"""
    kpis: Mapping[str, float]
    rows: tuple[Row, ...]
    """of the score sheet, a dimension each"""
    missed: tuple[str, ...]
    """targets that were missed, guardrails included"""
    events: Mapping[str, float]
    """event of the script -> when it happened [s]"""
    probes: Mapping[str, float]
    """probe -> when it was first worth asking [s]"""
    limits: Mapping[str, bool]
    """dial of the requirement -> whether it stood within its limit once the grace was over"""


@dataclass(frozen=True)
class Finding:
    """What was checked of a script."""

    check: str
    ok: bool
    must: bool
    """whether the script cannot be played as it should be unless this is so; else it is a warning"""
    detail: str


@dataclass(frozen=True)
class Trial:
    """A script as the reference answers flew it."""

    script: Script
    seed: int
    minutes: float
    """in all"""
    flown: tuple[Flown, ...]
    """the four, then whoever was tried besides"""
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether all holds that has to."""
        return all(finding.ok for finding in self.findings if finding.must)

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        script = self.script
        return {
            **{key: getattr(script, key) for key in ("title", "case", "kind")},
            "seed": self.seed,
            "minutes": self.minutes,
            "ok": self.ok,
            "facts": [fact.ask for fact in script.fact],
            "flown": [{**dataclasses.asdict(one), "rows": [_row(row) for row in one.rows]} for one in self.flown],
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
        }


def _row(row: Row) -> dict[str, Any]:
    return {"dimension": row.dimension, "shown": row.shown, "required": row.required, "level": row.level}


def tried(
    fit: Fitted,
    seed: int,
    others: Mapping[str, Callable[[], Run]] | None = None,
    progress: Callable[[float], object] = lambda share: None,
) -> Trial:
    """Fly the script of *fit*, fitted alone, with the reference answers under *seed*, and whoever else is given.

    *others*: name -> how to fly it.
    """
    case, script = fit.case, fit.script
    for name in _ENDS:
        case.par(name)  # a score is read from these two
    how: dict[str, Callable[[], Run]] = {name: _flying(fit, par, seed) for name, par in case.pars.items()}
    how |= others or {}
    runs: dict[str, Run] = {}
    for place, (name, flying) in enumerate(how.items()):
        progress(place / len(how))
        runs[name] = flying()
    ends = Yardstick(*(Track.of(case, runs[name]) for name in _ENDS))
    flown = tuple(_flown(fit, name, run, score(case, run, known=ends)) for name, run in runs.items())
    minutes = math.fsum(getattr(script.minutes, phase) for phase in PHASES)
    pars = [one for one in flown if one.name in case.pars]
    return Trial(script, seed, minutes, flown, tuple(_findings(fit, pars, minutes)))


def _flying(fit: Fitted, par: Par, seed: int) -> Callable[[], Run]:
    return lambda: fly(fit.case, par, seed)


def _flown(fit: Fitted, name: str, run: Run, card: Scorecard) -> Flown:
    moments = {incident.name: incident.at for incident in fit.case.happened(run)}
    return Flown(
        name=name, profit=float(dollars(run.profit())), score=card.total, kpis=run.kpis(), rows=card.dimensions,
        missed=tuple(verdict.name for verdict in fit.case.verdicts(run) if not verdict.met),
        events={event.name: moments[event.name] for event in fit.events if event.name in moments},
        probes={name: at for name, at in _lit(fit, run)},
        limits=dict(_kept(fit, run)),
    )  # fmt: skip


def _lit(fit: Fitted, run: Run) -> Iterator[tuple[str, float]]:
    for card in fit.cards:
        at = 0.0 if card.when is None else lit(card.when, run, fit.case)
        if at is not None:
            yield card.probe.name, at


def _kept(fit: Fitted, run: Run) -> Iterator[tuple[str, bool]]:
    """Yield for each dial with a limit whether it stood within it once the grace was over, to the end."""
    asked = fit.script.requirement
    found = kept(fit.case, run, asked, due(fit.script, fit.case)) if asked else None
    for held in found.held if found else ():
        yield held.dial, held.kept is not False


# what was found


def _findings(fit: Fitted, pars: Sequence[Flown], minutes: float) -> Iterator[Finding]:
    yield _separates(pars)
    yield from _reachable(fit, pars)
    yield from _limits(pars)
    events, probes = [event.name for event in fit.events], [card.probe.name for card in fit.cards]
    yield from _never("event", "happened", events, [one.events for one in pars])
    yield from _never("probe", "was worth asking", probes, [one.probes for one in pars])
    low, high = _USUAL[fit.script.kind]
    said = f"{minutes:g} in all; a round of the kind {fit.script.kind!r} takes {low:g} to {high:g}"
    yield Finding("minutes", low <= minutes <= high, False, said)


def _separates(pars: Sequence[Flown]) -> Finding:
    scores = {one.name: one.score for one in pars if one.name in _ORDER}
    told = ", ".join(f"{name} {'not judged' if value is None else f'{value:.0f}'}" for name, value in scores.items())
    known = [value for name in _ORDER if (value := scores.get(name)) is not None]
    if len(known) < len(_ORDER):
        return Finding("the scores separate the pars", False, True, told)
    gap = min(later - earlier for earlier, later in pairwise(known))
    return Finding("the scores separate the pars", gap > 0, True, f"{told}; the smallest gap is {gap:.1f} points")


def _reachable(fit: Fitted, pars: Sequence[Flown]) -> Iterator[Finding]:
    """Say of each target by whom it is met; guardrails, and what the requirement asks for, have to be in reach."""
    asked = fit.script.requirement
    must = set(asked.targets if asked else ()) | {target.kpi for target in fit.case.targets if target.guardrail}
    for target in fit.case.targets:
        met = [one.name for one in pars if target.kpi not in one.missed]
        sign = "at least" if target.at_least else "at most"
        said = f"{sign} {target.limit:,g}: met by {', '.join(met) or 'nobody'}"
        yield Finding(f"target {target.kpi}", bool(met), target.kpi in must, said)


def _limits(pars: Sequence[Flown]) -> Iterator[Finding]:
    """Say who would have kept what the requirement asks of a dial: nobody told the reference answers about it."""
    for dial in pars[0].limits if pars else ():
        kept = [one.name for one in pars if one.limits[dial]]
        others = [one.name for one in pars if not one.limits[dial]]
        said = f"kept as it is by {', '.join(kept) or 'nobody'}; it asks a change of {', '.join(others) or 'nobody'}"
        yield Finding(f"limit of {dial}", bool(others), False, said)


def _never(what: str, did: str, names: Iterable[str], seen: Sequence[Mapping[str, float]]) -> Iterator[Finding]:
    for name in names:
        times = sum(name in one for one in seen)
        yield Finding(f"{what} {name}", times > 0, False, f"{did} in {times} of {len(seen)} flights")
