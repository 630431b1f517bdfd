"""The arguments and options of the commands, each with what its help says."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "AnyCase", "Area", "AsJson", "At", "Backend", "Behind", "Big", "Compare", "DebriefFormat", "Do", "Engine",
    "FlightFile", "FlightId", "Format", "Frontier", "Grid", "HalfWidth", "Host", "Jobs", "Keep", "Latin", "Level",
    "Maybe", "MostSeeds", "Name", "NewFile", "OfKpi", "On", "OnCheck", "OneCase", "OneFlight", "OneSeed", "Only", "Out",
    "OutFile", "Over", "Par", "Pars", "PlanFile", "Plot", "Policies", "Policy", "Port", "Random", "RigFile",
    "RigSeeds", "SceneFile", "Seed", "Seeds", "Set", "Several", "Teacher", "Until", "Version", "Warmup",
]  # fmt: skip

Maybe = str | None
Several = list[str] | None
Name = Annotated[str, typer.Argument(metavar="CASE", help="a case by name, or a Python file with one")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")]
Level = Annotated[Maybe, typer.Option(metavar="N", help="how hard, 1 to 3; 2 is the standard flight")]
SceneFile = Annotated[Maybe, typer.Option(metavar="FILE.toml", help="a [scenario] table on top of the case")]
Until = Annotated[Maybe, typer.Option(metavar="TIME", help="stop early, at 90s, 15m, 6h or 12d")]
Version = Annotated[bool, typer.Option("--version", help="print the version")]
Teacher = Annotated[bool, typer.Option("--teacher", help="with what players are not told")]
Par = Annotated[Maybe, typer.Option(metavar="NAME", help="fly a reference answer: weak, mid, strong, expert")]
PlanFile = Annotated[Maybe, typer.Option(metavar="FILE.json", help="fly a plan, as JSON")]
Policy = Annotated[Maybe, typer.Option(metavar="PAR|FILE.py[:NAME]", help="let a pilot decide in flight")]
Set = Annotated[
    Several, typer.Option("--set", metavar="DIAL=VALUE", help="change the first design; repeat it for more")
]
At = Annotated[Several, typer.Option(metavar='"12d DIAL=VALUE ..."', help="turn live dials in flight")]
Do = Annotated[Several, typer.Option(metavar='"14d ACT ..."', help="do in flight what the case offers")]
Seed = Annotated[str, typer.Option(metavar="N", help="the luck of the world")]
Engine = Annotated[str, typer.Option(metavar="NAME", help="compiled, or reference: request by request")]
Out = Annotated[Maybe, typer.Option(metavar="DIR", help="write run.json, plan.json, frame.csv and journal.csv")]
Compare = Annotated[bool, typer.Option(help="fly weak and expert on the same seed, to compare and to score")]
Pars = Annotated[Maybe, typer.Option(metavar="A,B,...", help="the reference answers to fly; without it, all")]
Seeds = Annotated[str, typer.Option(metavar="SEEDS", help="3, 0-29 or 1,5,9")]
OfKpi = Annotated[str, typer.Option("--kpi", metavar="NAME", help="the figure to compare")]
Only = Annotated[Maybe, typer.Option(metavar="A,B,...", help="the monitors to try; without it, all")]
On = Annotated[Maybe, typer.Option(metavar="A,B,...", help="the kinds of change to try them on; without it, all")]
Jobs = Annotated[str, typer.Option(metavar="N", help="processes at a time; -1 = one for each core")]
Backend = Annotated[
    str, typer.Option(metavar="WHERE", help="processes, dask, the tcp:// address of a Dask scheduler, or ray")
]
Keep = Annotated[
    Maybe, typer.Option("--out", metavar="DIR", help="keep the runs here, go on from those there, write runs.parquet")
]
OnCheck = Annotated[Maybe, typer.Option("--policy", metavar="PAR|FILE.py[:NAME]", help="check a policy instead")]
Policies = Annotated[
    Several, typer.Option("--policy", metavar="PAR|FILE.py[:NAME]", help="fly a policy beside; repeat it for more")
]
HalfWidth = Annotated[Maybe, typer.Option(metavar="X", help="add seeds until the intervals are within ± X of the KPI")]
MostSeeds = Annotated[Maybe, typer.Option("--max-seeds", metavar="N", help="but fly at most N seeds")]
Warmup = Annotated[
    Maybe, typer.Option(metavar="TIME|auto", help="add steady.GAUGE and steady.profit_per_day after a warm-up")
]
Grid = Annotated[
    Several,
    typer.Option(metavar="DIAL=a,b,c|low:high:step|all[:N]", help="try these values; repeat it: all combinations"),
]
Over = Annotated[
    Several,
    typer.Option(metavar="DIAL[=low:high|a,b]", help="draw from this dial, or part of it; repeat it for more"),
]
Random = Annotated[Maybe, typer.Option(metavar="N", help="draw N designs over the dials of --over")]
Latin = Annotated[Maybe, typer.Option(metavar="N", help="the same as a Latin hypercube")]
Frontier = Annotated[Maybe, typer.Option(metavar="KPI,KPI", help="the designs that no other beats in both")]
Plot = Annotated[
    Maybe, typer.Option(metavar="FILE.svg|png", help="draw the curve of one dial, or the frontier of two KPIs")
]
NewFile = Annotated[str, typer.Argument(metavar="FILE.py", help="the file to write; it may not exist")]
RigFile = Annotated[str, typer.Argument(metavar="FILE.toml", help="a rig, or an example: mm4, retry_storm")]
RigSeeds = Annotated[
    Maybe, typer.Option("--seeds", metavar="SEEDS", help="3, 0-29 or 1,5,9; those of the file if absent")
]
Big = Annotated[bool, typer.Option("--big", help="lift the limits: 20 million requests a seed, 200 in all, 6 GB")]
Area = Annotated[Maybe, typer.Option(metavar="AREA", help="one area only, such as fraud")]
FlightId = Annotated[str, typer.Argument(metavar="ID", help="a flight as history lists it, or latest")]
FlightFile = Annotated[str, typer.Argument(metavar="FILE.json", help="what export wrote")]
OneFlight = Annotated[Maybe, typer.Option("--flight", metavar="ID", help="a flight as history lists it, or latest")]
OneSeed = Annotated[Maybe, typer.Option("--seed", metavar="N", help="the luck of the world; without it, 0")]
AnyCase = Annotated[Maybe, typer.Option("--case", metavar="CASE", help="a case by name, or a Python file with one")]
DebriefFormat = Annotated[
    Maybe, typer.Option("--format", metavar="NAME", help="html, md or json, instead of a summary")
]
Format = Annotated[str, typer.Option(metavar="NAME", help="json, to import it again, or html, a debrief to read")]
OutFile = Annotated[Maybe, typer.Option("--out", metavar="FILE", help="write a new file instead of printing")]
OneCase = Annotated[Maybe, typer.Option("--case", metavar="CASE", help="a case by name")]
Port = Annotated[str, typer.Option(metavar="N", help="where on this machine")]
Host = Annotated[str, typer.Option(metavar="ADDRESS", help="who may come: without it, this machine only")]
Behind = Annotated[
    Maybe, typer.Option(metavar="NAME", help="the name of the reverse proxy before it, reached by https")
]
