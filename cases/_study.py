"""Turns the options of `study` into runs under many seeds, and puts what was flown in pairs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cases._options import moment, read_amount, read_names, read_seeds, read_whole
from cases._policies import arms_of
from cases._terminal import progress
from cases._workers import keep_table, kept_in, place_of_study, read_workers
from simulator.case import Case
from simulator.errors import BadInput, unknown
from simulator.study import (
    Campaign,
    Comparison,
    Flown,
    Settled,
    Settling,
    Steady,
    Study,
    Workers,
    compare_all,
    settle,
    studies_of,
)
from simulator.study.settling import FEWEST
from simulator.targets import Kpi
from simulator.units import typed

__all__ = ["Asked", "Order", "differences", "fact_of", "read_study", "share_better", "study_data"]

_STEADY = "steady."
_LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """The options of `study`, as they were typed."""

    pars: str | None = None
    policies: Sequence[str] = ()
    seeds: str = "0-9"
    kpi: str = "profit"
    until: str | None = None
    warmup: str | None = None
    half_width: str | None = None
    most: str | None = None
    jobs: str = "-1"
    backend: str = "processes"
    out: str | None = None


@dataclass(frozen=True)
class Order:
    """A study that is ready to go."""

    case: Case
    arms: Mapping[str, Flown]
    seeds: Sequence[int]
    kpi: str
    until: float | None
    workers: Workers
    read: Steady | None = None
    rule: Settling | None = None
    out: Path | None = None

    def flown(self) -> Settled:
        """Fly every arm under every seed, or under as many as the rule wants; keep the runs where that was asked."""
        with kept_in(self.out) as shelf, progress(f"flying {len(self.arms)} x {len(self.seeds)} runs") as note:
            found = self._flown(Campaign(self.case, self.workers, self.until, self.read, shelf, note))
        for study in found.studies.values():
            study.values(self.kpi)  # a figure of the steady state may turn out not to be there
        keep_table(self.out, self.case, found.studies, self.until)
        return found

    def _flown(self, campaign: Campaign) -> Settled:
        if self.rule is None:
            return Settled(studies_of(campaign, self.arms, self.seeds), True, math.inf, (len(self.seeds),))
        return settle(campaign, self.arms, self.seeds, self.rule, self.kpi, _pairs(self.arms))


# --- what is asked for ------------------------------------------------------------------------------------------


def read_study(case: Case, asked: Asked) -> Order:
    """Read what is to be flown; BadInput for a par or a KPI that the *case* does not have."""
    until, warmup = moment(asked.until, "--until"), _warmup(asked.warmup)
    _within(case, warmup, until)
    _known(case, asked.kpi, warmup is not None)
    seeds, rule = _seeds(asked)
    workers, out = read_workers(asked.jobs, asked.backend), place_of_study(asked.out)
    return Order(case, _arms(case, asked), seeds, asked.kpi, until, workers, warmup, rule, out)


def _arms(case: Case, asked: Asked) -> dict[str, Flown]:
    """Read the arms; without --pars all reference answers, or only the policies where there are any."""
    default = [] if asked.policies else list(case.pars)
    pars = default if asked.pars is None else read_names(asked.pars, "--pars")
    return arms_of(case, [*pars, *asked.policies])


def _warmup(text: str | None) -> Steady | None:
    if text is None:
        return None
    return Steady() if text == "auto" else Steady(moment(text, "--warmup"))


def _within(case: Case, steady: Steady | None, until: float | None) -> None:
    end = case.horizon if until is None else until
    if steady and steady.warmup is not None and steady.warmup >= end:
        raise BadInput(f"--warmup {typed(steady.warmup, case.tick)} is not before the end, {typed(end, case.tick)}")


def _known(case: Case, kpi: str, steady: bool) -> None:
    if kpi not in case.kpis and not (steady and kpi.startswith(_STEADY)):
        raise unknown("KPI", kpi, [*case.kpis, *([f"{_STEADY}GAUGE"] if steady else [])])


def _seeds(asked: Asked) -> tuple[list[int], Settling | None]:
    """Read the seeds, and when to stop; those of --seeds are flown first, and more follow the largest of them."""
    seeds = read_seeds(asked.seeds)
    if asked.half_width is None and asked.most is None:
        return seeds, None
    if asked.half_width is None or asked.most is None:
        raise BadInput("--half-width and --max-seeds belong together: how narrow, and how many seeds at most")
    most, after = read_whole(asked.most, "--max-seeds"), max(seeds) + 1
    rule = Settling(read_amount(asked.half_width, "--half-width"), most, max(len(seeds), FEWEST))
    more = range(after, min(after + most - len(seeds), _LARGEST_SEED + 1))
    return [*seeds, *more], rule


# --- what is told -----------------------------------------------------------------------------------------------


def fact_of(case: Case, kpi: str) -> Kpi:
    """Return what is known of a KPI, also of one that a reader of the steady state added."""
    if kpi in case.kpis:
        return case.kpis[kpi]
    gauge = kpi.removeprefix(_STEADY)
    unit = "$" if gauge == "profit_per_day" else case.watched.get(gauge, "")
    return Kpi(unit, "after the warm-up", "more" if gauge == "profit_per_day" else "-")


def _pairs(names: Mapping[str, object]) -> list[tuple[str, str]]:
    """Pair neighbours, and the weak with the expert."""
    wanted = [*itertools.pairwise(names)]
    if {"weak", "expert"} <= set(names) and ("weak", "expert") not in wanted:
        wanted.append(("weak", "expert"))
    return wanted


def differences(arms: Mapping[str, Study], kpi: str) -> list[Comparison]:
    """Compare neighbours, and the weak with the expert, with p values that allow for the number of pairs (Holm)."""
    pairs = _pairs(arms)
    return compare_all(arms, pairs, kpi) if pairs else []


def share_better(case: Case, found: Comparison) -> float:
    """Return the share of the seeds on which b is better."""
    gain = np.array(found.values)
    return float(((gain < 0) if fact_of(case, found.kpi).better == "less" else (gain > 0)).mean())


def study_data(order: Order, found: Settled) -> dict[str, Any]:
    """Return what `study` tells of its arms, and how it ended where it was to end by itself."""
    arms, kpi = found.studies, order.kpi
    ended = {"reached": found.reached, "half_width": found.half_width, "looks": list(found.looks)}
    return {
        "case": order.case.name,
        "kpi": kpi,
        "seeds": list(next(iter(arms.values())).seeds),
        "arms": {name: _arm(arm, kpi) for name, arm in arms.items()},
        "differences": [_difference(order.case, one) for one in differences(arms, kpi)],
        **({"settled": ended} if order.rule else {}),
    }


def _arm(arm: Study, kpi: str) -> dict[str, Any]:
    found = arm.interval(kpi)
    return {"mean": found.mean, "low": found.low, "high": found.high, "values": arm.values(kpi).tolist()}


def _difference(case: Case, found: Comparison) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "share_b_better": share_better(case, found),
        "p_adjusted": found.p_adjusted,
        "bootstrap": list(found.bootstrap()),
        "pairing": found.pairing,
    }
