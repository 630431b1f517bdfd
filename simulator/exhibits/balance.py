"""The standing probe about the class balance: how it moved in this flight, and what twice the positives would do."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.evidence.plain import named, numbers
from simulator.exhibits.checks import number, which
from simulator.exhibits.flown import THIRDS, came, third_of
from simulator.exhibits.words import phrase, said
from simulator.learning.cost_curve import CostCurve, threshold_curve_of
from simulator.probes import Asked, Chart, Check, Exhibit, Probe
from simulator.serving.pool import ROUTES
from simulator.units import Floats, Ints, Mask, dollars

__all__ = ["CLASS_BALANCE", "best_lines", "mix", "precision_with"]

_TIMES = 2.0  # as many positives
_NEARLY_ALL = 0.95  # a share beyond it hardly moves
_LEGIBLE = 0.01  # the least difference of shares that can be read off


def _labels(asked: Asked) -> Mask:
    """Return what is true of each request that came (n,); none where labels are constant and so say nothing."""
    label: Mask = np.asarray(asked.tape.truths.label[came(asked)]) == 1
    return label if label.any() and not label.all() else label[:0]


def _shown(asked: Asked) -> Exhibit:
    return _of_labels(asked) if len(_labels(asked)) else _of_mix(asked)


def _of_labels(asked: Asked) -> Exhibit:
    label, ids = _labels(asked), came(asked)
    third = third_of(asked, asked.run.requests.at[ids])
    shares = [float(label[third == k].mean()) if (third == k).any() else math.nan for k in range(len(THIRDS))]
    told = ", ".join(f"{said(share, 'share')} in the {name}" for name, share in zip(THIRDS, shares, strict=True))
    whole = f"As it really was, {said(float(label.mean()), 'share')} of all were positives: {told}."
    text = f"{whole}{_lines_told(asked)}{_precision_told(asked)}"
    chart = Chart("bar", "Share of positives", "share", THIRDS, {"share of positives": numbers(shares)})
    return Exhibit(text, chart)


def _lines_told(asked: Asked) -> str:
    found = best_lines(asked)
    if found is None:
        return ""
    now, then = found
    return (
        f" Knowing all labels, the scores of this flight earn most with a threshold of {_line(now)}; with twice the "
        f"positives and the same scores, with one of {_line(then)}."
    )


def _line(curve: CostCurve) -> str:
    share = curve.acted[curve.best] / max(1, curve.acted[-1])
    return f"{said(float(curve.threshold[curve.best]))}, acting on {said(float(share), 'share')} of the same requests"


def best_lines(asked: Asked, times: float = _TIMES) -> tuple[CostCurve, CostCurve] | None:
    """Return what each threshold was worth in this flight, all labels known, and with so many *times* the positives.

    None where the case says of no action what it is worth, or nothing was scored.
    """
    if asked.case.board.stakes is None or not len(_labels(asked)):
        return None
    ids = came(asked)
    scored = np.isfinite(asked.run.outcomes.score[ids])
    ids, label = ids[scored], _labels(asked)[scored]
    if not len(ids):
        return None
    score = asked.run.outcomes.score[ids]
    stakes = asked.case.board.stakes(asked.case.world_setting(), dollars(asked.run.requests.value[ids]))
    now, then = (threshold_curve_of(score, label, n * stakes.positive, stakes.negative) for n in (1.0, times))
    return now, then


def _precision_told(asked: Asked) -> str:
    precision = precision_with(asked, 1.0)
    return "" if math.isnan(precision) else f" Of those that were acted on, {said(precision, 'share')} were positives."


def precision_with(asked: Asked, times: float) -> float:
    """Return the share of positives among those acted on, if there were so many *times* the positives; NaN if none."""
    acted = np.isin(asked.run.outcomes.action[came(asked)], asked.case.board.acted)
    return _share_with(_labels(asked)[acted], times) if len(_labels(asked)) else math.nan


def _share_with(label: Mask, times: float) -> float:
    weight = times * label.sum() + (~label).sum()
    return float(times * label.sum() / weight) if label.any() else math.nan


# where labels say nothing


def mix(asked: Asked) -> tuple[str, dict[str, Floats]] | None:
    """Return the mix that moved most from the first third to the last: what it is of, and kind -> share per third."""
    board, ids, run = asked.case.board, came(asked), asked.run
    ways: Sequence[tuple[str, tuple[str, ...], Ints]] = (
        ("segment", board.segments, run.requests.segment),
        ("route", ROUTES, run.outcomes.route),
        ("action", board.actions, run.outcomes.action),
        ("result", board.results, run.outcomes.result),
    )
    third = third_of(asked, run.requests.at[ids])
    if len(np.unique(third)) < len(THIRDS):
        return None
    tables = ((kind, _shares(kind, names, codes[ids], third)) for kind, names, codes in ways)
    found = [(kind, table) for kind, table in tables if len(table) > 1]
    return max(found, key=lambda one: sum(abs(row[-1] - row[0]) for row in one[1].values()), default=None)


def _shares(kind: str, names: tuple[str, ...], codes: Ints, third: Ints) -> dict[str, Floats]:
    sizes = np.bincount(third, minlength=len(THIRDS))
    return {
        phrase(named(names, code, kind)): np.bincount(third[codes == code], minlength=len(THIRDS)) / sizes
        for code in np.unique(codes).tolist()
    }


def _of_mix(asked: Asked) -> Exhibit:
    found = mix(asked)
    if found is None:
        return Exhibit("In this flight there are no classes, and all requests are of one kind: no balance can shift.")
    kind, table = found
    told = "; ".join(f"{name} {said(row[0], 'share')} and {said(row[-1], 'share')}" for name, row in table.items())
    text = f"No label tells classes apart here; what can shift is the mix of {kind}s, first third and last: {told}."
    series = {name: numbers(row) for name, row in table.items()}
    return Exhibit(text, Chart("bar", f"Mix of {kind}s", "share", THIRDS, series))


def _grown(asked: Asked) -> dict[str, float]:
    found = mix(asked)
    return {} if found is None else {name: float(row[-1] - row[0]) for name, row in found[1].items()}


def _asking(asked: Asked) -> Check | None:
    if not len(_labels(asked)):
        return _asking_mix(asked)
    if not 0 < precision_with(asked, 1.0) < _NEARLY_ALL:
        return number(
            "If there were twice as many positives, and as many negatives: what would be the share of positives?",
            lambda one: _share_with(_labels(one), _TIMES), "share", 0.1,
            "The odds double: p becomes 2p / (1 + p).",
        )(asked)  # fmt: skip
    return number(
        "If there were twice as many positives, as many negatives, and the same rule on the same scores: what would "
        "be the precision of what is acted on?",
        lambda one: precision_with(one, _TIMES), "share", 0.1,
        "Recall stays, and the odds among those acted on double: p becomes 2p / (1 + p).",
    )(asked)  # fmt: skip


def _asking_mix(asked: Asked) -> Check | None:
    """Ask who grew most; where nobody did, what twice as many of one kind would make of the mix."""
    found, grown = mix(asked), sorted(_grown(asked).values())
    if found is None:
        return None
    if grown[-1] - grown[-2] > _LEGIBLE:
        return which("Whose share grew most from the first third to the last?", _grown, "share")(asked)
    kind, table = found
    name, row = max(table.items(), key=lambda item: item[1][-1])
    ask = f"If there were twice as many of the {kind} {name} as in the last third, and as many others: what share?"
    why = f"It was {said(row[-1], 'share')}; the odds double: p becomes 2p / (1 + p)."
    return number(ask, lambda one: float(_TIMES * row[-1] / (1 + (_TIMES - 1) * row[-1])), "share", 0.1, why)(asked)


CLASS_BALANCE = Probe(
    "class_balance",
    "What happens if the class balance shifts?",
    "data",
    _shown,
    weak="The model is retrained, so nothing much happens; accuracy stays high.",
    mid="Precision and recall change, so I would rebalance the training set and look for a new threshold.",
    strong="With the same classes at other odds the ranking stays, and so do recall and ROC curve at a threshold; "
    "precision, calibration and the cost of the operating point do not. I correct the scores for the new prior and "
    "set the threshold by cost again.",
    expert="The same; and I first ask whether it is a label shift at all, or the classes themselves changed, by slices "
    "and by the distribution of scores. I estimate the new prior from unlabelled traffic, with labels as late as they "
    "are, and mind what acts as a budget: a queue fills at a fixed threshold.",
    check=_asking,
    follow_up="Labels come late. How do you notice the shift before they do, and tell it from a shift of the features?",
)
