"""The reports of a round, as a page, as Markdown and as data; whatever people wrote stands in them as text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from simulator.report.data import strict
from simulator.report.engine import engine, moments
from simulator.report.postmortem import inert
from simulator.report.words import cleaned
from simulator.rounds.sheet import MARKS
from simulator.rounds.written_candidate import for_candidate
from simulator.rounds.written_facts import After
from simulator.rounds.written_interviewer import for_interviewer

__all__ = ["FORMATS", "candidate", "interviewer", "rendered"]

FORMATS = ("html", "md", "json")
_HERE = "simulator.rounds"  # its templates


def candidate(after: After, format: str = "html") -> str:
    """Write what the candidate takes home: one page, without marks, private notes and verdict."""
    return rendered("candidate", for_candidate(after), after.tick, format)


def interviewer(after: After, format: str = "html") -> str:
    """Write what the interviewer keeps."""
    return rendered("interviewer", for_interviewer(after), after.tick, format)


def rendered(name: str, content: object, tick: float, format: str) -> str:
    """Write the *content* of the document called *name*; moments are told as fits a *tick* [s]."""
    if format == "json":
        return json.dumps(strict(content), indent=1, allow_nan=False) + "\n"
    words: Mapping[str, Any] = {"d": cleaned(content), "marks": MARKS, **moments(tick)}
    if format == "html":
        return _page_engine().get_template(f"{name}.html").render(words)
    told = _text_engine().get_template(f"{name}.md").render(words)
    return re.sub(r"\n{3,}", "\n\n", told).strip() + "\n"


@cache
def _page_engine() -> Environment:
    return engine(autoescape=True, package=_HERE)


@cache
def _text_engine() -> Environment:
    return engine(autoescape=False, finalize=inert, package=_HERE)
