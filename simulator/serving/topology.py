"""A serving system as data: the stages on a request's path, and how its client behaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.errors import BadInput, shown, unknown

__all__ = [
    "BALANCES",
    "DISCIPLINES",
    "LAWS",
    "Backoff",
    "Batch",
    "Breaker",
    "Cache",
    "Client",
    "Delay",
    "Keys",
    "Law",
    "Pool",
    "Stage",
    "Topology",
]

LAWS = ("constant", "exponential", "lognormal", "gamma", "hyperexponential", "empirical")
BALANCES = ("random", "round_robin", "least_loaded", "power_of_two")
DISCIPLINES = ("fifo", "lifo", "priority", "preemptive", "sharing")
_MOST_REPLICAS, _MOST_SLOTS, _MOST_ITEMS, _MOST_STAGES = 2000, 100_000, 10_000_000, 16


def _number(what: str, value: object, low: float, high: float = 1e12) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadInput(f"{what} {shown(value)} is not allowed; it takes a number from {low:g} to {high:g}")
    return float(value)


def _whole(what: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(f"{what} {shown(value)} is not allowed; it takes a whole number from {low} to {high}")


@dataclass(frozen=True)
class Law:
    """A law of times [s]; make one with the static methods, which check what they are given."""

    law: Literal["constant", "exponential", "lognormal", "gamma", "hyperexponential", "empirical"]
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    values: tuple[float, ...] = ()
    mean: float = 0.0
    """[s]"""
    scv: float = 0.0
    """variance over squared mean"""

    @staticmethod
    def constant(mean: float) -> Law:
        """Always *mean*."""
        return Law("constant", _number("mean", mean, 0.0), mean=mean)

    @staticmethod
    def exponential(mean: float) -> Law:
        """Exponential with *mean*."""
        return Law("exponential", _number("mean", mean, 0.0), mean=mean, scv=1.0)

    @staticmethod
    def lognormal(median: float, sigma: float) -> Law:
        """Lognormal: the log has mean log *median* and standard deviation *sigma*."""
        _number("median", median, 0.0), _number("sigma", sigma, 0.0, 10.0)
        mean = median * math.exp(sigma * sigma / 2)
        return Law("lognormal", median, sigma, mean=mean, scv=math.expm1(sigma * sigma))

    @staticmethod
    def gamma(mean: float, scv: float) -> Law:
        """Gamma with *mean* and squared coefficient of variation *scv*; 0.5 is Erlang-2."""
        _number("mean", mean, 0.0), _number("scv", scv, 1e-6, 1e6)
        return Law("gamma", 1 / scv, mean * scv, mean=mean, scv=scv)

    @staticmethod
    def hyperexponential(mean: float, scv: float) -> Law:
        """Two exponential phases with balanced means (Morse 1958): each phase brings half of the *mean*."""
        _number("mean", mean, 0.0), _number("scv", scv, 1.0, 1e6)
        p = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
        return Law("hyperexponential", p, mean / (2 * p), mean / (2 * (1 - p)), mean=mean, scv=scv)

    @staticmethod
    def empirical(values: Sequence[float]) -> Law:
        """Straight lines between the sorted *values*, taken as evenly spaced quantiles; at least two."""
        points = tuple(sorted(_number("a value of an empirical law", value, 0.0) for value in values))
        if len(points) < 2:
            raise BadInput(f"an empirical law needs at least two values, not {len(points)}")
        pieces = list(zip(points, points[1:], strict=False))
        mean = math.fsum((x + y) / 2 for x, y in pieces) / len(pieces)
        square = math.fsum((x * x + x * y + y * y) / 3 for x, y in pieces) / len(pieces)
        scv = square / (mean * mean) - 1 if mean else 0.0
        return Law("empirical", b=float(len(points)), values=points, mean=mean, scv=scv)


_NOTHING = Law("constant")


@dataclass(frozen=True)
class Batch:
    """Dynamic batching: a free slot takes up to *max* waiting requests once so many wait, or the oldest did *wait* s."""

    max: int = 1
    wait: float = 0.0

    def __post_init__(self) -> None:
        _whole("batch max", self.max, 1, 4096)
        _number("batch wait", self.wait, 0.0)


@dataclass(frozen=True)
class Backoff:
    """The pause before retry n: base * factor^(n-1) * (1 - jitter * luck) [s]."""

    base: float = 0.0
    factor: float = 1.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        _number("backoff base", self.base, 0.0)
        _number("backoff factor", self.factor, 0.0, 100.0)
        _number("backoff jitter", self.jitter, 0.0, 1.0)


@dataclass(frozen=True)
class Breaker:
    """Opens for *cool* s when, of at least *least* attempts ended in a window of *window* s, a *share* failed."""

    window: float = 10.0
    least: int = 20
    share: float = 0.5
    cool: float = 5.0

    def __post_init__(self) -> None:
        _number("breaker window", self.window, 0.0)
        _whole("breaker least", self.least, 1, 1_000_000)
        _number("breaker share", self.share, 0.0, 1.0)
        _number("breaker cool", self.cool, 0.0)


@dataclass(frozen=True)
class Client:
    """How the caller behaves: an answer later than *timeout* is worthless, and its work goes on unwanted."""

    timeout: float | None = None
    """of each attempt [s]"""
    retries: int = 0
    """attempts after the first"""
    backoff: Backoff = Backoff()
    retry_budget: float | None = None
    """tokens that each request earns; a retry takes one, at most `burst` are saved up"""
    burst: float = 10.0
    hedge_after: float | None = None
    """a second copy is sent so long after an attempt began [s]; the first answer wins"""
    fallback: bool = False
    breaker: Breaker | None = None
    shed: tuple[float, ...] = ()
    """share of each class that is turned away at the door"""

    def __post_init__(self) -> None:
        if self.timeout is not None:
            _number("timeout", self.timeout, 1e-9)
        if self.hedge_after is not None:
            _number("hedge_after", self.hedge_after, 0.0)
        if self.retry_budget is not None:
            _number("retry_budget", self.retry_budget, 0.0, 100.0)
        _whole("retries", self.retries, 0, 100)
        _number("burst", self.burst, 0.0, 1e9)
        for share in self.shed:
            _number("shed", share, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Replicas that work: each has slots and a queue of its own."""

    name: str
    service: Law
    """of a batch, whatever its size [s]"""
    per_item: float = 0.0
    """further seconds for each item in the batch"""
    replicas: int = 1
    most: int | None = None
    """replicas that an autoscaler may reach; absent = replicas"""
    servers: int = 1
    """slots of a replica"""
    balance: str = "power_of_two"
    discipline: str = "fifo"
    queue_limit: int | None = None
    """waiting places of a replica; None = no limit, 0 = pure loss"""
    batch: Batch = Batch()
    drop_expired: bool = False
    """work whose client has left is not started"""
    patience: Law | None = None
    """a waiting request leaves after this time"""
    setup: Law | None = None
    """what a slot needs before it serves again after it was idle for more than `keep_alive` [s]"""
    keep_alive: float = 0.0
    fanout: int = 1
    wait_for: float = 1.0
    """share of the copies that must come back"""
    hedge_after: float | None = None
    """a spare copy goes to another replica so long after the first [s]"""
    share: float = 1.0
    """share of requests that need this stage"""

    def __post_init__(self) -> None:
        with_name = f"stage {shown(self.name)}: "
        if self.balance not in BALANCES:
            raise unknown(f"{with_name}balance", self.balance, BALANCES)
        if self.discipline not in DISCIPLINES:
            raise unknown(f"{with_name}discipline", self.discipline, DISCIPLINES)
        _whole(f"{with_name}replicas", self.replicas, 1, _MOST_REPLICAS)
        _whole(f"{with_name}most replicas", self.capacity, self.replicas, _MOST_REPLICAS)
        _whole(f"{with_name}servers", self.servers, 1, _MOST_SLOTS)
        _whole(f"{with_name}fanout", self.fanout, 1, 200)
        _number(f"{with_name}per_item", self.per_item, 0.0)
        _number(f"{with_name}keep_alive", self.keep_alive, 0.0)
        _number(f"{with_name}wait_for", self.wait_for, 1e-9, 1.0)
        _number(f"{with_name}share", self.share, 0.0, 1.0)
        if self.queue_limit is not None:
            _whole(f"{with_name}queue_limit", self.queue_limit, 0, 1_000_000_000)
        if self.hedge_after is not None:
            _number(f"{with_name}hedge_after", self.hedge_after, 0.0)
        if self.batch.max > 1 and self.discipline in ("preemptive", "sharing"):
            raise BadInput(f"{with_name}batches cannot be {self.discipline}; allowed: fifo, lifo, priority")
        if self.discipline == "sharing" and (self.queue_limit is not None or self.patience or self.setup):
            raise BadInput(f"{with_name}shared servers have no queue: no queue_limit, patience or setup")
        if self.fanout > self.replicas:
            raise BadInput(f"{with_name}fanout {self.fanout} goes to distinct replicas, and there are {self.replicas}")

    @property
    def capacity(self) -> int:
        """The most replicas there can be."""
        return self.replicas if self.most is None else self.most


