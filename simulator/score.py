"""The score of a flight: outcome between weak and expert on the same seed, behaviours, predictions, defence.

Each point names what it rests on. The outcome counts for 50 points, behaviours that were shown when they were asked
for 30, predictions 10 and the defence 10; what a run cannot show is left out, and the rest makes up the 100. A broken
guardrail caps the score at 60. The words of the free answers are judged by nobody here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.case import Case
from simulator.probes import Posed
from simulator.record import Forecast, Record
from simulator.rubric import DIMENSIONS, LEVELS, Anchors, Dimension
from simulator.run import Run
from simulator.tracks import Track, Yardstick, profit_by, yardstick
from simulator.units import date, dollars, micro, money

__all__ = [
    "CAP",
    "Line",
    "Part",
    "Row",
    "Scorecard",
    "Track",
    "Yardstick",
    "interval_score",
    "profit_by",
    "score",
    "yardstick",
]

CAP = 60.0
"""the most points where a guardrail is broken"""
_LOWEST, _HIGHEST = -50.0, 120.0  # of the outcome, which is 0 for weak and 100 for expert
_MISSED = 0.2  # share of the moments that an interval of 80 % may miss
_POINTS = {"outcome": 50.0, "behaviours": 30.0, "predictions": 10.0, "defence": 10.0}


@dataclass(frozen=True)
class Line:
    """A line of the score sheet."""

    text: str
    dimension: Dimension | None
    shown: float
    """how often, or what share of it"""
    required: float
    evidence: tuple[str, ...]
    """what it rests on, with moments and figures"""


@dataclass(frozen=True)
class Part:
    """Outcome, behaviours, predictions or defence."""

    name: str
    points: float | None
    """None = this run cannot show it, and it is not counted"""
    of: float
    why: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Row:
    """A dimension: what was shown of what was asked for, and what answers of four levels are like."""

    dimension: Dimension
    label: str
    shown: float
    required: float
    level: str
    """weak, mid, strong or expert by the share that was shown; empty = this flight did not ask for it"""
    anchors: Anchors | None


@dataclass(frozen=True)
class Scorecard:
    """The score of a flight, with what it rests on."""

    total: float | None
    """0 to 100 and beyond; None where weak earns no less than expert in this world"""
    before_cap: float | None
    broken: tuple[str, ...]
    """guardrails; any of them caps the total"""
    outcome: float | None
    """0 = weak, 100 = expert, on the same seed"""
    weak: int
    """[µ$]"""
    yours: int
    """[µ$]"""
    expert: int
    """[µ$]"""
    parts: tuple[Part, ...]
    dimensions: tuple[Row, ...]


def score(
    case: Case, run: Run, record: Record | None = None, posed: Sequence[Posed] = (), known: Yardstick | None = None
) -> Scorecard:
    """Score *run*, and the *record* of who sat in it; without one nobody did.

    *posed* are the probes as asked of this run; *known* saves flying the reference answers again.
    """
    measure = known or yardstick(case, run.seed, run.until)
    outcome = _outcome(run, measure)
    parts = (
        _outcome_part(run, measure, outcome),
        _behaviours(case, run, record),
        _predictions(case, run, record, measure),
        _defence(record, posed),
    )
    broken = tuple(verdict.name for verdict in case.verdicts(run) if verdict.guardrail and not verdict.met)
    total = None if outcome is None else _total(parts)
    capped = min(total, CAP) if total is not None and broken else total
    return Scorecard(
        capped, total, broken, outcome, measure.weak.profit, run.profit(), measure.expert.profit, parts,
        _dimensions(case, parts),
    )  # fmt: skip


def _total(parts: Sequence[Part]) -> float:
    judged = [part for part in parts if part.points is not None]
    return 100 * sum(part.points or 0.0 for part in judged) / sum(part.of for part in judged)


# outcome


def _outcome(run: Run, known: Yardstick) -> float | None:
    span = known.expert.profit - known.weak.profit
    return None if span <= 0 else 100 * (run.profit() - known.weak.profit) / span


def _outcome_part(run: Run, known: Yardstick, outcome: float | None) -> Part:
    ends = f"weak {money(known.weak.profit)}, expert {money(known.expert.profit)}, this run {money(run.profit())}"
    if outcome is None:
        why = f"not judged: in this world weak earns no less than expert ({ends})"
        return Part("outcome", None, _POINTS["outcome"], why)
    points = _POINTS["outcome"] * min(max(outcome, _LOWEST), _HIGHEST) / 100
    line = Line("profit between weak and expert in this very world", None, outcome / 100, 1.0, (ends,))
    return Part("outcome", points, _POINTS["outcome"], f"{outcome:.0f} of 100 between weak and expert", (line,))


# behaviours


def _behaviours(case: Case, run: Run, record: Record | None) -> Part:
    log = case.log(run, record)
    lines = []
    for behaviour in case.behaviours:
        if behaviour.by_looks and record is None:
            continue
        found = behaviour.occasions(log)
        said = tuple(f"{'shown' if one.shown else 'not shown'} · {one.because}" for one in found)
        shown = float(sum(one.shown for one in found))
        lines.append(Line(behaviour.text, behaviour.dimension, shown, float(len(found)), said))
    asked = [line for line in lines if line.required]
    if not asked:
        return Part("behaviours", None, _POINTS["behaviours"], "this flight asked for none", tuple(lines))
    share = sum(line.shown / line.required for line in asked) / len(asked)
    why = f"{sum(line.shown == line.required for line in asked)} of {len(asked)} shown each time they were asked for"
    return Part("behaviours", _POINTS["behaviours"] * share, _POINTS["behaviours"], why, tuple(lines))


# predictions


def interval_score(low: float, high: float, came: float, missed: float = _MISSED) -> float:
    """Return the interval score of a central interval that may miss with probability *missed*; less is better.

    Gneiting and Raftery, Strictly proper scoring rules, JASA 2007, eq. 43: the width, and 2 / missed times the
    distance by which it missed.
    """
    return (high - low) + 2 / missed * (max(low - came, 0.0) + max(came - high, 0.0))


def _predictions(case: Case, run: Run, record: Record | None, known: Yardstick) -> Part:
    of = _POINTS["predictions"]
    if record is None:
        return Part("predictions", None, of, "nobody sat in this run")
    lines = [line for forecast in record.forecasts if (line := _foretold(case, run, forecast, known))]
    if not lines:
        return Part("predictions", 0.0, of, "nothing was predicted")
    share = sum(line.shown for line in lines) / len(lines)
    return Part("predictions", of * share, of, "by the interval score of what was predicted", tuple(lines))


def _foretold(case: Case, run: Run, forecast: Forecast, known: Yardstick) -> Line | None:
    """Score one *forecast* against twice the gap between weak and expert: that wide, an interval says nothing."""
    if forecast.by > run.until or forecast.by - forecast.at < case.tick:
        return None  # it did not come to that, or it was said when it was all but known
    came, scale = _came(run, forecast.kpi, forecast.by), _scale(run, forecast, known)
    if came is None:
        return None
    share = max(0.0, 1 - interval_score(forecast.low, forecast.high, came) / (2 * scale)) if scale else 0.0
    unit = case.kpis[forecast.kpi].unit if forecast.kpi in case.kpis else ""
    inside = "inside" if forecast.low <= came <= forecast.high else "outside"
    low, high, value = (_told(figure, unit) for figure in (forecast.low, forecast.high, came))
    said = f"said {low} to {high}, came {value}: {inside}"
    figure = f"{forecast.kpi.replace('_', ' ')}{f' [{unit}]' if unit else ''}"
    text = f"{figure} by {date(forecast.by, case.tick)}"
    return Line(text, "evaluation", share, 1.0, (said,))


def _told(value: float, unit: str) -> str:
    return money(micro(value)) if unit == "$" else f"{value:,.4g}"


def _came(run: Run, kpi: str, by: float) -> float | None:
    if kpi == "profit":
        return float(dollars(profit_by(run, by)))
    value = run.kpis().get(kpi, math.nan)
    return value if by >= run.until and math.isfinite(value) else None


def _scale(run: Run, forecast: Forecast, known: Yardstick) -> float:
    if forecast.kpi == "profit":
        return abs(float(dollars(known.expert.by(forecast.by) - known.weak.by(forecast.by))))
    return abs(known.expert.kpis.get(forecast.kpi, math.nan) - known.weak.kpis.get(forecast.kpi, math.nan))


# defence


def _defence(record: Record | None, posed: Sequence[Posed]) -> Part:
    of = _POINTS["defence"]
    if record is None:
        return Part("defence", None, of, "nobody sat in this run")
    checked = [probe for probe in posed if probe.check is not None and probe.worth_asking]
    if not any(record.answer(probe.name) for probe in checked):
        return Part("defence", 0.0 if checked else None, of, "no probe with a checkable answer was answered")
    lines = tuple(_defended(record, probe) for probe in checked)
    right = sum(line.shown for line in lines)
    why = f"{right:.0f} of {len(lines)} checkable answers right; one that is not given is not"
    return Part("defence", of * right / len(lines), of, why, lines)


def _defended(record: Record, probe: Posed) -> Line:
    answer = record.answer(probe.name)
    assert probe.check is not None
    if answer is None:
        return Line(probe.question, probe.dimension, 0.0, 1.0, (f"{probe.check.ask} Not answered.",))
    said = answer.choice or ("" if answer.number is None else f"{answer.number:,.6g} {probe.check.unit}".strip())
    told = f"{probe.check.ask} Said: {said or 'nothing'}. {probe.check.why}"
    return Line(probe.question, probe.dimension, float(probe.check.grade(answer)), 1.0, (told,))


# dimensions


def _dimensions(case: Case, parts: Sequence[Part]) -> tuple[Row, ...]:
    return tuple(_row(case, dimension, parts) for dimension in DIMENSIONS)


def _row(case: Case, dimension: Dimension, parts: Sequence[Part]) -> Row:
    lines = [line for part in parts for line in part.lines if line.dimension == dimension and line.required]
    shown, required = sum(line.shown / line.required for line in lines), float(len(lines))
    level = LEVELS[min(int(len(LEVELS) * shown / required), len(LEVELS) - 1)] if required else ""
    return Row(dimension, DIMENSIONS[dimension], shown, required, level, case.anchors.get(dimension))
