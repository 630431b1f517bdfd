"""Fraud at the checkout: which payments to let through, to question, to look at, or to refuse.

A risk owner at a card-not-present shop decides for 60 days about some 3,000 payments a day. Losses are too high for
finance, refusals too many for growth, and the truth arrives weeks late - or never, for what was refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np

from simulator.board import Board, Experiment, Place, Question, Stakes, Station
from simulator.books.figures import closed_share, mean
from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT, OPEN, Requests, Truths
from simulator.books.tallies import counted, flown, late
from simulator.books.till import poster
from simulator.case import Act, Case, Level
from simulator.design import Design, Dial, choice, integer, number, switch
from simulator.desks.analysts import Analysts
from simulator.desks.history import take_over
from simulator.desks.silence import Silence
from simulator.desks.wall import Wall
from simulator.exhibits import Claim, charted, false_one, readings
from simulator.exhibits import number as figure
from simulator.exhibits.questions import among_the_highest, break_even, either, stopped_by
from simulator.incidents import Incident, Kind, When
from simulator.learning import metrics
from simulator.learning.models import MODELS, make
from simulator.learning.pipeline import Recipe
from simulator.learning.policy import ACTIONS, APPROVE, AUDIT, BLOCK, CHALLENGE, REVIEW, Triage
from simulator.learning.registry import Version
from simulator.learning.trainer import Terms
from simulator.learning.verdicts import Judges
from simulator.learning.workshop import Workshop
from simulator.plan import Plan
from simulator.probes import Asked, Probe
from simulator.rubric import Anchors, Behaviour, Dimension, Log, Occasion
from simulator.rules import held, left_alone, looked_first, relearned, stood, where
from simulator.run import Run
from simulator.serving.laws import Law
from simulator.serving.pool import ROUTES, Pool
from simulator.serving.team import Hours
from simulator.streams import Streams
from simulator.system import Decided, Ended, Endings, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, HOUR, MINUTE, Floats, Ints, day, dollars, micro, micros
from simulator.view import View
from simulator.world.arrivals import poisson_times, week_shape
from simulator.world.labels import Landed
from simulator.world.population import Departures, habits, pick
from simulator.world.spells import factor, most
from simulator.world.tape import Block, Tape
from simulator.world.waves import drawn_for, together

HORIZON = day(60)
HISTORY_DAYS = 75  # before take-off, everything was let through: the only time when every payment got its label
WINDOW_DAYS = 30  # of matured payments that a training job looks back on
LINE_DAYS = 3  # of payments from which the review line is drawn anew each midnight
HALF_LIFE_DAYS = 10  # of a labelled payment's weight in training: what is newer says more of tomorrow
FEATURES = (
    "log_amount", "night", "device_age", "ip_distance", "velocity", "email_risk",
    "account_age", "address_mismatch", "basket_ratio", "country_risk", "browser", "category",
)  # fmt: skip
RESULTS = ("open", "absent", "approved", "refused", "given up", "cancelled")
APPROVED, REFUSED, GIVEN_UP, CANCELLED = 2, 3, 4, 5
WATCHED = {column: FEATURES[column] for column in (0, 4, 6)}  # whose drift is on the wall
ACTED = {"blocked_share": (BLOCK,), "challenged_share": (CHALLENGE,), "review_share": (REVIEW, AUDIT)}
SURPRISED = 3.0  # standard deviations at which the desk rings

BRIEF = """\
You own fraud risk at a shop that sells by card over the internet: about 3,000 payments a day, 0.6 % of them
fraudulent. So far everything was let through, and the losses eat what the shop earns. From today a model scores each
payment and you decide what follows: approve it, ask the customer to confirm with the bank (a *challenge*), hold it
for one of two analysts (a *review*), or refuse it.

A sale earns 2.5 %. A fraud let through costs its amount and a $20 fee - and you hear of it when the chargeback comes,
24 days later on average. A good customer refused is a lost sale and, one time in twelve, a lost customer worth $80. A
challenge costs $0.15, stops 70 % of frauds and makes 12 % of good customers give up. A review takes 12 minutes and $3;
what waits 24 hours is released unseen. What you refuse never tells whether you were right, unless an analyst looks.

