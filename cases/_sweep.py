"""Turns the options of `sweep` into designs under the same seeds, and tells which are best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cases._options import located, moment, pairs, read_names, read_seeds, read_whole
from cases._terminal import progress
from cases._workers import keep_table, kept_in, place_of_study, read_workers
from simulator.case import Case
from simulator.errors import BadInput, shown
from simulator.plan import Plan
from simulator.study import Campaign, Designs, Sweep, Workers, drawn, frontier, grid, sweep
from simulator.study.designs import read_levels, read_slice
from simulator.study.frontiers import senses
from simulator.study.sweeps import sense

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Asked", "Order", "plain", "read_sweep", "sweep_data"]


@dataclass(frozen=True)
class Asked:
    """The options of `sweep`, as they were typed."""

    grid: Sequence[str] = ()
    over: Sequence[str] = ()
    random: str | None = None
    latin: str | None = None
    par: str | None = None
    seeds: str = "0-9"
    kpi: str = "profit"
    frontier: str | None = None
    until: str | None = None
    jobs: str = "-1"
    backend: str = "processes"
    out: str | None = None


@dataclass(frozen=True)
class Order:
    """A sweep that is ready to go."""

    case: Case
    designs: Designs
    seeds: Sequence[int]
    kpi: str
    between: tuple[str, ...]
    """the KPIs of the frontier; none = no frontier is asked for"""
    until: float | None
    workers: Workers
    out: Path | None = None

    def flown(self) -> Sweep:
        """Fly every design under every seed; keep the runs where that was asked."""
        with kept_in(self.out) as shelf, progress(f"flying {len(self.designs.plans)} x {len(self.seeds)} runs") as note:
            campaign = Campaign(self.case, self.workers, self.until, shelf=shelf, progress=note)
            found = sweep(campaign, self.designs, self.seeds)
        keep_table(self.out, self.case, found.studies, self.until)
        return found


# --- what is asked for ------------------------------------------------------------------------------------------


def read_sweep(case: Case, asked: Asked) -> Order:
    """Read what is to be swept; BadInput for a dial, a value, a par or a KPI that the *case* does not have."""
    sense(case, asked.kpi)
    between = () if asked.frontier is None else tuple(read_names(asked.frontier, "--frontier"))
    if between:
        senses(case, between)
    seeds, until = read_seeds(asked.seeds), moment(asked.until, "--until")
    workers, out = read_workers(asked.jobs, asked.backend), place_of_study(asked.out)
    return Order(case, _designs(case, asked), seeds, asked.kpi, between, until, workers, out)


def _designs(case: Case, asked: Asked) -> Designs:
    base = _base(case, asked.par)
    if sum(map(bool, (asked.grid, asked.random, asked.latin))) != 1:
        raise BadInput("a sweep needs one of --grid DIAL=a,b,c, --random N and --latin N (with --over DIAL)")
    if asked.grid:
        if asked.over:
            raise BadInput("--over goes with --random and --latin; a --grid says its values itself")
        return grid(case, _read(case, pairs(asked.grid), read_levels, "--grid"), base)
    how: Literal["random", "latin"] = "random" if asked.random else "latin"
    n = read_whole(asked.random or asked.latin or "", f"--{how}")
    return drawn(case, _over(case, asked.over), n, base, how=how)


def _base(case: Case, name: str | None) -> Plan | None:
    """Return the plan from which the designs differ; None = the default design."""
    par = None if name is None else case.par(name)
    if par is None or isinstance(par, Plan):
        return par
    plans = ", ".join(known for known, one in case.pars.items() if isinstance(one, Plan))
    raise BadInput(f"--par {shown(name)} decides in flight, so it has no dials to sweep; plans are: {plans or 'none'}")


def _over(case: Case, words: Sequence[str]) -> dict[str, Any]:
    if not words:
        raise BadInput("--random and --latin need at least one --over DIAL, --over DIAL=low:high or --over DIAL=a,b")
    whole = [word.strip() for word in words if "=" not in word]
    for name in whole:
        case.design.dial(name)
    parts = _read(case, pairs([word for word in words if "=" in word]), read_slice, "--over")
    if len(set(whole)) < len(whole) or set(whole) & set(parts):
        raise BadInput("--over names a dial twice")
    return {**dict.fromkeys(whole), **parts}


def _read(case: Case, words: Mapping[str, str], read: Any, option: str) -> dict[str, Any]:
    with located(option):
        return {name: read(case.design.dial(name), text) for name, text in words.items()}


# --- what is told -----------------------------------------------------------------------------------------------


def sweep_data(order: Order, found: Sweep) -> dict[str, Any]:
    """Return what `sweep` tells: a row for each design with the means of its KPIs, the best of them, the frontier."""
    table = found.table()
    rows = {str(name): _row(found, table, str(name)) for name in table.index}
    best = found.best(order.kpi)
    beyond = [str(name) for name in frontier(found, order.between).index] if order.between else []
    return {
        "case": order.case.name,
        "kpi": order.kpi,
        "seeds": list(order.seeds),
        "rows": list(rows.values()),
        "best": None if best is None else {**rows[best], "rivals": found.rivals(order.kpi)},
        "frontier": [rows[name] for name in beyond],
        "left_out": found.designs.left_out,
    }


def _row(found: Sweep, table: pd.DataFrame, name: str) -> dict[str, Any]:
    """Return a design with the means of its KPIs; a dial that is called like a KPI is told as `design.NAME`."""
    dials = {(f"design.{dial}" if dial in found.kpis else dial): v for dial, v in found.designs.dials(name).items()}
    means = {kpi: plain(table, name, kpi) for kpi in found.kpis}
    ends = {kpi: [plain(table, name, f"{kpi}.{end}") for end in ("low", "high")] for kpi in found.kpis}
    kept = bool(table["guardrails"][name])
    return {"design": name, **dials, **means, "intervals": ends, "guardrails": kept}


def plain(table: pd.DataFrame, name: str, column: str) -> float:
    """Return a figure of the design *name*."""
    return float(table[column][name])
