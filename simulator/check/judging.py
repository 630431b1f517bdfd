"""Checks of what a case judges by: behaviours, anchors and probes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from simulator.case import Case
from simulator.check.short import end, must, named, short
from simulator.probes import Asked, Chart, Check, Posed
from simulator.rubric import DIMENSIONS, LEVELS, Occasion
from simulator.run import Run
from simulator.simulation import tape_of
from simulator.units import dollars, money

__all__ = ["probes", "rubric"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def rubric(case: Case) -> str:
    """Behaviours can be read from a flight of each par; anchors are of all dimensions, or of none."""
    must(
        len({behaviour.text for behaviour in case.behaviours}) == len(case.behaviours), "a behaviour stands there twice"
    )
    for behaviour in case.behaviours:
        must(behaviour.dimension in DIMENSIONS, f"{behaviour.dimension} is no dimension")
    missing = set(DIMENSIONS) - set(case.anchors)
    must(not case.anchors or not missing, f"anchors of {', '.join(sorted(missing))} are missing")
    for par in case.pars.values():
        log = case.log(short(case, par))
        for behaviour in case.behaviours:
            with named(f"behaviour {behaviour.text!r}"):
                _within(behaviour.text, behaviour.occasions(log), end(case))
        _bounded(case, log.run)
    return f"{len(case.behaviours)} behaviours, {len(case.traps)} traps, anchors of {len(case.anchors)} dimensions"


def _bounded(case: Case, run: Run) -> None:
    if case.bound is not None:
        with named("bound"):
            most = case.bound(run, tape_of(case, run.seed))
        must(most >= dollars(run.profit()), f"a bound of ${most:,.2f} is below a par's profit, {money(run.profit())}")


def _within(text: str, found: Sequence[Occasion], until: float) -> None:
    for one in found:
        must(0 <= one.at <= until and bool(one.because.strip()), f"{text!r} has an occasion without moment or evidence")


def probes(case: Case) -> str:
    """Each probe has a name, anchors, and evidence from a flight of each par."""
    names = [probe.name for probe in case.probes]
    must(len(set(names)) == len(names), "a probe stands there twice")
    for name in names:
        must(bool(_NAME.fullmatch(name)), f"{name!r} is no name of a probe: small letters, digits and _")
    for probe in case.probes:
        must(probe.dimension in DIMENSIONS, f"probe {probe.name}: {probe.dimension} is no dimension")
    tape = tape_of(case, 0)
    for par in case.pars.values():
        asked = Asked(case, short(case, par), tape)
        for probe in case.probes:
            with named(f"probe {probe.name}"):
                _posed(Posed.of(probe, asked))
    return f"{len(names)} probes"


def _posed(posed: Posed) -> None:
    must(bool(posed.question.strip()) and bool(posed.exhibit.text.strip()), f"probe {posed.name} shows nothing")
    must(all(posed.anchors[level].strip() for level in LEVELS), f"probe {posed.name} lacks an anchor")
    if posed.exhibit.chart is not None:
        _drawable(posed.name, posed.exhibit.chart)
    if posed.check is not None:
        _answerable(posed.name, posed.check)


def _drawable(name: str, chart: Chart) -> None:
    for values in chart.series.values():
        must(len(values) == len(chart.x), f"the chart of probe {name} has series of another length than its places")
        must(all(v is None or math.isfinite(v) for v in values), f"the chart of probe {name} holds what is no number")


def _answerable(name: str, check: Check) -> None:
    if check.options:
        must(len(set(check.options)) == len(check.options) > 1, f"the options of probe {name} are not different ones")
        must(0 <= check.right < len(check.options), f"no option of probe {name} is right")
    else:
        must(math.isfinite(check.truth) and check.tolerance > 0, f"the number of probe {name} cannot be met")
