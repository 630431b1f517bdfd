"""The parts of the debrief in words: the score, the moves, what was attainable, luck, and when one could have known."""

from __future__ import annotations

from dataclasses import replace

import invented
import pytest
from invented import EVIL, MILLION

import cases
from dashboard.views import debrief_cause, debrief_fortune, debrief_money, debrief_score, debrief_story, debrief_worst
from simulator.debrief.results import WorstHour
from simulator.plan import Plan
from simulator.units import day

DAYS = cases.load("fraud_threshold")
GAP = "\u00a0"


# --- the score ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "0 is the weak answer and 100 the expert one"),
        ({"total": None, "outcome": None}, "weak answer earned no less than the expert one"),
        ({"total": 60.0, "before_cap": 82.4, "broken": ("good_share",)},
         "A guardrail broke (good share), and that caps the score at 60; without that it would be 82."),
        ({"total": 41.0, "before_cap": 41.0, "broken": ("good_share",)}, "60; it is below that anyway."),
        ({"outcome": 112.0}, "You earned more than the expert in this very world: 112"),
    ],
)  # fmt: skip
def test_the_score_in_words(more, words):
    assert words in debrief_score.headline(invented.card(**more))


def test_the_level_that_was_reached_is_marked():
    table = debrief_score.levels(invented.card())
    assert table.count('class="on"') == table.count("aria-current") == 1
    assert '<span class="on" aria-current="true">strong</span>' in table
    assert "1 of 2" in table and "not asked for" in table


def test_labels_of_dimensions_are_text():
    rows = (replace(invented.card().dimensions[0], label=EVIL),)
    assert "<b>$5" not in debrief_score.levels(invented.card(dimensions=rows))


# --- money and decisions ------------------------------------------------------------------------------------------


def test_the_bridge_is_that_of_the_debrief():
    bars = debrief_money.bars(invented.made_up())
    assert bars[1] == ("Fines", -20.0, -50.0, -30.0)
    assert [sum(bar[place] for bar in bars) for place in (1, 2, 3)] == [95.0, 145.0, 195.0]


def test_what_could_be_known_stands_on_the_ghost():
    marks = debrief_money.marks(invented.made_up())
    assert [(mark["kind"], mark["at"]) for mark in marks] == [
        ("incident", day(1)), ("incident", day(3)), ("known", day(1.25)),
    ]  # fmt: skip
    assert marks[2]["name"] == f"rush: queue 14{GAP}people"
    assert len(debrief_money.marks(invented.made_up(knowable=None))) == 2


def test_decisions_come_by_what_they_were_worth():
    rows = debrief_cause.rows(invented.made_up().attribution)
    assert [row["key"] for row in rows] == ["turn:0:line", "dial:servers", "act:0"]
    assert (rows[0]["alone"], rows[0]["shared"], rows[0]["mean"], rows[0]["low"]) == (50.0, 65.0, 40.0, 20.0)
    assert rows[2]["alone"] is None


def test_two_plans_part_where_they_differ():
    one = Plan(DAYS.design()).then(day(4), "a", threshold=0.4).then(day(9), "b", threshold=0.5)
    data = DAYS.plan(one).to_data()
    other = DAYS.plan(Plan(DAYS.design()).then(day(4), "a", threshold=0.4).then(day(7), "b", threshold=0.5)).to_data()
    assert debrief_cause.parted(data, other) == debrief_cause.parted(other, data) == day(7)
    assert debrief_cause.parted(data, data) == 0.0
    assert debrief_cause.parted(data, {**data, "design": {**data["design"], "threshold": 0.9}}) == 0.0


# --- what could be had, and luck ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"captured": 0.72}, f"You captured 72{GAP}% of what was attainable with what you could know."),
        ({"captured": None}, "there was nothing to capture"),
        ({"captured": 1.0, "yours": 300 * MILLION}, "Nobody earned more than you"),
        ({"captured": -0.5, "yours": 45 * MILLION}, f"less than the weak answer: \u221250{GAP}%"),
    ],
)
def test_what_was_captured_in_words(more, words):
    assert words in debrief_fortune.captured(replace(invented.made_up().regret, **more))


def test_who_earned_what():
    found = invented.made_up().regret
    assert debrief_fortune.levels(found) == [
        ("Weak", 95.0), ("You", 145.0), ("Best reference: expert", 195.0), ("Best fixed design found", 185.0),
        ("Knowing everything", 250.0),
    ]  # fmt: skip
    assert len(debrief_fortune.levels(replace(found, bound=None))) == 4


@pytest.mark.parametrize(
    ("below", "words"),
    [(0.75, "3 of 4 sibling worlds: this one was neither"), (1.0, "4 of 4 sibling worlds: this one was lucky"),
     (0.0, "0 of 4 sibling worlds: this one was unlucky")],
)  # fmt: skip
def test_luck_in_words(below, words):
    found = replace(invented.made_up().luck, seeds=(1, 2, 3, 4, 5), profits=(5, 1, 2, 3, 4), below=below)
    assert words in debrief_fortune.percentile(found)


# --- the story ----------------------------------------------------------------------------------------------------


def test_lines_of_the_story_have_a_sign_each():
    lines = [debrief_story.line(DAYS, event) for event in invented.truth().events]
    assert [line[0] for line in lines] == ["▲", "◆", "△", "●"]
    assert lines[2].endswith(" · Silent fault: a sensor lies")
    assert EVIL in lines[0] and lines[0].startswith(f"▲ day{GAP}1, 00:00 · ")


def test_a_row_says_when_one_could_have_known():
    rows = [debrief_story.row(DAYS, one) for one in invented.KNOWABLE]
    assert f"queue 14{GAP}people (normal 0{GAP}people to 10{GAP}people), day{GAP}1, 6{GAP}h later" in rows[0]
    assert f"queue, day{GAP}1, 12{GAP}h later" in rows[0]
    assert "day 4: Line 0.5" in rows[0] and f", 3{GAP}days later</td>" in rows[0] and "<b>$5" not in rows[0]
    assert "never on a gauge" in rows[1] and "none rang" in rows[1] and "did nothing<" in rows[1]
    assert "nobody was told" in rows[1] and "did nothing – rightly" in rows[2]


def test_who_was_not_told_reacts_from_when_it_could_be_known():
    one = replace(invented.KNOWABLE[0], told=False, known_at=day(3))
    assert f", 24{GAP}h later</td>" in debrief_story.row(DAYS, one)


def test_the_worst_day_in_words():
    accounts = {"fines": -9 * MILLION, "sales": 2 * MILLION}
    worst = WorstHour(day(2), day(3), -7 * MILLION, 3 * MILLION, accounts, (), 4 * MILLION)
    assert debrief_worst.told(DAYS, worst) == (
        f"From day{GAP}2, 00:00 to day{GAP}3, 00:00 you made \u2212$7, where $3 is usual and the expert made "
        "$4. In it: fines \u2212$9, sales +$2."
    )
