"""Reads the stages of a rig: pools, caches, delays, and the laws of time in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import BadInput, shown
from simulator.rig.files import column
from simulator.rig.tables import Table
from simulator.serving.autoscaler import Rule
from simulator.serving.topology import BALANCES, DISCIPLINES, Batch, Cache, Delay, Keys, Law, Pool, Stage

__all__ = ["Slow", "Staged", "span", "stage"]

_LAWS = ("deterministic", "exponential", "lognormal", "gamma", "hyperexponential", "empirical")
_MOST_REPLICAS, _MOST_SLOTS, _MOST_PLACES, _MOST_ITEMS = 2000, 100_000, 1_000_000_000, 10_000_000
_MOST_VALUES = 1_000_000
_LEAST_PERIOD = 1e-3


@dataclass(frozen=True)
class Slow:
    """A replica that takes *factor* times as long for what it starts between two moments: a grey failure."""

    stage: int
    replica: int
    """counted from 0 within its stage"""
    factor: float
    start: float
    """[s]"""
    end: float
    """[s]"""


@dataclass(frozen=True)
class Staged:
    """A stage, and what happens to it in flight."""

    stage: Stage
    slow: tuple[Slow, ...] = ()
    rule: Rule | None = None


def stage(table: Table, number: int, folder: Path) -> Staged:
    """Read stage *number* (from 0) from its *table*; files are looked for in *folder*."""
    name = table.name("name")
    table.call(f"stage {shown(name)}: ")
    kind = table.choice("kind", ("pool", "cache", "delay"), "pool")
    found = {"pool": _pool, "cache": _cache, "delay": _delay}[kind](table, name, number, folder)
    table.close()
    return found


def _pool(table: Table, name: str, number: int, folder: Path) -> Staged:
    replicas = table.whole("replicas", 1, _MOST_REPLICAS, 1)
    slow = tuple(_slow(item, number, replicas) for item in table.tables("slow", 1000))
    rule = _rule(table, replicas)
    service, per_item = _service(table, folder)
    pool = Pool(
        name=name,
        service=service,
        per_item=per_item,
        replicas=replicas,
        most=rule.high if rule else None,
        servers=table.whole("servers", 1, _MOST_SLOTS, 1),
        balance=table.choice("balance", BALANCES, "power_of_two"),
        discipline=table.choice("discipline", DISCIPLINES, "fifo"),
        queue_limit=table.maybe("queue_limit", table.whole, 0, _MOST_PLACES),
        batch=_batch(table),
        drop_expired=table.flag("drop_expired"),
        patience=_law(table, "patience", folder),
        setup=_law(table, "setup", folder),
        keep_alive=table.time("keep_alive", default=0.0),
        fanout=table.whole("fanout", 1, 200, 1),
        wait_for=table.number("wait_for", 1e-3, 1.0, 1.0),
        hedge_after=table.maybe("hedge_after", table.time),
        share=table.number("share", 0.0, 1.0, 1.0),
    )
    return Staged(pool, slow, rule)


def _batch(table: Table) -> Batch:
    inner = table.table("batch")
    if inner is None:
        return Batch()
    batch = Batch(inner.whole("max", 1, 4096), inner.time("wait", default=0.0))
    inner.close()
    return batch


def _slow(table: Table, number: int, replicas: int) -> Slow:
    start, end = span(table)
    slow = Slow(number, table.whole("replica", 0, replicas - 1), table.number("factor", 1e-3, 1e6), start, end)
    table.close()
    return slow


def span(table: Table) -> tuple[float, float]:
    """Return (start, end) of what happens in flight [s]; the end comes after the start."""
    start, end = table.time("start"), table.time("end")
    if not start < end:
        raise table.wrong("end", f"it takes a time after start, {start:g} s")
    return start, end


def _rule(table: Table, replicas: int) -> Rule | None:
    inner = table.table("autoscaler")
    if inner is None:
        return None
    low = inner.whole("min", 1, replicas, 1)
    rule = Rule(
        target=inner.number("target", 1e-3, 1e5),
        signal="queue" if inner.choice("signal", ("utilisation", "queue"), "utilisation") == "queue" else "utilisation",
        period=inner.time("period", _LEAST_PERIOD, 15.0),
        tolerance=inner.number("tolerance", 0.0, 9.0, 0.1),
        boot=inner.time("boot", default=45.0),
        low=low,
        high=inner.whole("max", replicas, _MOST_REPLICAS),
        settle=inner.time("settle", default=0.0),
    )
    inner.close()
    return rule


def _cache(table: Table, name: str, number: int, folder: Path) -> Staged:
    keys = table.table("keys")
    if keys is None:
        raise table.wrong("keys", "it takes { law = 'zipf', items = 10000, alpha = 1.0 }")
    keys.choice("law", ("zipf",), "zipf")
    items = Keys(keys.whole("items", 1, _MOST_ITEMS), keys.number("alpha", 0.0, 10.0, 1.0))
    keys.close()
    policy = table.choice("policy", ("lru", "ttl"), "lru")
    cache = Cache(
        name=name,
        keys=items,
        policy="ttl" if policy == "ttl" else "lru",
        size=table.whole("size", 1, _MOST_ITEMS, 1000),
        ttl=table.time("ttl", default=60.0),
        renew=table.flag("renew"),
        hit=_law(table, "hit", folder) or Law.constant(0.0),
        miss=_law(table, "miss", folder) or Law.constant(0.0),
        on_hit="done" if table.choice("on_hit", ("next", "done"), "next") == "done" else "next",
        share=table.number("share", 0.0, 1.0, 1.0),
    )
    return Staged(cache)


def _delay(table: Table, name: str, number: int, folder: Path) -> Staged:
    law = _law(table, "service", folder)
    if law is None:
        raise _no_law(table, "service")
    return Staged(Delay(name=name, service=law, share=table.number("share", 0.0, 1.0, 1.0)))


def _service(table: Table, folder: Path) -> tuple[Law, float]:
    """Read the service of a pool: its law, and the further seconds for each item."""
    inner = table.table("service")
    if inner is None:
        raise _no_law(table, "service")
    per_item = inner.time("per_item", default=0.0)
    law = _read(inner, folder)
    if not law.mean + per_item > 0:
        raise BadInput(f"{table.where}service takes no time at all; its mean must be above 0 s")
    return law, per_item


def _law(table: Table, key: str, folder: Path) -> Law | None:
    inner = table.table(key)
    return None if inner is None else _read(inner, folder)


def _no_law(table: Table, key: str) -> BadInput:
    return table.wrong(key, f"it takes a law, such as {{ law = 'exponential', mean = 1.0 }}; laws: {', '.join(_LAWS)}")


def _read(table: Table, folder: Path) -> Law:
    law = _BY_NAME[table.choice("law", _LAWS)](table, folder)
    table.close()
    return law


def _empirical(table: Table, folder: Path) -> Law:
    name = table.text("file", "it takes the name of a CSV file with one time [s] a line, or a column called service")
    try:
        values = column(folder, name, "service", _MOST_VALUES)
        return Law.empirical(values.tolist())
    except BadInput as error:
        raise BadInput(f"{table.where}{error}") from None


_BY_NAME: dict[str, Callable[[Table, Path], Law]] = {
    "deterministic": lambda table, folder: Law.constant(table.time("mean")),
    "exponential": lambda table, folder: Law.exponential(table.time("mean")),
    "lognormal": lambda table, folder: Law.lognormal(table.time("median"), table.number("sigma", 0.0, 5.0)),
    "gamma": lambda table, folder: Law.gamma(table.time("mean"), table.number("scv", 1e-4, 1e4)),
    "hyperexponential": lambda table, folder: Law.hyperexponential(table.time("mean"), table.number("scv", 1.0, 1e4)),
    "empirical": _empirical,
}
