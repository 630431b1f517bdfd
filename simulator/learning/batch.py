"""scikit-learn's models, fitted on a window of labelled rows: the same on every machine, on one thread."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.learning.intake import Intake, Labels, Rows, Setup, class_weights, received
from simulator.learning.scores import Scorer, constant, linear, published
from simulator.units import Floats

__all__ = ["Batch", "boosting", "logistic", "one_thread"]


@dataclass(frozen=True)
class Batch:
    """A learner that starts afresh with each fit: same setup and rows, same scorer.

    *fitter* makes a raw scorer from rows of both classes and a seed.
    """

    name: str
    setup: Setup
    fitter: Callable[[Rows, int], Scorer]

    def fit(self, X: Floats, y: Labels, weight: Floats) -> Scorer:
        """Fit the rows of *X* (n, f), each counted *weight* times, and publish the model.

        Rows of one class only (or none) teach nothing but how rare the other one is: the model then says
        (positives + 1) / (rows + 2) to everything (Laplace's rule).
        """
        rows = Intake(self.setup).thinned(received(X, y, weight, self.setup))
        rows = rows.where(rows.weight > 0).usable()
        raw = self._fitted(rows) if 0 < rows.y.sum() < len(rows) else constant(_laplace(rows))
        return published(raw, self.setup, rows.X.shape[1])

    def _fitted(self, rows: Rows) -> Scorer:
        weight = class_weights(rows.y, rows.weight) if self.setup.balanced else rows.weight
        return self.fitter(Rows(rows.X, rows.y, weight), self.setup.seed)


def _laplace(rows: Rows) -> float:
    return (float(rows.weight[rows.y].sum()) + 1) / (float(rows.weight.sum()) + 2)


def logistic(rows: Rows, seed: int) -> Scorer:
    """Fit scikit-learn's `StandardScaler | LogisticRegression` (L2, C = 1); nothing in it is drawn.

    Newton's method is quick on many rows of few features. Its tolerance is tight, so that it ends at the
    optimum however the BLAS of a machine rounds on the way: at 1e-8 scores were still 1e-8 off. Rows that have
    no finite optimum (separable, and heavy enough to outweigh the penalty) get as far as the solver goes.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    model = LogisticRegression(solver="newton-cholesky", tol=1e-10, max_iter=200)
    with one_thread(), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(scaler.fit_transform(rows.X), rows.y, sample_weight=rows.weight)
    return linear(scaler.mean_, scaler.scale_, model.coef_[0], float(model.intercept_[0]))


def boosting(rows: Rows, seed: int) -> Scorer:
    """Fit scikit-learn's `HistGradientBoostingClassifier`, a small one: 80 trees of up to 15 leaves.

    It fits 100,000 rows of 12 features in 0.5 s, and in 1.3 s if they weigh differently: the library then cuts
    its bins by weight, slowly, so there are 64 of them and not 255 (3.5 s; the AUC was better by 0.001). It does
    not stop early, as that would hold out rows by luck. NaN and infinities, where they are let in, are missing
    values to it.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=80, max_leaf_nodes=15, max_bins=64, early_stopping=False, random_state=seed
    )
    weight = None if (rows.weight == 1).all() else rows.weight
    with one_thread():
        model.fit(rows.X, rows.y, sample_weight=weight)

    def raw(X: Floats) -> Floats:
        with one_thread():
            p: Floats = model.predict_proba(np.where(np.isfinite(X), X, np.nan))[:, 1]
        return p

    return raw


def one_thread() -> AbstractContextManager[Any]:
    """Hold OpenMP and BLAS to one thread: on more, results and run time vary with the machine."""
    limit: AbstractContextManager[Any] = _pools().limit(limits=1)
    return limit


@functools.cache
def _pools() -> Any:
    """Find the thread pools of this process, once: looking takes 2.4 ms, setting a limit 15 µs."""
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401  a pool is found only if the library is loaded
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
