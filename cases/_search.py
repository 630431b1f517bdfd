"""Turns the options of `optimise` and `sensitivity` into a search, and tells programs what it found."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cases._options import moment, read_names, read_seeds
from cases._terminal import progress
from cases._workers import place_of_runs, read_workers
from simulator.case import Case
from simulator.design import Value
from simulator.errors import BadInput, shown
from simulator.study import Axis, Campaign, Found, Interval, Sensitivity, Shelf, Workers, optimise, sensitivity

__all__ = ["Asked", "Order", "command", "found_data", "read_order", "sensitivity_data"]


@dataclass(frozen=True)
class Asked:
    """What was typed."""

    dials: str
    seeds: str
    kpi: str
    par: str | None = None
    until: str | None = None
    jobs: str = "-1"
    backend: str = "processes"
    out: str | None = None
    scene: tuple[str, ...] = ()
    """the words that make the case what it is flown as"""


@dataclass(frozen=True)
class Order:
    """A search that is ready to go."""

    case: Case
    axes: tuple[Axis, ...]
    seeds: Sequence[int]
    asked: Asked
    until: float | None
    workers: Workers

    def found(self, budget: int) -> Found:
        """Search with a *budget* of designs."""
        with self._campaign(f"searching {budget} designs under {len(self.seeds)} seeds") as campaign:
            return optimise(campaign, self.axes, budget, self.seeds, kpi=self.asked.kpi, base=self.asked.par)

    def sensitivity(self, n: int | None) -> Sensitivity:
        """Turn each dial alone, and with *n* samples all of them together."""
        with self._campaign(f"turning dials under {len(self.seeds)} seeds") as campaign:
            return sensitivity(campaign, self.axes, self.seeds, n=n, kpi=self.asked.kpi, base=self.asked.par)

    @contextlib.contextmanager
    def _campaign(self, label: str) -> Iterator[Campaign]:
        place = place_of_runs(self.asked.out)
        shelf = Shelf(place) if place else None
        try:
            with progress(label) as note:
                yield Campaign(self.case, self.workers, self.until, shelf=shelf, progress=note)
        finally:
            if shelf:
                shelf.close()


def read_order(case: Case, asked: Asked) -> Order:
    """Read what is to be searched; BadInput for what cannot be read."""
    axes = tuple(_axis(case, part) for part in read_names(asked.dials, "--dials"))
    workers = read_workers(asked.jobs, asked.backend)
    return Order(case, axes, read_seeds(asked.seeds), asked, moment(asked.until, "--until"), workers)


def _axis(case: Case, text: str) -> Axis:
    """Read a dial with its range: `threshold`, `threshold=0.1:0.6`, `threshold=0.01:0.5:log`, `rule=f1:cost`."""
    name, equals, range_ = (part.strip() for part in text.partition("="))
    dial, parts = case.design.dial(name), [part.strip() for part in range_.split(":")] if equals else []
    if not parts:
        return Axis.of(dial)
    if dial.kind in ("choice", "switch"):
        return Axis.of(dial, options=parts)
    if len(parts) not in (2, 3) or parts[2:] not in ([], ["log"]):
        raise BadInput(f"--dials {shown(text)} cannot be read; write {name}=LOW:HIGH or {name}=LOW:HIGH:log")
    return Axis.of(dial, parts[0], parts[1], log=len(parts) == 3)


def found_data(order: Order, found: Found) -> dict[str, Any]:
    """Return what `optimise` tells."""
    return {
        "case": order.case.name,
        "kpi": found.kpi,
        "dials": {axis.dial.name: _range(axis) for axis in order.axes},
        "best": dict(found.best),
        "value": found.value.mean,
        "low": found.value.low,
        "high": found.value.high,
        "gain": _interval(found.gain),
        "guardrails": dict(found.guardrails),
        "kept": found.kept,
        "plan": found.plan.to_data(),
        "fly": command(order, found),
        "history": [vars(tried) for tried in found.history],
        "seeds": list(found.seeds),
        "fresh_seeds": list(found.fresh),
        "runs": found.runs,
        "searched": found.searched,
        "spared": found.spared,
        "dropped": found.dropped,
        "finished": found.finished,
    }


def _range(axis: Axis) -> dict[str, Any]:
    if axis.options:
        return {"options": list(axis.options)}
    return {"low": axis.low, "high": axis.high, "log": axis.log}


def _interval(found: Interval) -> dict[str, float]:
    return {"mean": found.mean, "low": found.low, "high": found.high, "p_value": found.p_value}


def sensitivity_data(order: Order, found: Sensitivity) -> dict[str, Any]:
    """Return what `sensitivity` tells."""
    return {
        "case": order.case.name,
        "kpi": found.kpi,
        "dials": {axis.dial.name: _range(axis) for axis in order.axes},
        "base": {"design": dict(found.dials), **_interval(found.base)},
        "effects": [
            {"dial": one.dial, "value": one.value, **_interval(one.difference), "p_adjusted": one.difference.p_adjusted}
            for one in found.effects
        ],
        "swings": found.swings(),
        "misfits": [{"dial": dial, "value": value, "why": why} for dial, value, why in found.misfits],
        "indices": [
            {"dial": one.dial, "first": _shares(one.first), "total": _shares(one.total)} for one in found.indices
        ],
        "seeds": list(found.seeds),
        "runs": found.runs,
    }


def _shares(found: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("share", "low", "high"), found, strict=True))


def command(order: Order, found: Found) -> str:
    """Return the command that flies the best design."""
    base = ["--par", order.asked.par] if order.asked.par else []
    turned = [word for name, value in found.best.items() for word in ("--set", f"{name}={_typed(value)}")]
    return shlex.join(["windtunnel", "run", *order.asked.scene, *base, *turned])


def _typed(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
