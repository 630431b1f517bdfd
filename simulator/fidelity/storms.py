"""Checks of the queueing area on overload: retries that feed it, capacity that comes late, and how many are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from simulator.fidelity.stations import FOREVER, TEN, WRONG, Family, arrivals, within
from simulator.fidelity.table import Check, Figures, Tolerance, each
from simulator.serving.kernel.codes import ROUTE_MODEL
from simulator.serving.kernel.orders import ACCEPT, PAUSE, RESUME
from simulator.serving.plane import Plane, Traffic
from simulator.serving.theory.capacity import halfin_whitt, hpa, staff
from simulator.serving.theory.clients import amplification, collapses
from simulator.serving.topology import Client, Delay, Law, Pool, Topology
from simulator.streams import Streams

__all__ = ["Storm", "checks", "retried"]

_AMPLIFIED = Family("retries: attempts a request makes when each fails with p", "(1 - p^(r+1)) / (1 - p)")
_LAYERS = Family("retries in every layer: most attempts at the lowest", "Beyer et al. 2016, ch. 22")
_GOODPUT = Family(
    "goodput [1/s] after an outage of 10 s", "fluid threshold lam (1 + r) < c mu", within(3, relative=False), TEN
)
_THRESHOLD = Family(
    "goodput after an outage of 10 s collapses if and only if lam (1 + r) > c mu: share that agrees",
    "fluid threshold; Bronson et al. 2021",
    Tolerance(),
    TEN,
)
_STAFFING = Family("fewest servers with P(wait) at most .2; Halfin-Whitt", "Erlang C; Halfin & Whitt 1981")
_REPLICAS = Family("Kubernetes HPA: replicas asked for", "Kubernetes documentation")
_LAG = Family(
    "capacity that comes late: peak backlog, time to drain it [s]",
    "fluid limit",
    Tolerance(band=0.05, cap=0.0125, relative=True, errors=0),
    tuple(range(30)),
)


def checks() -> list[Check]:
    """List the checks."""
    return [
        retried("q.retry.amp", 0.5, 3, 1.875),
        _LAYERS.exact("q.retry.amp.layers", {"3 layers x 4 attempts": amplification(3, 3)}, [64]),
        _metastable(),
        _threshold(),
        _line(),
        _STAFFING.exact(
            "q.staff",
            {"a=50": staff(50, 0.2), "a=100": staff(100, 0.2), "0.5": halfin_whitt(0.5), "1": halfin_whitt(1.0)},
            [58, 111, 0.50454, 0.22336],
        ),
        _REPLICAS.exact("q.hpa", {f"{case}": hpa(*case) for case in _CASES}, list(_CASES.values())),
        _lag(),
    ]


_CASES = {(50, 90.0, 75.0): 60, (4, 90.0, 60.0): 6, (3, 200.0, 50.0): 12, (10, 75.0, 70.0): 10}


def retried(id: str, p: float, retries: int, attempts: float) -> Check:
    """Make a check of attempts that each come too late with chance *p*: exponential answers, and a timeout to fit."""

    def measure(seeds: Sequence[int], late: float = 1.0, n: int = 50_000) -> Figures:
        client = Client(timeout=-log(p) * late, retries=retries)
        path = Topology((Delay(name="answer", service=Law.exponential(1.0)),), client)

        def one(seed: int) -> dict[str, float]:
            plane = Plane(path, Traffic(arrivals(seed, 1.0, n)), Streams(seed))
            plane.advance(FOREVER)
            return {"attempts": float(np.mean(plane.world.tries))}

        return each(seeds, one)

    return _AMPLIFIED.check(id, {"p": p, "retries": retries}, {"attempts": attempts}, measure, {"late": WRONG})


# --- storms -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Storm:
    """Ten servers of 10/s that stand still from 60 s to 70 s, and clients that give up after a second."""

    lam: float
    retries: int
    budget: float | None = None
    until: float = 160.0
    """[s]; goodput is counted over the last 40"""

    def goodput(self, seed: int, more: float = 1.0, slow: float = 1.0) -> float:
        """Return the answers a second that come in time, at the end."""
        pool = Pool(name="service", service=Law.exponential(0.1 * slow), servers=10)
        client = Client(timeout=1.0, retries=self.retries, retry_budget=self.budget)
        rate = self.lam * more
        at = arrivals(seed, rate, int(rate * self.until * 1.1))
        plane = Plane(Topology((pool,), client), Traffic(at[at < self.until]), Streams(seed))
        for when, what in ((60.0, PAUSE), (70.0, RESUME)):
            plane.advance(when)
            plane.order(what, 0)
        plane.advance(self.until)
        done = np.asarray(plane.world.done)
        in_time = (np.asarray(plane.world.route) == ROUTE_MODEL) & (done >= self.until - 40.0)
        return float(np.sum(in_time & (done < self.until))) / 40.0


_STORMS = {
    "r=0": (Storm(70.0, 0), 70.0),
    "r=1": (Storm(70.0, 1), 0.0),
    "r=3": (Storm(70.0, 3), 0.0),
    "r=3, budget 10 %": (Storm(70.0, 3, 0.1), 70.0),
    "r=3, lam=20": (Storm(20.0, 3), 20.0),
}


def _metastable() -> Check:
    def measure(seeds: Sequence[int], more: float = 1.0) -> Figures:
        return each(seeds, lambda seed: {name: storm.goodput(seed, more) for name, (storm, _) in _STORMS.items()})

    setting = {"servers": 10, "mu": 10, "lam": 70, "timeout": 1, "outage": [60, 70]}
    expected = {name: goodput for name, (_, goodput) in _STORMS.items()}
    return _GOODPUT.check("q.metastable", setting, expected, measure, {"more": WRONG})


def _threshold() -> Check:
    """Try the threshold on a grid, but for a tenth on either side of the line."""
    cells = [Storm(lam, r, until=250.0) for r in range(4) for lam in (5.0, 12.0, 21.0, 29.0, 44.0, 57.0, 70.0, 88.0)]
    grid = [storm for storm in cells if abs(storm.lam * (1 + storm.retries) / 100 - 1) > 0.1]

    def measure(seeds: Sequence[int]) -> Figures:
        return {"agree": np.array([np.mean([_agrees(storm, 0) for storm in grid])])}

    setting = {"lam": "5-88", "retries": "0-3", "settings": len(grid)}
    return replace(_THRESHOLD.check("q.metastable.grid", setting, {"agree": 1.0}, measure, {}), seeds=())


def _line() -> Check:
    """Try the threshold close to the line, on both sides of it: there a service that is slow moves it too far."""
    near = [Storm(100 * load / (1 + r), r, until=1_200.0) for r in (1, 2) for load in (0.97, 1.03)]

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        return each(seeds, lambda seed: {"agree": float(np.mean([_agrees(s, seed, slow) for s in near]))})

    setting = {"load": [0.97, 1.03], "retries": [1, 2]}
    return _THRESHOLD.check("q.metastable.line", setting, {"agree": 1.0}, measure, {"slow": WRONG})


def _agrees(storm: Storm, seed: int, slow: float = 1.0) -> bool:
    return (storm.goodput(seed, slow=slow) < storm.lam / 2) == collapses(storm.lam, storm.retries, 10, 10.0)


# --- capacity ---------------------------------------------------------------------------------------------------------


def _lag() -> Check:
    def measure(seeds: Sequence[int], more: float = 1.0) -> Figures:
        return each(seeds, lambda seed: _late(seed, 150.0 * more))

    setting = {"lam": 150, "before": 100, "delay": 60, "after": 200}
    return _LAG.check("q.scale", setting, {"peak": 3000.0, "drain": 60.0}, measure, {"more": WRONG})


def _late(seed: int, lam: float) -> dict[str, float]:
    """Serve by ten replicas of 10/s, and by ten more from 60 s on, until no more wait than there are replicas."""
    pool = Pool(name="service", service=Law.constant(0.1), replicas=10, most=20, balance="least_loaded")
    plane = Plane(Topology((pool,)), Traffic(arrivals(seed, lam, int(lam * 300))), Streams(seed))
    plane.advance(60.0)
    for replica in range(10, 20):
        plane.order(ACCEPT, replica)
    waiting, now = [plane.reading(0).waiting], 60.0
    while waiting[-1] > 20:
        now += 0.5
        plane.advance(now)
        waiting.append(plane.reading(0).waiting)
    return {"peak": float(max(waiting)), "drain": now - 60.0}
