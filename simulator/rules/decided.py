"""Behaviours in a few words: what was decided, when, after what, and after having looked where."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from simulator.rubric import Log, Occasion, Step
from simulator.units import date, length

__all__ = [
    "TAKE_OFF", "Rule", "Test", "ended_with", "gave_reasons", "held", "left_alone", "looked_first", "reacted", "stood",
    "under",
]  # fmt: skip

Rule = Callable[[Log], Sequence[Occasion]]
Test = Callable[[Any], bool]
"""of a design"""

TAKE_OFF = "take-off"
"""the step of the first design"""


def under(make: Callable[[Any], Rule]) -> Rule:
    """Ask the rule that *make* returns for the parameters of the flight's world."""
    return lambda log: make(log.setting)(log)


def stood(test: Test, told: Callable[[Any], str]) -> Rule:
    """Ask at take-off, and at each change that altered the answer, whether *test* holds of the design.

    What does not stand for a step of the case is no answer. *told* says what the answer rests on: the design's dials.
    """

    def occasions(log: Log) -> list[Occasion]:
        found: list[Occasion] = []
        for at, design in _standing(log, 0.0, log.run.until):
            if not found or test(design) != found[-1].shown:
                found.append(Occasion(at, bool(test(design)), f"{_when(log, at)}: {told(design)}"))
        return found

    return occasions


def held(incident: str, test: Test, told: Callable[[Any], str], within: float) -> Rule:
    """Ask, *within* [s] after *incident* began, whether *test* came to hold of the design, for a step of the case at
    least. A run that ended sooner, and without the incident, is not asked."""

    def occasions(log: Log) -> list[Occasion]:
        happened = log.happened(incident)
        if happened is None:
            return []
        until = min(happened.at + within, log.horizon)
        designs = [design for at, design in _standing(log, happened.at, log.run.until) if at <= until]
        designs = designs or [log.design_at(until)]  # whoever turns dials all the time lets nothing stand
        good = [design for design in designs if test(design)]
        if not good and log.run.until < until:
            return []
        said = told(good[0] if good else designs[-1])
        return [Occasion(happened.at, bool(good), f"{_words(incident)} ({_when(log, happened.at)}): {said}")]

    return occasions


def ended_with(kpi: str, limit: float, *, at_most: bool, told: str) -> Rule:
    """Ask at the end whether *kpi* kept a *limit*; nothing where it is not a number. `{}` in *told* = its value."""

    def occasions(log: Log) -> list[Occasion]:
        value = log.run.kpis().get(kpi, math.nan)
        if math.isnan(value):
            return []
        shown = value <= limit if at_most else value >= limit
        return [Occasion(log.run.until, shown, told.format(f"{value:.3g}"))]

    return occasions


def reacted(trigger: str, steps: Sequence[str], within: float, test: Callable[[Step], bool] | None = None) -> Rule:
    """Ask, for each time that *trigger* (an incident or an alarm) came, whether one of *steps* (dials, acts) followed
    *within* [s]; *test* may say which of them count. A run that ended sooner is not asked."""

    def occasions(log: Log) -> list[Occasion]:
        counted = [step for step in log.steps(*steps) if test is None or test(step)]
        return _answered(log, trigger, counted, within)

    return occasions


def left_alone(trigger: str, steps: Sequence[str], within: float) -> Rule:
    """Ask, for each time that *trigger* (a distractor: an incident or an alarm) came, whether none of *steps* followed
    *within* [s]."""

    def occasions(log: Log) -> list[Occasion]:
        found = _answered(log, trigger, log.steps(*steps), within)
        return [Occasion(one.at, not one.shown, one.because) for one in found]

    return occasions


