"""A lead-scoring model whose owner has left: has the world changed or have the labels, and is it worth a retraining?

An on-call engineer inherits a model that says which leads a sales desk should call. Over four months the inputs move
without harm, what they mean changes over night and then slowly, the labels lie for a while, and a deployment fails.

The expert beats the strong answer by one thing: labels that lie are kept out of whatever learns and judges, and some
true ones are bought in their place, so that learning goes on. Where no labels are lost, it earns no more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from simulator.board import Board, Place, Question, Stakes
from simulator.books.earnings import per_request
from simulator.books.figures import closed_share, marked, mean, worst_days
from simulator.books.ledger import CLOSE
from simulator.books.requests import Requests, Truths
from simulator.books.till import poster
from simulator.case import Act, Case, Fault, Level, Par, Proving
from simulator.design import Design, Dial, choice, integer, number
from simulator.desks.at_once import AtOnce
from simulator.exhibits import charted, figures, readings, which
from simulator.exhibits import number as figure
from simulator.exhibits.stretches import by_version, fallen, fell_short, misreported, stretches
from simulator.incidents import Incident, Kind
from simulator.learning import metrics
from simulator.learning.bulletin import Bulletin, readable
from simulator.learning.gates import ChampionChallenger, DataChecks, Gate, every, passed
from simulator.learning.label_book import LabelBook
from simulator.learning.models import make
from simulator.learning.panel import MONITORS, Look, Matured, Panel
from simulator.learning.pipeline import Recipe, Sample, is_held_out
from simulator.learning.platform import Desk, Platform
from simulator.learning.registry import Version
from simulator.learning.release import Canary
from simulator.learning.trainer import Hooks, Terms
from simulator.learning.watchroom import Watchroom
from simulator.learning.workshop import Rules, Workshop
from simulator.plan import Plan
from simulator.probes import Asked, Probe
from simulator.rubric import Anchors, Behaviour, Dimension
from simulator.rules import learned_anew, looked_first, not_trained_for, reacted, stayed_with, stood
from simulator.run import Run
from simulator.streams import Streams, uniform
from simulator.system import Ended, Parts, Scored, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, HOUR, Floats, Ints, day, dollars, micro
from simulator.view import View
from simulator.world.arrivals import poisson_times, week_shape
from simulator.world.concepts import Turn, blended, reached, unit
from simulator.world.labels import Landed
from simulator.world.spans import Spans
from simulator.world.spells import total
from simulator.world.tape import Block, Tape

HORIZON = day(120)
RESULTS = ("open", "absent", "left alone", "called")
LEFT_ALONE, CALLED = 2, 3
FEATURES = (
    "company_size", "budget", "seniority", "visits", "referral", "fit", "email_opens", "region", "urgency", "rivals",
)  # fmt: skip
LOOSE = ("email_opens", "region")  # say nothing about a sale before the flight
JUDGED_DAYS = 7  # of labels that the monitors of the label side look at
AGENCY = 20 * HOUR
REPAIR = day(4)  # after the platform has noticed, where there is nothing to go back to
REFERENCE = 4000  # rows that the features of a day are held against
FEW = 300  # leads: with fewer a window reaches back over the days in quarantine
SUSPECT, CLEAR = 0.75, 0.8  # of the usual share of sales, among the labels and among the agency's answers
PATIENCE_DAYS = 3  # after it has ordered a training the trigger waits so long before it orders another

BRIEF = """\
You are on call for a model that scores sales leads, 1,500 a day. Its owner has left. A lead scored at 23 % or more is
called: a call costs $12, a sale earns $52. A week later the sales system says which leads have bought - from us or from
somebody else - so that every lead gets its label, but seven days late.

