"""A flight of a round that is not released: no other page tells of it, its seed least of all."""

from __future__ import annotations

import pytest
from reading import reads

import cases
from dashboard import exports
from dashboard.views import compare_arms
from simulator.errors import BadInput

SCRIPT = """
round = 1
title = "A storm"
case = "burst_storm"
seed = "hidden"
"""


@pytest.fixture
def flown(tower):
    """Return a room whose flight has landed, and the flight."""
    room, case = tower.store.rooms.open("one", SCRIPT, 4242), cases.load("burst_storm")
    room, flight = tower.store.rooms.take_off(room.id, "up", case, case.plan())
    tower.store.reach(flight.id, case.horizon)
    tower.store.land(flight.id, {"profit": 123_456.0, "p99_ms": 61.25}, "d" * 64)
    return room, tower.store.flight(flight.id)


@pytest.mark.parametrize("path", ["fly", "debrief", "probes", "compare"])
def test_no_page_tells_of_it(page, flown, tower, path):
    room, flight = flown
    app = page(path, flight=flight.id)
    assert "belongs to a round" in reads(app)
    assert "4242" not in reads(app) and "123" not in reads(app)
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert "belongs to a round" not in reads(page(path, flight=flight.id))


def test_the_history_marks_it_and_gives_nothing_away(page, flown, tower):
    room, flight = flown
    app = page("history", flight=flight.id)
    assert "a round · landed" in reads(app) and "belongs to a round" in reads(app)
    assert "4242" not in reads(app) and "123" not in reads(app)
    assert not [one for one in (*app.button, *app.get("download_button")) if flight.id in str(one.key)]
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    app = page("history", flight=flight.id)
    assert "seed 4242" in reads(app) and "a round" in reads(app)
    assert not [one for one in app.button if one.key == f"delete/yes/{flight.id}"]  # that is its room's


def test_the_hangar_counts_it_only_once_it_is_open(page, flown, tower):
    room, _ = flown
    assert "123" not in reads(page("hangar")) and "4242" not in reads(page("hangar"))
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert "123" in reads(page("hangar"))


def test_only_who_has_a_key_is_led_to_the_room(page, flown):
    room, flight = flown
    app = page("debrief", flight=flight.id)
    assert not [one for one in app.get("page_link") if "room" in one.proto.query_string]
    app = page("debrief", flight=flight.id, room=room.keys["candidate"])
    assert [one.proto.query_string for one in app.get("page_link") if "room" in one.proto.query_string]


def test_another_flight_under_its_seed_is_not_compared(page, flown, down, tower):
    room, _ = flown
    twin = down(seed=4242)
    assert "A round under this very seed" in reads(page("compare", flight=twin.id))
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert "A round under this very seed" not in reads(page("compare", flight=twin.id))


def test_nor_is_it_one_of_those_that_are_compared(flown, down, tower):
    room, flight = flown
    twin = down(seed=4242)
    assert [mate.id for mate in compare_arms.mates(twin)] == [twin.id]
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert {mate.id for mate in compare_arms.mates(twin)} == {twin.id, flight.id}


def test_what_would_be_taken_along_is_refused(flown, tower):
    room, flight = flown
    for write in (lambda: exports.as_json(tower.store, flight), lambda: exports.as_html(tower.store, flight, None)):
        with pytest.raises(BadInput, match="belongs to a round"):
            write()
    tower.store.rooms.do(room.id, "open", "release", who="interviewer")
    assert b"4242" in exports.as_json(tower.store, flight)