def looked_first(steps: Sequence[str], charts: Sequence[str], within: float) -> Rule:
    """Ask, for each of *steps* (dials turned in flight, acts; `take-off` for the first design), whether one of
    *charts* (as in `Look.what`) had been opened in the *within* [s] before it; a look alone earns nothing."""

    def occasions(log: Log) -> list[Occasion]:
        looks = [look for look in (log.record.looks if log.record else ()) if look.what in charts]
        found = []
        for step in _steps(log, steps):
            seen = dict.fromkeys(look.what for look in looks if step.at - within <= look.at <= step.at)
            said = f"had opened {', '.join(_bare(seen))}" if seen else f"had not opened {' or '.join(_bare(charts))}"
            found.append(Occasion(step.at, bool(seen), f"before {_told(log, step)} {said}"))
        return found

    return occasions


def gave_reasons() -> Rule:
    """Ask, for each decision in flight, whether a reason of at least two words was given for it."""

    def occasions(log: Log) -> list[Occasion]:
        return [
            Occasion(step.at, len(step.why.split()) >= 2, f"{_words(step.name)} on {_when(log, step.at)}: "
                     + (f"“{step.why}”" if step.why else "no reason"))
            for step in log.steps()
        ]  # fmt: skip

    return occasions


def _standing(log: Log, since: float, until: float) -> list[tuple[float, Any]]:
    """Return (from when [s], design) of what stood between two moments, a step of the case at least; what stands at
    the end counts however short it was."""
    moments = [since, *sorted({change.at for change in log.run.plan.changes if since < change.at < until})]
    ends = [*moments[1:], math.inf]
    stood = [(at, log.design_at(at)) for at, end in zip(moments, ends, strict=True) if end - at >= log.tick]
    return stood or [(moments[-1], log.design_at(moments[-1]))]


def _triggered(log: Log, trigger: str) -> list[float]:
    """Return when *trigger* came: an incident that rings at its own moment came once."""
    happened = log.happened(trigger)
    return sorted({*([happened.at] if happened else []), *(alarm.at for alarm in log.alarms(trigger))})


def _answered(log: Log, trigger: str, steps: Sequence[Step], within: float) -> list[Occasion]:
    found = (_followed(log, trigger, at, steps, within) for at in _triggered(log, trigger))
    return [one for one in found if one is not None]


def _followed(log: Log, trigger: str, at: float, steps: Sequence[Step], within: float) -> Occasion | None:
    """Return whether one of *steps* followed; None where nothing did and the run ended before it was due."""
    after = [step for step in steps if at <= step.at <= at + within]
    what = f"{_words(trigger)} ({_when(log, at)})"
    if not after:
        over = log.run.until >= min(at + within, log.horizon)
        because = f"{what}: nothing followed within {length(within, log.tick)}"
        return Occasion(at, False, because) if over else None
    first = after[0]
    return Occasion(at, True, f"{what}: {_named(log, first)} {_later(log, first.at - at)}")


def _steps(log: Log, names: Sequence[str]) -> list[Step]:
    """Return the steps called *names*, or all in flight where there are none; take-off is one where it is named."""
    first = [Step(0.0, "dial", TAKE_OFF, "")] if TAKE_OFF in names else []
    return first if set(names) == {TAKE_OFF} else [*first, *log.steps(*names)]


def _told(log: Log, step: Step) -> str:
    return TAKE_OFF if step.name == TAKE_OFF else f"{_named(log, step)} ({_when(log, step.at)})"


def _named(log: Log, step: Step) -> str:
    """Name a step: a dial by its label."""
    return log.run.plan.design.dial(step.name).label if step.kind == "dial" else _words(step.name)


def _later(log: Log, time: float) -> str:
    """Tell a *time* [s] to a tenth of a step; what followed at the same moment followed at once."""
    steps = round(10 * time / log.tick) / 10
    return f"{length(steps * log.tick, log.tick)} later" if steps else "at once"


def _when(log: Log, at: float) -> str:
    return TAKE_OFF if at == 0 else date(at, log.tick)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _bare(looks: Iterable[str]) -> list[str]:
    """Name what was looked at: panels and charts by their names, others with what they are."""
    parts = (what.partition(":") for what in looks)
    return [name if kind in ("panel", "chart") else f"{kind} {name}".strip() for kind, _, name in parts]
