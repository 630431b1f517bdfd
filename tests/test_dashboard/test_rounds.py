"""The lobby without a browser: rounds as cards, a script of one's own, rooms opened, found again and deleted."""

from __future__ import annotations

import tomllib

import pytest
from reading import press, reads, says

import cases
from dashboard.views import rounds, rounds_known, rounds_list, rounds_offer, rounds_own
from simulator.errors import BadInput
from simulator.rounds.reading import read_script

SCRIPT = """
round = 1
title = "A storm in ten minutes"
case = "burst_storm"
kind = "warm-up"
seed = "hidden"
intro = "Be quick."

[minutes]
brief = 1
design = 2
play = 5
probes = 1.5
debrief = 0
"""


def links(app) -> list[str]:
    """Return the keys in the links that the page shows."""
    return [code.value.rsplit("room=", 1)[1] for code in app.code if "room=" in code.value]


def entered(app) -> str:
    """Return the key by which the page has gone into a room."""
    said = app.query_params["room"]
    return said if isinstance(said, str) else said[0]


@pytest.fixture
def lobby(page):
    """Return the lobby with a script of one's own on the table."""
    app = page("rounds")
    app.get_by_key("rounds/text").set_value(SCRIPT)
    return press(app, "rounds/read")


@pytest.fixture
def opened(tower):
    """Return a way to open a room, as the lobby does."""

    def open_one(token: str = "one", text: str = SCRIPT, alone: bool = False, name: str = ""):
        return tower.store.rooms.open(token, text, 4242, name=name, alone=alone)

    return open_one


# --- rounds to choose from -------------------------------------------------------------------------------------


def test_each_round_that_comes_along_is_a_card_and_fits_its_case(page):
    found, broken = rounds.shipped()
    assert len(found) >= 6 and not broken
    app = page("rounds")
    assert not app.exception and not app.error
    for offer in found:
        script = offer.script
        assert script.title in reads(app)
        told = f"{cases.load(script.case).title} · {rounds_offer.KINDS[script.kind]} · "
        assert f"{told}{rounds_offer.minutes_of(script):g} minutes" in reads(app)
        app.get_by_key(f"rounds/open/{offer.name}")
        app.get_by_key(f"rounds/alone/{offer.name}")


def test_a_round_that_cannot_be_read_hides_no_other(page, monkeypatch):
    monkeypatch.setattr(rounds._rounds, "names", lambda: ["good", "bad_<b>one"])
    monkeypatch.setattr(rounds._rounds, "text_of", lambda name: SCRIPT if name == "good" else "round = 7")
    rounds.shipped.cache_clear()
    try:
        app = page("rounds")
        app.get_by_key("rounds/open/good")
        assert "Left out, since they cannot be read" in says(app) and "<b>" not in says(app)
    finally:
        monkeypatch.undo()
        rounds.shipped.cache_clear()


def test_a_card_tells_nothing_of_what_will_happen(page):
    app = page("rounds")
    for offer in rounds.shipped()[0]:
        script = offer.script
        hidden = [script.notes, *(event.says for event in script.event), *(event.note for event in script.event)]
        asked = [script.requirement.says] if script.requirement else []
        for text in filter(None, (*hidden, *asked, *(one.question for one in script.probe))):
            assert text not in reads(app)


# --- a room is opened ------------------------------------------------------------------------------------------


def test_a_room_has_a_link_for_each_side(lobby, tower):
    app = press(lobby, "rounds/open/own")
    app.get_by_key("rounds/name").set_value("  Monday,\t10:00 ")
    app = press(app, "rounds/make")
    room = tower.store.rooms.rooms()[0]
    assert room.name == "Monday, 10:00" and not room.alone and room.script == SCRIPT
    assert links(app) == [room.keys["candidate"], room.keys["interviewer"]]
    assert "Whoever has a link has that side" in reads(app)


def test_a_group_has_one_for_those_who_vote(page, tower):
    app = page("rounds")
    app.get_by_key("rounds/text").set_value(SCRIPT.replace("warm-up", "group"))
    app = press(press(press(app, "rounds/read"), "rounds/open/own"), "rounds/make")
    assert set(links(app)) == set(tower.store.rooms.rooms()[0].keys.values())


def test_pressed_twice_it_is_one_room_and_after_done_another(lobby, tower):
    app = press(press(lobby, "rounds/open/own"), "rounds/make")
    room = tower.store.rooms.rooms()[0]
    token = next(value for what, value in app.session_state["tokens"].items() if what.startswith("room/"))
    assert tower.store.rooms.open(token, SCRIPT, 1).id == room.id
    app = press(press(press(app, "rounds/done"), "rounds/open/own"), "rounds/make")
    assert len(tower.store.rooms.rooms()) == 2
    assert links(app) == [tower.store.rooms.rooms()[0].keys[side] for side in ("candidate", "interviewer")]
    assert links(press(app, "rounds/done")) == []


