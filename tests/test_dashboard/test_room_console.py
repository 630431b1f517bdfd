"""The console without a browser: the clock, what is steered and said, cards and marks - each done once, and told."""

from __future__ import annotations

import re

import pytest
from consoled import HOSTILE, SCRIPT, Seat, html, page_of, press, sent, settled
from reading import reads

from dashboard import jobs, round_jobs
from dashboard.flights import order_of
from dashboard.views import room_console_head
from simulator.rounds.script import Minutes
from simulator.rounds.standing import Clock


@pytest.fixture
def seat(tower):
    return Seat(tower)


@pytest.fixture
def in_flight(seat):
    """Return a room whose candidate has come to 150 s of the flight."""
    seat.does("interviewer", "phase", "play")
    seat.take_off()
    seat.sits_at(150.0)
    return seat


def says(app):
    return reads(app).replace("\u00a0", " ")


def toasts(app):
    return " ".join(str(toast.value) for toast in app.toast).replace("\\", "")


# --- the head ------------------------------------------------------------------------------------------------------


def test_before_the_start_the_link_for_the_candidate_stands_there(seat):
    app = page_of(seat)
    links = [code.value for code in app.code]
    assert all(link.endswith(f"/room?room={seat.room.keys['candidate']}") for link in links) and len(links) == 2
    assert "not here yet" in says(app) and "Number one" in says(app) and "45 minutes in 5 phases" in says(app)
    assert "Let them talk." in says(app)
    assert seat.room.keys["voter"] not in sent(app), "nobody votes in this round"


def test_phases_follow_each_other_each_once(seat):
    app = press(page_of(seat), "console/phase/brief")
    assert seat.deeds("phase") == [("brief", {})]
    fresh = app.get_by_key("console/phase/design")
    assert fresh.disabled, "the second half of a double click must not end a phase that has just begun"
    seat.does("interviewer", "hold", held=True)
    press(settled(app), "console/phase/design")
    assert [what for what, _ in seat.deeds("phase")] == ["brief", "design"]


def test_a_phase_without_time_is_passed_over(tower):
    seat = Seat(tower, SCRIPT.replace("[weights]", "[minutes]\nbrief = 0\ndesign = 2\n[weights]"))
    assert page_of(seat).get_by_key("console/phase/design").label == "Start: first design"


def test_the_clock_is_held_extended_and_stretched(seat):
    seat.does("interviewer", "phase", "brief")
    app = press(page_of(seat), "console/hold/False")
    assert seat.deeds("hold") == [("", {"held": True})] and "paused" in says(app)
    press(app, "console/extend/5")
    assert seat.deeds("extend") == [("brief", {"minutes": 5.0})] and "of 10 min" in says(app)
    app.get_by_key("console/extra/-1").set_value(1.25).run()
    assert seat.deeds("extra") == [("", {"factor": 1.25})]
    assert "of 11.25 min" in says(app.run())


def test_the_round_is_ended_after_a_second_word(seat):
    seat.does("interviewer", "phase", "brief")
    app = press(page_of(seat), "console/end/yes")
    assert seat.deeds("phase")[-1] == ("over", {}) and "The round is over" in says(app)


@pytest.mark.parametrize(
    ("clock", "line", "left"),
    [
        (Clock("lobby", 0.0, 0.0, False, 1.0), "45 minutes in 5 phases, from when you start", 2700.0),
        (Clock("play", 300.0, 20.0, False, 1.0), "30:00 left in all", 1800.0),
        (Clock("play", 300.0, 25.0, False, 1.25), "38:45 left in all", 2325.0),
        (Clock("play", 2000.0, 20.0, False, 1.0), "15:00 left in all", 900.0),
        (Clock("debrief", 60.0, 10.0, False, 1.0), "9:00 left in all", 540.0),
        (Clock("over", 0.0, 0.0, False, 1.0), "The round is over; what is below stays.", 0.0),
    ],
)
def test_what_is_left_of_the_round(clock, line, left):
    assert room_console_head.clock_line(clock, Minutes()) == line
    assert clock.phase == "over" or room_console_head.ends_in(clock, Minutes()) == pytest.approx(left)


# --- the candidate's screen ----------------------------------------------------------------------------------------