Growth wants good customers approved; finance wants losses down; the analysts work nine to five. You have 60 days.
"""


# --- decisions ------------------------------------------------------------------------------------------------


# fmt: off
@dataclass(frozen=True)
class FraudDesign(Design):
    """The decisions of the risk owner."""

    model: str = choice("logistic", ("logistic", "boosting", "online_logistic", "adaptive_tree", "adaptive_forest"),
        "Model", help="batch models are retrained by a job; online models learn from each label as it lands")
    balanced: bool = switch(False, "Class weights", help="weigh frauds up until both classes weigh the same")
    calibration: str = choice("none", ("none", "platt", "isotonic"), "Calibration",
        help="make a score of 0.2 mean two in ten")
    rule: str = choice("threshold", ("threshold", "f1", "fpr", "cost"), "Blocking rule",
        help="a fixed threshold; the threshold of best F1; 1 % false positives; or the expected cost of each payment")
    maturity_days: int = integer(0, 0, 45, "Label maturity", unit="days",
        help="only payments this old are learned from, and then silence means good (analysts' verdicts count at once)")
    retrain_days: int = integer(
        0, 0, 60, "Retrain every", unit="days", help="0 = never again", cost="$400 and 6 hours a job")
    audit: float = number(
        0.0, 0.0, 0.5, "Audited refusals", unit="share", cost="$3 and an analyst's time each",
        help="share of the payments to be refused that an analyst decides about instead, chosen at random")
    threshold: float = number(
        0.5, 0.005, 0.99, "Block threshold", unit="probability", live=True, help="for the rule 'threshold' only")
    review: float = number(
        0.0, 0.0, 10.0, "Review", unit="% of payments", live=True, cost="$3 and an analyst's time each",
        help="how many are held for an analyst: those where a look is worth most, whatever else would be done")
    challenge: float = number(
        1.0, 0.05, 1.0, "Challenge from", unit="of the blocking line", live=True, cost="$0.15 each",
        help="payments near the blocking line are challenged: 0.2 = from a fifth of its odds to five times; 1 = none")


ACTS = {
    "retrain": Act("Retrain now", "order a training job: data as known now, live six hours later", cost="$400"),
    "hire": Act("Hire analysts", "they start 14 days later and stay", cost="$180 a day each from the first day at work",
                arguments=(Dial("integer", "Analysts", 1, name="analysts", low=1, high=4, help="how many"),)),
}


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FraudSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    payments: int = integer(3000, 50, 30_000, "Payments", unit="a day")
    customers: int = integer(20_000, 100, 500_000, "Customers", unit="people")
    fraud_share: float = number(0.006, 0.0005, 0.1, "Fraud before anything changes", unit="of good payments")
    realism: float = number(
        1.0, 0.0, 1.5, "Realism", help="0 = frauds stand out as in toy data; 1 = as hard as an honest shop")
    amount_median: float = number(42.0, 1.0, 1000.0, "Median amount of a good payment", unit="$")
    fraud_median: float = number(115.0, 1.0, 1000.0, "Median amount of a fraud", unit="$")
    label_delay_days: float = number(24.0, 0.5, 90.0, "Mean delay of a chargeback", unit="days")
    margin: float = number(0.025, 0.0, 0.5, "Margin", unit="of the amount")
    fee: float = number(20.0, 0.0, 200.0, "Chargeback fee", unit="$")
    leave: float = number(0.08, 0.0, 1.0, "Wrongly refused customers who leave", unit="share")
    lifetime: float = number(80.0, 0.0, 1000.0, "Worth of a customer beyond the flight", unit="$")
    challenge_fee: float = number(0.15, 0.0, 5.0, "Price of a challenge", unit="$")
    gives_up: float = number(0.12, 0.0, 1.0, "Good customers who give up when challenged", unit="share")
    challenge_stops: float = number(0.70, 0.0, 1.0, "Frauds that a challenge stops", unit="share")
    ring_stopped: float = number(0.45, 0.0, 1.0, "Frauds of the ring that a challenge stops", unit="share")
    analysts: int = integer(2, 0, 50, "Analysts at the start", unit="people")
    minutes: float = number(12.0, 0.1, 240.0, "Mean time of a review", unit="minutes")
    sensitivity: float = number(0.92, 0.5, 1.0, "Frauds that an analyst recognises", unit="share")
    specificity: float = number(0.98, 0.5, 1.0, "Good payments that an analyst recognises", unit="share")
    review_cost: float = number(3.0, 0.0, 100.0, "Cost of a review", unit="$")
    audit_cost: float = number(0.0, 0.0, 100.0, "Extra cost of an audit", unit="$")
    wage: float = number(180.0, 0.0, 2000.0, "Wage of a hired analyst", unit="$ a day")
    hold_hours: float = number(24.0, 1.0, 240.0, "A held payment is released unseen after", unit="hours")
    cancels: float = number(0.004, 0.0, 0.5, "Good customers who cancel, per hour on hold", unit="share")
    retrain_cost: float = number(400.0, 0.0, 10_000.0, "Cost of a training job", unit="$")
    retrain_hours: float = number(6.0, 0.0, 240.0, "Duration of a training job", unit="hours")


BY_HOUR = np.array([3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 9, 9, 8, 6, 4], dtype=float)
BY_WEEKDAY = np.array([1.0, 0.96, 0.95, 0.98, 1.08, 1.10, 0.93])
# fmt: on
# How far frauds stand apart in each feature, in standard deviations of good payments, at realism 1.
OLD_TACTIC = 1.25 * np.array([0.0, 0.5, -0.7, 0.9, 0.8, 0.8, 0.0, 0.3, 0.3, 0.2, 0.0, 0.0])
RING_TACTIC = 1.25 * np.array([0.0, 0.0, 0.2, -0.2, 0.2, 0.1, -1.0, 1.0, 0.2, 1.0, 0.0, 0.0])
SPREAD = 0.95  # of the log of the amounts, good and bad
WORK = 0.5  # spread of the log of the time a review takes
WAVES = ("fraud_wave", "card_testing")
OF_THE_PERSON = 0.35  # share of a feature's variance that belongs to the customer, not to the payment


def world(seed: int, horizon: float, setting: FraudSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape: 75 days of history and the flight, a block a day."""
    streams = Streams(seed)
    usual = streams.get("people", "habits").standard_normal((setting.customers, len(FEATURES)))
    activity = habits(streams.get("people", "activity"), setting.customers, 0.8)
    days = range(-HISTORY_DAYS, math.ceil(horizon / DAY))
    blocks = (_Day(number, streams, setting, incidents, activity, usual).drawn() for number in days)
    return replace(Tape.of(blocks, setting.customers, {}), unseed=streams.unseed())


