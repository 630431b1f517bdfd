"""The command that explains a flight: its score, which decision did it, and what else could have been done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from cases import _arguments as ask
from cases._output import results_only

if TYPE_CHECKING:  # `windtunnel --help` has to be quick
    from simulator.debrief.results import Debrief

__all__ = ["app", "debrief"]

app = typer.Typer(rich_markup_mode=None)


@app.command()
def debrief(  # noqa: PLR0913  an option is an argument
    *, case: ask.AnyCase = None, par: ask.Par = None, plan: ask.PlanFile = None, settings: ask.Set = None,
    at: ask.At = None, do: ask.Do = None, seed: ask.OneSeed = None, level: ask.Level = None,
    scenario: ask.SceneFile = None, flight: ask.OneFlight = None, format: ask.DebriefFormat = None,
    out: ask.OutFile = None, jobs: ask.Jobs = "-1", json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Explain a flight: its score, which decision did it, what else could have been done, and what was luck.

    What is explained is a design flown through --case, as run flies it, or a --flight that has landed. The same
    world is flown again many times for it, which takes a minute or two. With --out alone, the ending of the file
    says the format; --json is --format json.

    \b
    Examples:
      windtunnel debrief --case burst_storm --par strong --seed 7
      windtunnel debrief --case burst_storm --par mid --format html --out debrief.html
    """
    from cases._debrief import Asked, sink_of, subject_of
    from cases._flight import Order

    sink = sink_of(format, out, json)
    asked = Asked(case, Order(par, plan, None, settings or (), at or (), do or ()), seed, level, scenario, flight, jobs)
    with results_only():
        found = subject_of(asked).debriefed()
    _given(found, sink.write(found), sink.out)


def _given(found: Debrief, text: str | None, out: str | None) -> None:
    """Print the *text*, or write it to the file *out*; a summary where there is none."""
    from cases._debrief_report import show_debrief
    from cases._exchange import put
    from cases._terminal import screen

    if text is None:
        show_debrief(screen(), found)
    elif out is None:
        sys.stdout.write(text)
    else:
        put(text, out)
