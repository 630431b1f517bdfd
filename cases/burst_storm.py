"""Scoring for a live event: three times the load within seconds, clients that retry, and a bill by the second.

An engineer on call keeps a scoring service up for a quarter of an hour in which the whole country presses the same
button - once announced, once not - while a zone fails and the autoscaler comes 45 seconds late.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from simulator.board import Board, Place, Question, Station
from simulator.books.figures import marked, mean, quantile
from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT, Requests, Truths, joined
from simulator.case import Case, Level, Par
from simulator.design import Design, choice, integer, number, switch
from simulator.exhibits import Claim, accounts, charted, checks, readings
from simulator.incidents import Incident, Kind, When
from simulator.plan import Plan
from simulator.probes import Asked, Probe
from simulator.rubric import Anchors, Behaviour, Dimension, Log, Occasion
from simulator.rules import held, left_alone, looked_first, stood, under
from simulator.run import Run
from simulator.service import Service
from simulator.serving.autoscaler import Autoscaler, Rule
from simulator.serving.pool import ROUTES
from simulator.serving.prices import Meter, Prices
from simulator.serving.topology import Backoff, Client, Law, Pool, Topology
from simulator.streams import Streams
from simulator.system import Decided, Ended, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import HOUR, Floats, dollars, micro, micros
from simulator.view import View
from simulator.world.arrivals import poisson_times
from simulator.world.tape import Block, Tape

HORIZON = 900.0
TICK = 5.0  # s between two readings of the instruments
RESULTS = ("open", "absent", "scored", "scored roughly", "fallback")
SCORED, ROUGHLY, FALLBACK = 2, 3, 4
MODEL_ROUTE, FALLBACK_ROUTE = ROUTES.index("model"), ROUTES.index("fallback")
GUESTS, MEMBERS = 1, 0  # classes: members first
QUEUE_OFF = 1000  # waiting places that are as good as no limit
PAUSE_RETRIES = "none"

BRIEF = """\
You run the scoring service of a live show: every vote and purchase is scored before it is let through, 60 a second on
a quiet minute. The model takes 30 ms on one of your replicas, each of which works on one request at a time. Clients
wait 250 ms for an attempt; after the last one they take the rules of last year (a *fallback*), worth less than half.

At minute 5 the vote opens: three times the load, for a minute. It will not be the only surprise of the night. A new
replica takes 45 seconds from the order to its first request. Replicas cost $14.40 an hour each, by the second; a score
in time earns $0.002 for a guest and $0.005 for a member (one in five), a fallback 40 % of it.

You decide how many replicas there are, what makes the autoscaler move, how long the queue may grow and who is served
first, what clients do when they hear nothing, and - in flight - whom to turn away and when to use the small model that
takes 12 ms and earns 30 % less. You have 15 minutes.
"""


# --- decisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StormDesign(Design):
    """The decisions of the engineer on call."""

    most: int = integer(6, 2, 40, "Most replicas", help="how far the autoscaler may go")
    signal: str = choice(
        "cpu", ("cpu", "queue"), "Autoscaler looks at",
        help="the share of replicas at work, or the requests waiting per replica",
    )  # fmt: skip
    target: float = number(
        0.8, 0.2, 5.0, "Autoscaler's target", unit="share at work, or waiting per replica",
        help="more than the target asks for more replicas (Kubernetes' formula, every 15 s)",
    )  # fmt: skip
    order: str = choice(
        "fifo", ("fifo", "lifo", "members"), "Served first", help="who came first, who came last, or members"
    )
    drop: bool = switch(False, "Drop expired work", help="do not start what its client has given up on")
    least: int = integer(
        4, 2, 40, "Replicas at least", live=True, cost="$14.40 an hour each",
        help="a higher number starts replicas now; they accept work 45 s later",
    )  # fmt: skip
    queue: int = integer(
        QUEUE_OFF, 1, QUEUE_OFF, "Waiting places", unit="per replica", live=True,
        help="over it a request is shed at once; 1000 is as good as no limit",
    )  # fmt: skip
    retries: str = choice(
        "instant", ("none", "instant", "backoff", "budget"), "When clients hear nothing", live=True,
        help="three retries at once; three with growing pauses; or those, but at most one retry in ten requests",
    )  # fmt: skip
    shed: float = number(
        0.0, 0.0, 1.0, "Guests turned away", unit="share", live=True, help="at the door, before they cost anything"
    )
    small: str = choice(
        "never", ("never", "overload", "always"), "Small model", live=True,
        help="'overload': from four requests waiting per replica until nobody waits",
    )  # fmt: skip


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StormSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    rate: float = number(60.0, 1.0, 2000.0, "Load on a quiet minute", unit="requests/s")
    members: float = number(0.2, 0.0, 1.0, "Members", unit="share of requests")
    work_ms: float = number(30.0, 1.0, 500.0, "Median time of the model", unit="ms")
    small_ms: float = number(12.0, 0.1, 500.0, "Median time of the small model", unit="ms")
    spread: float = number(0.3, 0.0, 1.5, "Spread of the times", unit="of their log")
    timeout_ms: float = number(250.0, 10.0, 10_000.0, "Clients wait", unit="ms")
    boot: float = number(45.0, 0.0, 600.0, "Cold start of a replica", unit="s")
    guest: float = number(0.002, 0.0, 1.0, "A score for a guest", unit="$")
    member: float = number(0.005, 0.0, 1.0, "A score for a member", unit="$")
    small_worth: float = number(0.7, 0.0, 1.0, "A score of the small model", unit="of a score")
    fallback_worth: float = number(0.4, 0.0, 1.0, "A fallback", unit="of a score")
    replica_hour: float = number(14.4, 0.0, 1000.0, "A replica", unit="$ an hour")


def world(seed: int, horizon: float, setting: StormSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape: the usual crowd, and each burst from a stream of its own."""
    streams = Streams(seed)
    seconds = np.ones(math.ceil(horizon))
    parts = [_crowd(streams, "crowd", setting, setting.rate * seconds)]
    for index, burst in enumerate(incidents):
        if burst.kind == "burst":
            shape = _ramp(burst, len(seconds)) if burst.when is None else seconds
            extra = setting.rate * (burst.size - 1) * shape
            parts.append(_crowd(streams, f"incident/{burst.name}", setting, extra, index if burst.when else -1))
    block = Block(joined([part.requests for part in parts]), joined([part.truths for part in parts]))
    return Tape.of([block], 1, streams.unseed())


