"""The examples that come along: small programs to read, to copy and to change."""

from __future__ import annotations

import ast
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cases import _arguments as ask
from cases._output import tell
from simulator.errors import BadInput, shown, unknown

if TYPE_CHECKING:  # `windtunnel --help` has to be quick
    from rich.console import Console

__all__ = ["about", "app", "copied", "example", "examples"]

app = typer.Typer(rich_markup_mode=None)
_Example = Annotated[ask.Maybe, typer.Argument(metavar="NAME", help="an example; without it, all of them")]
_Folder = Annotated[ask.Maybe, typer.Option("--out", metavar="DIR", help="copy it there instead of printing it")]


@app.command()
def example(name: _Example = None, out: _Folder = None, json: ask.AsJson = False) -> None:
    """List the examples, print one, or copy them out.

    They are small Python programs: a policy under test, a sweep with a plot, a frontier, a league, an agent.

    \b
    Examples:
      windtunnel example
      windtunnel example league
      windtunnel example --out examples
    """
    known = examples()
    if name is not None and name not in known:
        raise unknown("example", name, known)
    chosen = known if name is None else {name: known[name]}
    if out is not None:
        _show_copied(copied(chosen, Path(out)), json)
    elif name is not None and not json:
        typer.echo(chosen[name], nl=False)
    else:
        tell(json, lambda: _data(chosen, with_text=name is not None), lambda console: _show(console, chosen))


def examples() -> dict[str, str]:
    """Return name -> text of the examples that come along."""
    folder = resources.files("cases").joinpath("examples")
    return {file.name.removesuffix(".py"): _text(file) for file in sorted(folder.iterdir(), key=_name) if _is(file)}


def about(text: str) -> str:
    """Return the first sentence of an example's *text*: what it shows."""
    said = " ".join((ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].split())
    return said.partition(". ")[0].removesuffix(".")


def copied(texts: dict[str, str], folder: Path) -> list[Path]:
    """Write examples, name -> text, into *folder*; BadInput where one is there already, or cannot be written."""
    files = {folder / f"{name}.py": text for name, text in texts.items()}
    for file in files:
        if file.exists():
            raise BadInput(f"{file.name} exists already in {shown(str(folder))}; it is left as it is")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{shown(str(folder))} cannot be written: {error.strerror}") from None
    return list(files)


def _show_copied(files: list[Path], json: bool) -> None:
    def show(console: Console) -> None:
        for file in files:
            console.print(str(file), highlight=False, markup=False, soft_wrap=True)

    tell(json, lambda: {"written": [str(file) for file in files]}, show)


def _show(console: Console, texts: dict[str, str]) -> None:
    from rich.table import Table

    table = Table("example", "what it shows", box=None)
    for name, text in texts.items():
        table.add_row(name, about(text))
    console.print(table)


def _data(texts: dict[str, str], with_text: bool) -> dict[str, object]:
    more = {name: {"text": text} if with_text else {} for name, text in texts.items()}
    return {"examples": [{"name": name, "about": about(text), **more[name]} for name, text in texts.items()]}


def _name(file: Traversable) -> str:
    return file.name


def _is(file: Traversable) -> bool:
    return file.name.endswith(".py")


def _text(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")
