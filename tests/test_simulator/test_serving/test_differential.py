"""The compiled event loop, the same loop as plain Python, and the SimPy reference agree bit for bit, ties included."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.serving.kernel import orders
from simulator.serving.plane import Plane, Traffic
from simulator.serving.reference.plane import Reference
from simulator.serving.topology import (
    BALANCES,
    DISCIPLINES,
    Backoff,
    Batch,
    Breaker,
    Cache,
    Client,
    Delay,
    Keys,
    Law,
    Pool,
    Stage,
    Topology,
)
from simulator.streams import Streams

LONG_AFTER = 1e6
GRID = (0.0, 0.125, 0.25, 0.5, 1.0)
NEVER = float("inf")
CLIENT_SETTINGS = (("timeout", 0.5), ("timeout", NEVER), ("retries", 2), ("retries", 0), ("hedge", 0.25), ("base", 0.0))


@dataclass(frozen=True)
class Try:
    """A whole run: what is simulated, and what control does when."""

    topology: Topology
    traffic: Traffic
    acts: tuple[tuple[float, str, tuple[Any, ...]], ...] = ()
    seed: int = 0

    def __repr__(self) -> str:
        at = self.traffic.at
        return f"Try({self.topology}, {len(at)} requests to {at[-1]}, {self.acts}, seed={self.seed})"


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def times(is_grid: bool) -> st.SearchStrategy[float]:
    return st.sampled_from(GRID) if is_grid else st.floats(0.01, 1.0)


@st.composite
def laws(draw, is_grid: bool) -> Law:
    if is_grid and draw(st.integers(0, 5)):
        return Law.constant(draw(times(True)))
    mean = draw(some(0.05, 0.2, 0.4))
    return draw(
        some(
            Law.constant(mean),
            Law.exponential(mean),
            Law.lognormal(mean, 1.0),
            Law.gamma(mean, 0.5),
            Law.gamma(mean, 3.0),
            Law.hyperexponential(mean, 4.0),
            Law.empirical([0.0, mean, 3 * mean]),
        )
    )


def maybe(strategy: st.SearchStrategy[Any], odds: int = 3) -> st.SearchStrategy[Any]:
    """None, or one time in *odds* a value."""
    return st.integers(1, odds).flatmap(lambda n: strategy if n == odds else st.none())


@st.composite
def pools(draw, name: str, is_grid: bool) -> Pool:
    discipline = draw(some(*DISCIPLINES))
    replicas = draw(st.integers(1, 4))
    is_batched = discipline not in ("preemptive", "sharing") and draw(st.booleans())
    is_shared = discipline == "sharing"
    return Pool(
        name=name,
        service=draw(laws(is_grid)),
        per_item=draw(some(0.0, 0.0, 0.0625)),
        replicas=replicas,
        most=replicas + draw(st.integers(0, 1)),
        servers=draw(st.integers(1, 3)),
        balance=draw(some(*BALANCES)),
        discipline=discipline,
        queue_limit=None if is_shared else draw(maybe(some(0, 1, 5))),
        batch=Batch(draw(st.integers(2, 6)), draw(times(is_grid))) if is_batched else Batch(),
        drop_expired=draw(st.booleans()),
        patience=None if is_shared else draw(maybe(laws(is_grid))),
        setup=None if is_shared else draw(maybe(laws(is_grid))),
        keep_alive=draw(times(is_grid)),
        fanout=draw(some(1, 1, 1, min(2, replicas), replicas)),
        wait_for=draw(some(1.0, 0.5, 0.3)),
        hedge_after=draw(maybe(times(is_grid))),
        share=draw(some(1.0, 1.0, 1.0, 0.6, 0.0)),
    )


@st.composite
def caches(draw, name: str, is_grid: bool) -> Cache:
    return Cache(
        name=name,
        keys=Keys(draw(some(1, 5, 40)), draw(some(0.0, 1.0))),
        policy=draw(some("lru", "ttl")),
        size=draw(some(1, 3, 60)),
        ttl=draw(some(0.0, 0.5, 3.0)),
        renew=draw(st.booleans()),
        hit=draw(laws(is_grid)),
        miss=draw(laws(is_grid)),
        on_hit=draw(some("next", "done")),
        share=draw(some(1.0, 1.0, 0.5)),
    )


@st.composite
def stages(draw, is_grid: bool) -> tuple[Stage, ...]:
    makers = [lambda name: pools(name, is_grid)] * 3 + [
        lambda name: caches(name, is_grid),
        lambda name: st.builds(Delay, name=st.just(name), service=laws(is_grid)),
    ]
    return tuple(draw(draw(some(*makers))(name)) for name in "abcd"[: draw(st.integers(1, 4))])


@st.composite
def clients(draw, is_grid: bool, classes: int) -> Client:
    few = times(is_grid)
    return Client(
        timeout=draw(maybe(some(0.25, 0.5, 1.0, 2.0), 2)),
        retries=draw(some(0, 0, 1, 3)),
        backoff=Backoff(draw(few), draw(some(1.0, 2.0)), draw(some(0.0, 0.5))),
        retry_budget=draw(maybe(some(0.1, 0.5))),
        burst=draw(some(0.0, 3.0)),
        hedge_after=draw(maybe(few)),
        fallback=draw(st.booleans()),
        breaker=draw(maybe(st.builds(Breaker, some(1.0, 5.0), some(3, 10), some(0.3, 0.7), few))),
        shed=tuple(draw(some(0.0, 0.0, 0.3)) for _ in range(classes)),
    )


@st.composite
def acts(draw, topology: Topology, is_grid: bool, horizon: float) -> tuple[float, str, tuple[Any, ...]]:
    at = draw(st.floats(0.0, horizon))
    at = round(at * 8) / 8 if is_grid else at
    number = draw(st.integers(0, len(topology.stages) - 1))
    stage = topology.stages[number]
    kind = draw(some("order", "order", "order", "order", "set", "client", "shed"))
    if kind == "client":
        return at, "set", (None, *draw(some(*CLIENT_SETTINGS)))
    if kind == "shed":
        return at, "shed", (draw(st.integers(0, topology.classes - 1)), draw(some(0.0, 0.5, 1.0)))
    if not isinstance(stage, Pool):
        return at, "order", (orders.FLUSH, number)
    if kind == "set":
        return at, "set", (number, *draw(some(*_settings(stage))))
    first = sum(other.capacity for other in topology.stages[:number] if isinstance(other, Pool))
    row = first + draw(st.integers(0, stage.capacity - 1))
    what = draw(some(orders.KILL, orders.ACCEPT, orders.KILL, *range(orders.REFRESH + 1)))
    where = row if what <= orders.SLOTS else number
    return at, "order", (what, where, draw(some(0.0, 1.0, 2.0, 5.0)))


def _settings(stage: Pool) -> list[tuple[str, float]]:
    settings = [("drop", 0), ("drop", 1), ("per_item", 0.125), ("keep", 0.0), ("hedge", 0.25), ("hedge", NEVER)]
    settings += [("fanout", 2), ("share", 0.5), ("guard", 2), ("guard", -1)]
    if stage.discipline != "sharing":
        settings += [("limit", -1), ("limit", 0), ("limit", 3)]
    if stage.discipline not in ("sharing", "preemptive"):
        settings += [("batch", 1), ("batch", 4), ("linger", 0.0), ("linger", 0.5)]
    return settings


def traffic_of(n: int, rate: float, classes: int, seed: int, is_grid: bool) -> Traffic:
    rng = np.random.default_rng(seed)
    at = np.cumsum(rng.exponential(1 / rate, n))
    at = np.round(at * 8) / 8 if is_grid else at
    given = {"a": rng.integers(0, 5, n) / 8 if is_grid else rng.exponential(0.2, n)}
    return Traffic(
        at,
        klass=rng.integers(-1 if seed % 7 == 0 else 0, classes, n) if classes > 1 else None,
        size=rng.integers(1, 4, n).astype(float) if seed % 2 else None,
        given=given if seed % 5 == 0 else None,
    )


@st.composite
def tries(draw) -> Try:
    is_grid, classes = draw(st.booleans()), draw(st.integers(1, 3))
    path = draw(stages(is_grid))
    topology = Topology(path, draw(clients(is_grid, classes)), classes)
    n, rate, seed = draw(st.integers(30, 150)), draw(some(3.0, 8.0, 20.0)), draw(st.integers(0, 10_000))
    traffic = traffic_of(n, rate, classes, seed, is_grid)
    if isinstance(path[0], Cache):
        traffic = replace(traffic, given=None)
    return Try(topology, traffic, tuple(draw(st.lists(acts(topology, is_grid, n / rate), max_size=8))), seed)


def advance(plane: Any, until: float) -> list[float]:
    """Bring a plane to a time, over all watermarks; return where it stopped."""
    stops = [plane.advance(until)]
    while stops[-1] < until:
        stops.append(plane.advance(until))
    return stops


def seen(plane: Any, run: Try) -> list[Any]:
    """Fly a run with its acts, and return what can be seen at each of them."""
    found: list[Any] = []
    for at, verb, arguments in sorted(run.acts, key=lambda act: act[0]):
        found.append(advance(plane, at))
        getattr(plane, verb)(*arguments)
        found += [plane.totals(), plane.ended().tolist()]
        found += [plane.reading(number) for number in range(len(run.topology.stages))]
    return found


def let_go(plane: Any, run: Try) -> list[Any]:
    """Let everything that is held up go on, to the end, and return what has come of it."""
    advance(plane, max(plane.now, float(run.traffic.at[-1]) + 1.0))
    for number, stage in enumerate(run.topology.stages):
        if isinstance(stage, Pool):
            plane.set(number, "guard", -1)
            plane.order(orders.RESUME, number)
            first = plane.first_replica(number)
            for row in range(first, first + stage.capacity):
                plane.order(orders.SLOTS, row, 2.0)
    plane.advance(LONG_AFTER)
    readings = [plane.reading(number) for number in range(len(run.topology.stages))]
    visits = {name: column.tolist() for name, column in plane.visits().items()}
    return [*readings, plane.totals(), plane.ended().tolist(), visits, *outcomes(plane)]


def outcomes(plane: Any) -> list[Any]:
    return [plane.done.tolist(), plane.route.tolist(), plane.tries.tolist()]


def compiled(run: Try) -> Plane:
    return Plane(run.topology, run.traffic, Streams(run.seed), visits=True)


def plain(run: Try) -> Plane:
    return Plane(run.topology, run.traffic, Streams(run.seed), visits=True, in_python=True)


def reference(run: Try) -> Reference:
    return Reference(run.topology, run.traffic, Streams(run.seed), visits=True)


def same(run: Try, one: Any, other: Any) -> None:
    """Assert that two planes agree on everything, and that their books are in order."""
    assert seen(one, run) == seen(other, run)
    found, wanted = let_go(one, run), let_go(other, run)
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine == theirs
    orderly(run, one, found)


def orderly(run: Try, plane: Any, found: list[Any]) -> None:
    """Assert the laws that hold when a run has come to its end."""
    readings, visits = found[: len(run.topology.stages)], found[len(run.topology.stages) + 2]
    sim = plane.world.sim[0]
    comes = len(run.traffic) if run.traffic.klass is None else int((run.traffic.klass >= 0).sum())
    assert sim.open == 0 and sim.ended == comes == int((plane.route > 0).sum())
    assert len(set(plane.world.ended[:comes])) == comes
    assert sim.jobs_left == sim.job_rows
    assert sim.calls_left == len(plane.world.calls)
    for number, reading in enumerate(readings):
        assert (reading.waiting, reading.inside, reading.busy) == (0, 0, 0)
        mine = [place for place, stage in enumerate(visits["stage"]) if stage == number]
        stayed = sum(visits["done"][place] - visits["entered"][place] for place in mine)
        assert reading.stayed == pytest.approx(stayed, rel=1e-9, abs=1e-9)
        stage = run.topology.stages[number]
        if not isinstance(stage, Pool) or stage.discipline != "preemptive":
            waited = sum(visits["started"][place] - visits["entered"][place] for place in mine)
            assert reading.waited == pytest.approx(waited, rel=1e-9, abs=1e-9)


UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=300, suppress_health_check=UNHURRIED)
@given(run=tries())
def test_compiled_and_reference_agree(run):
    same(run, compiled(run), reference(run))


@settings(max_examples=40, suppress_health_check=UNHURRIED)
@given(run=tries())
def test_plain_python_and_reference_agree(run):
    same(run, plain(run), reference(run))


@pytest.mark.soak
@settings(max_examples=4000, suppress_health_check=UNHURRIED)
@given(run=tries(), noise=st.integers(0, 2**32))
def test_soak_compiled_and_reference_agree(run, noise):
    run = replace(run, seed=noise)
    same(run, compiled(run), reference(run))


@pytest.mark.soak
@settings(max_examples=1000, suppress_health_check=UNHURRIED)
@given(run=tries(), noise=st.integers(0, 2**32))
def test_soak_plain_python_and_reference_agree(run, noise):
    run = replace(run, seed=noise)
    same(run, plain(run), reference(run))


@settings(max_examples=30, suppress_health_check=UNHURRIED)
@given(run=tries(), cuts=st.lists(st.floats(0.0, 10.0) | st.integers(0, 80).map(lambda n: n / 8), max_size=30))
@pytest.mark.parametrize("make", [compiled, reference])
def test_small_steps_come_to_the_same(make, run, cuts):
    run = replace(run, acts=())
    stepped = make(run)
    for until in sorted(cuts):
        stepped.advance(min(until, float(run.traffic.at[-1])))
    assert let_go(stepped, run) == let_go(make(run), run)


def crowd(*stages: Stage, client: Client | None = None, acts: Any = ()) -> Try:
    """A trickle, then three thousand at once: more than there are rows for."""
    rng = np.random.default_rng(5)
    trickle, burst = np.cumsum(rng.exponential(0.05, 300)), 20.0 + np.cumsum(rng.integers(0, 8, 3000)) / 1e4
    return Try(Topology(stages, client or Client()), Traffic(np.sort([*trickle, *burst])), acts, 3)


FAST = Law.exponential(0.01)
CROWDS = {
    "deadlines": crowd(Pool(name="a", service=FAST, drop_expired=True), client=Client(timeout=2.0, retries=1)),
    "patience": crowd(Pool(name="a", service=FAST, replicas=2, patience=Law.exponential(5.0))),
    "copies": crowd(Pool(name="a", service=FAST, replicas=3, fanout=3, wait_for=0.5), Delay(name="b", service=FAST)),
    "batches": crowd(Pool(name="a", service=FAST, batch=Batch(50, 0.1)), Pool(name="b", service=FAST, servers=4)),
    "killed": crowd(
        Pool(name="a", service=FAST, replicas=2),
        client=Client(retries=1, timeout=60.0),
        acts=((25.0, "order", (orders.KILL, 0, 0.0)), (26.0, "order", (orders.ACCEPT, 0, 0.0))),
    ),
    "resumed": crowd(
        Pool(name="a", service=FAST, servers=5000),
        acts=((1.0, "order", (orders.PAUSE, 0, 0.0)), (25.0, "order", (orders.RESUME, 0, 0.0))),
    ),
    "batches made larger": crowd(
        Pool(name="a", service=FAST, servers=2),
        Delay(name="b", service=FAST),
        acts=((20.5, "set", (0, "batch", 4096)),),
    ),
}


@pytest.mark.parametrize("run", CROWDS.values(), ids=CROWDS)
def test_more_rows_change_nothing(run):
    plane = compiled(run)
    start = plane.world.sim[0].job_rows
    plane.world.sim[0].log_room = 600  # visits are fetched often, too
    same(run, plane, reference(run))
    assert plane.world.sim[0].job_rows > start


@pytest.mark.parametrize("is_grid", [False, True])
@pytest.mark.parametrize("law", [Law.exponential(0.5), Law.constant(0.5), Law.constant(0.0)])
@pytest.mark.parametrize("servers", [1, 3])
def test_the_short_way_through_a_plain_pool_comes_to_the_same(law, servers, is_grid):
    traffic = replace(traffic_of(400, 4.0, 1, 2, is_grid), size=None)
    run = Try(Topology((Pool(name="a", service=law, servers=servers),)), traffic)
    short, long = compiled(run), reference(run)
    short.finish()
    long.advance(LONG_AFTER)
    assert outcomes(short) == outcomes(long) and short.ended().tolist() == long.ended().tolist()
    mine, theirs = short.visits(), long.visits()
    assert all(mine[name].tolist() == theirs[name].tolist() for name in theirs)


@pytest.mark.parametrize("law", [Law.constant(0.25), Law.exponential(0.25), Law.lognormal(0.25, 0.5)])
def test_twin_a_service_time_five_percent_off_is_noticed(law):
    run = Try(Topology((Pool(name="a", service=law, servers=2),)), traffic_of(100, 5.0, 1, 1, False))
    same(run, compiled(run), reference(run))
    wrong = compiled(run)
    wrong.world.stages[0].a *= 1.05
    with pytest.raises(AssertionError):
        same(run, wrong, reference(run))


def test_twin_a_stranded_request_is_noticed():
    run = Try(Topology((Pool(name="a", service=Law.constant(0.1)),)), traffic_of(20, 5.0, 1, 1, False))
    plane = compiled(run)
    plane.order(orders.PAUSE, 0)
    plane.advance(LONG_AFTER)
    visits = {name: column.tolist() for name, column in plane.visits().items()}
    with pytest.raises(AssertionError):
        orderly(run, plane, [plane.reading(0), plane.totals(), [], visits])
