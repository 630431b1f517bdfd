"""The commands for many runs: replications and sweeps."""

from __future__ import annotations

import typer

from cases import _arguments as ask
from cases._asked import case_of
from cases._output import results_only, tell

__all__ = ["app", "study"]

app = typer.Typer(rich_markup_mode=None)


@app.command()
def study(  # noqa: PLR0913  the same
    case: ask.Name, *, pars: ask.Pars = None, seeds: ask.Seeds = "0-9", kpi: ask.OfKpi = "profit",
    level: ask.Level = None, scenario: ask.SceneFile = None, until: ask.Until = None, jobs: ask.Jobs = "-1",
    json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly reference answers under many seeds, and compare them in pairs.

    \b
    Example:
      windtunnel study fraud_threshold --pars weak,strong --seeds 0-3
    """
    from cases._study import read_study, study_data
    from cases._tables import show_study

    found = case_of(case, level, scenario)
    with results_only():
        arms = read_study(found, pars, seeds, kpi, until, jobs).flown()
    tell(json, lambda: study_data(found, arms, kpi), lambda console: show_study(console, found, arms, kpi))
