"""Turns whatever went wrong into an exit code and one line for a person."""

from __future__ import annotations

import traceback
from pathlib import Path

import typer

from cases._files import first_line
from simulator.errors import BadInput, BrokenInvariant, Cancelled

__all__ = ["BAD_INPUT", "CANCELLED", "CUT_OFF", "FAILED", "FINE", "told"]

FINE, FAILED, BAD_INPUT, CANCELLED = 0, 1, 2, 130
CUT_OFF = 141
"""nobody reads the output any more, as in `| head`; a shell expects this of a program then"""


def told(error: BaseException) -> tuple[int, str]:
    """Return the exit code for *error* and what there is to say, in one line."""
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
        return CUT_OFF, ""
    if isinstance(error, KeyboardInterrupt | Cancelled | typer.Abort):
        return CANCELLED, "cancelled"
    if isinstance(error, BadInput):
        return BAD_INPUT, _one_line(str(error))
    if hasattr(error, "format_message"):  # a complaint of click's, which typer may carry under a name of its own
        return BAD_INPUT, _one_line(_usage(error))
    if isinstance(error, BrokenInvariant):
        return FAILED, f"a law of the simulation is broken: {_one_line(str(error))}"
    return FAILED, f"unexpected {_one_line(first_line(error))}{_place(error)}"


def _usage(error: BaseException) -> str:
    """Write what is wrong with the command, and where it says how to do it."""
    said = str(error.format_message()).rstrip(".")  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    where = getattr(context, "command_path", "windtunnel")
    return f"{said[:1].lower()}{said[1:]}; see {where} --help"


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def _one_line(text: str) -> str:
    """Return *text* with line breaks and other control characters written out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text.replace("\n", " ").strip())
