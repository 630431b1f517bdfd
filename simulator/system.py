"""A run in motion: one clock, the books, the parts that a case has wired, and the causal order that joins them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.books.gauges import Gauges
from simulator.books.journal import Entry, Journal, Kind
from simulator.books.ledger import Ledger
from simulator.books.requests import ABSENT, Outcomes, Requests, Visits, rows
from simulator.clock import Clock
from simulator.design import Design
from simulator.errors import BrokenInvariant
from simulator.learning.registry import Version
from simulator.streams import Streams
from simulator.units import Floats, Ints
from simulator.world.labels import Labels, Landed
from simulator.world.tape import Tape

__all__ = ["Decided", "Ended", "Endings", "Parts", "Reading", "Scored", "Served", "System"]


@dataclass(frozen=True, slots=True)
class Scored:
    """What the live version says of n requests."""

    score: Floats
    """(n,) P(label = 1), quantised to 1e-9"""
    version: int | Ints
    """the version that said it, or (n,) versions"""


@dataclass(frozen=True, slots=True)
class Served:
    """How n requests were served: those asked in this block, or whoever got an answer by its end."""

    latency: Floats
    """(n,) from asking to answer [s]"""
    route: Ints
    """(n,) index into serving's ROUTES"""
    id: Ints | None = None
    """(n,) which requests these are; None = just those asked in this block"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about n requests."""

    action: Ints
    """(n,) index into the case's actions"""
    propensity: Floats
    """(n,) probability with which that action was chosen"""


@dataclass(frozen=True, slots=True)
class Ended:
    """Requests that have come to an end, asked just now or long ago."""

    id: Ints
    at: Floats
    """(n,) when they ended [s]"""
    result: Ints
    """(n,) index into the case's results"""


