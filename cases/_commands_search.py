"""The commands for searching the space of designs: optimise and sensitivity."""

from __future__ import annotations

from typing import Annotated

import typer

from cases import _arguments as ask
from cases._asked import case_of
from cases._faults import CANCELLED
from cases._output import results_only, tell

__all__ = ["app", "optimise", "sensitivity"]

app = typer.Typer(rich_markup_mode=None)

_Dials = Annotated[
    str, typer.Option(metavar="A,B=LOW:HIGH,...", help="the dials to turn, each over all of its range or a part")
]
_Budget = Annotated[str, typer.Option(metavar="N", help="how many designs are tried")]
_From = Annotated[
    ask.Maybe, typer.Option("--par", metavar="NAME", help="begin from a reference answer, not the default design")
]
_Kpi = Annotated[str, typer.Option("--kpi", metavar="NAME", help="the figure to look at")]
_Runs = Annotated[
    ask.Maybe, typer.Option("--out", metavar="DIR", help="keep the runs here, and go on from those there")
]
_Global = Annotated[bool, typer.Option("--global", help="turn all dials together, too: Sobol's indices")]
_Samples = Annotated[str, typer.Option("--n", metavar="N", help="samples for --global, a power of 2")]


@app.command()
def optimise(  # noqa: PLR0913  an option is an argument
    case: ask.Name, *, dials: _Dials, budget: _Budget = "40", seeds: ask.Seeds = "0-7", par: _From = None,
    kpi: _Kpi = "profit", level: ask.Level = None, scenario: ask.SceneFile = None, until: ask.Until = None,
    jobs: ask.Jobs = "-1", backend: ask.Backend = "processes", out: _Runs = None, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Search for the best design within the guardrails, and tell what it is worth on fresh seeds.

    Every design meets the same seeds, and hopeless ones are dropped before they have met all of them. A range is
    LOW:HIGH, or LOW:HIGH:log for equal ratios; options of a choice are A:B. Ctrl-C shows the best so far.

    \b
    Examples:
      windtunnel optimise fraud_threshold --dials threshold=0.05:0.6,review=0:3 --budget 12 --seeds 0-3
      windtunnel optimise burst_storm --dials least=3:10,queue=1:100:log,retries --par mid --out search
    """
    from cases._options import read_whole
    from cases._search import Asked, found_data, read_order
    from cases._search_tables import show_found

    scene = _scene(case, level, scenario, until)
    asked = Asked(dials, seeds, kpi, par, until, jobs, backend, out, scene)
    order = read_order(case_of(case, level, scenario), asked)
    with results_only():
        found = order.found(read_whole(budget, "--budget"))
    tell(json, lambda: found_data(order, found), lambda console: show_found(console, order, found))
    if not found.finished:
        raise typer.Exit(CANCELLED)


def _scene(case: str, level: str | None, scenario: str | None, until: str | None) -> tuple[str, ...]:
    """Return the words after `run` that fly the same case."""
    options = {"--level": level, "--scenario": scenario, "--until": until}
    return (case, *(word for name, value in options.items() if value is not None for word in (name, value)))


@app.command()
def sensitivity(  # noqa: PLR0913  the same
    case: ask.Name, *, dials: _Dials, seeds: ask.Seeds = "0-7", everywhere: _Global = False, n: _Samples = "64",
    par: _From = None, kpi: _Kpi = "profit", level: ask.Level = None, scenario: ask.SceneFile = None,
    until: ask.Until = None, jobs: ask.Jobs = "-1", backend: ask.Backend = "processes", out: _Runs = None,
    json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Tell which decisions matter: each dial turned alone, and with --global all of them together.

    Alone, a number goes to the low end, the middle and the high end of its range, and a choice to all of its options.
    Together, N x (dials + 2) designs are flown under every seed, and the variance is shared out among the dials.

    \b
    Examples:
      windtunnel sensitivity burst_storm --dials least,queue,retries --par mid --seeds 0-3
      windtunnel sensitivity burst_storm --dials least=3:10,retries --seeds 0-1 --global --n 8
    """
    from cases._options import read_whole
    from cases._search import Asked, read_order, sensitivity_data
    from cases._search_tables import show_sensitivity

    asked = Asked(dials, seeds, kpi, par, until, jobs, backend, out)
    order = read_order(case_of(case, level, scenario), asked)
    samples = read_whole(n, "--n")
    with results_only():
        found = order.sensitivity(samples if everywhere else None)
    tell(json, lambda: sensitivity_data(order, found), lambda console: show_sensitivity(console, order, found))
