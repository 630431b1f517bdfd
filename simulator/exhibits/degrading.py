"""The standing probe about degradation: which gauge moved after the first harm, and when an alarm rang."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulator.books.journal import Entry
from simulator.exhibits.checks import figure
from simulator.exhibits.flown import money_line, on_screen, paced
from simulator.exhibits.series import lines, unit_of
from simulator.exhibits.words import phrase, said, when
from simulator.incidents import Incident
from simulator.probes import Asked, Check, Exhibit, Probe
from simulator.units import Floats, Mask

__all__ = ["HOW_IT_DEGRADES", "Movement", "first_alarm", "first_harm", "moved_most", "movements"]

_FAR = 3.0  # spreads from the usual
_FEWEST = 2  # readings that make a usual
_TREND = 0.9  # share of the variance that a straight line takes: more is no level that one could leave
_WINDOW = 1 / 6  # of the flight, that is looked at after the harm
_ENOUGH = 5  # readings that make a trend
_STILL = 0.02  # of the range over the flight: the least spread of a gauge, which may have stood still
_NOMINAL = ("number", "item")  # units of gauges that name something: they have no more and less


@dataclass(frozen=True)
class Movement:
    """How far a gauge moved after a moment, against what it did before."""

    gauge: str
    usual: float
    """mean before"""
    spread: float
    """standard deviation before [unit of the gauge]; at least 2 % of its range over the flight"""
    stood: bool
    """whether it hardly moved before, and 2 % of its range stand in for its spread"""
    furthest: float
    """the reading furthest from the usual"""
    left_at: float
    """first time over three spreads from the usual [s]; inf = never"""

    @property
    def size(self) -> float:
        """How many spreads the furthest reading lies from the usual."""
        return abs(self.furthest - self.usual) / self.spread


def first_harm(asked: Asked) -> Incident | None:
    """Return the first incident of the flight that was no distractor and did not begin with it."""
    harms = [one for one in asked.case.happened(asked.run) if not one.distractor and one.at > 0]
    return min(harms, key=lambda one: one.at, default=None)


def first_alarm(asked: Asked, since: float) -> Entry | None:
    """Return the first alarm from *since* [s] on that people heard, and that was not itself made to distract."""
    false = {one.name for one in asked.case.happened(asked.run) if one.distractor}
    rang = (e for e in asked.run.journal if e.kind == "alarm" and e.seen and e.name not in false and e.at >= since)
    return next(rang, None)


def movements(asked: Asked, since: float) -> list[Movement]:
    """Return how far the gauges on the screen moved in the time after *since* [s], the furthest first.

    Gauges that run on by themselves, such as sums so far, are left out.
    """
    until = _until(asked, since)
    told = [name for name in on_screen(asked) if unit_of(asked, name) not in _NOMINAL]
    found = (_movement(name, *asked.run.gauges.series(name), since, until) for name in told)
    return sorted((one for one in found if one is not None), key=lambda one: -one.size)


def moved_most(asked: Asked) -> tuple[float, Movement] | None:
    """Return since when it is looked at, and the gauge that moved most; None where no gauge can tell.

    That is since the first harm, or since the middle of a flight without any.
    """
    harm = first_harm(asked)
    since = asked.run.until / 2 if harm is None else harm.at
    return next(((since, one) for one in movements(asked, since)), None)


def _until(asked: Asked, since: float) -> float:
    """Return how far it is looked after *since* [s]: until the next harm, unless that comes at once."""
    soon = since + _FEWEST * asked.case.tick
    harms = [one.at for one in asked.case.happened(asked.run) if not one.distractor and one.at > soon]
    return float(min([since + _WINDOW * asked.case.horizon, *harms]))


def _movement(gauge: str, at: Floats, values: Floats, since: float, until: float) -> Movement | None:
    there = np.isfinite(values)
    at, values = at[there], values[there]
    before, after = at <= since, (at > since) & (at <= until)
    if before.sum() < _FEWEST or not after.any() or _runs_on(at, values, before):
        return None
    usual = float(values[before].mean())
    spread, least = float(values[before].std(ddof=1)), _STILL * float(np.ptp(values))
    stood, spread = spread < least, max(spread, least) or 1.0
    furthest = float(values[after][np.argmax(np.abs(values[after] - usual))])
    far = after & (np.abs(values - usual) > _FAR * spread)
    return Movement(gauge, usual, spread, stood, furthest, float(at[far][0]) if far.any() else math.inf)


def _runs_on(at: Floats, values: Floats, before: Mask) -> bool:
    steps = np.diff(values)
    if len(np.unique(values)) > 2 and (bool((steps >= 0).all()) or bool((steps <= 0).all())):
        return True
    x, y = at[before], values[before]
    return len(x) >= _ENOUGH and bool(np.std(x) > 0 and np.std(y) > 0 and np.corrcoef(x, y)[0, 1] ** 2 > _TREND)


def _shown(asked: Asked) -> Exhibit:
    harm, found = first_harm(asked), moved_most(asked)
    began = (
        "Nothing harmful happened in this flight."
        if harm is None
        else f"{phrase(harm.name).capitalize()} began {when(harm.at, asked.case.tick)}"
        f"{', and people were told' if harm.says else ', and nobody was told'}."
    )
    if found is None:
        told = "No gauge on the screen was read often enough to tell what is usual."
        return Exhibit(f"{began} {told}", lines(asked, on_screen(asked)[:1]) or money_line(asked))
    since, one = found
    alarm = first_alarm(asked, since)
    rang = (
        "no alarm rang after that" if alarm is None else f"the first alarm to ring after that was {phrase(alarm.name)}"
    )
    return Exhibit(f"{began} {_told(asked, harm, one)}; {rang}.", lines(asked, [one.gauge]))


def _told(asked: Asked, harm: Incident | None, one: Movement) -> str:
    unit, size = unit_of(asked, one.gauge), said(round(one.size, 1))
    since = "in the second half" if harm is None else "afterwards"
    far = "and had hardly moved before" if one.stood else f"{size} times its spread before"
    return (
        f"Of the gauges on the screen, {phrase(one.gauge)} moved most {since}: usually {said(one.usual, unit)}, it "
        f"went to {said(one.furthest, unit)}, {far}"
    )


def _asking(asked: Asked) -> Check | None:
    harm = first_harm(asked)
    if harm is None:
        return None
    alarm, found = first_alarm(asked, harm.at), moved_most(asked)
    name = phrase(harm.name)
    if alarm is not None:
        return _delay(asked, f"after {name} began did the next alarm ring?", alarm.at - harm.at)
    if found is None or math.isinf(found[1].left_at):
        return None
    gauge, since = phrase(found[1].gauge), found[1].left_at - harm.at
    return _delay(asked, f"after {name} began did {gauge} first lie over three spreads from its usual?", since)


def _delay(asked: Asked, ask: str, delay: float) -> Check:
    """Ask for a *delay* [s]; right is what lies within a quarter of it, or a tick of the case."""
    (truth, unit), tick = paced(asked, delay), paced(asked, asked.case.tick)[0]
    return figure(f"How many {unit} {ask}", truth, unit, max(0.25 * truth, tick))


HOW_IT_DEGRADES = Probe(
    "how_it_degrades",
    "How would you know that it degrades?",
    "monitoring",
    _shown,
    weak="I would see it in the metrics, or users would complain.",
    mid="I would monitor accuracy and the drift of the features, and alert on a threshold.",
    strong="In layers, by how early each tells: service health at once, inputs and scores within hours, quality when "
    "labels have matured, and the business figure last; each against its own usual band, by slices, with an owner.",
    expert="The same, and each alarm is priced: false alarms a month against the time to detection that a loss of a "
    "given size allows. Drift without harm does not page. Where labels are late or only come from what I act on, I "
    "keep an unbiased sample, and I rehearse what to do when it rings.",
    check=_asking,
    follow_up="This gauge moved, and labels are weeks away. What do you do in the first hour, and what not yet?",
)
