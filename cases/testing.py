"""Assertions about policies, for tests: they fly as few seeds as it takes, say why they fail, and how to see it again.

A case is given itself, by its name, or by the path of its file; a policy as a function of the view, as `FILE.py` or
`FILE.py:NAME`, as the name of a par, or as what it decides: a plan, a design, dials by name. All seeds are flown in
this process, unless *jobs* or pytest's option `--windtunnel-jobs` says otherwise. BadInput says what cannot be flown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from cases._trials import AnyCase, Trial, arm, case_of, said, ways
from cases._verdicts import against, guarded, reason
from simulator import check, simulation
from simulator.check import Finding
from simulator.errors import BadInput
from simulator.run import Run
from simulator.study import Flown, Guardrail, Rule, Study, Verdict, gates, replicate_all
from simulator.study.arms import readable, written

__all__ = [
    "assert_better", "assert_guardrails", "assert_ordered", "assert_policy", "check_policy", "fly", "study",
]  # fmt: skip


def assert_better(  # noqa: PLR0913  what the command takes as options
    policy: Flown, than: Flown, case: AnyCase, *, kpi: str = "profit", confidence: float = 0.95, max_seeds: int = 60,
    first_seed: int = 0, until: float | None = None, guardrails: bool = False, jobs: int | None = None,
) -> Verdict:  # fmt: skip
    """Assert that *policy* beats *than*, by a sequential test on paired seeds: `windtunnel gate`. Returns the verdict.

    A policy that is no better passes in half of 1 - *confidence* of such tests at most. With *guardrails* it has to
    keep those of the case as well. It flies up to *until* [s].
    """
    __tracebackhide__ = True
    trial = Trial(case, kpi, Rule(confidence, max_seeds), first_seed, until, jobs)
    campaign = trial.campaign
    arms = arm(campaign.case, policy), arm(campaign.case, than)
    found = gates.gate(campaign, *arms, kpi=kpi, rule=trial.rule, first_seed=first_seed, guarded=guardrails)
    if not found.passed:
        raise AssertionError(_not_better(trial, found, (policy, than), guardrails))
    return found


def _not_better(trial: Trial, found: Verdict, pair: tuple[Flown, Flown], guarded: bool = False) -> str:
    case, (policy, than) = trial.campaign.case, pair
    command, flown = trial.gate(policy, than, guarded), trial.one_flight(policy, against(found, case))
    return f"{reason(found, case, said(policy), said(than))}\n{ways(('or:', command), ('one flight:', flown))}"


def assert_guardrails(  # noqa: PLR0913  the same
    policy: Flown, case: AnyCase, *, confidence: float = 0.95, max_seeds: int = 60, first_seed: int = 0,
    until: float | None = None, jobs: int | None = None,
) -> tuple[Guardrail, ...]:  # fmt: skip
    """Assert that *policy* keeps the guardrails of the case, each on the mean of its flights; returns what is known.

    It flies until it is known of each of them, by a sequential test, on which side of its limit the mean lies. One
    that is still in doubt after *max_seeds* passes only if no flight broke it. A broken one passes in half of
    1 - *confidence* of such tests at most.
    """
    __tracebackhide__ = True
    trial = Trial(case, "", Rule(confidence, max_seeds), first_seed, until, jobs)
    campaign = trial.campaign
    found = gates.guardrails(campaign, arm(campaign.case, policy), rule=trial.rule, first_seed=first_seed)
    missed = [one for one in found if not one.kept]
    if missed:
        told = "\n".join(f"{said(policy)} in {campaign.case.name}: {guarded(one, campaign.case)}" for one in missed)
        raise AssertionError(f"{told}\n{ways(('one flight:', trial.one_flight(policy, missed[0].broken_under[0])))}")
    return found


def assert_ordered(  # noqa: PLR0913  the same
    pars: Sequence[Flown] | Mapping[str, Flown], case: AnyCase, *, kpi: str = "profit", confidence: float = 0.95,
    max_seeds: int = 60, first_seed: int = 0, until: float | None = None, jobs: int | None = None,
) -> tuple[Verdict, ...]:  # fmt: skip
    """Assert that each of *pars* - the names of pars, or any policies - beats the one before it; returns the verdicts.

    All fly the same seeds, until each neighbour is decided by a sequential test. As all have to hold, none is charged
    for the others: a wrong order passes in half of 1 - *confidence* of such tests at most.
    """
    __tracebackhide__ = True
    trial = Trial(case, kpi, Rule(confidence, max_seeds), first_seed, until, jobs)
    campaign, named = trial.campaign, _named(pars)
    arms = {name: arm(campaign.case, par) for name, par in named.items()}
    found = gates.ordered(campaign, arms, kpi=kpi, rule=trial.rule, first_seed=first_seed)
    pairs = zip(found, itertools.pairwise(named.values()), strict=True)
    missed = [_not_better(trial, one, (after, before)) for one, (before, after) in pairs if not one.passed]
    if missed:
        raise AssertionError("\n".join(missed))
    return found


def _named(pars: Sequence[Flown] | Mapping[str, Flown]) -> Mapping[str, Flown]:
    if isinstance(pars, Mapping):
        return pars
    names = [said(par) for par in pars]
    if len(set(names)) == len(names):
        return dict(zip(names, pars, strict=True))
    raise BadInput(f"policies of one name cannot be told apart: {', '.join(names)}; give them as a mapping of names")


def assert_policy(policy: Flown, case: AnyCase, only: Iterable[str] = (), *, until: float | None = None) -> None:
    """Assert that *policy* keeps the contract of a policy; arguments are those of `check_policy`."""
    __tracebackhide__ = True
    missed = [found for found in check_policy(policy, case, only, until=until) if not found.ok]
    if missed:
        lines = (f"  {found.check}: {found.detail}" for found in missed)
        raise AssertionError("\n".join([f"{said(policy)} does not keep the contract of a policy:", *lines]))


def check_policy(
    policy: Flown, case: AnyCase, only: Iterable[str] = (), *, until: float | None = None
) -> list[Finding]:
    """Hold *policy* against the contract of a policy, as `windtunnel check CASE --policy`: what each check found.

    *only* names some of the checks. The flights last *until* [s], a few ticks of the case without it.
    """
    found = case_of(case)
    return check.check_policy(arm(found, policy), found, only, until=until)


def fly(case: AnyCase, policy: Flown, seed: int = 0, *, until: float | None = None) -> Run:
    """Fly *policy* once under *seed*, up to *until* [s]."""
    found = case_of(case)
    return simulation.fly(found, readable(found, written(found, arm(found, policy))), seed, until=until)


def study(
    case: AnyCase, policy: Flown, seeds: Sequence[int] = range(10), *, until: float | None = None,
    jobs: int | None = None,
) -> Study:  # fmt: skip
    """Fly *policy* under each of *seeds*, up to *until* [s]; two such studies can be compared in pairs."""
    trial, name = Trial(case, until=until, jobs=jobs), said(policy)
    campaign = trial.campaign
    flown = arm(campaign.case, policy)
    return replicate_all(campaign.case, {name: flown}, seeds, jobs=campaign.workers, until=until)[name]
