"""Pictures of the model at a moment: where the line should be, what scores are worth, and what has moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboard import words
from dashboard.charts.palette import LIGHT, Palette
from dashboard.charts.paper import DASHES, MARKERS, axis, empty, figure, note
from dashboard.charts.scale import Span, known, span
from dashboard.charts.text import label, marked
from simulator.units import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from simulator.evidence.calibration import Reliability
    from simulator.evidence.drift import Drift
    from simulator.evidence.labels import Maturity, ScoreHistory
    from simulator.evidence.thresholds import ThresholdCurve

__all__ = ["maturity", "psi", "reliability", "score_history", "threshold_curve"]

_MOST_LINES = 4
_WATCH, _ACT = 0.1, 0.25  # PSI: the customary lines between quiet, moved and far off


def threshold_curve(curve: ThresholdCurve | None, palette: Palette = LIGHT) -> Any:
    """Draw what acting on the riskiest part of the requests would have been worth, and where the design stands."""
    title = "What each threshold would have been worth"
    if curve is None:
        return empty(title, "no labels have come in yet", palette)
    best = _best_share(curve)
    drawn = figure(title, _curve_caption(curve, best), palette)
    hover = [f"threshold {words.count(t)}" for t in curve.thresholds]
    shares = [100 * share if share is not None else None for share in curve.acted_share]
    drawn.add_scatter(
        x=shares,
        y=curve.dollars_per_1000,
        mode="lines",
        text=hover,
        line={"color": palette.line(0), "width": 2.2},
        hovertemplate="%{text}<br>%{x:.2f} % acted on<br>$%{y:,.0f} per 1,000<extra></extra>",
    )
    seen = min(100.0, max(2.5 * 100 * max(best, curve.operating_share), 2.0))
    side = ["right" if share < 0.6 * seen / 100 else "left" for share in (best, curve.operating_share)]
    _point(drawn, 100 * best, curve.best_dollars, "best", f"top {side[0]}", symbol="star", color=palette.good, size=14)
    _point(
        drawn,
        100 * curve.operating_share,
        curve.operating_dollars,
        "now",
        f"bottom {side[1]}",
        color=palette.line(4),
        size=11,
    )
    return drawn.update_layout(
        xaxis=axis("acted on [% of the labelled requests]", palette, range=[0, 1.02 * seen], ticksuffix=" %"),
        yaxis=axis(
            "worth against acting on nobody [$ per 1,000]", palette, tickprefix="$", range=_worth_range(curve, seen)
        ),
        shapes=[_level(0, palette.dim, "solid", 1)],
    )


def _point(drawn: Any, x: float, y: float, text: str, where: str, **marker: Any) -> None:
    drawn.add_scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        text=[f"{text} {words.money(y)}"],
        textposition=where,
        cliponaxis=False,
        marker=marker,
        textfont={"color": marker["color"], "size": 13},
        hoverinfo="skip",
    )


def _best_share(curve: ThresholdCurve) -> float:
    place = curve.thresholds.index(curve.best_threshold) if curve.best_threshold in curve.thresholds else 0
    return curve.acted_share[place] or 0.0


def _worth_range(curve: ThresholdCurve, seen: float) -> list[float]:
    """The part of the curve that is looked at, with room for its marks."""
    pairs = zip(curve.acted_share, curve.dollars_per_1000, strict=True)
    near = known([worth for share, worth in pairs if share is not None and 100 * share <= seen])
    low, high = min(0.0, curve.operating_dollars, *near), max(0.0, curve.operating_dollars, *near)
    room = 0.14 * ((high - low) or 1.0)
    return [low - room, high + room]


def _curve_caption(curve: ThresholdCurve, best: float) -> str:
    return (
        f"Of {words.count(curve.labelled)} labelled requests (of {words.count(curve.total)}),"
        f" {words.share(curve.operating_share)} were acted on, worth {words.money(curve.operating_dollars)} per 1,000;"
        f" the best line acts on {words.share(best)}, worth {words.money(curve.best_dollars)} per 1,000."
    )


def reliability(found: Reliability, palette: Palette = LIGHT) -> Any:
    """Draw what scores promised against what came of it, with 95 % intervals, and how many there were."""
    title = "Do scores mean what they say?"
    if not found.bins:
        return empty(title, "no labels have come in yet", palette)
    drawn = figure(title, _reliability_caption(found), palette, height=430)
    right, top = 1.12 * max(b.mean_score for b in found.bins), 1.05 * max(b.rate_high for b in found.bins)
    meet = 0.5 * min(right, top)
    line = {"color": palette.dim, "dash": "dash", "width": 1}
    drawn.add_scatter(x=[0, right], y=[0, right], mode="lines", line=line, hoverinfo="skip")
    drawn.add_scatter(**_bins_drawn(found, palette))
    drawn.add_bar(
        x=[b.mean_score for b in found.bins],
        y=[b.n for b in found.bins],
        yaxis="y2",
        width=right / 60,
        marker={"color": palette.faint(palette.line(0), 0.55)},
        hovertemplate="%{y:,} requests<extra></extra>",
    )
    return drawn.update_layout(
        xaxis=axis("score [promised share]", palette, range=[0, right], tickformat=".2~%", anchor="y2"),
        yaxis=axis("share of 1 among labels", palette, range=[0, top], tickformat=".2~%", domain=[0.3, 1]),
        yaxis2=axis("requests", palette, domain=[0, 0.2], nticks=3, range=[0, 1.1 * max(b.n for b in found.bins)]),
        annotations=[note("as promised", palette, x=meet, y=meet, xanchor="left", yanchor="top")],
    )


def _bins_drawn(found: Reliability, palette: Palette) -> dict[str, Any]:
    bins = found.bins
    up, down = [b.rate_high - b.rate for b in bins], [b.rate - b.rate_low for b in bins]
    error = {
        "type": "data",
        "array": up,
        "arrayminus": down,
        "thickness": 1.4,
        "width": 4,
        "color": palette.faint(palette.line(0), 0.75),
    }
    return {
        "x": [b.mean_score for b in bins],
        "y": [b.rate for b in bins],
        "error_y": error,
        "mode": "lines+markers",
        "line": {"color": palette.line(0), "width": 1.6},
        "marker": {"size": 7, "color": palette.line(0)},
        "text": [f"{b.n:,} requests, scores {b.low:.3g} to {b.high:.3g}" for b in bins],
        "hovertemplate": "promised %{x:.2%}, came %{y:.2%}<br>%{text}<extra></extra>",
    }


def _reliability_caption(found: Reliability) -> str:
    far = max(found.bins, key=lambda b: abs(b.rate - b.mean_score))
    return (
        f"Scores of {words.count(found.n)} labelled requests miss what came by"
        f" {words.share(found.calibration_error)} on average; most where {words.share(far.mean_score)} was promised"
        f" and {words.share(far.rate)} came."
    )


def psi(drift: Drift, palette: Palette = LIGHT, horizon: float | None = None) -> Any:
    """Draw how far the features that moved most, and the score, have moved from what they were.

    *horizon*: where the axis of time ends [s]; unless it is given, at the last step.
    """
    title = "How far features have moved"
    moved = sorted(drift.features, key=lambda f: -max(known(f.psi), default=-1.0))
    lines = [(words.named(f.name), f.psi) for f in moved if known(f.psi)][:_MOST_LINES]
    lines += [("score", drift.score)] if known(drift.score) else []
    if not lines:
        return empty(title, "too few requests so far", palette)
    over = _over(drift.at, horizon)
    drawn = figure(title, _psi_caption(lines, drift), palette, entries=len(lines) + 1, height=420)
    for index, (name, values) in enumerate(lines):
        drawn.add_scatter(
            x=[over.of(at) for at in drift.at], y=values, name=marked(name, 24), **_stroke(index, palette)
        )
    drawn.add_scatter(
        x=[over.of(at) for at in drift.at],
        y=drift.by_luck,
        name="by luck (1 in 100)",
        mode="lines",
        hoverinfo="skip",
        line={"color": palette.dim, "width": 1, "dash": "dot"},
        fill="tozeroy",
        fillcolor=palette.faint(palette.dim, 0.10),
    )
    top = 1.12 * max(0.3, *(value for _, values in lines for value in known(values)))
    said = (("0.1 moved", _WATCH, palette.warn), ("0.25 far off", _ACT, palette.bad))
    return drawn.update_layout(
        xaxis=axis(over.unit, palette, range=[0, over.end], showgrid=False),
        yaxis=axis("population stability index", palette, range=[0, top]),
        shapes=[_level(at, colour, "dash", 1.2) for _, at, colour in said],
        annotations=[
            note(text, palette, x=1, y=at, xref="paper", xanchor="right", yanchor="bottom") for text, at, _ in said
        ],
    )


def _stroke(index: int, palette: Palette) -> dict[str, Any]:
    colour = palette.line(index)
    line = {"color": colour, "width": 1.8, "dash": DASHES[index % len(DASHES)]}
    return {
        "mode": "lines+markers",
        "line": line,
        "marker": {"size": 5, "symbol": MARKERS[index % len(MARKERS)], "color": colour},
    }


def _level(at: float, colour: str, dash: str, width: float) -> dict[str, Any]:
    line = {"color": colour, "dash": dash, "width": width}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": line, "layer": "below"}


def _psi_caption(lines: Sequence[tuple[str, Sequence[float | None]]], drift: Drift) -> str:
    name, values = max(lines, key=lambda line: max(known(line[1])))
    far = [label(n, 24) for n, each in lines if known(each)[-1] >= _ACT]
    peak = max(known(values))
    return (
        f"Against {drift.reference}, {label(name, 24)} moved most: a PSI of {words.count(peak)} in the step from"
        f" {words.day_of(drift.at[values.index(peak)], _step(drift.at))}; over {_ACT} now: {', '.join(far) or 'none'}."
    )


def score_history(found: ScoreHistory, palette: Palette = LIGHT, horizon: float | None = None) -> Any:
    """Draw how good the scores look per step, in the light of the labels that are in, and how many those are.

    *horizon*: see `psi`.
    """
    title = "How good the scores look, by the labels that are in"
    if not known(found.auc):
        return empty(title, "no labels of both kinds have come in yet", palette)
    over, drawn = _over(found.at, horizon), figure(title, _history_caption(found), palette, entries=4, height=440)
    at = [over.of(time) for time in found.at]
    for index, (name, values) in enumerate(
        (("area under the ROC curve", found.auc), ("average precision", found.average_precision))
    ):
        drawn.add_scatter(x=at, y=values, name=name, connectgaps=False, **_stroke(index, palette))
    parts = [100 * some / all_ if all_ else None for some, all_ in zip(found.labelled, found.scored, strict=True)]
    drawn.add_bar(
        x=at,
        y=parts,
        yaxis="y2",
        marker={"color": palette.faint(palette.dim, 0.5)},
        showlegend=False,
        hovertemplate="%{y:.0f} % labelled<extra></extra>",
    )
    return drawn.update_layout(
        xaxis=axis(f"{over.unit} of asking", palette, range=[0, over.end], showgrid=False, anchor="y2"),
        yaxis=axis("1 = perfect", palette, range=[0, 1.03], domain=[0.32, 1], nticks=6),
        yaxis2=axis("labels in [%]", palette, range=[0, 105], domain=[0, 0.22], nticks=3),
    )


def maturity(found: Maturity, palette: Palette = LIGHT, horizon: float | None = None) -> Any:
    """Draw of how many requests the label is in, by the time of asking. *horizon*: see `psi`."""
    title = "Labels to judge by"
    if not sum(found.asked):
        return empty(title, "no request has come yet", palette)
    over, drawn = _over(found.at, horizon), figure(title, _maturity_caption(found), palette, height=300)
    shares = [None if part is None else 100 * part for part in found.share]
    drawn.add_bar(
        x=[over.of(at) for at in found.at],
        y=shares,
        marker={"color": palette.faint(palette.line(0), 0.75)},
        customdata=list(zip(found.labelled, found.asked, strict=True)),
        hovertemplate="%{customdata[0]:,} of %{customdata[1]:,} labels in (%{y:.1f} %)<extra></extra>",
    )
    return drawn.update_layout(
        xaxis=axis(f"{over.unit} of asking", palette, range=[0, over.end], showgrid=False),
        yaxis=axis(
            "labels in [%]", palette, range=[0, max(5.0, 1.1 * max(known(shares), default=0.0))], ticksuffix=" %"
        ),
        bargap=0.1,
    )


def _maturity_caption(found: Maturity) -> str:
    asked, labelled = sum(found.asked), sum(found.labelled)
    part = words.share(labelled / asked)
    return f"Of {words.count(asked)} requests so far {words.count(labelled)} can be judged by their label ({part})."


def _over(at: Sequence[float], horizon: float | None) -> Span:
    """The axis of time of steps that start *at* [s]."""
    end = at[-1] + _step(at) if horizon is None else horizon
    return span(end, DAY if _step(at) >= HOUR / 2 else MINUTE)


def _step(at: Sequence[float]) -> float:
    return at[1] - at[0] if len(at) > 1 else DAY


def _history_caption(found: ScoreHistory) -> str:
    auc = known(found.auc)
    return (
        f"The area under the ROC curve was {auc[0]:.2f} at first and is {auc[-1]:.2f} by the latest labels; of"
        f" {words.count(sum(found.scored))} scored requests {words.count(sum(found.labelled))} can be judged by their"
        " label."
    )
