"""Rounds that are played whole, in browsers of their own: both sides, the clock, what is steered, and what is left."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import rooms
from flown import Watch, clock, deck_stands, key, keyed, play, press, quiet, reads, turn_first
from rooms import Round, begin_phase, came, says, settled
from server import Server

import cases
from cases import _rounds
from simulator.exhibits.words import said
from simulator.rounds.recorded import Recorded, replayed
from simulator.store import FILE, Flight, Store
from simulator.store.deeds import Deed, Room
from simulator.units import money

pytestmark = [pytest.mark.browser, pytest.mark.long]

FRAUD, WARM_UP = _rounds.script_of("fraud_45"), _rounds.script_of("warm_up_20")
STORM = """
round = 1
title = "A storm to be pressed at"
case = "burst_storm"
seed = 5

[[event]]
name = "flash"
kind = "burst"
at = "600s"
lasts = "60s"
size = 2.0
when = "by hand"
"""


@pytest.fixture(scope="module")
def server(chromium, tmp_path_factory) -> Iterator[Server]:
    """Run a server that may be killed, and started again with all that it kept."""
    with Server(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def address(server) -> str:
    return f"http://127.0.0.1:{server.port}"


def kept(server: Server, played: Round) -> tuple[Room, Flight | None]:
    """Return the room, and its flight, as the store has them."""
    store = Store(server.home / FILE, time.time, lambda: "nobody")
    try:
        room, _ = store.rooms.entered(played.keys["interviewer"])
        return room, store.flight(room.flight) if room.flight else None
    finally:
        store.close()


def deeds(server: Server, played: Round, kind: str) -> list[Deed]:
    return [deed for deed in kept(server, played)[0].deeds if deed.kind == kind]


# --- a whole round ---------------------------------------------------------------------------------------------


def before_the_flight(played: Round) -> None:
    """Read the brief, ask, turn a dial, reload, and take off."""
    page = played.candidate
    begin_phase(played, "brief", "Brief and questions")
    fact = FRAUD.fact[0]
    page.get_by_text(fact.ask).wait_for()
    asks = keyed(page, "room/ask/").locator("button")
    asks.nth(asks.count() - len(FRAUD.fact)).click()  # they stand behind the questions of the case
    says(page, fact.answer)
    begin_phase(played, "design", "First design")
    turn_first(page, "dial-")
    page.get_by_role("button", name="All dials back").wait_for()
    turned = first_dial(page)
    page.wait_for_timeout(3000)  # [ms] what stands on the screen is written down once a second
    page.reload()
    page.get_by_role("button", name="All dials back").wait_for()
    assert first_dial(page) == turned
    rooms.takes_off(played)


def first_dial(page: Any) -> str | None:
    """Return where the first slider of the design stands."""
    return keyed(page, "dial-").get_by_role("slider").first.get_attribute("value")


def in_flight(played: Round, server: Server) -> None:
    """Play, have an event fired that nobody is told of, lose the server, and be asked for something else."""
    page, desk = played.candidate, played.interviewer
    begin_phase(played, "play", "then probes")
    deck_stands(page)
    key(page, "speed").get_by_role("radio", name="8×").click()
    play(page)
    came(page, lambda: clock(page) > 3 * 86_400.0, "the flight plays")
    rooms.halt(page)
    rooms.fire(played, "second_shop")
    assert re.search(r"second.shop|frauds again", reads(page), re.IGNORECASE) is None

    at = clock(page)
    desk.reload()
    says(desk, "Second shop")
    server.kill()
    server.start()
    for side in (desk, page):
        settled(side)
    deck_stands(page)
    came(page, lambda: clock(page) == at, "the deck stands where it stood")

    rooms.required(played, FRAUD.requirement.says)
    key(page, "group").get_by_role("radio", name="Journal", exact=True).click()
    rooms.fly_on(page)
    says(desk, "fired by hand")
    says(page, next(event.says for event in FRAUD.event if event.name == FRAUD.requirement.event))


def asked_in_flight(played: Round) -> None:
    rooms.ask(played, "why_that_threshold")
    rooms.answer(played.candidate, "why_that_threshold", "a wrong refusal costs us the margin, and a fraud the goods")
    says(played.interviewer, "a wrong refusal costs us the margin")


def after_it(played: Round) -> None:
    """Land, answer what is asked then, mark, and release."""
    page, desk = played.candidate, played.interviewer
    rooms.comes_down(page)
    begin_phase(played, "probes", "Probes")
    rooms.ask(played, "one_analyst")
    rooms.answer(page, "one_analyst", "those where a look may still change what we do")
    rooms.mark(desk, "metrics", 4)
    rooms.mark(desk, "communication", 2)
    begin_phase(played, "debrief", "Debrief")
    assert "The round is released" not in reads(page)
    press(desk, "console/release")
    press(desk, "console/release/yes")
    says(page, "The round is released")


def plain_text(path: Path) -> str:
    """Return what a report reads, on one line."""
    body = re.sub(r"<style.*?</style>", "", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def figures(flight: Flight) -> list[str]:
    """Return figures of the *flight* as a report writes them: what it earned, its digest, and a target."""
    known = flight.kpis or {}
    stopped = said(known["fraud_stopped"], cases.load(flight.case).kpis["fraud_stopped"].unit)
    return [money(round(1e6 * known["profit"])), str(flight.digest)[:12], " ".join(stopped.split())]


def test_a_whole_round_of_45_minutes(server, address, browser, tmp_path):
    played = rooms.sides(browser, address, title=FRAUD.title, called="Ada on Monday")
    watch = Watch().on(played.candidate).on(played.interviewer)
    before_the_flight(played)
    in_flight(played, server)
    asked_in_flight(played)
    after_it(played)

    room, flight = kept(server, played)
    assert flight is not None and flight.status == "landed"
    done = {deed.what: deed.data["do"] for deed in room.deeds if deed.kind == "done"}
    assert done == {"second_shop": "fire", "requirement": "require"}
    marks = {deed.what: deed.data["mark"] for deed in room.deeds if deed.kind == "mark"}
    assert marks == {"metrics": 4, "communication": 2}
    the_record_flies_again(played, flight, tmp_path)
    the_reports_are_right(played, flight, tmp_path)
    assert watch.alerts == []


def the_record_flies_again(played: Round, flight: Flight, folder: Path) -> None:
    """Export the round, and have it flown again by the command line, elsewhere."""
    path = rooms.saved(played.interviewer, "console/record/True", folder)
    told = subprocess.run(
        [sys.executable, "-m", "cases", "round", "replay", str(path)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 and str(flight.digest) in told.stdout.replace("\n", ""), told.stdout + told.stderr
    record = Recorded.from_json(path.read_text("utf-8"))
    _, run = replayed(record, cases.load)
    assert run.digest() == flight.digest and record.name == "Ada on Monday"


def the_reports_are_right(played: Round, flight: Flight, folder: Path) -> None:
    """Take both reports home: they have the figures of this very run, and each side what is its."""
    own = plain_text(rooms.saved(played.candidate, "room/report", folder))
    press(played.interviewer, "console/prepare")
    found = {
        side: plain_text(rooms.saved(played.interviewer, f"console/take/{side}.html", folder))
        for side in ("candidate", "interviewer")
    }
    wanted = figures(flight)
    assert [figure for text in (own, found["candidate"]) for figure in wanted if figure not in text] == []
    assert [figure for figure in wanted[:2] if figure not in found["interviewer"]] == []
    asked = " ".join(FRAUD.requirement.says.split())[:200]  # a page is short
    assert asked in own and "Ada on Monday" not in own and "no verdict" in own
    sheet = found["interviewer"]
    assert "Ada on Monday" in sheet and "second shop: fired by hand" in sheet and asked in sheet
    assert "“those where a look may still change what we do”" in sheet
    weights = {name: FRAUD.weights.get(name, 1.0) for name in ("metrics", "communication")}
    weighted = (weights["metrics"] * 4 + weights["communication"] * 2) / sum(weights.values())
    assert f"{weighted:.1f} of 5" in sheet


# --- alone -----------------------------------------------------------------------------------------------------


def test_a_round_alone(server, address, opened):
    page = opened()
    rooms.enter(page, f"{address}/rounds")
    name = rooms.shipped(page, WARM_UP.title)
    press(page, f"rounds/alone/{name}")
    key(page, "room/start").wait_for()
    press(page, "room/start")
    says(page, "Brief and questions")
    rooms.go_on(page, "design")
    page.get_by_role("button", name="Take off").click()
    deck_stands(page)
    press(page, "skip/Land")
    says(page, WARM_UP.requirement.says)  # with nobody there it is said when it is due, and the flight halts
    rooms.comes_down(page)
    rooms.go_on(page, "probes")
    says(page, "answered")
    press(page, "room/release")
    says(page, "The round is released")
    page.get_by_role("link", name="Debrief: what did it?").click()
    page.get_by_text("What was asked of you").wait_for()


# --- twice, late, and from two sides ---------------------------------------------------------------------------


def test_pressed_twice_and_on_two_consoles_it_happens_once(server, address, browser):
    played = rooms.sides(browser, address, STORM)
    desk, page = played.interviewer, played.candidate
    key(desk, "console/phase/brief").locator("button").first.dblclick()
    says(page, "Brief and questions")
    begin_phase(played, "design", "First design")
    page.get_by_role("button", name="Take off").dblclick()
    says(page, "Your design is set")
    begin_phase(played, "play", "then probes")
    deck_stands(page)
    other = rooms.with_side(browser, played.links["interviewer"])
    key(other, "console/fire/flash").wait_for()
    key(desk, "console/fire/flash").locator("button").first.dblclick()
    if key(other, "console/fire/flash").is_visible():
        press(other, "console/fire/flash")
    came(desk, lambda: bool(deeds(server, played, "done")), "the event takes effect")
    key(desk, "console/private/0").locator("textarea").fill("said so twice")
    key(desk, "console/keep/0").locator("button").first.dblclick()
    says(other, "said so twice")
    quiet(page)
    counted = {kind: len(deeds(server, played, kind)) for kind in ("phase", "flight", "private", "done")}
    assert counted == {"phase": 3, "flight": 1, "private": 1, "done": 1}
    marked_by_two(server, played, desk, other)


def marked_by_two(server: Server, played: Round, desk: Any, other: Any) -> None:
    """Mark on two consoles: in turn, and at the same time; both show what stands."""
    rooms.mark(desk, "serving", 4)
    came(other, lambda: rooms.held(other, "serving") == 4, "the other console sees the mark")
    rooms.mark(other, "serving", 3)
    came(desk, lambda: rooms.held(desk, "serving") == 3, "the first console sees that it was marked anew")
    for side, number in ((desk, "5"), (other, "2")):
        key(side, "console/row/model").get_by_role("radio", name=number, exact=True).click()
    marks = [(deed.what, deed.data["mark"]) for deed in deeds(server, played, "mark")]
    came(
        desk, lambda: rooms.held(desk, "model") == rooms.held(other, "model") == last_mark(server, played), "they agree"
    )
    assert marks[:2] == [("serving", 4), ("serving", 3)] and len(deeds(server, played, "mark")) in (3, 4)


def last_mark(server: Server, played: Round) -> int:
    return int(deeds(server, played, "mark")[-1].data["mark"])
