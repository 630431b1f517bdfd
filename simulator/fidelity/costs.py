"""Checks of the fraud area on decisions from costs: closed forms, and the same lines found on drawn scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import decisions, metrics
from simulator.streams import Streams
from simulator.units import Floats, Ints, Mask

__all__ = ["checks"]

_TWENTY = tuple(range(20))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth


def checks() -> list[Check]:
    """List the checks, quick ones first."""
    return [*_algebra(), *_lines(), *_binormals()]


def _algebra() -> list[Check]:
    return [
        _exact(
            "f.elkan",
            "cost-optimal threshold from c10, c00, c01, c11",
            {(5, 0, 100, 0): 0.047619048, (10, 0, 100, 5): 0.095238095, (3, 0, 120, 3): 0.025},
            decisions.elkan,
            "Elkan 2001",
        ),
        _exact(
            "f.prior",
            "posterior from p, old prior, new prior",
            {(0.5, 0.5, 0.01): 0.01, (0.9, 0.5, 0.01): 0.083333, (0.2, 0.01, 0.03): 0.433577},
            decisions.prior_shift,
            "Saerens et al. 2002",
        ),
        _exact(
            "f.undersample",
            "undersampling undone, from p_s, beta",
            {(0.5, 0.1): 0.090909, (0.5, 0.01): 0.009901, (0.9, 0.01): 0.082569},
            decisions.undersampling,
            "Dal Pozzolo et al. 2015",
        ),
    ]


def _exact(
    id: str, mechanism: str, cases: Mapping[tuple[float, ...], float], rule: Callable[..., object], source: str
) -> Check:
    named = {"c" + str(number): case for number, case in enumerate(cases, start=1)}
    return Check(
        id=id,
        area="fraud",
        mechanism=mechanism,
        setting=named,
        expected=dict(zip(named, cases.values(), strict=True)),
        source=source,
        tolerance=Tolerance(band=5e-7, errors=0),  # the targets are printed to six digits
        measure=lambda seeds: {name: np.array([rule(*case)]) for name, case in named.items()},
    )


def _lines() -> list[Check]:
    return [
        Check(
            id="f.elkan.empirical",
            area="fraud",
            mechanism="the line that costs least: drawn on half of the rows, paid on the other half",
            setting={"p": "Beta(0.5, 4.5)", "cost_fp": 5, "cost_fn": 100, "rows": 200_000},
            expected={"threshold": 0.047619, "cost": 2.861506},
            source="Elkan 2001; its cost by incomplete beta functions",
            tolerance={
                "threshold": Tolerance(band=0.005, cap=0.00125, errors=0),  # one step of a grid of 200
                "cost": Tolerance(band=0.002, cap=0.005, relative=True),  # band: the regret of a drawn line
            },
            measure=_cheapest,
            seeds=_TWENTY,
            twin={"cost_fp": 5 * _WRONG},
        ),
        Check(
            id="f.edcs",
            area="fraud",
            mechanism="savings against passing all: by each case's cost, one threshold, 0.5",
            setting={"p": "Beta(0.02, 1.98)", "loss": "LogN(4, 1)", "review": 5},
            expected={"by case": 0.73248, "one threshold": 0.68382, "at 0.5": 0.23675},
            source="quadrature",
            tolerance=Tolerance(cap=0.0025),
            measure=_savings,
            seeds=_TWENTY,
            twin={"review": 5 * _WRONG},
        ),
    ]


def _cheapest(seeds: Sequence[int], cost_fp: float = 5.0, cost_fn: float = 100.0, n: int = 200_000) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("f.elkan.empirical")
        p = luck.beta(0.5, 4.5, n)
        y, half = luck.random(n) < p, n // 2
        line = decisions.cheapest_threshold(p[:half], y[:half], cost_fp, cost_fn)
        return {
            "threshold": line,
            "cost": decisions.realised_cost(p[half:], y[half:], line, cost_fp, cost_fn),
        }

    return each(seeds, one)


def _savings(seeds: Sequence[int], review: float = 5.0, n: int = 200_000) -> Figures:
    """Draw p evenly on a log scale and weigh it back: the few cases that matter are all at its upper end."""
    depth, norm = math.log(1e7), math.gamma(0.02) * math.gamma(1.98) / math.gamma(2.0)

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("f.edcs")
        p = np.exp(-depth * luck.random(n))
        weight, loss = p**0.02 * (1 - p) ** 0.98 * depth / norm, luck.lognormal(4.0, 1.0, n)

        def saved(acts: Mask) -> float:
            return 1 - float(np.dot(weight, np.where(acts, review, p * loss)) / np.dot(weight, p * loss))

        mean_loss = math.exp(4.5)
        return {
            "by case": saved(decisions.costly(p, review, loss - review)),
            "one threshold": saved(p >= decisions.elkan(review, 0, mean_loss, review)),
            "at 0.5": saved(p >= 0.5),
        }

    return each(seeds, one)


_SHARES = {"0.05%": 0.0005, "0.1%": 0.001, "0.5%": 0.005, "1%": 0.01}


def _binormals() -> list[Check]:
    tpr, precision = (0.149549, 0.223253, 0.443548, 0.55204), (0.598197, 0.446506, 0.177419, 0.110408)
    found = {f"tpr {name}": value for name, value in zip(_SHARES, tpr, strict=True)}
    right = {f"precision {name}": value for name, value in zip(_SHARES, precision, strict=True)}
    return [
        _optimum("f.binorm.0.01", 0.01, 2.0, (0.57937945, 0.035954501, 0.59859533, 0.13998476, 0.9213504)),
        _optimum("f.binorm.0.002", 0.002, 2.5, (0.48534236, 0.0055943487, 0.13084733, 0.1481092, 0.96145006)),
        Check(
            id="f.cap",
            area="fraud",
            mechanism="a desk that can read a share of all cases takes the highest scores",
            setting={"prior": 0.002, "distance": 2.5, "share": list(_SHARES.values())},
            expected=found | right,
            source="binormal quantile",
            tolerance=Tolerance(cap=0.0125, relative=True),
            measure=_capacity,
            seeds=_TWENTY,
            twin={"prior": 0.002 * _WRONG},
        ),
        Check(
            id="f.prior.moves",
            area="fraud",
            mechanism="the base rate triples: the cheapest line on old scores moves as computed, EM finds the rate",
            setting={"old": 0.01, "new": 0.03, "distance": 2.0, "cost_fp": 5, "cost_fn": 100},
            expected={"line": 0.01606758, "rate": 0.03, "cost": 1.19219718},
            source="Saerens et al. 2002, Elkan 2001; binormal optimum",
            tolerance=Tolerance(cap=0.0125, relative=True),
            measure=_moved,
            seeds=_TWENTY,
            twin={"new": 0.03 * _WRONG},
        ),
    ]


def _optimum(id: str, prior: float, distance: float, expected: tuple[float, ...]) -> Check:
    names = ("tpr", "fpr", "cost", "precision", "auc")
    return Check(
        id=id,
        area="fraud",
        mechanism="operating point of the cheapest line on binormal scores",
        setting={"prior": prior, "distance": distance, "cost_fp": 5, "cost_fn": 100},
        expected=dict(zip(names, expected, strict=True)),
        source="likelihood-ratio threshold",
        tolerance=Tolerance(cap=0.0075, relative=True),
        measure=lambda seeds, cost_fp=5.0: _operating(seeds, prior, distance, cost_fp),
        seeds=_TWENTY,
        twin={"cost_fp": 5 * _WRONG},
    )


def _drawn(seed: int, distance: float, prior: float, n: int) -> tuple[Floats, Ints, Floats]:
    """Draw scores, labels and weights: a fifth positives, each class weighed back to its share."""
    luck, positives = Streams(seed).get("binormal"), n // 5
    y = np.append(np.ones(positives, np.int64), np.zeros(n - positives, np.int64))
    weight = np.where(y == 1, prior / positives, (1 - prior) / (n - positives))
    return luck.standard_normal(n) + distance * y, y, weight


def _posterior(score: Floats, prior: float, distance: float) -> Floats:
    odds = np.exp(distance * score - distance**2 / 2) * prior / (1 - prior)
    return np.asarray(odds / (1 + odds))


def _caught(acts: Mask, y: Ints, weight: Floats) -> tuple[float, float, float]:
    hit, false = float(weight[acts & (y == 1)].sum()), float(weight[acts & (y == 0)].sum())
    return hit / float(weight[y == 1].sum()), false / float(weight[y == 0].sum()), hit / (hit + false)


def _operating(seeds: Sequence[int], prior: float, distance: float, cost_fp: float) -> Figures:
    def one(seed: int) -> dict[str, float]:
        score, y, weight = _drawn(seed, distance, prior, 400_000)
        p, line = _posterior(score, prior, distance), decisions.elkan(cost_fp, 0, 100, 0)
        tpr, fpr, precision = _caught(p >= line, y, weight)
        cost = decisions.realised_cost(p, y, line, cost_fp, 100, weight)
        return {"tpr": tpr, "fpr": fpr, "cost": cost, "precision": precision, "auc": metrics.auc(p, y)}

    return each(seeds, one)


def _capacity(seeds: Sequence[int], prior: float = 0.002) -> Figures:
    def one(seed: int) -> dict[str, float]:
        score, y, weight = _drawn(seed, 2.5, prior, 400_000)
        top = score > 1.0  # below it no desk gets, and it need not be sorted
        figures = {}
        for name, share in _SHARES.items():
            room = share / float(weight[top].sum())
            acts = score >= decisions.capacity_threshold(score[top], room, weight[top])
            figures[f"tpr {name}"], _, figures[f"precision {name}"] = _caught(acts, y, weight)
        return figures

    return each(seeds, one)


def _moved(seeds: Sequence[int], new: float = 0.03) -> Figures:
    def one(seed: int) -> dict[str, float]:
        score, y, weight = _drawn(seed, 2.0, new, 500_000)
        p, luck = _posterior(score, 0.01, 2.0), Streams(seed).get("asked")
        asked = luck.choice(p, 200_000, p=weight)  # as they come, unlabelled
        rate = decisions.prior_em(asked, 0.01)
        shifted = decisions.prior_shift(p, 0.01, rate)
        return {
            "line": decisions.cheapest_threshold(p, y, 5, 100, weight),
            "rate": rate,
            "cost": decisions.realised_cost(shifted, y, decisions.elkan(5, 0, 100, 0), 5, 100, weight),
        }

    return each(seeds, one)
