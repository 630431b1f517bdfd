"""Rolling deployments: replicas are drained, replaced and booted a few at a time."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.clock import Clock, Process
from simulator.serving.fleet import Fleet

__all__ = ["Rollout", "roll_out"]


@dataclass(frozen=True)
class Rollout:
    """How a deployment goes over a fleet."""

    surge: int = 1
    """replicas replaced at a time"""
    drain: float = 10.0
    """[s] that a replica gets to finish what it has; the rest is lost"""
    boot: float = 45.0
    """[s]"""


def roll_out(clock: Clock, fleet: Fleet, how: Rollout) -> None:
    """Replace every replica that the fleet has now, *surge* at a time."""

    def process() -> Process:
        for start in range(0, fleet.most, how.surge):
            places = [place for place in range(start, min(start + how.surge, fleet.most)) if fleet.is_up(place)]
            for place in places:
                fleet.restart(place, how.drain, how.boot)
            if places:
                yield clock.at(clock.now + how.drain + how.boot)

    clock.process(process())
