"""A debrief as one page: no script, nothing from elsewhere, every text escaped by the template engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from simulator.debrief.results import Debrief
from simulator.report import figures, story, words
from simulator.report.asked import Question, questions
from simulator.report.decided import decisions
from simulator.report.engine import engine, moments
from simulator.score import CAP

__all__ = ["page_of"]


def page_of(debrief: Debrief, note: str = "") -> str:
    """Write *debrief* as a page; a *note* stands below its title."""
    shown = words.cleaned(debrief)
    asked, tick = questions(shown), words.tick_of(shown)
    return _engine().get_template("page.html").render(
        d=shown, note=words.plain(note), questions=asked, decisions=decisions(shown),
        pictures=_pictures(shown, asked, tick), **moments(tick), cap=CAP,
    )  # fmt: skip


@cache
def _engine() -> Environment:
    return engine(autoescape=True)


def _pictures(debrief: Debrief, asked: tuple[Question, ...], tick: float) -> Mapping[str, Markup]:
    """Draw every figure there are data for; `drawing` makes them of known tags and attributes alone."""
    found = {
        "score": figures.score(debrief.score), "bridge": figures.bridge(debrief.bridge), "flight": story.flight(debrief)
    }  # fmt: skip
    if debrief.attribution and debrief.attribution.worths:
        found["attribution"] = figures.attribution(debrief.attribution)
    if debrief.luck and len(debrief.luck.profits) > 1:
        found["luck"] = figures.luck(debrief.luck)
    for number, question in enumerate(asked):
        if question.chart is not None:
            found[f"probe{number}"] = story.chart(f"probe{number}", question.chart, tick)
    return {name: Markup(picture) for name, picture in found.items()}
