"""Times the engine against an idiomatic SimPy + river loop on the same payments, in one process and one go.

Run it with `make bench`. Both fly the same design through the same world; their actions must be equal, payment for
payment, or the comparison is worth nothing and the script says so and exits with 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from idiomatic import IdiomaticDesk
from rich.console import Console
from rich.table import Table

import cases
from simulator.case import Case
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import simulate, tape_of
from simulator.units import HOUR, day

MATURITY_DAYS, THRESHOLD, SEED = 14, 0.2, 11


@dataclass
class Timed:
    """What one way of doing it took [s of CPU] and did."""

    seconds: float
    actions: np.ndarray


def main() -> int:
    """Time both, print the table, and return 1 when they disagree or the ratio is below the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=200_000, help="payments in the flight of 60 days")
    parser.add_argument("--goal", type=float, default=6.0, help="ratio to reach")
    options = parser.parse_args()
    console = Console()
    case = bench_case(options.payments)
    share_of_tape(console, case)
    engine, run = flown(case)
    loop = looped(case, run)
    ratio = loop.seconds / engine.seconds
    equal = bool((engine.actions == loop.actions).all())
    console.print(figures(engine, loop, equal))
    console.print(f"ratio {ratio:.1f} (goal {options.goal:g}); actions {'equal' if equal else 'DIFFER'}")
    return 0 if equal and ratio >= options.goal else 1


def bench_case(payments: int) -> Case:
    """Return the fraud desk with so many payments, with no incident and nobody who leaves or cancels."""
    case = cases.load("fraud_threshold")
    names = [incident.name for incident in case.incidents(0)]
    world = {"payments": round(payments / 60), "leave": 0.0, "cancels": 0.0, "hold_hours": 240.0}
    return case.but(world=world, drop=names)


def design(case: Case) -> Plan:
    """Return the design that both fly: a fixed threshold, reviews within capacity, labels after two weeks."""
    return case.plan(
        {"model": "online_logistic", "threshold": THRESHOLD, "maturity_days": MATURITY_DAYS, "review": 1.5}
    )


def share_of_tape(console: Console, case: Case) -> None:
    """Show that the second design on a seed finds the world drawn."""
    first, second = cpu(lambda: tape_of(case, SEED)), cpu(lambda: tape_of(case, SEED))
    console.print(f"world drawn in {first:.2f} s of CPU; for the next design on this seed {second * 1000:.1f} ms")


def cpu(work: object) -> float:
    """Return the CPU time of *work* [s]."""
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


def flown(case: Case) -> tuple[Timed, Run]:
    """Fly with the engine, including the taking over of the history; the compiled loop is warm."""
    simulate(case, design(case), SEED, until=2 * HOUR)
    start = time.process_time()
    run = simulate(case, design(case), SEED)
    seconds = time.process_time() - start
    return Timed(seconds, run.outcomes.action[tape_of(case, SEED).start :]), run


def looped(case: Case, run: Run) -> Timed:
    """Fly with the loop; its history is learned before the clock is read."""
    tape, setting = tape_of(case, SEED), case.world_setting()
    at, lines = run.gauges.series("review_line")
    daily = [lines[np.searchsorted(at, day(number), side="right") - 1] for number in range(60)]
    desk = IdiomaticDesk(tape, THRESHOLD, daily, setting.analysts, setting)  # type: ignore[attr-defined]
    desk.warm_up(day(MATURITY_DAYS))
    start = time.process_time()
    desk.fly(case.horizon, day(MATURITY_DAYS))
    return Timed(time.process_time() - start, desk.actions[tape.start :])


def figures(engine: Timed, loop: Timed, equal: bool) -> Table:
    """Lay the two beside each other."""
    table = Table("", "CPU s", "payments/s", "reviewed", "refused")
    for name, timed in (("engine, in blocks", engine), ("SimPy process a payment + river by row", loop)):
        n, action = len(timed.actions), timed.actions
        reviewed, refused = f"{(action == 2).sum():,}", f"{(action == 3).sum():,}"
        table.add_row(name, f"{timed.seconds:.2f}", f"{n / timed.seconds:,.0f}", reviewed, refused)
    return table


if __name__ == "__main__":
    sys.exit(main())
