"""A candidate's side of a room without a browser: phase by phase, with an interviewer and alone, and nothing too soon."""

from __future__ import annotations

import pytest
from reading import click, press, reads, says

SCRIPT = """
round = 1
title = "A storm, by script"
case = "burst_storm"
seed = "hidden"
hints = "asked"
intro = "You run the voting of a show. *Fifteen minutes*, one vote for $5."
notes = "PLANTED notes"

[[event]]
name = "planted_burst"
kind = "burst"
at = "9m"
lasts = "60s"
size = 3.0
when = "by hand"
note = "PLANTED note"

[requirement]
says = "The CFO writes: [eight](javascript:alert(1)) replicas at rest, *no more*."
at = "5m"
when = "by hand"
grace = "30s"
note = "PLANTED reason"
[requirement.targets]
profit = 104
[requirement.limits.least]
most = 8

[[fact]]
ask = "Who pays for a lost vote?"
answer = "The broadcaster, $5 each."

[[fact]]
ask = "What did it cost last year?"
answer = "It was $912."
after = "2m"

[[probe]]
name = "own_probe"
question = "Why did you not buy more replicas?"
dimension = "serving"
weak = "PLANTED weak"
mid = "PLANTED mid"
strong = "PLANTED strong"
expert = "PLANTED expert"
follow_up = "PLANTED follow-up"
rescue = "Think of the queue."
check = { ask = "What cost most?", options = ["replicas", "lost votes"], right = "replicas" }

[[probe]]
name = "never_probe"
question = "PLANTED never?"
dimension = "serving"
weak = "a"
mid = "b"
strong = "c"
expert = "d"
when = "never"
"""


@pytest.fixture
def room(tower):
    """Return a room with an interviewer."""
    return tower.store.rooms.open("t1", SCRIPT, 918_273_645)


@pytest.fixture
def alone(tower):
    """Return a room without one."""
    return tower.store.rooms.open("t1", SCRIPT, 918_273_645, alone=True)


@pytest.fixture
def sits(page):
    """Return a way to come into a room as its candidate."""

    def come(room):
        app = page("room", room=room.keys["candidate"])
        assert not app.exception
        return app

    return come


@pytest.fixture
def does(tower):
    """Return a way to do a deed as the interviewer."""
    count = iter(range(1000))

    def do(room, kind, what="", moment=0.0, **data):
        return tower.store.rooms.do(
            room.id, f"by-hand-{next(count)}", kind, what, who="interviewer", moment=moment, data=data
        )

    return do


def test_lobby(sits, room):
    app = sits(room)
    print(says(app))
    assert "A storm, by script" in reads(app)
