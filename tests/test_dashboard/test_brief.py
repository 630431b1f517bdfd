"""The brief without a browser: what is told, what is asked, the first design of every case, and one take-off."""

from __future__ import annotations

import dataclasses

import pytest
from reading import press, says

import cases
from dashboard import words
from dashboard.views import brief, brief_design, brief_takeoff
from simulator.board import Question

CASES = cases.names()
CASE = "burst_storm"


def cells(app) -> str:
    return "\n".join(str(cell) for table in app.table for row in table.value.values for cell in row)


@pytest.fixture
def drafted(page):
    """Return a way to the brief of a case; what is *given* stands in its draft."""

    def opened(name: str = CASE, **given):
        app = press(page("hangar"), f"brief/{name}")
        for field, value in given.items():
            setattr(app.session_state["draft"], field, value)
        app = page("brief")
        assert not app.exception
        return app

    return opened


@pytest.fixture
def asking(monkeypatch):
    """Give the small case two questions: one that is answered at once, one on the way."""
    load = cases.load
    now = Question("How long does a replica take?", "${boot} s, at $$5 a piece.")
    later = Question("Who pays?", "Nobody: <b>$$1</b>", after=120.0)

    def with_questions(name):
        case = load(name)
        board = dataclasses.replace(case.board, questions=(now, later))
        return dataclasses.replace(case, board=board) if name == CASE else case

    monkeypatch.setattr(cases, "load", with_questions)


def test_without_a_draft_there_is_a_way_to_the_hangar(page):
    app = page("brief")
    assert not app.exception and "No case on the table" in says(app)
    assert [link.label for link in app.get("page_link")] == ["To the hangar"]


@pytest.mark.parametrize("name", CASES)
def test_every_case_tells_its_story_and_offers_each_dial_once(drafted, name):
    """Situation, targets, and every dial at its default."""
    app, case = drafted(name), cases.load(name)
    told = says(app)
    assert case.tension in told and app.title[0].value.replace("\\", "") == case.title
    for paragraph in case.brief.strip().split("\n\n"):
        assert brief.in_prose(paragraph) in [markdown.value for markdown in app.markdown]
    for target in case.targets:
        assert words.named(target.kpi) in cells(app).replace("\\", "")
    assert not app.error
    for dial in case.design.dials():
        widget = app.get_by_key(f"dial/1/{dial.name}")
        assert widget.value == pytest.approx(dial.default) if dial.kind == "number" else widget.value == dial.default
    assert app.session_state["draft"].dials == {}
    assert says(app).count("fixed at take-off") == sum(not dial.live for dial in case.design.dials())


def test_dollars_and_stars_of_a_brief_are_text():
    shown = brief.in_prose("A *review* costs $3; a fraud $20. 2 * 3 * 4, *not\nso*, <b>![x](y)</b>")
    assert "*review*" in shown and "\\$3" in shown and "\\$20" in shown
    assert "2 \\* 3 \\* 4" in shown and "<b>" not in shown.replace("\\<b\\>", "") and "![" not in shown


def test_a_dial_that_is_turned_is_kept_and_can_be_put_back(drafted, page):
    app = drafted()
    app.get_by_key("dial/1/least").set_value(7)
    app.run()
    assert app.session_state["draft"].dials == {"least": 7}
    page("history")
    app = page("brief")  # a widget's value is lost when its page is left; the draft's is not
    assert app.get_by_key("dial/1/least").value == 7
    app = press(app, "reset/1")
    assert app.session_state["draft"].dials == {}
    assert app.get_by_key("dial/2/least").value == cases.load(CASE).design.dial("least").default


def test_the_place_that_is_looked_at_comes_first(drafted):
    case = cases.load(CASE)
    place = [p for p in case.places() if p.dials][-1]
    app = drafted(place=place.name)
    stressed = [m.value for m in app.markdown if m.value.startswith(":primary[")]
    assert stressed == [f":primary[**{place.label}**]"]
    first = next(m.value for m in app.markdown if m.value.removeprefix(":primary[").startswith("**"))
    assert place.label in first or "**" in first


# --- questions -------------------------------------------------------------------------------------------------


def test_a_question_is_answered_at_once_or_on_its_day(asking, drafted, page):
    app = drafted()
    boot = cases.load(CASE).world_setting().values()["boot"]
    assert "at $5 a piece" not in says(app) and "(takes until 2:00)" in says(app)
    app = press(app, "ask/1/0")
    assert f"{boot:g} s, at $5 a piece." in [text.value for text in app.text]
    app = press(app, "ask/1/1")
    assert "Nobody" not in says(app) and "The answer comes 2:00" in says(app)


def test_what_was_asked_is_noted_at_take_off(asking, drafted, tower):
    press(press(drafted(), "ask/1/1"), "takeoff/1")
    flight = tower.store.flights()[0]
    looks = [look.what for look in tower.store.looks(flight.id)]
    assert [look for look in looks if look.startswith("question")] == ["question:1"]


# --- a design that does not fit --------------------------------------------------------------------------------


def test_a_misfit_is_told_beside_the_button_which_then_waits(drafted, tower):
    app = drafted("drift_retraining", scenario={"world": {"history_days": 20}})
    assert len(app.error) == 1 and "window\\_days" in app.error[0].value
    assert app.get_by_key("takeoff/1").disabled
    app.get_by_key("dial/1/window_days").set_value(10)
    app.run()
    assert not app.error and not app.get_by_key("takeoff/1").disabled
    assert tower.store.flights() == []


def test_a_scenario_that_is_none_is_told_and_hides_nothing_else(drafted):
    app = drafted(scenario={"world": {"<b>$x$": 1}})
    assert len(app.error) == 1 and "world setting" in app.error[0].value


