"""Turns the options of `gate` into a sequential test of a policy, and says what came of it as data."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cases._options import moment, read_amount, read_seed, read_whole
from cases._pilots import arm_of, is_file
from cases._terminal import progress
from cases._verdicts import against, reason
from cases._workers import kept_in, read_workers
from simulator.case import Case
from simulator.study import Campaign, Flown, Rule, Verdict, Workers, detectable, gate

__all__ = ["Asked", "Order", "again", "gate_data", "one_flight", "read_gate", "where"]


@dataclass(frozen=True)
class Asked:
    """The options of `gate`, as they were typed."""

    case: str
    policy: str
    beats: str
    kpi: str = "profit"
    confidence: str = "0.95"
    max_seeds: str = "60"
    first_seed: str = "0"
    guardrails: bool = False
    level: str | None = None
    scenario: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Order:
    """A gate that is ready to go."""

    asked: Asked
    case: Case
    policy: Flown
    than: Flown
    rule: Rule
    first_seed: int
    until: float | None
    workers: Workers
    out: Path | None = None

    def flown(self) -> Verdict:
        """Fly until it is decided."""
        with kept_in(self.out) as shelf, progress(f"flying {self.asked.policy} beside {self.asked.beats}") as note:
            return gate(
                Campaign(self.case, self.workers, self.until, shelf=shelf, progress=note),
                self.policy,
                self.than,
                kpi=self.asked.kpi,
                rule=self.rule,
                first_seed=self.first_seed,
                guarded=self.asked.guardrails,
            )


def read_gate(case: Case, asked: Asked, jobs: str, backend: str, out: str | None) -> Order:
    """Read what is to be put to the test; BadInput for what there is not and what is no test."""
    rule = Rule(read_amount(asked.confidence, "--confidence"), read_whole(asked.max_seeds, "--max-seeds"))
    policy, than = (arm_of(case, text) for text in (asked.policy, asked.beats))
    until, first = moment(asked.until, "--until"), read_seed(asked.first_seed)
    folder = None if out is None else Path(out)
    return Order(asked, case, policy, than, rule, first, until, read_workers(jobs, backend), folder)


def gate_data(order: Order, verdict: Verdict) -> dict[str, Any]:
    """Return the *verdict* as plain data; what is not known is null."""
    asked = order.asked
    keys = ("verdict", "difference", "low", "high", "seeds_used")
    return {
        **{key: getattr(verdict, key) for key in keys},
        "passed": verdict.passed,
        **{"case": order.case.name, "policy": asked.policy, "beats": asked.beats, "kpi": verdict.kpi},
        **_how(verdict),
        "guardrails": [asdict(one) | {"kept": one.kept} for one in verdict.guardrails],
        "reason": reason(verdict, order.case, asked.policy, asked.beats),
        "again": again(asked),
        "one_flight": one_flight(order, verdict),
    }


def _how(verdict: Verdict) -> dict[str, Any]:
    return {
        "confidence": verdict.rule.confidence,
        "max_seeds": verdict.rule.max_seeds,
        "look": verdict.look,
        "looks": verdict.looks,
        "p_value": verdict.p_value,
        "sd": verdict.sd,
        "detectable": detectable(verdict.sd, verdict.rule) if verdict.sd else 0.0,
        "seeds": list(verdict.seeds),
        "differences": list(verdict.differences),
    }


# --- how to see it again ----------------------------------------------------------------------------------------------


def again(asked: Asked) -> str:
    """Return the command that gives the same verdict."""
    told = {"--kpi": (asked.kpi, "profit"), "--confidence": (asked.confidence, "0.95")}
    told |= {"--max-seeds": (asked.max_seeds, "60"), "--first-seed": (asked.first_seed, "0")}
    words = ["windtunnel", "gate", asked.case, "--policy", asked.policy, "--beats", asked.beats]
    words += [word for name, (value, usual) in told.items() if value != usual for word in (name, value)]
    return shlex.join([*words, *["--guardrails"] * asked.guardrails, *where(asked)])


def one_flight(order: Order, verdict: Verdict) -> str:
    """Return the command that flies the policy once: under the seed that speaks most against it."""
    asked, seed = order.asked, str(against(verdict, order.case))
    how = "--policy" if is_file(asked.policy) else "--par"
    words = ["windtunnel", "run", asked.case, how, asked.policy, "--seed", seed]
    return shlex.join([*words, *where(asked), "--no-compare"])


def where(asked: Asked) -> Sequence[str]:
    """Return the words that say in which world it flies."""
    given = {"--level": asked.level, "--scenario": asked.scenario, "--until": asked.until}
    return [word for name, value in given.items() if value is not None for word in (name, value)]
