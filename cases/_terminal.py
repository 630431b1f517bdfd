"""What a terminal can show: sheets, bars, sparklines, a sign of life; in plain characters where it has no others."""

from __future__ import annotations

import codecs
import contextlib
import io
import math
import sys
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

__all__ = ["bar", "heading", "progress", "screen", "sheet", "spark", "spread"]

_REMEMBERED = 3600.0  # [s]: how far back the time left is reckoned from; runs may be minutes apart
_LEVELS = "▁▂▃▄▅▆▇█"
_STAND_INS = dict(zip("▁▂▃▄▅▆▇█✓✗●▲◆→±–…─·×", "_.,-=+*#+xo^*>~-.--x", strict=True))


def screen() -> Console:
    """Return the console for results, as wide as the terminal, without colours where it is none."""
    codecs.register_error("stand-in", _stand_in)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="stand-in")
    return Console(highlight=False, markup=False, emoji=False)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Replace what the terminal cannot write, character by character, so that columns stay columns."""
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    return "".join(_STAND_INS.get(character, "?") for character in lost), error.end


def heading(text: str, note: str = "") -> Text:
    """Return the line above a section."""
    line = Text("\n" + text.upper(), style="bold cyan")
    return line.append(f"  {note}", style="not bold dim") if note else line


def sheet(*columns: str, titles: bool = False) -> Table:
    """Return a table without lines; a column whose name ends with `>` is aligned right."""
    table = Table(box=None, show_header=titles, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", width=0)
    for name in columns:
        right = name.endswith(">")
        table.add_column(name.rstrip(">"), justify="right" if right else "left", no_wrap=right)
    return table


def bar(value: float, most: float, cells: int) -> str:
    """Draw the size of *value*, where *most* takes all *cells*; what is not nothing gets one cell at least."""
    return "█" * max(1, round(abs(value) / most * cells)) if value and most else ""


def spark(values: Sequence[float], cells: int) -> str:
    """Draw *values* (NaN = a gap) as a line of at most *cells* characters, each the mean of its share of them."""
    binned = [_mean(values[part]) for part in spread(len(values), cells)]
    known = [value for value in binned if not math.isnan(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    return "".join(" " if math.isnan(value) else _LEVELS[_level(value, low, high)] for value in binned)


def spread(n: int, cells: int) -> list[slice]:
    """Cut *n* values into at most *cells* parts of about the same length."""
    k = min(n, cells)
    return [slice(i * n // k, (i + 1) * n // k) for i in range(k)]


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _level(value: float, low: float, high: float) -> int:
    return min(7, int(8 * (value - low) / (high - low))) if high > low else 0


@contextlib.contextmanager
def progress(label: str, *, compiles: bool = True) -> Iterator[Callable[[float], None]]:
    """Yield what takes note of the share done; standard error, if it is a terminal, shows it with the time left.

    Where what follows *compiles* the event loop, because it has never run here before, that is said first.
    """
    loop = sys.modules.get("simulator.serving.kernel.compiled")  # loaded by those who use it
    if compiles and loop is not None and not loop.is_cached():
        sys.stderr.write("windtunnel: compiling the event loop (once, about 15 s)\n")
        sys.stderr.flush()
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        yield lambda share: None
        return
    with _progress(console) as shown:
        task = shown.add_task(label, total=1.0)
        yield lambda share: shown.update(task, completed=share)


def _progress(console: Console) -> Progress:
    """Return a line with the share done and the time left, which is gone in the end."""
    spinner, text = SpinnerColumn("line"), TextColumn("{task.description}", markup=False)
    columns = (spinner, text, BarColumn(24), TaskProgressColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    return Progress(*columns, console=console, transient=True, speed_estimate_period=_REMEMBERED)