def test_alone_one_goes_to_the_room_at_once_and_another_time_to_another(lobby, tower):
    app = press(lobby, "rounds/alone/own")
    room = tower.store.rooms.rooms()[0]
    assert room.alone and entered(app) == room.keys["candidate"]


def test_alone_it_is_the_same_room_until_something_is_done_in_it(tower, app):
    offer = rounds_offer.offered("own", SCRIPT)
    first = rounds_offer.alone(offer)
    assert rounds_offer.alone(offer).id == first.id
    tower.store.rooms.do(first.id, "begin", "phase", "brief", who="candidate")
    second = rounds_offer.alone(offer)
    assert second.id != first.id and rounds_offer.alone(offer).id == second.id


def test_seeds_are_the_scripts_or_of_each_room(tower, app):
    own = rounds_offer.offered("own", SCRIPT.replace('"hidden"', "77"))
    assert rounds_offer.opened(own, "").seed == 77
    for kind in ("hidden", "room"):
        offer = rounds_offer.offered("own", SCRIPT.replace("hidden", kind))
        assert len({rounds_offer.opened(offer, f"{kind} {n}").seed for n in range(20)}) == 20


# --- a script of one's own -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "There is nothing in it"),
        ("round = 1\ntitle = <b>", "round"),
        (SCRIPT.replace("burst_storm", "burst_strom"), "burst_storm"),
        (SCRIPT.replace("play = 5", "play = -5"), "play"),
        ("# " + "x" * rounds_own.MOST_BYTES, "at most 262144"),
    ],
)
def test_what_is_wrong_with_a_script_is_told_in_one_line(page, text, told):
    app = page("rounds")
    app.get_by_key("rounds/text").set_value(text)
    app = press(app, "rounds/read")
    assert len(app.error) == 1 and told.lower() in reads(app).lower()
    assert "\n" not in app.error[0].value and "<b>" not in app.error[0].value
    assert not [button for button in app.button if button.key == "rounds/open/own"]