def test_the_candidates_screen_is_told(in_flight):
    in_flight.does("candidate", "fact", "0")
    in_flight.does("candidate", "hint", "0")
    in_flight.decides(150.0, HOSTILE, least=9)
    in_flight.sits_at(150.0, closer="latency")
    said = says(page_of(in_flight))
    assert "connected · last seen" in said and "Flight · 2:30 of 15:00 · playing at 2×" in said
    assert "Instruments: System · Closer look: Latency" in said
    assert "**2:30** Replicas at least → 9" in said
    assert HOSTILE in said and "Who pays for a lost vote?" in said and "Hints taken: 1" in said
    assert in_flight.entry().fitted.case.behaviours[0].text in said


def test_who_is_silent_for_long_is_not_connected(in_flight, monkeypatch):
    looks = type(in_flight.rooms).looks
    before = lambda self, id: {side: (screen, at - 11.0) for side, (screen, at) in looks(self, id).items()}  # noqa: E731
    monkeypatch.setattr(type(in_flight.rooms), "looks", before)
    assert re.search(r"not connected · last seen 1\d s ago", says(page_of(in_flight)))


def test_a_decision_without_a_reason_is_told_as_such(in_flight):
    in_flight.decides(150.0, "", least=9)
    assert "no reason given" in says(page_of(in_flight))


# --- what is steered -----------------------------------------------------------------------------------------------


def test_an_event_is_fired_once_whoever_presses_twice(in_flight):
    app, other = page_of(in_flight), page_of(in_flight)
    press(app, "console/fire/rush")
    press(other, "console/fire/rush")
    assert in_flight.deeds("order") == [("rush", {"do": "fire"})]
    assert app.get_by_key("console/fire/rush").disabled
    assert "ordered: fire now – takes effect on the candidate's deck" in html(app)


def test_a_console_that_is_late_is_told_and_shows_how_it_stands(in_flight):
    app, other = page_of(in_flight), page_of(in_flight)
    press(app, "console/skip/rush")
    press(other, "console/fire/rush")
    assert in_flight.deeds("order") == [("rush", {"do": "skip"})]
    assert "Somebody else was quicker" in toasts(other)
    assert "ordered: skip" in html(other)


def test_an_order_may_be_changed_until_it_takes_effect(in_flight):
    app = press(page_of(in_flight), "console/fire/rush")
    press(app, "console/skip/rush")
    assert [data["do"] for _, data in in_flight.deeds("order")] == ["fire", "skip"]
    assert "ordered: skip" in html(app)


def test_what_took_effect_is_not_offered_any_more(in_flight):
    app = press(page_of(in_flight), "console/fire/rush")
    in_flight.takes_effect("rush", 150.0)
    in_flight.sits_at(170.0)
    app = settled(app)
    assert "fired by hand" in html(app)
    assert "console/fire/rush" not in {button.key for button in app.button}


def test_an_event_is_put_off_by_a_twelfth_of_the_flight_or_to_a_moment(in_flight):
    app = press(page_of(in_flight), "console/later/late_page")
    assert in_flight.deeds("order") == [("late_page", {"do": "delay", "until": 875.0})]
    app.get_by_key("console/until/rush").set_value(600.0).run()
    press(app, "console/put off/rush")
    assert in_flight.deeds("order")[-1] == ("rush", {"do": "delay", "until": 600.0})


def test_what_belongs_to_the_case_cannot_be_steered(in_flight):
    app = page_of(in_flight)
    assert "vote" not in {button.key.rpartition("/")[2] for button in app.button if button.key}
    assert "of the case" in html(app)


def test_the_requirement_is_said_once_and_only_in_flight(seat):
    app = page_of(seat)
    assert app.get_by_key("console/require").disabled
    seat.take_off()
    press(settled(app), "console/require")
    assert seat.deeds("require") == [("", {})]
    assert "console/require" not in {button.key for button in app.button}
    assert "it is said on the candidate's deck" in html(app)


def test_a_note_goes_out_as_it_was_typed_and_once(in_flight):
    app = page_of(in_flight)
    app.get_by_key("console/text/0").set_value(HOSTILE).run()
    press(app, "console/send/0")
    assert in_flight.deeds("note") == [("", {"text": HOSTILE, "from": "The CFO"})]
    assert HOSTILE in [text.value.partition(": ")[2] for text in app.text]
    assert app.get_by_key("console/text/1").value == ""
    assert "console/send/0" not in {button.key for button in app.button}


def test_an_empty_note_is_none(in_flight):
    press(page_of(in_flight), "console/send/0")
    assert in_flight.deeds("note") == []


# --- probe cards ---------------------------------------------------------------------------------------------------


