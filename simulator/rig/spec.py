"""A rig as data: reads its tables into a topology, its traffic, and what happens to it in flight."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import BadInput, shown, unknown
from simulator.rig.files import column
from simulator.rig.stages import Slow, Staged, span, stage
from simulator.rig.tables import Table
from simulator.rig.traffic import LAWS, Arrivals, Class
from simulator.serving.autoscaler import Rule
from simulator.serving.topology import Backoff, Breaker, Client, Pool, Topology

__all__ = ["Outage", "Rig", "read_rig", "read_seeds"]

_MOST_STAGES, _MOST_SEEDS, _MOST_TRACE = 16, 1000, 2_000_000
_MOST_REQUESTS = 10**12
_RATE = (1e-9, 1e9)
_SEED = re.compile(r"[0-9]{1,18}")
_RANGE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True)
class Outage:
    """A time in which a stage starts no work."""

    stage: int
    start: float
    """[s]"""
    end: float
    """[s]"""


@dataclass(frozen=True)
class Rig:
    """A bare serving system, its traffic, and what happens to it in flight."""

    topology: Topology
    arrivals: Arrivals
    requests: int | None
    """per replication"""
    duration: float | None
    """how long requests come [s]; one of the two may be None, of a trace both"""
    warmup: float
    """share of the requests that is left out of the statistics"""
    seeds: tuple[int, ...]
    outages: tuple[Outage, ...] = ()
    slow: tuple[Slow, ...] = ()
    rules: Mapping[int, Rule] | None = None
    """stage -> how it is scaled"""

    @property
    def expected(self) -> float:
        """How many requests a replication has, on average."""
        if self.arrivals.at is not None:
            at = self.arrivals.at
            n = len(at) if self.duration is None else int(np.searchsorted(at, self.duration))
            return min(n, self.requests or n)
        return self.requests if self.requests is not None else self.arrivals.rate * (self.duration or 0.0)

    @property
    def span(self) -> float:
        """How long requests come, on average [s]."""
        if self.duration is not None:
            return self.duration
        if self.arrivals.at is not None:
            return float(self.arrivals.at[int(self.expected) - 1])
        return self.expected / self.arrivals.rate

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, the most important first; none where all requests are alike."""
        return tuple(kind.name for kind in self.arrivals.classes)


def read_rig(data: Mapping[str, Any], folder: Path) -> Rig:
    """Read a rig from plain *data*, the tables of a TOML document; its CSV files are in *folder* or below.

    BadInput is one line: where, the key, its value, and what is allowed.
    """
    table = Table(data)
    arrivals = _arrivals(table, folder)
    requests, duration = _length(table, arrivals)
    warmup = table.number("warmup", 0.0, 0.99, 0.05)
    seeds = read_seeds(table.text("seeds", "it takes seeds such as '0-9', '3' or '1,5,9'", "0"))
    client = _client(table)
    staged = [stage(item, number, folder) for number, item in enumerate(_stages(table))]
    topology = Topology(tuple(one.stage for one in staged), client, max(1, len(arrivals.classes)))
    outages = tuple(_outage(item, topology) for item in table.tables("outage", 1000))
    table.close()
    rig = Rig(topology, arrivals, requests, duration, warmup, seeds, outages, _slow(staged), _rules(staged))
    _refuse(rig)
    return rig


def _refuse(rig: Rig) -> None:
    if rig.expected < 1:
        raise BadInput(f"no request comes within {rig.span:g} s; make duration longer, or the rate of traffic higher")
    if not rig.span > 0:
        raise BadInput("traffic: all requests come at 0 s; the last one must come later")
    happens: tuple[tuple[str, tuple[Outage | Slow, ...]], ...] = (
        ("an outage", rig.outages),
        ("a slow replica", rig.slow),
    )
    for what, starts in happens:
        late = [one for one in starts if one.start >= rig.span]
        if late:
            name = shown(rig.topology.stages[late[0].stage].name)
            until = f"requests come until {rig.span:g} s only"
            raise BadInput(f"{what} of stage {name} starts at {late[0].start:g} s; {until}")
    ranked = [s.name for s in rig.topology.stages if isinstance(s, Pool) and s.discipline in ("priority", "preemptive")]
    if ranked and not rig.classes:
        raise BadInput(f"stage {shown(ranked[0])}: its discipline goes by priority; traffic.classes must say by which")


