"""Checks of the drift area on river's bundled streams: each model's accuracy, tested on a row before it is learned."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.fidelity.table import Check, Figures, Tolerance
from simulator.learning.prequential import prequential

__all__ = ["checks"]

_SEED = 42  # of the models that draw
_ACCURACY: Mapping[str, Mapping[str, float]] = {
    "Phishing": {
        "LR": 0.8872,
        "ALMA": 0.8256,
        "HT": 0.879904,
        "HAT": 0.874299,
        "NB": 0.884708,
        "ARF": 0.910328,
    },
    "ImageSegments": {"NB": 0.733651, "HT": 0.778259, "HAT": 0.77696, "ARF": 0.79385},
    "Bananas": {"LR": 0.543208, "HT": 0.64314, "NB": 0.615399, "ARF": 0.883186, "NoChange": 0.50953},
}


def checks() -> list[Check]:
    """List the checks."""
    return [
        Check(
            id="d.river.bench",
            area="drift",
            mechanism="accuracy of river's models on its bundled streams, each row predicted before it is learned",
            setting={"streams": list(_ACCURACY), "seed": _SEED},
            expected={f"{stream} {model}": v for stream, models in _ACCURACY.items() for model, v in models.items()},
            source="runs of river 0.26.1; for LR river's own benchmark: 0.8880 on Phishing, 0.5430 on Bananas",
            tolerance=Tolerance(band=0.01, errors=0),
            measure=_accuracies,
        )
    ]


def _accuracies(seeds: Sequence[int]) -> Figures:
    return {
        f"{stream} {model}": np.array([_accuracy(stream, model)])
        for stream, models in _ACCURACY.items()
        for model in models
    }


def _accuracy(stream: str, model: str) -> float:
    from river import datasets, metrics

    metric: Any = metrics.Accuracy
    values = prequential(getattr(datasets, stream)(), _models()[model](), metric())
    return float(deque(values, maxlen=1)[0])


def _models() -> dict[str, Callable[[], Any]]:
    """Linear models stand behind a scaler; the learning rate is that of river's benchmark."""
    from river import dummy, forest, linear_model, naive_bayes, optim, preprocessing, tree

    scaler: Any = preprocessing.StandardScaler
    alma: Any = linear_model.ALMAClassifier
    return {
        "LR": lambda: scaler() | linear_model.LogisticRegression(optimizer=optim.SGD(0.005)),
        "ALMA": lambda: scaler() | alma(),
        "NB": naive_bayes.GaussianNB,
        "HT": tree.HoeffdingTreeClassifier,
        "HAT": lambda: tree.HoeffdingAdaptiveTreeClassifier(seed=_SEED),
        "ARF": lambda: forest.ARFClassifier(seed=_SEED),
        "NoChange": dummy.NoChangeClassifier,
    }
