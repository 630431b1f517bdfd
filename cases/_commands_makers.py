"""The commands for those who make cases, and for those who doubt them: rigs, monitors, checks and measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cases import _arguments as ask
from cases._asked import case_of, must
from cases._output import results_only, tell

if TYPE_CHECKING:  # `windtunnel --help` has to be quick
    from simulator.case import Case
    from simulator.check import Finding

__all__ = ["app", "case_app", "check", "monitors", "new_case", "rig", "start_case", "verify"]

app = typer.Typer(rich_markup_mode=None)
case_app = typer.Typer(rich_markup_mode=None)
app.add_typer(case_app, name="case")


@app.command()
def rig(
    file: ask.RigFile, *, engine: ask.Engine = "compiled", seeds: ask.RigSeeds = None, big: ask.Big = False,
    json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Fly a bare serving system on the test rig, with queueing theory beside it.

    The system - its traffic, client and stages - is described in a TOML file.

    \b
    Examples:
      windtunnel rig mm4
      windtunnel rig retry_storm --seeds 0-9 --json
    """
    from cases._rig import read_order, show_rig

    order = read_order(file, seeds, engine, big)
    with results_only():
        outcome = order.flown()
    tell(json, outcome.to_data, lambda console: show_rig(console, order, outcome))


@app.command()
def monitors(
    case: ask.Name, *, seeds: ask.Seeds = "0-4", only: ask.Only = None, on: ask.On = None, jobs: ask.Jobs = "-1",
    json: ask.AsJson = False,
) -> None:  # fmt: skip
    """Try each monitor of a case on each kind of change: false alarms, delay and dollars.

    All of it takes some five minutes; --only and --on choose monitors and kinds of change.

    \b
    Example:
      windtunnel monitors drift_retraining --only psi,label_loss --on sudden,season --seeds 0-1
    """
    from cases._monitors import monitors_data, read_order, show_monitors

    order = read_order(case_of(case), seeds, only, on, jobs)
    with results_only():
        table = order.flown()
    tell(json, lambda: monitors_data(order, table), lambda console: show_monitors(console, order, table))


@app.command()
def check(
    case: ask.Name, *, policy: ask.OnCheck = None, until: ask.Until = None, json: ask.AsJson = False
) -> None:  # fmt: skip
    """Hold a case against its contract, or a policy against that of a policy.

    Of a case it takes a minute. A policy has to act on nothing but its view, to be repeatable, to stay within bounds,
    and to get to other processes; the flights are a few ticks of the case long, or --until. The exit code is 1 if
    anything is found.

    \b
    Examples:
      windtunnel check fraud_threshold
      windtunnel check burst_storm --policy expert
    """
    from cases._tables import show_findings
    from simulator.check import check_case

    found = case_of(case)
    with results_only():
        findings = check_case(found) if policy is None else _policy_checked(found, policy, until)
    tell(json, lambda: findings, lambda console: show_findings(console, findings))
    must(all(finding.ok for finding in findings))


def _policy_checked(case: Case, policy: str, until: str | None) -> list[Finding]:
    from cases._options import moment
    from cases._pilots import arm_of
    from simulator.check import check_policy

    return check_policy(arm_of(case, policy), case, until=moment(until, "--until"))


@case_app.command("new")
def new_case(file: ask.NewFile) -> None:
    """Write a small case that runs, to start from.

    \b
    Example:
      windtunnel case new my_case.py
    """
    from cases._new import write_case

    write_case(Path(file))
    typer.echo(f"{file} is a case; fly it with: windtunnel run {file} --par strong")


@case_app.callback()
def start_case() -> None:
    """Start a case of your own.

    \b
    Example:
      windtunnel case new my_case.py
    """


@app.command()
def verify(area: ask.Area = None, json: ask.AsJson = False) -> None:
    """Measure the simulator against what theory says.

    The figures are those of closed forms and of published results; the exit code is 1 if one is missed.

    \b
    Example:
      windtunnel verify --area fraud
    """
    from cases._tables import show_rows
    from cases._terminal import progress
    from simulator import fidelity

    with results_only(), progress("measuring") as note:
        rows = fidelity.verify(area, note)
    tell(json, lambda: rows, lambda console: show_rows(console, rows))
    must(all(row.ok for row in rows))
