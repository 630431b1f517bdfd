"""A candidate's side of a room without a browser: phase by phase, interviewed and alone, and nothing too soon."""

from __future__ import annotations

import json
import re

import pytest
from reading import click, press, reads, says
from scripted import SCRIPT, SECRETS, SEED, Interviewer

from dashboard.views import room_candidate_after, room_strip
from simulator.record import Answer
from simulator.rounds.standing import Clock

DONE = ("replicas", "too dear, at <b>$5</b>")


@pytest.fixture
def room(tower):
    """Return a room with an interviewer."""
    return tower.store.rooms.open("t1", SCRIPT, SEED)


@pytest.fixture
def alone(tower):
    """Return a room without one."""
    return tower.store.rooms.open("t2", SCRIPT, SEED, alone=True)


@pytest.fixture
def interviewer(tower, room):
    """Return who sits on the other side."""
    return Interviewer(tower, room)


@pytest.fixture
def sits(page):
    """Return a way to come into a room as its candidate."""

    def come(room):
        app = page("room", room=room.keys["candidate"])
        assert not app.exception and not app.error
        return app

    return come


@pytest.fixture
def flies(sits, interviewer, tower):
    """Return a way into the flight of a room."""

    def up(room):
        interviewer.does("phase", "design")
        app = press(sits(room), "takeoff/1")
        interviewer.does("phase", "play")
        return settled(app)

    return up


def settled(app):
    """Draw the page until nothing is computed any more."""
    for _ in range(40):
        app.run()
        assert not app.exception
        if not [bar for bar in app.get("progress") if "omputing" in bar.proto.text or "Looking" in bar.proto.text]:
            return app
    raise AssertionError("it is computed for ever")


def flight_of(tower, room):
    """Return the flight of *room*."""
    return tower.store.flight(tower.store.rooms.room(room.id).flight)


def deck(app) -> dict:
    """Return what the strip above the flight was sent."""
    return json.loads(next(e for e in app.get("bidi_component")).proto.json)


def buttons(app) -> set[str]:
    """Return what can be pressed."""
    return {button.label for button in app.button if not button.disabled}


def tells(app) -> str:
    """Return what a page says; a blank that keeps a number and its unit together is one like others."""
    return reads(app).replace("\u00a0", " ")


def sent(app) -> str:
    """Return all that a page was sent, in one text."""

    def walk(node):
        yield str(getattr(node, "proto", ""))
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return "\n".join(walk(app._tree))


def leaked(app) -> list[str]:
    """Return which secrets of the script a page was sent."""
    return [secret for secret in (*SECRETS, "-12345") if secret in sent(app)]


# --- the way in ------------------------------------------------------------------------------------------------


def test_without_a_key_it_says_how_to_get_in(page, room):
    app = page("room")
    assert not app.exception and "by the link that you were given" in says(app)
    app.get_by_key("room/link").set_value(f"https://example.org/room?room={room.keys['candidate']}")
    press(app, "room/enter")
    assert "A storm, by script" in reads(app)
    assert app.query_params["room"] in (room.keys["candidate"], [room.keys["candidate"]])


@pytest.mark.parametrize("key", ["0" * 32, "../../etc", "x" * 5000, "a b"])
def test_a_key_that_opens_nothing_is_told_and_no_dead_end(page, key):
    app = page("room", room=key)
    assert not app.exception and len(app.error) == 1
    assert app.get_by_key("room/link").value == "" and "room" not in app.query_params
    assert not page("room").error


def test_what_is_typed_and_is_no_key_is_told(page):
    app = page("room")
    app.get_by_key("room/link").set_value("<b>no</b>")
    press(app, "room/enter")
    assert len(app.error) == 1 and "<b>" not in app.error[0].value


def test_a_room_that_was_deleted_is_told(sits, room, tower):
    app = sits(room)
    tower.store.rooms.delete(room.id)
    app.run()
    assert not app.exception and "opens no room" in app.error[0].value.replace("\\", "")


# --- before the flight -----------------------------------------------------------------------------------------


def test_the_lobby_tells_what_will_happen_and_waits(sits, room):
    app = sits(room)
    said = tells(app)
    assert "*Fifteen minutes*, one vote for $5." in said and "seed hidden until the end" in said
    assert "**Flight** · 20 min" in said and "45 minutes in all" in said
    assert "begins when your interviewer starts it" in said and "Start" not in buttons(app)
    assert not leaked(app)


