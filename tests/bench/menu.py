"""Measures what scikit-learn models cost in time and bring in quality, and writes the menu that cases take them from.

Run it as `python tests/bench/menu.py` on a quiet machine. It trains six models on one made-up click task, times
`predict_proba` in one thread for batches of several sizes, and writes cases/menus/ranker.json.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import sklearn
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from simulator.streams import Streams
from simulator.units import Floats, Mask

FILE = Path(__file__).resolve().parents[2] / "cases" / "menus" / "ranker.json"
SEED, TRAINED, HELD_OUT, UNLABELLED, FEATURES = 20, 30_000, 10_000, 30_000, 20
BATCHES = (1, 10, 30, 100, 300, 1000, 3000)
SHOWN = (1, 1000)  # of them in the table
ROUNDS, KEPT = 6, 4  # interleaved; the others, which are the slowest, are another program's doing
SECONDS = 10.0  # to spend on a model and a batch, if the number of calls allows
FEWEST, MOST, WARM_UP = 60, 1200, 5  # calls in all the rounds; calls before each round that do not count
Z95 = statistics.NormalDist().inv_cdf(0.95)


class Ranker(Protocol):
    """What can be timed."""

    def predict_proba(self, X: Floats) -> Floats:
        """Return (n, 2) probabilities for (n, f) features."""


class Distilled:
    """A small boosting that has learned another model's scores, on the scale of log odds."""

    def __init__(self, teacher: Ranker, X: Floats) -> None:
        taught = np.clip(teacher.predict_proba(X)[:, 1], 0.01, 0.99)
        self._student = HistGradientBoostingRegressor(max_iter=20, learning_rate=0.3, max_leaf_nodes=31, random_state=0)
        self._student.fit(X, np.log(taught / (1 - taught)))

    def predict_proba(self, X: Floats) -> Floats:
        """Return (n, 2) probabilities for (n, f) features."""
        chance = 1 / (1 + np.exp(-self._student.predict(X)))
        return np.column_stack([1 - chance, chance])


def main() -> int:
    """Train, time, print the table and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FILE, help="file to write")
    out: Path = parser.parse_args().out
    before = os.getloadavg()[0]
    with threadpool_limits(limits=1):
        X, y = impressions("held out", HELD_OUT)
        rankers = trained()
        aucs = {name: float(roc_auc_score(y, ranker.predict_proba(X)[:, 1])) for name, ranker in rankers.items()}
        times = timed(rankers, X)
    menu = {"measured": surroundings(before), "models": {name: entry(aucs[name], times[name]) for name in rankers}}
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(menu, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    Console().print(table(menu["models"]))
    return 0


# --- the task and the models ----------------------------------------------------------------------------------


def impressions(name: str, rows: int) -> tuple[Floats, Mask]:
    """Draw *rows* impressions and whether each was clicked, from the stream called *name*."""
    luck = Streams(SEED).get("menu", name)
    X = luck.normal(size=(rows, FEATURES))
    X[:, 12:15] = luck.exponential(size=(rows, 3))  # amounts and counts
    X[:, 15:18] = luck.integers(0, 6, size=(rows, 3))  # codes
    return X, luck.random(rows) < 1 / (1 + np.exp(-log_odds(X)))


def log_odds(X: Floats) -> Floats:
    """Return the log odds of a click: some straight parts, some that only trees find, and idle features."""
    straight = 0.6 * X[:, 0] - 0.5 * X[:, 1] + 0.4 * np.log1p(X[:, 12])
    pairs = 0.9 * X[:, 2] * X[:, 3] - 0.7 * X[:, 4] * X[:, 5]
    bends = 1.2 * np.cos(2 * X[:, 6]) + 0.8 * (np.abs(X[:, 7]) - 0.8)
    steps = (
        1.6 * ((X[:, 8] > 0.5) & (X[:, 13] < 0.7)) + np.array([0.9, -0.9, 0.2, 1.1, -1.0, 0.0])[X[:, 15].astype(int)]
    )
    return 1.5 * (straight + pairs + bends + steps) - 3.0  # type: ignore[no-any-return]


def trained() -> dict[str, Ranker]:
    """Return the models by name; the distilled one learns the best one's scores of impressions without labels."""
    X, y = impressions("trained", TRAINED)
    rankers: dict[str, Any] = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "boosting_100": HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=0),
        "forest_30": forest(30, max_depth=8),
        "forest_100": forest(100),
        "forest_500": forest(500),
    }
    for ranker in rankers.values():
        ranker.fit(X, y)
    unlabelled, _ = impressions("unlabelled", UNLABELLED)
    return {**rankers, "distilled": Distilled(rankers["boosting_100"], unlabelled)}


def forest(trees: int, max_depth: int | None = None) -> RandomForestClassifier:
    """Return a forest of so many *trees*; leaves hold at least 20 rows."""
    return RandomForestClassifier(trees, max_depth=max_depth, min_samples_leaf=20, n_jobs=1, random_state=0)


# --- the stop-watch -------------------------------------------------------------------------------------------


