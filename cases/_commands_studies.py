"""The commands for many runs: replications and sweeps."""

from __future__ import annotations

import typer

from cases import _arguments as ask
from cases._asked import case_of
from cases._output import results_only, tell

__all__ = ["app", "study", "sweep"]

app = typer.Typer(rich_markup_mode=None)


@app.command()
def study(  # noqa: PLR0913  an option is an argument
    case: ask.Name, *, pars: ask.Pars = None, policies: ask.Policies = None, seeds: ask.Seeds = "0-9",
    kpi: ask.OfKpi = "profit", half_width: ask.HalfWidth = None, most: ask.MostSeeds = None,
    level: ask.Level = None, scenario: ask.SceneFile = None, until: ask.Until = None, warmup: ask.Warmup = None,
    jobs: ask.Jobs = "-1", backend: ask.Backend = "processes", out: ask.Keep = None, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly reference answers and policies under many seeds, and compare them in pairs.

    With --out the runs are kept, and a study that was interrupted goes on where it was. With --half-width and
    --max-seeds more seeds are added to those of --seeds until the intervals are narrow enough.

    \b
    Examples:
      windtunnel study feed_ranking --pars weak,strong --seeds 0-3
      windtunnel study feed_ranking --pars weak,mid --half-width 2000 --max-seeds 20 --out feed
    """
    from cases._study import Asked, read_study, study_data
    from cases._study_tables import show_study

    found = case_of(case, level, scenario)
    asked = Asked(pars, policies or (), seeds, kpi, until, warmup, half_width, most, jobs, backend, out)
    with results_only():
        order = read_study(found, asked)
        flown = order.flown()
    tell(json, lambda: study_data(order, flown), lambda console: show_study(console, order, flown))


@app.command()
def sweep(  # noqa: PLR0913  the same
    case: ask.Name, *, grid: ask.Grid = None, random: ask.Random = None, latin: ask.Latin = None,
    over: ask.Over = None, par: ask.Par = None, seeds: ask.Seeds = "0-9", kpi: ask.OfKpi = "profit",
    frontier: ask.Frontier = None, plot: ask.Plot = None, level: ask.Level = None, scenario: ask.SceneFile = None,
    until: ask.Until = None, jobs: ask.Jobs = "-1", backend: ask.Backend = "processes", out: ask.Keep = None,
    json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly many designs under the same seeds, and say which is best and which keep the guardrails.

    The designs differ from the default design, or from --par, in the dials of --grid or --over. With --out the runs
    are kept, and a sweep that was interrupted goes on where it was.

    \b
    Examples:
      windtunnel sweep fraud_threshold --par mid --grid review=0,1,2 --seeds 0-1
      windtunnel sweep feed_ranking --par strong --latin 6 --over share=0:0.2 --frontier profit,newcomers --seeds 0
    """
    from cases._sweep import Asked, read_sweep, sweep_data
    from cases._sweep_plot import draw, ready_to_draw
    from cases._sweep_tables import show_sweep

    found = case_of(case, level, scenario)
    asked = Asked(grid or (), over or (), random, latin, par, seeds, kpi, frontier, until, jobs, backend, out)
    with results_only():
        order = read_sweep(found, asked)
        picture = None if plot is None else ready_to_draw(order, plot)
        flown = order.flown()
        if picture:
            draw(order, flown, picture)
    tell(json, lambda: sweep_data(order, flown), lambda console: show_sweep(console, order, flown))