def test_bytes_are_read_whatever_they_are_called():
    assert rounds_own.text_of("\ufeffround = 1".encode()) == "round = 1"
    with pytest.raises(BadInput, match="no text"):
        rounds_own.text_of(b"\xff\xfe\x00PK")
    with pytest.raises(BadInput, match="too long: 262146 bytes"):
        rounds_own.text_of("é" * (rounds_own.MOST_BYTES // 2 + 1))


def test_words_of_a_script_stay_text(page):
    app = page("rounds")
    app.get_by_key("rounds/text").set_value(SCRIPT.replace("A storm in", "<img src=x> $1 **b** [l](javascript:x)"))
    app = press(app, "rounds/read")
    assert "\\[l\\]" in says(app) and "**b**" not in says(app)


def test_from_scratch_comes_the_script_that_was_chosen(page):
    app = page("rounds")
    app.get_by_key("rounds/case").set_value("burst_storm").run()
    app.get_by_key("rounds/level/burst_storm").set_value(3)
    app.get_by_key("rounds/title").set_value('Say "hi" \\ \x7f 😀')
    app.get_by_key("rounds/minutes/play").set_value(12.5)
    app.get_by_key("rounds/hints").set_value("asked")
    app.get_by_key("rounds/luck").set_value("number")
    app.run()
    app.get_by_key("rounds/number").set_value(99)
    app = press(app, "rounds/build")
    script = read_script(next(code.value for code in app.code if "round = 1" in code.value))
    assert (script.case, script.scenario["level"], script.title) == ("burst_storm", 3, 'Say "hi" \\ 😀')
    assert (script.minutes.play, script.minutes.brief, script.hints, script.seed) == (12.5, 5, "asked", 99)


@pytest.mark.parametrize("seed", ["room", "hidden", 12])
def test_the_text_from_scratch_is_toml(seed):
    text = rounds_own.script_text("burst_storm", 2, "\n\u2028 a\ttitle", {"brief": 0.5}, "none", seed)
    assert tomllib.loads(text)["seed"] == seed and tomllib.loads(text)["title"] == "a title"


# --- coming in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["{}", " https://e.org/a/room?room={} ", "/room?room={}&x=1", "room?a=1&room={}#top"])
def test_a_link_or_its_key_is_read(form):
    assert rounds_known.key_in(form.format("0123abcd")) == "0123abcd"


@pytest.mark.parametrize("said", ["", "not a key!", "room=", "x" * 3000, "<b>$x$", "é"])
def test_nonsense_is_no_key(said):
    with pytest.raises(BadInput, match="holds no key of a room"):
        rounds_known.key_in(said)


def test_a_link_leads_in_and_a_key_of_nothing_nowhere(page, opened):
    room = opened()
    app = page("rounds")
    for said in ("<b>no", "0" * 32):
        app.get_by_key("rounds/link").set_value(said)
        app = press(app, "rounds/enter")
        assert len(app.error) == 1 and "room" not in app.query_params and "<b>" not in says(app)
    app.get_by_key("rounds/link").set_value(f"https://e.org/room?room={room.keys['interviewer']}")
    app = press(app, "rounds/enter")
    assert entered(app) == room.keys["interviewer"]


# --- rooms that there are --------------------------------------------------------------------------------------


def rows(app) -> list[str]:
    return [button.key.removeprefix("rounds/go/") for button in app.button if str(button.key).startswith("rounds/go/")]


def test_on_ones_own_machine_all_rooms_are_listed(page, opened, tower):
    first, second = opened("one", name="Ada"), opened("two", alone=True)
    tower.store.rooms.do(first.id, "begin", "phase", "brief", who="interviewer")
    app = page("rounds")
    assert rows(app) == [second.id, first.id]
    assert "**A storm in ten minutes** · Ada" in reads(app) and "warm-up · brief" in reads(app)
    assert "alone · not begun" in reads(app)
    assert not [key for room in (first, second) for key in room.keys.values() if key in says(app)]
    app = press(app, f"rounds/go/{first.id}")
    assert entered(app) == first.keys["interviewer"]


def test_links_are_shown_again_when_asked_for(page, opened):
    room = opened()
    app = page("rounds")
    assert links(app) == []
    assert links(press(app, f"rounds/show/{room.id}")) == [room.keys["candidate"], room.keys["interviewer"]]


def test_on_a_shared_server_only_rooms_of_this_session(page, opened, monkeypatch):
    monkeypatch.setenv("WINDTUNNEL_SHARED", "1")
    mine, other = opened("one", name="Ada"), opened("two")
    app = page("rounds")
    assert rows(app) == []
    app.get_by_key("rounds/link").set_value(mine.keys["candidate"])
    press(app, "rounds/enter")
    app = page("rounds")
    assert rows(app) == [mine.id] and other.id not in says(app)
    assert "Ada" not in reads(app)  # what the interviewer calls it
    assert not [button for button in app.button if button.key == f"rounds/delete/yes/{mine.id}"]


def test_who_sits_in_a_round_as_the_candidate_finds_no_console(page, opened, tower):
    room, other = opened("one"), opened("two")
    app = page("rounds")
    app.get_by_key("rounds/link").set_value(room.keys["candidate"])
    press(app, "rounds/enter")
    app = page("rounds")
    assert rows(app) == [room.id]
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert rows(page("rounds")) == [other.id, room.id]


def test_deleting_asks_once_more_and_takes_all_along(page, opened, tower):
    room, other = opened("one"), opened("two")
    case = cases.load("burst_storm")
    _, flight = tower.store.rooms.take_off(room.id, "up", case, case.plan())
    app = press(page("rounds"), f"rounds/delete/yes/{room.id}")
    assert rows(app) == [other.id]
    with pytest.raises(BadInput):
        tower.store.flight(flight.id)
    app.get_by_key(f"rounds/delete/yes/{other.id}")


def test_a_room_whose_case_has_changed_can_still_be_deleted(page, opened, tower):
    room = opened("one", text=SCRIPT.replace("burst_storm", "no_such_case"))
    app = page("rounds")
    assert not app.exception and "no_such_case" in reads(app)
    press(app, f"rounds/delete/yes/{room.id}")
    assert tower.store.rooms.rooms() == []


@pytest.mark.parametrize(
    ("deeds", "told"),
    [
        ([], "not begun"),
        ([("phase", "play", {})], "play"),
        ([("phase", "play", {}), ("hold", "", {"held": True})], "play, paused"),
        ([("phase", "over", {})], "over, not released"),
        ([("phase", "over", {}), ("release", "", {})], "released"),
    ],
)
def test_how_far_a_room_is(opened, tower, deeds, told):
    room = opened()
    for number, (kind, what, data) in enumerate(deeds):
        room = tower.store.rooms.do(room.id, f"deed{number}", kind, what, who="interviewer", data=data)
    assert rounds_list.told(rounds_known.stands(room)) == told
