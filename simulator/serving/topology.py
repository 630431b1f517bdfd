"""A serving system as data: the stages on a request's path, and how its client behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from simulator.errors import BadInput, shown, unknown
from simulator.serving.laws import LAWS, Law, number, whole

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

BALANCES = ("random", "round_robin", "least_loaded", "power_of_two")
DISCIPLINES = ("fifo", "lifo", "priority", "preemptive", "sharing")
_MOST_REPLICAS, _MOST_SLOTS, _MOST_ITEMS, _MOST_STAGES = 2000, 100_000, 10_000_000, 16


_NOTHING = Law("constant")


@dataclass(frozen=True)
class Batch:
    """Dynamic batching: a free slot takes up to *max* requests once so many wait, or the oldest has for *wait* s."""

    max: int = 1
    wait: float = 0.0

    def __post_init__(self) -> None:
        whole("batch max", self.max, 1, 4096)
        number("batch wait", self.wait, 0.0)


@dataclass(frozen=True)
class Backoff:
    """The pause before retry n: base * factor^(n-1) * (1 - jitter * luck) [s]."""

    base: float = 0.0
    factor: float = 1.0
    jitter: float = 0.0

    def __post_init__(self) -> None:
        number("backoff base", self.base, 0.0)
        number("backoff factor", self.factor, 0.0, 100.0)
        number("backoff jitter", self.jitter, 0.0, 1.0)


@dataclass(frozen=True)
class Breaker:
    """Opens for *cool* s when, of at least *least* attempts ended in a window of *window* s, a *share* failed."""

    window: float = 10.0
    least: int = 20
    share: float = 0.5
    cool: float = 5.0

    def __post_init__(self) -> None:
        number("breaker window", self.window, 0.0)
        whole("breaker least", self.least, 1, 1_000_000)
        number("breaker share", self.share, 0.0, 1.0)
        number("breaker cool", self.cool, 0.0)


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
            number("timeout", self.timeout, 1e-9)
        if self.hedge_after is not None:
            number("hedge_after", self.hedge_after, 0.0)
        if self.retry_budget is not None:
            number("retry_budget", self.retry_budget, 0.0, 100.0)
        whole("retries", self.retries, 0, 100)
        number("burst", self.burst, 0.0, 1e9)
        for share in self.shed:
            number("shed", share, 0.0, 1.0)


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
        whole(f"{with_name}replicas", self.replicas, 1, _MOST_REPLICAS)
        whole(f"{with_name}most replicas", self.capacity, self.replicas, _MOST_REPLICAS)
        whole(f"{with_name}servers", self.servers, 1, _MOST_SLOTS)
        whole(f"{with_name}fanout", self.fanout, 1, 200)
        number(f"{with_name}per_item", self.per_item, 0.0)
        number(f"{with_name}keep_alive", self.keep_alive, 0.0)
        number(f"{with_name}wait_for", self.wait_for, 1e-9, 1.0)
        number(f"{with_name}share", self.share, 0.0, 1.0)
        if self.queue_limit is not None:
            whole(f"{with_name}queue_limit", self.queue_limit, 0, 1_000_000_000)
        if self.hedge_after is not None:
            number(f"{with_name}hedge_after", self.hedge_after, 0.0)
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
        whole("items", self.items, 1, _MOST_ITEMS)
        number("alpha", self.alpha, 0.0, 10.0)


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
        whole(f"{with_name}size", self.size, 1, _MOST_ITEMS)
        number(f"{with_name}ttl", self.ttl, 0.0)
        number(f"{with_name}share", self.share, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A time that passes without anybody waiting for a slot: a network, a third party."""

    name: str
    service: Law
    share: float = 1.0

    def __post_init__(self) -> None:
        number(f"stage {shown(self.name)}: share", self.share, 0.0, 1.0)


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
        whole("classes", self.classes, 1, 8)

    def index(self, name: str) -> int:
        """Return the place of the stage called *name*; BadInput suggests the nearest."""
        names = [stage.name for stage in self.stages]
        if name not in names:
            raise unknown("stage", name, names)
        return names.index(name)
