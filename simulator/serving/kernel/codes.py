"""The numbers that stand for kinds, states and outcomes, in the event loop and in its reference."""

from __future__ import annotations

__all__ = [
    "ABANDONED",
    "BATCH",
    "CACHE",
    "CHILD_BITS",
    "CONSTANT",
    "COPY",
    "COPY_BITS",
    "DELAY",
    "DELAYED",
    "DONE",
    "DROPPED",
    "EMPIRICAL",
    "EXPONENTIAL",
    "FIFO",
    "FREE",
    "FULL",
    "GAMMA",
    "GROW",
    "GUARD",
    "HYPEREXPONENTIAL",
    "KIND_SHIFT",
    "LATE",
    "LEAST_LOADED",
    "LIFO",
    "LOGNORMAL",
    "LOST",
    "LRU",
    "NEVER",
    "NONE",
    "PATIENCE",
    "POOL",
    "POWER_OF_TWO",
    "PREEMPTIVE",
    "PRIORITY",
    "RANDOM",
    "REACHED",
    "RETRY",
    "ROUND_ROBIN",
    "ROUTE_ABANDONED",
    "ROUTE_CACHE",
    "ROUTE_FALLBACK",
    "ROUTE_LOST",
    "ROUTE_MODEL",
    "ROUTE_SHED",
    "ROUTE_TIMEOUT",
    "SERVED",
    "SERVING",
    "SHARED",
    "SHARING",
    "SHED",
    "SPARE",
    "SPLIT",
    "STAGE_BITS",
    "TIMEOUT",
    "TTL",
    "WAITING",
]  # fmt: skip

NONE = -1
NEVER = float("inf")

# Kinds of events, in the order in which they happen at equal times; arrivals come after all of them.
DONE, SHARED, BATCH, TIMEOUT, PATIENCE, SPARE, COPY, RETRY = range(8)
KIND_SHIFT = 60
COPY_BITS, CHILD_BITS, STAGE_BITS = 8, 8, 4

# Why the loop stopped.
REACHED, GROW, FULL, GUARD = range(4)

# Kinds of stages.
POOL, CACHE, DELAY = range(3)

# Choosing a replica.
RANDOM, ROUND_ROBIN, LEAST_LOADED, POWER_OF_TWO = range(4)

# Choosing whom to serve.
FIFO, LIFO, PRIORITY, PREEMPTIVE, SHARING = range(5)

# Laws.
CONSTANT, EXPONENTIAL, LOGNORMAL, GAMMA, HYPEREXPONENTIAL, EMPIRICAL = range(6)

# Caches.
LRU, TTL = range(2)

# States of a job.
FREE, WAITING, SERVING, DELAYED, SPLIT = range(5)

# How a visit to a stage, or a whole attempt, went.
SERVED, SHED, DROPPED, ABANDONED, LOST, LATE = range(6)

# How a request ended: indices of simulator.serving.pool.ROUTES.
ROUTE_MODEL, ROUTE_FALLBACK, ROUTE_SHED, ROUTE_TIMEOUT, ROUTE_CACHE, ROUTE_LOST, ROUTE_ABANDONED = range(1, 8)
