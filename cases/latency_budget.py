"""A prediction call in the checkout that has 120 milliseconds: where they go, and what each of them is worth.

An engineer owns a call that must answer within 120 ms at the 99th percentile: features from a store that somebody
else runs, then a ranker of their own choosing. A better model, a fuller batch, a longer wait: everything costs time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any, cast

import numpy as np

from cases._menu import ranker
from simulator.board import Board, Place, Question, Station
from simulator.books.figures import marked, mean, quantile
from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT, Requests, Truths
from simulator.case import Act, Case, Level, Par
from simulator.design import Design, Dial, choice, integer, number
from simulator.evidence import compute
from simulator.exhibits import accounts, charted, checks, readings
from simulator.incidents import Incident, Kind
from simulator.plan import Plan
from simulator.probes import Asked, Probe
from simulator.rubric import Anchors, Behaviour, Dimension, Log, Occasion
from simulator.rules import held, left_alone, looked_first, reacted, stood, under
from simulator.run import Run
from simulator.service import Service
from simulator.serving.fleet import Fleet
from simulator.serving.kernel import orders
from simulator.serving.pool import ROUTES
from simulator.serving.prices import Meter, Prices
from simulator.serving.topology import Batch, Cache, Client, Keys, Law, Pool, Topology
from simulator.streams import Streams
from simulator.system import Decided, Ended, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import HOUR, Floats, dollars, micro
from simulator.view import View
from simulator.world.arrivals import poisson_times
from simulator.world.tape import Block, Tape

HORIZON = 900.0
MOST = 30  # rankers
STORE_PLACES = 12  # waiting reads of a machine of the store; it does not know who has given up
TICK = 15.0  # s: instruments are read, and the partner looks at the tail
BUDGET_MS = 120.0
MISSED = 0.015  # share without a ranking in time that makes a quarter of a minute a bad one
FALLBACK_MS = 8.0  # what the fallback itself takes
CACHE, STORE, RANKER = range(3)
RESULTS = ("open", "absent", "ranked", "from the cache", "fallback", "late")
RANKED, CACHED, FALLBACK, LATE = 2, 3, 4, 5
MODEL_ROUTE, CACHE_ROUTE, FALLBACK_ROUTE = (ROUTES.index(name) for name in ("model", "cache", "fallback"))

CALL_MS = 8.0  # what a call of the ranker takes besides the model
CANDIDATES = 1000  # of a request


def quality(model: str) -> float:
    """Return what a ranking of *model* is worth, of the best one: its measured AUC above chance."""
    menu = ranker()
    best = max(entry.auc for entry in menu.values())
    return (menu[model].auc - 0.5) / (best - 0.5)


def offered(model: str) -> str:
    """Say how long a request takes by itself with *model*, and what the ranking is worth."""
    entry = ranker()[model]
    alone = CALL_MS + entry.fixed_ms + entry.per_row_ms * CANDIDATES
    return f"{model} ({alone:.0f} ms, {quality(model):.0%} of the best ranking)"


MODELS = ("logistic", "distilled", "boosting_100", "forest_500")
BRIEF = f"""\
You own the prediction call of a checkout: 180 requests a second, half as many again in ten seconds of each minute.
It has 120 milliseconds. An answer after that is worthless, and costs $0.004: the customer thinks the page is broken.

Each request first reads features from a store that another team runs: 12 ms as a rule, but one read in twenty takes
more than 100 ms. The store has six slots on three machines and not a slot more, and it reads what was asked for even if
you have given up. Then your ranker scores a thousand candidates. The models were measured, a request by itself takes:
{", ".join(offered(model) for model in MODELS)}.
A cent is earned with the best one. For every quarter of a minute in which more than 1.5 % get no ranking in time - a
kept one will do, a list of bestsellers will not - the partner deducts $6.

You can keep predictions for a while (a hit skips store and ranker; the longer they are kept, the less it is worth),
send a second read to the store when the first takes long, fill batches, wait for fuller ones, add replicas at $72 an
hour - and take a list of bestsellers, worth 60 %, when time runs out. That takes 8 ms itself. You have 15 minutes.
"""


# --- decisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BudgetDesign(Design):
    """The decisions of the call's owner."""

    model: str = choice(
        "boosting_100", MODELS, "Model",
        help="time and ranking quality were measured on a real machine: logistic regression; a small boosting taught "
        "by a larger one; boosting of 100 trees; a forest of 500",
    )  # fmt: skip
    fallback: str = choice("none", ("none", "bestsellers"), "Fallback", help="what is shown when time runs out")
    give_up_ms: float = number(
        120.0, 20.0, 120.0, "Give up after", unit="ms",
        help="then the fallback is taken, which takes 8 ms; without a fallback the customer waits the 120 ms",
    )  # fmt: skip
    replicas: int = integer(3, 1, 30, "Ranker replicas", live=True, cost="$72 an hour each; new ones come after 30 s")
    batch: int = integer(
        1, 1, 64, "Batch", unit="requests", live=True, help="most requests that are ranked in one call"
    )
    window_ms: float = number(
        0.0, 0.0, 40.0, "Batch window", unit="ms", help="how long a ranker waits for a fuller batch"
    )
    ttl: float = number(
        0.0, 0.0, 300.0, "Predictions are kept", unit="s", live=True,
        help="0 = none; a hit is worth 95 % of an answer and less the longer predictions are kept",
    )  # fmt: skip
    hedge_ms: float = number(
        0.0, 0.0, 80.0, "Second read after", unit="ms", live=True, cost="$0.0002 each",
        help="a store read that has not come back by then is sent to another machine, too; 0 = never",
    )  # fmt: skip


