"""The template engine of the reports: templates are files of this package, never anything that came from outside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from simulator.report import words
from simulator.units import length, money

__all__ = ["engine", "moments"]


def engine(*, autoescape: bool, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Return an engine that writes figures as people read them.

    Whatever a template puts out, and is no part of it, goes through *finalize* and where it is to be escaped for HTML,
    through *autoescape*.
    """
    made = Environment(
        loader=PackageLoader("simulator.report"), autoescape=autoescape, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=finalize,
    )  # fmt: skip
    made.filters |= {
        "money": _money, "signed": words.signed, "share": words.share, "points": words.points, "named": words.named,
        "figure": words.figure, "setting": words.setting, "listed": words.listed, "written": words.written,
    }  # fmt: skip
    return made


def _money(amount: float | None) -> str:
    return "n/a" if amount is None else money(round(amount))


def moments(tick: float) -> dict[str, Callable[[float], str]]:
    """Return how a template writes a moment and how long something takes, where a case is told by the *tick* [s]."""
    return {"when": partial(words.when, tick=tick), "lasting": partial(length, step=tick)}
