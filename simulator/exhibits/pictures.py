"""The charts of the evidence as exhibits: each with a sentence or two of this run's numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.errors import unknown
from simulator.evidence.calibration import Reliability
from simulator.evidence.drift import Drift
from simulator.evidence.flow import Flow, Node
from simulator.evidence.labels import Maturity, ScoreHistory
from simulator.evidence.latency import Histogram, Waterfall
from simulator.evidence.plain import Plain, Plains
from simulator.evidence.slices import Slice, SliceTable
from simulator.evidence.thresholds import ThresholdCurve
from simulator.exhibits.series import marks
from simulator.exhibits.words import listed, phrase, said, took
from simulator.probes import Asked, Chart, Exhibit
from simulator.units import date

__all__ = ["PICTURES", "Picture"]

Picture = Callable[..., Exhibit | None]
"""(asked, what the evidence found, how it is to be shown) -> exhibit; None where nothing was found"""

_PER_1000 = "$ per 1,000 requests"
_SCORES = {
    "auc": "area under the ROC curve", "average_precision": "average precision", "log_loss": "log loss",
    "brier": "Brier score", "mean_score": "mean score", "label_rate": "share of positives",
}  # fmt: skip
_SLICES = {
    "label_rate": ("share of positives", "share"), "dollars_per_request": ("$ per request", "$"),
    "acted_share": ("share acted on", "share"), "mean_score": ("mean score", ""), "latency": ("mean latency", "s"),
    "auc": ("area under the ROC curve", ""), "n": ("requests", "requests"),
}  # fmt: skip


def _thresholds(asked: Asked, found: ThresholdCurve) -> Exhibit:
    rising = sorted(zip(found.thresholds, found.dollars_per_1000, found.acted_share, strict=True))
    _, operating = min((abs((share or 0.0) - found.operating_share), line) for line, _, share in rising)
    text = (
        f"By the {found.labelled:,} labels of {found.total:,} requests that are in, this flight acted on "
        f"{said(found.operating_share, 'share')} of them, worth {said(found.operating_dollars, '$')} per 1,000 "
        f"requests; a threshold of {said(found.best_threshold)} would have been worth the most: "
        f"{said(found.best_dollars, '$')}."
    )
    lines = ((operating, "as many were acted on"), (found.best_threshold, "worth the most"))
    series = {"worth": tuple(worth for _, worth, _ in rising)}
    x = tuple(line for line, _, _ in rising)
    return Exhibit(text, Chart("line", "Threshold and money", _PER_1000, x, series, x_title="threshold", marks=lines))


def _calibration(asked: Asked, found: Reliability) -> Exhibit | None:
    if not found.bins:
        return None
    top = found.bins[-1]
    text = (
        f"By {found.n:,} labels, the {top.n:,} highest scores promised {said(top.mean_score, 'share')} positives on "
        f"average and {said(top.rate, 'share')} came; the calibration error is {said(found.calibration_error)}."
    )
    x = tuple(one.mean_score for one in found.bins)
    series: dict[str, Plains] = {"predicted": x, "observed": tuple(one.rate for one in found.bins)}
    return Exhibit(text, Chart("line", "Reliability", "share", x, series, x_title="mean score of the bin"))


def _scores(asked: Asked, found: ScoreHistory, measure: str = "auc") -> Exhibit | None:
    if measure not in _SCORES:
        raise unknown("measure of the scores", measure, _SCORES)
    unit = "share" if measure in ("label_rate", "mean_score") else ""
    chart = _steps(asked, _SCORES[measure], unit, found.at, {_SCORES[measure]: getattr(found, measure)})
    told = _first_and_last(asked, found.at, getattr(found, measure), unit)
    return Exhibit(f"{_SCORES[measure]}: {told}", chart) if told else None


def _maturity(asked: Asked, found: Maturity) -> Exhibit | None:
    if not sum(found.asked):
        return None
    half = next(
        (at for at, share in reversed(list(zip(found.at, found.share, strict=True))) if (share or 0) >= 0.5), None
    )
    newest = (
        "of no step are half of them in"
        if half is None
        else f"the last step with half of them in is {_when(asked, half)}"
    )
    text = f"Of {sum(found.asked):,} requests {sum(found.labelled):,} labels are in; {newest}."
    return Exhibit(text, _steps(asked, "Labels that are in", "share", found.at, {"labelled": found.share}))


def _drift(asked: Asked, found: Drift, most: int = 5) -> Exhibit | None:
    everything = {phrase(one.name): one.psi for one in found.features} | {"score": found.score}
    highest = {name: max((v for v in psi if v is not None), default=None) for name, psi in everything.items()}
    read = {name: top for name, top in highest.items() if top is not None}
    if not read:
        return None
    falling = dict(sorted(read.items(), key=lambda item: -item[1])[:most])
    first = next(iter(falling))
    step = everything[first].index(highest[first])
    luck = found.by_luck[step]
    text = (
        f"Against {found.reference}, {first} moved most: a PSI of {said(falling[first])} on "
        f"{_when(asked, found.at[step])}, where luck alone exceeds {said(luck)} one time in a hundred."
    )
    return Exhibit(text, _steps(asked, "Drift", "PSI", found.at, {name: everything[name] for name in falling}))


def _slices(asked: Asked, found: SliceTable, measure: str = "", by: str = "") -> Exhibit | None:
    whole, parts = found.rows[0], [row for row in found.rows[1:] if not by or row.by == by]
    measure = measure or next((name for name in _SLICES if _measured(whole, name) is not None), "n")
    if measure not in _SLICES:
        raise unknown("measure of the slices", measure, _SLICES)
    (title, unit), rows = _SLICES[measure], [row for row in (whole, *parts) if _measured(row, measure) is not None]
    if not whole.n or not rows:
        return None
    values = {_slice_name(row): float(_measured(row, measure) or 0.0) for row in rows}
    low, high = min(values, key=lambda name: values[name]), max(values, key=lambda name: values[name])
    ends = f"from {said(values[low], unit)} ({low}) to {said(values[high], unit)} ({high})"
    text = f"{title} by slice, {ends}" if len(values) > 1 else f"{title} {said(values[low], unit)}, not cut into slices"
    return Exhibit(text, Chart("bar", f"Slices: {title}", unit, tuple(values), {title: tuple(values.values())}))


def _measured(row: Slice, measure: str) -> Plain:
    value: Plain = getattr(row, measure, None)
    return value


def _slice_name(row: Slice) -> str:
    return "all" if row.by == "all" else phrase(row.name if row.by == "segment" else f"{row.by}: {row.name}")


def _waterfall(asked: Asked, found: Waterfall) -> Exhibit | None:
    if not found.stages or found.total_p99 is None:
        return None
    typical = tuple(1e3 * (stage.wait_p50 + stage.work_p50) for stage in found.stages)
    slow = tuple(1e3 * (stage.wait_p99 + stage.work_p99) for stage in found.stages)
    names = tuple(phrase(stage.name) for stage in found.stages)
    longest = max(range(len(slow)), key=slow.__getitem__)
    budget = f" The budget is {took(found.budget)}." if found.budget else ""
    text = (
        f"Of {found.n:,} requests that ended of late, the median took {took(found.total_p50 or 0.0)} and the "
        f"99th percentile {took(found.total_p99)}, most of it at {names[longest]}: "
        f"{said(slow[longest], 'ms')}.{budget}"
    )
    series = {"around the median": typical, "around the 99th percentile": slow}
    return Exhibit(text, Chart("bar", "Where the time goes", "ms", names, series))


def _latency(asked: Asked, found: Histogram) -> Exhibit | None:
    if not found.n:
        return None
    over = f", {said(found.over, 'share')} over the budget of {took(found.budget)}" if found.budget else ""
    longest = f" Of those that took any, the longest took {took(found.edges[-1])}." if found.edges else ""
    text = f"{found.n:,} requests ended of late, {found.none:,} of them in no time at all{over}.{longest}"
    if not found.edges:
        return Exhibit(text)
    middles = tuple(1e3 * (low * high) ** 0.5 for low, high in zip(found.edges, found.edges[1:], strict=False))
    series = {"requests": tuple(float(count) for count in found.counts)}
    lines = ((1e3 * found.budget, "budget"),) if found.budget else ()
    return Exhibit(
        text, Chart("line", "Latency", "requests", middles, series, x_title="time to an answer [ms]", marks=lines)
    )


def _flow(asked: Asked, found: Flow) -> Exhibit | None:
    whole, parts = found.nodes[0], found.nodes[1:]
    if not whole.n:
        return None
    last = next((node.level for node in reversed(parts) if node.level != "open"), "")
    ends = [node for node in parts if node.level in (last, "open")]
    ends += [Node("ended", "all", whole.n - sum(node.n for node in ends))] if not last else []
    values = {phrase(node.name): node.n / whole.n for node in ends}
    text = f"Of {whole.n:,} requests: {listed(values, 'share')}."
    return Exhibit(text, Chart("bar", "Where requests went", "share", tuple(values), {"share": tuple(values.values())}))


def _steps(asked: Asked, title: str, unit: str, at: tuple[float, ...], series: Mapping[str, Plains]) -> Chart:
    return Chart("line", title, unit, at, series, over_time=True, marks=marks(asked))


def _first_and_last(asked: Asked, at: tuple[float, ...], values: Plains, unit: str) -> str:
    there = [(when, value) for when, value in zip(at, values, strict=True) if value is not None]
    if not there:
        return ""
    low, high = min(there, key=lambda one: one[1]), max(there, key=lambda one: one[1])
    named = {"first": there[0], "lowest": low, "highest": high, "last": there[-1]}
    return ", ".join(f"{word} {said(value, unit)} ({_when(asked, when)})" for word, (when, value) in named.items())


def _when(asked: Asked, at: float) -> str:
    return date(at, asked.case.tick)


PICTURES: Mapping[str, Picture] = {
    "thresholds": _thresholds,
    "calibration": _calibration,
    "scores": _scores,
    "maturity": _maturity,
    "drift": _drift,
    "slices": _slices,
    "waterfall": _waterfall,
    "latency": _latency,
    "flow": _flow,
}
