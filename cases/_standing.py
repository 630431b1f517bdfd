"""Where a run stands between the weak and the expert answer on the same seed: a scale from 0 to 100, and a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cases._flight import Flight
from cases._output import results_only
from cases._report import broken
from cases._terminal import heading, sheet
from simulator.errors import BadInput
from simulator.run import Run
from simulator.score import Scorecard, Track, Yardstick, score
from simulator.units import money

__all__ = ["ENDS", "Ends", "position", "standing"]

ENDS = ("weak", "expert")
"""the pars at 0 and at 100"""


class Ends:
    """The weak and the expert reference answer on the seed of a flight, flown when they are first asked for."""

    def __init__(self, flight: Flight, run: Run) -> None:
        self.flight, self.run = flight, run
        self.trouble = ""
        """why there are none, although the case has them"""

    @cached_property
    def pars(self) -> Mapping[str, Run]:
        """Return both, or nothing where the case does not have them or one does not fit its world."""
        if not set(ENDS) <= set(self.flight.case.pars):
            return {}
        try:
            with results_only():
                return {name: self.flight.beside(name, self.run) for name in ENDS}
        except BadInput as error:
            self.trouble = str(error)
            return {}

    def scored(self) -> Scorecard | None:
        """Score the run as one that nobody sat in; None before the end, and where there is nothing to score it by."""
        case, run = self.flight.case, self.run
        if run.until < case.horizon or not self.pars:
            return None
        return score(case, run, known=Yardstick(*(Track.of(case, self.pars[name]) for name in ENDS)))


def standing(console: Console, ends: Ends) -> None:
    """Print where a run stands between *ends* in profit, and how it scores."""
    pars, run = ends.pars, ends.run
    if ends.trouble:
        console.print(f"\nno comparison: a reference answer does not fit this world ({ends.trouble})")
    if not pars:
        return
    console.print(heading("where this stands", f"profit on seed {run.seed}, from weak = 0 to expert = 100"))
    for line in _scale(run, pars, min(console.width, 100) - 34):
        console.print(line)
    console.print(_rows(ends.flight, {"weak": pars["weak"], "this run": run, "expert": pars["expert"]}))
    card = ends.scored()
    if card is not None and card.total is not None:
        console.print(_line(card))


def _line(card: Scorecard) -> Text:
    """Write the score with its parts; what a run cannot show that nobody sat in is left out."""
    parts = [f"{part.name} {part.points:.0f} of {part.of:.0f}" for part in card.parts if part.points is not None]
    over = "; capped, as a guardrail is broken" if card.total != card.before_cap else ""
    line = Text(f"  score {card.total:.0f} of 100", style="bold")
    return line.append(f"  {', '.join(parts)}{over}; what is behind it: windtunnel debrief", style="not bold dim")


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