def test_a_card_lights_when_its_moment_has_come_and_not_sooner(in_flight):
    in_flight.sits_at(90.0)
    in_flight.rooms.looked(in_flight.id, "candidate", {"flight": in_flight.flight.id, "now": 90.0})
    assert "0 of 2 lit, 1 any time" not in says(page_of(in_flight)), (
        "the flight is at 150 s already: it does not go back"
    )


def test_before_its_moment_a_card_waits(seat):
    seat.take_off()
    seat.sits_at(90.0)
    app = page_of(seat)
    assert "0 of 2 lit, 1 any time" in says(app) and "waits for rate > 0 and since 100s" in says(app)
    seat.sits_at(101.0)
    app = settled(app)
    assert "1 of 2 lit, 1 any time" in says(app) and "lit since 1:40 · rate > 0 and since 100s" in says(app)


def test_a_lit_card_has_the_readings_of_this_flight_so_far(in_flight):
    app = page_of(in_flight)
    asked = jobs.flown(lambda share: None, order_of(in_flight.flight)).gauges["rate"]
    known = [value for value in asked.until(150.0).value if value is not None]
    assert f"Rate {known[-1]:.3g}/s now" in says(app)
    assert f"{min(known):.3g}/s to {max(known):.3g}/s so far" in says(app)
    later = [value for value in asked.value if value is not None]
    assert f"{max(later):.3g}/s" not in says(app), "what is known only later"


def test_a_probe_is_put_to_the_candidate_and_its_hint_given_once(in_flight):
    app = press(page_of(in_flight), "console/ask/calm")
    press(app, "console/rescue/calm")
    assert (in_flight.deeds("ask"), in_flight.deeds("rescue")) == ([("calm", {})], [("calm", {})])
    assert "console/ask/calm" not in {button.key for button in app.button}
    assert app.get_by_key("console/rescue/calm").disabled
    assert "put to the candidate, not answered yet" in says(app)


def test_a_reply_stands_on_the_card_and_is_judged_when_the_flight_is_down(in_flight):
    in_flight.does("interviewer", "ask", "calm")
    in_flight.does("candidate", "reply", "calm", words=HOSTILE, choice="the bill", number=None)
    said = says(page_of(in_flight))
    assert "answered" in said and "the bill" in said and HOSTILE in said
    assert "✓ right" not in said and "not right" not in said and "Right: " not in said


def test_anchors_and_follow_up_are_there_for_the_interviewer(in_flight):
    said = says(page_of(in_flight))
    for text in ("the queue, and what is on its way", "And if it is not?", "Look at what waits."):
        assert text in said


# --- the sheet -----------------------------------------------------------------------------------------------------


def test_a_mark_is_kept_with_its_words(in_flight):
    app = page_of(in_flight)
    app.get_by_key("console/words/serving/-1").set_value("names the queue").run()
    assert in_flight.deeds("mark") == []
    app.get_by_key("console/mark/serving/-1").set_value(4).run()
    assert in_flight.deeds("mark") == [("serving", {"mark": 4, "words": "names the queue"})]
    turn = in_flight.entry().standing.marks["serving"].turn
    assert app.get_by_key(f"console/mark/serving/{turn}").value == 4
    app.get_by_key(f"console/words/serving/{turn}").set_value("names the queue twice").run()
    assert in_flight.deeds("mark")[-1] == ("serving", {"mark": 4, "words": "names the queue twice"})
    assert len(in_flight.deeds("mark")) == 2


def test_marks_are_weighted_and_no_verdict(in_flight):
    app = page_of(in_flight)
    assert "No mark yet, of 9" in says(app)
    app.get_by_key("console/mark/serving/-1").set_value(4).run()
    app.get_by_key("console/mark/framing/-1").set_value(1).run()
    assert "Weighted mean **3.00** of 5, 2 of 9 marked" in says(app), "serving counts twice"
    assert "no verdict" in says(app)


def test_two_consoles_that_mark_at_once_make_one_mark_and_the_second_is_told(in_flight):
    app, other = page_of(in_flight), page_of(in_flight)
    app.get_by_key("console/mark/serving/-1").set_value(4).run()
    other.get_by_key("console/mark/serving/-1").set_value(2).run()
    assert in_flight.deeds("mark") == [("serving", {"mark": 4, "words": ""})]
    other.run()
    assert "Somebody else was quicker" in toasts(other)
    turn = in_flight.entry().standing.marks["serving"].turn
    assert other.get_by_key(f"console/mark/serving/{turn}").value == 4
    other.get_by_key(f"console/mark/serving/{turn}").set_value(2).run()
    assert in_flight.deeds("mark")[-1] == ("serving", {"mark": 2, "words": ""})


