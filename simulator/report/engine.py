"""The template engine of the reports: templates are files of our packages, never anything that came from outside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from simulator.report import words
from simulator.units import length, micro, money

__all__ = ["engine", "moments"]

_OWN = "simulator.report"


def engine(*, autoescape: bool, finalize: Callable[[Any], Any] | None = None, package: str = _OWN) -> Environment:
    """Return an engine that writes figures as people read them, with the templates of a *package* and those from here.

    Whatever a template puts out, and is no part of it, goes through *finalize* and where it is to be escaped for HTML,
    through *autoescape*.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, _OWN))]), autoescape=autoescape,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=finalize,
    )  # fmt: skip
    made.filters |= {
        "money": _money, "signed": words.signed, "change": _change, "share": words.share,
        "points": words.points, "named": words.named, "figure": words.figure, "setting": words.setting,
        "listed": words.listed, "written": words.written,
    }  # fmt: skip
    return made


def _money(amount: float | None) -> str:
    return "n/a" if amount is None else money(round(amount))


def _change(usd: float | None) -> str:
    """Write a difference in dollars with its sign."""
    return words.signed(None if usd is None else micro(usd))


def moments(tick: float) -> dict[str, Callable[..., str]]:
    """Return how a template writes a moment, how long something takes, and what was decided without its date, where a
    case is told by the *tick* [s]."""
    return {"when": partial(words.when, tick=tick), "lasting": partial(length, step=tick),
            "undated": partial(words.undated, tick=tick)}  # fmt: skip