The model works today. The desk asks: what will you do when it does not? Retraining takes six hours and $2,500, so once
a day is no answer. You can retrain by the calendar, or when a monitor rings; learn from long or short windows; put a
gate before a new version; let it serve a share of the leads for a day first; and keep old versions to go back to. In
flight you can order a training, roll back, quarantine days whose labels you do not trust, and have an agency find out
the truth about recent leads overnight, for $2 each. Alarms compare with what the live version was trained on; each then
keeps quiet for a week. You have 120 days.
"""


# --- decisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DriftDesign(Design):
    """The decisions of the engineer on call."""

    model: str = choice(
        "logistic", ("logistic", "boosting", "online_logistic", "adaptive_forest"), "Model", cost="online: $450 a day",
        help="batch models learn in training jobs; online ones (the last two) from each label, published at midnight",
    )  # fmt: skip
    schedule_days: int = integer(0, 0, 60, "Retrain every", unit="days", cost="$2,500, 6 hours a job", help="0 = never")
    trigger: str = choice(
        "none", tuple(MONITORS), "Retrain when", cost="$2,500 and 6 hours a job",
        help="read each midnight. " + "; ".join(f"{name}: {m.about}" for name, m in MONITORS.items() if name != "none"),
    )  # fmt: skip
    strictness: float = number(1.0, 0.25, 4.0, "Thresholds", unit="times the usual", help="over 1 = later, and surer")
    window_days: int = integer(
        28, 2, 60, "Training window", unit="days", live=True,
        help="of leads whose labels are in, without the quarantined; if that leaves fewer than 300 it reaches back",
    )  # fmt: skip
    gate: str = choice(
        "none", ("none", "challenger", "checked"), "Gate",
        help="challenger: a lower log loss than the live version on the same labels; checked: besides, as many sales "
        "among the window's labels as usual",
    )  # fmt: skip
    canary: float = number(0.0, 0.0, 0.5, "Canary", unit="of the leads", help="meet a new version first, for a day")
    keep: int = integer(2, 1, 10, "Versions kept", cost="$10 a day each", help="the live one included")


ACTS = {
    "retrain": Act("Retrain now", "order a training job: labels as known now, live six hours later", cost="$2,500"),
    "roll_back": Act("Roll back", "end a canary, or else serve the version before this one again, at once"),
    "quarantine": Act(
        "Quarantine leads", "leave the leads that came on these days, a week before their labels, out of all learning",
        (
            Dial("integer", "First day", 0, name="first", unit="day", low=-60, high=119, help="day the leads came"),
            Dial("integer", "Last day", 0, name="last", unit="day", low=-60, high=119, help="the last one, included"),
        ),
    ),
    "buy_labels": Act(
        "Buy labels", "an agency finds out about the latest leads overnight; its answers stand",
        (Dial("integer", "Leads", 200, name="leads", low=1, high=5000, help="how many, the latest first"),),
        cost="$2 each",
    ),
}  # fmt: skip


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DriftSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    leads: int = integer(1500, 50, 20_000, "Leads", unit="a day")
    history_days: int = integer(70, 15, 200, "History before take-off", unit="days")
    sales: float = number(-2.7, -8.0, 2.0, "Log odds of a sale of an average lead")
    strength: float = number(1.8, 0.1, 5.0, "How much the features tell", unit="sd of the log odds")
    knot: float = number(0.35, 0.0, 3.0, "What only urgency and rivals together tell", unit="log odds")
    label_delay_days: float = number(7.0, 0.5, 150.0, "A label comes after", unit="days")
    call: float = number(12.0, 0.0, 200.0, "A call", unit="$")
    sale: float = number(52.0, 0.0, 1000.0, "A sale", unit="$")
    retrain_cost: float = number(2500.0, 0.0, 50_000.0, "A training job", unit="$")
    retrain_hours: float = number(6.0, 0.0, 240.0, "Duration of a training job", unit="hours")
    stream_price: float = number(450.0, 0.0, 5000.0, "The label stream of an online model", unit="$ a day")
    label_price: float = number(2.0, 0.0, 50.0, "A label of the agency", unit="$")
    kept_price: float = number(10.0, 0.0, 500.0, "A kept version", unit="$ a day")
    job_fails: float = number(0.0, 0.0, 1.0, "Training jobs that break off", unit="share")


BY_HOUR = np.array([1, 1, 1, 1, 1, 2, 4, 7, 10, 11, 11, 10, 9, 10, 10, 9, 8, 6, 5, 4, 3, 3, 2, 1], dtype=float)
BY_WEEKDAY = np.array([1.15, 1.1, 1.1, 1.1, 1.05, 0.75, 0.75])
# What the features tell of a sale: before the flight, after the jump, and where the slow drift leads.
CONCEPTS = np.array([
    [1.0, 0.8, 0.6, 0.4, -0.5, 0.3, 0.0, 0.0, 0.2, 0.0],
    [-0.6, 0.2, 0.9, 0.5, 0.6, 0.8, 0.0, 0.0, 0.3, 0.0],
    [0.5, -0.7, 0.2, 0.9, 0.9, -0.3, 0.0, 0.0, 0.4, 0.0],
    [1.0, 0.6, -0.6, 0.3, 0.2, 0.8, 0.0, 0.0, -0.4, 0.0],
])  # fmt: skip
FEWER = np.array([[0.0], [-0.7], [-0.1], [0.0]])  # log odds by which fewer leads buy under each of them
NEW_MARKET = 2.5  # standard deviations by which the region of a new market is off
MARKET_BUYS = -2.0  # log odds by which its leads buy less


def world(seed: int, horizon: float, setting: DriftSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape: the history and the flight, a block a day."""
    streams = Streams(seed)
    days = range(-setting.history_days, math.ceil(horizon / DAY))
    blocks = (_day(number, streams, setting, incidents) for number in days)
    return replace(Tape.of(blocks, 1, {}), unseed=streams.unseed())


def _day(number: int, streams: Streams, setting: DriftSetting, incidents: tuple[Incident, ...]) -> Block:
    luck = streams.get("leads", number)
    at = poisson_times(luck, day(number), setting.leads / DAY * week_shape(day(number), BY_HOUR, BY_WEEKDAY))
    n = len(at)
    X = luck.standard_normal((n, len(FEATURES)))
    market = luck.random(n) < total(incidents, "new_market", at)
    X[:, FEATURES.index("region")] += NEW_MARKET * market
    X[:, [FEATURES.index(name) for name in LOOSE]] += total(incidents, "season", at)[:, None]
    weights, fewer = concept(incidents, at)
    label = luck.random(n) < chance(X, weights, setting, fewer + MARKET_BUYS * market)
    none = np.zeros(n, dtype=np.int64)
    requests = Requests(id=none, at=at, entity=none, segment=market.astype(np.int64), X=X, value=none)
    draws = {name: luck.random(n) for name in ("canary", "lost")}
    truths = Truths(label, at + day(setting.label_delay_days), np.full(n, -1), draws)
    return Block(requests, truths)


def chance(X: Floats, weights: Floats, setting: DriftSetting, fewer: Floats) -> Floats:
    """Return (n,) true probabilities of a sale of leads *X* (n, f): unit *weights* (n, f), log odds *fewer* (n,)."""
    knot = setting.knot * X[:, FEATURES.index("urgency")] * X[:, FEATURES.index("rivals")]
    logit = setting.sales + setting.strength * (X * weights).sum(axis=1) + knot + fewer
    p: Floats = 1 / (1 + np.exp(-logit))
    return p


