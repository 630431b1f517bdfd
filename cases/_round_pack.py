"""Writes a calibration pack into a folder, and compares the marks that interviewers bring back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from cases import load
from cases._export import table
from cases._options import read_seed, text_of
from cases._rounds import text_of as script_in
from cases._terminal import heading, progress, sheet
from cases._words import clean, plural, share
from simulator.errors import BadInput, shown
from simulator.rounds.agreeing import TARGET, Agreed, Agreement, agreed, read_marks
from simulator.rounds.packing import Pack, packed, read_key

__all__ = ["agreed_data", "compared", "pack_data", "put_pack", "show_agreed", "show_pack"]

_KEY, _MARKS = "key.json", "marks.csv"


# out


def put_pack(name_or_path: str, out: str, seed: str | None) -> tuple[Pack, Path]:
    """Fly the reference answers of a round, and write them into the new or empty folder *out*."""
    text, where = script_in(name_or_path), shown(name_or_path)
    wanted = read_seed("0" if seed is None else seed)
    with _writing(out):
        folder = _empty(out)
    with progress("flying the reference answers") as note:
        pack = packed(text, where, load, wanted, note)
    with _writing(out):
        for name, content in _files(pack).items():
            (folder / name).write_text(content, encoding="utf-8", newline="")
    return pack, folder


@contextmanager
def _writing(out: str) -> Iterator[None]:
    try:
        yield
    except BadInput:
        raise
    except (OSError, ValueError) as error:
        raise BadInput(f"--out {shown(out)} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _empty(out: str) -> Path:
    folder = Path(out)
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise BadInput(f"--out {shown(out)} exists already, and is no empty folder; it is left as it is")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _files(pack: Pack) -> Mapping[str, str]:
    pages = {f"{name}.html": page for name, page in pack.pages.items()}
    recordings = {f"{name}.json": played.to_json() for name, played in pack.recordings.items()}
    return {**pages, **recordings, _MARKS: "".join(table(pack.rows)), _KEY: pack.key()}


def pack_data(pack: Pack, folder: Path) -> dict[str, Any]:
    """Return what `round pack` tells: who is who stands in the key alone."""
    names, cells = list(pack.pages), len(pack.rows) - 1
    return {"folder": str(folder), "recordings": names, "cells": cells, "files": sorted(_files(pack))}


def show_pack(console: Console, pack: Pack, folder: Path) -> None:
    """Print what was written, and what to do with it."""
    pages = ", ".join(f"{name}.html" for name in pack.pages)
    console.print(f"{folder}: {pages}, {_MARKS}, {_KEY}")
    console.print(
        f"Give each interviewer the pages and a copy of {_MARKS}, and keep {_KEY} and the .json files to yourself."
    )
    console.print(f"When they are back: windtunnel round agree {folder} ADA.csv BEN.csv")


# in


def compared(key: str, files: Sequence[str]) -> Agreed:
    """Compare the marks in *files* of the recordings of the pack whose *key*, or folder, is given."""
    path = Path(key)
    path = path / _KEY if path.is_dir() else path
    pars = read_key(text_of(str(path), "key"), shown(str(path)))
    texts = {name: (text_of(file, "marks"), shown(file)) for name, file in _named(files)}
    return agreed({name: read_marks(*text, tuple(pars)) for name, text in texts.items()}, pars)


def _named(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Call each interviewer as the file is called; BadInput where two are the same."""
    seen: dict[str, str] = {}
    for file in files:
        name = clean(Path(file).stem)
        if name in seen:
            raise BadInput(f"{shown(file)}: another file is called {shown(name)}, too; name them by their interviewers")
        seen[name] = file
        yield name, file


def agreed_data(found: Agreed) -> dict[str, Any]:
    """Return what `round agree` tells."""
    return {
        "interviewers": found.interviewers, "marks": found.marks, "target": TARGET, "met": found.met,
        "sure": found.sure, "overall": found.overall, "pairs": found.pairs, "dimensions": found.dimensions,
        "recordings": found.recordings, "in_order": found.ordered,
    }  # fmt: skip


def show_agreed(console: Console, found: Agreed) -> None:
    """Print how far the interviewers agree."""
    console.print(
        heading("agreement", f"{plural(found.marks, 'mark')} of {plural(len(found.interviewers), 'interviewer')}")
    )
    table = sheet("who", "cells>", "equal>", "within 1>", "95 %>", "kappa>", titles=True)
    for one in (found.overall, *found.pairs, *found.dimensions):
        table.add_row("", *_row(one))
    console.print(table)
    console.print(heading("recordings", "mean mark"))
    table = sheet("name", "par", "mean>")
    for recording in found.recordings:
        mean = "-" if recording.mean is None else f"{recording.mean:.1f}"
        table.add_row("", recording.name, clean(recording.par), mean)
    console.print(table)
    console.print(Text(f"\n  {_verdict(found)}", style="bold green" if found.met else "bold red"))
    console.print(
        Text("  quadratic weighted kappa; all = every two of them, cells by all who marked them", style="dim")
    )


def _row(one: Agreement) -> tuple[str, ...]:
    kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
    between = f"{share(one.low)} to {share(one.high)}"
    return clean(one.of), str(one.cells), share(one.equal), share(one.within), between, kappa


def _verdict(found: Agreed) -> str:
    met = "met" if found.met else "not met"
    said = (
        f"within 1 on {share(TARGET)}: {met} ({share(found.overall.within)} of {plural(found.overall.cells, 'cell')})"
    )
    return said if found.sure or not found.met else f"{said}; so few that it may be luck"
