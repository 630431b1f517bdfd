"""A mock round of a quarter of an hour with all that a script may have, for the tests of its rooms."""

from __future__ import annotations

import itertools

SEED = 918_273_645
SECRETS = ("PLANTED", "planted", str(SEED))
"""what a candidate may not be sent before the release"""

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

[[event]]
name = "planted_zone"
kind = "zone_loss"
at = "8m"
size = 0.3
note = "PLANTED zone"

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

[[probe]]
name = "late_probe"
question = "And how sure are you?"
dimension = "monitoring"
weak = "a"
mid = "b"
strong = "c"
expert = "d"
when = "rate > -12345"
show = ["rate"]
"""


class Interviewer:
    """Whoever sits on the other side of the *room*, in another browser."""

    def __init__(self, tower, room) -> None:
        self._rooms, self.room, self._count = tower.store.rooms, room.id, itertools.count()

    def does(self, kind, what="", moment=0.0, **data):
        """Do a deed."""
        token = f"by-hand-{next(self._count)}"
        return self._rooms.do(self.room, token, kind, what, who="interviewer", moment=moment, data=data)
