"""What latency costs: how long to wait for a ranked answer before the bestsellers are shown, in ms and in dollars.

A shorter wait is a shorter p99 and fewer ranked answers. Of all designs that keep the guardrails, those on the Pareto
frontier are beaten by no other in both.

Run it with:  python latency_frontier.py
"""

from __future__ import annotations

import argparse

from cases import load
from simulator.plan import Plan
from simulator.study import Campaign, Sweep, frontier, grid, sweep


def flown(seeds: int, minutes: int, jobs: int) -> Sweep:
    """Fly twelve variants of the strong design under each seed."""
    case = load("latency_budget")
    strong = case.par("strong")
    assert isinstance(strong, Plan)
    over = {"give_up_ms": [70, 80, 90, 100, 110, 120], "replicas": [3, 4]}
    designs = grid(case, over, strong)
    return sweep(Campaign(case, jobs, until=60.0 * minutes), designs, range(seeds))


def main(seeds: int, minutes: int, jobs: int) -> Sweep:
    """Sweep, and print all designs with a mark at those of the Pareto frontier."""
    found = flown(seeds, minutes, jobs)
    table, best = found.table(), frontier(found, ["p99_ms", "profit"])
    table["frontier"] = ["*" if name in best.index else "" for name in table.index]
    columns = ["design.give_up_ms", "design.replicas", "p99_ms", "fallbacks", "profit", "guardrails", "frontier"]
    print(table.sort_values("p99_ms")[columns].round(2).to_string(index=False))
    gained, later = (best[kpi].iloc[-1] - best[kpi].iloc[0] for kpi in ("profit", "p99_ms"))
    print(f"{len(best)} of {len(table)} designs are on the frontier; along it {later:.0f} ms more bring ${gained:.2f}")
    return found


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="What latency costs.")
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--minutes", type=int, default=8, help="how far each flight goes; the whole is 15")
    options.add_argument("--jobs", type=int, default=-1, help="processes; -1 = one a core")
    main(**vars(options.parse_args()))
