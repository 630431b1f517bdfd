"""Stretches of a flight held against each other: calm days, and the time of each incident."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from simulator.books.earnings import a_day, each_of
from simulator.books.figures import mean
from simulator.incidents import Incident
from simulator.run import Run
from simulator.units import Floats, Mask
from simulator.world.tape import Tape

__all__ = ["CALM", "by_action", "by_version", "fallen", "fell_short", "misreported", "share_of", "stretches"]

CALM = "the calm days"


def stretches(
    run: Run, happened: Sequence[Incident], names: Mapping[str, str], least: float
) -> dict[str, tuple[float, float]]:
    """Return the stretches of *run* [s]: the calm days up to the first incident, and those of *names* in words.

    An incident that lasts for good counts for *least* [s]; one that was not flown to its end is left out.
    """
    found = {CALM: (0.0, min((incident.at for incident in happened), default=run.until))}
    for incident in happened:
        end = incident.at + (incident.lasts or least)
        if incident.name in names and end <= run.until:
            found[names[incident.name]] = (incident.at, end)
    return found


def fell_short(worth: Floats, asked: Floats, of: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return by how much the requests of each stretch brought less than those of the calm days [$ a day]."""
    found = a_day(worth, asked, of)
    calm = found.pop(CALM, math.nan)
    return {name: calm - brought for name, brought in found.items()}


def fallen(worth: Floats, asked: Floats, stretch: tuple[float, float] | None) -> float:
    """Return by how much a *stretch* brought less than as long a one before it [$ a day]; NaN where there is none."""
    if stretch is None:
        return math.nan
    start, end = stretch
    found = a_day(worth, asked, {"before": (2 * start - end, start), "after": (start, end)})
    return found["before"] - found["after"] if found else math.nan


def misreported(run: Run, tape: Tape, stretch: tuple[float, float] | None) -> float:
    """Return the share of the positives among the labels of a *stretch* that were reported as 0; NaN where none is."""
    start, end = stretch or (0.0, 0.0)
    told = run.landed.rows((run.landed.at >= start) & (run.landed.at < end))
    return mean(told.label[tape.truths.label[told.id]] == 0)


def by_version(run: Run, worth: Floats, most: int) -> dict[str, float]:
    """Return what a request brought on average, by the version that scored it [$]: of the *most* that scored most."""
    scored = np.flatnonzero(np.isfinite(run.outcomes.score))
    each = each_of(worth[scored], run.outcomes.version[scored], most)
    return {f"version {number}": brought for number, brought in each.items()}


def by_action(run: Run, worth: Floats, result: int, actions: Mapping[int, str]) -> dict[str, float]:
    """Return what a request that ended in *result* brought on average [$], by what was decided about it, in words."""
    ended = run.outcomes.result == result
    each = each_of(worth[ended], run.outcomes.action[ended], len(actions))
    return {actions[action]: brought for action, brought in each.items() if action in actions}


def share_of(mask: Mask, asked: Floats, stretch: tuple[float, float] | None) -> float:
    """Return of which share of the requests *asked* (n,) [s] in a *stretch* the *mask* (n,) is true; NaN = of none."""
    start, end = stretch or (0.0, 0.0)
    return mean(mask[(asked >= start) & (asked < end)])
