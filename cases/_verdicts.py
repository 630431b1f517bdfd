"""Says in words what a gate found, why, and under which seeds."""

from __future__ import annotations

from collections.abc import Sequence

from cases._words import figure, label, plural, share, signed
from simulator.case import Case
from simulator.study import Guardrail, Verdict, detectable

__all__ = ["against", "found", "guarded", "headline", "reason", "seeds_told"]

_LIKELY = 0.8


def headline(verdict: Verdict, policy: str, than: str) -> str:
    """Say in one line what was found."""
    said = {"better": "beats", "not_better": "is not shown to beat", "worse": "is worse than"}[verdict.verdict]
    return f"{policy} {said} {than} on {label(verdict.kpi)}"


def reason(verdict: Verdict, case: Case, policy: str, than: str) -> str:
    """Say in one paragraph what was found and how that is known."""
    return " ".join([found(verdict, case, policy, than), *(guarded(one, case) for one in verdict.guardrails)])


def found(verdict: Verdict, case: Case, policy: str, than: str) -> str:
    """Say what was found of the two, and how that is known."""
    unit, n = case.kpis[verdict.kpi].unit, verdict.seeds_used
    low, high = (signed(end, unit) for end in (verdict.low, verdict.high))
    by = f"by {signed(verdict.difference, unit)} a flight ({share(verdict.rule.confidence)} interval {low} to {high})"
    known = "open" if verdict.verdict == "not_better" else "known"
    seeds = f"{plural(n, 'paired seed')} ({seeds_told(verdict.seeds)}), look {verdict.look} of {verdict.looks}"
    better = sum(gain > 0 for gain in _gains(verdict, case))
    said = f"{headline(verdict, policy, than)} in {case.name}: {by}, {known} after {seeds};"
    return " ".join([said, f"better under {better} of {n}, p = {_p(verdict.p_value)}.", *_missed(verdict, unit)])


def _missed(verdict: Verdict, unit: str) -> list[str]:
    """Say of what is not shown how large it would have to be."""
    if verdict.verdict != "not_better":
        return []
    if not any(verdict.differences):
        return ["No flight of one differed from that of the other."]
    size = figure(detectable(verdict.sd, verdict.rule, _LIKELY), unit)
    return [f"A difference of {size} would have been found with {share(_LIKELY)} probability."]


def guarded(one: Guardrail, case: Case) -> str:
    """Say whether a guardrail is kept."""
    unit = case.kpis[one.kpi].unit
    limit = f"at {'least' if one.at_least else 'most'} {figure(one.limit, unit)}"
    ends = f"{figure(one.low, unit)} to {figure(one.high, unit)}"
    said = {"kept": "is kept", "broken": "is broken", "open": "is not shown to be kept"}[one.verdict]
    count = f"{len(one.broken_under)} of {plural(len(one.seeds), 'flight')} broke it"
    under = f" (seeds {seeds_told(one.broken_under)})" if one.broken_under else ""
    return f"Guardrail {label(one.kpi)} {said}: {figure(one.mean, unit)}, {ends}, asked for {limit}; {count}{under}."


def against(verdict: Verdict, case: Case) -> int:
    """Return the seed that speaks most against the policy."""
    broken = [seed for one in verdict.guardrails if not one.kept for seed in one.broken_under]
    if verdict.verdict == "better" and broken:
        return broken[0]
    gains = _gains(verdict, case)
    return verdict.seeds[gains.index(min(gains))]


def _gains(verdict: Verdict, case: Case) -> list[float]:
    sign = -1 if case.kpis[verdict.kpi].better == "less" else 1
    return [sign * one for one in verdict.differences]


def seeds_told(seeds: Sequence[int], most: int = 10) -> str:
    """Write seeds as they may be typed: `0-11`, or `3,7,9`; of many, the first."""
    in_a_row = len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    if in_a_row:
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds[:most])) + ",..." * (len(seeds) > most)


def _p(value: float) -> str:
    return f"{value:.4f}" if value >= 0.0001 else "under 0.0001"