def concept(incidents: tuple[Incident, ...], at: Floats) -> tuple[Floats, Floats]:
    """Return (n, f) unit weights and (n,) shifts of the log odds that hold at the times *at* [s].

    Each jump or drift leads to the next of the concepts.
    """
    turns = [Turn(i.at, 0.0, i.end, i.size) for i in incidents if i.kind == "jump"]
    turns += [Turn(i.at, i.lasts, size=i.size) for i in incidents if i.kind == "slow_drift"]
    there = reached(at, turns)
    return unit(blended(CONCEPTS, there)), blended(FEWER, there)[:, 0]


# --- system ---------------------------------------------------------------------------------------------------


def fits(design: DriftDesign, setting: DriftSetting) -> str:
    """Say what is wrong with a design in this world."""
    reach = setting.history_days - setting.label_delay_days
    if design.window_days > reach:
        days = f"{setting.history_days} days, the labels of the last {setting.label_delay_days:g} not in"
        allowed = f"it takes a whole number from 2 to {max(2.0, reach):.0f}"
        return f"window_days = {design.window_days} looks back further than the history: {days}; {allowed}"
    blind = design.gate != "none" and setting.label_delay_days >= HORIZON / DAY
    return f"gate = {design.gate} needs labels, and none comes within the flight; it takes: none" if blind else ""


