"""Draws the evidence of a flight, which is data, as plain tables for a terminal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cases._terminal import sheet
from cases._words import clean, label, short
from simulator.units import clock_time

__all__ = ["tables"]

_MOST_ROWS, _MOST_COLUMNS = 12, 8


def tables(found: object, tick: float) -> Iterator[RenderableType]:
    """Yield what a dataclass of evidence holds: figures as a line, lists as tables, the last of them."""
    if not dataclasses.is_dataclass(found) or isinstance(found, type):
        return
    parts = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    figures = [f"{label(name)} {_cell(name, value, tick)}" for name, value in parts.items() if _is_plain(value)]
    if figures:
        yield Text(f"  {clean(' · '.join(figures))}")
    lists = {name: value for name, value in parts.items() if isinstance(value, tuple) and value}
    columns = _evened({name: value for name, value in lists.items() if all(map(_is_plain, value))})
    for size in dict.fromkeys(map(len, columns.values())):
        yield _table({name: value for name, value in columns.items() if len(value) == size}, tick)
    for value in lists.values():
        if dataclasses.is_dataclass(value[0]):
            yield _table(_columns(value), tick)


def _evened(columns: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return *columns* without the last of the edges, which has no count of its own."""
    sizes = {len(values) for values in columns.values()}
    return {name: values[:-1] if len(values) - 1 in sizes else values for name, values in columns.items()}


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _columns(rows: Sequence[Any]) -> dict[str, tuple[object, ...]]:
    """Return the columns of *rows* in which anything stands."""
    names = [field.name for field in dataclasses.fields(rows[0])]
    found = {name: tuple(getattr(row, name) for row in rows) for name in names}
    return {name: values for name, values in found.items() if all(map(_is_plain, values)) and any(values)}


def _table(columns: Mapping[str, Sequence[object]], tick: float) -> Table:
    shown = dict(list(columns.items())[:_MOST_COLUMNS])
    table = sheet(*(f"{label(name)}>" for name in shown), titles=True)
    for row in list(zip(*shown.values(), strict=True))[-_MOST_ROWS:]:
        table.add_row("", *(_cell(name, value, tick) for name, value in zip(shown, row, strict=True)))
    return table


def _cell(name: str, value: object, tick: float) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, int | float):
        return clock_time(value, tick) if name == "at" else short(value)
    return clean(str(value))
