"""Instruments on a desk's wall, read at midnight: what was done with the day's requests, what drifted, and alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.books.figures import asked_between, marked
from simulator.learning.monitors import Bell
from simulator.learning.panel import DRIFTED
from simulator.learning.watches import FeatureWatch
from simulator.system import System
from simulator.units import DAY, day, dollars

__all__ = ["Wall"]

_QUIET = day(7)  # in which an alarm does not ring again
_REFERENCE = day(30)  # before take-off


class Wall:
    """The wall of a desk: *acted* and *ended* name gauges for the share of some actions, and of some results.

    It watches the PSI of *features* (column -> name) against the last month before take-off.
    """

    def __init__(
        self,
        system: System,
        features: Mapping[int, str],
        acted: Mapping[str, Sequence[int]],
        ended: Mapping[str, Sequence[int]],
    ) -> None:
        self._system, self._columns, self._acted, self._ended = system, list(features), acted, ended
        self._bell = Bell(_QUIET)
        month = slice(*np.searchsorted(system.tape.requests.at, [-_REFERENCE, 0.0]))
        usual = system.tape.requests.X[month, self._columns]
        self._features = FeatureWatch(list(features.values()), usual, threshold=DRIFTED)

    def read(self, count: str, others: Mapping[str, float]) -> dict[str, float]:
        """Mark the shares of those asked in the last day, their number as *count*, their mean score, the profit so
        far, the PSI of each feature (`psi_NAME`), and the *others*; nothing where nobody asked."""
        now, system = self._system.clock.now, self._system
        ids = asked_between(system.tape.requests, system.outcomes, max(0.0, now - DAY), now)
        if not len(ids):
            return {}
        outcomes, psi = system.outcomes, self._features.read(system.tape.requests.X[ids][:, self._columns])
        readings = {
            count: float(len(ids)),
            **{name: float(np.isin(outcomes.action[ids], actions).mean()) for name, actions in self._acted.items()},
            **{name: float(np.isin(outcomes.result[ids], results).mean()) for name, results in self._ended.items()},
            "mean_score": float(outcomes.score[ids].mean()),
            "profit": float(dollars(system.ledger.total())),
            **{reading.name.replace(" ", "_"): reading.statistic for reading in psi},
            **others,
        }
        return marked(system.mark, readings)

    def ring(self, readings: Mapping[str, float], others: Mapping[str, str]) -> None:
        """Ring for the features that drifted, by the *readings*, and for *others* (alarm -> what it says); each at
        most once a week."""
        drifted = [name for name, value in readings.items() if name.startswith("psi_") and value > DRIFTED]
        alarms = {name: f"PSI of {name[4:]} is {readings[name]:.2f}, over {DRIFTED}" for name in drifted}
        for name, text in {**alarms, **others}.items():
            if self._bell.rings(name, self._system.clock.now):
                self._system.say("alarm", name, text)
