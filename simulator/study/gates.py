"""Puts a policy to the test: flown beside another until it is known which is better, and no longer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simulator.case import Case
from simulator.errors import BadInput, unknown
from simulator.simulation import Progress
from simulator.study.arms import Arms, Flown, written
from simulator.study.campaign import Campaign
from simulator.study.looks import STANDARD, Look, Rule
from simulator.study.studies import Study, studies_of
from simulator.targets import Target
from simulator.units import Floats

__all__ = ["Guardrail", "Verdict", "gate", "guardrails", "ordered", "verdict_of"]

_Studies = Mapping[str, Study]
_BETTER: Mapping[int, Literal["better", "not_better", "worse"]] = {1: "better", 0: "not_better", -1: "worse"}


@dataclass(frozen=True)
class Guardrail:
    """What is known of a limit that must not be crossed."""

    kpi: str
    limit: float
    at_least: bool
    mean: float
    low: float
    high: float
    """the repeated confidence interval of the mean over seeds"""
    verdict: Literal["kept", "broken", "open"]
    """open = the interval holds the limit, and some flight broke it"""
    broken_under: tuple[int, ...]
    """the seeds of the flights that broke it"""
    seeds: tuple[int, ...]
    """all that were read"""

    @property
    def kept(self) -> bool:
        """Whether the mean is shown to keep the limit, or no flight broke it."""
        return self.verdict == "kept"


@dataclass(frozen=True)
class Verdict:
    """Whether a policy is better than another, and how that is known."""

    verdict: Literal["better", "not_better", "worse"]
    difference: float
    """mean of policy - other, in the unit of the KPI; where less is better, below 0 is better"""
    low: float
    high: float
    """the repeated confidence interval of the difference at the look that decided"""
    seeds_used: int
    """flown by each of the two"""
    look: int
    """that decided, from 1"""
    looks: int
    """that there might have been"""
    p_value: float
    kpi: str
    seeds: tuple[int, ...]
    """those that were read"""
    differences: tuple[float, ...]
    """under each of them"""
    rule: Rule
    guardrails: tuple[Guardrail, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it is better, and no guardrail that was asked for is broken or in doubt."""
        return self.verdict == "better" and all(one.kept for one in self.guardrails)

    @property
    def sd(self) -> float:
        """The standard deviation of the difference under one seed."""
        return float(np.std(self.differences, ddof=1))


def gate(
    campaign: Campaign,
    policy: Flown,
    than: Flown,
    *,
    kpi: str = "profit",
    rule: Rule = STANDARD,
    first_seed: int = 0,
    guarded: bool = False,
) -> Verdict:
    """Fly *policy* beside *than* under one seed after the other, and stop when it is known which is better.

    Both meet the same luck under each seed, so what is read is their difference, by *rule*. A policy that is no
    better is called better in half of 1 - confidence of such tests at most, if the differences are even about their
    mean; rare disasters, which few flights show, it may hide. Where it is *guarded* the policy has to
    keep the guardrails of the case as well: each is read by the same rule, and as all must hold, none is charged
    for the others (Berger 1982). Two arms that are the same are not flown on after the first look.

    BadInput for a KPI that has no better direction or is no number in a flight, and for what cannot be flown.
    """
    _refuse_undirected(campaign.case, kpi)
    limits = _limits(campaign.case) if guarded else ()
    same = _same(campaign.case, policy, than)

    def enough(studies: _Studies) -> bool:
        known = same or rule.decided(_differences(studies, "policy", "than", kpi))
        return known and all(rule.decided(_slack(studies["policy"], one)) for one in limits)

    studies = _flown(campaign, {"policy": policy, "than": than}, rule, first_seed, enough)
    found = _verdict(campaign, studies, ("policy", "than"), kpi, rule)
    return replace(found, guardrails=tuple(_guardrail(studies["policy"], one, rule) for one in limits))


def guardrails(
    campaign: Campaign, policy: Flown, *, rule: Rule = STANDARD, first_seed: int = 0
) -> tuple[Guardrail, ...]:
    """Fly *policy* until it is known of each guardrail of the case whether its mean keeps the limit.

    Each is wrongly called kept with half of 1 - confidence at most. BadInput for a case that has none.
    """
    limits = _limits(campaign.case)

    def enough(studies: _Studies) -> bool:
        return all(rule.decided(_slack(studies["policy"], one)) for one in limits)

    study = _flown(campaign, {"policy": policy}, rule, first_seed, enough)["policy"]
    return tuple(_guardrail(study, one, rule) for one in limits)


def ordered(
    campaign: Campaign, arms: Arms, *, kpi: str = "profit", rule: Rule = STANDARD, first_seed: int = 0
) -> tuple[Verdict, ...]:
    """Tell of each of *arms* but the first whether it is better than the one before it; all fly under the same seeds.

    It ends as well when one of them turns out worse. As all have to be better, none is charged for the others: a
    wrong order passes with half of 1 - confidence at most. BadInput for fewer than two arms, and as for `gate`.
    """
    if len(arms) < 2:
        raise BadInput(f"{len(arms)} is too few to be in order; it takes 2 or more")
    _refuse_undirected(campaign.case, kpi)
    pairs = [(after, before) for before, after in itertools.pairwise(arms)]

    def enough(studies: _Studies) -> bool:
        found = [_verdict(campaign, studies, pair, kpi, rule).verdict for pair in pairs]
        known = all(rule.decided(_differences(studies, *pair, kpi)) for pair in pairs)
        return known or "worse" in found

    studies = _flown(campaign, arms, rule, first_seed, enough)
    return tuple(_verdict(campaign, studies, pair, kpi, rule) for pair in pairs)


