"""The probes without a browser: locked until the belief is said, answered once, then held against run and anchors."""

from __future__ import annotations

import invented
import pytest
from invented import EVIL, NUMBER, SHARE, posed
from reading import press, reads

from dashboard.flights import Asked
from dashboard.views import probes
from simulator.record import BELIEF, Answer, Record

POSED = (
    posed("first"),
    posed("second", check=NUMBER),
    posed("third", check=None, follow_up=""),
    posed("part", check=SHARE),
    posed("other", worth_asking=False),
)
ANSWERS = ("the expert answer", "sales are $120", "it is $50", "And then?")


@pytest.fixture
def asked(tower, monkeypatch):
    """Let made-up probes be posed at once; the records for which they were are noted."""
    records = []

    def beginning(owner, order, record):
        records.append(record)
        return Asked(invented.made_up(posed=POSED))

    monkeypatch.setattr(tower, "beginning", beginning)
    return records


@pytest.fixture
def landed(down, tower):
    """Return a way to land a flight, with the belief said."""

    def land(*answers, **more):
        flight = down(**more)
        for answer in (Answer(BELIEF), *answers):
            tower.store.answer(flight.id, answer)
        return flight

    return land


@pytest.fixture
def opened(page, landed, asked):
    """Return a way to open the page of a fresh flight that was answered about so far; it returns the flight, too."""

    def open_one(*answers, **more):
        flight = landed(*answers, **more)
        return page("probes", flight=flight.id), flight

    return open_one


def test_without_a_flight_there_is_a_way_to_one(page):
    assert "There is no flight to" in reads(page("probes"))


def test_before_the_belief_they_are_locked(page, down, asked):
    app = page("probes", flight=down().id)
    assert not app.exception and not asked
    assert "Say first, in the debrief, what you believe" in reads(app)
    assert [link.proto.label for link in app.get("page_link")] == ["To the debrief"]


def test_a_question_comes_with_its_evidence_and_without_its_answer(opened):
    app, _ = opened()
    assert not app.exception and not app.error
    said = reads(app)
    assert "1 of 4 · Metrics and cost" in said and f"Why first? {EVIL}" in said
    assert len(app.get("plotly_chart")) == 5 and all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert not [answer for answer in ANSWERS if answer in said]
    assert "1 more that this flight gives little cause for" in [expander.label for expander in app.expander]


def test_text_of_people_stays_text(opened):
    app, _ = opened(Answer("first", words=EVIL))
    for kind in (app.markdown, app.caption, app.success, app.error):
        assert not [e.value for e in kind if "<b>" in str(e.value) or "](java" in str(e.value)]
    assert EVIL in [text.value for text in app.text]


def test_a_choice_is_committed_and_graded(opened, tower):
    app, flight = opened()
    app.get_by_key(f"choice/{flight.id}/first").set_value("sales")
    app.get_by_key(f"words/{flight.id}/first").set_value("by far")
    press(app, f"commit/{flight.id}/first")
    assert tower.store.answers(flight.id)[1:] == [Answer("first", "sales", None, "by far")]
    assert [e.value[:10] for e in app.success] == ["**Right.**"]
    assert "the expert answer" in reads(app) and "Then they ask" in reads(app)
    assert not [e for e in app.radio if e.key == f"choice/{flight.id}/first"]


@pytest.mark.parametrize(("given", "right"), [(52.0, True), (56.0, False)])
def test_a_number_is_graded_by_its_tolerance(opened, tower, given, right):
    app, flight = opened()
    app.get_by_key(f"number/{flight.id}/second").set_value(given)
    press(app, f"commit/{flight.id}/second")
    assert tower.store.answers(flight.id)[-1] == Answer("second", "", given)
    assert (len(app.success), len(app.error)) == (right, not right)


def test_a_share_is_given_in_percent(opened, tower):
    app, flight = opened()
    field = app.get_by_key(f"number/{flight.id}/part")
    assert "%" in field.label
    field.set_value(21.0)
    press(app, f"commit/{flight.id}/part")
    assert tower.store.answers(flight.id)[-1].number == pytest.approx(0.21)
    assert len(app.success) == 1


def test_an_empty_answer_is_none(opened, tower):
    app, flight = opened()
    press(app, f"commit/{flight.id}/first")
    assert len(tower.store.answers(flight.id)) == 1
    assert "There is nothing in it yet" in reads(app)


def test_another_tab_does_not_overwrite(opened, tower):
    app, flight = opened()
    tower.store.answer(flight.id, Answer("first", "sales", None, "said before"))
    app.get_by_key(f"choice/{flight.id}/first").set_value(POSED[0].check.options[1])
    press(app, f"commit/{flight.id}/first")
    assert tower.store.answers(flight.id)[1:] == [Answer("first", "sales", None, "said before")]
    assert "said before" in reads(app) and len(app.success) == 1
    assert "the first answer stands" in app.toast[0].value


def test_who_is_first_is_not_told_of_another_tab(opened):
    app, flight = opened()
    app.get_by_key(f"choice/{flight.id}/first").set_value(POSED[0].check.options[0])
    press(app, f"commit/{flight.id}/first")
    assert not app.toast


def test_own_words_can_be_marked_and_marked_anew(opened, tower):
    app, flight = opened(Answer("third", words="it depends"))
    for level in ("mid", "strong"):
        app.get_by_key(f"mark/{flight.id}/third").set_value(level).run()
        assert tower.store.answers(flight.id)[-1].mark == level
    assert "Strong ← yours, you say." in reads(app)
    assert not [b for b in app.get("button_group") if f"mark/{flight.id}/first" in b.proto.id]


def test_progress_and_defence(opened):
    app, _ = opened(Answer("first", "sales"), Answer("second", "", 99.0), mode="check")
    (bar,) = app.get("progress")
    assert (
        bar.proto.text.replace("\\", "") == "2 of 4 answered · 1 of 3 checkable ones right · defence 3.3 of 10 points"
    )
    assert bar.proto.value == 50


def test_answers_do_not_send_for_the_workers_anew(opened, asked):
    app, flight = opened(Answer("first", "sales"))
    app.get_by_key(f"words/{flight.id}/third").set_value("it depends")
    press(app, f"commit/{flight.id}/third")
    assert len(asked) > 1 and len(set(asked)) == 1 and not asked[0].answers


def test_the_defence_is_what_the_score_says():
    record = Record(answers=(Answer("first", "sales"), Answer("second", "", 51.0), Answer("part", "", 0.5)))
    first, rest = probes.worth_asking(POSED)
    assert ([one.name for one in rest], probes.defence(first, record)) == (["other"], (2, 3))
    assert probes.standing(0, 3, 0, 0, 10.0) == "0 of 3 answered"


def test_without_probes_there_is_nothing_to_answer(page, landed, tower, monkeypatch):
    monkeypatch.setattr(tower, "beginning", lambda *more: Asked(invented.made_up(posed=())))
    app = page("probes", flight=landed().id)
    assert not app.exception and "0 of 0 answered" in app.get("progress")[0].proto.text.replace("\\", "")