@dataclass(frozen=True)
class Keys:
    """What requests ask a cache for: item i of *items* with a popularity of 1 / i^alpha (Zipf)."""

    items: int
    alpha: float = 1.0

    def __post_init__(self) -> None:
        _whole("items", self.items, 1, _MOST_ITEMS)
        _number("alpha", self.alpha, 0.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Answers (or features) kept: a miss is held at once - or with the answer, where `on_hit` is done."""

    name: str
    keys: Keys
    policy: Literal["lru", "ttl"] = "lru"
    size: int = 1000
    """of an LRU cache [items]"""
    ttl: float = 60.0
    """of a TTL cache [s]; 0 holds nothing"""
    renew: bool = False
    """whether a hit starts the time to live anew"""
    hit: Law = _NOTHING
    miss: Law = _NOTHING
    on_hit: Literal["next", "done"] = "next"
    share: float = 1.0

    def __post_init__(self) -> None:
        with_name = f"stage {shown(self.name)}: "
        if self.policy not in ("lru", "ttl"):
            raise unknown(f"{with_name}policy", self.policy, ("lru", "ttl"))
        if self.on_hit not in ("next", "done"):
            raise unknown(f"{with_name}on_hit", self.on_hit, ("next", "done"))
        _whole(f"{with_name}size", self.size, 1, _MOST_ITEMS)
        _number(f"{with_name}ttl", self.ttl, 0.0)
        _number(f"{with_name}share", self.share, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A time that passes without anybody waiting for a slot: a network, a third party."""

    name: str
    service: Law
    share: float = 1.0

    def __post_init__(self) -> None:
        _number(f"stage {shown(self.name)}: share", self.share, 0.0, 1.0)


Stage = Pool | Cache | Delay


@dataclass(frozen=True)
class Topology:
    """The whole serving system."""

    stages: tuple[Stage, ...]
    client: Client = field(default_factory=Client)
    classes: int = 1
    """classes of requests; class 0 goes first where priorities count"""

    def __post_init__(self) -> None:
        if not 1 <= len(self.stages) <= _MOST_STAGES:
            raise BadInput(f"a path has from 1 to {_MOST_STAGES} stages, not {len(self.stages)}")
        names = [stage.name for stage in self.stages]
        for name in names:
            if names.count(name) > 1:
                raise BadInput(f"two stages are called {shown(name)}")
        _whole("classes", self.classes, 1, 8)

    def index(self, name: str) -> int:
        """Return the place of the stage called *name*; BadInput suggests the nearest."""
        names = [stage.name for stage in self.stages]
        if name not in names:
            raise unknown("stage", name, names)
        return names.index(name)
