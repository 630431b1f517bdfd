"""Refuses the arguments a formula has no answer for, in one line that names the argument."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulator.errors import BadInput, shown

__all__ = ["at_least", "level", "positive", "same_length", "share", "stable", "whole"]


def positive(**arguments: float) -> None:
    """Raise BadInput for the first of the *arguments* that is not above 0 and finite."""
    for name, value in arguments.items():
        if not 0 < value < math.inf:
            raise BadInput(f"{name} {shown(value)} must be above 0 and finite")


def at_least(least: float, **arguments: float) -> None:
    """Raise BadInput for the first of the *arguments* that is below *least* or not finite."""
    for name, value in arguments.items():
        if not least <= value < math.inf:
            raise BadInput(f"{name} {shown(value)} must be at least {least} and finite")


def whole(least: int, **arguments: float) -> None:
    """Raise BadInput for the first of the *arguments* that is no whole number of at least *least*."""
    for name, value in arguments.items():
        if not (isinstance(value, int | np.integer) and value >= least):
            raise BadInput(f"{name} {shown(value)} must be a whole number of at least {least}")


def share(**arguments: float) -> None:
    """Raise BadInput for the first of the *arguments* that lies outside 0-1; both ends are allowed."""
    for name, value in arguments.items():
        if not 0 <= value <= 1:
            raise BadInput(f"{name} {shown(value)} must lie between 0 and 1")


def level(q: float) -> None:
    """Raise BadInput where *q* is no level of a quantile: at least 0 and below 1."""
    if not 0 <= q < 1:
        raise BadInput(f"q {shown(q)} must be at least 0 and below 1")


def stable(load: float, formula: str) -> None:
    """Raise BadInput where the *load*, made up as in *formula*, reaches 1: the queue has no steady state."""
    if not load < 1:
        raise BadInput(f"load {formula} = {load:.6g} must be below 1, or the queue grows without end")


def same_length(**arguments: Sequence[float]) -> None:
    """Raise BadInput where the *arguments* are empty or not of one length."""
    lengths = {name: len(value) for name, value in arguments.items()}
    if len(set(lengths.values())) > 1 or not all(lengths.values()):
        counted = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadInput(f"one entry for each class is needed, in all alike; lengths given: {counted}")
