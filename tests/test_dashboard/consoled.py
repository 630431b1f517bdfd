"""A round with an interviewer, for the tests of the console: its script, its rooms, and what is done in them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

from reading import says
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import rooms
from dashboard.recording import Recording, Series
from dashboard.views.room_console_part import Desk
from simulator.plan import Change
from simulator.rounds import steering

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PATIENCE = 60.0  # s of wall time for a page, on a busy machine
HOSTILE = "<b>$5</b> *now* [x](javascript:alert(1))"
SCRIPT = """
round = 1
title = "A storm, interviewed"
case = "burst_storm"
seed = 5
notes = "Let them talk."

[[event]]
name = "rush"
kind = "burst"
at = "9m"
lasts = "60s"
size = 2.0
when = "by hand"
note = "when it is calm"

[[event]]
name = "outage"
kind = "zone_loss"
at = "6m"
lasts = "30s"
size = 0.3
when = "waiting > 100000"
says = "a zone is gone"

[[event]]
name = "late_page"
kind = "page"
at = "800s"

[requirement]
says = "The CFO writes: eight replicas at rest."
at = "5m"
when = "by hand"
note = "do they ask what it costs"
[requirement.limits.least]
most = 8

[[fact]]
ask = "Who pays for a lost vote?"
answer = "The broadcaster."

[[probe]]
name = "calm"
question = "How do you know that it is calm?"
dimension = "serving"
weak = "it looks so"
mid = "the p99"
strong = "the queue"
expert = "the queue, and what is on its way"
follow_up = "And if it is not?"
rescue = "Look at what waits."
when = "rate > 0 and since 100s"
show = ["rate", "waiting"]
check = { ask = "What grows first?", options = ["the queue", "the bill"], right = "the queue" }

[[probe]]
name = "never"
question = "What if it never comes?"
dimension = "monitoring"
weak = "a"
mid = "b"
strong = "c"
expert = "d"
when = "never"

[[probe]]
name = "why_that_metric"

[weights]
serving = 2
"""
DRILL = SCRIPT.replace("seed = 5\n", 'seed = 5\nkind = "group"\n')


class Seat:
    """A room with both sides: the console is a page, the candidate's deeds are written here."""

    def __init__(self, tower: Any, script: str = SCRIPT) -> None:
        self.tower, self.rooms, self._count = tower, tower.store.rooms, itertools.count()
        self.id = self.rooms.open("seat", script, 5, name="Number one").id

    @property
    def room(self) -> Any:
        """The room as it stands."""
        return self.rooms.room(self.id)

    @property
    def flight(self) -> Any:
        """The flight as it stands."""
        return self.tower.store.flight(self.room.flight)

    def token(self) -> str:
        """Return a fresh token."""
        return f"seat-{next(self._count)}"

    def does(self, who: str, kind: Any, what: str = "", **data: Any) -> None:
        """Do a deed of a side."""
        self.rooms.do(self.id, self.token(), kind, what, who=who, data=data)

    def deeds(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what was done, of the *kinds*: what about, and what was said."""
        return [(deed.what, dict(deed.data)) for deed in self.room.deeds if deed.kind in kinds]

    def entry(self, side: str = "interviewer") -> rooms.Entry:
        """Return who has come in by the key of a *side*."""
        return rooms.entered(self.room.keys[side])

    def take_off(self) -> None:
        """Let the candidate take off with the design as it comes."""
        case = self.entry().fitted.case
        self.rooms.take_off(self.id, self.token(), case, case.plan())

    def sits_at(self, now: float, **more: Any) -> None:
        """Let the candidate have come to *now* [s] of the flight."""
        self.tower.store.reach(self.flight.id, now)
        screen = {
            "phase": "play",
            "flight": self.flight.id,
            "panel": "system",
            "closer": "",
            "playing": True,
            "speed": 2,
        }
        self.rooms.looked(self.id, "candidate", {**screen, "now": now, **more})

    def decides(self, at: float, why: str = "", **dials: Any) -> None:
        """Let the candidate turn dials."""
        self.tower.store.decide(self.flight.id, self.flight.version, self.token(), Change(at, dials, why))
        self.tower.store.reach(self.flight.id, at)

    def takes_effect(self, name: str, at: float) -> None:
        """Let what was ordered of an event take effect, as the candidate's deck does."""
        events = {event.name: event for event in self.entry().fitted.events}
        scenario = steering.fired(self.flight.scenario, events[name], at)
        self.rooms.steer(self.id, self.token(), self.flight, scenario, what=name, moment=at, data={"do": "fire"})

    def lands(self, recording: Recording) -> None:
        """Let the flight come down as it was recorded."""
        self.tower.store.reach(self.flight.id, recording.until)
        figures = {name: value for name, value in recording.kpis.items() if value is not None}
        self.tower.store.land(self.flight.id, figures, recording.digest, self.flight.version)

    def desk(self, now: float = 0.0, recording: Recording | None = None, **lit: float) -> Desk:
        """Return what a console knows, without a page."""
        entry = self.entry()
        flight = self.flight if entry.room.flight else None
        return Desk(entry, flight, rooms.case_in(entry, flight), now, recording, lit)


def flown(**more: Any) -> Recording:
    """Return a recording that is made up."""
    gauges = {"rate": Series((0.0, 100.0, 200.0, 300.0), (10.0, 20.0, 40.0, 30.0))}
    made = Recording(900.0, gauges, {}, Series((0.0, 900.0), (0.0, 9.0)), (), (), Series((), ()), {}, "", {}, (), {})
    return replace(made, **more)


def page_of(seat: Seat, side: str = "interviewer") -> AppTest:
    """Open the room from a *side*, in a browser of its own, and wait until nothing is computed any more."""
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app._page_hash = calc_hash("room")
    app.query_params["room"] = seat.room.keys[side]
    return settled(app)


def settled(app: AppTest) -> AppTest:
    """Draw a page until nothing is computed any more."""
    for _ in range(60):
        app.run()
        assert not app.exception
        if not any(bar.proto.text for bar in app.get("progress")):  # that of a clock says nothing
            return app
    raise AssertionError(f"it is computed for ever: {says(app)[:500]}")


def press(app: AppTest, key: str) -> AppTest:
    """Press the button *key*."""
    app.get_by_key(key).click()
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    """Return what a page was sent as HTML, with its signs as they are read."""
    return unescape("\n".join(element.proto.body for element in app.get("html")))


def sent(app: AppTest) -> str:
    """Return all that a page was sent."""

    def walk(node: Any) -> Any:
        yield str(getattr(node, "proto", ""))
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return "\n".join(walk(app._tree)).replace("\\", "")
