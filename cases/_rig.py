"""The command `rig`: reads a file, flies it, and shows its figures with theory beside them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cases._options import located, text_of
from cases._terminal import heading, progress, sheet, spark
from cases._words import label, plural, share, short
from simulator.errors import BadInput, shown, unknown
from simulator.rig.cost import estimate, refuse, warnings
from simulator.rig.spec import Rig, read_rig, read_seeds
from simulator.rig.trial import Outcome, fly_all
from simulator.scenario import read_toml

__all__ = ["Order", "read_order", "show_rig"]

_ENGINES = ("compiled", "reference")
_CELLS = 50


@dataclass(frozen=True)
class Order:
    """A rig that is ready to go."""

    name: str
    rig: Rig
    engine: str

    def flown(self) -> Outcome:
        """Fly it under all its seeds; what there is to say meanwhile goes to standard error."""
        for line in warnings(self.rig):
            _say(line)
        cost = estimate(self.rig)
        size = f"{plural(len(self.rig.seeds), 'seed')}, {cost.requests * len(self.rig.seeds):,.0f} requests"
        with progress(f"flying {size}", compiles=self.engine == "compiled") as note:
            return fly_all(self.rig, self.engine, note)


def read_order(file: str, seeds: str | None, engine: str, big: bool) -> Order:
    """Read the rig in *file*, or the example of that name; BadInput for what is wrong with it, or costs too much."""
    if engine not in _ENGINES:
        raise unknown("engine", engine, _ENGINES)
    text, folder = _found(file)
    with located(shown(file)):
        rig = read_rig(read_toml(text, "rig"), folder)
    if seeds is not None:
        with located("--seeds"):
            rig = replace(rig, seeds=read_seeds(seeds))
    with located(shown(file)):
        refuse(rig, big)
    return Order(file, rig, engine)


def _found(file: str) -> tuple[str, Path]:
    """Return the text of the rig called *file*, and the folder its own files are in."""
    if Path(file).suffix == ".toml" or Path(file).is_file():
        return text_of(file, "rig"), Path(file).parent
    examples = {Path(entry.name).stem: entry for entry in _examples()}
    if file not in examples:
        raise BadInput(f"there is no file {shown(file)}; {unknown('example', file, examples)}")
    return examples[file].read_text(encoding="utf-8"), Path()


def _examples() -> list[Traversable]:
    entries = resources.files("cases").joinpath("rigs").iterdir()
    return sorted((entry for entry in entries if entry.name.endswith(".toml")), key=lambda entry: entry.name)


def _say(text: str) -> None:
    sys.stderr.write(f"windtunnel: {text}\n")
    sys.stderr.flush()


# what a person is shown


def show_rig(console: Console, order: Order, outcome: Outcome) -> None:
    """Print the figures of a rig, each with its standard error, and theory beside those it knows."""
    console.print(_head(order))
    console.print(heading("end to end", "mean over the seeds ± standard error"))
    console.print(_end_to_end(outcome))
    for name in outcome.mean["stages"]:
        console.print(heading(f"stage {name}"))
        console.print(_stage(outcome.mean["stages"][name], outcome.se["stages"][name]))
    if not outcome.theory:
        console.print(
            Text("\nNone of the closed forms fits this system: there is no theory to show beside it.", style="dim")
        )
    if outcome.theory:
        console.print(heading("theory beside it", "off by: in standard errors"))
        console.print(_theory(outcome.theory))
        for note in _notes(outcome.theory):
            console.print(note)
    if order.rig.outages or order.rig.rules or order.rig.slow:
        console.print(heading("over time"))
        console.print(_series(outcome.series))
    console.print(Text(f"\ndigest {outcome.digest[:16]}", style="dim"))


def _head(order: Order) -> Text:
    rig, stages = order.rig, order.rig.topology.stages
    line = Text(order.name, style="bold")
    path = " → ".join(stage.name for stage in stages)
    each = f"{rig.expected:,.0f} requests" if rig.requests or rig.arrivals.at is not None else f"{rig.duration:g} s"
    seeds = plural(len(rig.seeds), "seed")
    return line.append(
        f"  {path} · {rig.arrivals.law}, {rig.arrivals.rate:.4g}/s · {each} · {seeds}", style="not bold dim"
    )


def _end_to_end(outcome: Outcome) -> Table:
    mean, se = outcome.mean["end_to_end"], outcome.se["end_to_end"]
    always = ("offered", "served", "goodput_per_s", "mean", "p50", "p95", "p99", "p999")
    return _figures({name: value for name, value in mean.items() if name in always or value}, se)


def _stage(mean: Mapping[str, Any], se: Mapping[str, Any]) -> Table:
    return _figures(dict(_flat(mean)), dict(_flat(se)))


def _flat(figures: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name.removeprefix('by_class')} ".lstrip())
        elif path + name in ("blocked_share", "abandoned", "dropped") and not value:
            continue
        else:
            yield path + name, value


_SHARES = ("blocked_share", "p_wait", "utilisation", "hit_ratio", "cold_share")
_COUNTS = ("offered", "served", "arrivals", "shed", "timeouts", "fallback", "abandoned", "lost", "retries", "hedges")
_SECONDS = ("mean", "p50", "p95", "p99", "p999")


def _figures(mean: Mapping[str, Any], se: Mapping[str, Any]) -> Table:
    """Return a table of figures, two beside each other."""
    cells = [
        (_label(name), _written(name, value), _error(name, se.get(name)))
        for name, value in mean.items()
        if value is not None
    ]
    table, half = sheet("figure", "value>", "se", "figure", "value>", "se"), (len(cells) + 1) // 2
    for place in range(half):
        other = cells[half + place] if half + place < len(cells) else ("", "", Text())
        table.add_row("", *cells[place], *other)
    return table


def _label(name: str) -> str:
    return f"latency {name}" if name in _SECONDS else _words(name)


def _words(name: str) -> str:
    return label(name.replace("_end_per_s", " at the end").removesuffix("_per_s"))


def _written(name: str, value: float) -> str:
    last = name.rsplit(" ", 1)[-1]
    if last in _SHARES:
        return share(value)
    if last in _COUNTS or last == "dropped":
        return f"{value:,.0f}"
    return f"{value:.4g}{_unit(last)}"


def _unit(name: str) -> str:
    return " s" if name in _SECONDS else "/s" if name.endswith("_per_s") else ""


def _error(name: str, value: float | None) -> Text:
    if value is None:
        return Text("")
    percent = name.rsplit(" ", 1)[-1] in _SHARES
    return Text(f"± {100 * value:.2g} %" if percent else f"± {value:.2g}", style="dim")


def _theory(theory: Mapping[str, Any]) -> Table:
    table = sheet("figure", "theory>", "simulated>", "off by>", "by", titles=True)
    for name, row in theory.items():
        off = "" if row["deviation"] is None else f"{row['deviation']:+.1f} se"
        figures = (short(row["expected"]), short(row["simulated"]))
        kind = "" if row["kind"] == "exact" else f" · {row['kind']}"
        by = Text(row["name"]).append(kind, style="yellow")
        table.add_row("", _words(name.removeprefix("stages.").removeprefix("end_to_end.")), *figures, off, by)
    return table


def _notes(theory: Mapping[str, Any]) -> Iterator[RenderableType]:
    kinds = {row["kind"] for row in theory.values()}
    if "approximation" in kinds:
        yield Text("approximation: near the truth, not it; where the two differ, trust the simulation", style="yellow")
    if "limit" in kinds:
        yield Text("limit: holds ever better the larger (or the lighter loaded) the system is", style="yellow")


def _series(rows: list[dict[str, float]]) -> Table:
    table = sheet("figure", "line", "range")
    for name in [name for name in rows[0] if name != "t"]:
        values = [row[name] for row in rows]
        line = spark(values, _CELLS)
        table.add_row("", _label(name), line, Text(f"{short(min(values))} to {short(max(values))}", style="dim"))
    table.add_row("", "", Text(f"0 to {short(rows[-1]['t'])} s", style="dim"), "")
    return table