def test_the_page_follows_the_interviewer(sits, room, interviewer):
    app = sits(room)
    for phase, sign in (("brief", "The situation"), ("design", "Your first design"), ("over", "The round is over")):
        interviewer.does("phase", phase)
        assert sign in reads(app.run()), phase
        assert not app.exception and not leaked(app)


def test_the_strip_tells_the_clock_pauses_and_extra_time(sits, room, interviewer):
    interviewer.does("phase", "brief")
    app = sits(room)
    assert "left** of 5 min" in tells(app) and "Brief and questions · then first design, 5 min" in tells(app)
    interviewer.does("extra", factor=1.5)
    interviewer.does("hold", held=True)
    assert "of 7.5 min" in tells(app.run()) and "paused" in reads(app) and "extra time ×1.5" in reads(app)
    interviewer.does("extend", "brief", minutes=-10.0)
    assert "**over by 0:0" in reads(app.run())


@pytest.mark.parametrize(
    ("gone", "said"),
    [(0.0, "**5:00 left** of"), (59.0, "**4:01 left**"), (299.5, "**0:00 left**"), (341.0, "**over by 0:41** of")],
)
def test_a_clock_in_words(gone, said):
    assert said in room_strip.told(Clock("play", gone, 5.0, False, 1.0))


def test_facts_are_noted_and_late_answers_come_late(sits, room, interviewer, tower):
    interviewer.does("phase", "brief")
    app = sits(room)
    assert "$912" not in sent(app) and "The broadcaster" not in sent(app)
    places = sorted(  # the last two are of the script
        int(b.key.rsplit("/", 1)[1]) for b in app.button if b.key.startswith("room/ask/")
    )
    press(app, f"room/ask/{places[-2]}")
    assert "The broadcaster, $5 each." in reads(app)
    press(app, f"room/ask/{places[-1]}")
    assert "The answer comes 2:00" in reads(app) and "912" not in sent(app)
    press(app, "room/ask/0")
    assert tower.store.rooms.room(room.id).deeds[-1].what == "1"
    assert {deed.what for deed in tower.store.rooms.room(room.id).deeds if deed.kind == "fact"} == {"0", "1"}
    interviewer.does("phase", "design")
    press(app.run(), "takeoff/1")
    looks = [look.what for look in tower.store.looks(flight_of(tower, room).id)]
    assert looks == ["question:0"], "those of the case are noted with the flight, as everywhere"
    tower.store.reach(flight_of(tower, room).id, 130.0)
    interviewer.does("phase", "play")
    assert "It was $912." in reads(settled(app))


def test_hints_are_taken_one_at_a_time(sits, room, interviewer, tower):
    interviewer.does("phase", "brief")
    app = sits(room)
    texts = [shown.text for shown in _case().behaviours]
    assert not [text for text in texts if text in says(app)]
    press(app, "room/hint/0")
    assert [text for text in texts if text in says(app)] == texts[:1]
    assert "Hints taken: 1" in [expander.label for expander in app.expander]
    assert [(d.kind, d.what) for d in tower.store.rooms.room(room.id).deeds][-1] == ("hint", "0")


@pytest.mark.parametrize(("policy", "there"), [("none", False), ("free", True)])
def test_no_hints_or_all_of_them(sits, tower, policy, there):
    room = tower.store.rooms.open("t3", SCRIPT.replace('hints = "asked"', f'hints = "{policy}"'), SEED)
    Interviewer(tower, room).does("phase", "brief")
    app = sits(room)
    assert (_case().behaviours[0].text in says(app)) is there
    assert not [b for b in app.button if b.label == "Take a hint"]


def _case():
    import cases

    return cases.load("burst_storm")


def test_a_design_is_kept_on_the_other_side_until_take_off(sits, room, interviewer, tower):
    interviewer.does("phase", "design")
    app = sits(room)
    app.get_by_key("dial/1/least").set_value(7)
    app.get_by_key("low/1").set_value(10.0)
    app.get_by_key("high/1").set_value(50.0)
    app.run()
    app.run()
    screen = tower.store.rooms.looks(room.id)["candidate"][0]
    assert (screen["phase"], screen["dials"], screen["forecast"]) == ("design", {"least": 7}, [10.0, 50.0])