@dataclass(frozen=True, slots=True)
class _Day:
    """One day of the world; good payments, frauds and each incident draw from streams of their own."""

    number: int
    streams: Streams
    setting: FraudSetting
    incidents: tuple[Incident, ...]
    activity: Floats
    """(c,) relative rate at which each customer pays"""
    usual: Floats
    """(c, f) what is usual for each customer"""

    def drawn(self) -> Block:
        parts = [self._good(), self._frauds("fraud", self.setting.fraud_share)]
        parts += [self._wave(i, wave) for i, wave in enumerate(self.incidents) if wave.kind in WAVES]
        return together(parts)

    def _good(self) -> Block:
        luck, s = self.streams.get("good", self.number), self.setting
        at = self._times(luck, 1.0)
        who = pick(luck, self.activity, len(at))
        usual = s.amount_median * np.exp(SPREAD * luck.standard_normal(len(at)))
        own = luck.standard_normal((len(at), len(FEATURES)))
        X = math.sqrt(OF_THE_PERSON) * self.usual[who] + math.sqrt(1 - OF_THE_PERSON) * own
        return self._block("good", at, who, usual * factor(self.incidents, "holiday", at), X)

    def _frauds(self, name: str, share: float, needs: int = -1) -> Block:
        """Draw frauds at *share* of the good payments; nobody who defrauds is a customer who could leave."""
        luck, s = self.streams.get(name, self.number), self.setting
        at = self._times(luck, share)
        n = len(at)
        ring = luck.random(n) < most(self.incidents, "new_tactic", at)
        amount = np.where(ring, 100 + 49 * luck.random(n), s.fraud_median * np.exp(SPREAD * luck.standard_normal(n)))
        boldness = np.exp(0.5 * luck.standard_normal(n)) * (1.9 - 0.9 * s.realism)
        tactic = np.where(ring[:, None], RING_TACTIC, OLD_TACTIC)
        X = luck.standard_normal((n, len(FEATURES))) + boldness[:, None] * tactic
        delay = luck.gamma(2.0, s.label_delay_days / 2.0, n) * DAY
        who = np.full(n, s.customers, dtype=np.int64)
        return self._block(name, at, who, amount, X, ring=ring, delay=delay, needs=needs)

    def _wave(self, index: int, wave: Incident) -> Block:
        """Draw the additional frauds of an incident; those of a conditional one lie ready for any day of the flight."""
        share = self.setting.fraud_share * wave.size
        frauds = self._frauds(f"incident/{wave.name}", share, index if wave.when else -1)
        return drawn_for(frauds, wave.at, wave.end, conditional=wave.when is not None)

    def _times(self, luck: np.random.Generator, share: float) -> Floats:
        shape = week_shape(day(self.number), BY_HOUR, BY_WEEKDAY)
        return poisson_times(luck, day(self.number), self.setting.payments / DAY * shape * share)

    def _block(self, kind: str, at: Floats, who: Ints, amount: Floats, X: Floats, **fraud: Any) -> Block:
        """Lay the draws out as columns; frauds have a *delay* to their chargeback, *ring* and *needs*."""
        ring, delay = fraud.get("ring"), fraud.get("delay")
        n, cents = len(at), np.round(amount, 2)
        X[:, 0] = np.log(np.maximum(cents, 0.01))
        none = np.zeros(n, dtype=np.int64)
        known_at = np.full(n, np.inf) if delay is None else at + delay
        of_the_ring = np.zeros(n) if ring is None else ring.astype(np.float64)
        luck = {**self._luck(kind, n), "ring": of_the_ring}
        truths = Truths(np.full(n, delay is not None), known_at, np.full(n, fraud.get("needs", -1)), luck)
        return Block(Requests(id=none, at=at, entity=who, segment=none, X=X, value=micros(cents)), truths)

    def _luck(self, kind: str, n: int) -> dict[str, Floats]:
        """Draw the luck that belongs to each payment, whatever is decided about it."""
        luck = self.streams.get(kind, self.number, "luck")
        uniform = {name: luck.random(n) for name in ("leaves", "gives_up", "stopped", "verdict", "cancels")}
        work = WORK * luck.standard_normal(n) - WORK**2 / 2  # log of the time a review takes, over its mean
        return {**uniform, "work": work, "service": luck.standard_normal(n), "audit": luck.random(n)}


# --- system ---------------------------------------------------------------------------------------------------


def cost_of_refusal(setting: FraudSetting, amount: Floats) -> Floats:
    """Return the expected cost [$] of refusing good payments of *amount* [$]: the sale, and maybe the customer."""
    return setting.margin * amount + setting.leave * setting.lifetime


def cost_of_fraud(setting: FraudSetting, amount: Floats) -> Floats:
    """Return the cost [$] of approving frauds of *amount* [$]: the goods and the fee."""
    return (1 - setting.margin) * amount + setting.fee


