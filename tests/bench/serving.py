"""Times the data plane against others on the same draws, in one process and one go: `make bench` runs it.

Identical results come first: a comparison of programs that do different things is worth nothing, and the script says
so and exits with 1. Baselines are written as their makers' tutorials write them.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy
from rich.console import Console
from rich.table import Table

from simulator.clock import Clock
from simulator.serving.autoscaler import Autoscaler, Rule
from simulator.serving.kernel import orders
from simulator.serving.plane import Plane, Traffic
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import Batch, Cache, Client, Keys, Law, Pool, Topology
from simulator.streams import Streams

SERVERS, LOAD = 4, 0.8
GOALS = {"rich": 150.0, "SimPy": 200.0, "Ciw": 400.0, "plain": 5.0}


@dataclass
class Timed:
    """One way of doing it: requests a second of CPU, and when each request was done [s]."""

    name: str
    rate: float
    done: np.ndarray


def main() -> int:
    """Time all, print the tables, and return 1 when results differ or a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=int, default=50_000, help="requests for the slow ways")
    parser.add_argument("--fast", type=int, default=2_000_000, help="requests for the compiled ways")
    parser.add_argument("--day", action="store_true", help="also 17 million requests: a day at 200 a second")
    options = parser.parse_args()
    console = Console()
    fine = [mm4(console, options.slow, options.fast), rich_model(console, options.slow // 2, options.fast // 4)]
    growth(console, options.day)
    return 0 if all(fine) else 1


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU time of *work* [s] and its result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def draws(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw arrivals and service times of an M/M/4 at load 0.8."""
    luck = Streams(1).get("bench")
    return np.cumsum(luck.exponential(1 / (SERVERS * LOAD), n)), luck.exponential(1.0, n)


# M/M/4


def mm4(console: Console, slow: int, fast: int) -> bool:
    """Compare on M/M/4: idiomatic SimPy, Ciw, the loop as plain Python, the loop compiled."""
    at, work = draws(fast)
    few = at[:slow], work[:slow]
    ways = [simpy_resource(*few), ciw_node(*few), plane(*few, in_python=True), plane(at, work, in_python=False)]
    base, _, python, fastest = ways
    equal = all(np.allclose(way.done[:slow], base.done, rtol=0, atol=1e-6) for way in (ways[1], python))
    equal &= bool((fastest.done[:slow][: slow // 2] == python.done[: slow // 2]).all())
    console.print(shown(f"M/M/4 at load {LOAD}", ways))
    ratios = {"SimPy": fastest.rate / base.rate, "Ciw": fastest.rate / ways[1].rate, "plain": python.rate / base.rate}
    return judged(console, ratios, equal)


def simpy_resource(at: np.ndarray, work: np.ndarray) -> Timed:
    """A process a request and a resource, as SimPy's documentation has it."""
    arrivals, services, done = at.tolist(), work.tolist(), [0.0] * len(at)

    def request(env: simpy.Environment, servers: simpy.Resource, number: int) -> Any:
        with servers.request() as turn:
            yield turn
            yield env.timeout(services[number])
        done[number] = env.now

    def source(env: simpy.Environment, servers: simpy.Resource) -> Any:
        for number, when in enumerate(arrivals):
            yield env.timeout(when - env.now)
            env.process(request(env, servers, number))

    def run() -> None:
        env = simpy.Environment()
        env.process(source(env, simpy.Resource(env, SERVERS)))
        env.run()

    seconds, _ = cpu(run)
    return Timed("SimPy, process and Resource", len(at) / seconds, np.array(done))


def ciw_node(at: np.ndarray, work: np.ndarray) -> Timed:
    """A node of Ciw with the same draws given as sequences."""
    import ciw

    gaps = np.diff(at, prepend=0.0).tolist()

    def run() -> Any:
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])],
            service_distributions=[ciw.dists.Sequential(work.tolist())],
            number_of_servers=[SERVERS],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(len(at), method="Finish")
        return simulation.get_all_records()

    seconds, records = cpu(run)
    done = {record.id_number: record.exit_date for record in records}
    return Timed("Ciw", len(at) / seconds, np.array([done[number + 1] for number in range(len(at))]))


def plane(at: np.ndarray, work: np.ndarray, *, in_python: bool) -> Timed:
    """Our own data plane, run to emptiness."""
    topology = Topology((Pool(name="model", service=Law.exponential(1.0), servers=SERVERS),))
    Plane(topology, Traffic(at[:10], given={"model": work[:10]}), Streams(1), in_python=in_python).finish()
    ours = Plane(topology, Traffic(at, given={"model": work}), Streams(1), in_python=in_python)
    seconds, _ = cpu(ours.finish)
    return Timed(f"data plane, {'plain Python' if in_python else 'compiled'}", len(at) / seconds, ours.done)


