"""People who decide about requests on hold: their hours, what they say, and which requests are worth their time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from simulator.books.figures import asked_between
from simulator.books.till import poster
from simulator.learning.policy import Triage, cut_for_share
from simulator.learning.verdicts import Judges, Verdicts
from simulator.serving.desk import Desk
from simulator.serving.pool import ROUTES
from simulator.serving.team import Hours, Team
from simulator.system import System
from simulator.units import Floats, dollars
from simulator.world.labels import Landed

__all__ = ["Analysts", "Ruled"]

_REMEMBERED = 400  # verdicts that are held against the scores


class Ruled(NamedTuple):
    """What became of a request on hold."""

    id: int
    asked: float
    """[s]"""
    done: float
    """[s]"""
    positive: bool
    """whether somebody looked and said so; what nobody looked at in time is let go"""


class Analysts:
    """*size* people in the usual hours, to whom requests are sent that wait *hold* [s] at most.

    They judge by the luck `verdict` of each request; those hired in flight cost *wage* [µ$] a day.
    """

    def __init__(self, system: System, judges: Judges, size: int, hold: float, wage: int) -> None:
        self._system, self._wage, self._post = system, wage, poster(system.ledger)
        self.verdicts = Verdicts(judges, last=_REMEMBERED)
        self.desk = Desk(hold=hold)
        self.team = Team(system.clock, self.desk, size, Hours(), self._pay)

    def rulings(self, until: float) -> Iterator[Ruled]:
        """Give what was decided before *until* [s] and not given yet; where nobody looked, the route says `timeout`."""
        truths = self._system.tape.truths
        for review in self.desk.advance(until):
            positive = review.outcome == "reviewed" and self.verdicts.judge(
                review.id, bool(truths.label[review.id]), float(truths.luck["verdict"][review.id]), review.done
            )
            if review.outcome == "expired":
                self._system.outcomes.route[review.id] = ROUTES.index("timeout")
            yield Ruled(review.id, review.asked, review.done, positive)

    def judged(self) -> Landed:
        """Return the verdicts since they were last taken."""
        return Landed.of(self.verdicts.fresh)

    def take(self) -> Landed:
        """Return the verdicts since they were last taken, and hold them against the scores."""
        judged = self.judged()
        self.verdicts.take(self._system.outcomes.score)
        return judged

    def line(self, triage: Triage, score: Callable[[Floats], Floats], share: float, back: float) -> float:
        """Return the worth of a look that a *share* of the requests of the last *back* [s] exceeds."""
        now, requests = self._system.clock.now, self._system.tape.requests
        recent = asked_between(requests, self._system.outcomes, now - back, now)
        worth = triage.worth(score(requests.X[recent]), dollars(requests.value[recent]))
        return cut_for_share(worth, share)

    def hire(self, n: int, after: float) -> None:
        """Have *n* more of them *after* so many seconds; the journal says when they start."""
        self.team.hire(n, after, lambda: self._system.say("note", "hired", f"{n} hired analysts start"))

    def _pay(self, hired: int) -> None:
        """Pay a day to those hired since the start; the team of the start is on another budget."""
        if hired:
            self._post("wages", "hired", self._system.clock.now, -self._wage * hired)
