"""The commands that make a mock round, hold it against its case, and list those that are shipped."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cases import _arguments as ask
from cases._asked import case_of, must
from cases._output import results_only, tell

__all__ = ["app", "check_round", "list_rounds", "new_round"]

app = typer.Typer(rich_markup_mode=None)

_Out = Annotated[ask.Maybe, typer.Argument(metavar="[OUT.toml]", help="the file to write; it may not exist")]
_Round = Annotated[ask.Maybe, typer.Argument(metavar="FILE.toml|NAME", help="a round of yours, or a shipped one")]
_Installed = Annotated[str, typer.Argument(metavar="CASE", help="a case by name")]
_Schema = Annotated[bool, typer.Option("--schema", help="print what each key may be, as a JSON schema, and stop")]


@app.command("new")
def new_round(case: _Installed, out: _Out = None) -> None:
    """Write a commented round on a case, to start from; without a file it is printed.

    \b
    Example:
      windtunnel round new fraud_threshold my_round.toml
    """
    from cases._exchange import put
    from simulator.errors import BadInput, shown
    from simulator.rounds.form import form

    if case.endswith(".py"):
        raise BadInput(f"CASE {shown(case)}: a round names an installed case; a file of code is not safe to exchange")
    text = form(case_of(case))
    if out is None:
        sys.stdout.write(text)
        return
    if not out.endswith(".toml"):
        raise BadInput(f"{shown(out)} is no TOML file; write a name such as my_round.toml")
    put(text, out)
    typer.echo(f"{out} is a round; try it with: windtunnel round check {out}")


@app.command("list")
def list_rounds(json: ask.AsJson = False) -> None:
    """List the rounds that are shipped.

    \b
    Example:
      windtunnel round list
    """
    from cases._rounds_listed import rounds_data, show_rounds

    tell(json, rounds_data, show_rounds)


@app.command("check")
def check_round(
    round: _Round = None, *, plan: ask.PlanFile = None, policy: ask.Policy = None, seed: ask.OneSeed = None,
    schema: _Schema = False, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Hold a round against its case, and fly it with the four reference answers.

    It says what happened and which probes lit in which flight, and what never did; whether the scores tell weak, mid,
    strong and expert apart, and whether the targets can be met. --plan or --policy sends a candidate along. The exit
    code is 1 if the round cannot be played as it is, and 2 if the file is wrong.

    \b
    Examples:
      windtunnel round check my_round.toml --seed 7
      windtunnel round check incident_drill_30 --policy my_policy.py
      windtunnel round check --schema
    """
    from cases._export import document
    from simulator.errors import BadInput
    from simulator.rounds.reading import schema as schema_of

    if schema:
        sys.stdout.write(document(schema_of()) + "\n")
        return
    if round is None:
        raise BadInput("which round? Write a FILE.toml, or the NAME of a shipped one; windtunnel round list names them")
    from cases._rounds_checked import checking, show_trial

    with results_only():
        asked = checking(round, plan, policy, seed)
        trial = asked.tried()
    tell(json, trial.to_data, lambda console: show_trial(console, asked, trial))
    must(trial.ok)
