"""Steers what is still to come in a flight: events fired, put off, left out, a requirement - as data of its scenario.

What was flown stays as it was: a condition `since T` lets an event begin at the first look at it from T on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.rounds.fitted import Planned
from simulator.rounds.script import Requirement

__all__ = ["delayed", "fired", "required", "skipped"]


def fired(scenario: Mapping[str, Any], event: Planned, at: float) -> dict[str, Any]:
    """Return the *scenario* (as `Scenario.to_data`) in which *event* begins at *at* [s]."""
    return _when(scenario, event.name, f"since {at!r}s")


def skipped(scenario: Mapping[str, Any], event: Planned) -> dict[str, Any]:
    """Return the *scenario* in which *event* does not happen."""
    return _when(scenario, event.name, "never")


def delayed(scenario: Mapping[str, Any], event: Planned, until: float) -> dict[str, Any]:
    """Return the *scenario* in which *event* happens no sooner than *until* [s]: just then, where it has no other
    condition."""
    bare = event.by_hand or (event.when.startswith("since ") and " " not in event.when[6:])
    return _when(scenario, event.name, f"since {until!r}s" if bare else f"since {until!r}s and ({event.when})")


def required(scenario: Mapping[str, Any], requirement: Requirement, event: Planned | None, at: float) -> dict[str, Any]:
    """Return the *scenario* from the moment *at* [s] on at which *requirement* was said: its targets, its *event*."""
    changed = fired(scenario, event, at) if event else dict(scenario)
    limits = {**changed.get("targets", {}), **requirement.targets}
    return {**changed, "targets": dict(sorted(limits.items()))} if limits else changed


def _when(scenario: Mapping[str, Any], event: str, test: str) -> dict[str, Any]:
    return {**scenario, "when": dict(sorted({**scenario.get("when", {}), event: test}.items()))}
