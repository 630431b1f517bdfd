"""The smallest case that uses every part of the engine: a stall lets people in or makes them wait, for six days.

It is made from the engine's names alone, so that a flight takes milliseconds; nothing in it wants to be realistic.
Ends come later than decisions, accounts are opened in the order of events, and checkpoints fall between the
midnights: so it notices when the order of blocks shows in a result.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from simulator.books.ledger import CLOSE
from simulator.books.requests import Requests, Truths, joined, rows
from simulator.case import Act, Case, Level
from simulator.design import Design, Dial, integer, number
from simulator.exhibits import figures
from simulator.incidents import Incident, Kind
from simulator.learning.monitors import Bell
from simulator.learning.registry import Model, Registry, Version
from simulator.learning.trainer import Terms, Trainer
from simulator.plan import Plan
from simulator.probes import Probe
from simulator.run import Run
from simulator.serving.pool import Pool
from simulator.streams import Streams
from simulator.system import Decided, Ended, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, HOUR, Floats, Ints, day, dollars, micro
from simulator.view import View
from simulator.world.arrivals import poisson_times
from simulator.world.labels import Landed
from simulator.world.population import habits, pick
from simulator.world.shifts import within
from simulator.world.tape import Block, Tape

HORIZON = day(6)
PEOPLE = 40
SERVED, HELD = 2, 3
LATE = 4  # the route of who had to wait, known only when the waiting is over


@dataclass(frozen=True)
class ToyDesign(Design):
    """One decision at take-off, one in flight."""

    servers: int = integer(2, 1, 5, "Servers", cost="$1 a day each")
    line: float = number(0.7, 0.0, 1.0, "Line", unit="score", live=True, help="who scores above it has to wait")


ACTS = {
    "retrain": Act(
        "Retrain", "a new version from the labels known by now", cost="$5",
        arguments=(Dial("number", "Boost", 1.0, name="boost", low=0.5, high=2.0),),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ToySetting(Design):
    """The parameters of the world."""

    people: int = integer(200, 10, 5000, "People", unit="a day")
    grid: int = integer(0, 0, 3600, "Grid of the times", unit="s", help="0 = continuous; else there are ties")
    delay: float = number(0.7, 0.1, 10.0, "Mean delay of a label", unit="days")


def world(seed: int, horizon: float, setting: ToySetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw a day of history and the flight."""
    crowd = _Crowd(Streams(seed), setting)
    blocks = [crowd.block(number, incidents) for number in range(-1, math.ceil(horizon / DAY))]
    return Tape.of(blocks, PEOPLE, crowd.streams.unseed())


class _Crowd:
    """Those who may come."""

    def __init__(self, streams: Streams, setting: ToySetting) -> None:
        self.streams, self.setting = streams, setting
        self.activity = habits(streams.get("activity"), PEOPLE, 0.5)

    def block(self, number: int, incidents: tuple[Incident, ...]) -> Block:
        """Draw day *number*: the usual people, and those of each rush, from streams of their own."""
        parts = [self._people(("ask", number), number, 1.0, -1)]
        for index, incident in enumerate(incidents):
            if incident.kind == "rush":
                parts.append(self._rush(number, incident, index))
        return Block(joined([part[0] for part in parts]), joined([part[1] for part in parts]))

    def _rush(self, number: int, incident: Incident, index: int) -> tuple[Requests, Truths]:
        name, latent = ("rush", incident.name, number), incident.when is not None
        requests, truths = self._people(name, number, incident.size, index if latent else -1)
        here = np.full(len(requests), latent) | (within(requests.at, incident.at, incident.end) > 0)
        return rows(requests, here), rows(truths, here)

    def _people(self, name: tuple[object, ...], number: int, size: float, needs: int) -> tuple[Requests, Truths]:
        luck, own, grid = self.streams.get(*name), self.streams.get(*name, "luck"), self.setting.grid
        at = poisson_times(luck, day(number), np.full(24, self.setting.people * size / DAY))
        at = np.floor(at / grid) * grid if grid else at
        n, zeros = len(at), np.zeros(len(at), np.int64)
        X, who = luck.random((n, 2)), pick(luck, self.activity, n)
        label = luck.random(n) < X[:, 0] ** 2
        known_at = at + luck.gamma(2.0, self.setting.delay / 2, n) * DAY
        value = np.rint(1e6 * (1 + luck.random(n))).astype(np.int64)
        draws = {"service": own.random(n), "hold": own.random(n)}
        return Requests(zeros, at, who, zeros, X, value), Truths(label, known_at, np.full(n, needs), draws)


