"""Checks of the drift area on alarms over time: how soon charts and detectors ring, with reason and without."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.learning.control_charts import Chart, Cusum, Ewma, Shewhart, first_rings
from simulator.learning.detectors import detector
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["checks"]

_TEN, _TWENTY = tuple(range(10)), tuple(range(20))
_A_SEED = 700  # runs
_WRONG = 1.05  # a twin's parameter is wrong by a twentieth


def checks() -> list[Check]:
    """List the checks, quick ones first."""
    return [_shewhart(), _ewma(), _cusum(), _detection(), _false_alarms()]


def _shewhart() -> Check:
    return _lengths(
        "d.shewhart",
        "values beyond three standard deviations",
        {"3": (370.398, 43.895, 6.303, 2.0)},
        (0.0, 1.0, 2.0, 3.0),
        "closed form",
    )


def _ewma() -> Check:
    about = "moving average with weight 0.1 and limits at 2.814"
    return _lengths("d.ewma", about, {"2.814": (499.55, 31.3, 10.33)}, (0.0, 0.5, 1.0), "Lucas & Saccucci 1990")


def _cusum() -> Check:
    arls = {"4": (335.37, 26.68, 8.38, 3.34), "5": (930.87, 38.01, 10.38, 4.01)}
    shifts = (0.0, 0.5, 1.0, 2.0)
    return _lengths("d.cusum", "one-sided cumulative sum with k = 0.5", arls, shifts, "Brook & Evans 1972")


def _chart(id: str, limit: float) -> Chart:
    charts: dict[str, Chart] = {"d.shewhart": Shewhart(limit), "d.ewma": Ewma(0.1, limit), "d.cusum": Cusum(0.5, limit)}
    return charts[id]


def _lengths(
    id: str, chart: str, arls: Mapping[str, tuple[float, ...]], shifts: tuple[float, ...], source: str
) -> Check:
    """Runs are drawn, and theory is asked for the same."""
    drawn = {
        f"{limit} shift {shift:g}": value
        for limit, values in arls.items()
        for shift, value in zip(shifts, values, strict=True)
    }
    asked = {f"theory {name}": value for name, value in drawn.items()}
    lax = dict.fromkeys(drawn, Tolerance(band=0.001, cap=0.0125, relative=True))
    return Check(
        id=id,
        area="drift",
        mechanism=f"average run length of a chart: {chart}",
        setting={"limit": list(arls), "shift": list(shifts), "runs": _A_SEED * len(_TWENTY)},
        expected=drawn | asked,
        source=source,
        # Theory is printed to a hundredth, and a chain of slices is a little coarse.
        tolerance=lax | dict.fromkeys(asked, Tolerance(band=0.0015, cap=1e-12, relative=True)),
        measure=lambda seeds, times=1.0: _run(seeds, id, tuple(arls), shifts, times),
        seeds=_TWENTY,
        twin={"times": _WRONG},
    )


def _run(seeds: Sequence[int], id: str, limits: tuple[str, ...], shifts: tuple[float, ...], times: float) -> Figures:
    """The limits of the chart are *times* what they should be; theory speaks of those that should be."""
    theory = {f"theory {limit} shift {x:g}": _chart(id, float(limit)).arl(x) for limit in limits for x in shifts}

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get(id)
        charts = {limit: _chart(id, float(limit) * times) for limit in limits}
        lengths = {
            f"{name} shift {x:g}": first_rings(chart, luck, _A_SEED, x)
            for name, chart in charts.items()
            for x in shifts
        }
        return {name: float(length.mean()) for name, length in lengths.items()} | theory

    return each(seeds, one)


_DELAYS = {"adwin": 94.2, "page_hinkley": 156.45, "ddm": 144.25, "eddm": 84.89, "hddm_a": 59.82, "hddm_w": 36.32}
_TOO_SOON = {"adwin": 0.0, "page_hinkley": 0.0, "ddm": 0.285, "eddm": 0.955, "hddm_a": 0.02, "hddm_w": 0.015}
_RUNS = {"ddm": 60, "eddm": 100}  # their runs often ring too soon, and then tell no delay


def _detection() -> Check:
    delays = {f"delay {name}": value for name, value in _DELAYS.items()}
    soon = {f"too soon {name}": value for name, value in _TOO_SOON.items()}
    return Check(
        id="d.river.det",
        area="drift",
        mechanism="values until a detector of river's rings, where it did not ring too soon, and how often it did",
        setting={"error": [0.2, 0.5], "from": 1_000, "runs": 200},
        expected=delays | soon,
        source="200 runs of river 0.26.1: one draw of luck themselves",
        tolerance=dict.fromkeys(delays, Tolerance(band=0.15, cap=0.05, relative=True))
        | dict.fromkeys(soon, Tolerance(band=0.06, cap=0.03)),
        measure=_detected,
        seeds=_TEN,
        twin={"after": 0.4},  # the delays that are tried are themselves known to 15 % only
    )


def _detected(seeds: Sequence[int], after: float = 0.5) -> Figures:
    def one(seed: int) -> dict[str, float]:
        figures = {}
        for name in _DELAYS:
            luck = Streams(seed).get("d.river.det", name)
            found = np.array([_first(name, luck, after) for _ in range(_RUNS.get(name, 20))])
            figures[f"delay {name}"] = float(found[found >= 0].mean())
            figures[f"too soon {name}"] = float(np.mean(found < 0))
        return figures

    return each(seeds, one)


def _first(name: str, luck: np.random.Generator, after: float) -> float:
    """Return how many values after the change it rings; -1 if it did before, 2,000 if it never does."""
    watch = detector(name)
    for start in range(0, 3_000, 50):
        rang = watch.feed(_errors(luck, 0.2 if start < 1_000 else after, 50))
        if len(rang):
            return max(-1.0, start + float(rang[0]) - 1_000)
    return 2_000.0


def _errors(luck: np.random.Generator, rate: float, n: int) -> Floats:
    return (luck.random(n) < rate).astype(np.float64)


_RATES = (0.05, 0.2, 0.5)
_ALARMS: Mapping[str, tuple[float, float, float]] = {
    "adwin": (0.0, 0.0, 0.0),
    "page_hinkley": (0.0, 0.25, 0.667),
    "ddm": (1.65, 0.4, 0.1),
    "eddm": (10.3, 17.2, 11.8),
    "hddm_a": (0.0, 0.067, 0.1),
    "hddm_w": (0.0, 0.6, 8.333),
}


def _false_alarms() -> Check:
    named = {
        f"{name} {rate:g}": value
        for name, values in _ALARMS.items()
        for rate, value in zip(_RATES, values, strict=True)
    }
    return Check(
        id="d.river.fa",
        area="drift",
        mechanism="rings of river's detectors in 10,000 errors at a steady rate: log10(rings + 0.1)",
        setting={"rate": list(_RATES), "n": 10_000, "runs": 20},
        expected={name: _magnitude(value) for name, value in named.items()},
        source="a run of river 0.26.1",
        tolerance=Tolerance(band=0.5, cap=1.0, errors=0),  # within a factor of three; few runs cannot tell 0 from 0.1
        measure=_idle,
        seeds=_TEN,
        twin={"ddm": {"drift_threshold": 2.0}},
    )


def _magnitude(rings: float) -> float:
    return math.log10(rings + 0.1)


def _idle(seeds: Sequence[int], **settings: Mapping[str, Any]) -> Figures:
    """Rings are counted over all seeds together: the magnitude of a mean, not the mean of magnitudes."""

    def one(seed: int) -> dict[str, float]:
        luck = Streams(seed).get("d.river.fa")
        streams = {f"{rate:g}": [_errors(luck, rate, 10_000) for _ in range(2)] for rate in _RATES}
        return {
            f"{name} {rate}": sum(len(detector(name, **settings.get(name, {})).feed(errors)) for errors in drawn) / 2
            for name in _ALARMS
            for rate, drawn in streams.items()
        }

    found = each(seeds, one)
    return {name: np.full(len(seeds), _magnitude(float(rings.mean()))) for name, rings in found.items()}
