"""Checks of the fraud area: decisions from costs, calibration, a desk of reviewers, and a published payment world."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from simulator.fidelity import costs, published
from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import metrics
from simulator.serving.desk import Desk
from simulator.streams import Streams
from simulator.units import HOUR, MINUTE

__all__ = ["LEFT_OUT", "checks"]

_CALIBRATE = "a figure to calibrate a world with, not a test"
LEFT_OUT: Mapping[str, str] = {
    **published.LEFT_OUT,
    "f.ecb": _CALIBRATE,
    "f.falsedecl": _CALIBRATE,
    "f.fdh.real": _CALIBRATE,
}
"""Target -> why it is not tried here."""

_TWENTY, _THIRTY = tuple(range(20)), tuple(range(30))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth


def checks() -> list[Check]:
    """List the checks of the area, quick ones first."""
    return [*costs.checks(), *_calibrations(), _desk(), *published.checks()]


def _calibrations() -> list[Check]:
    brier = {
        "0.5/4.5": (0.075, 0.015, 0.09, 0.8346),
        "1/9": (0.081818, 0.008182, 0.09, 0.76316),
        "2/2": (0.2, 0.05, 0.25, 0.75714),
    }
    parts = ("score", "resolution", "uncertainty", "auc")
    return [
        Check(
            id="f.brier",
            area="fraud",
            mechanism="Brier score and its parts, of calibrated p ~ Beta(a, b)",
            setting={"a/b": list(brier), "bins": 100},
            expected={f"{ab} {part}": v for ab, values in brier.items() for part, v in zip(parts, values, strict=True)},
            source="closed form",
            tolerance=Tolerance(band=0.0005, cap=0.0005),  # band: what a hundred bins hide
            measure=_brier,
            seeds=_TWENTY,
            twin={"truth": _WRONG},
        ),
        Check(
            id="f.ecebias",
            area="fraud",
            mechanism="ECE of a perfectly calibrated model, 10 bins of equal mass",
            setting={"p": "Beta(2, 2)", "n": [500, 1_000, 10_000], "models a seed": 20},
            expected={"500": 0.049, "1000": 0.0357, "10000": 0.01118},
            source="half-normal approximation and a Monte-Carlo run",
            tolerance=Tolerance(band=0.08, cap=0.02, relative=True, errors=0),
            measure=_ece,
            seeds=_TWENTY,
            twin={"truth": _WRONG},
        ),
    ]


def _brier(seeds: Sequence[int], truth: float = 1.0, n: int = 100_000) -> Figures:
    """The world's probabilities are *truth* times what is said."""

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("f.brier")
        figures: dict[str, float] = {}
        for a, b in ((0.5, 4.5), (1.0, 9.0), (2.0, 2.0)):
            p = luck.beta(a, b, n)
            y = luck.random(n) < truth * p
            parts, name = metrics.brier(p, y, bins=100), f"{a:g}/{b:g}"
            figures |= {f"{name} {part}": getattr(parts, part) for part in ("score", "resolution", "uncertainty")}
            figures[f"{name} auc"] = metrics.auc(p, y)
        return figures

    return each(seeds, one)


def _ece(seeds: Sequence[int], truth: float = 1.0) -> Figures:
    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("f.ecebias")

        def error(n: int) -> float:
            p = luck.beta(2.0, 2.0, n)
            return metrics.ece(p, luck.random(n) < truth * p)

        return {str(n): float(np.mean([error(n) for _ in range(20)])) for n in (500, 1_000, 10_000)}

    return each(seeds, one)


def _desk() -> Check:
    return Check(
        id="q.review",
        area="fraud",
        mechanism="review desk, M/M/c: share that waits, mean wait [min]",
        setting={"lam_per_h": 100, "mu_per_h": 12, "c": 10, "items": 80_000},
        expected={"p_wait": 0.48761, "wait": 1.4628},
        source="Erlang C",
        tolerance=Tolerance(cap=0.015, relative=True),
        measure=_review,
        seeds=_THIRTY,
        twin={"mu_per_h": 12 / _WRONG},
    )


def _review(seeds: Sequence[int], mu_per_h: float = 12.0, n: int = 80_000) -> Figures:
    """A run starts with nobody waiting, so its first twentieth does not count."""

    def one(seed: int) -> dict[str, float]:
        luck, desk = Streams(seed), Desk()
        desk.staff(0.0, 10)
        at = np.cumsum(luck.get("arrivals").exponential(HOUR / 100, n))
        work = luck.get("work").exponential(HOUR / mu_per_h, n)
        for id, (asked, takes) in enumerate(zip(at.tolist(), work.tolist(), strict=True)):
            desk.submit(id, asked, takes)
        waits = np.array([r.started - r.asked for r in desk.advance(math.inf) if r.id >= n // 20])
        return {"p_wait": float(np.mean(waits > 0)), "wait": float(waits.mean()) / MINUTE}

    return each(seeds, one)