# --- the prediction --------------------------------------------------------------------------------------------


def test_a_prediction_is_about_a_real_moment_and_has_two_ends(drafted):
    app = drafted()
    assert "What will the profit be by 2\\:30?" in says(app)
    app.get_by_key("low/1").set_value(10.0)
    app.run()
    assert "two ends" in says(app) and app.get_by_key("takeoff/1").disabled
    app.get_by_key("high/1").set_value(5.0)
    app.run()
    assert "above the high one" in says(app) and app.get_by_key("takeoff/1").disabled
    app.get_by_key("high/1").set_value(50.0)
    app.run()
    assert "Predicted" in says(app) and not app.get_by_key("takeoff/1").disabled


def test_the_prediction_is_kept_with_the_flight(drafted, tower):
    app = drafted()
    app.get_by_key("low/1").set_value(10.0)
    app.get_by_key("high/1").set_value(50.0)
    app.run()
    press(app, "takeoff/1")
    (said,) = tower.store.forecasts(tower.store.flights()[0].id)
    assert (said.kpi, said.by, said.low, said.high, said.at) == ("profit", 150.0, 10.0, 50.0, 0.0)


# --- take-off --------------------------------------------------------------------------------------------------


def test_take_off_begins_the_flight_that_was_designed(drafted, tower):
    app = drafted(seed=41, level=3)
    app.get_by_key("dial/1/least").set_value(7)
    app.run()
    app = press(app, "takeoff/1")
    (flight,) = tower.store.flights()
    assert (flight.case, flight.seed, flight.mode, flight.scenario["level"]) == (CASE, 41, "training", 3)
    assert flight.plan["design"]["least"] == 7
    assert app.session_state["flight"] == flight.id


def test_pressed_twice_it_flies_once(drafted, page, tower):
    app = press(drafted(), "takeoff/1")
    first = app.session_state["flight"]
    app = press(page("brief"), "takeoff/1")  # the second click was under way while the first was handled
    assert app.session_state["flight"] == first
    assert len(tower.store.flights()) == 1


def test_another_design_of_the_same_draft_is_another_flight(drafted, page, tower):
    press(drafted(), "takeoff/1")
    app = page("brief")
    assert app.get_by_key("takeoff/1").label == "To the flight"
    app.get_by_key("dial/1/least").set_value(9)
    app.run()
    assert app.get_by_key("takeoff/1").label == "Take off"
    press(app, "takeoff/1")
    assert len(tower.store.flights()) == 2


def test_the_same_design_flies_again_when_that_is_wanted(drafted, page, tower):
    press(drafted(), "takeoff/1")
    app = press(page("brief"), "more/1")
    press(app, "takeoff/2")
    assert len(tower.store.flights()) == 2


def test_a_check_flight_counts_once(drafted, page, tower):
    app = drafted(mode="check")
    assert "no way back" in says(app)
    press(app, "takeoff/1")
    press(page("brief"), "takeoff/1")
    assert tower.store.attempts(CASE) == 1


def test_steps_that_come_along_are_flown_or_left_behind(drafted, page, tower):
    steps = {"changes": [{"at": 60.0, "dials": {"least": 9}, "why": "<b>$1 and $2</b>"}]}
    app = drafted(plan=steps)
    assert "least → 9" in says(app) and "“<b>$1 and $2</b>”" in says(app)
    press(app, "takeoff/1")
    assert tower.store.flights()[0].plan["changes"] == steps["changes"]
    app = press(page("brief"), "unstep/1")
    press(app, "takeoff/2")
    assert tower.store.flights()[0].plan["changes"] == []


def test_a_parent_that_was_deleted_meanwhile_is_left_out(drafted, tower):
    press(drafted(parent="gone"), "takeoff/1")
    assert tower.store.flights()[0].parent == ""


# --- the back of the envelope ----------------------------------------------------------------------------------


def test_the_moment_of_the_prediction_is_a_sixth_of_the_flight():
    assert pytest.approx(1 / 6) == brief_takeoff._SHARE
    case = cases.load("fraud_threshold")
    assert case.horizon * brief_takeoff._SHARE == pytest.approx(10 * 86400.0)
    assert brief_takeoff._step(case) == 1000.0


def test_nothing_is_computed_before_the_envelope_is_opened(drafted, tower):
    drafted()
    assert not any("calculate" in key for key in tower._results)


def has_station(name: str) -> bool:
    case = cases.load(name)
    return bool(case.board.station and case.board.station(case.world_setting(), case.design()))


@pytest.mark.parametrize("name", [name for name in CASES if has_station(name)])
def test_the_capacity_of_the_first_design_is_worked_out(drafted, page, name):
    app = drafted(name)
    app.session_state["envelope"] = True
    app = page("brief")
    assert not app.exception and not app.error
    case = cases.load(name)
    station = case.board.station(case.world_setting(), case.design())
    work = station.rate * station.seconds / station.servers
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Servers at work"].replace("\\", "").startswith(f"{work * 100:.1f}".removesuffix(".0"))


def test_the_map_shows_what_the_dials_are_turned_to(drafted, monkeypatch):
    """At once, not one step later; and it stands above them."""
    shown = []
    monkeypatch.setattr(brief_design, "system_map", lambda data, key: shown.append(data))
    app = drafted()
    app.get_by_key("dial/1/least").set_value(9).run()
    readings = [reading for place in shown[-1]["places"] for reading in place["readings"]]
    assert {"label": "Replicas at least", "text": "9"} in readings
    order = [type(element).__name__ + str(getattr(element, "value", "")) for element in app.main]
    assert order.index("CaptionPress a box to see what can be decided there.") < order.index("Slider9")
