"""The standing probe about the metric: what was wanted, what came of it, where the money went."""

from __future__ import annotations

import math

from simulator.exhibits.building import accounts
from simulator.exhibits.checks import Claim, false_one
from simulator.exhibits.words import phrase, said, told
from simulator.probes import Asked, Exhibit, Probe
from simulator.targets import Verdict
from simulator.units import dollars

__all__ = ["WHY_THAT_METRIC"]

_TURNED = 1.5  # what a figure is multiplied by to make it false


def _shown(asked: Asked) -> Exhibit:
    verdicts = asked.case.verdicts(asked.run)
    said_of = "; ".join(f"{told(v.name, v.value, _unit(asked, v.name))}, {_limit(asked, v)}" for v in verdicts)
    met = sum(verdict.met for verdict in verdicts)
    money = accounts()(asked)
    wanted = f"{met} of {len(verdicts)} targets were kept: {said_of}. " if verdicts else "Nothing was asked for. "
    return Exhibit(f"{wanted}{money.text} {asked.run.asked():,} requests were made.", money.chart)


def _claims(asked: Asked) -> list[Claim]:
    """Say of this run what its accounts and its targets tell, each as it is and as it is not."""
    return [*_of_costs(asked), *_of_volume(asked), *_of_nearest_target(asked)]


def _of_costs(asked: Asked) -> list[Claim]:
    """Say which cost was the largest, how much of the income the costs took, and what half of it would have saved."""
    booked = {phrase(name): float(dollars(posted)) for name, posted in asked.run.ledger.by_account().items()}
    costs = sorted((name for name, usd in booked.items() if usd < 0), key=lambda name: booked[name])
    income = sum(usd for usd in booked.values() if usd > 0)
    found = []
    if len(costs) > 1 and booked[costs[0]] != booked[costs[1]]:
        found.append(Claim(f"The largest cost was {costs[0]}.", f"The largest cost was {costs[1]}."))
    if costs and income:
        share = -sum(booked[name] for name in costs) / income
        found.append(_figure("Of each dollar that came in, {} went out again.", share, share / _TURNED, "share"))
    if costs:
        profit, cost = float(dollars(asked.run.profit())), -booked[costs[0]]
        text = f"With half of {costs[0]}, all else equal, the profit would have been {{}}."
        found.append(_figure(text, profit + cost / 2, profit + cost, "$"))
    return found


def _of_volume(asked: Asked) -> list[Claim]:
    n, profit = asked.run.asked(), float(dollars(asked.run.profit()))
    if not n or not profit:
        return []
    a_thousand = 1000 * profit / n
    return [_figure("The profit was {} per 1,000 requests.", a_thousand, a_thousand * _TURNED, "$")]


def _of_nearest_target(asked: Asked) -> list[Claim]:
    """Say whether the target was kept that was the nearest to being decided the other way."""
    verdicts = [verdict for verdict in asked.case.verdicts(asked.run) if math.isfinite(verdict.value)]
    if not verdicts:
        return []
    nearest = min(verdicts, key=lambda v: abs(v.value - v.limit) / max(abs(v.value), abs(v.limit), 1e-12))
    words = f"the limit that was set for {phrase(nearest.name)}"
    both = (f"The flight kept {words}.", f"The flight missed {words}.")
    return [Claim(*(both if nearest.met else both[::-1]))]


def _figure(text: str, true: float, false: float, unit: str) -> Claim:
    return Claim(text.format(said(true, unit)), text.format(said(false, unit)))


def _limit(asked: Asked, verdict: Verdict) -> str:
    least = next(target.at_least for target in asked.case.targets if target.kpi == verdict.name)
    limit = said(verdict.limit, _unit(asked, verdict.name))
    return f"wanted at {'least' if least else 'most'} {limit}{' (a guardrail)' if verdict.guardrail else ''}"


def _unit(asked: Asked, kpi: str) -> str:
    return asked.case.kpis[kpi].unit if kpi in asked.case.kpis else ""


WHY_THAT_METRIC = Probe(
    "why_that_metric",
    "Why that metric?",
    "metrics",
    _shown,
    weak="It is the metric that everybody uses, and it was the highest with this model.",
    mid="It suits the problem better than accuracy: it looks at precision and recall, and at more than one threshold.",
    strong="It is the closest to what the decision costs: I priced each kind of error, optimised the expected cost, "
    "and kept what must not break apart from it, as guardrails.",
    expert="The same; and I know where offline metric and business outcome part: what it leaves out, how late it is "
    "known, how wide its interval is at this volume. So I check in an experiment that moving it moves the money.",
    check=false_one(_claims),
    follow_up="Which change would improve this metric and harm the business, and which guardrail would notice?",
)
