"""Gives the delay of each class when the more important one goes first: after the service under way, or at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from simulator.errors import BadInput
from simulator.serving.theory import arguments

__all__ = ["cobham", "preemptive_resume"]

# One server; class 0 goes first; within a class first come first served. Arrivals of each class are Poisson.


def cobham(lams: Sequence[float], means: Sequence[float], second_moments: Sequence[float]) -> tuple[float, ...]:
    """Return the mean wait [s] of each class in M/G/1 with priorities that let the service under way finish.

    *lams* are arrivals per second, *means* E S [s], *second_moments* E S² [s²], class 0 first (Cobham 1954):
    R / ((1 - load above) (1 - load so far)), R half the sum of lam E S² over all classes. BadInput unless all have
    one entry for each class, means are positive, arrivals not negative, E S² ≥ (E S)², and the load is below 1.
    """
    loads = _loads(lams, means, second_moments)
    rest = sum(_halves(lams, second_moments))
    return tuple(rest / ((1 - above) * (1 - load)) for above, load in zip([0.0, *loads], loads, strict=False))


def preemptive_resume(
    lams: Sequence[float], means: Sequence[float], second_moments: Sequence[float]
) -> tuple[float, ...]:
    """Return the mean time [s] from arrival to end for each class, if an arrival interrupts any class below its own.

    An interrupted service goes on where it stopped. Arguments and BadInput as in `cobham`; the formula is
    E S / (1 - load above) + R / ((1 - load above) (1 - load so far)), R over the class and those above it
    (Conway, Maxwell & Miller 1967, ch. 8).
    """
    loads = _loads(lams, means, second_moments)
    rests = accumulate(_halves(lams, second_moments))
    return tuple(
        (mean + rest / (1 - load)) / (1 - above)
        for mean, rest, above, load in zip(means, rests, [0.0, *loads], loads, strict=False)
    )


def _halves(lams: Sequence[float], second_moments: Sequence[float]) -> list[float]:
    return [lam * moment / 2 for lam, moment in zip(lams, second_moments, strict=True)]


def _loads(lams: Sequence[float], means: Sequence[float], second_moments: Sequence[float]) -> list[float]:
    """Return for each class the load of it and of those above it, once the arguments are checked."""
    arguments.same_length(lams=lams, means=means, second_moments=second_moments)
    for lam, mean, moment in zip(lams, means, second_moments, strict=True):
        arguments.at_least(0, lams=lam)
        arguments.positive(means=mean, second_moments=moment)
        if moment < mean * mean * (1 - 1e-12):  # a constant's second moment, in floating point
            raise BadInput(f"second_moments {moment} must be at least the square of the mean {mean}")
    loads = list(accumulate(lam * mean for lam, mean in zip(lams, means, strict=True)))
    arguments.stable(loads[-1], "sum of lam mean")
    return loads