def build(system: System, setting: DriftSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the lead desk into *system*."""
    return LeadDesk(system, setting).wired()


class LeadDesk:
    """The model on duty: what it says of a lead, what is learned from the answers, and who is told."""

    def __init__(self, system: System, setting: DriftSetting) -> None:
        self.system, self.setting, self.design = system, setting, cast(DriftDesign, system.design)
        self.post = poster(system.ledger)
        self.requests, self.truths, self.outcomes = system.tape.requests, system.tape.truths, system.outcomes
        self.delay = day(setting.label_delay_days)
        self.line = setting.call / setting.sale if setting.sale else 1.0
        self.desk = AtOnce(system, self.line, (LEFT_ALONE, CALLED))
        known = system.labels.known
        self.book = LabelBook(self.requests.at, known.label, known.at, self.delay, FEW)
        self.told = Bulletin(system.say, "sales", "leads")
        self.bugs, self.losses = Spans(lambda: system.clock.now), Spans(lambda: system.clock.now)
        self.paid_until = self.wait_until = 0.0
        past = self.truths.label[self.requests.at < -self.delay]  # those whose labels are in at take-off
        self.usual_rate, usual = float(past.mean()), (int(past.sum()), len(past))
        strict, trigger = self.design.strictness, self.design.trigger
        panel = Panel(FEATURES, trigger, usual, line=self.line, strictness=strict)
        self.watchroom = Watchroom(panel, day(7), system.say)
        self.workshop = self._workshop()
        self.platform = Platform(self.workshop, Desk(system.say, self._reset), REPAIR)
        terms, seed = Terms(setting.retrain_hours * HOUR, micro(setting.retrain_cost)), system.streams.seed
        hooks = Hooks(lambda job: uniform(seed, "training", "breaks", job) < setting.job_fails, self.told.broke)
        self.trainer = self.workshop.trainer(terms, lambda at: self.post("training", "retrain", at, -terms.cost), hooks)

    def _workshop(self) -> Workshop:
        design, better = self.design, ChampionChallenger()
        learner = make(
            design.model, seed=self.system.streams.seed, keep=0.05 if design.model == "adaptive_forest" else 1
        )
        gates: dict[str, Gate] = {
            "none": passed, "challenger": better, "checked": every(DataChecks(self.usual_rate), better),
        }  # fmt: skip
        rules = Rules(
            gates[design.gate], Canary(design.canary, DAY),
            lambda version: readable(self.outcomes.score[self.outcomes.version == version.number]),
            self.told.refused, design.keep, lambda version: self.told.tried(version, design.canary),
        )  # fmt: skip
        return Workshop(self.system.clock, learner, Recipe("none", "threshold"), self.sample, self.went_live, rules)

    def went_live(self, version: Version) -> None:
        """Take note that *version* serves from now on, and hold the features against its own time."""
        self._reset()
        self.told.live(version)

    def wired(self) -> Parts:
        """Take over the history, train the first version, set the processes going, and hand out the parts."""
        self._take_over()
        self.workshop.fit(0.0, "take-off")()
        self.system.clock.every(DAY, self.at_midnight)
        return Parts(
            see=self.see, score=self.score, serve=self.desk.serve, decide=self.desk.decide, respond=self.desk.respond,
            price=self.price, owe=self.desk.owe, learn=self.learn, turn=self.turn, close=self.close,
            acts={
                "retrain": lambda: self.trainer.order(self.system.journal.last.text), "quarantine": self.book.hold,
                "roll_back": self.platform.roll_back, "buy_labels": self.buy_labels,
            },
            effects={
                "label_loss": (lambda i: self.losses.begin(i.name, i.size), lambda i: self.losses.end(i.name)),
                "bad_deploy": (lambda i: self.platform.break_package(), lambda i: self.platform.notice()),
                "unit_bug": (lambda i: self.bugs.begin(i.name, i.size), lambda i: self.bugs.end(i.name)),
            },
            versions=self.workshop.registry.facts,
        )  # fmt: skip

    def _take_over(self) -> None:
        """Before take-off somebody else called; what the labels say of those leads is known, or still to come."""
        self.desk.take_over()
        self.system.labels.reported = self.reported
        self.learn(self.system.labels.due(0.0))

    def see(self, requests: Requests) -> Floats:
        """Return what the model is shown: the features, the budget in the wrong unit while that bug is in."""
        self.asked = requests.id
        return self.shown(requests.id)

    def shown(self, ids: Ints) -> Floats:
        """Return the features of *ids* as they were, or would be, shown to the model."""
        X: Floats = self.requests.X[ids]
        X[:, FEATURES.index("budget")] *= self.bugs.product(self.requests.at[ids])
        return X

    def score(self, seen: Floats) -> Scored:
        """Score leads by the live version, or by the canary whose luck it is."""
        return Scored(*self.workshop.registry.score(seen, self.truths.luck["canary"][self.asked]))

    def price(self, ended: Ended) -> None:
        """Post the calls; sales are posted when they are made."""
        called = ended.result == CALLED
        self.post("calls", "called", ended.at[called], -micro(self.setting.call), ended.id[called])

    def reported(self, landed: Landed) -> Landed:
        """Return what the sales system says: a sale whose record is lost looks like none."""
        landed = landed.rows(~self.book.answered(landed.id))  # what the agency has said already
        lost = (self.truths.luck["lost"][landed.id] < self.losses.most()) & ~self.book.bought[landed.id]
        return replace(landed, label=np.where(lost, 0, landed.label))

    def learn(self, landed: Landed) -> None:
        """Take in what has come to light: the money of sales, and labels for an online learner."""
        self._book_sales(self.system.reached, "sold")
        window = self.requests.at[landed.id] >= -day(self.design.window_days) - self.delay
        fit = landed.rows(window & ~self.book.held(landed.id) & ~is_held_out(landed.id))
        self.workshop.learn(self.shown(fit.id), fit.label.astype(np.float64), np.ones(len(fit)))

    def _book_sales(self, until: float, cause: str) -> None:
        """Post the sales to called leads that are made before *until* [s]: the money comes, whatever is recorded."""
        since, self.paid_until = self.paid_until, max(until, self.paid_until)
        ids = np.arange(*np.searchsorted(self.truths.known_at, [since, until]))
        ids = ids[self.truths.label[ids] & (self.outcomes.result[ids] == CALLED)]
        at = self.truths.known_at[ids] if cause == "sold" else np.full(len(ids), self.system.clock.now)
        self.post("sales", cause, at, micro(self.setting.sale), ids)

    def sample(self, at: float) -> Sample:
        """Collect what a training job may use at time *at* [s]."""
        ids, known = self.book.window(at, day(self.design.window_days)), self.system.labels.known
        since = float(self.requests.at[ids[0]]) if len(ids) else math.nan
        return Sample(self.shown(ids), known.label[ids].astype(np.float64), np.ones(len(ids)), since, ids)

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        self.design = cast(DriftDesign, design)

    def at_midnight(self) -> None:
        """Publish what an online learner has learned, pay, read the wall, and retrain if it is time."""
        now = self.system.clock.now
        self.workshop.publish()
        self.post("storage", "kept", now, -micro(self.setting.kept_price) * len(self.workshop.registry.kept()))
        if self.workshop.online:
            self.post("stream", "online", now, -micro(self.setting.stream_price))
        due = self.design.schedule_days and round(now / DAY) % self.design.schedule_days == 0
        self.look()
        fires = not due and self.watchroom.fires() and now >= self.wait_until and not self.trainer.ordered
        if fires:
            self.wait_until = now + day(PATIENCE_DAYS)
        if due or fires:
            why = self.design.trigger if fires else "schedule"
            self.told.ordered(why)
            self.trainer.order(why)

    def buy_labels(self, leads: int) -> None:
        """Have an agency find out about the latest *leads* whose labels are not in."""
        now = self.system.clock.now
        ids = self.book.buy(now, leads)
        self.post("labels", "bought", now, -micro(self.setting.label_price), ids)
        soon = np.minimum(now + AGENCY, self.truths.known_at[ids])
        self.system.labels.owe(ids, self.truths.label[ids].astype(np.int64), soon)

    def close(self, until: float) -> None:
        """Settle at the horizon the sales that are still to come."""
        self._book_sales(until, "sold")
        self._book_sales(math.inf, CLOSE)

    def _reset(self) -> None:
        """Begin anew with the version that serves from now on: what is usual is what came in before it."""
        end = int(np.searchsorted(self.requests.at, self.system.clock.now, side="left"))
        past = self.shown(np.arange(max(0, end - REFERENCE), end))
        self.watchroom.reset(past, self.workshop.registry.live)

    def look(self) -> None:
        """Read every monitor, mark the gauges, and ring where it rings."""
        now = self.system.clock.now
        ids = np.arange(*np.searchsorted(self.requests.at, [now - DAY, now]))
        fresh, week = (self.book.landed(now, days) for days in (1.0, JUDGED_DAYS))
        seen = (self.shown(ids), self.requests.X[ids], self.outcomes.score[ids])
        known, registry = self.system.labels.known, self.workshop.registry
        readings = {
            "profit": dollars(self.system.ledger.total()),
            "leads": len(ids),
            "called_share": mean(self.outcomes.result[ids] == CALLED),
            "mean_score": mean(self.outcomes.score[ids]),
            "label_rate": mean(known.label[fresh]),
            "bought_rate": mean(known.label[self.book.early(fresh)]),
            **self.watchroom.read(Look(*seen, self._matured(week), self._matured(fresh))),
            "version": registry.live.version.number,
            "canary": registry.canary.version.number if registry.canary else 0,
        }
        marked(self.system.mark, readings)
        self.watchroom.ring(now)

    def _matured(self, ids: Ints) -> Matured:
        own = self.outcomes.version[ids] == self.workshop.registry.live.version.number
        return Matured(self.outcomes.score[ids], self.system.labels.known.label[ids], own)


# --- money, seen from the end ---------------------------------------------------------------------------------

KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "wasted_calls": Kpi("share", "of the calls that did not sell", "less", observed=False),
    "buyers_called": Kpi("share", "of the leads that would buy that were called", "more", observed=False),
    "worst_week": Kpi("$", "what the calls of the worst seven days earned", "more", observed=False),
    "calls": Kpi("calls", "made"),
    "trainings": Kpi("jobs", "training jobs", "less"),
    "refused": Kpi("versions", "that a gate refused or a canary stopped"),
    "alarms": Kpi("alarms", "that rang"),
    "labels_bought": Kpi("labels", "bought from the agency"),
    "auc": Kpi("", "area under the ROC curve of the scores served", "more", observed=False),
    "log_loss": Kpi("nats", "mean log loss of the scores served", "less", observed=False),
    "closed_share": Kpi("share", "of the sales that were still to come and were settled at the end"),
}


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs; the truth may be read here."""
    ids = np.flatnonzero((tape.requests.at >= 0) & (tape.requests.at < run.until))
    label, called = tape.truths.label[ids], run.outcomes.result[ids] == CALLED
    p = run.outcomes.score[ids]
    told = [entry.name for entry in run.journal]
    return {
        "profit": dollars(run.profit()),
        "wasted_calls": float((~label[called]).mean()) if called.any() else 0.0,
        "buyers_called": float(called[label].mean()) if label.any() else math.nan,
        "worst_week": worst_days(run.ledger, ("calls", "sales"), tape.requests.at, ids, 7),
        "calls": float(called.sum()),
        "trainings": float(run.ledger.caused_by("retrain").sum()),
        "refused": float(told.count("refused")),
        "alarms": float(sum(entry.kind == "alarm" for entry in run.journal)),
        "labels_bought": float(run.ledger.caused_by("bought").sum()),
        "auc": metrics.auc(p, label),
        "log_loss": metrics.log_loss(p, label.astype(np.float64)),
        "closed_share": closed_share(run.ledger, "sales"),
    }


# --- timeline -------------------------------------------------------------------------------------------------

ON_TAPE: dict[str, Any] = {"on_tape": True, "always": True}
# fmt: off
KINDS = {
    "season": Kind("features that say nothing of a sale move", "sd", low=-5.0, **ON_TAPE),
    "new_market": Kind("a share of the leads is of a market that buys less", "share", high=1.0, **ON_TAPE),
    "jump": Kind("what the features tell of a sale changes over night", "", high=1.0, **ON_TAPE),
    "slow_drift": Kind("what the features tell of a sale changes slowly", "", high=1.0, **ON_TAPE),
    "label_loss": Kind("records of sales get lost: they look like no sale", "share of the sales", high=1.0),
    "bad_deploy": Kind("a package that cannot be read is deployed; the platform notices at the end"),
    "unit_bug": Kind("the budget is served in another unit", "times", low=0.001, high=1000.0),
}
TIMELINE = (
    Incident("trade_fair", "season", day(18), lasts=day(12), jitter=day(3), size=1.0, distractor=True,
             says="trade fair season: more mails are opened, more leads come from the region, for twelve days"),
    Incident("budget_freeze", "jump", day(45), jitter=day(9), size=1.0),
    Incident("repackaging", "bad_deploy", day(62), lasts=day(3), jitter=day(3)),
    Incident("lost_records", "label_loss", day(76), lasts=day(21), jitter=day(3), size=0.92),
    Incident("new_buyers", "slow_drift", day(70), lasts=day(24), size=1.0),
    Incident("budget_in_cents", "unit_bug", day(100), lasts=day(6), jitter=day(3), size=100.0),
)
LEVELS = {
    1: Level("one lever: the budget freeze, and a trade fair",
             drop=("repackaging", "lost_records", "new_buyers", "budget_in_cents")),
    2: Level("the standard flight", drop=("budget_in_cents",)),
    3: Level("everything: a feature comes in the wrong unit, and one training job in five breaks off",
             world={"job_fails": 0.2}),
}
# fmt: on


def _alone(about: str, *changes: tuple[str, int, int, float], harmful: bool = True) -> Fault:
    """Return a kind of change: (kind, first day, days, size), and nothing else going on."""
    added = [{"name": f"{k}_{at}", "kind": k, "at": day(at), "lasts": day(n), "size": x} for k, at, n, x in changes]
    usual = [incident for incident in TIMELINE if incident.name not in LEVELS[2].drop]
    return Fault.alone(about, usual, *added, harmful=harmful)


# fmt: off
PROVING = Proving("trigger", "none", {"window_days": 7, "gate": "none"}, {
    "nothing": _alone("nothing changes", harmful=False),
    "season": _alone("features that say nothing move for 30 days", ("season", 40, 30, 1.0), harmful=False),
    "new_market": _alone("four leads in ten are of a market that buys less", ("new_market", 40, 0, 0.4)),
    "sudden": _alone("what the features tell changes over night", ("jump", 40, 0, 1.0)),
    "gradual": _alone("the same, over 40 days", ("slow_drift", 40, 40, 1.0)),
    "recurring": _alone("the same, for 20 days, and again", ("jump", 40, 20, 1.0), ("jump", 80, 20, 1.0)),
    "label_outage": _alone("92 % of the sales' records get lost for 14 days", ("label_loss", 40, 14, 0.92)),
    "unit_bug": _alone("the budget is served in cents for 20 days", ("unit_bug", 40, 20, 100.0)),
})
# --- targets --------------------------------------------------------------------------------------------------

TARGETS = (
    Target("profit", 190_000.0, at_least=True, why="what the desk has to earn in the 120 days"),
    Target("buyers_called", 0.5, at_least=True, why="half of those who would buy hear from us"),
    Target("wasted_calls", 0.70, at_least=False, guardrail=True, why="the desk was promised leads worth calling"),
    Target("worst_week", -22_000.0, at_least=True, guardrail=True, why="no week may lose more than $22,000"),
)
# fmt: on


# --- judging --------------------------------------------------------------------------------------------------

FAIR, FROZEN, LOST = "the trade fair", "two weeks from the freeze on", "the weeks of lost records"


def spans(asked: Asked) -> dict[str, tuple[float, float]]:
    """Return the stretches of the flight that are worth comparing [s]."""
    names = {"trade_fair": FAIR, "budget_freeze": FROZEN, "lost_records": LOST}
    return stretches(asked.run, asked.case.happened(asked.run), names, day(14))


def brought(asked: Asked) -> tuple[Floats, Floats]:
    """Return what calling each lead of the tape brought [$], and when it came [s]."""
    return per_request(asked.run.ledger, ("calls", "sales"), len(asked.tape)), asked.tape.requests.at


# fmt: off
PROBES = (
    Probe(
        "psi", "PSI is 1.0 on two features. Do you retrain?", "features",
        readings("psi_most", say="This is the highest PSI of a feature, day by day."),
        weak="Yes, over 0.2 means drift.", mid="I would look at which features, and retrain if they matter.",
        strong="Not for that: what comes in has moved, but the loss on matured labels is what the scores promised.",
        expert="No. A PSI tells that P(x) moved, a retraining mends P(y | x). I would look at the labels, and buy some "
        "if they are a week late; the change that did cost us moved no feature at all.",
        check=which("In which of these times did a day of calls fall furthest behind the calm days?",
                    lambda asked: fell_short(*brought(asked), spans(asked)), "$ a day",
                    "So much less did a day of calls bring:"),
        when=lambda asked: any(entry.name.startswith("psi ") for entry in asked.run.journal),
        follow_up="Which reading would have to ring before you paid $2,500?",
    ),
    Probe(
        "lost_sales", "Sales among the labels fell by half last week. What is it?", "data",
        readings("label_rate", "bought_rate", say="Sales among the labels of a day, and among the agency's answers."),
        weak="The model got worse.", mid="Fewer leads buy; I would retrain.",
        strong="Either the world or the records: the log loss looks fine on labels that lie, so it cannot tell.",
        expert="I ask an agency about 1,000 leads, overnight, for $2,000. If they buy as before, the records are "
        "broken: I quarantine those days, so that neither training nor gate nor monitor believes them.",
        check=figure("In the weeks of lost records, what share of the sales did the labels report as none?",
                     lambda asked: misreported(asked.run, asked.tape, spans(asked).get(LOST)), "share", 0.1),
        when=lambda asked: LOST in spans(asked),
        follow_up="Which other books of the house would have told you, for nothing?",
    ),
    Probe(
        "challenger", "The new version has the lower log loss. Does it go live?", "evaluation",
        figures("trainings", "refused", "log_loss", say="What became of new versions:"),
        weak="Yes, it is better.", mid="Yes, if the difference is significant.",
        strong="If the labels it was judged by are mature and as frequent as usual; and on a few leads first.",
        expert="The gate is no wiser than its labels: on poisoned ones the poisoned version wins. And a check that "
        "demands the usual share of sales would have refused every honest version after the budget freeze.",
        check=which("Of the versions that scored most leads, under which one did a lead bring most?",
                    lambda asked: by_version(asked.run, brought(asked)[0], 4), "$",
                    "A lead brought, by the version that scored it:"),
        when=lambda asked: len(asked.run.versions) > 1, follow_up="By whose labels was the last one judged?",
    ),
    Probe(
        "refuge", "How do you know that the version you would roll back to is still good?", "model",
        charted("scores", "How good the scores look in the light of the labels that came in."),
        weak="It was good before.", mid="Its validation was good.",
        strong="I score the last mature labels with it; a version from before a change of the world is no refuge.",
        expert="The same, and I roll back for faults of the package, not for faults of the world: against those only a "
        "version that has seen the new world helps.",
        check=figure("How much less did a day of calls bring in the two weeks from the freeze on than in those before?",
                     lambda asked: fallen(*brought(asked), spans(asked).get(FROZEN)), "$ a day", 0.25),
        when=lambda asked: FROZEN in spans(asked),
        follow_up="How many versions do you pay $10 a day for, and against which faults?",
    ),
)
SOON, LABELS = day(18), ("chart:maturity", "chart:scores", "chart:calibration")
BEHAVIOURS = (
    Behaviour("asks whether the world or the labels have changed before believing either", "framing",
              reacted("lost_records", ("buy_labels",), day(12), lambda s: s.value["leads"] >= 100)),
    Behaviour("watches what matured labels say, not what comes in", "metrics",
              stood(lambda d: MONITORS[d.trigger].labels, lambda d: f"trigger {d.trigger}")),
    Behaviour("keeps poisoned days out of training, gate and monitors", "data",
              reacted("lost_records", ("quarantine",), day(14), lambda s: s.value["last"] >= s.at / DAY - 21)),
    Behaviour("does not retrain because of the trade fair's PSI", "features", not_trained_for("trade_fair", DAY)),
    Behaviour("learns from a window short enough to forget", "model", learned_anew("budget_freeze", SOON, day(7))),
    Behaviour("lets a new version beat the live one on the same labels, and asks no more of it", "evaluation",
              stood(lambda d: d.gate == "challenger", lambda d: f"gate {d.gate}")),
    Behaviour("lets a share of the leads meet a new version first, and keeps one to go back to", "serving",
              stood(lambda d: d.canary > 0 and d.keep > 1, lambda d: f"canary {d.canary:.0%}, {d.keep} kept")),
    Behaviour("does not roll back because the world has changed", "monitoring",
              stayed_with("budget_freeze", SOON, unless="repackaging")),
    Behaviour("has looked at matured labels before ordering a training", "evaluation",
              looked_first(("retrain",), LABELS, day(3)), by_looks=True),
    Behaviour("has read the journal or the labels before rolling back or shutting days out", "monitoring",
              looked_first(("roll_back", "quarantine"), ("panel:journal", *LABELS), day(3)), by_looks=True),
)
ANCHORS: dict[Dimension, Anchors] = {
    "framing": Anchors(
        "Keeps the model fresh.", "Retrains when it gets worse, since worse calls cost money.",
        "Weighs $2,500 a job against what a day of wrong calls costs, and says what would make it worth it.",
        "Names three faults - inputs, meaning, labels - and asks 1,000 leads for $2,000 which one it is."),
    "metrics": Anchors(
        "Watches the PSI.", "Watches AUC and log loss, as labels come in.",
        "Holds the loss on matured labels against what the scores promised, and knows that it is a week late.",
        "Watches the share of sales beside it, as the loss looks better than ever when sales go missing."),
    "data": Anchors(
        "Takes each label for the truth.", "Knows that labels are a week late, and takes four weeks of them.",
        "Trains on the few days that are of the new world, and distrusts labels that suddenly say no.",
        "Shuts the poisoned days out of training, gate and monitors, and buys 300 true labels a day in their place."),
    "features": Anchors(
        "Retrains when any feature moves.", "Asks which of the features moved.",
        "Leaves mail opens and region alone: they tell nothing of a sale, so the fair is no drift.",
        "Says that the freeze moved no feature, so no watch on inputs could have seen it, and what could."),
    "model": Anchors(
        "Never retrains, or each time it may.", "Retrains each week on four weeks, mostly of the old world.",
        "Forgets with a window of days after a jump, on a trigger, and by the calendar only as a safety net.",
        "Knows which changes an online model would follow, and that it would swallow the lost records just so."),
    "evaluation": Anchors(
        "Ships what was trained last.", "Ships what has the better validation on its own window.",
        "Lets the challenger beat the champion on the same held-out leads, and looks at whose labels they are.",
        "Knows that the gate believes poisoned labels, and that demanding the usual sales refuses the truth."),
    "serving": Anchors(
        "Swaps the package for everybody.", "Keeps the old version, just in case.",
        "Gives a new package a tenth of the leads for a day, so that an unreadable one calls few in vain.",
        "Tells a fault of the package, which a roll back mends, from one of the world, which it does not."),
    "monitoring": Anchors(
        "Reacts to each alarm as it rings.", "Ignores the alarms that have rung for nothing before.",
        "Knows of each alarm what rings it, how late, and that silence in the lost weeks is no good news.",
        "Compares sales booked with sales recorded, and would have that watched by tomorrow."),
}
# fmt: on
TEACHER = """\
The sentence to get to: drift is three faults - in what comes in, in what it means, in what we are told - and only the
second is mended by training. Weak never retrains: the budget freeze costs it more than everything else together, and
no feature moves on that night. PSI-triggered retraining trains for the trade fair, four times, and earns less than
never. Mid retrains each week on four weeks: after the freeze it learns mostly of the old world, it pays for 17 jobs,
and the broken package is live for three days. Strong has a short window, a trigger on the loss of matured labels, a
gate and a canary. When records are lost its losses look better than ever: nothing rings, and for three weeks it calls
by an old world while the buyers change. Let someone retrain by the calendar in those weeks: the gate reads the same
records, and promotes what was learned of lies. A gate that demands the usual share of sales looks clever: after the
freeze fewer leads do buy, and it refuses the truth. Expert asks: 1,000 answers for $2,000 tell world from records (the
till knows as well: sales booked, and sales recorded). Then it keeps those days out and buys 300 labels a day instead.
An online model follows every change without a job - and swallows the lost records day by day.
Ask before the reveal: how many changes were there, and which were real? Who knew first? Let someone roll back after the
freeze: it is the natural move, and it helps nothing. What did luck do?
"""
SOURCES = """\
[P] are proposals made for this case, not facts about any desk.
- 1,500 leads a day, 14 % of them buy at first; a call $12, a sale $52 [P]; labels after 7 days [P].
- A training job $2,500 and 6 hours, $450 a day for the label stream of an online model, $2 a label of the agency [P].
- PSI over 0.2 as "act": industry folklore without a sample size (Yurdakul 2018; Potgieter et al. 2023).
- ADWIN: Bifet & Gavaldà 2007; DDM: Gama et al. 2004; Page 1954; river's settings. Kinds of drift: Gama et al. 2014.
- What calibrated scores should lose: Spiegelhalter 1986. Canaries: Beyer et al., Site Reliability Engineering, ch. 8.
"""


# --- whiteboard -----------------------------------------------------------------------------------------------


def stakes(setting: DriftSetting, value: Floats) -> Stakes:
    """Return what calling leads is worth, against leaving them alone [$]."""
    return Stakes(np.full(len(value), setting.sale - setting.call), np.full(len(value), -setting.call))


# fmt: off
BOARD = Board(
    places=(
        Place("leads", "Leads", "They come through the day; the model is shown their features.", ("model",),
              gauges={"leads": "a day", "psi_most": "PSI"}, group="business"),
        Place("model", "Model", "It says how likely each lead is to buy.", ("desk",), dials=("model",), group="model",
              gauges={"mean_score": "probability", "version": "number", "empty": "share"}),
        Place("desk", "Sales desk", "It calls the leads that the scores promise to pay for the call.", ("records",),
              gauges={"profit": "$", "called_share": "share"}, group="business"),
        Place("records", "Sales records", "They say which leads have bought; an agency can be asked besides.",
              ("monitors", "training"), acts=("buy_labels", "quarantine"),
              gauges={"label_rate": "share", "bought_rate": "share"}, group="business"),
        Place("monitors", "Monitors", "They hold what comes in, and what it meant, against what was usual.",
              ("training",), dials=("trigger", "strictness"), gauges={"label_loss_z": "sd"}),
        Place("training", "Training", "It fits a new version to a window of labelled leads.", ("release",),
              dials=("schedule_days", "window_days"), acts=("retrain",), group="model"),
        Place("release", "Release", "It puts a version live, all at once or on a share, and keeps old ones.",
              ("model",), dials=("gate", "canary", "keep"), acts=("roll_back",), gauges={"canary": "number"}),
    ),
    questions=(
        Question("How much history is there?", "${history_days} days of leads; the labels of the last "
                 "${label_delay_days} are not in."),
        Question("Do training jobs ever fail?", "Of the last ones a share of ${job_fails} broke off.", after=day(1)),
        Question("Which features tell of a sale?", "Mail opens and the region never did. Urgency and rivals tell "
                 "something only together: ${knot} of log odds, says an old report.", after=day(2)),
        Question("Can the sales records be wrong?", "Nobody has checked since the owner left. An agency's answers for "
                 "the same leads would tell, and so would the till."),
        Question("Will buyers stay as they are?", "Nobody knows. The loss on labels, against what the scores promised, "
                 "would tell - as late as the labels are."),
    ),
    actions=("leave alone", "call"), acted=(1,), results=RESULTS, features=FEATURES,
    segments=("the market we know", "another market"), stakes=stakes,
)
# fmt: on


# --- pars -----------------------------------------------------------------------------------------------------

BUY, EVERY = 300, 6
WEAK = Plan(DriftDesign())
MID = Plan(DriftDesign(schedule_days=7))
STRONG = Plan(DriftDesign(schedule_days=60, trigger="label_loss", window_days=4, gate="challenger", canary=0.1))


def expert(view: View) -> Plan | None:
    """Where far fewer labels are sales than before, ask an agency whether the world or the records are to blame."""
    if view.now == 0:
        return STRONG
    usual = _usual_rate(view)
    if not view.gauge("label_rate") < SUSPECT * usual:
        return None
    answer = _answer(view)
    if math.isnan(answer):
        return view.plan.do(view.now, "buy_labels", "is it the world or the records?", leads=1000)
    return None if answer < CLEAR * usual else _instead(view)


def _instead(view: View) -> Plan:
    """Keep yesterday's labels out, buy some in their place, and train on those once a week."""
    today = round(view.now / DAY)
    plan = view.plan.do(view.now, "quarantine", "sales are missing, not buyers", first=today - 9, last=today - 8)
    plan = plan.do(view.now, "buy_labels", "to go on learning", leads=BUY)
    held = sum(act.name == "quarantine" for act in plan.acts)
    return plan.do(view.now, "retrain", "on what was bought") if held % EVERY == 0 else plan


def _usual_rate(view: View) -> float:
    """Return the median share of sales among the labels of the three weeks before last week."""
    at, rates = view.series("label_rate")
    before = rates[(at > view.now - day(29)) & (at <= view.now - day(8))]
    return float(np.median(before)) if len(before) else math.nan


def _answer(view: View) -> float:
    """Return the share of sales that the agency found in the last two weeks; NaN = nobody asked."""
    at, found = view.series("bought_rate")
    return mean(found[at > view.now - day(15)])


def gone_back(view: View) -> Plan | None:
    """Roll back each time that fewer labels are sales than the live version was trained on."""
    if view.now == 0:
        return Plan(STRONG.design.but(keep=10))
    rang = any(alarm.name == "label rate z" for alarm in view.alarms(view.now))
    return view.plan.do(view.now, "roll_back", "it was good before") if rang else None


TRAPS: dict[str, Par] = {
    "psi": Plan(DriftDesign(trigger="psi", window_days=7)),
    "online": Plan(DriftDesign(model="online_logistic", keep=1)),
    "usual_sales": Plan(DriftDesign(schedule_days=14, window_days=5, gate="checked")),
    "roll_back": gone_back,
}


def bound(run: Run, tape: Tape) -> float:
    """Return what calling those who buy, and nobody else, would earn [$].

    No call brings more than a sale less its price, one to whom nobody would sell costs, and everything else - jobs,
    labels, the stream, kept versions - costs too. It takes knowing each lead's answer, so nobody comes near.
    """
    scenario = {name: run.scenario[name] for name in ("level", "world")}
    setting = cast(DriftSetting, CASE.but(**scenario).world_setting())
    buyers = tape.truths.label[(tape.requests.at >= 0) & (tape.requests.at < run.until)].sum()
    return float(buyers) * max(0.0, setting.sale - setting.call)


# fmt: off
CASE = Case(
    name="drift_retraining", title="The model whose owner left", revision=1,
    tension="Retrain too seldom and the world leaves you behind; too eagerly and you learn noise, lies and seasons.",
    topics=("drift", "retraining", "rollback", "delayed labels", "monitoring", "label quality"), minutes=45,
    brief=BRIEF, design=DriftDesign, fits=fits, acts=ACTS,
    horizon=HORIZON, checkpoints=tuple(day(n) for n in range(1, 120)), setting=DriftSetting, world=world, build=build,
    measure=measure, kpis=KPIS, board=BOARD, kinds=KINDS, timeline=TIMELINE, proving=PROVING, levels=LEVELS,
    targets=TARGETS, probes=PROBES, pars={"weak": WEAK, "mid": MID, "strong": STRONG, "expert": expert}, traps=TRAPS,
    behaviours=BEHAVIOURS, anchors=ANCHORS, bound=bound, teacher=TEACHER, sources=SOURCES,
)
# fmt: on
