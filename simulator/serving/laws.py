"""Laws of times: what they are called, what they take, their mean and their spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from simulator.errors import BadInput, shown

__all__ = ["LAWS", "Law", "number", "whole"]

LAWS = ("constant", "exponential", "lognormal", "gamma", "hyperexponential", "empirical")


def number(what: str, value: object, low: float, high: float = 1e12) -> float:
    """Return *value* if it is a number from *low* to *high*; BadInput says *what* is wrong."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadInput(f"{what} {shown(value)} is not allowed; it takes a number from {low:g} to {high:g}")
    return float(value)


def whole(what: str, value: object, low: int, high: int) -> None:
    """Raise BadInput unless *value* is a whole number from *low* to *high*."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(f"{what} {shown(value)} is not allowed; it takes a whole number from {low} to {high}")


@dataclass(frozen=True)
class Law:
    """A law of times [s]; make one with the static methods, which check what they are given."""

    law: Literal["constant", "exponential", "lognormal", "gamma", "hyperexponential", "empirical"]
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    values: tuple[float, ...] = ()
    mean: float = 0.0
    """[s]"""
    scv: float = 0.0
    """variance over squared mean"""

    @staticmethod
    def constant(mean: float) -> Law:
        """Always *mean*."""
        return Law("constant", number("mean", mean, 0.0), mean=mean)

    @staticmethod
    def exponential(mean: float) -> Law:
        """Exponential with *mean*."""
        return Law("exponential", number("mean", mean, 0.0), mean=mean, scv=1.0)

    @staticmethod
    def lognormal(median: float, sigma: float) -> Law:
        """Lognormal: the log has mean log *median* and standard deviation *sigma*."""
        number("median", median, 0.0), number("sigma", sigma, 0.0, 10.0)
        mean = median * math.exp(sigma * sigma / 2)
        return Law("lognormal", median, sigma, mean=mean, scv=math.expm1(sigma * sigma))

    @staticmethod
    def gamma(mean: float, scv: float) -> Law:
        """Gamma with *mean* and squared coefficient of variation *scv*; 0.5 is Erlang-2."""
        number("mean", mean, 0.0), number("scv", scv, 1e-6, 1e6)
        return Law("gamma", 1 / scv, mean * scv, mean=mean, scv=scv)

    @staticmethod
    def hyperexponential(mean: float, scv: float) -> Law:
        """Two exponential phases with balanced means (Morse 1958): each phase brings half of the *mean*."""
        number("mean", mean, 0.0), number("scv", scv, 1.0, 1e6)
        p = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
        return Law("hyperexponential", p, mean / (2 * p), mean / (2 * (1 - p)), mean=mean, scv=scv)

    @staticmethod
    def empirical(values: Sequence[float]) -> Law:
        """Straight lines between the sorted *values*, taken as evenly spaced quantiles; at least two."""
        points = tuple(sorted(number("a value of an empirical law", value, 0.0) for value in values))
        if len(points) < 2:
            raise BadInput(f"an empirical law needs at least two values, not {len(points)}")
        pieces = list(pairwise(points))
        mean = math.fsum((x + y) / 2 for x, y in pieces) / len(pieces)
        square = math.fsum((x * x + x * y + y * y) / 3 for x, y in pieces) / len(pieces)
        scv = square / (mean * mean) - 1 if mean else 0.0
        return Law("empirical", b=float(len(points)), values=points, mean=mean, scv=scv)