def verdict_of(differences: Sequence[float], seeds: Sequence[int], kpi: str, better: str, rule: Rule) -> Verdict:
    """Return what *rule* makes of the *differences* policy - other, one for each of *seeds*, in their order.

    *better* is `more` or `less`. Nothing but the differences up to the look that decides has a say.
    """
    values = np.asarray(differences, dtype=np.float64)
    look = rule.read(values)
    return Verdict(
        verdict=_BETTER[look.side if better == "more" else -look.side],
        difference=look.mean,
        low=look.low,
        high=look.high,
        seeds_used=look.n,
        look=look.number,
        looks=len(rule.sizes),
        p_value=rule.p_value(look),
        kpi=kpi,
        seeds=tuple(seeds[: look.n]),
        differences=tuple(values[: look.n].tolist()),
        rule=rule,
    )


# --- flying on until it is enough -------------------------------------------------------------------------------------


def _flown(
    campaign: Campaign, arms: Arms, rule: Rule, first_seed: int, enough: Callable[[_Studies], bool]
) -> dict[str, Study]:
    """Fly from look to look, until it is *enough* or no look is left."""
    studies: dict[str, Study] = {}
    for done, size in itertools.pairwise((0, *rule.sizes)):
        part = replace(campaign, progress=_part(campaign.progress, done, size, rule.sizes[-1]))
        more = studies_of(part, arms, range(first_seed + done, first_seed + size))
        studies = {arm: studies[arm].followed_by(more[arm]) if studies else more[arm] for arm in arms}
        if enough(studies):
            break
    campaign.progress(1.0)
    return studies


def _part(progress: Progress, done: int, size: int, most: int) -> Progress:
    return lambda share: progress((done + share * (size - done)) / most)


# --- what is read -----------------------------------------------------------------------------------------------------


def _refuse_undirected(case: Case, kpi: str) -> None:
    if kpi not in case.kpis:
        raise unknown("KPI", kpi, case.kpis)
    if case.kpis[kpi].better == "-":
        known = ", ".join(name for name, one in case.kpis.items() if one.better != "-")
        raise BadInput(f"KPI {kpi} is neither better high nor low, so nothing can beat anything on it; known: {known}")


def _same(case: Case, one: Flown, other: Flown) -> bool:
    """Whether two arms are one: the same pilot, or plans that say the same, whatever they are called."""
    first, second = (written(case, case.par(arm) if isinstance(arm, str) else arm) for arm in (one, other))
    return first == second


def _limits(case: Case) -> tuple[Target, ...]:
    found = tuple(target for target in case.targets if target.guardrail)
    if not found:
        raise BadInput(f"case {case.name} has no guardrail that could be kept")
    return found


def _values(study: Study, kpi: str) -> Floats:
    values = study.values(kpi)
    for seed, value in zip(study.seeds, values.tolist(), strict=True):
        if not math.isfinite(value):
            raise BadInput(f"{kpi} is no number in the flight of {study.arm} under seed {seed}")
    return values


def _differences(studies: _Studies, policy: str, than: str, kpi: str) -> Floats:
    return _values(studies[policy], kpi) - _values(studies[than], kpi)


def _slack(study: Study, limit: Target) -> Floats:
    """Return how far each flight is within the *limit*."""
    values = _values(study, limit.kpi)
    return values - limit.limit if limit.at_least else limit.limit - values


def _verdict(campaign: Campaign, studies: _Studies, pair: tuple[str, str], kpi: str, rule: Rule) -> Verdict:
    differences, better = _differences(studies, *pair, kpi), campaign.case.kpis[kpi].better
    return verdict_of(differences.tolist(), studies[pair[0]].seeds, kpi, better, rule)


def _guardrail(study: Study, limit: Target, rule: Rule) -> Guardrail:
    look = rule.read(_slack(study, limit))
    seeds, kpis = study.seeds[: look.n], _values(study, limit.kpi)[: look.n].tolist()
    broken = tuple(seed for seed, value in zip(seeds, kpis, strict=True) if not limit.met(value))
    sign = 1 if limit.at_least else -1
    mean, one, other = (limit.limit + sign * slack for slack in (look.mean, look.low, look.high))
    ends = (min(one, other), max(one, other))
    return Guardrail(limit.kpi, limit.limit, limit.at_least, mean, *ends, _kept(look, broken), broken, seeds)


def _kept(look: Look, broken: Sequence[int]) -> Literal["kept", "broken", "open"]:
    if look.side > 0 or (look.side == 0 and not broken):
        return "kept"
    return "broken" if look.side < 0 else "open"
