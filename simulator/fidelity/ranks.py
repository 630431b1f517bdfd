"""Checks of the queueing area on classes: who goes first, after the service under way or at once, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.fidelity.stations import WRONG, Family, Seen, Station, arrivals, saw, within
from simulator.fidelity.table import Check, Figures, each
from simulator.serving.plane import Traffic
from simulator.serving.topology import Topology
from simulator.streams import Streams

__all__ = ["COBHAM", "RESUME", "Ranks", "checks", "ranked"]

COBHAM = Family("priorities that let the service under way finish: wait per class", "Cobham 1954", within(0.04))
RESUME = Family("priorities that interrupt and resume: stay per class", "Conway et al. 1967", within(0.05))
_ORDERS = Family("wait of a fast and a slow class, by who goes first", "Cobham 1954", within(0.05))


@dataclass(frozen=True)
class Ranks:
    """Classes that share a server, the first one first; services are exponential."""

    lams: tuple[float, ...]
    """[1/s]"""
    means: tuple[float, ...]
    """[s]"""
    discipline: Literal["fifo", "priority", "preemptive"] = "priority"
    n: int = 120_000

    def seen(self, seed: int, slow: float) -> Seen:
        """Fly the classes together."""
        luck, total = Streams(seed).get("classes"), sum(self.lams)
        klass = luck.choice(len(self.lams), self.n, p=np.array(self.lams) / total)
        work = luck.exponential(1.0, self.n) * np.array(self.means)[klass] * slow
        station = Station(total, more={"discipline": self.discipline})
        traffic = Traffic(arrivals(seed, total, self.n), klass, given={"station": work})
        return saw(Topology((station.pool(),), classes=len(self.lams)), traffic, seed)[0]


def checks() -> list[Check]:
    """List the checks."""
    return [
        ranked(COBHAM, "q.prio.np2", Ranks((0.3, 0.4), (1.0, 1.0)), (1.0, 3.3333333)),
        ranked(RESUME, "q.prio.pr3", Ranks((0.2, 0.3, 0.3), (1.0, 1.0, 1.0), "preemptive"), (1.25, 2.5, 10.0)),
        _ORDERS.check(
            "q.prio.sjf",
            {"lam": {"fast": 0.5, "slow": 0.3}, "mean": {"fast": 0.2, "slow": 2.0}},
            {
                "fast first: fast": 1.3555556,
                "fast first: slow": 4.5185185,
                "slow first: slow": 3.05,
                "slow first: fast": 10.166667,
                "fifo": 4.0666667,
            },
            _orders,
            {"slow": WRONG},
        ),
    ]


def ranked(family: Family, id: str, ranks: Ranks, expected: Sequence[float]) -> Check:
    """Make a check of the time of each class: its wait, or its stay where it can be interrupted."""

    def one(seed: int, slow: float) -> dict[str, float]:
        seen = ranks.seen(seed, slow)
        return {name: figure(seen.of(klass)) for klass, name in enumerate(names)}

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        return each(seeds, lambda seed: one(seed, slow))

    names = [f"class {klass}" for klass in range(len(ranks.lams))]
    figure = _stay if ranks.discipline == "preemptive" else _wait
    setting = {"lam": ranks.lams, "mean": ranks.means, "discipline": ranks.discipline}
    return family.check(id, setting, dict(zip(names, expected, strict=True)), measure, {"slow": WRONG})


def _wait(seen: Seen) -> float:
    return float(seen.wait.mean())


def _stay(seen: Seen) -> float:
    return float(seen.stay.mean())


def _orders(seeds: Sequence[int], slow: float = 1.0) -> Figures:
    def one(seed: int) -> dict[str, float]:
        fast_first = Ranks((0.5, 0.3), (0.2, 2.0)).seen(seed, slow)
        slow_first = Ranks((0.3, 0.5), (2.0, 0.2)).seen(seed, slow)
        return {
            "fast first: fast": _wait(fast_first.of(0)),
            "fast first: slow": _wait(fast_first.of(1)),
            "slow first: slow": _wait(slow_first.of(0)),
            "slow first: fast": _wait(slow_first.of(1)),
            "fifo": _wait(Ranks((0.5, 0.3), (0.2, 2.0), "fifo").seen(seed, slow)),
        }

    return each(seeds, one)