def build(system: System, setting: FraudSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the checkpoint into *system*."""
    return Checkpoint(system, setting).wired()


class Checkpoint:
    """The fraud desk: what happens to a payment between the click and the last chargeback."""

    def __init__(self, system: System, setting: FraudSetting) -> None:
        self.system, self.setting, self.design = system, setting, cast(FraudDesign, system.design)
        self.post, self.review_from = poster(system.ledger), math.inf
        self.requests, self.truths, self.outcomes = system.tape.requests, system.tape.truths, system.outcomes
        self.departures, self.pool = Departures(setting.customers + 1), Pool(servers=8)
        judges, hold = Judges(setting.sensitivity, setting.specificity), setting.hold_hours * HOUR
        self.analysts = Analysts(system, judges, setting.analysts, hold, micro(setting.wage))
        self.wall = Wall(system, WATCHED, ACTED, {"approved_share": (APPROVED,)})
        maturing = day(self.design.maturity_days), day(WINDOW_DAYS), day(HALF_LIFE_DAYS)
        self.silence = Silence(system, APPROVED, (REVIEW, AUDIT), *maturing)
        keep = 0.1 if self.design.model.startswith("adaptive") else 1.0
        learner = make(self.design.model, balanced=self.design.balanced, seed=system.streams.seed, keep=keep)
        recipe = Recipe(self.design.calibration, self.design.rule)
        self.workshop = Workshop(system.clock, learner, recipe, self.silence.sample, self.went_live)
        terms = Terms(setting.retrain_hours * HOUR, micro(setting.retrain_cost))
        self.trainer = self.workshop.trainer(terms, lambda at: self.post("training", "retrain", at, -terms.cost))

    def wired(self) -> Parts:
        """Take over the history, train the first version, set the processes going, and hand out the parts."""
        owe = partial(self.silence.owe, online=self.workshop.online)
        take_over(self.system, APPROVED, owe, self.learn)
        self.workshop.fit(0.0, "take-off")()
        if self.design.retrain_days:
            self.trainer.schedule(day(self.design.retrain_days))
        self.system.clock.every(DAY, self.at_midnight)
        labels, clock, team = self.system.labels, self.system.clock, self.analysts.team
        return Parts(
            see=lambda requests: requests.X, score=self.score, serve=self.serve, decide=self.decide,
            respond=self.respond, price=self.price, owe=owe, learn=self.learn, turn=self.turn, close=self.close,
            acts={"retrain": lambda: self.trainer.order("on demand"),
                  "hire": lambda analysts: self.analysts.hire(analysts, day(14))},
            effects={
                "absence": (lambda incident: team.miss(incident.size), lambda incident: team.miss(0.0)),
                "feed_pause": (lambda incident: labels.hold(1), lambda incident: labels.release(clock.now)),
            },
            versions=self.workshop.registry.facts,
        )  # fmt: skip

    # 3 score, 4 serve, 5 act

    def score(self, seen: Floats) -> Scored:
        """Score payments by the live version."""
        live = self.workshop.registry.live
        return Scored(live.score(seen), live.version.number)

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        """Run the scoring service: 20 ms at the median, from a pool of 8."""
        work = 0.020 * np.exp(0.3 * self.truths.luck["service"][requests.id])
        return Served(self.pool.advance(requests.at, work), np.full(len(requests), ROUTES.index("model")))

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        """Choose the action for each payment from its score, its amount and the dials."""
        luck = self.truths.luck["audit"][requests.id]
        return Decided(*self.triage().actions(scored.score, dollars(requests.value), self.review_from, luck))

    def triage(self) -> Triage:
        """Return the rule as the dials and the live version have it."""
        lines = {"cost": None, "threshold": self.design.threshold}
        line = lines.get(self.design.rule, self.workshop.registry.live.rest.line)
        costs = partial(cost_of_refusal, self.setting), partial(cost_of_fraud, self.setting)
        return Triage(costs, line, self.design.challenge, self.design.audit)

    # 6 respond

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """Let customers, fraudsters and analysts do what they do, in order of time."""
        ends, plain = Endings(), decided.action == APPROVE
        for i in np.flatnonzero(~plain).tolist():
            self._question(int(requests.id[i]), int(decided.action[i]), ends)
        self._finish_reviews(until, ends)
        gone = self.departures.gone(requests.entity[plain], requests.at[plain])
        return ends.with_others(requests.id[plain], requests.at[plain], np.where(gone, ABSENT, APPROVED))

    def _question(self, id: int, action: int, ends: Endings) -> None:
        """Handle one payment that is not simply approved - if its customer still comes."""
        at, who = float(self.requests.at[id]), int(self.requests.entity[id])
        self._finish_reviews(math.nextafter(at, math.inf), ends)
        if self.departures.left_at[who] <= at:
            ends.add(id, at, ABSENT)
        elif action == BLOCK:
            self._refuse(id, at, ends)
        elif action == CHALLENGE:
            self._challenge(id, at, ends)
        else:
            self.analysts.desk.submit(id, at, self.setting.minutes * MINUTE * math.exp(self.truths.luck["work"][id]))

    def _refuse(self, id: int, at: float, ends: Endings, result: int = REFUSED) -> None:
        """Lose the sale; a good customer may take it ill and never come back."""
        ends.add(id, at, result)
        offended = not self.truths.label[id] and self.truths.luck["leaves"][id] < self.setting.leave
        if offended and self.departures.leave(int(self.requests.entity[id]), at):
            self.post("lost customers", "left", at, -micro(self.setting.lifetime), id)

    def _challenge(self, id: int, at: float, ends: Endings) -> None:
        luck, setting = self.truths.luck, self.setting
        stops = setting.ring_stopped if luck["ring"][id] else setting.challenge_stops
        if self.truths.label[id] and luck["stopped"][id] < stops:
            ends.add(id, at, REFUSED)
        elif not self.truths.label[id] and luck["gives_up"][id] < setting.gives_up:
            self._refuse(id, at, ends, GIVEN_UP)
        else:
            ends.add(id, at, APPROVED)

    def _finish_reviews(self, until: float, ends: Endings) -> None:
        """Let verdicts decide about held payments - or nobody, where the hold ran out before anyone looked."""
        for review in self.analysts.rulings(until):
            if review.positive:
                self._refuse(review.id, review.done, ends)
            else:
                self._release(review.id, review.asked, review.done, ends)

    def _release(self, id: int, asked: float, done: float, ends: Endings) -> None:
        patience = self.setting.cancels * (done - asked) / HOUR
        cancels = not self.truths.label[id] and self.truths.luck["cancels"][id] < patience
        ends.add(id, done, CANCELLED if cancels else APPROVED)

    # 7 post, and what comes back

    def price(self, ended: Ended) -> None:
        """Post what these ends earned and cost at once; chargebacks are posted when they land."""
        setting, judged = self.setting, self.analysts.judged()
        action, sold = self.outcomes.action[ended.id], ended.result == APPROVED
        self._earn("approved", ended.id[sold], ended.at[sold])
        asked = (action == CHALLENGE) & (ended.result != ABSENT)
        self.post("challenges", "challenged", ended.at[asked], -micro(setting.challenge_fee), ended.id[asked])
        self.post("reviews", "reviewed", judged.at, -micro(setting.review_cost), judged.id)
        audits = judged.rows(self.outcomes.action[judged.id] == AUDIT)
        self.post("reviews", "audited", audits.at, -micro(setting.audit_cost), audits.id)

    def _earn(self, cause: str, ids: Ints, at: Floats) -> None:
        self.post("margin", cause, at, micros(self.setting.margin * dollars(self.requests.value[ids])), ids)

    def _charge_back(self, cause: str, ids: Ints, at: Floats) -> None:
        flown = ids >= self.system.tape.start  # frauds of the history are on somebody else's books
        cost = self.requests.value[ids[flown]] + micro(self.setting.fee)
        self.post("fraud", cause, at[flown], -cost, ids[flown])

    def learn(self, landed: Landed) -> None:
        """Take in what has come to light: late money, analysts' verdicts, labels for an online learner."""
        late = landed.rows(landed.label == 1)
        self._charge_back("chargeback", late.id, late.at)
        both = Landed.together(self.analysts.take(), landed)
        self.system.labels.known.land(both)
        self.workshop.learn(self.requests.X[both.id], both.label.astype(np.float64), np.ones(len(both)))

    def went_live(self, version: Version) -> None:
        """Take note that *version* serves from now on."""
        self.analysts.verdicts.surprise.clear()
        self.draw_review_line()
        text = f"is live ({version.why}; {version.positives} frauds in {version.rows:,} rows)"
        self.system.say("version", f"v{version.number}", f"version {version.number} {text}")

    def draw_review_line(self) -> None:
        """Find the worth that the wanted share of the last days' payments exceeds."""
        score, share = self.workshop.registry.live.score, self.design.review / 100
        self.review_from = self.analysts.line(self.triage(), score, share, day(LINE_DAYS))
        self.system.mark("review_line", self.review_from if self.design.review else math.nan)

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        self.design = cast(FraudDesign, design)
        self.draw_review_line()

    def at_midnight(self) -> None:
        """Publish what an online learner has learned, draw the review line anew, and read the instruments."""
        self.workshop.publish()
        self.draw_review_line()
        readings = self.look()
        surprise = readings.get("surprise", math.nan)
        text = f"analysts find more fraud than the scores promise ({surprise:.1f} sd)"
        self.wall.ring(readings, {"surprise": text} if surprise > SURPRISED else {})

    def look(self) -> dict[str, float]:
        """Read the instruments on the wall, with how far the analysts' verdicts surprise."""
        desk, verdicts = self.analysts.desk, self.analysts.verdicts
        return self.wall.read("payments", {"waiting": desk.waiting, "surprise": verdicts.surprise.reading()})

    def close(self, until: float) -> None:
        """Settle at the horizon what is pending: held payments are released, frauds not charged back yet are."""
        self.look()
        held = np.flatnonzero((self.outcomes.result == OPEN) & (self.requests.at < until))
        self.outcomes.end(held, np.full(len(held), until), np.full(len(held), APPROVED))
        self._earn(CLOSE, held, np.full(len(held), until))
        pending = self.system.labels.pending()
        frauds = np.concatenate([pending.id[pending.label == 1], held[self.truths.label[held]]])
        self._charge_back(CLOSE, frauds, np.full(len(frauds), until))


# --- money, seen from the end ---------------------------------------------------------------------------------

KPIS = {
    "profit": Kpi("$", "sum of all postings", "more"),
    "fraud_loss": Kpi("$", "amounts and fees of frauds let through", "less"),
    "fraud_stopped": Kpi("share", "of the frauds' value that was not let through", "more", observed=False),
    "good_approved": Kpi("share", "of good payments that went through", "more", observed=False),
    "released_unseen": Kpi("share", "of payments sent to an analyst that nobody looked at in time", "less"),
    "review_wait": Kpi("h", "95th percentile of the time on hold of payments sent to an analyst", "less"),
    "customers_lost": Kpi("people", "customers who left over a refusal", "less", observed=False),
    "reviews": Kpi("payments", "looked at by an analyst"),
    "challenges": Kpi("payments", "challenged"),
    "auc": Kpi("", "area under the ROC curve of the scores served", "more", observed=False),
    "average_precision": Kpi("", "area under the precision-recall curve of the scores served", "more", observed=False),
    "calibration_error": Kpi("", "expected calibration error of the scores served, 10 bins", "less", observed=False),
    "closed_share": Kpi("share", "of the fraud loss that was still to come and was settled at the end"),
    "trainings": Kpi("jobs", "training jobs"),
}


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs; the truth may be read here."""
    ids = flown(tape.requests, run.outcomes, run.until)
    p, fraud = run.outcomes.score[ids], tape.truths.label[ids]
    ranking = {"auc": metrics.auc(p, fraud), "average_precision": metrics.average_precision(p, fraud)}
    return _money(run) | _people(run, tape, ids) | ranking | {"calibration_error": metrics.ece(p, fraud)}


def _money(run: Run) -> dict[str, float]:
    causes = {"customers_lost": "left", "reviews": "reviewed", "challenges": "challenged", "trainings": "retrain"}
    lost = {"fraud_loss": -dollars(run.ledger.total("fraud")), "closed_share": closed_share(run.ledger, "fraud")}
    return {"profit": dollars(run.profit()), **lost, **counted(run.ledger, **causes)}


def _people(run: Run, tape: Tape, ids: Ints) -> dict[str, float]:
    fraud, through = tape.truths.label[ids], run.outcomes.result[ids] == APPROVED
    value, sent = tape.requests.value[ids], ids[np.isin(run.outcomes.action[ids], (REVIEW, AUDIT))]
    unseen, wait = late(run.requests, run.outcomes, sent, ROUTES.index("timeout"))
    return {
        "fraud_stopped": float(1 - value[fraud & through].sum() / max(1, value[fraud].sum())),
        "good_approved": float(through[~fraud].mean()) if not fraud.all() else math.nan,
        "released_unseen": unseen,
        "review_wait": wait / HOUR,
    }


# --- timeline and targets -------------------------------------------------------------------------------------

KINDS = {
    "new_tactic": Kind("frauds are of a ring with its own tactic", "share", high=1.0, on_tape=True, always=True),
    "fraud_wave": Kind("additional frauds", "times the fraud before", on_tape=True, of="fraud_share"),
    "card_testing": Kind("a burst of additional frauds", "times the fraud before", on_tape=True, of="fraud_share"),
    "holiday": Kind("good customers spend more", "times the usual amounts", on_tape=True, always=True),
    "absence": Kind("part of the analysts is away", "share", high=1.0),
    "feed_pause": Kind("chargebacks are not reported; they land when it ends"),
}
# fmt: off
TIMELINE = (
    Incident("holiday", "holiday", day(12), lasts=day(5), jitter=day(2), size=1.7, distractor=True,
             says="the holiday season begins: baskets are larger than usual"),
    Incident("analyst_absence", "absence", day(20), lasts=day(5), jitter=day(2), size=0.5,
             says="flu: half of the analysts are away for five days"),
    Incident("ring", "new_tactic", day(30), jitter=day(4), size=0.75),
    Incident("more_fraud", "fraud_wave", day(30), jitter=day(4), size=0.67),
    Incident("feed_pause", "feed_pause", day(40), lasts=day(9), jitter=day(2)),
    Incident("card_testing", "card_testing", day(46), lasts=day(3), size=3.0,
             when=When("challenged_share", "below", 0.01)),
)
LEVELS = {
    1: Level("one lever: no ring, no gaps, everybody at work",
             drop=("ring", "feed_pause", "analyst_absence", "card_testing")),
    2: Level("the standard flight", drop=("card_testing",)),
    3: Level("everything: audits cost extra, scores tell less, and who hardly challenges is tested",
             world={"audit_cost": 3.0, "realism": 1.1}),
}
TARGETS = (
    Target("profit", 160_000.0, at_least=True, why="what the shop has to earn in the 60 days"),
    Target("fraud_stopped", 0.5, at_least=True, why="finance: half of what is tried to be stolen is stopped"),
    Target("good_approved", 0.97, at_least=True, guardrail=True, why="growth: good customers get through"),
    Target("released_unseen", 0.10, at_least=False, guardrail=True, why="what is held is looked at in time"),
)


# --- what is judged besides the money -------------------------------------------------------------------------


def setting_of(run: Run) -> FraudSetting:
    """Return the parameters of the world that *run* was flown in."""
    return FraudSetting.of({**LEVELS[run.scenario["level"]].world, **run.scenario["world"]})


def bound(run: Run, tape: Tape) -> float:
    """Return what nobody could exceed [$]: the margin of every good payment of the flight.

    A fraud let through costs more than its margin, and all else on the books - refused or lost customers,
    challenges, reviews, wages, training - is a cost that somebody who knew every label would not have.
    """
    good = ~tape.truths.label & (tape.requests.at >= 0) & (tape.requests.at < run.until)
    return float(dollars(micros(setting_of(run).margin * dollars(tape.requests.value[good])).sum()))


def can_be_read(log: Log) -> list[Occasion]:
    """Ask whether what is sent to review can be read: at take-off, and when part of the desk is away."""
    setting, flu = setting_of(log.run), log.happened("analyst_absence")
    hours, away = (Hours().closes - Hours().opens) / (setting.minutes * MINUTE), flu.size if flu else 0.0
    most = 100 * setting.analysts * hours / setting.payments
    rules = [
        stood(lambda d: d.review <= most, lambda d: f"{d.review:g} % to review; all hands can read {most:.1f} %"),
        held("analyst_absence", lambda d: d.review <= most * (1 - away),
             lambda d: f"{d.review:g} % to review; the others can read {most * (1 - away):.1f} %", day(2)),
    ]
    return [one for rule in rules for one in rule(log)]


BEHAVIOURS = (
    Behaviour("challenges where neither approving nor refusing is clearly right", "framing",
              stood(lambda d: d.challenge < 1, lambda d: f"challenges from {d.challenge:g} of the blocking line on")),
    Behaviour("decides by the cost of each payment, not at a fixed score", "metrics",
              stood(lambda d: d.rule == "cost", lambda d: f"rule {d.rule}, threshold {d.threshold:g}")),
    Behaviour("lets labels mature for two weeks or more before silence means good", "data",
              stood(lambda d: d.maturity_days >= 14, lambda d: f"silence means good after {d.maturity_days} days")),
    Behaviour("looked at what has matured before ordering a retraining", "data",
              looked_first(("retrain",), ("chart:maturity", "chart:scores"), day(3)), by_looks=True),
    Behaviour("does not retrain because of the holiday's PSI: what moved is no fraud", "features",
              left_alone("psi_log_amount", ("retrain",), day(7))),
    Behaviour("does not take the scores of class weights for probabilities", "model",
              stood(lambda d: not d.balanced or d.calibration != "none",
                    lambda d: f"class weights {'on' if d.balanced else 'off'}, calibration {d.calibration}")),
    Behaviour("audits refusals, so that some of them answer", "evaluation",
              stood(lambda d: d.audit > 0, lambda d: f"an analyst decides about {d.audit:.0%} of the refusals")),
    Behaviour("opened the reliability chart or the threshold curve before turning a line", "evaluation",
              looked_first(("threshold", "challenge"), ("chart:calibration", "chart:thresholds"), day(3)),
              by_looks=True),
    Behaviour("sends to review what analysts can read, also when half of them are away", "serving",
              where("reviews", can_be_read)),
    Behaviour("has a model that hears from analysts of a new tactic within ten days", "monitoring",
              where("reviews", relearned("ring", day(3), day(10), lambda d: MODELS[d.model].online))),
)
ANCHORS: dict[Dimension, Anchors] = {
    "framing": Anchors(
        "Wants a model that catches fraud.", "Weighs frauds caught against customers refused, as counts.",
        "Prices all four: approve, challenge, review, refuse, each payment by its amount.",
        "The same, and says what a refusal hides, who pays for it, and what would make the shop approve everything."),
    "metrics": Anchors("Takes 0.5, or AUC, and is content.", "Takes the best F1 or 1 % false positives.",
        "Refuses where a fraud costs more than the sale and the one customer in twelve.",
        "The same, with a price for the verdicts too, and names the figure that would move the line."),
    "data": Anchors("Trains on last week as if silence were good.", "Waits a week, though chargebacks take 24 days.",
        "Waits three weeks and weighs what analysts say, who take a day.",
        "Knows which frauds never get a label, has some of them looked at, and expects the feed to pause."),
    "features": Anchors(
        "Retrains as the PSI of the amounts rings.", "Sees the holiday in the calendar, retrains to be safe.",
        "Leaves it: larger baskets of good customers are not another kind of fraud.",
        "Says beforehand which features a ring would not move, so that no drift alarm is waited for."),
    "model": Anchors("Turns class weights on, since frauds are rare.", "Takes boosting for its average precision.",
        "Calibrates whatever meets money, on payments of the time it decides about.",
        "Learns from each verdict as it lands: after the ring a day's delay costs more than a weaker learner."),
    "evaluation": Anchors("Shows the AUC of the held-out rows.", "Shows precision and recall at the line.",
        "Shows reliability and money by threshold, and how many labels those rest on.",
        "Audits a share of refusals, since approved payments alone say nothing of what the rule refuses."),
    "serving": Anchors("Sends more to review to be safe.", "Knows that a review costs $3.",
        "Sends what two people can read from nine to five; the rest is released unseen after 24 hours.",
        "Halves it on the morning of the flu, and prices a hire by what the next review would stop."),
    "monitoring": Anchors("Watches the chargebacks, weeks late.", "Watches PSI and the share refused.",
        "Holds what analysts find against what the scores promised.",
        "The same by tactic, knows that its first alarms are unripe labels, and what to do when it rings after."),
}


def what_changed(asked: Asked) -> list[Claim]:
    """Return what can be said of the ring after a week, and of who saw it; nothing where it did not come."""
    run, truths, ring = asked.run, asked.tape.truths, asked.case.log(asked.run).happened("ring")
    if ring is None or ring.at + day(7) > run.until:
        return []
    ids = flown(run.requests, run.outcomes, run.until)
    after, fraud, theirs = run.requests.at[ids] >= ring.at, truths.label[ids], truths.luck["ring"][ids] > 0
    share, p = [float(fraud[part].mean()) for part in (~after, after)], run.outcomes.score[ids]
    psi = [zip(*run.gauges.series(f"psi_{name}"), strict=True) for name in WATCHED.values()]
    late = max((reading, at) for series in psi for at, reading in series)[1] > ring.at
    moved = "Of all payments {:.2%} were frauds before the ring came, {:.2%} after."
    return [
        Claim(moved.format(*share), moved.format(*share[::-1])),
        either(mean(p[theirs]) < mean(p[fraud & ~theirs & after]),
               "The ring's frauds got {} scores on average than the other frauds of its time.", "lower", "higher"),
        either(late, "The highest PSI on the wall was read {} the ring came.", "after", "before"),
    ]


PROBES = (
    Probe("why_that_threshold", "Why that threshold?", "metrics",
        charted("thresholds", "Only labels that are in are counted, and what was refused has none."),
        weak="0.5 is the usual threshold.", mid="It gives the best F1 on the validation set.",
        strong="It is where the next refusal costs as much as the fraud it stops, payment by payment.",
        expert="The same, and I would move it when the cost of a lost customer or the score's calibration moves.",
        check=break_even("refuse a payment"), when=lambda asked: asked.run.plan.design.values()["rule"] != "cost",
        follow_up="And for a payment of $900?"),
    Probe("meaning_of_a_score", "What does a score of 0.9 mean?", "evaluation", charted("calibration"),
        weak="That it is fraud.", mid="That the model is confident.",
        strong="Nine in ten such payments are fraud - if the scores are calibrated; class weights break that.",
        expert="The same, on the traffic of the day I checked it; after the ring came I would not have bet on it.",
        check=among_the_highest(0.01, "What share of the hundredth of payments with the highest scores was fraud?"),
        follow_up="On which payments had you checked that, and did they look like tomorrow's?"),
    Probe("losses_fell", "Losses fell last week. Good news?", "data", charted("maturity"),
        weak="Yes, the model works.", mid="Probably; I would look at more weeks.",
        strong="Not by itself: chargebacks come weeks late, so last week's losses are not in yet.",
        expert="I would ask what the analysts find: their verdicts are a day old, and the feed may just be down.",
        check=figure("What share of the flight's fraud losses was still to come when it ended?",
                     lambda asked: asked.run.kpis()["closed_share"], "share"),
        when=lambda asked: asked.run.kpis()["fraud_loss"] > 0, follow_up="What could you look at today instead?"),
    Probe("double_the_analysts", "Would you double the analysts?", "serving", readings("waiting"),
        weak="Yes, more review is safer.", mid="If the budget allows.",
        strong="Only while the next review saves more than $3 and a wage; here the queue says how far that goes.",
        expert="They are also my label factory: I would price what their verdicts teach before I answer.",
        check=stopped_by("reviewed", REFUSED, "How much fraud did a review stop, on average?"),
        when=lambda asked: asked.run.kpis()["reviews"] > 0, follow_up="Would the next review stop as much?"),
    Probe("what_changed", "What changed in these weeks, and who could know it first?", "monitoring",
        readings(*(f"psi_{name}" for name in WATCHED.values())),
        weak="The drift alarm rang, so the data drifted.", mid="There was more fraud towards the end.",
        strong="A ring with a tactic of its own; no feature's PSI rang for it, the analysts' verdicts did.",
        expert="That, and the alarm that rang was the holiday; next time a share of audits by tactic tells me in days.",
        check=false_one(what_changed), follow_up="Which alarm would you take off the wall?"),
)
TEACHER = """\
The sentence to get to: a threshold is a business decision, and the data it is made from are its own consequence.
Weak leaves the threshold at 0.5 and stops next to nothing. Turning on class weights at 0.5 is the textbook move: it
refuses one good payment in eight; with the cost rule and no calibration it wrecks the shop - let it happen. Mid draws
the line by F1 and never hears of the ring, because chargebacks are weeks late and refusals never answer. Strong
decides by cost and amount, uses challenge and review, lets labels mature - and learns of the ring too late. Expert
learns from each verdict the day it is given, and gives the analysts no more than they can read when half are away.
The holiday rings the drift alarm and means nothing; the ring rings no drift alarm. Early alarms of the analysts are
one's own immature labels. The ring steals $100-149 at a time, less than others: blindness to it costs, its coming less.
Ask before the reveal: what changed, and on which day? Then: who knew first - PSI, chargebacks, or the analysts?
What would you automate? What did luck do? (Fly the same plan over ten seeds before you answer.)
"""
SOURCES = """\
[P] are proposals made for this case, not facts about any shop.
- Fraud 0.6 % of payments, 1.0 % later; 3,000 payments a day; amounts lognormal [P]. The European Central Bank reports
  0.03 % of value for all cards (2021), 84 % of it in card-not-present trade.
- Chargeback delay: gamma, mean 24 days [P]; dispute windows run to 120 days. Fee $20 [P]; vendors quote $15-25.
- Review: 12 minutes, 92 % of frauds and 98 % of good payments recognised, $3 [P]; vendors quote 5 minutes.
- A customer refused by mistake leaves in 8 % [P] and takes $80 along: about a year of margin of an average customer.
- A challenge: 12 % of good customers give up, 70 % of frauds are stopped, 45 % of the ring's [P].
- Separability at realism 1: strong reaches AUC 0.84-0.90 and average precision 0.2-0.35; textbook generators give 0.6
  and more, models on real card data 0.05-0.10 (Fraud Detection Handbook, Le Borgne et al. 2022).
- Cost rule: Elkan, The foundations of cost-sensitive learning, IJCAI 2001. Value of a look: Howard 1966.
"""


# --- whiteboard -----------------------------------------------------------------------------------------------


def stakes(setting: FraudSetting, amount: Floats) -> Stakes:
    """Return what refusing payments of *amount* [$] is worth, against approving them."""
    return Stakes(cost_of_fraud(setting, amount), -cost_of_refusal(setting, amount))


def review_desk(setting: FraudSetting, design: FraudDesign) -> Station | None:
    """Return the analysts' desk: a day's reviews come evenly in its hours, nobody waits over night."""
    rate = setting.payments * design.review / 100 / (Hours().closes - Hours().opens)
    work = Law.lognormal(setting.minutes * MINUTE * math.exp(-(WORK**2) / 2), WORK)
    return Station.of(rate, work, 0.0, setting.analysts, setting.hold_hours * HOUR) if rate else None


BOARD = Board(
    places=(
        Place("payments", "Payments", "Customers and fraudsters pay by card.", ("model",), group="business",
              gauges={"payments": "a day", "psi_log_amount": "PSI", "psi_velocity": "PSI", "psi_account_age": "PSI"}),
        Place("model", "Model", "It scores each payment while the customer waits.", ("rule",), group="model",
              dials=("model", "balanced", "calibration"), gauges={"surprise": "sd", "mean_score": "probability"}),
        Place("rule", "Rule", "It turns a score into an action.", ("bank", "analysts", "books"),
              dials=("rule", "threshold", "audit"), gauges={"approved_share": "share", "blocked_share": "share"}),
        Place("bank", "Challenge", "The customer confirms with the bank, or gives up.", ("books",),
              dials=("challenge",), gauges={"challenged_share": "share"}),
        Place("analysts", "Analysts", "They read what is on hold, and say what it was.", ("books", "training"),
              dials=("review",), acts=("hire",),
              gauges={"waiting": "payments", "review_share": "share", "review_line": ""}),
        Place("books", "Sales and chargebacks", "Margins come at once, frauds weeks later, refusals never answer.",
              ("training",), gauges={"profit": "$"}, group="business"),
        Place("training", "Training", "It learns from what has matured, and from the analysts.", ("model",),
              dials=("maturity_days", "retrain_days"), acts=("retrain",), group="model"),
    ),
    questions=(
        Question("How large are frauds?", "Half are over $$${fraud_median}; good payments, $$${amount_median}."),
        Question("How often are the analysts right?", "They recognise a share of ${sensitivity} of the frauds, and of "
                 "${specificity} of the good payments.", after=day(1)),
        Question("What does a hold cost?", "Per hour on hold a share of ${cancels} of good customers cancels."),
        Question("How late are chargebacks?", "${label_delay_days} days on average; one in ten comes after about twice "
                 "that. The bank had to look it up.", after=day(3)),
        Question("How many of the frauds do we never hear of?", "Nobody knows: what is refused never answers. Let "
                 "analysts decide about some refusals, and you will see."),
    ),
    actions=ACTIONS, acted=(CHALLENGE, REVIEW, BLOCK, AUDIT), results=RESULTS, features=FEATURES,
    stakes=stakes, silence=day(30), station=review_desk,
    experiment=lambda setting: Experiment(setting.fraud_share, setting.payments),
)


# --- pars -----------------------------------------------------------------------------------------------------

WEAK = Plan(FraudDesign())
MID = Plan(FraudDesign(rule="f1", maturity_days=7, retrain_days=30, review=0.5))
STRONG = Plan(FraudDesign(
    rule="cost", calibration="platt", maturity_days=21, retrain_days=14, review=2.0, challenge=0.3, audit=0.05))
EXPERT = FraudDesign(model="online_logistic", rule="cost", maturity_days=14, review=2.0, challenge=0.2, audit=0.1)


def expert(view: View) -> Plan | dict[str, Any] | None:
    """Learn from each label as it lands, decide by expected cost, give the desk no more than it can read."""
    if view.now == 0:
        return Plan(EXPERT)
    told = [entry for entry in view.journal() if entry.name == "analyst_absence"]
    away = any(view.now < float(entry.facts["end"]) for entry in told)
    review = 1.0 if away else EXPERT.review
    return {"review": review} if view.design.values()["review"] != review else None


TRAPS = {
    "class_weights": Plan(FraudDesign(balanced=True)).then(day(7), "recall matters more than precision", threshold=0.3),
    "weights_and_costs": Plan(FraudDesign(balanced=True, rule="cost")),
    "retrain_at_drift": Plan(FraudDesign(rule="f1", retrain_days=7)).do(day(15), "retrain", "the PSI is over 0.2"),
    "review_everything": Plan(STRONG.design.but(review=8.0)),
}

CASE = Case(
    name="fraud_threshold", title="Fraud at the checkout", revision=1,
    tension="Stop fraud, but not customers: every refusal is a guess whose truth you never learn.",
    topics=("thresholds", "calibration", "delayed labels", "selective labels", "review capacity", "adversaries"),
    minutes=45, brief=BRIEF, design=FraudDesign, acts=ACTS,
    horizon=HORIZON, checkpoints=tuple(day(n) for n in range(1, 60)), setting=FraudSetting, world=world, build=build,
    measure=measure, kpis=KPIS, board=BOARD, kinds=KINDS, timeline=TIMELINE, levels=LEVELS, targets=TARGETS,
    probes=PROBES, pars={"weak": WEAK, "mid": MID, "strong": STRONG, "expert": expert}, traps=TRAPS,
    behaviours=BEHAVIOURS, anchors=ANCHORS, bound=bound, teacher=TEACHER, sources=SOURCES,
)
