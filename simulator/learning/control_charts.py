"""Control charts of statistical process control: they ring when a mean has shifted, and theory says how soon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = ["Chart", "Cusum", "Ewma", "Shewhart", "first_rings", "path", "rings"]

# Charts run over standardised values: mean 0 and standard deviation 1 as long as all is well. A shift is in
# standard deviations. The average run length (ARL) is the mean number of values up to and including a ring.
_CELLS = 401  # of a Markov chain; twice as many change an ARL by less than 0.1 %


class Chart(Protocol):
    """What all charts can do."""

    @property
    def limit(self) -> float:
        """It rings where its statistic is at or over this."""

    @property
    def start(self) -> tuple[float, ...]:
        """The state before the first value."""

    def step(self, state: Floats, values: Floats) -> Floats:
        """Return the states (s, runs) after one more of the *values* (runs,) of each run."""

    def statistic(self, state: Floats) -> Floats:
        """Return what is held against the limit, (runs,), in *state* (s, runs)."""

    def arl(self, shift: float = 0.0) -> float:
        """Return the average run length where values are N(*shift*, 1) from the first on."""


@dataclass(frozen=True)
class Cusum:
    """The cumulative sum S = max(0, S + x - k), which rings at S ≥ h (Page 1954)."""

    k: float = 0.5
    """the reference value: half of the shift that is to be found soonest"""
    h: float = 5.0
    two_sided: bool = False
    """a second sum looks for shifts down"""

    def __post_init__(self) -> None:
        if not (self.k >= 0 and self.h > 0):
            raise BadInput(f"CUSUM with k {self.k} and h {self.h}: k must be 0 or more, h over 0")

    @property
    def limit(self) -> float:
        """It rings where the sum is at or over this: h."""
        return self.h

    @property
    def start(self) -> tuple[float, ...]:
        """The sum or sums before the first value."""
        return (0.0, 0.0) if self.two_sided else (0.0,)

    def step(self, state: Floats, values: Floats) -> Floats:
        """Return the sums (s, runs) after one more of the *values* (runs,) of each run."""
        sides = np.array([values, -values] if self.two_sided else [values])
        return np.asarray(np.maximum(0.0, state + sides - self.k))

    def statistic(self, state: Floats) -> Floats:
        """Return the larger of the sums, (runs,)."""
        return np.asarray(state.max(axis=0))

    def arl(self, shift: float = 0.0) -> float:
        """Return the average run length at a *shift*: a Markov chain over slices of S (Brook & Evans 1972).

        Two sides that cannot ring together, as with h > k, ring at the sum of their rates
        (van Dobben de Bruyn 1968).
        """
        up = self._one_sided(shift)
        return 1 / (1 / up + 1 / self._one_sided(-shift)) if self.two_sided else up

    def _one_sided(self, shift: float) -> float:
        """Slices are *width* wide with their middles at 0, width, 2 width, ...; the lowest takes all below."""
        width = 2 * self.h / (2 * _CELLS - 1)
        at = np.arange(_CELLS) * width
        step = at[None, :] - at[:, None] + self.k - shift
        stay = _phi(step + width / 2) - _phi(step - width / 2)
        stay[:, 0] = _phi(step[:, 0] + width / 2)
        return _time_to_leave(stay)[0]


@dataclass(frozen=True)
class Ewma:
    """The moving average Z = (1 - λ) Z + λ x, which rings at |Z| ≥ L sqrt(λ / (2 - λ)) (Roberts 1959)."""

    weight: float = 0.1
    """λ: how much the newest value counts, in (0, 1]"""
    width: float = 2.814
    """L: the limit, in standard deviations of Z in the long run"""

    def __post_init__(self) -> None:
        if not (0 < self.weight <= 1 and self.width > 0):
            raise BadInput(f"EWMA with weight {self.weight} and width {self.width}: 0 < weight ≤ 1 and width over 0")

    @property
    def limit(self) -> float:
        """It rings where |Z| is at or over this."""
        return self.width * math.sqrt(self.weight / (2 - self.weight))

    @property
    def start(self) -> tuple[float, ...]:
        """The average before the first value."""
        return (0.0,)

    def step(self, state: Floats, values: Floats) -> Floats:
        """Return the averages (1, runs) after one more of the *values* (runs,) of each run."""
        return np.asarray((1 - self.weight) * state + self.weight * np.asarray(values))

    def statistic(self, state: Floats) -> Floats:
        """Return |Z|, (runs,)."""
        return np.asarray(np.abs(state[0]))

    def arl(self, shift: float = 0.0) -> float:
        """Return the average run length at a *shift*: a Markov chain over slices of Z (Lucas & Saccucci 1990)."""
        half = self.limit / _CELLS
        at = (2 * np.arange(_CELLS) + 1) * half - self.limit
        step = at[None, :] - (1 - self.weight) * at[:, None]
        stay = _phi((step + half) / self.weight - shift) - _phi((step - half) / self.weight - shift)
        return _time_to_leave(stay)[_CELLS // 2]


@dataclass(frozen=True)
class Shewhart:
    """Each value by itself: it rings at |x| ≥ L (Shewhart 1931), or at x ≥ L where only shifts up matter."""

    width: float = 3.0
    """L, in standard deviations"""
    two_sided: bool = True

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise BadInput(f"Shewhart chart with width {self.width}: it must be over 0")

    @property
    def limit(self) -> float:
        """It rings where the value, or its size, is at or over this: L."""
        return self.width

    @property
    def start(self) -> tuple[float, ...]:
        """Nothing is remembered: the state is the last value."""
        return (0.0,)

    def step(self, state: Floats, values: Floats) -> Floats:
        """Return the *values* (runs,) themselves, as (1, runs)."""
        return np.asarray([values], dtype=np.float64)

    def statistic(self, state: Floats) -> Floats:
        """Return |x| or x, (runs,)."""
        return np.asarray(np.abs(state[0]) if self.two_sided else state[0])

    def arl(self, shift: float = 0.0) -> float:
        """Return the average run length at a *shift*: one over the chance that a value rings."""
        up, down = _upper(self.width - shift), _upper(self.width + shift)
        return 1 / (up + down) if self.two_sided else 1 / up


def path(chart: Chart, values: Floats) -> Floats:
    """Return the statistic of *chart* after each of *values* (..., n), in the same shape; a ring resets nothing."""
    shape: tuple[int, ...] = np.shape(values)
    found: Floats = np.empty(shape)
    state = _fresh(chart, shape[:-1])
    for i in range(shape[-1]):
        state = chart.step(state, values[..., i])
        found[..., i] = chart.statistic(state)
    return found


def rings(chart: Chart, values: Floats) -> Ints:
    """Return where in *values* (n,) the *chart* rings, starting afresh after each ring."""
    state, found = np.array(chart.start), []
    for i, value in enumerate(values):
        state = chart.step(state, value)
        if chart.statistic(state) >= chart.limit:
            found.append(i)
            state = np.array(chart.start)
    return np.array(found, dtype=np.int64)


def first_rings(chart: Chart, luck: np.random.Generator, runs: int, shift: float = 0.0, most: int = 1_000_000) -> Ints:
    """Return the run length of each of so many *runs* over N(*shift*, 1) values: the number up to the first ring.

    *luck* draws a value for each run that has not rung yet; a run that has not by *most* values counts as *most*.
    """
    found = np.full(runs, most, dtype=np.int64)
    going = np.arange(runs)
    state = _fresh(chart, (runs,))
    for n in range(1, most):
        state = chart.step(state, luck.standard_normal(len(going)) + shift)
        rang = chart.statistic(state) >= chart.limit
        if rang.any():
            found[going[rang]] = n
            going, state = going[~rang], state[:, ~rang]
        if not len(going):
            break
    return found


def _fresh(chart: Chart, shape: tuple[int, ...]) -> Floats:
    return np.asarray(np.multiply.outer(np.array(chart.start), np.ones(shape)))


def _phi(x: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(x))


def _upper(x: float) -> float:
    return math.erfc(x / math.sqrt(2)) / 2


def _time_to_leave(stay: Floats) -> list[float]:
    """Return the mean number of steps before a chain leaves, from each state; *stay* are its inner transitions."""
    from numpy.linalg import solve

    return list(solve(np.eye(len(stay)) - stay, np.ones(len(stay))).tolist())
