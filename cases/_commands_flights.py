"""The commands around the dashboard: start it, list, export and import its flights, and see that all is well."""

from __future__ import annotations

import sys

import typer

from cases import _arguments as ask
from cases._asked import must
from cases._output import results_only, tell

__all__ = ["app", "doctor", "export", "history", "import_flight", "play"]

app = typer.Typer(rich_markup_mode=None)


@app.command()
def play(
    case: ask.OneCase = None, port: ask.Port = "8501", host: ask.Host = "127.0.0.1", behind: ask.Behind = None
) -> None:
    """Play in the browser: start the dashboard, until Ctrl-C.

    Flights are kept on this machine; WINDTUNNEL_HOME names another folder for them. With --behind it serves a
    reverse proxy, which asks who comes; nobody is then shown the flights of others.

    \b
    Examples:
      windtunnel play --case fraud_threshold --port 8502
      windtunnel play --behind windtunnel.example.org
    """
    from cases._history import kept_in
    from cases._play import play as raise_curtain
    from cases._play import read_stage

    stage = read_stage(case, port, host, behind)
    typer.echo(f"the dashboard is at {stage.address} (Ctrl-C ends it); flights are kept in {kept_in()}")
    if code := raise_curtain(stage):
        raise typer.Exit(code)


@app.command()
def history(case: ask.OneCase = None, json: ask.AsJson = False) -> None:
    """List the flights that were played, the newest first.

    \b
    Example:
      windtunnel history --case fraud_threshold
    """
    from cases._history import history_data, opened, show_history

    with opened() as store:
        flights = store.flights(case or "")
    tell(json, lambda: history_data(flights), lambda console: show_history(console, flights))


@app.command()
def export(id: ask.FlightId, format: ask.Format = "json", out: ask.OutFile = None) -> None:
    """Write a flight as one document: JSON that can be imported, or its debrief as a page.

    The page has what can be said at once: score, money, the true story, probes. What needs many flights - which
    decision did it, what else could have been done, luck - is in: windtunnel debrief --flight ID --format html.

    \b
    Examples:
      windtunnel export latest --out flight.json
      windtunnel export latest --format html --out flight.html
    """
    from cases._exchange import FORMATS, json_of, page_of, put
    from cases._history import found, opened
    from simulator.errors import unknown

    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    with opened() as store, results_only():
        flight = found(store, id)
        text = json_of(store, flight) if format == "json" else page_of(store, flight)
    if out is None:
        sys.stdout.write(text)
    else:
        put(text, out)


@app.command("import")
def import_flight(file: ask.FlightFile, json: ask.AsJson = False) -> None:
    """Take in a flight that export wrote: it is flown again, and kept if it comes out as written.

    \b
    Example:
      windtunnel import flight.json
    """
    from cases._exchange import taken_in
    from cases._history import history_data, opened

    with opened() as store, results_only():
        flight = taken_in(store, file)
    tell(json, lambda: history_data([flight])[0], lambda console: console.print(f"imported as flight {flight.id}"))


@app.command()
def doctor(json: ask.AsJson = False) -> None:
    """See whether all is well: versions, the store of flights, workers, a flight that repeats itself.

    The exit code is 1 if something is missing that is needed.

    \b
    Example:
      windtunnel doctor
    """
    from cases._doctor import NEEDED, examined, show_findings

    with results_only():
        findings = examined()
    tell(json, lambda: findings, lambda console: show_findings(console, findings))
    must(all(finding.ok for finding in findings if finding.check in NEEDED))