def _ramp(burst: Incident, seconds: int) -> Floats:
    """Return the share of a *burst* in each second: it swells within five seconds and stops at once."""
    at = np.arange(seconds)
    swell = np.clip((at - burst.at + 1) / 5.0, 0.0, 1.0)
    return np.where((at >= math.floor(burst.at)) & (at < burst.end), swell, 0.0)


def _crowd(streams: Streams, name: str, setting: StormSetting, rates: Floats, needs: int = -1) -> Block:
    at = poisson_times(streams.get(name, "times"), 0.0, rates, step=1.0)
    n = len(at)
    segment = np.where(streams.get(name, "members").random(n) < setting.members, MEMBERS, GUESTS)
    value = np.where(segment == MEMBERS, micro(setting.member), micro(setting.guest))
    none = np.zeros(n, dtype=np.int64)
    requests = Requests(id=none, at=at, entity=none, segment=segment, X=np.zeros((n, 0)), value=value)
    return Block(requests, Truths(none.astype(np.bool_), np.full(n, np.inf), np.full(n, needs), {}))


# --- system ---------------------------------------------------------------------------------------------------

RETRIES = {
    "none": (0, Backoff(), -1.0),
    "instant": (3, Backoff(), -1.0),
    "backoff": (3, Backoff(0.1, 2.0, 0.5), -1.0),
    "budget": (3, Backoff(0.1, 2.0, 0.5), 0.1),
}
"""how clients behave -> retries, pauses, and the tokens that a request earns (-1 = no budget)"""