def test_in_flight_the_sheet_has_what_was_seen_and_heard_so_far(in_flight):
    in_flight.decides(150.0, "the vote comes", least=9)
    in_flight.decides(155.0, "", least=8)
    in_flight.does("interviewer", "rescue", "calm")
    said = says(page_of(in_flight))
    assert "1 of 2 decisions in flight came with a reason" in said
    assert "Replicas at least → 9: “the vote comes”" in said
    assert "· 1:40 · Worth asking: How do you know that it is calm?" in said
    assert "✕ Needed the hint: How do you know that it is calm?" in said


def test_private_notes_are_kept_with_their_moment(in_flight):
    app = page_of(in_flight)
    app.get_by_key("console/private/0").set_value("slow to begin").run()
    press(app, "console/keep/0")
    assert in_flight.deeds("private") == [("", {"text": "slow to begin"})]
    assert in_flight.room.deeds[-1].moment == 150.0
    assert "2:30 · slow to begin" in says(app)


# --- reloads -------------------------------------------------------------------------------------------------------


def test_all_of_it_is_there_after_a_reload(in_flight):
    app = press(press(page_of(in_flight), "console/fire/rush"), "console/ask/calm")
    app.get_by_key("console/mark/serving/-1").set_value(4).run()
    fresh = page_of(in_flight)
    turn = in_flight.entry().standing.marks["serving"].turn
    assert fresh.get_by_key(f"console/mark/serving/{turn}").value == 4
    assert "ordered: fire now" in html(fresh) and "put to the candidate" in says(fresh)
    before = len(in_flight.room.deeds)
    fresh.run()
    assert len(in_flight.room.deeds) == before, "drawing the page is no deed"


# --- after the landing ---------------------------------------------------------------------------------------------


@pytest.fixture
def landed(in_flight, monkeypatch, tower):
    """Return a room whose flight is down; the counterfactuals are not worked out, nor waited for."""
    from dashboard.flights import Asked

    monkeypatch.setattr(tower, "section", lambda owner, order, name: Asked(refused="not here"))
    in_flight.does("interviewer", "ask", "calm")
    in_flight.does("candidate", "reply", "calm", words="", choice="the bill", number=None)
    in_flight.lands(jobs.flown(lambda share: None, order_of(in_flight.flight)))
    in_flight.sits_at(900.0)
    return in_flight


def test_once_it_is_down_the_sheet_rests_on_the_run(landed):
    app = page_of(landed)
    said = says(app)
    assert "shown" in said and "✕ not right" in said and "Right: the queue." in said
    assert "Counterfactuals: 0 of 7" in said
    assert "console/fire/rush" not in {button.key for button in app.button}
    assert app.get_by_key("console/release/yes") is not None


def test_reports_are_prepared_when_asked_and_say_when_they_are_old(landed):
    app = settled(press(page_of(landed), "console/prepare"))
    keys = [button.proto.id for button in app.get("download_button")]
    assert sum("console/take/" in key for key in keys) == 6
    app.get_by_key("console/mark/serving/-1").set_value(4).run()
    assert "Something has changed since" in says(settled(app))


def test_the_release_is_asked_for_once_more(landed):
    app = page_of(landed)
    assert landed.deeds("release") == []
    press(app, "console/release/yes")
    assert landed.deeds("release") == [("", {})] and "Released: the candidate sees report and truth" in says(app)
    assert "console/release/yes" not in {button.key for button in app.button}


def test_the_room_is_deleted_with_all_that_was_kept(landed, tower):
    flight = landed.flight.id
    app = page_of(landed)
    app.get_by_key("console/delete/yes").click()
    app.run()
    assert not app.exception and tower.store.rooms.rooms() == []
    assert flight not in [one.id for one in tower.store.flights()]


def test_a_room_that_was_deleted_elsewhere_says_so(in_flight, tower):
    app = page_of(in_flight)
    tower.store.rooms.delete(in_flight.id)
    app.run()
    assert not app.exception and "opens no room here" in says(app)


# --- what a worker says of it --------------------------------------------------------------------------------------


def test_what_the_console_shows_rests_on_what_a_worker_found(in_flight):
    found = round_jobs.lit(lambda share: None, order_of(in_flight.flight), SCRIPT, False, 900.0)
    assert found["calm"] == pytest.approx(100.0, abs=1.0) and "never" not in found
