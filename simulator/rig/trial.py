"""Flies a rig under all its seeds and sums up what came of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.rig.beside import beside
from simulator.rig.figures import Tree, digest, figures, mean_of, se_of, series
from simulator.rig.flight import fly
from simulator.rig.spec import Rig

__all__ = ["Outcome", "fly_all"]


@dataclass(frozen=True)
class Outcome:
    """What came of flying a rig."""

    mean: Tree
    """`end_to_end` and `stages`: each figure as its mean over the seeds; None = there is none"""
    se: Tree
    """the same shape: standard errors of the means; None with one seed"""
    theory: Tree
    """figure -> what a closed form says of it: name, kind, expected, simulated, se, deviation [se]"""
    series: list[dict[str, float]]
    """t [s], goodput_per_s since the last point, queue (requests that wait), replicas where they are scaled"""
    digest: str
    """SHA-256 of how and when all requests ended"""

    def to_data(self) -> Tree:
        """Return the outcome as plain data."""
        rest: dict[str, Any] = {"se": self.se, "theory": self.theory, "series": self.series, "digest": self.digest}
        return {**self.mean, **rest}


def fly_all(rig: Rig, engine: str = "compiled", progress: Callable[[float], object] = lambda share: None) -> Outcome:
    """Fly *rig* under each of its seeds, on the *engine* called compiled or reference.

    *progress* is told the share of the seeds that is done.
    """
    trees, curves, found = [], [], ""
    for number, seed in enumerate(rig.seeds):
        flight = fly(rig, seed, engine)
        trees.append(figures(rig, flight))
        curves.append(series(rig, flight))
        found = digest(found, flight)
        progress((number + 1) / len(rig.seeds))
    mean, se = mean_of(trees), se_of(trees)
    return Outcome(mean, se, beside(rig, mean, se), _rows(rig, curves), found)


def _rows(rig: Rig, curves: list[Any]) -> list[dict[str, float]]:
    """Return the mean of the *curves*, point by point."""
    names = ["t", "goodput_per_s", "queue", *(["replicas"] if rig.rules else [])]
    mean = np.array(
        [[math.fsum(values) / len(curves) for values in zip(*rows, strict=True)] for rows in zip(*curves, strict=True)]
    )
    return [dict(zip(names, row, strict=False)) for row in mean.tolist()]