def timed(rankers: dict[str, Ranker], X: Floats) -> dict[str, dict[int, Floats]]:
    """Return, for each model and batch, the times of the calls that count [ms]; all models take turns in each round."""
    cells = [(name, rows) for name in rankers for rows in BATCHES]
    calls = {cell: calls_a_round(rankers[cell[0]], X[: cell[1]]) for cell in cells}
    rounds: dict[tuple[str, int], list[Floats]] = {cell: [] for cell in cells}
    for _ in range(ROUNDS):
        for name, rows in cells:
            rounds[name, rows].append(one_round(rankers[name], X, rows, calls[name, rows]))
    return {name: {rows: quiet(rounds[name, rows]) for rows in BATCHES} for name in rankers}


def calls_a_round(ranker: Ranker, X: Floats) -> int:
    """Return how many calls with *X* fit into the time there is, within FEWEST and MOST."""
    typical = statistics.median(stop_watch(partial(ranker.predict_proba, X)) for _ in range(WARM_UP)) / 1000
    return math.ceil(min(max(SECONDS / typical, FEWEST), MOST) / ROUNDS)


def one_round(ranker: Ranker, X: Floats, rows: int, calls: int) -> Floats:
    """Time so many *calls*, each with other *rows* of *X* [ms], after a few that do not count."""
    starts = [(number * rows) % (len(X) - rows) for number in range(WARM_UP + calls)]
    times = [stop_watch(partial(ranker.predict_proba, X[start : start + rows])) for start in starts]
    return np.array(times[WARM_UP:], dtype=np.float64)


def stop_watch(work: Callable[[], object]) -> float:
    """Return how long *work* takes [ms]."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def quiet(rounds: Sequence[Floats]) -> Floats:
    """Pool the calls of the rounds that were quickest in the median: a busy neighbour spoils whole rounds."""
    return np.concatenate(sorted(rounds, key=lambda calls: float(np.median(calls)))[:KEPT])


# --- what is made of the times --------------------------------------------------------------------------------


def entry(auc: float, times: dict[int, Floats]) -> dict[str, Any]:
    """Return what the menu says of a model: its quality, its quantiles, and the line and spread that sum them up."""
    batches = {rows: quantiles(calls) for rows, calls in times.items()}
    fixed, per_row = line({rows: found["p50"] for rows, found in batches.items()})
    stored = {str(rows): found for rows, found in batches.items()}
    summed = {"fixed_ms": fixed, "per_row_ms": per_row, "sigma": spread(list(batches.values()))}
    return {"auc": round(auc, 4), "batches": stored, **{name: short(value) for name, value in summed.items()}}


def quantiles(calls: Floats) -> dict[str, float]:
    """Return the quantiles of the times of *calls* [ms], and how many they were."""
    found = {f"p{share}": short(float(np.percentile(calls, share))) for share in (50, 90, 95, 99)}
    return {**found, "calls": len(calls)}


def line(medians: dict[int, float]) -> tuple[float, float]:
    """Return the fixed part and the part per row [ms] of the straight line that fits the *medians* best.

    Best is the smallest sum of deviations in per cent, so that a batch of one counts like one of thousands and a
    single odd batch does not bend the line. Such a line goes through two of the points: each pair is tried.
    """
    points = sorted(medians.items())
    rising = [line_through(a, b) for a, b in combinations(points, 2)]
    return min((found for found in rising if min(found) > 0), key=lambda found: deviation(found, medians))


def line_through(a: tuple[int, float], b: tuple[int, float]) -> tuple[float, float]:
    """Return the fixed part and the part per row of the line through two points."""
    per_row = (b[1] - a[1]) / (b[0] - a[0])
    return a[1] - per_row * a[0], per_row


def deviation(parts: tuple[float, float], medians: dict[int, float]) -> float:
    """Return by which share of them the line misses the *medians*, summed over the batches."""
    return sum(abs(parts[0] + parts[1] * rows - median) / median for rows, median in medians.items())


def spread(batches: Sequence[dict[str, float]]) -> float:
    """Return the sigma of the lognormal with the p95/p50 of a batch, in the median over the *batches*."""
    return statistics.median(math.log(found["p95"] / found["p50"]) / Z95 for found in batches)


def short(value: float) -> float:
    """Return *value* with four digits."""
    return float(f"{value:.4g}")


def surroundings(load_before: float) -> dict[str, Any]:
    """Return what was measured on, and how."""
    return {
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
        "load_before": round(load_before, 2),
        "load_after": round(os.getloadavg()[0], 2),  # this process itself is 1
        "numpy": np.__version__,
        "processor": processor(),
        "python": platform.python_version(),
        "rounds": ROUNDS,
        "rounds_kept": KEPT,
        "scikit_learn": sklearn.__version__,
        "threads": 1,
        "trained_on": {"features": FEATURES, "held_out": HELD_OUT, "rows": TRAINED},
    }


def processor() -> str:
    """Return the processor's name, as the system gives it."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = [text.split(":", 1)[1].strip() for text in lines if text.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def table(models: dict[str, Any]) -> Table:
    """Lay the models beside each other."""
    drawn = Table("model", "AUC", "fixed ms", "ms per row", "sigma", *(f"p50 of {rows}" for rows in SHOWN), box=None)
    for name, found in models.items():
        p50 = [f"{found['batches'][str(rows)]['p50']:g}" for rows in SHOWN]
        parts = [f"{found[part]:g}" for part in ("auc", "fixed_ms", "per_row_ms", "sigma")]
        drawn.add_row(name, *parts, *p50)
    return drawn


if __name__ == "__main__":
    sys.exit(main())
