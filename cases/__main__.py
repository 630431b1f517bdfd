"""The command line: reads what is asked for, has it done, and says what went wrong in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from cases import _arguments as ask
from cases import (
    _commands_debrief,
    _commands_flights,
    _commands_gate,
    _commands_makers,
    _commands_rooms,
    _commands_rounds,
    _commands_rounds_played,
    _commands_search,
    _commands_studies,
    _examples,
)
from cases._asked import case_of
from cases._faults import CANCELLED, CUT_OFF, FINE, told
from cases._output import results_only, say, tell

if TYPE_CHECKING:  # what a command needs is imported when it runs: `windtunnel --help` has to be quick
    from rich.console import Console

    from simulator.case import Case

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(_commands_makers.app)
app.add_typer(_commands_flights.app)
app.add_typer(_commands_debrief.app)
app.add_typer(_commands_studies.app)
app.add_typer(_commands_search.app)
app.add_typer(_commands_gate.app)
app.add_typer(_examples.app)

rounds = typer.Typer(rich_markup_mode=None, help="Script, check, fly and report mock interviews.")
for commands in (_commands_rounds, _commands_rounds_played, _commands_rooms):
    rounds.add_typer(commands.app)
app.add_typer(rounds, name="round")


@app.callback(invoke_without_command=True)
def start(ctx: typer.Context, version: ask.Version = False) -> None:
    """Fly the design of an ML system through a business: see what it earns and where it breaks.

    \b
    Example:
      windtunnel run fraud_threshold --par strong
    """
    if version:
        from importlib.metadata import version as installed

        print(f"windtunnel {installed('ml-windtunnel')}")
    elif ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command("list")
def list_cases(json: ask.AsJson = False) -> None:
    """List the cases.

    \b
    Example:
      windtunnel list
    """
    from cases._export import list_data
    from cases._tables import show_cases

    found = _all_cases()
    tell(json, lambda: list_data(found), lambda console: show_cases(console, found))


@app.command()
def brief(case: ask.Name, teacher: ask.Teacher = False, json: ask.AsJson = False) -> None:
    """Say what a case is about and what can be decided.

    \b
    Example:
      windtunnel brief fraud_threshold --teacher
    """
    from cases._export import brief_data
    from cases._tables import show_brief

    found = case_of(case)
    tell(json, lambda: brief_data(found, teacher), lambda console: show_brief(console, found, teacher))


@app.command()
def run(  # noqa: PLR0913  an option is an argument
    case: ask.Name, *, par: ask.Par = None, plan: ask.PlanFile = None, policy: ask.Policy = None,
    settings: ask.Set = None, at: ask.At = None, do: ask.Do = None, seed: ask.Seed = "0", level: ask.Level = None,
    scenario: ask.SceneFile = None, until: ask.Until = None, engine: ask.Engine = "compiled", out: ask.Out = None,
    compare: ask.Compare = True, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly one design through a case and report what it earned.

    What is flown is the default design, or --par, --plan or --policy. --set has the last word on the first
    design, also over a pilot's; --at and --do are added to it, and may end in a reason after " # ". The score
    needs the whole flight, and weak and expert on the same seed; with --no-compare there is none.

    \b
    Examples:
      windtunnel run fraud_threshold --par strong --seed 7
      windtunnel run fraud_threshold --set rule=cost --at "20d review=4 # flu is over" --do "30d retrain"
    """
    from cases._export import place_for, run_data, write_run
    from cases._flight import Order, flight_of
    from cases._report import report
    from cases._standing import Ends, standing

    order = Order(par, plan, policy, settings or (), at or (), do or ())
    flight = flight_of(case_of(case, level, scenario), order, seed, until, engine)
    folder = place_for(out) if out is not None else None
    with results_only():
        flown, cpu = flight.fly()
    ends = Ends(flight, flown)

    def data() -> dict[str, Any]:
        card = ends.scored() if compare else None
        return run_data(flight.case, flown, engine, cpu, card.total if card else None)

    if folder is not None:
        write_run(folder, flight.case, flown, data())

    def show(console: Console) -> None:
        report(console, flight.case, flown, flight.flyer.name, cpu)
        if compare:
            standing(console, ends)

    tell(json, data, show)


# --- what commands share ----------------------------------------------------------------------------------------------


def _all_cases() -> list[Case]:
    """Load what can be loaded; a broken case of a third party does not hide the others."""
    from cases import names

    found = []
    for name in names():
        try:
            found.append(case_of(name))
        except Exception as error:
            say(f"case {name} is left out: {told(error)[1]}")
    return found


# --- the way out ------------------------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* and return its exit code; whatever goes wrong is one line on standard error."""
    try:
        code = typer.main.get_command(app).main(argv, "windtunnel", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        code, line = told(error)
        say(line) if code != CUT_OFF else _mute()
        return code
    if code == CANCELLED:  # this is how newer versions of typer report a Ctrl-C
        say("cancelled")
    return code if isinstance(code, int) else FINE


def _mute() -> None:
    """Nobody reads on: let what is still to be written go nowhere, also at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