def _slow(staged: list[Staged]) -> tuple[Slow, ...]:
    return tuple(slow for one in staged for slow in one.slow)


def _rules(staged: list[Staged]) -> dict[int, Rule]:
    return {number: one.rule for number, one in enumerate(staged) if one.rule is not None}


def _stages(table: Table) -> list[Table]:
    tables = table.tables("stage", _MOST_STAGES)
    if not tables:
        raise BadInput(f"there is no [[stage]]; a path has from 1 to {_MOST_STAGES} of them")
    return tables


def _length(table: Table, arrivals: Arrivals) -> tuple[int | None, float | None]:
    duration = table.maybe("duration", table.time, 1e-6)
    requests = table.maybe("requests", table.whole, 1, _MOST_REQUESTS)
    if requests is not None and duration is not None:
        raise BadInput("requests and duration exclude each other; give one of them")
    if requests is None and duration is None and arrivals.at is None:
        raise BadInput("requests is missing; it takes a whole number such as 200000, or give duration = '10m'")
    if arrivals.at is not None and requests is not None and requests > len(arrivals.at):
        raise table.wrong("requests", f"the trace has {len(arrivals.at):,}")
    return requests, duration


def _arrivals(table: Table, folder: Path) -> Arrivals:
    inner = table.table("traffic")
    if inner is None:
        raise BadInput("there is no [traffic]; it takes law = 'poisson' and rate = 3.2, say")
    law = inner.choice("law", LAWS, "poisson")
    classes = _classes(inner)
    found = _LAWS[law](inner, folder, classes) if law in _LAWS else _renewal(inner, law, classes)
    inner.close()
    return found


def _renewal(table: Table, law: str, classes: tuple[Class, ...]) -> Arrivals:
    rate = math.fsum(kind.rate for kind in classes)
    alone = table.maybe("rate", table.number, *_RATE)
    if classes and alone is not None and not math.isclose(alone, rate, rel_tol=1e-9):
        raise BadInput(
            f"traffic.rate = {alone:g}, but the rates of its classes add up to {rate:g}; leave one of them out"
        )
    rate = rate or alone or table.number("rate", *_RATE)
    if law == "gamma":
        return Arrivals("gamma", rate, table.number("cv", 0.01, 100.0), classes=classes)
    if law == "deterministic":
        return Arrivals("deterministic", rate, 0.0, classes=classes)
    return Arrivals("poisson", rate, classes=classes)


def _mmpp(table: Table, folder: Path, classes: tuple[Class, ...]) -> Arrivals:
    rates = table.numbers("rates", 0.0, _RATE[1], 64)
    switch = table.numbers("switch_rates", *_RATE, 64)
    if len(switch) != len(rates):
        raise table.wrong("switch_rates", f"it takes {len(rates)} numbers, one for each of the rates")
    found = Arrivals("mmpp", 0.0, rates=rates, switch_rates=switch, classes=classes)
    rate = float(found.stay() @ np.array(rates))
    if not rate >= _RATE[0]:
        raise table.wrong("rates", "one of them must be above 0")
    return Arrivals("mmpp", rate, rates=rates, switch_rates=switch, classes=classes)


def _trace(table: Table, folder: Path, classes: tuple[Class, ...]) -> Arrivals:
    name = table.text("file", "it takes the name of a CSV file with one time [s] a line, or a column called at")
    try:
        at = column(folder, name, "at", _MOST_TRACE)
    except BadInput as error:
        raise BadInput(f"traffic: {error}") from None
    back = np.flatnonzero(np.diff(at) < 0)
    if len(back):
        times = f"{at[back[0] + 1]:g} s comes after {at[back[0]]:g} s"
        raise BadInput(f"traffic: file {shown(name)} is not in order of time: arrival {back[0] + 2:,}, {times}")
    return Arrivals("trace", len(at) / max(float(at[-1]), 1e-9), at=at, classes=classes)


