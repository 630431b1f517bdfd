"""Checks of the queueing area off the list: settings nobody published, against the same formulas."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import exp, log
from statistics import NormalDist

from simulator.fidelity import fleets, losses, ranks, stores, storms, waits
from simulator.fidelity.stations import Station
from simulator.fidelity.table import Check
from simulator.serving.theory import caches, chains, clients, delay, priority
from simulator.serving.topology import Keys, Law

__all__ = ["checks"]


def checks() -> list[Check]:
    """List the checks."""
    return [*_waits(), *_losses(), *_ranks(), *_stores(), *_fleets()]


def _waits() -> list[Check]:
    return [
        _erlang("q.more.mmc.3.0.7", Station(2.1, 3, n=360_000)),
        _erlang("q.more.mmc.12.0.9", Station(10.8, 12, n=450_000)),
        _pollaczek("q.more.mg1.0.6.2", Station(0.6, law=partial(Law.gamma, scv=2.0), n=60_000)),
        _pollaczek("q.more.mg1.0.7.ln", Station(0.7, law=lambda mean: Law.lognormal(mean * exp(-0.5), 1.0), n=100_000)),
        waits.CONSTANT.read(
            "q.more.mdc.3.0.85", Station(2.55, 3, Law.constant), {"wait": delay.mdc_wait(2.55, 1.0, 3)}
        ),
        waits.PHASES.read(
            "q.more.mh2c.2.0.7",
            Station(1.4, 2, partial(Law.hyperexponential, scv=6.0)),
            {"wait": chains.mh2c_wait(1.4, 1.0, 6.0, 2)},
        ),
        _shared("q.more.ps.0.6", Station(1.2, law=partial(Law.hyperexponential, scv=6.0), mean=0.5, n=60_000)),
        _bulk("q.more.bulk.6.0.7", 4.2, 6),
        _bursty("q.more.mmpp", (0.1, 1.1), (0.02, 0.04)),
    ]


def _erlang(id: str, station: Station) -> Check:
    true = delay.mmc(station.lam, 1.0, station.servers)
    quantiles = (true.wait_quantile(0.95), true.wait_quantile(0.99), true.sojourn_quantile(0.99))
    return waits.erlang(id, station, (true.p_wait, true.wait, *quantiles))


def _pollaczek(id: str, station: Station) -> Check:
    true = delay.mg1(station.lam, station.mean, station.law(station.mean).scv)
    return waits.pollaczek(id, station, (true.wait, true.number))


def _shared(id: str, station: Station) -> Check:
    shared = replace(station, more={"discipline": "sharing"})
    return waits.SHARED.read(id, shared, {"stay": delay.ps_sojourn(station.lam, station.mean)})


def _bulk(id: str, lam: float, b: int) -> Check:
    true = chains.bulk(lam, 1.0, b)
    return waits.batches(id, lam, b, (true.wait, true.sojourn, true.batch))


def _bursty(id: str, rates: tuple[float, float], switch: tuple[float, float]) -> Check:
    number, stay = chains.mmpp_m1(rates, switch, 1.0)
    return waits.bursts(id, rates, switch, {"number": number, "stay": stay})


def _losses() -> list[Check]:
    true = delay.mmck(3.3, 1.0, 3, 8)
    return [
        losses.lost("q.more.erlangb.7.6", 7, 6.0, delay.erlang_b(7, 6.0)),
        losses.limited("q.more.mmck.3.8", 3.3, (3, 8), (true.p_block, true.number, true.sojourn, true.throughput)),
    ]


def _ranks() -> list[Check]:
    lams, means = (0.4, 0.2, 0.15), (0.5, 1.0, 2.0)
    squares = [2 * mean * mean for mean in means]
    polite, pushing = ranks.Ranks(lams, means), ranks.Ranks(lams, means, "preemptive")
    return [
        ranks.ranked(ranks.COBHAM, "q.more.prio.np3", polite, priority.cobham(lams, means, squares)),
        ranks.ranked(ranks.RESUME, "q.more.prio.pr3", pushing, priority.preemptive_resume(lams, means, squares)),
    ]


def _stores() -> list[Check]:
    keys = Keys(10_000, 0.7)
    return [
        stores.lru("q.more.lru.10000.0.7.500", keys, 500, caches.che(caches.zipf(keys.items, keys.alpha), 500)),
        stores.set_up("q.more.setup", Station(0.7, n=150_000), 5.0, delay.setup_mm1(0.7, 1.0, 0.2)),
        storms.retried("q.more.retry", 0.3, 4, clients.retry_attempts(0.3, 4)),
    ]


def _fleets() -> list[Check]:
    rates = (90.0, 75.0, 200.0)
    row = [delay.tandem_quantile(rates, 50.0, 0.95), delay.tandem_quantile(rates, 50.0, 0.99)]
    parts = sum(delay.mmc(50.0, rate, 1).sojourn_quantile(0.99) for rate in rates)
    return [
        fleets.in_a_row("q.more.tandem", 50.0, rates, [delay.tandem_mean(rates, 50.0), *row, parts], 80_000),
        fleets.hedged("q.more.hedge", 0.03, _hedged(0.03), by_stage=True),
        fleets.fanned(
            "q.more.fanout", {25: 0.97, 100: 0.998}, [clients.fanout_slow(0.97, 25), clients.fanout_slow(0.998, 100)]
        ),
    ]


def _hedged(after: float) -> list[float]:
    def tail(t: float) -> float:
        return NormalDist().cdf(log(0.01 / t)) if t > 0 else 1.0

    return [clients.hedged_quantile(tail, after, 0.99), clients.hedged_quantile(tail, after, 0.999), tail(after)]
