"""Asks an optimiser for designs and tells it what they made: optuna's, which nobody hears."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.study.axes import Axes, Axis, Values

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial, Trial

__all__ = ["Asker"]

_MISSES = "misses"
_AT_RANDOM = 10  # designs before the model of the good ones is used, or a third of the budget


class Asker:
    """Proposes designs on *axes*, more and more where good ones were found; *luck* is its seed.

    A tree-structured Parzen estimator over all dials together, with constraints, which allows for designs that were
    asked for but not told yet (constant liar). Source: Bergstra et al. 2011, Watanabe 2023 (optuna). BadInput where
    optuna is not installed.
    """

    def __init__(self, axes: Axes, budget: int, luck: int = 0) -> None:
        with _quiet():
            optuna = _optuna()
            sampler = optuna.samplers.TPESampler(
                n_startup_trials=min(_AT_RANDOM, math.ceil(budget / 3)),
                seed=int(Streams(luck).get("study", "search").integers(2**32)),
                multivariate=True,
                constant_liar=True,
                constraints_func=_misses,
            )
            self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._axes = axes
        self._proposed: Values = {}
        self._space = {axis.dial.name: _distribution(axis) for axis in axes}

    def propose(self, values: Values) -> None:
        """Have *values*, which lie on the axes, tried next."""
        self._proposed = dict(values)
        with _quiet():
            self._study.enqueue_trial(dict(values))

    def ask(self) -> tuple[Trial, Values]:
        """Return what to tell about, and the values to be tried."""
        with _quiet():
            trial = self._study.ask(self._space)
        if trial.params == self._proposed:
            return trial, self._proposed
        return trial, {axis.dial.name: axis.neat(trial.params[axis.dial.name]) for axis in self._axes}

    def tell(self, trial: Trial, score: float, misses: Sequence[float]) -> None:
        """Tell what a *trial* made: its *score* (more is better), and what it *misses* (up to 0 = nothing)."""
        with _quiet():
            trial.set_user_attr(_MISSES, list(misses))
            self._study.tell(trial, score if math.isfinite(score) else 0.0)  # what is not known counts as missed


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise BadInput('a search needs optuna; install it with: pip install "ml-windtunnel[studies]"') from None
    return optuna


def _misses(trial: FrozenTrial) -> list[float]:
    known: Mapping[str, Any] = trial.user_attrs
    return list(known[_MISSES])


def _distribution(axis: Axis) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.options:
        return CategoricalDistribution(axis.options)
    if axis.dial.kind == "integer":
        return IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)


@contextlib.contextmanager
def _quiet() -> Generator[None, None, None]:
    """Let optuna say nothing: it reports what it does, and warns of what is new in it."""
    logs = _optuna().logging
    before = logs.get_verbosity()
    logs.set_verbosity(logs.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logs.set_verbosity(before)