_LAWS = {"mmpp": _mmpp, "trace": _trace}


def _classes(table: Table) -> tuple[Class, ...]:
    found = []
    for place, item in enumerate(table.tables("classes", 8)):
        name, rate = item.name("name"), item.number("rate", *_RATE)
        found.append((item.whole("priority", 0, 1_000_000, place), Class(name, rate)))
        item.close()
    _once("name", [kind.name for _, kind in found])
    _once("priority", [number for number, _ in found])
    return tuple(kind for _, kind in sorted(found, key=lambda pair: pair[0]))


def _once(what: str, values: Sequence[object]) -> None:
    twice = [value for value in values if values.count(value) > 1]
    if twice:
        raise BadInput(f"traffic.classes: two have the {what} {shown(twice[0])}; each needs its own")


def _client(table: Table) -> Client:
    inner = table.table("client")
    if inner is None:
        return Client()
    client = Client(
        timeout=inner.maybe("timeout", inner.time, 1e-6),
        retries=inner.whole("retries", 0, 100, 0),
        backoff=_backoff(inner),
        retry_budget=inner.maybe("retry_budget", inner.number, 0.0, 100.0),
        burst=inner.number("burst", 0.0, 1e9, 10.0),
        hedge_after=inner.maybe("hedge_after", inner.time),
        fallback=inner.flag("fallback"),
        breaker=_breaker(inner),
    )
    inner.close()
    return client


def _backoff(table: Table) -> Backoff:
    inner = table.table("backoff")
    if inner is None:
        return Backoff()
    backoff = Backoff(
        inner.time("base", default=0.0), inner.number("factor", 0.0, 100.0, 1.0), inner.number("jitter", 0.0, 1.0, 0.0)
    )
    inner.close()
    return backoff


def _breaker(table: Table) -> Breaker | None:
    inner = table.table("breaker")
    if inner is None:
        return None
    breaker = Breaker(
        window=inner.time("window", 1e-6, 10.0),
        least=inner.whole("least", 1, 1_000_000, 20),
        share=inner.number("share", 0.0, 1.0, 0.5),
        cool=inner.time("cool", default=5.0),
    )
    inner.close()
    return breaker


def _outage(table: Table, topology: Topology) -> Outage:
    pools = [stage.name for stage in topology.stages if isinstance(stage, Pool)]
    name = table.text("stage", f"it takes the name of a pool: {', '.join(pools) or 'there is none'}")
    if name not in pools:
        raise BadInput(f"outage: {unknown('pool', name, pools)}")
    start, end = span(table)
    table.close()
    return Outage(topology.index(name), start, end)


def read_seeds(text: str) -> tuple[int, ...]:
    """Read seeds: `3`, `0-9`, `1,5,9`, or both mixed; each may stand there once, at most 1,000 in all."""
    found: list[int] = []
    for part in text.split(","):
        found.extend(_seeds(part.strip(), text))
        if len(found) > _MOST_SEEDS:
            raise BadInput(f"seeds = {shown(text)} is not allowed; at most {_MOST_SEEDS:,} seeds can be flown")
    if len(set(found)) != len(found):
        raise BadInput(f"seeds = {shown(text)} is not allowed; it names a seed twice")
    return tuple(found)


def _seeds(part: str, text: str) -> range:
    match = _RANGE.fullmatch(part)
    if match is None and not _SEED.fullmatch(part):
        raise BadInput(f"seeds = {shown(text)} is not allowed; write 3, 0-9 or 1,5,9")
    first, last = (int(number) for number in (match.groups() if match else (part, part)))
    if last < first:
        raise BadInput(f"seeds = {shown(text)} is not allowed; {first}-{last} runs backwards")
    return range(first, min(last, first + _MOST_SEEDS) + 1)
