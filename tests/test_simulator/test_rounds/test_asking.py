"""Probes and facts from data: what they show is of this run, their words are nothing but words, and when they light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy_case import CASE

from simulator.books.gauges import Gauges
from simulator.conditions import read_condition
from simulator.errors import BadInput
from simulator.exhibits.standing import probes_of
from simulator.probes import Asked, Posed
from simulator.record import Answer
from simulator.rounds.asking import Card, cards_of, lit
from simulator.rounds.reading import read_script
from simulator.simulation import simulate, tape_of
from simulator.units import HOUR, day

HEAD = 'round = 1\ntitle = "Mine"\ncase = "stall"\n'
OWN = """
[[probe]]
name = "why"
question = "Why {0} ${1} %s?"
dimension = "metrics"
weak = "w {0}"
mid = "m"
strong = "s"
expert = "e"
follow_up = "And?"
rescue = "Look."
show = ["load", "other"]
"""
LOAD = ((1.0, 5.0), (2.0, 12.0), (3.0, 15.0), (4.0, 9.0), (5.0, 20.0))
"""day, reading"""


@pytest.fixture(scope="module")
def run():
    """A flight whose gauges read as LOAD, and half of it; the line was turned on day 2.5."""
    plan = CASE.plan({"line": 0.7}).then(day(2.5), "", line=0.4)
    gauges = Gauges()
    for at, value in LOAD:
        gauges.mark("load", day(at), value)
        gauges.mark("other", day(at), value / 2)
    return replace(simulate(CASE, plan, 1), gauges=gauges)


WALL = replace(CASE, watched={"load": "people", "other": ""})


def card(more: str = "", text: str = OWN) -> Card:
    return cards_of(read_script(HEAD + text + more), WALL)[0]


def posed(run, more: str = "", text: str = OWN) -> Posed:
    return Posed.of(card(more, text).probe, Asked(WALL, run, tape_of(WALL, 1)))


# what it shows


def test_without_probes_all_of_the_case_are_asked():
    cards = cards_of(read_script(HEAD), WALL)
    assert [card.probe for card in cards] == list(probes_of(WALL))
    assert {(card.when, card.show, card.rescue) for card in cards} == {(None, (), "")}


def test_its_words_are_words(run):
    one = card()
    found = posed(run)
    assert (found.question, found.anchors["weak"], found.follow_up, one.rescue) == (
        "Why {0} ${1} %s?",
        "w {0}",
        "And?",
        "Look.",
    )
    assert (one.show, one.when, found.worth_asking, found.check) == (("load", "other"), None, True, None)


def test_the_exhibit_tells_the_readings_of_this_run(run):
    text = posed(run).exhibit.text
    assert "Load: first 5 people (day 1), lowest 5 people (day 1), highest 20 people (day 5), last 20 people" in text
    assert "Other: first 2.5" in text
    assert "it was so" not in text


def test_the_exhibit_tells_how_it_stood_when_its_condition_first_held(run):
    found = posed(run, 'when = "load > 10 for 1d"')
    assert "From day 3 on it was so: load > 10 for 1d (load 15 people, other 7.5)." in found.exhibit.text
    assert (day(3), "worth asking from here on") in found.exhibit.chart.marks
    never = posed(run, 'when = "load > 90"')
    assert "It never came to this: load > 90." in never.exhibit.text
    assert all("worth asking" not in words for _, words in never.exhibit.chart.marks)


def test_a_chart_has_gauges_of_one_unit(run):
    assert list(posed(run).exhibit.chart.series) == ["load"]
    assert list(posed(run, text=OWN.replace('"load", ', "")).exhibit.chart.series) == ["other"]


def test_without_a_gauge_there_is_nothing_to_show(run):
    found = posed(run, text=OWN.replace('show = ["load", "other"]', ""))
    assert (found.exhibit.chart, found.exhibit.text[:7]) == (None, "Nothing")


@pytest.mark.parametrize(("when", "worth"), [("load > 16", True), ("load > 90", False), ("served > 0", True)])
def test_it_is_worth_asking_once_its_condition_held(run, when, worth):
    assert posed(run, f'when = "{when}"').worth_asking is worth


# what it checks

OPTIONS = '[probe.check]\nask = "Which?"\noptions = ["a", "b {0}", "c"]\nright = "b {0}"\n'
FIGURE = '[probe.check]\nask = "How much?"\nfigure = "profit"\nwithin = 5\n'


def test_one_of_its_options_is_right(run):
    check = posed(run, OPTIONS).check
    assert (check.options, check.right, check.why) == (("a", "b {0}", "c"), 1, "It is: b {0}")
    assert check.grade(Answer("why", choice="b {0}")) and not check.grade(Answer("why", choice="a"))


def test_a_figure_is_right_within_what_is_said(run):
    check, profit = posed(run, FIGURE).check, run.kpis()["profit"]
    assert (check.truth, check.tolerance, check.unit) == (profit, 5.0, "$")
    assert check.grade(Answer("why", number=profit + 4.9)) and not check.grade(Answer("why", number=profit + 5.1))


def test_a_figure_that_is_not_known_asks_nothing(run):
    unknown = replace(run, figures={**run.figures, "profit": np.nan})
    assert posed(unknown, FIGURE).check is None


# a probe of the case


def test_a_probe_of_the_case_keeps_what_the_script_says_nothing_of():
    own = next(probe for probe in probes_of(WALL) if probe.name == "wait")
    found = card('rescue = "R"\nfollow_up = "F"', '[[probe]]\nname = "wait"\n')
    assert (found.probe.question, found.probe.exhibit, found.probe.when) == (own.question, own.exhibit, own.when)
    assert (found.probe.follow_up, found.rescue) == ("F", "R")
    assert card("", '[[probe]]\nname = "wait"\n').probe == own


def test_a_probe_of_the_case_may_wait_for_a_condition_besides(run):
    never = replace(WALL, probes=tuple(replace(probe, when=lambda asked: False) for probe in WALL.probes))
    for case, when, worth in ((WALL, "load > 16", True), (WALL, "load > 90", False), (never, "load > 16", False)):
        script = read_script(HEAD + f'[[probe]]\nname = "wait"\nwhen = "{when}"')
        assert cards_of(script, case)[0].probe.when(Asked(case, run, tape_of(case, 1))) is worth


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[[probe]]\nname = "wayt"', "probe[0].name = 'wayt': unknown probe 'wayt'; did you mean 'wait'?"),
        (OWN.replace('"why"', '"wait"'), "probe[0].name = 'wait': the case has a probe of this name"),
        (OWN.replace('"other"', '"othr"'), "probe[0].show[1] = 'othr': unknown gauge 'othr'; did you mean 'other'?"),
        (OWN + 'when = "lod > 3"', "probe[0].when = 'lod > 3': unknown gauge 'lod'; did you mean 'load'?"),
        (OWN + 'when = "lime changed"', "unknown dial in a condition 'lime'; did you mean 'line'?"),
        (OWN + FIGURE.replace("profit", "profits"), "probe[0].check.figure = 'profits': unknown figure 'profits'; did"),
    ],
)
def test_what_is_not_there_is_named(text, hint):
    with pytest.raises(BadInput) as caught:
        cards_of(read_script(HEAD + text), WALL)
    assert str(caught.value).startswith(hint) or hint in str(caught.value)


# when a condition held


@pytest.mark.parametrize(
    ("test", "first"),
    [
        ("load > 10", 2.0), ("load > 10 for 1d", 3.0), ("load > 10 for 2d", None), ("since 36h", 1.5),
        ("load > 90 or since 5d", 5.0), ("line changed", 2.5), ("line unchanged and load > 10", 2.0),
        ("not line unchanged", 2.5), ("served > 0", 6.0), ("never", None), ("line changed for 12h and load > 16", None),
    ],
)  # fmt: skip
def test_the_first_moment_at_which_it_held(run, test, first):
    found = lit(read_condition(test), run, WALL)
    assert found == (None if first is None else pytest.approx(day(first), abs=HOUR))


def test_what_came_later_counts_not(run):
    assert lit(read_condition("load > 16"), run, WALL, until=day(4.9)) is None
    assert lit(read_condition("served > 0"), replace(run, until=day(5)), WALL) is None
    assert lit(read_condition("served > 0"), run, WALL, until=day(6)) == day(6)