ACTS = {
    "replace": Act(
        "Replace a ranker", "it takes no more work, is lost two seconds later, and a new one is up after 30 s",
        (Dial("integer", "Ranker", 1, name="number", low=1, high=30, help="which one"),),
    )
}  # fmt: skip


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BudgetSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    rate: float = number(180.0, 1.0, 5000.0, "Load", unit="requests/s")
    rush: float = number(1.5, 1.0, 5.0, "Load in ten seconds of each minute", unit="times")
    users: int = integer(50_000, 100, 1_000_000, "Customers who come back", unit="people")
    loyalty: float = number(0.7, 0.0, 2.0, "How unevenly they do (Zipf's alpha)")
    read_ms: float = number(12.0, 0.1, 1000.0, "Median time of a quick read", unit="ms")
    slow_reads: float = number(0.05, 0.0, 1.0, "Slow reads", unit="share")
    slow_from_ms: float = number(100.0, 0.0, 1000.0, "A slow read takes at least", unit="ms")
    slow_more_ms: float = number(60.0, 0.0, 1000.0, "and on average so much more", unit="ms")
    call_ms: float = number(CALL_MS, 0.0, 100.0, "A call of the ranker, whatever the model", unit="ms")
    candidates: int = integer(CANDIDATES, 1, 20_000, "Candidates", unit="a request")
    answer: float = number(0.010, 0.0, 1.0, "An answer of the best model", unit="$")
    cached_worth: float = number(0.95, 0.0, 1.0, "A fresh kept prediction", unit="of an answer")
    stale_after: float = number(300.0, 1.0, 1e6, "Kept predictions fade within", unit="s")
    fallback_worth: float = number(0.6, 0.0, 1.0, "A fallback", unit="of the best answer")
    late: float = number(0.004, 0.0, 1.0, "A late answer costs", unit="$")
    deduction: float = number(6.0, 0.0, 100.0, "The partner deducts for a bad quarter minute", unit="$")
    replica_hour: float = number(72.0, 0.0, 1000.0, "A replica", unit="$ an hour")
    hedge: float = number(0.0002, 0.0, 0.1, "A second read", unit="$")
    boot: float = number(30.0, 0.0, 600.0, "Cold start of a replica", unit="s")


