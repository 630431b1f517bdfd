"""Checks of the recommender area: feedback loops, clicks by position, learning by choosing, and logs weighed back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.fidelity import ads, logs, regrets
from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning import ranking
from simulator.streams import Streams
from simulator.units import Floats, Mask
from simulator.world import clicks, popularity
from simulator.world.adversary import Adversary

__all__ = ["LEFT_OUT", "checks"]

_CALIBRATE = "a figure to calibrate a world with, not a test"
LEFT_OUT: Mapping[str, str] = {
    "rec.latency": _CALIBRATE,
    "rec.funnel": _CALIBRATE,
    "rec.michelangelo": _CALIBRATE,
    "rec.obd": f"{_CALIBRATE}; its logs are not on the package index",
}
"""Target -> why it is not tried here."""

_TWENTY = tuple(range(20))
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth


def checks() -> list[Check]:
    """List the checks of the area, quick ones first."""
    return [*_clicks(), _adversary(), *_loops(), *logs.checks(), *regrets.checks(), *ads.checks()]


def _clicks() -> list[Check]:
    cascade, looks = (0.3, 0.21, 0.147, 0.1029, 0.07203), (0.3, 0.15, 0.1, 0.075, 0.06)
    return [
        Check(
            id="rec.pbm",
            area="recsys",
            mechanism="cascade: chance of the one click by place",
            setting={"relevance": 0.3, "places": 5, "lists": 20_000},
            expected={str(place): chance for place, chance in enumerate(cascade, start=1)},
            source="closed form (Craswell et al. 2008)",
            tolerance=Tolerance(cap=0.00125),
            measure=_cascade,
            seeds=_TWENTY,
            twin={"relevance": 0.3 * _WRONG},
        ),
        Check(
            id="rec.more.pbm",
            area="recsys",
            mechanism="position-based model: chance of a click by place",
            setting={"relevance": 0.3, "examination": "1/place", "places": 5, "lists": 20_000},
            expected={str(place): chance for place, chance in enumerate(looks, start=1)},
            source="closed form (Richardson et al. 2007)",
            tolerance=Tolerance(cap=0.00125),
            measure=_by_place,
            seeds=_TWENTY,
            twin={"relevance": 0.3 * _WRONG},
        ),
    ]


def _cascade(seeds: Sequence[int], relevance: float = 0.3) -> Figures:
    def one(seed: int) -> dict[str, float]:
        return _shares(clicks.cascade_clicks(np.full((20_000, 5), relevance), _luck(seed, 20_000, 5)))

    return each(seeds, one)


def _by_place(seeds: Sequence[int], relevance: float = 0.3) -> Figures:
    looks = clicks.examination(5)

    def one(seed: int) -> dict[str, float]:
        return _shares(clicks.pbm_clicks(np.full((20_000, 5), relevance), looks, _luck(seed, 20_000, 5)))

    return each(seeds, one)


def _adversary() -> Check:
    return Check(
        id="rec.more.adversary",
        area="recsys",
        mechanism="what an adversary does not know of a line after 5 probes anywhere in the unknown",
        setting={"line": "uniform", "probes": 5, "jitter": 1.0, "adversaries": 2_000},
        expected={"unknown": (1 / 2 + 1 / 6) ** 5},
        source="closed form: a probe at x of the unknown leaves x² + (1 - x)² of it",
        tolerance=Tolerance(cap=0.01, relative=True),
        measure=_unknown,
        seeds=_TWENTY,
        twin={"jitter": 1 / _WRONG},
    )


def _unknown(seeds: Sequence[int], jitter: float = 1.0, m: int = 2_000) -> Figures:
    def one(seed: int) -> dict[str, float]:
        line, luck = _luck(seed, m, 1)[:, 0], Streams(seed).get("probes")
        spies = Adversary.of(m, 0.0, 1.0, budget=5, jitter=jitter)
        while spies.left.any():
            level = spies.probes(luck.random(m))
            spies = spies.probed(spies.left > 0, level, level < line)
        return {"unknown": float(spies.unknown.mean())}

    return each(seeds, one)


def _loops() -> list[Check]:
    limits = {c: popularity.polya_limits(c) for c in (2, 10, 100)}
    parts = ("max", "gini", "hhi")
    return [
        Check(
            id="rec.polya",
            area="recsys",
            mechanism="popularity loop: expected largest share, Gini index and Σ share²",
            setting={"items": list(limits), "start": 1, "added": 1, "runs": [8_000, 4_000, 4_000]},
            expected={f"{c} {part}": v for c, found in limits.items() for part, v in zip(parts, found, strict=True)},
            source="Dirichlet limit of Pólya's urn",
            # band: the steps are finite, which takes 1 % off a variance, and that is half of a Σ share² of 100
            tolerance=Tolerance(band=0.006, cap=0.01, relative=True),
            measure=_urns,
            seeds=_TWENTY,
            twin={"added": _WRONG},
        ),
        Check(
            id="rec.more.polya",
            area="recsys",
            mechanism="popularity loop from a head start: expected shares and Σ share²",
            setting={"start": [2, 1, 1], "added": 1, "steps": 1_000, "runs": 40_000},
            expected={"first": 0.5, "second": 0.25, "third": 0.25, "hhi": 0.5},
            source="moments of Dirichlet(2, 1, 1)",
            tolerance=Tolerance(band=0.0005, cap=0.0025),  # band: the steps are finite
            measure=_head_start,
            seeds=_TWENTY,
            twin={"added": _WRONG},
        ),
    ]


def _urns(seeds: Sequence[int], added: float = 1.0) -> Figures:
    def one(seed: int) -> dict[str, float]:
        figures: dict[str, float] = {}
        for c, runs, steps in ((2, 400, 1_000), (10, 200, 2_000), (100, 200, 10_000)):
            shares = _settled(np.ones(c), _luck(seed, runs, steps), added)
            figures[f"{c} max"] = float(shares.max(axis=1).mean())
            figures[f"{c} gini"] = float(np.mean([ranking.gini(run) for run in shares]))
            figures[f"{c} hhi"] = float((shares**2).sum(axis=1).mean())
        return figures

    return each(seeds, one)


def _head_start(seeds: Sequence[int], added: float = 1.0) -> Figures:
    def one(seed: int) -> dict[str, float]:
        shares = _settled(np.array([2.0, 1.0, 1.0]), _luck(seed, 2_000, 1_000), added)
        means = dict(zip(("first", "second", "third"), shares.mean(axis=0).tolist(), strict=True))
        return {**means, "hhi": float((shares**2).sum(axis=1).mean())}

    return each(seeds, one)


def _settled(start: Floats, luck: Floats, added: float) -> Floats:
    weights = popularity.polya(start, luck, added)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _shares(clicked: Mask) -> dict[str, float]:
    return {str(place): share for place, share in enumerate(clicked.mean(axis=0).tolist(), start=1)}


def _luck(seed: int, rows: int, columns: int) -> Floats:
    return Streams(seed).get("luck").random((rows, columns))
