"""The time line of a round: what has happened, is due, waits or was ordered - and how it stands in words and bars."""

from __future__ import annotations

import pytest
from consoled import SCRIPT, Seat, flown

from dashboard.views import room_console_story as story


@pytest.fixture
def seat(tower):
    return Seat(tower)


def row(desk, name):
    return next(one for one in story.rows(desk) if one.name == name)


def test_before_the_flight_all_is_still_to_come(seat):
    found = {one.name: one for one in story.rows(seat.desk())}
    assert (found["rush"].state, found["rush"].at, found["rush"].detail) == ("by hand", None, "waits for you")
    assert (found["outage"].state, found["outage"].at) == ("waits", None)
    assert found["outage"].detail == "waits until waiting > 100000, not before 6:00"
    assert (found["late_page"].state, found["late_page"].at, found["late_page"].detail) == ("due", 800.0, "due 13:20")
    assert (found["vote"].state, found["vote"].own, found["vote"].at) == ("due", False, 300.0)


def test_rows_stand_in_order_of_time_and_those_without_a_moment_last(seat):
    names = [one.name for one in story.rows(seat.desk())]
    times = [one.at for one in story.rows(seat.desk()) if one.at is not None]
    assert times == sorted(times)
    assert set(names[len(times) :]) == {"rush", "outage"}


def test_what_the_case_brings_has_happened_once_its_moment_is_past(seat):
    seat.take_off()
    assert row(seat.desk(now=299.0, recording=flown()), "vote").state == "due"
    began = row(seat.desk(now=300.0, recording=flown()), "vote")
    assert (began.state, began.at, began.end, began.detail) == ("running", 300.0, 360.0, "began 5:00")
    assert row(seat.desk(now=360.0, recording=flown()), "vote").state == "over"


def test_a_condition_that_is_met_only_later_has_not_been_met(seat):
    seat.take_off()
    recording = flown(fired={"outage": 400.0})
    assert row(seat.desk(now=399.0, recording=recording), "outage").state == "waits"
    began = row(seat.desk(now=400.0, recording=recording), "outage")
    assert (began.state, began.at, began.end, began.says) == ("running", 400.0, 430.0, "a zone is gone")
    assert row(seat.desk(now=431.0, recording=recording), "outage").detail == "began 6:40, over since 7:10"


@pytest.mark.parametrize(
    ("data", "at", "words"),
    [
        ({"do": "fire"}, 200.0, "ordered: fire now – takes effect on the candidate's deck"),
        ({"do": "skip"}, None, "ordered: skip – takes effect on the candidate's deck"),
        ({"do": "delay", "until": 700.0}, 700.0, "ordered: not before 11:40 – takes effect on the candidate's deck"),
    ],
)
def test_what_was_ordered_is_told_until_it_takes_effect(seat, data, at, words):
    seat.take_off()
    seat.does("interviewer", "order", "rush", **data)
    found = row(seat.desk(now=200.0, recording=flown()), "rush")
    assert (found.state, found.at, found.detail) == ("ordered", at, words)
    assert found.state in story.OPEN


def test_fired_by_hand(seat):
    seat.take_off()
    seat.does("interviewer", "order", "rush", do="fire")
    seat.takes_effect("rush", 200.0)
    waiting = row(seat.desk(now=200.0, recording=flown()), "rush")
    assert (waiting.state, waiting.detail) == ("due", "begins at the next look")
    began = row(seat.desk(now=201.0, recording=flown(fired={"rush": 200.6})), "rush")
    assert (began.state, began.detail) == ("running", "began 3:21, fired by hand")
    assert began.state not in story.OPEN


@pytest.mark.parametrize(
    ("test", "at", "rest"),
    [
        ("since 12d", 12 * 86_400.0, ""),
        ("since 90s and (p99_ms < 100)", 90.0, "p99_ms < 100"),
        ("since 90s and (since 200s and (a < 1))", 200.0, "a < 1"),
        ("since 90s and (a < 1) or (b > 2)", 0.0, "since 90s and (a < 1) or (b > 2)"),
        ("since 90s and a < 1", 0.0, "since 90s and a < 1"),
        ("never", 0.0, "never"),
        ("a < 1", 0.0, "a < 1"),
    ],
)
def test_a_condition_is_taken_apart(test, at, rest):
    assert story.waits_for(test) == (at, rest)


# --- the requirement ----------------------------------------------------------------------------------------------


def test_the_requirement_waits_for_a_hand_then_is_ordered_then_holds(seat):
    assert story.requirement(seat.desk()).state == "by hand"
    seat.take_off()
    seat.does("interviewer", "require")
    assert story.requirement(seat.desk(now=10.0)).state == "ordered"
    seat.rooms.steer(
        seat.id, "r", seat.flight, seat.flight.scenario, what="requirement", moment=20.0, data={"do": "require"}
    )
    found = story.requirement(seat.desk(now=30.0))
    assert (found.state, found.at, found.detail) == ("running", 20.0, "said 0:20, and holds since")


def test_a_requirement_that_is_due_has_its_moment(tower):
    head, _, tail = SCRIPT.partition("[requirement]")
    seat = Seat(tower, head + "[requirement]" + tail.replace('when = "by hand"\n', "", 1))
    found = story.requirement(seat.desk())
    assert (found.state, found.at, found.detail) == ("due", 300.0, "is said 5:00")


def test_there_need_not_be_one(tower):
    assert story.requirement(Seat(tower, 'round = 1\ntitle = "t"\ncase = "burst_storm"').desk()) is None


# --- as a picture -------------------------------------------------------------------------------------------------


def test_bars_stand_where_things_are_and_the_line_where_the_candidate_is(seat):
    seat.take_off()
    drawn = story.line(seat.desk(now=450.0, recording=flown()), [row(seat.desk(now=450.0), "vote")])
    assert 'class="bar" style="left:33.33%;width:6.67%"' in drawn
    assert 'class="now" style="left:50.00%"' in drawn and "now 7:30" in drawn
    assert "began 5:00, over since 6:00" in drawn and 'class="over"' in drawn


def test_a_row_without_a_moment_has_no_bar_but_words(seat):
    drawn = story.line(seat.desk(), [row(seat.desk(), "rush")])
    assert 'class="bar"' not in drawn and "waits for you" in drawn and 'class="by-hand"' in drawn


def test_text_of_people_is_escaped(tower):
    evil = SCRIPT.replace("waiting > 100000", "waiting < 100000 and rate > 1")
    seat = Seat(tower, evil)
    drawn = story.line(seat.desk(), story.rows(seat.desk()))
    assert "waiting &lt; 100000" in drawn and "waiting < 1" not in drawn