def world(seed: int, horizon: float, setting: BudgetSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape: who comes when; the luck of their service times belongs to each request."""
    streams = Streams(seed)
    seconds = np.arange(math.ceil(horizon))
    rates = setting.rate * np.where(seconds % 60 >= 50, setting.rush, 1.0)
    at = poisson_times(streams.get("crowd", "times"), 0.0, rates, step=1.0)
    n, none = len(at), np.zeros(len(at), dtype=np.int64)
    value = np.full(n, micro(setting.answer))
    requests = Requests(id=none, at=at, entity=none, segment=none, X=np.zeros((n, 0)), value=value)
    truths = Truths(none.astype(np.bool_), np.full(n, np.inf), np.full(n, -1), {})
    return Tape.of([Block(requests, truths)], 1, streams.unseed())


def read_times(setting: BudgetSetting, points: int = 2001) -> Law:
    """Return the law of the store's reads: quick ones lognormal, slow ones shifted exponential, as quantiles."""
    normal, values = NormalDist(), []
    for i in range(points):
        u = (i + 0.5) / points
        if u < 1 - setting.slow_reads:
            values.append(setting.read_ms * math.exp(0.2 * normal.inv_cdf(u / (1 - setting.slow_reads))))
        else:
            rest = (1 - u) / setting.slow_reads
            values.append(setting.slow_from_ms - setting.slow_more_ms * math.log(rest))
    return Law.empirical([value / 1000 for value in values])


# --- system ---------------------------------------------------------------------------------------------------


def kept_worth(ttl: float, setting: BudgetSetting) -> float:
    """Return what a prediction is worth that may be *ttl* [s] old, of a ranking made anew."""
    return setting.cached_worth * math.exp(-ttl / setting.stale_after)


def build(system: System, setting: BudgetSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the call into *system*."""
    return Call(system, setting).wired()


class Call:
    """The prediction call: kept predictions, the store, the ranker."""

    def __init__(self, system: System, setting: BudgetSetting) -> None:
        self.system, self.setting, self.design = system, setting, cast(BudgetDesign, system.design)
        self.requests, self.outcomes = system.tape.requests, system.outcomes
        self.service = Service(system, self.topology(), system.streams, visits=True)
        self.plane = self.service.plane
        self.fleet = Fleet(system.clock, self.plane, RANKER)
        self.meter = Meter(Prices(replica_hour=setting.replica_hour, request=setting.hedge))
        self.quality = quality(self.design.model)
        self.kept_worth = kept_worth(self.design.ttl, setting)
        self.grey = 0
        self.quiet_until = 0.0
        self.backlogs = np.zeros(MOST)

    def topology(self) -> Topology:
        """Return the call as take-off finds it."""
        s, d, entry = self.setting, self.design, ranker()[self.design.model]
        kept = Cache(
            name="predictions", keys=Keys(s.users, s.loyalty), policy="ttl", ttl=d.ttl, on_hit="done",
            hit=Law.constant(0.001), miss=Law.constant(0.001),
        )  # fmt: skip
        store = Pool(
            name="store", service=read_times(s), replicas=3, servers=2, balance="power_of_two",
            queue_limit=STORE_PLACES, hedge_after=d.hedge_ms / 1000 if d.hedge_ms else None,
        )  # fmt: skip
        rank = Pool(
            name="ranker", service=Law.lognormal((s.call_ms + entry.fixed_ms) / 1000, entry.sigma),
            per_item=entry.per_row_ms * s.candidates / 1000, replicas=d.replicas, most=MOST, balance="round_robin",
            batch=Batch(d.batch, d.window_ms / 1000), drop_expired=True,
        )  # fmt: skip
        has_fallback = d.fallback != "none"
        return Topology(
            (kept, store, rank),
            Client(timeout=(d.give_up_ms if has_fallback else BUDGET_MS) / 1000, fallback=has_fallback),
        )

    def wired(self) -> Parts:
        """Set the processes going and hand out the parts."""
        self.system.clock.every(1.0, self.watch)
        self.system.clock.every(TICK, self.tick)
        return Parts(
            see=lambda requests: requests.X,
            score=lambda seen: Scored(np.zeros(len(seen)), 0),
            reach=self.service.reach, stride=0.5,
            serve=self.serve, decide=self.decide, respond=self.respond, price=self.price,
            owe=lambda ended: None, learn=lambda landed: None, turn=self.turn, close=self.close,
            acts={"replace": self.replace},
            effects={
                "grey": (lambda incident: self.turn_grey(incident.size), lambda incident: self.slow(1.0)),
                "store_loss": (lambda incident: self.store(orders.REFUSE), lambda incident: self.store(orders.ACCEPT)),
                "flush": (lambda incident: self.plane.order(orders.FLUSH, CACHE), lambda incident: None),
                "page": (self.page, lambda incident: None),
            },
        )  # fmt: skip

    # 4 serve, 5 act, 6 respond, 7 post

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        """Return who has an answer by now; the bestsellers take 8 ms of their own."""
        served = self.service.serve(requests, scored, until)
        extra = np.where(served.route == FALLBACK_ROUTE, FALLBACK_MS / 1000, 0.0)
        return Served(served.latency + extra, served.route, served.id)

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        """Show what came back; there is nothing to decide about a single request."""
        return Decided(np.zeros(len(requests), np.int64), np.ones(len(requests)))

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """End each request as it was answered."""
        route, latency = self.outcomes.route[requests.id], self.outcomes.latency[requests.id]
        result = np.full(len(route), LATE)
        for one, ends in ((MODEL_ROUTE, RANKED), (CACHE_ROUTE, CACHED), (FALLBACK_ROUTE, FALLBACK)):
            result[(route == one) & (latency <= BUDGET_MS / 1000 + 1e-9)] = ends
        taken = np.where(route == FALLBACK_ROUTE, FALLBACK_MS / 1000, 0.0)  # a fallback is certain when it is begun
        return Ended(requests.id, requests.at + (latency - taken), result)

    def price(self, ended: Ended) -> None:
        """Post what each answer was worth."""
        s = self.setting
        worth = {
            RANKED: s.answer * self.quality,
            CACHED: s.answer * self.quality * self.kept_worth,
            FALLBACK: s.answer * s.fallback_worth,
            LATE: -s.late,
        }
        for result, usd in worth.items():
            rows = ended.result == result
            account = "late" if result == LATE else "answers"
            amounts = np.full(int(rows.sum()), micro(usd))
            self.system.ledger.post(account, RESULTS[result], ended.at[rows], amounts, ended.id[rows])

    # the control plane

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        self.design = d = cast(BudgetDesign, design)
        self.plane.set(CACHE, "ttl", d.ttl)
        self.plane.set(STORE, "hedge", d.hedge_ms / 1000 if d.hedge_ms else math.inf)
        self.plane.set(RANKER, "batch", d.batch)
        self.fleet.scale(d.replicas, self.setting.boot)
        self.kept_worth = kept_worth(d.ttl, self.setting)

    def replace(self, number: int) -> None:
        """Replace the ranker *number* (from 1 on)."""
        if not self.fleet.restart(number - 1, 2.0, self.setting.boot):
            self.system.say("note", "replace", f"there is no ranker {number} at work")

    def turn_grey(self, factor: float) -> None:
        """Let a ranker work, but slowly: the second, or the only one."""
        self.grey = 1 if self.fleet.is_up(1) else 0
        self.slow(factor)

    def slow(self, factor: float) -> None:
        """Let the grey ranker take *factor* times its time from now on."""
        self.plane.order(orders.SLOW, self.plane.first_replica(RANKER) + self.grey, factor)

    def store(self, order: int) -> None:
        """Take one of the store's machines away, or bring it back."""
        self.plane.order(order, self.plane.first_replica(STORE))

    def page(self, incident: Incident) -> None:
        """Ring: a page that means nothing."""
        self.system.say("alarm", incident.name, incident.says or "a page")

    def watch(self) -> None:
        """Look at the queue of each ranker, once a second."""
        self.backlogs += [self.plane.backlog(RANKER, place) for place in range(MOST)]

    def tick(self) -> None:
        """Read the instruments, let the partner look at the tail, ring."""
        self._ring(self.judge("tail"))

    def judge(self, cause: str) -> dict[str, float]:
        """Read the instruments, and let the partner deduct for a bad quarter of a minute."""
        readings = self.read_instruments()
        if readings["missed_share"] > MISSED:
            self.post("deductions", cause, -micro(self.setting.deduction))
        return readings

    def read_instruments(self) -> dict[str, float]:
        """Pay up to now, then mark the gauges."""
        store, rank = self.plane.reading(STORE), self.plane.reading(RANKER)
        hours = self.fleet.paid_seconds()
        self.post("replicas", "replicas", -self.meter.due(hours, requests=store.counts["hedges"]))
        window, times = self.service.window(), self.service.stage_times()
        queues, self.backlogs = self.backlogs / TICK, np.zeros(MOST)
        readings = {
            "rate": len(window.latency) / window.seconds,
            "p50_ms": 1000 * window.quantile(0.5),
            "p99_ms": 1000 * window.quantile(0.99),
            "ranked_share": window.share(MODEL_ROUTE),
            "kept_share": window.share(CACHE_ROUTE),
            "fallback_share": window.share(FALLBACK_ROUTE),
            "missed_share": 1 - window.share(MODEL_ROUTE, CACHE_ROUTE),
            "store_p50_ms": 1000 * quantile(times[STORE], 0.5),
            "store_p99_ms": 1000 * quantile(times[STORE], 0.99),
            "ranker_p50_ms": 1000 * quantile(times[RANKER], 0.5),
            "ranker_p99_ms": 1000 * quantile(times[RANKER], 0.99),
            "store_waiting": store.waiting,
            "ranker_waiting": rank.waiting,
            "longest_queue": queues.max(),
            "other_queues": (queues.sum() - queues.max()) / max(1, rank.up - 1),
            "slowest_ranker": 1 + int(queues.argmax()),
            "replicas": rank.up,
            "hedges": store.counts["hedges"],
            "replica_hours": hours / HOUR,
            "profit": dollars(self.system.ledger.total()),
        }
        return marked(self.system.mark, readings)

    def _ring(self, readings: dict[str, float]) -> None:
        now = self.system.clock.now
        longest = readings["longest_queue"]
        if longest > max(1.0, 5 * readings["other_queues"]) and readings["replicas"] > 1:
            self.system.say(
                "alarm", "ranker", f"at ranker {readings['slowest_ranker']} alone {longest:.1f} requests wait"
            )
        if readings["missed_share"] > MISSED and now >= self.quiet_until:
            self.quiet_until = now + 120.0
            self.system.say("alarm", "tail", f"{readings['missed_share']:.1%} got no ranking in time")

    def post(self, account: str, cause: str, amount: int) -> None:
        """Post money [µ$] that belongs to no request."""
        self.system.ledger.post(account, cause, self.system.clock.now, amount, -1)

    def close(self, until: float) -> None:
        """Settle at the horizon: the last quarter of a minute is judged, who still waits gets the fallback, or none."""
        self.judge(CLOSE)
        left, has_fallback = self.service.in_flight(), self.design.fallback != "none"
        usd = self.setting.answer * self.setting.fallback_worth if has_fallback else -self.setting.late
        self.outcomes.end(left, np.full(len(left), until), np.full(len(left), FALLBACK if has_fallback else LATE))
        amounts = np.full(len(left), micro(usd))
        self.system.ledger.post("answers" if has_fallback else "late", CLOSE, np.full(len(left), until), amounts, left)


# --- money, seen from the end ---------------------------------------------------------------------------------

KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "in_time": Kpi("share", "of requests answered within 120 ms, a fallback included", "more"),
    "ranked": Kpi("share", "of requests that got a ranking made for them, in time", "more"),
    "kept": Kpi("share", "of requests answered with a kept prediction"),
    "fallbacks": Kpi("share", "of requests that got bestsellers", "less"),
    "p50_ms": Kpi("ms", "median time to an answer", "less"),
    "p99_ms": Kpi("ms", "99th percentile of the time to an answer", "less"),
    "bad_quarters": Kpi("quarter minutes", "in which more than 1.5 % got no ranking in time", "less"),
    "second_reads": Kpi("", "second reads per request"),
    "quality": Kpi("", "of the rankings, against the best model", "more"),
    "bill": Kpi("$", "for replicas and second reads", "less"),
}


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs."""
    asked = (run.outcomes.result != ABSENT) & (tape.requests.at < run.until)
    result, latency = run.outcomes.result[asked], run.outcomes.latency[asked]
    missed = run.gauges.series("missed_share")[1]
    return {
        "profit": dollars(run.profit()),
        "in_time": mean(result != LATE),
        "ranked": mean(result == RANKED),
        "kept": mean(result == CACHED),
        "fallbacks": mean(result == FALLBACK),
        "p50_ms": round(1000 * quantile(latency, 0.5), 9),
        "p99_ms": round(1000 * quantile(latency, 0.99), 9),
        "bad_quarters": float((missed > MISSED).sum()),
        "second_reads": run.gauges.last("hedges", 0.0) / max(1, len(result)),
        "quality": quality(cast(BudgetDesign, run.plan.design).model),
        "bill": -dollars(run.ledger.total("replicas")),
    }


# --- timeline -------------------------------------------------------------------------------------------------

KINDS = {
    "grey": Kind("a ranker works, but slowly", "times its time", low=1.0, high=50.0),
    "store_loss": Kind("the store loses one of its three machines"),
    "flush": Kind("all kept predictions are lost"),
    "page": Kind("a page that means nothing"),
}
# fmt: off
TIMELINE = (
    Incident("median_page", "page", 110.0, jitter=30.0, distractor=True,
             says="page: the median is a millisecond longer since last night's release"),
    Incident("slow_disk", "grey", 210.0, lasts=210.0, jitter=30.0, size=8.0),
    Incident("cache_flush", "flush", 470.0, jitter=20.0, distractor=True,
             says="the cache of predictions was restarted; it is empty"),
    Incident("store_machine", "store_loss", 570.0, lasts=180.0, jitter=30.0,
             says="the store lost one of its three machines; its team says three minutes"),
)
LEVELS = {
    1: Level("one lever: nothing breaks", drop=("slow_disk", "cache_flush", "store_machine", "median_page")),
    2: Level("the standard quarter of an hour"),
    3: Level("twice the load in the rush, and the store is slower", world={"rush": 2.0, "slow_reads": 0.06}),
}


# --- targets --------------------------------------------------------------------------------------------------

TARGETS = (
    Target("profit", 1250.0, at_least=True, why="what the quarter of an hour has to earn"),
    Target("p99_ms", 120.0, at_least=False, why="the budget of the call"),
    Target("in_time", 0.97, at_least=True, guardrail=True, why="the checkout does not hang"),
    Target("fallbacks", 0.15, at_least=False, guardrail=True, why="bestsellers are an exception"),
)


def slow_stages(asked: Asked) -> Mapping[str, float]:
    """Return how long the requests around the 99th percentile spent at each stage, over the flight [ms]."""
    found = compute("waterfall", asked.case, asked.run, asked.tape, asked.run.until, window=HORIZON)
    return {stage.name: 1000 * (stage.wait_p99 + stage.work_p99) for stage in found.stages[:-1]}


def reads(run: Run) -> Floats:
    """Return how long the store was at work on each read that it began [s]."""
    at_work: Floats = (run.visits.done - run.visits.started)[run.visits.stage == STORE]
    return at_work[np.isfinite(at_work)]


def store_at_work(asked: Asked) -> float:
    """Return the share of their time in which the slots of the store were at work, those of a lost machine left out."""
    run, slots = asked.run, 6
    lost = sum(min(i.end, run.until) - i.at for i in asked.case.happened(run) if i.kind == "store_loss")
    return float(reads(run).sum() / (slots * run.until - slots / 3 * lost))


def kept_price(asked: Asked) -> float:
    """Return what a kept prediction brought in, of what a ranking made anew did; NaN where none was kept."""
    ledger = asked.run.ledger
    kept, ranked = (mean(ledger.postings().amount[ledger.caused_by(RESULTS[end])]) for end in (CACHED, RANKED))
    return kept / ranked


def told_at(asked: Asked) -> float:
    """Return when the first alarm told of the slow ranker [s]; NaN where none did, or there was none."""
    log = asked.case.log(asked.run)
    slow = log.happened("slow_disk")
    return min((a.at for a in log.alarms("ranker") if slow and slow.at <= a.at <= slow.end), default=math.nan)


def bound(run: Run, tape: Tape) -> float:
    """Return what answers can be worth [$]: for each request a ranking of the best model in time, and no bill at all.

    A kept prediction, bestsellers and a lesser model are worth less; no bill and no deduction is below zero.
    """
    asked = (run.outcomes.result != ABSENT) & (tape.requests.at < run.until)
    return float(dollars(tape.requests.value[asked].sum()))


PROBES = (
    Probe(
        "where_it_goes", "Where do the 120 ms go?", "evaluation", charted("waterfall", window=HORIZON),
        weak="Into the model.", mid="Into the store and the model, about half each.",
        strong="At the median into both; at the 99th percentile into the store's slow reads: one read in twenty.",
        expert="The same; and the 99th percentile of the sum is less than the sum of the stages' - so I set no budget "
        "per stage by adding percentiles, I cut the one stage whose tail is the call's tail.",
        check=checks.which("At which stage do requests of the 99th percentile spend most time?", slow_stages, "ms"),
    ),
    Probe(
        "hedge_at_12", "Why not hedge at 12 ms?", "features", readings("store_p50_ms", "store_p99_ms"),
        weak="I would, the faster the better.", mid="It costs $0.0002 each.",
        strong="Half of all reads would be sent twice, and the store's slots are at 64 % load: its queue stays full.",
        expert="The same; and I would tie the delay to the load: what helps as a rule kills when a machine is gone.",
        check=checks.number("What share of the store's reads took more than 12 ms once they were begun?",
                            lambda asked: mean(reads(asked.run) > 0.012), "share", 0.1, "Each would be sent twice."),
        when=lambda asked: not late_hedge(asked.case.world_setting(), asked.run.plan.design),  # type: ignore[arg-type]
        follow_up="When would you?",
    ),
    Probe(
        "half_the_time", "Cut the latency by half. What do you give up?", "data", charted("latency", window=HORIZON),
        weak="Nothing, I add replicas.", mid="Some accuracy, with a smaller model.",
        strong="The median is the store; only kept predictions cut it, and they are worth less the older they are.",
        expert="The same, with figures: hit share, worth of a hit, and the store's load that falls with every hit.",
        check=checks.number("What was a kept prediction worth, of a ranking made anew?", kept_price, "share", 0.05),
        when=lambda asked: asked.run.kpis()["kept"] > 0, follow_up="And if bestsellers were worth nothing?",
    ),
    Probe(
        "flat_tail", "Why is the 99th percentile flat when you add rankers?", "serving",
        readings("store_p99_ms", "ranker_p99_ms"),
        weak="There are not enough of them.", mid="Perhaps the load balancer is wrong.",
        strong="The store is the bottleneck: without kept predictions its slots are at work 64 % of the time.",
        expert="The same; and one slow ranker of three holds a third of all requests whatever their number is.",
        check=checks.number("What share of their time were the store's slots at work?", store_at_work, "share", 0.1),
    ),
    Probe(
        "price_of_the_tail", "What did the tail cost you?", "metrics", accounts(),
        weak="The 99th percentile was a little high.", mid="The deductions of the partner.",
        strong="The deductions, the late answers, and for each list of bestsellers 40 % of a ranking's worth.",
        expert="The same, against what a cure costs: I buy the cheapest first, and stop where it no longer pays.",
        check=checks.which("Which account lost most?", lambda asked: {
            name: -float(dollars(total)) for name, total in asked.run.ledger.by_account().items() if total < 0}, "$"),
    ),
    Probe(
        "slow_ranker", "One ranker worked slowly for minutes. How would you know?", "monitoring",
        readings("longest_queue", "other_queues"),
        weak="It would crash.", mid="The mean time of the rankers goes up.",
        strong="Its queue grows while the others' do not; the mean of them all hides it.",
        expert="A rule holds each against its peers and takes out one at a time: a slow store must empty no fleet.",
        check=checks.number("At which second of the flight did the first alarm tell of it?", told_at, "s", 0.05),
        when=lambda asked: told_at(asked) > 0, follow_up="Why did no health check notice?",
    ),
)


def busy(setting: BudgetSetting, design: BudgetDesign) -> float:
    """Return how many rankers the rush keeps busy, one request a call."""
    station = rankers(setting, design)
    return station.rate * station.seconds


def late_hedge(setting: BudgetSetting, design: BudgetDesign) -> bool:
    """Tell whether there are second reads, but for one read in ten at most."""
    slower = np.array(read_times(setting).values) * 1000 > design.hedge_ms
    return design.hedge_ms > 0 and mean(slower) <= 0.1


def told_reads(design: BudgetDesign) -> str:
    """Say what the store has to bear."""
    return f"a second read {f'after {design.hedge_ms:g} ms' if design.hedge_ms else 'never'}, kept {design.ttl:g} s"


def hedged(log: Log) -> list[Occasion]:
    """Ask for late second reads as a rule, and for later ones while the store is short of a machine."""
    spared = held("store_machine", lambda d: not 0 < d.hedge_ms <= EXPERT.hedge_ms and d.ttl > 0, told_reads, 45.0)
    return [*stood(partial(late_hedge, log.setting), told_reads)(log), *spared(log)]


def replaced(log: Log) -> list[Occasion]:
    """Ask, where a ranker has become slow, whether the one with the longest queue was replaced within a minute."""
    longest = partial(log.run.gauges.series, "slowest_ranker")
    return [*reacted("slow_disk", ("replace",), 60.0, lambda s: s.value["number"] in longest(s.at)[1][-1:])(log)]


LIVE = ("replicas", "batch", "ttl", "hedge_ms", "replace")
BEHAVIOURS = (
    Behaviour("has a fallback that is ready before the budget is spent", "framing",
              stood(lambda d: d.fallback != "none" and d.give_up_ms + FALLBACK_MS <= BUDGET_MS,
                    lambda d: f"fallback {d.fallback}, given up after {d.give_up_ms:g} ms")),
    Behaviour("buys rankers for the load they carry, not against the tail of the store", "metrics",
              under(lambda s: stood(lambda d: d.replicas <= 2 * math.ceil(busy(s, d)),
                                    lambda d: f"{d.replicas} rankers, and the rush keeps {busy(s, d):.1f} busy"))),
    Behaviour("keeps predictions for a while, not until bestsellers are worth more", "data",
              under(lambda s: stood(lambda d: d.ttl > 0 and kept_worth(d.ttl, s) > s.fallback_worth,
                                    lambda d: f"kept for {d.ttl:g} s, then worth {kept_worth(d.ttl, s):.0%}"))),
    Behaviour("chooses the model by what it earns in time, not by its size", "model",
              stood(lambda d: quality(d.model) == max(map(quality, MODELS)), lambda d: offered(d.model))),
    Behaviour("opens the waterfall before turning second reads or kept predictions", "evaluation",
              looked_first(("hedge_ms", "ttl"), ("chart:waterfall",), 120.0), by_looks=True),
    Behaviour("hedges late, and later still when the store is short of slots", "serving", hedged),
    Behaviour("replaces the slow ranker", "monitoring", replaced),
    Behaviour("looks at the rankers, or at one request, before replacing one", "monitoring",
              looked_first(("replace",), ("panel:model", "chart:waterfall", "chart:request"), 60.0), by_looks=True),
    Behaviour("does not react to the page about the median, nor to the empty cache", "monitoring",
              lambda log: [*left_alone("median_page", LIVE, 40.0)(log), *left_alone("cache_flush", LIVE, 40.0)(log)]),
)
ANCHORS: Mapping[Dimension, Anchors] = {
    "framing": Anchors("Wants the checkout to be fast.", "Says 120 ms at the 99th percentile, and late is worthless.",
        "Gives up early enough for bestsellers to arrive: 112 ms and their 8 ms are the budget.",
        "Prices it: a ranking, bestsellers, a late answer, a bad quarter minute - and says when none would be right."),
    "metrics": Anchors("Watches the median that the page is about.", "Watches the 99th percentile of the call.",
        "Watches the share without a ranking in time, which the partner's 1.5 % is about, next to the rankers' bill.",
        "Compares what a millisecond costs by second read, kept prediction and ranker, and buys the cheapest."),
    "data": Anchors("Keeps predictions for five minutes, as hits are fast.", "Keeps them for a while, by feel.",
        "Keeps them as long as a hit is worth more than what the slower ranking loses in the tail.",
        "The same, and lets it depend on the store: two minutes while a machine is gone, less when it is back."),
    "features": Anchors("Takes the feature store for 12 ms.", "Knows that one read in twenty takes over 100 ms.",
        "Knows that six slots at two thirds of their load bear few second reads, as none is called off.",
        "Asks its team for reads that can be called off, and shows what that would bring."),
    "model": Anchors("Takes the forest of 500 trees, as larger is better.", "Takes the best AUC within 120 ms.",
        "Takes the boosting: better than the forest, and quick enough to leave room for a slow read.",
        "The same, and has the distilled one ready for a smaller budget, knowing what it gives up."),
    "evaluation": Anchors("Turns dials and looks at the profit.", "Looks at the latency after a change.",
        "Opens the waterfall first, at the median and at the 99th percentile, and turns what owns the tail.",
        "Turns one dial at a time, against the rush of the minute before, and names what would take it back."),
    "serving": Anchors("Adds rankers and hedges at once.", "Hedges after a typical read and batches a little.",
        "Hedges after 45 ms, for one read in twenty, and batches without a window.",
        "Ties hedging to the load of the store, and lets batches fill as they come, with two rankers."),
    "monitoring": Anchors("Acts on the page about the median.", "Waits for the alarm about the tail.",
        "Compares the rankers' queues, replaces the one that falls behind, leaves page and empty cache alone.",
        "Lets a rule replace it, and has a plan ready for three minutes with two machines of the store."),
}
# fmt: on
TEACHER = """\
The sentence to get to: a budget is spent in the tail, and the tail has one owner at a time.
Weak takes the largest model: a forest of 500 trees, slower than boosting and - measured - no better. Mid takes the
right model and a fallback, and gives up at 120 ms: a fallback that takes 8 ms more is always late. Strong gives up in
time, keeps predictions for half a minute and sends a second read after 45 ms. The trap is the second read at 12 ms:
on paper it cuts the tail. In the store, which reads what was asked for even if nobody waits any more, it adds half of
the load again; on the standard flight strong earns less with it than without any second read, and without kept
predictions nearly half of the customers get bestsellers. Let somebody fly it. Expert changes with the state of the
system: replaces the ranker whose queue grows (nothing else shows it: the mean looks fine), and while the store is
short of a machine hedges later still and keeps predictions longer. The page about the median means nothing, and
neither does the empty cache.
What did you believe, when did you know, what would have told you sooner, what would you automate, what did luck do?
"""
SOURCES = """\
[P] are proposals made for this case, not facts about any service.
- Times and quality of the models: measured once with scikit-learn, see cases/menus/ranker.json (machine and versions in
  the file); a call costs 8 ms besides [P]. The forest is beaten by the boosting in time and in AUC: measured, not set.
- Load 180/s with a rush, a store of 12 ms with 5 % slow reads (100 ms and 60 ms more on average), six slots [P].
- Prices, the worth of an answer, of a kept one and of a late one, the partner's deduction [P].
- Hedged requests: Dean and Barroso, The Tail at Scale, CACM 2013.
- "100 ms cost 1 % of sales" rests on one undated slide; here the worth of time is the budget and its deduction, a dial.
"""


# --- whiteboard -----------------------------------------------------------------------------------------------


def rankers(setting: BudgetSetting, design: BudgetDesign) -> Station:
    """Return the rankers in the rush, one request a call, and what a quick read leaves them of the budget."""
    entry = ranker()[design.model]
    call = Law.lognormal((setting.call_ms + entry.fixed_ms) / 1000, entry.sigma)
    budget = (BUDGET_MS - setting.read_ms) / 1000
    scoring = entry.per_row_ms * setting.candidates / 1000
    return Station.of(setting.rate * setting.rush, call, scoring, design.replicas, budget)


# fmt: off
BOARD = Board(
    places=(
        Place("customers", "Checkout", "Customers wait for the page, and the partner watches the tail.", ("kept",),
              gauges={"p99_ms": "ms", "missed_share": "share", "profit": "$", "rate": "/s", "p50_ms": "ms"},
              group="business"),
        Place("kept", "Kept predictions", "A hit skips store and ranker, and is worth a little less.",
              ("store", "answer"), dials=("ttl",), gauges={"kept_share": "share"}),
        Place("store", "Feature store", "Another team's machines read what was asked for, whoever still waits.",
              ("ranker",), dials=("hedge_ms",), gauges={"store_p99_ms": "ms", "store_waiting": "reads",
              "store_p50_ms": "ms", "hedges": "second reads"}),
        Place("ranker", "Rankers", "They score the candidates of a request, alone or in batches.", ("answer",),
              dials=("model", "replicas", "batch", "window_ms"), acts=("replace",), group="model",
              gauges={"ranker_p99_ms": "ms", "longest_queue": "requests", "other_queues": "requests",
                      "slowest_ranker": "number", "ranker_waiting": "requests", "ranker_p50_ms": "ms",
                      "replicas": "", "replica_hours": "h"}),
        Place("answer", "Answer", "A ranking in time, a list of bestsellers, or nothing.", ("customers",),
              dials=("fallback", "give_up_ms"), gauges={"fallback_share": "share", "ranked_share": "share"}),
    ),
    questions=(
        Question("How slow are the slow reads?", "A share of ${slow_reads} takes ${slow_from_ms} ms at least, and "
                 "${slow_more_ms} ms more on average; the store's team sent its figures.", after=45.0),
        Question("How many customers come back?", "${users} of them, unevenly: Zipf's law, alpha ${loyalty}."),
        Question("How fast does a kept prediction fade?", "Fresh it is worth ${cached_worth} of an answer; what is "
                 "kept for ${stale_after} s is worth that over e."),
        Question("How soon is a new ranker at work?", "After ${boot} s."),
        Question("Are all rankers equally fast?", "Nobody looks at them one by one. The mean would not show it; the "
                 "queue at each of them would."),
    ),
    actions=("answer",), results=RESULTS, budget=BUDGET_MS / 1000, station=rankers,
)
WATCHED = {
    "rate": "/s", "p50_ms": "ms", "p99_ms": "ms", "missed_share": "share", "kept_share": "share",
    "fallback_share": "share", "store_p99_ms": "ms", "ranker_p99_ms": "ms", "store_waiting": "", "ranker_waiting": "",
    "longest_queue": "",
}
# fmt: on


# --- pars -----------------------------------------------------------------------------------------------------

WEAK = Plan(BudgetDesign(model="forest_500", replicas=16, batch=8, window_ms=20.0))
MID = Plan(BudgetDesign(model="boosting_100", replicas=4, fallback="bestsellers"))
STRONG = Plan(MID.design.but(give_up_ms=110.0, batch=4, ttl=30.0, hedge_ms=45.0))
EXPERT = BudgetDesign(
    model="boosting_100", replicas=2, fallback="bestsellers", give_up_ms=111.0, batch=8, ttl=45.0, hedge_ms=60.0
)
SPARING = {"hedge_ms": 80.0, "ttl": 120.0}  # while the store is short of a machine


def expert(view: View) -> Plan | dict[str, Any] | None:
    """Replace the ranker that falls behind; while the store is short of a machine, spare it."""
    if view.now == 0:
        return Plan(EXPERT)
    slow = [alarm for alarm in view.alarms(view.now) if alarm.name == "ranker"]
    if slow:
        return view.plan.do(view.now, "replace", "it falls behind", number=int(view.gauge("slowest_ranker")))
    told = [entry for entry in view.journal() if entry.name == "store_machine"]
    short = any(view.now < float(entry.facts["end"]) for entry in told)
    wanted = SPARING if short else {"hedge_ms": EXPERT.hedge_ms, "ttl": EXPERT.ttl}
    return wanted if any(view.design.values()[name] != value for name, value in wanted.items()) else None


def every_page(view: View) -> Plan | dict[str, Any] | None:
    """Fly the strong design, and add six rankers for the page about the median, and six for the empty cache."""
    pages = {entry.name for entry in view.journal()} & {"median_page", "cache_flush"}
    wanted = cast(BudgetDesign, STRONG.design).replicas + 6 * len(pages)
    return (
        STRONG
        if view.now == 0
        else {"replicas": wanted}
        if cast(BudgetDesign, view.design).replicas != wanted
        else None
    )


TRAPS: dict[str, Par] = {
    "hedge_at_once": Plan(STRONG.design.but(hedge_ms=12.0)),
    "largest_model": Plan(STRONG.design.but(model="forest_500", replicas=16)),
    "more_rankers": Plan(STRONG.design.but(replicas=16, hedge_ms=0.0)),
    "every_page": every_page,
}


CASE = Case(
    name="latency_budget",
    title="A hundred and twenty milliseconds",
    revision=1,
    tension="A better answer or an answer in time: every millisecond is spent once, and the tail spends most.",
    topics=("latency budget", "tail latency", "hedging", "batching", "caching", "fallbacks", "grey failure"),
    minutes=30,
    brief=BRIEF,
    design=BudgetDesign,
    acts=ACTS,
    horizon=HORIZON,
    tick=TICK,
    checkpoints=tuple(float(at) for at in range(15, 900, 15)),
    setting=BudgetSetting,
    world=world,
    build=build,
    measure=measure,
    kpis=KPIS,
    watched=WATCHED,
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
