"""The page of a debrief: what stands in it, and that whatever people wrote is text there and nothing else."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hostile import HOSTILE
from made_up import made_up

from simulator import report
from simulator.report.words import plain
from simulator.units import DAY

VOID = {"meta", "br"}
HTML = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "p", "strong",
    "small", "span", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "dl", "dt", "dd", "figure",
    "figcaption", "pre", "code", "svg", "g", "path", "text", "tspan", "defs", "rect", "use",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "viewbox", "role", "aria-label", "d", "style",
    "transform", "x", "y", "width", "height", "id", "href",
}  # fmt: skip
HEADINGS = (
    "Score", "What was asked", "Where the money came from", "Which decisions did it", "What was decided, and why",
    "What else could have been done", "How much was attainable", "What really happened", "When you could have known",
    "Luck", "The worst hour", "Questions that an interviewer asks now", "What to practise next", "How to repeat it",
)  # fmt: skip


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.other: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def handle_comment(self, data):
        self.other.append(data)

    unknown_decl = handle_pi = handle_comment

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@functools.cache
def harmless(note: str = "") -> str:
    return report.html(made_up(), note)


def with_hostile(hostile: str):
    return made_up(lambda said: hostile)


# what stands in it


def test_every_section_is_there():
    said = Reader(harmless("a note")).text
    for heading in HEADINGS:
        assert heading in said
    assert "a note" in said and "You captured 72.1 % of what was attainable with what you could know." in said
    assert "no more than 60, and without it would be 62.5" in said
    assert "day 1 02:24: asked showed 31 people, normal is 10 people to 20 people" in said
    assert "0.2 days away" in said and "because of the queue" in said


def test_figures_say_what_they_show():
    shown = [value for tag, name, value in Reader(harmless()).values if (tag, name) == ("svg", "aria-label")]
    assert len(shown) == 7
    assert "weak $20, you $100, expert $120" in " ".join(shown)


def test_a_page_needs_nothing_else():
    page = harmless()
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert not re.search(r"https?://|url\(|@import|<script|<link|<img| on\w+=|src=", page)


def test_ids_are_unique_and_referred_to():
    values = Reader(harmless()).values
    ids = Counter(value for _, name, value in values if name == "id")
    used = {value.lstrip("#") for _, name, value in values if name == "href"}
    assert set(ids.values()) == {1} and set(ids) == used


def test_the_same_page_twice():
    assert report.html(made_up()) == harmless()


def test_what_was_not_computed_is_said():
    bare = replace(
        made_up(), attribution=None, moves=None, regret=None, knowable=None, luck=None, practise=(), posed=()
    )
    said = Reader(report.html(bare)).text
    assert said.count("Not computed for this report") == 5
    assert "practise next" not in said and "interviewer" not in said


def test_a_world_without_a_score():
    blind = replace(made_up().score, total=None, before_cap=None, outcome=None, broken=())
    assert "There is no score" in Reader(report.html(replace(made_up(), score=blind))).text


def test_nothing_happened_and_nothing_was_decided():
    found = made_up()
    empty = replace(
        found, truth=replace(found.truth, events=(), believed=""), knowable=(), answers=(),
        attribution=replace(found.attribution, worths=()), moves=replace(found.moves, instead=()),
        plan={"design": {}, "changes": [], "acts": []}, luck=replace(found.luck, seeds=(7,), profits=(5,)),
        bridge=replace(found.bridge, bars=()),
    )  # fmt: skip
    assert "Nothing was decided in flight." in Reader(report.html(empty)).text


def test_short_flights_are_told_in_minutes():
    found = made_up()
    ghost = replace(found.ghost, at=(0.0, 30.0, 60.0, 90.0, 120.0))
    said = Reader(report.html(replace(found, until=120.0, ghost=ghost))).text
    assert "until 2:00" in said and "minute" in said


# hostile texts


def inert(page: str) -> Reader:
    """Read *page*, which holds no element, attribute or address but those that templates and figures are made of."""
    reader = Reader(page)
    assert not reader.open and not reader.other[1:]
    assert {tag for tag, _ in reader.elements} <= HTML
    assert {name for _, names in reader.elements for name in names} <= ATTRIBUTES
    for _, name, value in reader.values:
        assert name != "href" or value.startswith("#")
        assert name not in ("id", "class") or re.fullmatch(r"[\w -]*", value)
        assert name != "style" or not re.search(r"url\(|expression|@", value)
    assert "<script" not in page.lower() and "49" not in reader.text.split()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    return reader


@pytest.fixture
def without_figures(monkeypatch):
    from simulator.report import page

    monkeypatch.setattr(page, "_pictures", lambda debrief, asked, tick: {})


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_texts_come_out_inert(hostile, without_figures):
    """One text in all fields: it can be read, and the elements are those of a harmless report."""
    reader = inert(report.html(with_hostile(hostile), note=hostile))
    if said := " ".join(plain(hostile).split()):
        assert said in reader.text
        assert reader.elements == Reader(report.html(made_up(), "a note")).elements


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 12))
def test_figures_come_out_inert(first):
    """Another text in each field: over all of these, every text gets into every figure."""
    texts = itertools.cycle([*HOSTILE[first:], *HOSTILE[:first]])
    page = report.html(made_up(lambda said: next(texts)))
    inert(page)
    assert page.count("<svg ") == 7


def test_names_in_a_legend_are_text():
    """`_` hides a name from legends, and two dollars make a formula, unless that is prevented."""
    from simulator.probes import Chart
    from simulator.report.story import chart

    drawn = chart("c", Chart("line", "t", "", (0.0, 1.0), {"_hidden": (1.0, 2.0), "$x^2$": (2.0, 3.0)}), DAY)
    assert {"_hidden", "$x^2$"} <= set(Reader(drawn).texts)


def test_charts_take_whatever_a_case_gives():
    from simulator.probes import Chart
    from simulator.report.story import chart

    for data in (
        Chart("line", "t", "$", (), {}),
        Chart("bar", "t", "$", (), {"a": ()}),
        Chart("line", "t", "", (1.0, 2.0), {"_a": (None, None), "b": (float("nan"), float("inf"))}),
        Chart("line", "t", "share", ("x", "y"), {"a": (0.1, 0.2)}, marks=((1.0, "here"),)),
        Chart("bar", "t", "ms", (0.0, DAY), {"a": (0.1, None)}, True),
    ):
        assert chart("c", data, DAY).startswith("<svg")
