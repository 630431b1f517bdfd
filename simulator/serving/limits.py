"""What the rows of the event loop can hold: traffic that fits a topology, and settings that may change in flight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulator.errors import BrokenInvariant
from simulator.serving.topology import Cache, Pool, Topology

__all__ = ["check_setting", "check_traffic"]

_CLIENT = {"timeout", "retries", "base", "factor", "jitter", "budget", "burst", "hedge", "fallback"}
_POOL = {"a", "b", "c", "per_item", "batch", "linger", "limit", "hedge", "drop", "guard", "share", "keep", "fanout"}
_CACHE = {"a", "b", "c", "ttl", "renew", "share"}
_DELAY = {"a", "b", "c", "share"}
_MOST = {"retries": 100, "batch": 4096}


def check_traffic(topology: Topology, traffic: Any) -> None:
    """Raise BrokenInvariant when a request is of a class, or asks for an item, that there is not."""
    if traffic.klass is not None and len(traffic.klass) and int(traffic.klass.max()) >= topology.classes:
        raise BrokenInvariant(f"a request is of class {int(traffic.klass.max())}; there are {topology.classes}")
    for name, values in (traffic.given or {}).items():
        stage = topology.stages[topology.index(name)]
        most = stage.keys.items if isinstance(stage, Cache) else math.inf
        if len(values) != len(traffic) or not np.all((values >= 0) & (values < most)):
            raise BrokenInvariant(f"what is given for stage {name} does not fit its requests")


def check_setting(topology: Topology, stage: int | None, setting: str, value: float) -> None:
    """Raise BrokenInvariant for a setting that cannot change in flight, or not to *value*."""
    allowed, kind = _CLIENT, None
    if stage is not None:
        kind = topology.stages[stage]
        allowed = _POOL if isinstance(kind, Pool) else _CACHE if isinstance(kind, Cache) else _DELAY
    if setting not in allowed or math.isnan(value) or value > _MOST.get(setting, math.inf):
        raise BrokenInvariant(f"{setting} = {value} cannot be set in flight; what can: {', '.join(sorted(allowed))}")
    if setting == "batch" and isinstance(kind, Pool) and kind.discipline in ("preemptive", "sharing"):
        raise BrokenInvariant(f"stage {kind.name} is {kind.discipline}: it has no batches")
