"""When to stop flying: values read at several looks, by a test whose error allows for all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from simulator.errors import BadInput
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["STANDARD", "Look", "Rule", "detectable", "power"]

_FEWEST = 10  # seeds from look to look: fewer have too few subsets to show anything at so strict a level
_MOST_LOOKS = 10
_MOST_SEEDS = 100_000
_MOST_CONFIDENCE = 0.999
_BITS = 12  # 4095 subsets; of up to 12 values these are all
_ALIKE = 1e-9  # of the sum of all sizes: sums closer to 0 than rounding can tell are 0
_DRAWN = 1_000_000  # looks of studies that are drawn to calibrate a rule: at six looks, 5 % are within 0.06 %


@dataclass(frozen=True)
class Look:
    """What is known of a mean at the look that decided, or at the last one."""

    number: int
    """of the look, from 1"""
    n: int
    """values seen"""
    mean: float
    low: float
    high: float
    """the repeated confidence interval: it holds the truth at all looks together as often as the rule says"""
    tail: float
    """one-sided, at this look alone: how probable it is to be as far from 0 without effect, or farther"""

    side: int
    """1 where the mean is shown to lie above 0, -1 below, 0 where that is open"""


@dataclass(frozen=True)
class Rule:
    """Reads independent values that lie evenly about one mean, and stops as soon as that is known not to be 0.

    At each look the values are read by a randomisation test: without effect each could as well have had the other
    sign. So the means of subsets of the values lie on both sides of the true mean as often as a coin says, and those
    at the ends bound it, whatever law the values have (Hartigan 1969). Each look decides at the same probability,
    which is so small that all looks together err with 1 - *confidence*, half of it on either side (Pocock 1977).
    BadInput for what is no such rule.
    """

    confidence: float = 0.95
    max_seeds: int = 60
    """values after which it ends in any case"""
    looks: int = 10
    """how often it looks at most; there are 10 seeds from look to look or more"""

    def __post_init__(self) -> None:
        if not 0 < self.confidence <= _MOST_CONFIDENCE:
            raise BadInput(
                f"confidence {self.confidence} is not allowed; it is above 0, and {_MOST_CONFIDENCE} at most"
            )
        least = math.ceil(1 - math.log2(1 - self.confidence))
        if not least <= self.max_seeds <= _MOST_SEEDS:
            allowed = f"with a confidence of {self.confidence:g} it takes {least} to {_MOST_SEEDS:,}"
            raise BadInput(f"at most {self.max_seeds} seeds are not allowed; {allowed}")
        if not 1 <= self.looks <= _MOST_LOOKS:
            raise BadInput(f"{self.looks} looks are not allowed; it takes 1 to {_MOST_LOOKS}")
        shown, alpha = 2 ** min(self.max_seeds, _BITS), 1 - self.confidence
        if alpha / (2 * len(self.sizes)) * shown < 1 and self.tail * shown < 1:  # the first is never the larger one
            raise BadInput(
                f"confidence {self.confidence:g} cannot be reached in {len(self.sizes)} looks at up to "
                f"{self.max_seeds} seeds; ask for less, or look less often"
            )

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many values have been seen at each look."""
        looks = max(1, min(self.looks, self.max_seeds // _FEWEST))
        return tuple(round(self.max_seeds * k / looks) for k in range(1, looks + 1))

    @cached_property
    def tail(self) -> float:
        """The one-sided probability at which each look decides."""
        return _tail(self.sizes, 1 - self.confidence)

    def read(self, values: Floats) -> Look:
        """Return the first look that decides, or else the last one that *values* (n,) are enough for.

        It depends on nothing but the values up to that look. BadInput when they are too few for the first one.
        """
        reached = [place for place, n in enumerate(self.sizes) if n <= len(values)]
        if not reached:
            raise BadInput(f"{len(values)} seeds are too few; the first look takes {self.sizes[0]}")
        for place in reached:
            sums = _sums(values[: self.sizes[place]])
            if side := self._side(sums):
                break
        seen = values[: self.sizes[place]]
        return Look(
            place + 1, len(seen), float(np.mean(seen)), *_ends(sums, len(seen), self.tail), min(_tails(sums)), side
        )

    def decided(self, values: Floats) -> bool:
        """Tell whether *values* say enough: the mean is not 0, or no look is left."""
        return len(values) >= self.sizes[-1] or self.read(values).side != 0

    def p_value(self, look: Look) -> float:
        """Return the error of the rule that would just have decided at *look* (Jennison & Turnbull 2000, ch. 9.5).

        It is at most the error of this rule where this one has decided, and holds at whatever look one stops.
        """
        if len(self.sizes) == 1:
            return min(1.0, 2 * look.tail)
        least = _least_tails(self.sizes)
        return float(np.searchsorted(least, look.tail, side="right") / len(least))

    def _side(self, sums: Floats) -> int:
        above, below = _tails(sums)
        return int(above <= self.tail) - int(below <= self.tail)


STANDARD = Rule()
"""60 seeds at most, read after each 10 of them, wrong in 5 of 100 cases"""


# --- one look ---------------------------------------------------------------------------------------------------------


def _sums(values: Floats) -> Floats:
    """Return the sum of each subset of *values*."""
    sums = _subsets(len(values)) @ values
    sums[np.abs(sums) <= _ALIKE * np.abs(values).sum()] = 0.0
    return sums


def _tails(sums: Floats) -> tuple[float, float]:
    """Return how probable it is, if the mean is 0, that values are as far above it as they are, and as far below."""
    most = len(sums) + 1
    return (most - np.count_nonzero(sums > 0)) / most, (most - np.count_nonzero(sums < 0)) / most


def _ends(sums: Floats, n: int, tail: float) -> tuple[float, float]:
    """Return the interval of the mean that is missed with *tail* on either side; infinite where no end is so rare."""
    means, rank = np.sort(sums / _sizes(n)), math.floor(tail * (len(sums) + 1))
    return (float(means[rank - 1]), float(means[-rank])) if rank else (-math.inf, math.inf)


@cache
def _sizes(n: int) -> Floats:
    return np.asarray(_subsets(n).sum(axis=1))


@cache
def _subsets(n: int) -> Floats:
    """Return subsets of *n* values, (subsets, n) of 0 and 1, none of them empty: all, or of many values 4095 of them.

    What two of them do not share is one of them again, as Hartigan's theorem asks for: they are the words of a linear
    code, in which each value has a column of its own.
    """
    bits = min(n, _BITS)
    units, others = 2 ** np.arange(bits), Streams(0).get("study", "subsets").permutation(np.arange(1, 2**_BITS))
    others = others[np.bitwise_count(others) > 1]
    columns = np.append(units, np.resize(others, n - bits))
    words = np.bitwise_count(np.arange(1, 2**bits)[:, None] & columns)
    return np.asarray(words % 2, dtype=np.float64)


# --- what it does in many studies -------------------------------------------------------------------------------------


def power(effect: float, sd: float, rule: Rule = STANDARD) -> float:
    """Return the probability that *rule* finds a mean above 0 where the values are normal with mean *effect*.

    *sd* is the standard deviation of a value, in the unit of the effect; of paired differences it is that of the
    difference. It is counted in more than a hundred thousand drawn studies, the same ones for each effect, by the
    Student's t that is as improbable as what the rule decides at; it is good to 0.01. BadInput unless *sd* is
    positive and both are finite.
    """
    if not (0 < sd < math.inf and math.isfinite(effect)):
        raise BadInput(f"an effect of {effect} with a standard deviation of {sd} is not allowed; finite, and sd > 0")
    t = _students(rule.sizes, effect / sd)
    decided = np.abs(t) > _bounds(rule)
    first = np.take_along_axis(t, np.argmax(decided, axis=1)[:, None], axis=1)[:, 0]
    return float((decided.any(axis=1) & (first > 0)).mean())


def _bounds(rule: Rule) -> Floats:
    """Return the |t| that decides at each look, at the largest probability up to the rule's that subsets can show."""
    from scipy import stats

    shown = 2.0 ** np.minimum(rule.sizes, _BITS)
    tails = np.floor(rule.tail * shown) / shown
    return np.asarray(stats.t.isf(tails, np.array(rule.sizes) - 1))


def detectable(sd: float, rule: Rule = STANDARD, probability: float = 0.8) -> float:
    """Return the mean that *rule* finds with *probability* in values with a standard deviation of *sd*.

    BadInput for a probability that is not between half the rule's error and 1.
    """
    from scipy.optimize import brentq

    least = power(0.0, sd, rule)
    if not least < probability < 1:
        raise BadInput(f"probability {probability} is not allowed; it lies between {least:.3g} and 1, ends excluded")
    return sd * float(brentq(lambda ratio: power(ratio, 1.0, rule) - probability, 0.0, 1000.0, xtol=1e-6))


@cache
def _tail(sizes: tuple[int, ...], alpha: float) -> float:
    """Return the tail probability at which looks of these *sizes* err with *alpha* in all."""
    return alpha / 2 if len(sizes) == 1 else float(np.quantile(_least_tails(sizes), alpha))


@cache
def _least_tails(sizes: tuple[int, ...]) -> Floats:
    """Return, in order, the least tail probability that each drawn study without effect comes to at its looks."""
    from scipy import special

    tails = special.stdtr(np.array(sizes) - 1.0, -np.abs(_students(sizes, 0.0)))
    return np.sort(tails.min(axis=1))


def _students(sizes: tuple[int, ...], effect: float) -> Floats:
    """Return Student's t of each drawn study at each look, (studies, looks), where an *effect* [sd] is added."""
    n, (sums, squares) = np.array(sizes), _drawn(sizes)
    total, spread = sums + n * effect, squares - sums**2 / n
    return np.asarray(total / np.sqrt(n) / np.sqrt(spread / (n - 1)))


@cache
def _drawn(sizes: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return, of studies of standard normal values, sums and sums of squares up to each look: (studies, looks)."""
    luck, grown = Streams(0).get("study", "looks"), np.diff((0, *sizes))
    shape = (_DRAWN // len(sizes), len(sizes))
    sums = np.sqrt(grown) * luck.standard_normal(shape)
    squares = sums**2 / grown + luck.chisquare(grown - 1, shape)
    return np.cumsum(sums, axis=1), np.cumsum(squares, axis=1)