def test_a_design_comes_back_after_a_reload(sits, room, interviewer, tower):
    interviewer.does("phase", "design")
    screen = {"dials": {"least": 7, "nothing": 3, "most": "x"}, "forecast": [10.0, 50.0], "asked": [0, "x"]}
    tower.store.rooms.looked(room.id, "candidate", screen)
    app = sits(room)
    assert app.get_by_key("dial/1/least").value == 7 and app.get_by_key("high/1").value == 50.0
    press(app, "takeoff/1")
    flight = flight_of(tower, room)
    assert flight.plan["design"]["least"] == 7
    assert [(f.low, f.high) for f in tower.store.forecasts(flight.id)] == [(10.0, 50.0)]


def test_all_dials_back_stays_in_the_room(sits, room, interviewer):
    interviewer.does("phase", "design")
    app = sits(room)
    app.get_by_key("dial/1/least").set_value(7)
    app.run()
    press(app, "reset/1")
    assert app.get_by_key("dial/2/least").value == 4
    assert "draft" not in app.session_state, "the seed of the room stands in no draft that another page shows"


def test_after_take_off_it_waits_for_the_interviewer(sits, room, interviewer, tower):
    interviewer.does("phase", "design")
    app = sits(room)
    app.get_by_key("dial/1/least").set_value(7)
    app.run()
    press(app, "takeoff/1")
    assert "Your design is set" in "".join(e.value for e in app.success)
    assert "Replicas at least → 7" in says(app) and "starts it" in says(app)
    assert flight_of(tower, room).mode == "check" and not leaked(app)


def test_who_has_not_taken_off_when_the_flight_begins_is_told(sits, room, interviewer):
    interviewer.does("phase", "play")
    app = sits(room)
    assert "has begun without you" in says(app)
    press(app, "takeoff/1")
    assert "Play" in buttons(settled(app))


# --- the flight ------------------------------------------------------------------------------------------------


def test_the_deck_is_that_of_a_check_flight_and_tells_nothing_more(flies, room, tower):
    app = flies(room)
    assert {"Play", "Next event", "Next checkpoint", "Land", "Turn"} <= buttons(app) and "Back" not in buttons(app)
    assert deck(app)["now"] == 0.0 and not leaked(app)
    screen = tower.store.rooms.looks(room.id)["candidate"][0]
    assert (screen["panel"], screen["playing"], screen["speed"]) == ("business", False, 1.0)
    assert screen["flight"] == flight_of(tower, room).id


def test_what_is_ordered_takes_effect_from_where_the_deck_stands(flies, room, interviewer, tower):
    app = click(flies(room), "Next checkpoint")
    interviewer.does("order", "planted_burst", do="fire")
    app = settled(app)
    flight = flight_of(tower, room)
    assert flight.version == 1 and flight.scenario["when"]["planted_burst"] == "since 15s"
    assert deck(app)["now"] == 15.0 and not leaked(app)


def test_the_requirement_is_announced_when_it_took_effect(flies, room, interviewer, tower):
    app = flies(room)
    assert "The CFO writes" not in sent(app)
    interviewer.does("require")
    app = settled(app)
    said = reads(app)
    assert "[eight](javascript:alert(1)) replicas at rest, *no more*" in said and "](java" not in says(app)
    assert "Profit: at least $104 over the whole flight (it was $120)" in said
    assert "Replicas at least: at most 8, by 0:30 at the latest" in said
    assert any(e.label.startswith("Something else is asked of you") and e.proto.expanded for e in app.expander)
    hints = [tile["hint"] for tile in deck(app)["tiles"] if tile["name"] == "profit"]
    assert hints == ["asked for: $104, when all that is owed is settled"]


def test_what_is_said_by_the_script_halts_the_deck(page, tower, sits):
    """However one leaps: no button leads behind the moment."""
    room = tower.store.rooms.open("t3", SCRIPT.replace('at = "5m"\nwhen = "by hand"\n', 'at = "5m"\n', 1), SEED)
    other = Interviewer(tower, room)
    other.does("phase", "design")
    app = press(sits(room), "takeoff/1")
    other.does("phase", "play")
    app = settled(click(settled(app), "Land"))
    assert deck(app)["now"] == 300.0 and "The CFO writes" in says(app)
    assert tower.store.rooms.room(room.id).deeds[-1].moment == 300.0
    assert deck(settled(click(app, "Land")))["now"] == 900.0


