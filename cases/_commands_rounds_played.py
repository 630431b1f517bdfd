"""The commands that fly a mock round without a browser, and write what came of one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cases import _arguments as ask
from cases._asked import must
from cases._output import results_only, tell

__all__ = ["agree", "app", "fly", "pack", "replay", "report"]

app = typer.Typer(rich_markup_mode=None)

_Round = Annotated[str, typer.Argument(metavar="NAME|FILE.toml", help="a round by name, or a file of one")]
_Recording = Annotated[str, typer.Argument(metavar="RECORD.json", help="what round fly, or a room, has written")]
_Keep = Annotated[ask.Maybe, typer.Option("--out", metavar="RECORD.json", help="write the recording to a new file")]
_Side = Annotated[str, typer.Option("--for", metavar="SIDE", help="candidate or interviewer")]
_Form = Annotated[ask.Maybe, typer.Option("--format", metavar="NAME", help="html, md or json; without it, by --out")]
_Quick = Annotated[bool, typer.Option("--quick", help="only what needs no flights but the reference answers")]
_Folder = Annotated[str, typer.Option("--out", metavar="DIR", help="a new or empty folder")]
_Key = Annotated[str, typer.Argument(metavar="DIR|KEY.json", help="the folder of a pack, or its key")]
_Marks = Annotated[list[str], typer.Argument(metavar="MARKS.csv ...", help="a file of each interviewer")]


@app.command()
def fly(  # noqa: PLR0913  an option is an argument
    round: _Round, *, par: ask.Par = None, plan: ask.PlanFile = None, policy: ask.Policy = None,
    seed: ask.OneSeed = None, out: _Keep = None, json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly a mock round alone, without a browser: nobody interviews, and what is by hand happens when it is due.

    With --par, --plan or --policy it is flown at once. Without any of them you fly it here: brief, design, flight,
    questions; lines that come from a file do as well. --json alone flies the default design.

    \b
    Examples:
      windtunnel round fly warm_up_20 --par mid --out mid.json
      windtunnel round fly warm_up_20 --policy expert --json
    """
    from cases._debrief import sink_of
    from cases._exchange import put
    from cases._flight import Order
    from cases._round_fly import flown, flown_data, scripted, show_flown

    sink_of("json", out, False)  # whether there can be such a file
    order = Order(par, plan, policy)
    with results_only():
        found = scripted(round, seed)
    if order == Order() and not json:
        from cases._round_terminal import asker, keep, sat
        from cases._terminal import screen

        console = screen()
        asked = asker(console)
        keep(sat(found, console, asked), out, asked)
        return
    with results_only():
        landed = flown(found, order)
    if out is not None:
        put(landed.played.to_json(), out)
    tell(json, lambda: flown_data(landed), lambda console: show_flown(console, landed))


@app.command()
def replay(recording: _Recording, json: ask.AsJson = False) -> None:
    """Fly a recorded round again; the exit code is 1 where it does not come out as it was recorded.

    \b
    Example:
      windtunnel round replay mid.json
    """
    from cases._output import say
    from cases._round_report import flown_again
    from simulator.rounds.recorded import Otherwise

    try:
        with results_only():
            played, _, run = flown_again(recording)
    except Otherwise as error:
        say(str(error))
        raise typer.Exit(1) from None
    data = {"case": played.case, "seed": played.seed, "digest": run.digest(), "same": True}
    tell(json, lambda: data, lambda console: console.print(f"{recording}: the same flight, digest {run.digest()}"))


@app.command()
def report(
    recording: _Recording, *, side: _Side = "candidate", format: _Form = None, out: ask.OutFile = None,
    quick: _Quick = False, jobs: ask.Jobs = "-1",
) -> None:  # fmt: skip
    """Write the report of a recorded round: one page for the candidate, or what the interviewer keeps.

    The same world is flown again many times for it, which takes a minute or two; with --quick it is not.

    \b
    Examples:
      windtunnel round report mid.json --quick
      windtunnel round report mid.json --for interviewer --quick --out mid.html
    """
    from cases._exchange import put
    from cases._round_report import reported, wanted

    asked = wanted(side, format, out, quick, jobs)
    with results_only():
        text = reported(recording, asked)
    if out is None:
        sys.stdout.write(text)
    else:
        put(text, out)


@app.command()
def pack(round: _Round, out: _Folder, seed: ask.OneSeed = None, json: ask.AsJson = False) -> None:
    """Write a calibration pack: the four reference answers of a round, for interviewers to mark without knowing whose.

    \b
    Example:
      windtunnel round pack warm_up_20 --out pack
    """
    from cases._round_pack import pack_data, put_pack, show_pack
    from simulator.report import ready

    ready("html")
    with results_only():
        made, folder = put_pack(round, out, seed)
    tell(json, lambda: pack_data(made, folder), lambda console: show_pack(console, made, folder))


@app.command()
def agree(key: _Key, marks: _Marks, json: ask.AsJson = False) -> None:
    """Tell how far interviewers agree who marked a calibration pack; the exit code is 1 under 90 % within one.

    \b
    Example:
      windtunnel round agree pack ada.csv ben.csv
    """
    from cases._round_pack import agreed_data, compared, show_agreed

    with results_only():
        found = compared(key, marks)
    tell(json, lambda: agreed_data(found), lambda console: show_agreed(console, found))
    must(found.met)
