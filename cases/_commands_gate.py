"""The commands for putting a policy to the test."""

from __future__ import annotations

from typing import Annotated

import typer

from cases import _arguments as ask
from cases._asked import case_of, must
from cases._output import results_only, tell

__all__ = ["app", "gate"]

app = typer.Typer(rich_markup_mode=None)
_OnTrial = Annotated[str, typer.Option("--policy", metavar="PAR|FILE.py[:NAME]", help="the policy under test")]
_Beats = Annotated[str, typer.Option("--beats", metavar="PAR|FILE.py[:NAME]", help="what it has to be better than")]
_Confidence = Annotated[
    str, typer.Option(metavar="SHARE", help="of such tests that find no difference where there is none")
]
_MaxSeeds = Annotated[str, typer.Option(metavar="N", help="seeds to fly at most; it stops earlier when it knows")]
_FirstSeed = Annotated[str, typer.Option(metavar="N", help="the seeds are this one and those after it")]
_Guardrails = Annotated[bool, typer.Option("--guardrails", help="the policy has to keep those of the case, too")]
_Runs = Annotated[ask.Maybe, typer.Option("--out", metavar="DIR", help="keep the runs here, go on from those there")]
_Junit = Annotated[ask.Maybe, typer.Option(metavar="FILE.xml", help="write a JUnit report, over what is there")]


@app.command()
def gate(  # noqa: PLR0913  an option is an argument
    case: ask.Name, *, policy: _OnTrial, beats: _Beats, kpi: ask.OfKpi = "profit", confidence: _Confidence = "0.95",
    max_seeds: _MaxSeeds = "60", first_seed: _FirstSeed = "0", guardrails: _Guardrails = False,
    level: ask.Level = None, scenario: ask.SceneFile = None, until: ask.Until = None, jobs: ask.Jobs = "-1",
    backend: ask.Backend = "processes", out: _Runs = None, junit: _Junit = None, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Test whether a policy beats another one, under as few seeds as that takes.

    Both fly the same worlds. After ten seeds, and again after each ten more, it is asked whether the difference is
    more than luck, with an error that allows for asking so often. The exit code is 0 if the policy is better, 1 if it
    is not or that is not shown, 2 if something is wrong with what was typed.

    \b
    Examples:
      windtunnel gate burst_storm --policy strong --beats mid --until 2m
      windtunnel gate fraud_threshold --policy expert --beats mid --guardrails --junit gate.xml
    """
    from cases._gate import Asked, gate_data, read_gate
    from cases._gate_shown import show_gate
    from cases._junit import place_for_junit, write_junit

    asked = Asked(case, policy, beats, kpi, confidence, max_seeds, first_seed, guardrails, level, scenario, until)
    with results_only():
        order = read_gate(case_of(case, level, scenario), asked, jobs, backend, out)
        report = None if junit is None else place_for_junit(junit)
        verdict = order.flown()
        if report:
            write_junit(report, order, verdict)
    tell(json, lambda: gate_data(order, verdict), lambda console: show_gate(console, order, verdict))
    must(verdict.passed)