def test_a_decision_does_not_suffer_from_what_was_ordered_meanwhile(flies, room, interviewer, tower):
    app = flies(room)
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    next(a for a in app.text_area if a.label == "Why?").set_value("it is dear")
    interviewer.does("order", "planted_burst", do="fire")
    app = settled(click(app, "Turn"))
    (change,) = flight_of(tower, room).plan["changes"]
    assert change["dials"] == {"least": 9} and change["why"] == "it is dear" and not app.error
    assert flight_of(tower, room).version == 2


def test_a_decision_in_another_tab_is_told_of(flies, room, interviewer, tower):
    from simulator.plan import Change

    app = flies(room)
    next(s for s in app.slider if "Replicas at least" in s.label).set_value(9)
    tower.store.decide(flight_of(tower, room).id, 0, "other-tab", Change(0.0, {"least": 6}, "quicker"))
    app = settled(click(app, "Turn"))
    assert [change["dials"] for change in flight_of(tower, room).plan["changes"]] == [{"least": 6}]


def test_the_deck_stands_while_the_round_is_paused(flies, room, interviewer):
    app = flies(room)
    interviewer.does("hold", held=True)
    assert not {"Play", "Land", "Next event"} & buttons(app.run())
    interviewer.does("hold", held=False)
    assert {"Play", "Land", "Next event"} <= buttons(app.run())


def test_who_comes_back_is_where_they_were(flies, room, tower, sits, page):
    app = flies(room)
    tower.store.reach(flight_of(tower, room).id, 225.0)
    assert deck(app.run())["now"] == 225.0


def test_notes_stay_and_the_newest_is_open(flies, room, interviewer):
    app = flies(room)
    interviewer.does("note", text="Mind the **time** [x](y)", **{"from": "the CTO"})
    interviewer.does("note", moment=12.0, text="And the money")
    app.run()
    assert "Mind the **time** [x](y)" in [text.value for text in app.text]
    shown = {e.label.replace("\\", ""): e.proto.expanded for e in app.expander if "brief" not in e.label}
    assert shown["A note from your interviewer · 0:12"] and not shown["The CTO"]
    assert len(app.toast) == 2
    assert not app.run().toast, "it is announced once"


def test_who_comes_back_is_not_told_of_old_notes(sits, room, interviewer):
    interviewer.does("note", text="long ago")
    app = sits(room)
    assert "long ago" in says(app) and not app.toast


def test_a_flight_that_is_down_shows_no_truth(flies, room, tower):
    app = settled(click(flies(room), "Land"))
    assert flight_of(tower, room).status == "landed"
    said = reads(app)
    assert "What really happened, and the score, come with the debrief" in said and not leaked(app)
    assert not app.get("page_link") and "Export" not in [b.proto.label for b in app.get("download_button")]


def test_a_vote_is_told_of_and_not_how_it_goes(sits, tower):
    room = tower.store.rooms.open("t3", SCRIPT.replace("hints =", 'kind = "group"\nhints =', 1), SEED)
    other = Interviewer(tower, room)
    other.does("phase", "brief")
    other.does("vote", "1", open=True)
    ballot = {"choice": "PLANTED choice", "why": "PLANTED why"}
    tower.store.rooms.do(room.id, "vote-1", "ballot", "1/somebody", who="voter", data=ballot)
    app = sits(room)
    assert "The group votes on the next decision" in says(app) and not leaked(app)
    other.does("vote", "1", open=False)
    assert "The group votes on the next decision" not in says(app.run())


# --- probes ----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(flies, interviewer):
    """Return a way to the probes of a flight that is down."""

    def down(room):
        app = settled(click(flies(room), "Land"))
        interviewer.does("phase", "probes")
        return settled(app)

    return down


def test_probes_whose_conditions_held_are_put_without_their_answers(asked, room):
    app = asked(room)
    said = reads(app)
    assert "Why did you not buy more replicas?" in said and "And how sure are you?" in said and "1 of 2" in said
    assert not leaked(app), "neither anchors nor conditions"
    assert app.get_by_key(f"choice/room/{room.id}/own_probe").options == ["replicas", "lost votes"]


def answer(app, room, choice, words):
    """Answer the first probe."""
    app.get_by_key(f"choice/room/{room.id}/own_probe").set_value(choice)
    app.get_by_key(f"words/room/{room.id}/own_probe").set_value(words)
    return press(app, f"commit/room/{room.id}/own_probe")


