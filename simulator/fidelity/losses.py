"""Checks of the queueing area on stations that turn requests away: pure loss, and a limit on who may wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulator.fidelity.stations import WRONG, Family, Station, arrivals, means
from simulator.fidelity.table import Check, Figures, each
from simulator.serving.topology import Law

__all__ = ["checks", "limited", "lost"]

_LOSS = Family("M/G/c/c: share lost, whatever the law of service", "Erlang B")
_LIMITED = Family("M/M/c/K: who finds K present is turned away", "birth and death")
_LAWS: Mapping[str, Callable[[float], Law]] = {
    "exponential": Law.exponential,
    "deterministic": Law.constant,
    "lognormal": lambda mean: Law.lognormal(mean / Law.lognormal(1.0, 1.0).mean, 1.0),
}


def checks() -> list[Check]:
    """List the checks."""
    return [
        lost("q.erlangb.1.0.8", 1, 0.8, 0.44444444, n=20_000),
        lost("q.erlangb.5.3", 5, 3.0, 0.11005435),
        lost("q.erlangb.10.8", 10, 8.0, 0.12166106),
        lost("q.erlangb.20.15", 20, 15.0, 0.045593216, n=200_000),
        limited("q.mmck.1.0.8.5", 0.8, (1, 5), (0.088819499, 1.868332, 2.5630652, 0.7289444)),
        limited("q.mmck.1.1.2.10", 1.2, (1, 10), (0.1925865, 6.7107087, 6.9261378, 0.96889621)),
        limited("q.mmck.4.0.9.10", 3.6, (4, 10), (0.067174408, 5.0611024, 1.5071003, 3.3581721)),
    ]


def lost(id: str, servers: int, offered: float, share: float, n: int = 60_000) -> Check:
    """Make a check of pure loss: *offered* erlang to so many *servers*, by three laws of service."""

    def measure(seeds: Sequence[int], slow: float = 1.0) -> Figures:
        def one(seed: int) -> dict[str, float]:
            at = arrivals(seed, offered, n)
            return {name: means(_loss(servers, law).pool(slow), at, seed).blocked for name, law in _LAWS.items()}

        return each(seeds, one)

    return _LOSS.check(
        id,
        {"servers": servers, "offered": offered, "requests": n},
        dict.fromkeys(_LAWS, share),
        measure,
        {"slow": WRONG},
    )


def _loss(servers: int, law: Callable[[float], Law]) -> Station:
    return Station(1.0, servers, law, more={"queue_limit": 0})


def limited(id: str, lam: float, size: tuple[int, int], values: Sequence[float]) -> Check:
    """Make a check of M/M/c/K with *size* (c, K): share blocked, number present, stay of those let in, throughput."""
    station = Station(lam, size[0], more={"queue_limit": size[1] - size[0]}, n=100_000)
    return _LIMITED.read(id, station, dict(zip(("blocked", "number", "stay", "rate"), values, strict=True)))