def build(system: System, setting: StormSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the service into *system*."""
    return Scoring(system, setting).wired()


class Scoring:
    """The scoring service on the night of the show."""

    def __init__(self, system: System, setting: StormSetting) -> None:
        self.system, self.setting, self.design = system, setting, cast(StormDesign, system.design)
        self.requests, self.outcomes = system.tape.requests, system.outcomes
        self.service = Service(system, self.topology(), system.streams, klass=self.requests.segment)
        self.plane = self.service.plane
        self.scaler = Autoscaler(system.clock, self.plane, 0, self.rule())
        self.scaler.fleet.changed = self.set_guard
        self.meter = Meter(Prices(replica_hour=setting.replica_hour))
        self.small, self.small_since = False, 0.0
        self.quiet_until = 0.0

    def topology(self) -> Topology:
        """Return the service as take-off finds it."""
        s, d = self.setting, self.design
        pool = Pool(
            name="model",
            service=Law.lognormal(s.work_ms / 1000, s.spread),
            replicas=min(d.least, 40),
            most=40,
            balance="power_of_two",
            discipline={"fifo": "fifo", "lifo": "lifo", "members": "priority"}[d.order],
            queue_limit=None if d.queue == QUEUE_OFF else d.queue,
            drop_expired=d.drop,
        )
        retries, pauses, budget = RETRIES[d.retries]
        client = Client(
            timeout=s.timeout_ms / 1000,
            retries=retries,
            backoff=pauses,
            retry_budget=None if budget < 0 else budget,
            fallback=True,
            shed=(0.0, d.shed),
        )
        return Topology((pool,), client, classes=2)

    def rule(self) -> Rule:
        """Return what the autoscaler goes by."""
        least = self.design.least
        return Rule(
            target=self.design.target,
            signal="utilisation" if self.design.signal == "cpu" else "queue",
            boot=self.setting.boot,
            low=least,
            high=max(least, self.design.most),
            settle=60.0,
        )

    def wired(self) -> Parts:
        """Set the processes going and hand out the parts."""
        self.set_guard()
        self.choose_model()
        self.system.clock.every(TICK, self.tick)
        return Parts(
            see=lambda requests: requests.X,
            score=lambda seen: Scored(np.zeros(len(seen)), 0),
            reach=self.service.reach, stride=0.5, serve=self.service.serve, woken=self.overloaded,
            decide=lambda requests, scored, served: self.decide(served),
            respond=self.respond, price=self.price, owe=lambda ended: None, learn=lambda landed: None,
            turn=self.turn, close=self.close,
            effects={
                "zone_loss": (self.lose_zone, self.bring_back),
                "quota": (lambda incident: self.cap(round(incident.size)), lambda incident: self.cap(None)),
                "page": (self.page, lambda incident: None),
            },
        )  # fmt: skip

    # 5 act, 6 respond, 7 post

    def decide(self, served: Served) -> Decided:
        """Note which model answered: 1 = the small one."""
        small = (served.route == MODEL_ROUTE) & self.small
        return Decided(small.astype(np.int64), np.ones(len(small)))

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """End each request as it was answered."""
        route = self.outcomes.route[requests.id]
        result = np.where(decided.action == 1, ROUGHLY, SCORED)
        result = np.where(route == FALLBACK_ROUTE, FALLBACK, result)
        return Ended(requests.id, requests.at + self.outcomes.latency[requests.id], result)

    def price(self, ended: Ended) -> None:
        """Post what each answer was worth."""
        s = self.setting
        worth = {SCORED: 1.0, ROUGHLY: s.small_worth, FALLBACK: s.fallback_worth}
        for result, share in worth.items():
            rows = ended.result == result
            value = micros(share * dollars(self.requests.value[ended.id[rows]]))
            self.system.ledger.post("answers", RESULTS[result], ended.at[rows], value, ended.id[rows])

    # the control plane

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        before, self.design = self.design, cast(StormDesign, design)
        self.scaler.rule = self.rule()
        if self.design.least > before.least:
            fleet = self.scaler.fleet
            self.scaler.scale(max(self.design.least, fleet.up + fleet.coming))
        self.plane.set(0, "limit", -1 if self.design.queue == QUEUE_OFF else self.design.queue)
        retries, pauses, budget = RETRIES[self.design.retries]
        for name, value in {
            "retries": retries, "base": pauses.base, "factor": pauses.factor, "jitter": pauses.jitter, "budget": budget
        }.items():  # fmt: skip
            self.plane.set(None, name, value)
        self.plane.shed(GUESTS, self.design.shed)
        self.choose_model()

    def choose_model(self) -> None:
        """Put the model live that the dial asks for."""
        self.use_small(self.design.small == "always")

    def use_small(self, small: bool) -> None:
        """Switch to the small model or back; work that has begun goes on."""
        if small != self.small:
            self.small = small
            self.small_since = self.system.clock.now
            self.plane.set(0, "a", (self.setting.small_ms if small else self.setting.work_ms) / 1000)
            if self.design.small == "overload":
                self.system.say("note", "model", f"the {'small' if small else 'large'} model serves")

    def set_guard(self) -> None:
        """Watch for four requests waiting per replica."""
        self.plane.set(0, "guard", 4 * max(1, self.scaler.fleet.up) if self.design.small == "overload" else -1)

    def overloaded(self) -> None:
        """Hear from the data plane that the queue has passed its mark."""
        if self.design.small == "overload":
            self.use_small(True)

    def lose_zone(self, incident: Incident) -> None:
        """Lose every k-th replica with what it works on."""
        self.scaler.fleet.lose(self.scaler.fleet.zone(incident.size))

    def bring_back(self, incident: Incident) -> None:
        """Let the zone be booted into again."""
        self.scaler.fleet.bring_back(self.scaler.fleet.zone(incident.size))

    def cap(self, quota: int | None) -> None:
        """Let the provider grant so many replicas and no more."""
        self.scaler.quota = quota

    def page(self, incident: Incident) -> None:
        """Ring: a page that means nothing."""
        self.system.say("alarm", incident.name, incident.says or "a page")

    def tick(self) -> None:
        """Read the instruments, ring, pay the bill, come back from overload."""
        readings = self.read_instruments()
        calm = readings["waiting"] == 0 and self.system.clock.now >= self.small_since + 2 * TICK
        if self.small and self.design.small == "overload" and calm:
            self.use_small(False)
        self.set_guard()
        self._ring(readings["good_share"])

    def read_instruments(self) -> dict[str, float]:
        """Pay up to now, then mark the gauges."""
        self.pay("replicas")
        window, reading, fleet = self.service.window(), self.plane.reading(0), self.scaler.fleet
        readings = {
            "rate": len(window.latency) / window.seconds,
            "goodput": window.rate(MODEL_ROUTE),
            "good_share": window.share(MODEL_ROUTE),
            "p50_ms": 1000 * window.quantile(0.5),
            "p99_ms": 1000 * window.quantile(0.99),
            "waiting": reading.waiting,
            "replicas": reading.up,
            "coming": fleet.coming,
            "retries": self.plane.totals()["retries"],
            "replica_hours": fleet.paid_seconds() / HOUR,
            "profit": dollars(self.system.ledger.total()),
        }
        return marked(self.system.mark, readings)

    def _ring(self, good: float) -> None:
        if good < 0.9 and self.system.clock.now >= self.quiet_until:
            self.quiet_until = self.system.clock.now + 60.0
            self.system.say("alarm", "goodput", f"only {good:.0%} of the requests get their score in time")

    def pay(self, cause: str) -> None:
        """Pay for the replicas up to now."""
        amount = self.meter.due(self.scaler.fleet.paid_seconds())
        self.system.ledger.post("replicas", cause, self.system.clock.now, -amount, -1)

    def close(self, until: float) -> None:
        """Settle at the horizon: who is still waiting takes the fallback."""
        self.read_instruments()
        left = self.service.in_flight()
        self.outcomes.end(left, np.full(len(left), until), np.full(len(left), FALLBACK))
        value = micros(self.setting.fallback_worth * dollars(self.requests.value[left]))
        self.system.ledger.post("answers", CLOSE, np.full(len(left), until), value, left)


# --- money, seen from the end ---------------------------------------------------------------------------------

KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "good_share": Kpi("share", "of requests that got a score in time", "more"),
    "members_good": Kpi("share", "of members' requests that got a score in time", "more"),
    "worst_minute": Kpi("share", "of requests with a score in time, in the worst minute", "more"),
    "down_seconds": Kpi("s", "time in which under half of the requests got a score", "less"),
    "scored_p99_ms": Kpi("ms", "99th percentile of the time to a score, among requests that got one", "less"),
    "attempts": Kpi("", "attempts per request that reached the service"),
    "replica_hours": Kpi("h", "paid for", "less"),
    "bill": Kpi("$", "for replicas", "less"),
}


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs."""
    asked = (run.outcomes.result != ABSENT) & (tape.requests.at < run.until)
    result, at = run.outcomes.result[asked], tape.requests.at[asked]
    good = (result == SCORED) | (result == ROUGHLY)
    _, retries = run.gauges.series("retries")
    bill = -dollars(run.ledger.total("replicas"))
    latency = run.outcomes.latency[asked][good]
    return {
        "profit": dollars(run.profit()),
        "good_share": mean(good),
        "members_good": mean(good[tape.requests.segment[asked] == MEMBERS]),
        "worst_minute": min((mean(part) for part in _cut(good, at, 60.0)), default=math.nan),
        "down_seconds": float(sum(part.mean() < 0.5 for part in _cut(good, at, 1.0))),
        "scored_p99_ms": round(1000 * quantile(latency, 0.99), 9),
        "attempts": 1 + float(retries[-1] / max(1, len(at))) if len(retries) else 1.0,
        "replica_hours": run.gauges.last("replica_hours"),
        "bill": bill,
    }


def _cut(good: Any, at: Floats, step: float) -> list[Any]:
    """Cut *good*, asked at *at* [s], into steps in which anybody asked."""
    edges = np.searchsorted(at, np.arange(step, at[-1] if len(at) else 0.0, step))
    return [part for part in np.split(good, edges) if len(part)]


# --- timeline -------------------------------------------------------------------------------------------------

KINDS = {
    "burst": Kind("more requests", "times the usual load", low=1.0, high=20.0, on_tape=True),
    "zone_loss": Kind("a zone fails with the replicas in it", "share of the replicas", low=0.05, high=1.0),
    "quota": Kind("the provider grants no more than so many replicas", "replicas", low=1.0, high=40.0),
    "page": Kind("a page that means nothing"),
}
# fmt: off
TIMELINE = (
    Incident("disk_page", "page", 130.0, jitter=40.0, distractor=True,
             says="page: a log disk is 91 % full (it is rotated at midnight)"),
    Incident("vote", "burst", 300.0, lasts=60.0, size=3.0, says="the vote is open: one minute"),
    Incident("zone", "zone_loss", 480.0, lasts=120.0, jitter=20.0, size=0.34,
             says="zone b is gone; the provider says two minutes"),
    Incident("news", "burst", 660.0, lasts=45.0, jitter=40.0, size=4.5),
    Incident("quota", "quota", 560.0, jitter=20.0, size=5.0),
    Incident("copycats", "burst", 790.0, lasts=40.0, size=3.5, when=When("waiting", "below", 1.0)),
)
LEVELS = {
    1: Level("one lever: the announced vote, and nothing else",
             drop=("zone", "news", "quota", "copycats", "disk_page")),
    2: Level("the standard night", drop=("quota", "copycats")),
    3: Level("everything: the provider grants 5 replicas from minute 9 on, and who looks calm is hit once more",
             world={"boot": 60.0}),
}


# --- targets --------------------------------------------------------------------------------------------------

TARGETS = (
    Target("profit", 120.0, at_least=True, why="what the night has to earn"),
    Target("members_good", 0.97, at_least=True, why="members were promised their score"),
    Target("good_share", 0.85, at_least=True, guardrail=True, why="the show must go on"),
    Target("down_seconds", 45.0, at_least=False, guardrail=True, why="no outage over three quarters of a minute"),
)


def attempts_after(asked: Asked, seconds: float = 120.0) -> float:
    """Return the attempts that a request took of those asked in the *seconds* after the vote; NaN without a vote."""
    vote, run = asked.case.log(asked.run).happened("vote"), asked.run
    if vote is None or vote.end + seconds > run.until:
        return math.nan
    retries = [run.gauges.series("retries", at)[1][-1] for at in (vote.end, vote.end + seconds)]
    return 1 + float(retries[1] - retries[0]) / asked_between(run, vote.end, vote.end + seconds)


def asked_between(run: Run, start: float, end: float) -> int:
    """Return how many requests were asked in [start, end) [s]."""
    here = (run.requests.at >= start) & (run.requests.at < end) & (run.outcomes.result != ABSENT)
    return int(here.sum())


def lost(asked: Asked) -> Mapping[str, float]:
    """Return what was lost on whom by answers that were worth less than a score [$]."""
    run, worth = asked.run, asked.tape.requests
    book, got = run.ledger.postings(), np.zeros(len(worth))
    mine = run.ledger.posted_to("answers")
    np.add.at(got, book.request[mine], book.amount[mine])
    missed = np.where(run.outcomes.result >= SCORED, worth.value - got, 0.0)
    return {name: float(dollars(missed[worth.segment == code].sum())) for code, name in enumerate(BOARD.segments)}


def crowding(asked: Asked) -> float:
    """Return the most attempts that waited per replica at a reading of the instruments."""
    waiting, up = (asked.run.gauges.series(name)[1] for name in ("waiting", "replicas"))
    return float((waiting / np.maximum(up, 1)).max(initial=0.0))


def rush(asked: Asked, step: float = 5.0) -> float:
    """Return how many times the usual load came in the busiest *step* [s]."""
    at = asked.run.requests.at[asked.run.outcomes.result != ABSENT]
    counts = np.bincount((at[at < asked.run.until] // step).astype(np.int64))
    return float(counts.max(initial=0) / max(1.0, np.median(counts)))


def claims(asked: Asked) -> list[Claim]:
    """Return what can be said of this run's signals, each as it is and as it is not."""
    run, kpis = asked.run, asked.run.kpis()
    most, gone = run.gauges.series("replicas")[1].max(initial=0.0), sum(lost(asked).values())
    said = (
        (kpis["attempts"] > 1.1, "More than one attempt in ten", "Fewer than one attempt in ten", "was a retry."),
        (most >= 9, "At some time nine replicas or more", "Never nine replicas", "were at work."),
        (kpis["bill"] > gone, "The replicas cost more", "The replicas cost less", "than late answers and fallbacks."),
        (kpis["down_seconds"] > 45, "Longer than 45 seconds", "No more than 45 seconds", "most requests got no score."),
    )
    return [Claim(*(f"{words} {rest}" for words in ((yes, no) if so else (no, yes)))) for so, yes, no, rest in said]


def bound(run: Run, tape: Tape) -> float:
    """Return what answering can be worth [$]: for each request the best of a score, a rough one and the fallback.

    A score keeps a replica busy for the median time of its model - the mean is longer - and who is at work is paid
    for; nobody waits, nobody is too late and no replica idles. Of the bursts that depend on the player, those count
    that this run met.
    """
    s = StormSetting.of({**LEVELS[run.scenario["level"]].world, **run.scenario["world"]})
    value = dollars(tape.requests.value[(run.outcomes.result != ABSENT) & (tape.requests.at < run.until)])
    second = s.replica_hour / HOUR / 1000
    ways = (value - second * s.work_ms, s.small_worth * value - second * s.small_ms, s.fallback_worth * value)
    return float(np.maximum.reduce(ways).sum())


PROBES = (
    Probe(
        "still_down", "The spike ended four minutes ago. Why are you still down?", "framing",
        readings("rate", "goodput"),
        weak="The servers are overloaded.", mid="There are too few replicas for the load.",
        strong="The load is made of retries: with r retries an arrival rate of lambda becomes lambda (1 + r), and "
        "that is more than the replicas serve although lambda is not. Work is done for clients that have left.",
        expert="The same; and it stays so until retries stop, work is dropped, or capacity exceeds lambda (1 + r). "
        "So I bound the queue, drop expired work and give retries a budget before I buy replicas.",
        check=checks.number("How many attempts did a request take in the two minutes after the vote?", attempts_after,
                            "attempts", 0.15, "What reaches the replicas is attempts, not requests."),
        when=lambda asked: attempts_after(asked) > 1.5, follow_up="What is the least that brings it back?",
    ),
    Probe(
        "shed", "What would you shed?", "features", charted("slices", measure="dollars_per_request"),
        weak="Nothing, all customers matter.", mid="A share of everybody, evenly.",
        strong="Guests before members: a guest's score is worth $0.002, a member's $0.005.",
        expert="Guests, and only while the queue is longer than the deadline; before that the small model is cheaper.",
        check=checks.which("On whom was more lost by rough scores and fallbacks?", lost, "$"),
        follow_up="What does turning one guest away save, and whom?",
    ),
    Probe(
        "twenty", "Why not keep twenty replicas all night?", "metrics", accounts(),
        weak="That is what I would do, to be safe.", mid="It costs more.",
        strong="Twenty earn nothing in thirteen of fifteen minutes; the vote is announced, so I start them 45 s early.",
        expert="The same; and for what nobody announces the small model is 2.5 times the capacity in no time.",
        check=checks.number("What share of what the answers brought in went to replicas?", lambda asked:
                            asked.run.kpis()["bill"] / float(dollars(asked.run.ledger.total("answers"))), "share"),
        follow_up="How many replicas would you order if they came at once?",
    ),
    Probe(
        "longer_queue", "Would a longer queue have helped?", "serving", charted("latency", window=HORIZON),
        weak="Yes, fewer requests are refused.", mid="A little.",
        strong="No: a request that waits behind eight others is late already. A longer queue makes more work late.",
        expert="No. Deadline over service time is the longest queue that can earn anything: 250 / 30, about eight.",
        check=checks.number("How many attempts waited per replica when most did?", crowding, "attempts", 0.2,
                            "At 30 ms each, eight of them are the patience of a client."),
        follow_up="And who should be served first in it?",
    ),
    Probe(
        "unannounced", "Nobody announced the second rush. What was ready for it?", "model", readings("waiting"),
        weak="Nothing could be, nobody knew.", mid="More replicas than usual, to be safe.",
        strong="Whatever needs no 45 seconds: the small model, and turning guests away.",
        expert="The same, switched by the queue and back without anybody; and I know which load is too much even so.",
        check=checks.number("How many times the usual load came in the busiest five seconds?", rush, "times", 0.15),
        follow_up="At which load is the small model too slow, too?",
    ),
    Probe(
        "wrong_signal", "Why is the CPU the wrong signal in a storm of retries?", "monitoring",
        readings("replicas", "coming"),
        weak="It is the usual one.", mid="It lags behind the load.",
        strong="Work that nobody waits for keeps it busy: it asks for replicas that serve the dead.",
        expert="The same; and once expired work is dropped and retries have a budget, it is a fair signal again - "
        "45 seconds late. I alarm on scores in time, which no retry can fake.",
        check=checks.false_one(claims), follow_up="Which alarm would you have wanted at minute six?",
    ),
)


LIVE = ("least", "queue", "retries", "shed", "small")


def prepared(log: Log) -> list[Occasion]:
    """Ask for enough replicas when the announced vote opens and, where there were, for letting them go afterwards."""
    vote, s, after = log.happened("vote"), log.setting, 60.0
    if vote is None:
        return []
    needed = math.ceil(s.rate * vote.size * Law.lognormal(s.work_ms / 1000, s.spread).mean)
    up = log.run.gauges.series("replicas", vote.at)[1][-1:].sum()
    found = [Occasion(vote.at, bool(up >= needed), f"{up:g} replicas as the vote opened, {needed} were needed")]
    if up >= needed and vote.end + after <= log.run.until:
        least = cast(StormDesign, log.design_at(vote.end + after)).least
        found.append(Occasion(vote.end + after, least < needed, f"{least} at least a minute after the vote"))
    return found


BEHAVIOURS = (
    Behaviour("counts retries as load: gives them a budget, or stops them", "framing",
              stood(lambda d: d.retries in ("none", "budget"), lambda d: f"retries {d.retries}")),
    Behaviour("starts replicas before the announced vote, and lets them go afterwards", "metrics", prepared),
    Behaviour("does not start work whose client has left", "data",
              stood(lambda d: d.drop, lambda d: f"expired work {'dropped' if d.drop else 'done'}")),
    Behaviour("looks at members and guests apart before turning guests away", "data",
              looked_first(("shed",), ("chart:slices",), 120.0), by_looks=True),
    Behaviour("uses what a request tells of itself: members are served before guests", "features",
              stood(lambda d: d.order == "members", lambda d: f"served first: {d.order}")),
    Behaviour("has an answer ready for what is not announced: the small model, or shedding", "model",
              held("news", lambda d: d.small != "never" or d.shed >= 0.5,
                   lambda d: f"small model {d.small}, {d.shed:.0%} of the guests turned away", 15.0)),
    Behaviour("looks at the latency, the flow or the instruments before turning a dial in flight", "evaluation",
              looked_first(LIVE, ("chart:latency", "chart:flow", "panel:system"), 60.0), by_looks=True),
    Behaviour("bounds the queue by the deadline", "serving",
              under(lambda s: stood(lambda d: d.queue * s.work_ms <= s.timeout_ms,
                                    lambda d: f"{d.queue} waiting places per replica"))),
    Behaviour("does not react to the page about the disk", "monitoring", left_alone("disk_page", LIVE, 60.0)),
)
ANCHORS: Mapping[Dimension, Anchors] = {
    "framing": Anchors("Wants to serve everybody.", "Knows that three times the load is too much for four replicas.",
        "Asks what the load is made of: sixty requests with three retries are 240 attempts a second.",
        "Names the state that outlasts its cause, and the least that ends it: fewer attempts, not more replicas."),
    "metrics": Anchors("Looks at profit, or at requests a second.", "Watches how many get a score.",
        "Watches scores in time next to the bill, and starts replicas for the announced minute alone.",
        "Prices both ways of being wrong: a replica earns its keep with one and a half more scores a second."),
    "data": Anchors("Takes the CPU for the demand.", "Sees that the retries are counted in.",
        "Counts requests, attempts and scores apart, and drops what nobody waits for.",
        "The same, by class: what a member and what a guest lost, before deciding whom to turn away."),
    "features": Anchors("Treats all requests alike.", "Knows that members are worth more.",
        "Serves members first, as the queue knows who asks.",
        "The same, and has requests carry their deadline, so that every stage can drop what is late."),
    "model": Anchors("Has one model.", "Uses the small model all night, to be safe.",
        "Switches to the small model by hand when the unannounced rush comes.",
        "Lets four waiting per replica switch it, and back when nobody waits: 2.5 times the capacity at 70 %."),
    "evaluation": Anchors("Turns what is at hand until it looks better.", "Looks at the latency after a change.",
        "Looks at the instruments before each change, and changes one thing at a time.",
        "Rehearses the vote beforehand at three times the load, with a zone gone, and times the recovery."),
    "serving": Anchors("Leaves the queue open, so that nobody is refused.", "Bounds it somewhere.",
        "Bounds it by patience over service time, 250 ms by 30 ms: eight a replica.",
        "The same with six, members first, and retries within a tenth: refused early is cheaper than served late."),
    "monitoring": Anchors("Acts on the page about the disk.", "Leaves it alone, waits for the next alarm.",
        "Alarms on the share of scores in time, and knows before the news what is done about it.",
        "The same, done by itself within seconds; people are told, and look for the cause."),
}
# fmt: on
TEACHER = """\
The sentence to get to: in overload the queue decides what work is worth doing, and retries decide how much there is.
Weak (the default design) is down long after the vote has ended: four replicas serve 127 a second, at 31 ms each on
average, and sixty requests a second with three instant retries are 240. Ask why before the reveal; nearly everybody
says "too few replicas". Mid has more of everything and is still late, because its queue is longer than a client's
patience. Strong bounds the queue by the deadline, drops what has expired, lets one request in ten retry, and starts
replicas before the vote. Expert adds what needs no 45 seconds: the small model as soon as four wait per replica,
members first - and sees the unannounced news through with it. The CPU is the wrong signal in a storm of retries: work
that nobody waits for looks like demand. The page about the disk means nothing. Who leaves nine replicas up after the
vote may meet the news with them: on one night that looks like foresight, over ten nights it is luck, and twelve all
night cost more than they save. Nobody can start replicas for the news in time; what is asked for is a plan for being
too small.
What would you automate? What did you believe was broken, and when did you know? What did luck do?
"""
SOURCES = """\
[P] are proposals made for this case, not facts about any service.
- Load 60/s, bursts of 3 and 4.5 times, cold start 45 s, timeout 250 ms, three instant retries [P].
- Time of the model 30 ms: 500 trees scoring 100 rows took 30.0 ms at the median, a small boosting 0.3 ms plus the call
  [measured once with scikit-learn, see cases/menus/ranker.json]; the small model's 12 ms are mostly the call [P].
- Prices and values [P]; what counts is that a replica costs what one and a half requests a second earn.
- Retries multiply load, and an overload can outlast its cause: Bronson et al., Metastable Failures in Distributed
  Systems, HotOS 2021. Retry budgets of a tenth: Beyer et al., Site Reliability Engineering, 2016, ch. 21.
- The autoscaler's formula, tolerance and period: Kubernetes, Horizontal Pod Autoscaling.
"""


# --- whiteboard -----------------------------------------------------------------------------------------------


def replicas(setting: StormSetting, design: StormDesign) -> Station:
    """Return the replicas on a quiet minute, and how long their clients wait."""
    work = Law.lognormal(setting.work_ms / 1000, setting.spread)
    return Station.of(setting.rate, work, 0.0, design.least, setting.timeout_ms / 1000)


# fmt: off
BOARD = Board(
    places=(
        Place("clients", "Clients", "They wait for a score, and ask again when they hear nothing.", ("door",),
              dials=("retries",), gauges={"rate": "/s", "retries": "so far"}, group="business"),
        Place("door", "Door", "Whoever is turned away here costs nothing.", ("queue", "answers"), dials=("shed",)),
        Place("queue", "Queue", "It decides who is served first, and which work is not begun.", ("model",),
              dials=("order", "queue", "drop"), gauges={"waiting": "requests"}),
        Place("model", "Model", "A replica scores one request at a time.", ("answers",), dials=("small",),
              gauges={"p99_ms": "ms", "p50_ms": "ms"}, group="model"),
        Place("scaler", "Autoscaler", "It orders replicas, which come when they have booted.", ("model",),
              dials=("least", "most", "signal", "target"),
              gauges={"replicas": "", "coming": "replicas", "replica_hours": "h"}),
        Place("answers", "Answers", "A score in time earns most, last year's rules earn less.", ("clients",),
              gauges={"good_share": "share", "goodput": "/s", "profit": "$"}, group="business"),
    ),
    questions=(
        Question("How long does a replica take to start tonight?", "${boot} s, measured an hour ago."),
        Question("How much do the model's times scatter?", "Half of them lie over ${work_ms} ms; the spread of their "
                 "log is ${spread}. The dashboard had to be built first.", after=60.0),
        Question("Is the small model's time steadier?", "It scatters alike, around ${small_ms} ms."),
        Question("How sharp is a rush?", "It swells within seconds, and stops at once; no replica is that quick."),
        Question("What do clients do when they hear nothing?", "They drop the line after ${timeout_ms} ms. The service "
                 "does not notice, and works on for them unless it is told to look."),
        Question("Would we get as many replicas as we order?", "Nobody knows: the provider promises nothing. Orders "
                 "that do not come would show it."),
    ),
    actions=("large model", "small model"), results=RESULTS, segments=("members", "guests"),
    budget=StormSetting().timeout_ms / 1000, station=replicas,
)
# fmt: on


# --- pars -----------------------------------------------------------------------------------------------------

WEAK = Plan(StormDesign())
MID = Plan(StormDesign(least=6, most=20, target=0.6, queue=100, retries="backoff"))
STRONG = (
    Plan(StormDesign(least=5, most=20, target=0.6, queue=8, drop=True, retries="budget"))
    .then(250.0, "the vote opens at minute 5, and a replica takes 45 s", least=9)
    .then(350.0, "the vote is over", least=5)
)
EXPERT = StormDesign(
    least=4, most=20, target=0.65, order="members", queue=6, drop=True, retries="budget", small="overload"
)


def expert(view: View) -> Plan | dict[str, Any] | None:
    """Start replicas for the vote, and leave what nobody announces to the small model."""
    if view.now == 0:
        return (
            Plan(EXPERT)
            .then(250.0, "the vote opens at minute 5, and a replica takes 45 s", least=7)
            .then(345.0, "the vote is over", least=4)
        )
    return None


def every_alarm(view: View) -> Plan | dict[str, Any] | None:
    """Fly the strong design; for the disk order twelve replicas, and turn a tenth of the guests away to spare it."""
    wanted: dict[str, Any] = {"least": 12, "shed": 0.1} if view.alarms() else {}
    return Plan(STRONG.design) if view.now == 0 else wanted if wanted.items() - view.design.values().items() else None


TRAPS: dict[str, Par] = {
    "endless_queue": Plan(STRONG.design.but(queue=QUEUE_OFF, drop=False)),
    "retry_at_once": Plan(STRONG.design.but(retries="instant", drop=False)),
    "twenty_all_night": Plan(STRONG.design.but(least=20)),
    "every_alarm": every_alarm,
}


CASE = Case(
    name="burst_storm",
    title="A storm in fifteen minutes",
    revision=1,
    tension="Serve everybody and be late for all, or turn some away and be in time for the rest.",
    topics=("bursts", "retries", "metastability", "autoscaling", "load shedding", "graceful degradation"),
    minutes=30,
    brief=BRIEF,
    design=StormDesign,
    horizon=HORIZON,
    tick=15.0,
    checkpoints=tuple(float(at) for at in range(15, 900, 15)),
    setting=StormSetting,
    world=world,
    build=build,
    measure=measure,
    kpis=KPIS,
    watched={
        "rate": "/s",
        "goodput": "/s",
        "good_share": "share",
        "p99_ms": "ms",
        "waiting": "",
        "replicas": "",
        "coming": "",
    },
    board=BOARD,
    kinds=KINDS,
    timeline=TIMELINE,
    levels=LEVELS,
    targets=TARGETS,
    probes=PROBES,
    pars={"weak": WEAK, "mid": MID, "strong": STRONG, "expert": expert},
    traps=TRAPS,
    behaviours=BEHAVIOURS,
    anchors=ANCHORS,
    bound=bound,
    teacher=TEACHER,
    sources=SOURCES,
)
