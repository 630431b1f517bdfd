"""The models a case may choose from: what they are called, how they learn, and what they publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from simulator.errors import unknown
from simulator.learning import trees
from simulator.learning.batch import Batch, boosting, logistic
from simulator.learning.intake import Labels, Setup, guard
from simulator.learning.online import OnlineLogistic
from simulator.learning.scores import Scorer
from simulator.units import Floats

__all__ = ["MODELS", "BatchLearner", "Kind", "Labels", "OnlineLearner", "Scorer", "guard", "make"]


@runtime_checkable
class BatchLearner(Protocol):
    """Learns from a window of rows, afresh each time."""

    @property
    def name(self) -> str:
        """One of `MODELS`."""

    def fit(self, X: Floats, y: Labels, weight: Floats) -> Scorer:
        """Fit (n, f) features, (n,) labels and (n,) weights, and publish the model."""


@runtime_checkable
class OnlineLearner(Protocol):
    """Learns row by row, and publishes a snapshot when it is asked for one."""

    @property
    def name(self) -> str:
        """One of `MODELS`."""

    def learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        """Learn (n, f) features, (n,) labels and (n,) weights, in the order of the rows."""

    def snapshot(self) -> Scorer:
        """Publish the model as it is now."""


@dataclass(frozen=True)
class Kind:
    """A model to choose."""

    about: str
    """one line for people"""
    online: bool
    """learns row by row (an OnlineLearner); otherwise from a window (a BatchLearner)"""
    build: Callable[[Setup], BatchLearner | OnlineLearner]


MODELS: Mapping[str, Kind] = MappingProxyType(
    {
        "logistic": Kind(
            "Logistic regression on scaled features (scikit-learn)",
            online=False,
            build=lambda setup: Batch("logistic", setup, logistic),
        ),
        "boosting": Kind(
            "Gradient boosting: 80 small trees on binned features (scikit-learn)",
            online=False,
            build=lambda setup: Batch("boosting", setup, boosting),
        ),
        "online_logistic": Kind(
            "Logistic regression that takes one step with each label (river)",
            online=True,
            build=OnlineLogistic,
        ),
        "adaptive_tree": Kind(
            "Hoeffding tree that grows with the stream and replaces branches that drift (river)",
            online=True,
            build=lambda setup: trees.tree("adaptive_tree", setup),
        ),
        "adaptive_forest": Kind(
            "Adaptive random forest: four such trees that vote, each replaced when it drifts (river)",
            online=True,
            build=lambda setup: trees.forest("adaptive_forest", setup),
        ),
    }
)


def make(
    name: str, *, balanced: bool = False, seed: int = 0, keep: float = 1.0, allow_corrupt: bool = False
) -> BatchLearner | OnlineLearner:
    """Make the learner called *name*.

    *balanced* gives both classes the same weight: n / (2 n_c) in a batch; online, a positive row weighs the
    running negatives over positives, at most 100. *keep* is the share of the negatives that is learned from;
    the scores are corrected for it. *seed* rules all the luck there is. *allow_corrupt* lifts the guard
    against NaN, infinities and numbers beyond ±1e9, for a case that declares a corruption.
    """
    if name not in MODELS:
        raise unknown("model", name, MODELS)
    return MODELS[name].build(Setup(balanced, seed, keep, allow_corrupt))
