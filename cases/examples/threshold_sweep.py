"""Where to draw the line: the fraud case flown at many thresholds, under the same seeds, and drawn.

A payment scored above the threshold is blocked. Run it with:  python threshold_sweep.py --out threshold.svg
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from matplotlib.figure import Figure

from cases import load
from simulator.plan import Plan
from simulator.study import Campaign, Sweep, grid, sweep
from simulator.units import day

THRESHOLDS = (0.02, 0.04, 0.08, 0.15, 0.3, 0.5, 0.8)


def flown(thresholds: Sequence[float], seeds: int, days: int, jobs: int) -> Sweep:
    """Fly each threshold under each seed; all of them meet the same customers with the same luck."""
    case = load("fraud_threshold")
    base = Plan(case.design.of({"rule": "threshold", "calibration": "platt", "maturity_days": 21, "retrain_days": 14}))
    designs = grid(case, {"threshold": thresholds}, base)
    return sweep(Campaign(case, jobs, until=day(days)), designs, range(seeds))


def drawn(found: Sweep, path: str) -> None:
    """Draw profit over the threshold, with 95 % intervals, into the file at *path* (.svg, .png)."""
    table = found.table()
    over, top = table["design.threshold"], str(table["profit"].idxmax())
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.add_subplot(xlabel="threshold [probability of fraud]", ylabel="profit [thousand $]", xscale="log")
    axes.fill_between(over, table["profit.low"] / 1e3, table["profit.high"] / 1e3, alpha=0.2)
    axes.plot(over, table["profit"] / 1e3, marker="o")
    axes.minorticks_off()
    axes.set_xticks(over, [f"{threshold:g}" for threshold in over])
    axes.set_title(f"Fraud at the checkout: the mean of {len(found.studies[top].seeds)} seeds is best at {over[top]:g}")
    figure.savefig(path, dpi=120)


def main(out: str, seeds: int, days: int, jobs: int) -> Sweep:
    """Sweep, print the table, and draw it."""
    found = flown(THRESHOLDS, seeds, days, jobs)
    columns = ["design.threshold", "profit", "profit.low", "profit.high", "guardrails"]
    print(found.table()[columns].round(2).to_string(index=False))
    best = found.best()
    if best:
        print(f"best by profit: {found.designs.dials(best)}; not to be told from it: ", end="")
        print([found.designs.dials(rival)["threshold"] for rival in found.rivals()] or "none")
    drawn(found, out)
    print(f"drawn into {out}")
    return found


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Where to draw the line.")
    options.add_argument("--out", default="threshold.svg", help="the picture to write, .svg or .png")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--days", type=int, default=30, help="how far each flight goes")
    options.add_argument("--jobs", type=int, default=-1, help="processes; -1 = one a core")
    main(**vars(options.parse_args()))