class Stall:
    """What happens to somebody who comes."""

    def __init__(self, system: System, setting: ToySetting) -> None:
        self.system, self.setting = system, setting
        self.requests, self.truths = system.tape.requests, system.tape.truths
        self.pool = Pool(system.design.servers)
        self.inside: list[tuple[float, int, int]] = []
        self.bell = Bell(quiet=day(1))
        self.registry: Registry[None] = Registry()
        self.boost = 1.0
        self.trainer = Trainer(system.clock, Terms(6 * HOUR, micro(5.0)), self.fit, self.charge)
        self.fit(0.0, "take-off")()
        system.clock.every(DAY, self.at_midnight)

    def parts(self) -> Parts:
        """Wire the steps of the story."""
        return Parts(
            see=lambda requests: requests.X,
            score=self.score,
            serve=self.serve,
            decide=self.decide,
            respond=self.respond,
            price=self.price,
            owe=self.owe,
            learn=self.learn,
            turn=self.turn,
            close=self.close,
            acts={"retrain": self.retrain},
            effects={"pause": (self.pause, self.resume), "siren": (self.siren, self.hush)},
            versions=self.registry.facts,
        )

    def score(self, seen: Floats) -> Scored:
        live = self.registry.live
        return Scored(live.score(seen), live.version.number)

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        work = -600.0 * np.log1p(-self.truths.luck["service"][requests.id])
        return Served(self.pool.advance(requests.at, work), np.ones(len(requests), np.int64))

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        action = np.where(scored.score >= self.system.design.line, HELD, SERVED)
        return Decided(action, np.ones(len(requests)))

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        latency = self.system.outcomes.latency[requests.id]
        wait = np.where(decided.action == HELD, 8 * HOUR * self.truths.luck["hold"][requests.id], 0.0)
        done = requests.at + latency + wait
        for row in zip(done.tolist(), requests.id.tolist(), decided.action.tolist(), strict=True):
            heapq.heappush(self.inside, row)
        return self._ended(until)

    def _ended(self, until: float) -> Ended:
        gone = []
        while self.inside and self.inside[0][0] < until:
            gone.append(heapq.heappop(self.inside))
        at, id, result = zip(*gone, strict=True) if gone else ((), (), ())
        ended = Ended(np.array(id, np.int64), np.array(at, np.float64), np.array(result, np.int64))
        self.system.outcomes.route[ended.id[ended.result == HELD]] = LATE
        return ended

    def price(self, ended: Ended) -> None:
        served = ended.result == SERVED
        if served.any():
            self.system.ledger.post(
                "sales", "served", ended.at[served], self.requests.value[ended.id[served]], ended.id[served]
            )
        if not served.all():
            cost = np.full(int((~served).sum()), -micro(0.5))
            self.system.ledger.post("patience", "held", ended.at[~served], cost, ended.id[~served])

    def owe(self, ended: Ended) -> None:
        ids, at = ended.id[ended.result == SERVED], ended.at[ended.result == SERVED]
        due = np.maximum(self.truths.known_at[ids], at)
        self.system.labels.owe(ids, self.truths.label[ids].astype(np.int64), due)

    def learn(self, landed: Landed) -> None:
        self._lose(landed, landed.at, "trouble")

    def _lose(self, landed: Landed, at: Floats, cause: str) -> None:
        bad = landed.label == 1
        if bad.any():
            cost = np.full(int(bad.sum()), -micro(8.0))
            self.system.ledger.post("losses", cause, at[bad], cost, landed.id[bad])

    def turn(self, design: Design) -> None:
        """Ring when the line is turned very high: an alarm that a decision raises at its own instant."""
        if design.line >= 0.95:
            self.system.say("alarm", "high", "hardly anybody waits any more")

    def retrain(self, boost: float) -> None:
        self.boost = boost
        self.trainer.order("on demand")

    def fit(self, at: float, why: str):
        known = self.system.labels.known.label
        labels = known[known >= 0]
        slope = min(1.0, self.boost * (0.6 + 0.4 * float(labels.mean() if len(labels) else 1.0)))
        return lambda: self._live(at, why, slope, labels)

    def _live(self, at: float, why: str, slope: float, labels: Ints) -> None:
        version = Version(self.registry.next_number, at, why, len(labels), int(labels.sum()))
        self.registry.promote(Model(version, lambda X: np.round(slope * X[:, 0], 9), None))
        self.system.say("version", f"v{version.number}", f"version {version.number} is live ({why})")

    def charge(self, at: float) -> None:
        self.system.ledger.post("training", "job", at, -micro(5.0))

    def pause(self, incident: Incident) -> None:
        self.system.labels.hold(1)

    def resume(self, incident: Incident) -> None:
        self.system.labels.release(self.system.clock.now)

    def siren(self, incident: Incident) -> None:
        self.system.say("alarm", incident.name, "a siren")

    def hush(self, incident: Incident) -> None:
        pass

    def at_midnight(self) -> None:
        now, totals = self.system.clock.now, self.system.ledger
        today = slice(*np.searchsorted(self.requests.at, [now - DAY, now]))
        score = self.system.outcomes.score[today]
        self.system.mark("asked", float(np.isfinite(score).sum()))
        self.system.mark("mean_score", float(np.nanmean(score)))
        self.system.mark("profit", float(dollars(totals.total())))
        self.system.mark("losses", float(dollars(totals.total("losses"))))
        if totals.total("losses") < -micro(400) and self.bell.rings("losses", now):
            self.system.say("alarm", "losses", "losses are high")

    def close(self, until: float) -> None:
        inside = np.array([id for _, id, _ in sorted(self.inside)], np.int64)
        self.system.outcomes.end(inside, np.full(len(inside), until), np.full(len(inside), SERVED))
        self.system.ledger.post("sales", CLOSE, until, self.requests.value[inside], inside)
        pending = self.system.labels.pending()
        self._lose(pending, np.full(len(pending), until), CLOSE)


