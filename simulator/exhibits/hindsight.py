"""The standing probe about hindsight: this plan beside the reference answers, and what followed each decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.exhibits.checks import least
from simulator.exhibits.flown import THIRDS, earned, money_line
from simulator.exhibits.words import phrase, said, when
from simulator.plan import Plan
from simulator.probes import Asked, Exhibit, Probe
from simulator.units import length

__all__ = ["DIFFERENTLY_NOW", "Followed", "by_third", "followed", "other_dials"]

_TICKS = 7  # before and after a decision
_TOLD = 3  # decisions
_TOLD_UNITS = ("$", "share")  # others mostly stand in the name of a dial
_DIALS = 6  # that are told apart


@dataclass(frozen=True)
class Followed:
    """What was decided at one moment of the flight, and what was earned around it."""

    at: float
    """[s]"""
    what: str
    before: float
    """earned by what was asked in the stretch before [$]"""
    after: float
    """[$]"""


def other_dials(asked: Asked) -> tuple[str, dict[str, tuple[object, object]]] | None:
    """Return the best reference answer that is a plan, and dial -> (here, there) where their first designs differ.

    None where every reference answer decides in flight.
    """
    plans = {name: par for name, par in asked.case.pars.items() if isinstance(par, Plan)}
    if not plans:
        return None
    name, there = list(plans.items())[-1]
    here = asked.run.plan.design.values()
    told: dict[str, tuple[object, object]] = {
        dial: (here.get(dial), value) for dial, value in there.design.values().items() if here.get(dial) != value
    }
    return name, told


def by_third(asked: Asked) -> dict[str, float]:
    """Return what each third of the flight earned, by the time of asking [$]."""
    usd = earned(asked, np.linspace(0.0, asked.run.until, len(THIRDS) + 1))
    return dict(zip(THIRDS, usd.tolist(), strict=True))


def followed(asked: Asked) -> list[Followed]:
    """Return what followed each moment in flight at which something was decided, the largest change first.

    Moments without the whole stretch to either side are left out.
    """
    span, until = _span(asked), asked.run.until
    moments: dict[float, dict[str, None]] = {}
    for step in asked.case.log(asked.run).steps():
        if span <= step.at <= until - span:
            moments.setdefault(step.at, {})[phrase(step.name)] = None
    found = []
    for at, names in moments.items():
        _, before, after, _ = earned(asked, np.array([-np.inf, at - span, at, at + span, np.inf])).tolist()
        found.append(Followed(at, ", ".join(names), before, after))
    return sorted(found, key=lambda one: -abs(one.after - one.before))


def _span(asked: Asked) -> float:
    """Return how long before and after a decision is looked at [s]: seven ticks, in a short flight a sixth of it."""
    return float(min(_TICKS * asked.case.tick, asked.run.until / 6))


def _shown(asked: Asked) -> Exhibit:
    return Exhibit(f"{_beside(asked)} {_after(asked)}", money_line(asked))


def _beside(asked: Asked) -> str:
    found = other_dials(asked)
    if found is None:
        return "No reference answer is a fixed plan."
    name, dials = found
    if not dials:
        return f"At take-off this flight had the dials of the reference answer {phrase(name)}."
    told = [_dial(asked, dial, *values) for dial, values in dials.items()]
    more = f" and {len(told) - _DIALS} more" if len(told) > _DIALS else ""
    return f"Beside the reference answer {phrase(name)}, this flight took off with {', '.join(told[:_DIALS])}{more}."


def _dial(asked: Asked, name: str, here: object, there: object) -> str:
    unit = asked.case.design.dial(name).unit
    unit = unit if unit in _TOLD_UNITS else ""
    return f"{phrase(name)} {_value(here, unit)} (there {_value(there, unit)})"


def _value(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return said(value, unit) if isinstance(value, int | float) else phrase(value)


def _after(asked: Asked) -> str:
    decided, found = len(asked.case.log(asked.run).steps()), followed(asked)[:_TOLD]
    if not decided:
        return "Nothing was decided in flight."
    told = (
        f"{one.what} ({when(one.at, asked.case.tick)}): {said(one.before, '$')} before, {said(one.after, '$')} after"
        for one in found
    )
    span = length(_span(asked), asked.case.tick)
    count = f"{decided} decision{'s' * (decided != 1)} in flight"
    return f"{count}; what {span} earned: {'; '.join(told)}." if found else f"{count}, none with {span} to either side."


DIFFERENTLY_NOW = Probe(
    "differently_now",
    "What would you do differently now?",
    "framing",
    _shown,
    weak="Nothing much; perhaps a larger model and more data.",
    mid="I would tune the settings again and retrain more often.",
    strong="I name the decision that cost most in this flight, what I could have known when I made it, and what I "
    "would decide instead, with its price.",
    expert="The same, and I keep luck and judgement apart: what holds over other seeds I change, what only this world "
    "punished I leave. Then I say which measurement, bought early, would have changed my mind soonest.",
    check=least("Which third of the flight earned least, by the time of asking?", by_third, "$"),
    follow_up="Which of these would you still change if the next flight met none of the same incidents?",
)