# the rich model


def rich_model(console: Console, slow: int, fast: int) -> bool:
    """Compare on a service with all that services have: a SimPy process a request against the loop."""
    ways = [rich(Reference, slow), rich(_in_python, slow), rich(Plane, fast)]
    base, python, fastest = ways
    half = slow // 2  # the few have no followers who could still be in their way
    equal = bool((base.done == python.done).all() and (base.done[:half] == fastest.done[:half]).all())
    console.print(shown("4 replicas, batches, LRU cache, deadline with fallback, autoscaler, incidents", ways))
    return judged(console, {"rich": fastest.rate / base.rate}, equal)


_RATE = 4000.0  # requests a second: three quarters of what four replicas can do


def _in_python(*given: Any, **how: Any) -> Plane:
    return Plane(*given, **how, in_python=True)


def rich(kind: Callable[..., Any], n: int) -> Timed:
    """Run the rich model on a kind of data plane, under a clock with an autoscaler and incidents."""
    _flown(kind, 200)  # warm
    ours, clock = _flown(kind, n, start=False)
    seconds, _ = cpu(lambda: clock.run(until=n / _RATE + 60.0))
    names = {"Reference": "SimPy, a process a request", "_in_python": "data plane, plain Python"}
    return Timed(names.get(kind.__name__, "data plane, compiled"), n / seconds, ours.done)


def _flown(kind: Callable[..., Any], n: int, start: bool = True) -> tuple[Any, Clock]:
    at = np.cumsum(Streams(2).get("bench").exponential(1 / _RATE, n))
    cache = Cache(name="features", keys=Keys(20_000, 1.0), size=2_000, miss=Law.exponential(0.004))
    model = Pool(
        name="model", service=Law.lognormal(0.008, 0.3), per_item=0.0005, replicas=4, most=8, servers=2,
        batch=Batch(8, 0.002), queue_limit=64, balance="least_loaded", drop_expired=True,
    )  # fmt: skip
    topology = Topology((cache, model), Client(timeout=0.06, fallback=True))
    ours = kind(topology, Traffic(at), Streams(3))
    clock = Clock(ours.advance)
    Autoscaler(clock, ours, 1, Rule(target=0.6, low=4, high=8, boot=30.0))
    first = ours.first_replica(1)
    for second in range(3, int(at[-1]) + 1, 20):
        clock.call(second, lambda: ours.order(orders.SLOW, first, 4.0))
        clock.call(second + 5, lambda: ours.order(orders.SLOW, first, 1.0))
        clock.call(second + 8, lambda: ours.order(orders.FLUSH, 0))
    if start:
        clock.run(until=n / _RATE + 60.0)
    return ours, clock


# growth


def growth(console: Console, day: bool) -> None:
    """Show that time grows as requests do."""
    table = Table("requests", "CPU s", "requests/s", "peak memory, GB")
    for n in (100_000, 1_000_000, 10_000_000, *([17_280_000] if day else [])):
        seconds, _ = cpu(lambda n=n: _two_stages(n))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        table.add_row(f"{n:,}", f"{seconds:.2f}", f"{n / seconds:,.0f}", f"{peak:.2f}")
    console.print(table)


def _two_stages(n: int) -> None:
    """Draw and serve *n* requests at 200 a second: a cache and a pool of 8 slots behind it."""
    at = np.cumsum(Streams(4).get("bench").exponential(1 / 200.0, n))
    cache = Cache(name="features", keys=Keys(20_000, 1.0), size=2_000)
    model = Pool(name="model", service=Law.lognormal(0.03, 0.3), servers=8, queue_limit=100)
    Plane(Topology((cache, model), Client(timeout=0.25, fallback=True)), Traffic(at), Streams(5)).finish()


# tables


def shown(title: str, ways: list[Timed]) -> Table:
    """Lay the *ways* beside each other; the first is the base."""
    table = Table("", "requests", "requests/s of CPU", "times the first", title=title)
    for way in ways:
        table.add_row(way.name, f"{len(way.done):,}", f"{way.rate:,.0f}", f"{way.rate / ways[0].rate:.1f}")
    return table


def judged(console: Console, ratios: dict[str, float], equal: bool) -> bool:
    """Say whether results are equal and goals are reached."""
    said = ", ".join(f"{name} {ratio:.0f} (goal {GOALS[name]:g})" for name, ratio in ratios.items())
    console.print(f"ratios: {said}; results {'equal' if equal else 'DIFFER'}\n")
    return equal and all(ratio >= GOALS[name] for name, ratio in ratios.items())


if __name__ == "__main__":
    sys.exit(main())