def build(system: System, setting: ToySetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the stall into *system*."""
    return Stall(system, setting).parts()


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs; the truth may be read here."""
    flown = slice(tape.start, int(np.searchsorted(tape.requests.at, run.until)))
    result = run.outcomes.result[flown]
    return {
        "profit": float(dollars(run.profit())),
        "served": float((result == SERVED).mean()),
        "regretted": float(tape.truths.label[flown][result == SERVED].mean()),
        "wait": float(np.nanmean(run.outcomes.latency[flown])),
    }


def expert(view: View):
    """Turn the line at each checkpoint, and train anew at the first alarm."""
    if not view.versions():
        return {"servers": 3, "line": 0.6}
    if view.alarms() and not view.plan.acts:
        return view.plan.do(view.now, "retrain", "losses are up", boost=1.2)
    return {"line": 0.5 + 0.01 * (view.now // DAY)}


KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "served": Kpi("share", "of those who came", "more"),
    "regretted": Kpi("share", "of the served who should have waited", "less", observed=False),
    "wait": Kpi("s", "mean latency", "less"),
}

CASE = Case(
    name="stall",
    title="The stall",
    revision=1,
    tension="Who waits is safe, who is served pays.",
    topics=("thresholds",),
    minutes=5,
    brief="People come; some bring trouble.",
    design=ToyDesign,
    acts=ACTS,
    horizon=HORIZON,
    checkpoints=(day(1.3), day(3), day(4.55)),
    setting=ToySetting,
    world=world,
    build=build,
    measure=measure,
    kpis=KPIS,
    kinds={
        "rush": Kind("more people come", unit="of the usual rate", on_tape=True),
        "pause": Kind("labels of trouble are held up"),
        "siren": Kind("an alarm rings"),
    },
    timeline=(
        Incident("feast", "rush", day(2), lasts=day(1), jitter=DAY / 4, size=0.5),
        Incident("strike", "pause", day(3), lasts=day(1), says="the registrar is on strike"),
    ),
    levels={1: Level("calm", drop=("feast",)), 2: Level("as it is"), 3: Level("crowded", world={"people": 300})},
    targets=(Target("profit", 100.0, at_least=True), Target("served", 0.2, at_least=True, guardrail=True)),
    probes=(Probe("wait", "Why did they wait?", "serving", figures("wait"), "w", "m", "s", "e"),),
    pars={
        "weak": Plan(ToyDesign(servers=1, line=1.0)),
        "mid": Plan(ToyDesign(line=0.8)),
        "strong": Plan(ToyDesign(line=0.6)).then(day(2.25), "people learn", line=0.5).do(day(1.75), "retrain"),
        "expert": expert,
    },
    behaviours=(),
    teacher="Look at the line.",
    sources="None: it is a toy.",
)
