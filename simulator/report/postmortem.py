"""A debrief as a post-mortem in Markdown, in which foreign text is text wherever it stands."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from simulator.debrief.results import Debrief
from simulator.report import words
from simulator.report.asked import questions
from simulator.report.decided import decisions
from simulator.report.engine import engine, moments

__all__ = ["inert", "postmortem_of"]

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ANYWHERE = re.compile(r"[\\`*_{}\[\]|~]|\$(?!\d)|(?<=\w)\$|:(?=//)|(?<=www)\.", re.IGNORECASE)
_FIRST = re.compile(r"^(?:[#=:]|[+-](?=[\s+-]|$)|\d{1,9}(?=[.)](?:\s|$)))")


def postmortem_of(debrief: Debrief) -> str:
    """Write *debrief* as a post-mortem."""
    shown = words.cleaned(debrief)
    told = _engine().get_template("postmortem.md").render(
        d=shown, questions=questions(shown), decisions=decisions(shown), **moments(words.tick_of(shown))
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", told).strip() + "\n"


def inert(value: Any) -> str:
    """Return *value* as text that Markdown makes nothing of, on one line, wherever it is put."""
    if isinstance(value, Markup):
        return str(value)
    line = " ".join(words.plain(str(value)).split())
    line = _ANYWHERE.sub(lambda found: f"\\{found[0]}", line)
    line = re.sub("[&<>]", lambda found: _ENTITIES[found[0]], line)
    return _FIRST.sub(_held, line)


def _held(found: re.Match[str]) -> str:
    """Keep a line from beginning like a heading, a list or a rule; of `1.` it is the dot that has to be held."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


@cache
def _engine() -> Environment:
    made = engine(autoescape=False, finalize=inert)
    made.filters["code"] = _code
    return made


def _code(text: str) -> Markup:
    """Return JSON as it may stand in a fenced block: a backtick inside a string is spelled out."""
    return Markup(text.replace("`", "\\u0060").replace("<", "\\u003c"))