def test_an_answer_is_kept_once_and_not_graded(asked, room, tower):
    app = answer(asked(room), room, *DONE)
    (reply,) = [deed for deed in tower.store.rooms.room(room.id).deeds if deed.kind == "reply"]
    assert (reply.what, reply.data["choice"], reply.data["words"]) == ("own_probe", *DONE)
    app.run()
    assert tower.store.answers(flight_of(tower, room).id) == [Answer("own_probe", *DONE[:1], None, DONE[1])]
    assert DONE[1] in [text.value for text in app.text] and not app.success and not leaked(app)
    assert "1 of 2 answered" in [bar.proto.text for bar in app.get("progress")]


def test_an_empty_answer_is_none(asked, room, tower):
    app = press(asked(room), f"commit/room/{room.id}/own_probe")
    assert "There is nothing in it yet" in says(app)
    assert not [deed for deed in tower.store.rooms.room(room.id).deeds if deed.kind == "reply"]


def test_another_tab_that_was_quicker_stands(asked, room, tower):
    app = asked(room)
    app.get_by_key(f"words/room/{room.id}/own_probe").set_value("second")
    data = {"words": "first", "choice": "", "number": None}
    tower.store.rooms.do(room.id, "other-tab", "reply", "own_probe", who="candidate", data=data)
    press(app, f"commit/room/{room.id}/own_probe")
    app.run()
    replies = [deed.data["words"] for deed in tower.store.rooms.room(room.id).deeds if deed.kind == "reply"]
    assert replies == ["first"] and "first" in [text.value for text in app.text]


def test_what_the_interviewer_asks_comes_first_with_the_hint_that_was_given(asked, room, interviewer):
    app = asked(room)
    assert "Think of the queue" not in sent(app)
    interviewer.does("ask", "late_probe")
    interviewer.does("rescue", "own_probe")
    app = settled(app)
    captions = [c.value.replace("\\", "") for c in app.caption if "·" in c.value]
    assert captions.index("Your interviewer asks · Monitoring and incidents") < captions.index(
        "2 of 2 · Serving and latency"
    )
    assert "Think of the queue." in reads(app)


def test_what_is_asked_in_the_air_gets_its_check_after_the_landing(flies, room, interviewer, tower):
    app = flies(room)
    interviewer.does("ask", "own_probe")
    app.run()
    assert "Why did you not buy more replicas?" in reads(app) and "What cost most?" not in sent(app)
    app.get_by_key(f"words/room/{room.id}/own_probe").set_value("too dear")
    press(app, f"commit/room/{room.id}/own_probe")
    assert not app.run().exception and "Answered: 1" in [e.label for e in app.expander]
    app = settled(click(app, "Land"))
    interviewer.does("phase", "probes")
    app = settled(app)
    assert not tower.store.answers(flight_of(tower, room).id), "its check is still to come"
    before = answered(app)
    app.get_by_key(f"choice/room/{room.id}/own_probe").set_value("lost votes")
    press(app, f"commit/room/{room.id}/own_probe")
    app.run()
    assert tower.store.answers(flight_of(tower, room).id) == [Answer("own_probe", "lost votes", None, "too dear")]
    assert (before, answered(app)) == (0, 1), "half an answer is none"


def answered(app) -> int:
    """Return how many probes are answered, as the bar above them says."""
    return next(
        int(found[1]) for bar in app.get("progress") if (found := re.match(r"(\d+) of \d+ ans", bar.proto.text))
    )


def test_who_is_still_in_the_air_is_brought_down(flies, room, interviewer, tower):
    app = flies(room)
    interviewer.does("phase", "probes")
    app.run()
    assert "still in the air" in says(app)
    press(app, f"room/land/{flight_of(tower, room).id}")
    app = settled(app)
    flight = flight_of(tower, room)
    assert flight.status == "landed" and flight.furthest == 900.0 and "Why did you not" in reads(app)


# --- the end ---------------------------------------------------------------------------------------------------


def test_nothing_is_open_before_the_release_and_all_of_it_after(asked, room, interviewer, tower, monkeypatch):
    app = asked(room)
    interviewer.does("mark", "serving", mark=4, words="PLANTED mark")
    interviewer.does("phase", "debrief")
    app.run()
    assert "has the sheet" in says(app) and not app.get("page_link") and not app.get("download_button")
    assert not leaked(app)
    reports = []
    monkeypatch.setattr(tower, "section", lambda *more: _nothing())
    monkeypatch.setattr(tower, "brought", lambda owner, job, *more: reports.append(more) or _report())
    interviewer.does("release")
    app.run()
    assert not app.exception and f"The seed was {SEED}" in reads(app)
    flight = flight_of(tower, room)
    assert [link.proto.query_string for link in app.get("page_link")] == [f"flight={flight.id}"] * 3
    assert [button.proto.label for button in app.get("download_button")] == ["Your report", "The round as data"]
    (_, played, known, sides), *_ = reports
    assert sides == ("candidate",) and not known
    assert not played.name and not [deed for deed in played.deeds if deed.kind == "private"]
    assert [deed.kind for deed in played.deeds].count("mark") == 1  # the report goes by it, and shows it to nobody
    assert "mark" not in [deed.kind for deed in room_candidate_after._unmarked(played).deeds]


