"""The score sheet: nine rows, prefilled with what was seen and when; marks are given by people, and make no verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up import scorecard
from toy_round import SCRIPT, STALL, plan, record

from simulator.rounds.script import COMMUNICATION
from simulator.rounds.sheet import MARKS, SPOKEN, Sheet, SheetRow, Sighting, next_level, sheet_of, sighted
from simulator.rounds.standing import Mark
from simulator.rubric import DIMENSIONS, Anchors
from simulator.score import score
from simulator.simulation import simulate
from simulator.units import day

RUN = simulate(STALL, plan((2, 0.6), (4, 0.9)), 7)
CARD = score(STALL, RUN, record())
ANCHORS = Anchors("one", "two", "three", "four")


def row(mark: int | None, weight: float = 1.0, anchors: Anchors | None = ANCHORS) -> SheetRow:
    return SheetRow("data", "Data", 0.0, 0.0, (), anchors, weight, None if mark is None else Mark(0, mark, "w"))


# rows


def test_nine_rows_in_their_order():
    sheet = sheet_of(SCRIPT, CARD, {})
    assert [one.dimension for one in sheet.rows] == [*DIMENSIONS, COMMUNICATION]
    assert [one.label for one in sheet.rows] == [*DIMENSIONS.values(), "Communication"]


def test_rows_have_what_the_card_and_the_script_say():
    sheet = {one.dimension: one for one in sheet_of(SCRIPT, CARD, {"metrics": Mark(3, 4, "good")}).rows}
    assert (sheet["metrics"].shown, sheet["metrics"].required) == (0.5, 1.0)  # one of two turns went down
    assert (sheet["data"].required, sheet["data"].anchors, sheet["data"].seen) == (0.0, None, ())
    assert sheet["serving"].anchors == STALL.anchors["serving"] and sheet[COMMUNICATION].anchors == SPOKEN
    weights = {name: one.weight for name, one in sheet.items() if one.weight != 1}
    assert weights == {"serving": 2.0, COMMUNICATION: 0.5}
    assert {name: one.mark for name, one in sheet.items() if one.mark} == {"metrics": Mark(3, 4, "good")}


def test_what_was_heard_goes_to_communication():
    heard = (Sighting(3.0, "said so", None),)
    rows = sheet_of(SCRIPT, CARD, {COMMUNICATION: Mark(1, 2, "")}, heard).rows
    assert [one.seen for one in rows if one.dimension == COMMUNICATION] == [heard]
    assert heard[0] not in [seen for one in rows[:-1] for seen in one.seen] and rows[-1].mark == Mark(1, 2, "")


# what was seen


def test_behaviours_are_seen_at_their_moments():
    found = sighted(STALL, RUN, CARD, record())
    told = "turns the line down: line to"
    assert found["metrics"] == [Sighting(day(2), f"{told} 0.6", True), Sighting(day(4), f"{told} 0.9", False)]


def test_looks_are_asked_of_people_alone():
    looks = Sighting(0.0, "looks: looks", True)
    assert looks in sighted(STALL, RUN, CARD, record())["evaluation"]
    assert "evaluation" not in sighted(STALL, RUN, score(STALL, RUN), None)
    rows = {one.dimension: one for one in sheet_of(SCRIPT, score(STALL, RUN), {}).rows}
    assert rows["evaluation"].required == 0


def test_a_prediction_is_about_all_of_it():
    seen = sighted(STALL, RUN, CARD, record())["evaluation"]
    assert [one.at for one in seen] == [0.0, None]
    assert seen[1].text.startswith("profit [$] by day 6: said $0.00 to $1,500, came") and seen[1].good is not None


def test_the_card_alone_tells_without_moments():
    sheet = {one.dimension: one for one in sheet_of(SCRIPT, scorecard(lambda said: said), {}).rows}
    assert sheet["data"].seen == (
        Sighting(None, "waited for labels: shown on day 2", True),
        Sighting(None, "waited for labels: not shown on day 3", False),
    )
    assert sheet["model"].seen == ()  # it was not asked for


def test_what_is_given_is_not_mixed_with_the_card():
    seen = {"metrics": [Sighting(1.0, "seen", True)]}
    rows = {one.dimension: one.seen for one in sheet_of(SCRIPT, CARD, {}, (), seen).rows}
    assert rows["metrics"] == (Sighting(1.0, "seen", True),) and not any(
        rows[name] for name in rows if name != "metrics"
    )


# marks


@pytest.mark.parametrize(("rows", "mean"), [
    ([], None), ([row(None)], None), ([row(3)], 3.0), ([row(1), row(5)], 3.0), ([row(1, 3.0), row(5)], 2.0),
    ([row(5, 2.0), row(None, 9.0), row(2)], 4.0), ([row(5, 0.0)], None), ([row(5, 0.0), row(1)], 1.0),
])  # fmt: skip
def test_the_mean_is_weighted_and_leaves_out_what_was_not_marked(rows, mean):
    assert Sheet(tuple(rows)).mean == (mean if mean is None else pytest.approx(mean))


@pytest.mark.parametrize(("mark", "level"), [
    (1, ("mid", "two")), (2, ("strong", "three")), (3, ("strong", "three")), (4, ("expert", "four")), (5, None),
    (None, None),
])  # fmt: skip
def test_the_level_above_a_mark(mark, level):
    assert next_level(row(mark)) == level and next_level(row(mark, anchors=None)) is None


def test_marks_have_names():
    assert list(MARKS) == [1, 2, 3, 4, 5] and (MARKS[1], MARKS[5]) == ("weak", "expert")


def test_no_sheet_has_a_verdict():
    sheet = sheet_of(SCRIPT, replace(CARD, total=None), {})
    assert set(Sheet.__dataclass_fields__) == {"rows"} and sheet.mean is None
