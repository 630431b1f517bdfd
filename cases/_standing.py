"""Where a run stands between the weak and the expert reference answer on the same seed: a scale from 0 to 100."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases._flight import Flight
from cases._report import broken
from cases._terminal import heading, sheet
from simulator.errors import BadInput
from simulator.run import Run
from simulator.units import money

__all__ = ["ENDS", "position", "standing"]

ENDS = ("weak", "expert")
"""the pars at 0 and at 100"""


def standing(console: Console, flight: Flight, run: Run) -> None:
    """Fly `weak` and `expert` on the seed of *flight*, and print where its *run* stands between them in profit."""
    if not set(ENDS) <= set(flight.case.pars):
        return
    try:
        pars = {name: flight.beside(name, run) for name in ENDS}
    except BadInput as error:
        console.print(f"\nno comparison: a reference answer does not fit this world ({error})")
        return
    console.print(heading("where this stands", f"profit on seed {run.seed}, from weak = 0 to expert = 100"))
    for line in _scale(run, pars, min(console.width, 100) - 34):
        console.print(line)
    console.print(_rows(flight, {"weak": pars["weak"], "this run": run, "expert": pars["expert"]}))


def position(run: Run, pars: Mapping[str, Run]) -> float | None:
    """Return the place of *run* on the scale; None where the expert earned no more than the weak."""
    low, high = (pars[end].profit() for end in ENDS)
    return 100 * (run.profit() - low) / (high - low) if high > low else None


def _scale(run: Run, pars: Mapping[str, Run], cells: int) -> Iterator[Text]:
    place = position(run, pars)
    if place is None:
        yield Text("  on this seed and so far the expert earned no more than the weak: there is no scale")
        return
    at = round(max(0.0, min(1.0, place / 100)) * (cells - 1))
    line = Text("  weak ", style="dim").append("─" * at).append("●", style="bold cyan")
    yield line.append("─" * (cells - 1 - at)).append(" expert  ").append(f"{place:.0f} of 100", style="bold not dim")


def _rows(flight: Flight, runs: Mapping[str, Run]) -> Table:
    table = sheet("who", "profit>", "guardrails")
    for name, run in runs.items():
        over = broken(flight.case.verdicts(run))
        table.add_row("", name, money(run.profit()), Text(over or "guardrails hold", style="red" if over else "dim"))
    return table