class Endings:
    """Collects ends one by one while requests are handled in order of time."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, float, int]] = []

    def add(self, id: int, at: float, result: int) -> None:
        """Let the request *id* end at time *at* [s] in *result*."""
        self._rows.append((id, at, result))

    def with_others(self, ids: Ints, at: Floats, result: Ints) -> Ended:
        """Return what was collected together with further ends given as columns."""
        id, when, how = zip(*self._rows, strict=True) if self._rows else ((), (), ())
        return Ended(
            np.concatenate([np.array(id, np.int64), ids]),
            np.concatenate([np.array(when, np.float64), at]),
            np.concatenate([np.array(how, np.int64), result]),
        )


@dataclass(frozen=True)
class Parts:
    """What a case wires together: the steps of the story, in its order."""

    see: Callable[[Requests], Floats]
    score: Callable[[Floats], Scored]
    serve: Callable[[Requests, Scored, float], Served]
    decide: Callable[[Requests, Scored, Served], Decided]
    respond: Callable[[Requests, Decided, float], Ended]
    price: Callable[[Ended], None]
    owe: Callable[[Ended], None]
    learn: Callable[[Landed], None]
    turn: Callable[[Design], None]
    """called when live dials have been turned"""
    close: Callable[[float], None]
    """called at the horizon: settle what is pending, with the cause `close`"""
    reach: Callable[[float], float] = lambda until: until
    """bring the data plane towards a time [s] and say how far it got: less where control has something to decide"""
    stride: float = 0.0
    """the reference goes in steps of so many seconds; 0 = a request at a time. For parts whose data plane is a SimPy
    process a request in the reference, so that nothing but the cutting into blocks is left to show"""
    woken: Callable[[], None] = lambda: None
    """called at the time to which `reach` got, if that was less"""
    acts: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    effects: Mapping[str, tuple[Callable[..., None], Callable[..., None]]] = field(default_factory=dict)
    """kind of incident -> what it does at its beginning and at its end"""
    versions: list[Version] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """What the condition of an incident may read at time *now* [s]: gauges, and which dials were turned."""

    now: float
    gauges: Gauges
    turns: Sequence[tuple[float, str]]
    """when [s], and which"""

    def series(self, name: str, since: float) -> Floats:
        """Return the readings of *name* from the last one at or before *since* [s] to now; empty = never read."""
        at, values = self.gauges.series(name, self.now)
        return values[max(int(np.searchsorted(at, since, side="right")) - 1, 0) :]

    def turned(self, dial: str, since: float) -> bool:
        """Tell whether *dial* was turned at or after *since* [s], take-off apart."""
        return any(name == dial and at >= since for at, name in self.turns)


class System:
    """Everything that moves during one run; `parts` is set once by the simulation."""

    parts: Parts

    def __init__(self, tape: Tape, design: Design, streams: Streams, one_by_one: bool = False) -> None:
        self.one_by_one = one_by_one
        """whether this is the reference: a request at a time, and a SimPy process each where requests queue"""
        self.clock = Clock(self._one_by_one if one_by_one else self.advance)
        self.clock.woken = self._woken
        self.tape, self.design, self.streams = tape, design, streams
        self.ledger, self.gauges, self.journal = Ledger(), Gauges(), Journal()
        self.outcomes, self.labels = Outcomes(len(tape)), Labels(len(tape))
        self.visits: list[Visits] = []
        self.reached = 0.0
        self._moving = False
        self.fired: dict[int, tuple[float, float]] = {}
        """conditional incident -> (start, end) [s] of what did happen"""
        self.alarmed: Callable[[], object] = lambda: None
        """called after each alarm: this is where a pilot wakes up"""

    def advance(self, until: float) -> float:
        """Bring every request asked before *until* [s] as far as it can get by then, in causal order.

        Return the time to which it went: less than *until* where the data plane wants control to decide.
        """
        parts, self._moving = self.parts, True
        until = parts.reach(until)
        requests = self._asked(until)  # 1 ask
        seen = parts.see(requests)  # 2 see
        scored = parts.score(seen)  # 3 score
        self._note(requests, scored)
        served = parts.serve(requests, scored, until)  # 4 serve
        answered, scored = self._answered(requests, scored, served)
        decided = parts.decide(answered, scored, served)  # 5 act
        self._write(answered, served, decided)
        ended = parts.respond(answered, decided, until)  # 6 respond
        self._must(bool((ended.at >= self.tape.requests.at[ended.id]).all()), "a request ends after it was asked")
        self.outcomes.end(ended.id, ended.at, ended.result)
        parts.price(ended)  # 7 post
        parts.owe(ended)  # 8 owe
        self.reached = until
        parts.learn(self.labels.due(until))
        self._moving = False
        return until

    def _one_by_one(self, until: float) -> float:
        """Advance a request (or a short step) at a time: the reference that blocks must equal."""
        for step in self._steps(until):
            if self.advance(step) < step:
                return self.reached
        return self.advance(until)

    def _steps(self, until: float) -> list[float]:
        if self.parts.stride:
            return [float(at) for at in np.arange(self.reached, until, self.parts.stride)[1:]]
        return [min(math.nextafter(at, math.inf), until) for at in self.tape.asked(self.reached, until).at.tolist()]

    def say(
        self, kind: Kind, name: str, text: str, *, seen: bool = True, facts: Mapping[str, float | str] | None = None
    ) -> None:
        """Write into the journal; an alarm wakes the pilot."""
        self._must(not self._moving, f"{name} was said while requests were advanced: control events say things")
        self.journal.write(Entry(self.clock.now, kind, name, text, seen, dict(facts or {})))
        if kind == "alarm":
            self.alarmed()

    def mark(self, name: str, value: float) -> None:
        """Read a gauge now."""
        self._must(not self._moving, f"{name} was read while requests were advanced: control events read gauges")
        self.gauges.mark(name, self.clock.now, value)

    def visited(self) -> Visits:
        """Return the visits to stages that have been kept."""
        return Visits.together(self.visits)

    def check(self) -> None:
        """Hold the run against its laws; BrokenInvariant names the first that fails."""
        outcomes = self.outcomes
        in_flight = int((outcomes.result[self.tape.start : self._row(self.reached)] == 0).sum())
        self._must(outcomes.in_flight == in_flight, "every request that enters ends once or is in flight")
        self._must(self.ledger.latest <= self.clock.now, "no money is posted for later")
        known = self.labels.known
        early = (known.label >= 0) & ((known.at > self.reached) | (known.at < self.tape.requests.at))
        self._must(not early.any(), "no label is known before it is due")

    def _asked(self, until: float) -> Requests:
        requests = self.tape.asked(self.reached, until)
        self.outcomes.ask(len(requests))
        needs = self.tape.truths.needs[requests.id]
        if not (needs >= 0).any():
            return requests
        return self._awake(requests, needs)

    def _awake(self, requests: Requests, needs: Ints) -> Requests:
        awake = needs < 0
        for number, (start, end) in self.fired.items():
            awake |= (needs == number) & (requests.at >= start) & (requests.at < end)
        latent = requests.id[~awake]
        self.outcomes.end(latent, requests.at[~awake], np.full(len(latent), ABSENT))
        return rows(requests, awake)

    def _note(self, requests: Requests, scored: Scored) -> None:
        self._must(_within(scored.score, 0.0, 1.0), "a score is a probability")
        self.outcomes.score[requests.id], self.outcomes.version[requests.id] = scored.score, scored.version

    def _answered(self, requests: Requests, scored: Scored, served: Served) -> tuple[Requests, Scored]:
        """Return the requests that *served* speaks of, with what was said of them when they were asked."""
        if served.id is None:
            return requests, scored
        ids = served.id
        return rows(self.tape.requests, ids), Scored(self.outcomes.score[ids], self.outcomes.version[ids])

    def _write(self, requests: Requests, served: Served, decided: Decided) -> None:
        ids, book = requests.id, self.outcomes
        self._must(_within(decided.propensity, 1e-12, 1.0), "what was chosen had a probability")
        self._must(_within(served.latency, 0.0, 1e12), "a latency is a time")
        book.latency[ids], book.route[ids] = served.latency, served.route
        book.action[ids], book.propensity[ids] = decided.action, decided.propensity

    def _woken(self) -> None:
        self.parts.woken()

    def _row(self, at: float) -> int:
        return int(np.searchsorted(self.tape.requests.at, at, side="left"))

    def _must(self, holds: bool, law: str) -> None:
        if not holds:
            raise BrokenInvariant(law)


def _within(values: Floats, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())  # NaN is not
