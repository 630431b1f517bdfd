"""Reads columns of numbers out of CSV files beside a rig: when requests come, how long services take."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from simulator.errors import BadInput, shown
from simulator.units import Floats

__all__ = ["MOST_BYTES", "column"]

MOST_BYTES = 20_000_000
_LARGEST = 1e9


def column(folder: Path, name: str, head: str, most: int) -> Floats:
    """Return (n,) the numbers in the file called *name* in *folder* or below it, at most *most* of them.

    One number a line, or the column called *head* of a CSV file. BadInput names the file and the line for what
    cannot be read, is negative, not finite or beyond 1e9; and for a file of more than 20 MB, or of another folder.
    """
    lines = _text(folder, name).splitlines()
    titles = [cell.strip() for cell in next(csv.reader(lines[:1]), [])]
    titled = head in titles
    values = _numbers(name, _cells(lines[1:], titles.index(head)) if titled else lines, 1 + titled)
    if not 0 < len(values) <= most:
        raise BadInput(f"file {shown(name)} holds {len(values):,} numbers; from 1 to {most:,} are allowed")
    return values


def _text(folder: Path, name: str) -> str:
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise BadInput(
                f"there is no file {shown(name)} in the folder of the rig, {shown(str(folder))}, or below it"
            )
        with path.open("rb") as file:
            found = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"file {shown(name)} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(found) > MOST_BYTES:
        raise BadInput(f"file {shown(name)} is too large; at most {MOST_BYTES:,} bytes are allowed")
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"file {shown(name)} is not UTF-8 text (byte {error.start})") from None


def _cells(lines: list[str], place: int) -> list[str]:
    return [row[place] if place < len(row) else "" for row in _rows(lines)]


def _rows(lines: list[str]) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise BadInput(f"the file is no CSV: {error}") from None


def _numbers(name: str, cells: list[str], first: int) -> Floats:
    while cells and not cells[-1].strip():
        cells.pop()
    try:
        values = np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        values = np.array([_number(cell) for cell in cells], dtype=np.float64)
    wrong = np.flatnonzero(~((values >= 0) & (values <= _LARGEST)))
    if len(wrong):
        cell = shown(cells[wrong[0]].strip())
        raise BadInput(f"file {shown(name)}, line {wrong[0] + first}: {cell} is no number from 0 to {_LARGEST:g}")
    return values


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
