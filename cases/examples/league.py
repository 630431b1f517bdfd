"""A league of policies: all reference answers of the storm and one of your own, under the same seeds.

Each is compared with each; the p values are corrected for their number (Holm). Run it with:  python league.py
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from cases import load
from simulator.plan import Plan
from simulator.study import Arms, Comparison, Study, compare_all, replicate_all
from simulator.view import View


def own(view: View) -> Plan | dict[str, Any] | None:
    """Keep queues short, and add replicas while more than eight wait for each."""
    if view.now == 0:
        return {"most": 20, "target": 0.6, "drop": True, "queue": 8, "retries": "budget", "least": 5}
    busy = view.gauge("waiting") > 8 * view.gauge("replicas")
    return {"least": 9 if busy else 5, "small": "overload" if busy else "never"}


def table(studies: Mapping[str, Study], found: Sequence[Comparison]) -> str:
    """Write the league, best first: mean profit, how many of the others it beats, and how many beat it."""
    lines = [f"{'policy':<10} {'profit':>9} {'95 % interval':>20}   beats  beaten by"]
    for name in sorted(studies, key=lambda one: -studies[one].interval().mean):
        profit, known = studies[name].interval(), [one for one in found if one.p_adjusted <= 0.05]
        wins = sum(name == (one.b if one.mean > 0 else one.a) for one in known)
        losses = sum(name == (one.a if one.mean > 0 else one.b) for one in known)
        interval = f"[{profit.low:.2f}, {profit.high:.2f}]"
        lines.append(f"{name:<10} {profit.mean:>9.2f} {interval:>20}   {wins:>5}  {losses:>9}")
    return "\n".join(lines)


def main(seeds: int, jobs: int) -> dict[str, Study]:
    """Fly all, and print the league and each comparison."""
    case = load("burst_storm")
    arms: Arms = {**{name: name for name in case.pars}, "own": own}
    studies = replicate_all(case, arms, range(seeds), jobs=jobs)
    found = compare_all(studies)
    print(table(studies, found), "\n")
    for one in found:
        said = "known" if one.p_adjusted <= 0.05 else "open"
        print(f"{one.b:>7} - {one.a:<7} {one.mean:>8.2f} [{one.low:.2f}, {one.high:.2f}]", end="  ")
        print(f"p = {one.p_adjusted:.2g}: {said}")
    return studies


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A league of policies.")
    options.add_argument("--seeds", type=int, default=6)
    options.add_argument("--jobs", type=int, default=-1, help="processes; -1 = one a core")
    main(**vars(options.parse_args()))