def _nothing():
    from dashboard.flights import Asked

    return Asked(refused="not now")


def _report():
    from dashboard.flights import Asked

    return Asked({"candidate.html": "<p>a report</p>"})


def test_a_round_without_a_flight_ends_in_a_sentence(sits, room, interviewer):
    interviewer.does("phase", "probes")
    assert "There was no take-off" in says(sits(room))
    interviewer.does("phase", "over")
    interviewer.does("release")
    assert "never came down" in says(sits(room))


# --- alone -----------------------------------------------------------------------------------------------------


def test_alone_one_moves_the_round_on(sits, alone, tower, page):
    app = sits(alone)
    assert "Start" in buttons(app)
    press(app, "room/start")
    assert "The situation" in reads(app)
    assert app.get_by_key("room/next/design").disabled, "a double click ends no phase that has just begun"


def phases(tower, room) -> list[str]:
    """Return the phases that were begun."""
    return [deed.what for deed in tower.store.rooms.room(room.id).deeds if deed.kind == "phase"]


@pytest.fixture
def ahead(monkeypatch):
    """Return a way to let the clock of the wall run on."""
    import time

    gone = [0.0]
    clock = time.time
    monkeypatch.setattr("dashboard.rooms.time.time", lambda: clock() + gone[0])

    def run_on(seconds: float) -> None:
        gone[0] += seconds

    return run_on


def test_alone_a_whole_round(sits, alone, tower, ahead, monkeypatch):
    app = press(sits(alone), "room/start")
    ahead(400.0)
    assert "over by" in reads(app.run()) and "go on when you are ready" in says(app)
    press(app, "room/next/design")
    assert "The flight begins when you take off" in says(app)
    app = settled(press(app, "takeoff/1"))
    assert phases(tower, alone) == ["brief", "design", "play"] and "Play" in buttons(app)
    assert "Next: probes" not in buttons(app), "the flight is flown to its end"
    ahead(4000.0)
    assert "Next: probes" not in buttons(app.run())
    app = settled(click(app, "Land"))
    assert deck(app)["now"] == 300.0 and "The CFO writes" in says(app)
    app = settled(click(app, "Land"))
    app = settled(press(app, "room/next/probes"))
    assert "2 questions will stay without an answer" in says(app) and not leaked(app)
    for name in ("own_probe", "late_probe"):
        app.get_by_key(f"words/room/{alone.id}/{name}").set_value("because")
        app = settled(press(app, f"commit/room/{alone.id}/{name}"))
    assert "without an answer" not in says(app)
    monkeypatch.setattr(tower, "section", lambda *more: _nothing())
    monkeypatch.setattr(tower, "brought", lambda *more: _report())
    press(app, "room/release")
    assert phases(tower, alone)[-1] == "debrief" and "all of it is open to you" in "".join(e.value for e in app.success)


def test_alone_one_may_take_extra_time_and_pause(sits, alone, tower):
    app = sits(alone)
    app.get_by_key("room/extra/-1").set_value(1.5).run()
    assert "**Flight** · 30 min" in tells(app)
    press(app, "room/start")
    assert "of 7.5 min" in tells(app)
    press(app, "room/hold/False")
    assert "paused" in reads(app) and "Go on" in buttons(app)
    press(app, "room/hold/True")
    assert "paused" not in reads(app)


# --- beside the room -------------------------------------------------------------------------------------------


def test_the_way_into_the_room_is_shown_to_who_has_a_key(sits, room, page):
    assert _shown(page("hangar"))["Room"] is False
    sits(room)
    assert _shown(page("hangar"))["Room"] is True


def _shown(app) -> dict[str, bool]:
    """Return the pages by title, and whether the navigation shows them."""
    pages = app.session_state["kept/pages"].values()
    return {page.title: page.visibility == "visible" for page in pages}
