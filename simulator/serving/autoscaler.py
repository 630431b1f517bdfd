"""An autoscaler as a control process: it looks at a signal once a period and goes for the replicas that it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.clock import Clock
from simulator.errors import BadInput
from simulator.serving.fleet import Fleet
from simulator.serving.plane import DataPlane, Reading
from simulator.serving.theory.capacity import hpa

__all__ = ["Autoscaler", "Rule", "desired", "metric", "scheduled"]


@dataclass(frozen=True)
class Rule:
    """How replicas follow load; the formula and the defaults are those of Kubernetes' horizontal autoscaler."""

    target: float = 0.6
    """share of the slots at work, or requests waiting per replica"""
    signal: Literal["utilisation", "queue", "schedule"] = "utilisation"
    period: float = 15.0
    """[s] between two looks"""
    tolerance: float = 0.1
    boot: float = 45.0
    """[s] from the order to a replica that accepts work"""
    low: int = 1
    high: int = 100
    quota: int | None = None
    """replicas that the provider grants whatever is asked for; None = as many as there can be"""
    settle: float = 0.0
    """before going down, the highest number asked for within so many seconds counts [s]"""
    schedule: tuple[tuple[float, int], ...] = ()
    """(from [s], replicas), ascending"""

    def __post_init__(self) -> None:
        if self.signal not in ("utilisation", "queue", "schedule"):
            raise BadInput(f"an autoscaler's signal is utilisation, queue or schedule, not {self.signal!r}")
        if not 0 < self.target < 1e6 or not 1e-3 <= self.period < 1e9 or not 0 <= self.tolerance < 10:
            raise BadInput("an autoscaler needs a target above 0, a period of 0.001 s or more, a tolerance from 0 on")
        if not 1 <= self.low <= self.high or not 0 <= self.boot < 1e9:
            raise BadInput(f"an autoscaler keeps from {self.low} to {self.high} replicas: that is no range")


class Autoscaler:
    """Keeps a fleet at the size that a rule asks for."""

    def __init__(self, clock: Clock, plane: DataPlane, stage: int, rule: Rule) -> None:
        self.clock, self.plane, self.stage, self.rule = clock, plane, stage, rule
        self.fleet = Fleet(clock, plane, stage)
        self.quota = rule.quota
        self._before: Reading | None = None
        self._served = 0.0
        self._asked: list[tuple[float, int]] = []
        clock.every(rule.period, self.look)

    def look(self) -> None:
        """Read the signal of the last period and scale."""
        reading = self.plane.reading(self.stage)
        wanted = self._steady(desired(self.rule, self.fleet.up, self._signal(reading), self.clock.now))
        self._before = reading
        self.scale(wanted)

    def scale(self, to: int) -> None:
        """Go for *to* replicas, within the rule's range and the quota."""
        to = max(self.rule.low, min(to, self.rule.high))
        self.fleet.scale(to if self.quota is None else min(to, self.quota), self.rule.boot)

    def _signal(self, reading: Reading) -> float:
        served, before = self.fleet.serving_seconds(), self._served
        self._served = served
        slots = (served - before) * reading.slots / max(1, reading.up)
        return metric(self.rule, self._before, reading, slots)

    def _steady(self, wanted: int) -> int:
        now = self.clock.now
        self._asked = [(at, n) for at, n in self._asked if at > now - self.rule.settle] + [(now, wanted)]
        return max(n for _, n in self._asked)


def metric(rule: Rule, before: Reading | None, now: Reading, slots: float) -> float:
    """Return what the signal shows: the share of *slots* [slot s] at work since *before*, or the queue per replica."""
    if rule.signal == "queue":
        return now.waiting / max(1, now.up)
    worked = now.worked - (before.worked if before else 0.0)
    return worked / slots if slots > 0 else 0.0


def desired(rule: Rule, current: int, signal: float, now: float) -> int:
    """Return the replicas that *rule* asks for, *current* being up: ceil(current * signal / target)."""
    if rule.signal == "schedule":
        return scheduled(rule.schedule, now, rule.low)
    return hpa(max(1, current), signal, rule.target, rule.tolerance)


def scheduled(schedule: Sequence[tuple[float, int]], now: float, otherwise: int) -> int:
    """Return the replicas that a *schedule* has for the time *now* [s]."""
    past = [replicas for since, replicas in schedule if since <= now]
    return past[-1] if past else otherwise
