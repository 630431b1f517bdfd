"""Steers what is still to come in a flight: events fired, put off, left out, a requirement - as data of its scenario.

What was flown stays as it was: a condition `since T` lets an event begin at the first look at it from T on. An event
that has begun is past, and not for here: see `begun`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulator.conditions import read_condition
from simulator.errors import BadInput
from simulator.rounds.fitted import Planned
from simulator.rounds.fitting_words import since
from simulator.rounds.script import Requirement

__all__ = ["begun", "delayed", "fired", "required", "skipped"]


def fired(scenario: Mapping[str, Any], event: Planned, at: float) -> dict[str, Any]:
    """Return the *scenario* (as `Scenario.to_data`) in which *event* begins at *at* [s]."""
    return _when(scenario, event, since(at))


def skipped(scenario: Mapping[str, Any], event: Planned) -> dict[str, Any]:
    """Return the *scenario* in which *event* does not happen."""
    return _when(scenario, event, "never")


def delayed(scenario: Mapping[str, Any], event: Planned, until: float) -> dict[str, Any]:
    """Return the *scenario* in which *event* happens no sooner than *until* [s]: just then, where it has no other
    condition."""
    bare = event.by_hand or (event.when.startswith("since ") and " " not in event.when[6:])
    return _when(scenario, event, since(until) if bare else f"{since(until)} and ({event.when})")


def required(scenario: Mapping[str, Any], requirement: Requirement, event: Planned | None, at: float) -> dict[str, Any]:
    """Return the *scenario* from the moment *at* [s] on at which *requirement* was said: its targets, its *event*."""
    changed = fired(scenario, event, at) if event else dict(scenario)
    limits = {**changed.get("targets", {}), **requirement.targets}
    return {**changed, "targets": dict(sorted(limits.items()))} if limits else changed


def begun(event: Planned, fired: Mapping[str, float], at: float) -> bool:
    """Tell whether *event* has begun by *at* [s] in the run with `Run.fired` = *fired*; it cannot be steered then."""
    return fired.get(event.name, math.inf) <= at


def _when(scenario: Mapping[str, Any], event: Planned, test: str) -> dict[str, Any]:
    if not event.when:
        raise BadInput(f"{event.name} is part of the world from the start, and cannot be steered")
    read_condition(test)  # an order that cannot be read would ground the flight
    return {**scenario, "when": dict(sorted({**scenario.get("when", {}), event.name: test}.items()))}
