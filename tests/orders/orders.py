"""Prints whether the answers of a case are in their order and whether every dial matters; `make orders` runs it.

Exit code 1 when a gap or a contrast is under three standard errors, when fewer than nine seeds in ten keep weak below
strong and expert, or when the expert breaks a guardrail.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from contrasts import CONTRASTS, Contrast
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import cases
from simulator.case import Case
from simulator.plan import Plan
from simulator.study import Interval, Study, compare, replicate_all

PARS = ("weak", "mid", "strong", "expert")
STEPS = (("weak", "mid"), ("mid", "strong"), ("strong", "expert"), ("weak", "strong"), ("weak", "expert"))
ENOUGH_SE = 3.0
ENOUGH_SEEDS = 0.9


@dataclass(frozen=True)
class Row:
    """One comparison: what *b* earns over *a*."""

    name: str
    difference: Interval
    ok: bool

    @property
    def errors(self) -> float:
        """How many standard errors the difference is away from 0."""
        return self.difference.mean / self.difference.se


def order(case: Case, seeds: Sequence[int], jobs: int = -1) -> tuple[dict[str, Study], list[Row]]:
    """Fly the four answers under *seeds* and compare them step by step."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("answers", total=1.0)
        studies = replicate_all(
            case, {par: par for par in PARS}, seeds, jobs=jobs, progress=lambda share: bar.update(task, completed=share)
        )
    return studies, [_step(studies, a, b) for a, b in STEPS]


def _step(studies: dict[str, Study], a: str, b: str) -> Row:
    difference = compare(studies[a], studies[b])
    enough = a != "weak" or b == "mid" or difference.share_positive >= ENOUGH_SEEDS
    return Row(f"{a} → {b}", difference, difference.mean >= ENOUGH_SE * difference.se and enough)


def dials(case: Case, seeds: Sequence[int], contrasts: Sequence[Contrast], jobs: int = -1) -> list[Row]:
    """Fly both settings of each contrast under *seeds* and compare them; each design is flown once."""
    pairs = [(contrast, *_designs(case, contrast)) for contrast in contrasts]
    arms = {plan.to_json(): plan for _, a, b in pairs for plan in (a, b)}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("dials", total=1.0)
        studies = replicate_all(case, arms, seeds, jobs=jobs, progress=lambda share: bar.update(task, completed=share))
    return [_dial(contrast, studies[a.to_json()], studies[b.to_json()]) for contrast, a, b in pairs]


def _designs(case: Case, contrast: Contrast) -> tuple[Plan, Plan]:
    strong = case.pars["strong"]
    assert isinstance(strong, Plan)
    base = strong.design.but(**contrast.base)
    return Plan(base.but(**{contrast.dial: contrast.a})), Plan(base.but(**{contrast.dial: contrast.b}))


def _dial(contrast: Contrast, a: Study, b: Study) -> Row:
    difference = compare(a, b)
    name = f"{contrast.dial}: {contrast.a} → {contrast.b}"
    return Row(name, difference, abs(difference.mean) >= ENOUGH_SE * difference.se)


def broken_guardrails(case: Case, study: Study) -> list[str]:
    """Name the guardrails that an arm breaks under any seed."""
    rails = [target for target in case.targets if target.guardrail]
    return [rail.kpi for rail in rails if not all(rail.met(value) for value in study.values(rail.kpi))]


def main() -> int:
    """Print both tables of each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--case", choices=sorted(CONTRASTS), help="only this one")
    parser.add_argument("--first", type=int, default=1000, help="first seed; the cases were tuned on seeds below 300")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    names = [options.case] if options.case else list(CONTRASTS)
    return max(_printed(cases.load(name), seeds) for name in names)


def _printed(case: Case, seeds: range) -> int:
    console = Console()
    studies, steps = order(case, seeds)
    console.print(f"\n{case.title}: {len(seeds)} paired seeds from {seeds[0]}; profit in dollars")
    console.print(_answers(case, studies))
    turns = dials(case, seeds, CONTRASTS[case.name])
    console.print(_differences(steps + turns))
    broken = broken_guardrails(case, studies["expert"])
    console.print(f"guardrails the expert breaks under any seed: {', '.join(broken) or 'none'}")
    return 0 if all(row.ok for row in steps + turns) and not broken else 1


def _answers(case: Case, studies: dict[str, Study]) -> Table:
    kpis = [target.kpi for target in case.targets if target.kpi != "profit"]
    table = Table("answer", "profit", "95 % interval", *kpis)
    for par, study in studies.items():
        interval = study.interval()
        means = [f"{study.values(kpi).mean():.3f}" for kpi in kpis]
        table.add_row(par, f"{interval.mean:,.0f}", f"{interval.low:,.0f} to {interval.high:,.0f}", *means)
    return table


def _differences(rows: Sequence[Row]) -> Table:
    table = Table("step or dial", "difference", "SE", "in SE", "seeds above 0", "")
    for row in rows:
        d = row.difference
        share = f"{d.share_positive:.0%}"
        table.add_row(row.name, f"{d.mean:,.0f}", f"{d.se:,.0f}", f"{row.errors:.1f}", share, "✓" if row.ok else "✗")
    return table


if __name__ == "__main__":
    sys.exit(main())
