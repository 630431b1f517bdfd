"""Fraud at the checkout: which payments to let through, to question, to look at, or to refuse.

A risk owner at a card-not-present shop decides for 60 days about some 3,000 payments a day. Losses are too high for
finance, refusals too many for growth, and the truth arrives weeks late - or never, for what was refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.books.ledger import CLOSE
from simulator.books.requests import ABSENT, Requests, Truths
from simulator.case import Act, Case, Level
from simulator.design import Design, Dial, choice, integer, number, switch
from simulator.incidents import Incident, Kind
from simulator.learning import metrics
from simulator.learning.models import make
from simulator.learning.monitors import Bell, Drift, Surprise
from simulator.learning.pipeline import Recipe, Sample
from simulator.learning.policy import cut_for_share, regret, risk_over_costs, risk_over_line
from simulator.learning.registry import Version
from simulator.learning.trainer import Terms
from simulator.learning.workshop import Workshop
from simulator.plan import Plan
from simulator.probes import Probe
from simulator.run import Run
from simulator.serving.desk import Desk, Review
from simulator.serving.pool import Pool
from simulator.serving.team import Hours, Team
from simulator.streams import Streams
from simulator.system import Decided, Ended, Endings, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, HOUR, MINUTE, Floats, Ints, Mask, day, dollars, micro, micros
from simulator.view import View
from simulator.world.arrivals import poisson_times, week_shape
from simulator.world.labels import Landed
from simulator.world.population import Departures, habits, pick
from simulator.world.shifts import within
from simulator.world.tape import Block, Tape

HORIZON = day(60)
HISTORY_DAYS = 75  # before take-off, everything was let through: the only time when every payment got its label
WINDOW_DAYS = 30  # of matured payments that a training job looks back on
HALF_LIFE_DAYS = 10  # of a labelled payment's weight in training: what is newer says more of tomorrow
FEATURES = (
    "log_amount", "night", "device_age", "ip_distance", "velocity", "email_risk",
    "account_age", "address_mismatch", "basket_ratio", "country_risk", "browser", "category",
)  # fmt: skip
ACTIONS = ("approve", "challenge", "review", "block", "audit")
APPROVE, CHALLENGE, REVIEW, BLOCK, AUDIT = range(5)
RESULTS = ("open", "absent", "approved", "refused", "given up", "cancelled")
APPROVED, REFUSED, GIVEN_UP, CANCELLED = 2, 3, 4, 5
WATCHED = [0, 4, 6]  # features whose drift is on the wall: amount, velocity, age of the account
SURPRISED = 3.0  # standard deviations at which the desk rings
DRIFTED = 0.2  # the usual threshold of the PSI

BRIEF = """\
You own fraud risk at a shop that sells by card over the internet: about 3,000 payments a day, 0.6 % of them
fraudulent. So far everything was let through, and the losses eat what the shop earns. From today a model scores each
payment and you decide what follows: approve it, ask the customer to confirm with the bank (a *challenge*), hold it
for one of two analysts (a *review*), or refuse it.

What you get wrong costs, on both sides. A fraud let through costs its amount and a $20 fee - and you hear of it when
the chargeback comes, 24 days later on average. A good customer refused is a lost sale and, one time in twelve, a lost
customer. And what you refuse never tells you whether you were right, unless you have an analyst look.

Growth wants good customers approved; finance wants losses down; the analysts go home at five. You have 60 days.
"""


# --- decisions ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FraudDesign(Design):
    """The decisions of the risk owner."""

    model: str = choice(
        "logistic", ("logistic", "boosting", "online_logistic", "adaptive_tree", "adaptive_forest"), "Model",
        help="batch models are retrained by a job; online models learn from each label as it lands",
    )  # fmt: skip
    balanced: bool = switch(False, "Class weights", help="weigh frauds up until both classes weigh the same")
    calibration: str = choice(
        "none", ("none", "platt", "isotonic"), "Calibration", help="make a score of 0.2 mean two in ten"
    )
    rule: str = choice(
        "threshold", ("threshold", "f1", "fpr", "cost"), "Blocking rule",
        help="a fixed threshold; the threshold of best F1; 1 % false positives; or the expected cost of each payment",
    )  # fmt: skip
    maturity_days: int = integer(
        0, 0, 45, "Label maturity", unit="days",
        help="a payment without a chargeback counts as good for training only when it is this old",
    )  # fmt: skip
    retrain_days: int = integer(
        0, 0, 60, "Retrain every", unit="days", help="0 = never again", cost="$400 and 6 hours a job"
    )
    audit: float = number(
        0.0, 0.0, 0.5, "Audited refusals", unit="share", cost="$3 and an analyst's time each",
        help="share of the payments to be refused that an analyst decides about instead, chosen at random",
    )  # fmt: skip
    threshold: float = number(
        0.5,
        0.005,
        0.99,
        "Block threshold",
        unit="probability",
        live=True,
        help="for the rule 'threshold' only",
    )
    review: float = number(
        0.0, 0.0, 10.0, "Review", unit="% of payments", live=True, cost="$3 and an analyst's time each",
        help="how many of the payments not refused are held for an analyst, those first where a look is worth most",
    )  # fmt: skip
    challenge: float = number(
        1.0, 0.05, 1.0, "Challenge from", unit="of the blocking line", live=True, cost="$0.15 each",
        help="payments whose risk is above this share of the blocking line are challenged; 1 = none",
    )  # fmt: skip


ACTS = {
    "retrain": Act("Retrain now", "order a training job: data as known now, live six hours later", cost="$400"),
    "hire": Act(
        "Hire analysts", "they start 14 days later and stay",
        (Dial("integer", "Analysts", 1, name="analysts", low=1, high=4, help="how many"),),
        cost="$180 a day each, from the first day at work",
    ),
}  # fmt: skip


# --- world ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FraudSetting(Design):
    """The parameters of the world; sources stand at the end of the case."""

    payments: int = integer(3000, 50, 30_000, "Payments", unit="a day")
    customers: int = integer(20_000, 100, 500_000, "Customers", unit="people")
    fraud_share: float = number(0.006, 0.0005, 0.1, "Fraud before anything changes", unit="of good payments")
    realism: float = number(
        1.0,
        0.0,
        1.5,
        "Realism",
        unit="",
        help="0 = frauds stand out as in toy data; 1 = as hard as an honest shop",
    )
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
# How far frauds stand apart in each feature, in standard deviations of good payments, at realism 1.
OLD_TACTIC = 1.25 * np.array([0.0, 0.5, -0.7, 0.9, 0.8, 0.8, 0.0, 0.3, 0.3, 0.2, 0.0, 0.0])
RING_TACTIC = 1.25 * np.array([0.0, 0.0, 0.2, -0.2, 0.2, 0.1, -1.0, 1.0, 0.2, 1.0, 0.0, 0.0])
OF_THE_PERSON = 0.35  # share of a feature's variance that belongs to the customer, not to the payment


def world(seed: int, horizon: float, setting: FraudSetting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw the tape: 75 days of history and the flight, a block a day."""
    streams = Streams(seed)
    people = _People.drawn(streams, setting)
    days = range(-HISTORY_DAYS, math.ceil(horizon / DAY))
    blocks = [_day(streams, number, setting, people, incidents) for number in days]
    return Tape.of(blocks, setting.customers, streams.unseed())


@dataclass(frozen=True, slots=True)
class _People:
    activity: Floats
    """(c,) relative rate of paying"""
    habits: Floats
    """(c, f) what is usual for each customer"""

    @staticmethod
    def drawn(streams: Streams, setting: FraudSetting) -> _People:
        n = setting.customers
        usual = streams.get("people", "habits").standard_normal((n, len(FEATURES)))
        return _People(habits(streams.get("people", "activity"), n, 0.8), usual)


def _day(
    streams: Streams, number: int, setting: FraudSetting, people: _People, incidents: tuple[Incident, ...]
) -> Block:
    """Draw the good payments and the frauds of day *number*; each kind has streams of its own."""
    parts = [_good(streams, number, setting, people, incidents)]
    parts.append(_frauds(streams, number, setting, people, setting.fraud_share, incidents, "fraud", -1))
    for index, incident in enumerate(incidents):
        if incident.kind in ("fraud_wave", "card_testing"):
            parts.append(_wave(streams, number, setting, people, incidents, index))
    return Block(_joined_requests(parts), _joined_truths(parts))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Payments of one kind on one day, before they get their luck."""

    at: Floats
    who: Ints
    amount: Floats
    X: Floats
    fraud: bool
    ring: Mask
    known_at: Floats
    needs: int
    luck: dict[str, Floats]


def _good(
    streams: Streams, number: int, setting: FraudSetting, people: _People, incidents: tuple[Incident, ...]
) -> _Rows:
    luck = streams.get("good", number)
    at = poisson_times(luck, day(number), _rates(number, setting.payments))
    who = pick(luck, people.activity, len(at))
    amount = setting.amount_median * np.exp(0.95 * luck.standard_normal(len(at))) * _holiday(at, incidents)
    own = luck.standard_normal((len(at), len(FEATURES)))
    X = math.sqrt(OF_THE_PERSON) * people.habits[who] + math.sqrt(1 - OF_THE_PERSON) * own
    none = np.zeros(len(at), dtype=np.bool_)
    return _Rows(at, who, amount, X, False, none, np.full(len(at), np.inf), -1, _luck(streams, "good", number, len(at)))


def _rates(number: int, payments: float) -> Floats:
    """Return (24,) payments per second in the hours of day *number*."""
    return payments / DAY * week_shape(day(number), BY_HOUR, BY_WEEKDAY)


def _holiday(at: Floats, incidents: tuple[Incident, ...]) -> Floats:
    factor = np.ones(len(at))
    for incident in incidents:
        if incident.kind == "holiday":
            factor *= 1 + (incident.size - 1) * within(at, incident.at, incident.end)
    return factor


def _frauds(
    streams: Streams, number: int, setting: FraudSetting, people: _People, share: float,
    incidents: tuple[Incident, ...], name: str, needs: int,
) -> _Rows:  # fmt: skip
    """Draw frauds at *share* of the good payments; nobody who defrauds is a customer who could leave."""
    luck = streams.get(name, number)
    at = poisson_times(luck, day(number), _rates(number, setting.payments) * share)
    n = len(at)
    ring = _of_the_ring(luck.random(n), at, incidents)
    amount = np.where(ring, 100 + 49 * luck.random(n), setting.fraud_median * np.exp(0.95 * luck.standard_normal(n)))
    boldness = np.exp(0.5 * luck.standard_normal(n)) * (1.9 - 0.9 * setting.realism)
    tactic = np.where(ring[:, None], RING_TACTIC, OLD_TACTIC)
    X = luck.standard_normal((n, len(FEATURES))) + boldness[:, None] * tactic
    known_at = at + luck.gamma(2.0, setting.label_delay_days / 2.0, n) * DAY
    who = np.full(n, setting.customers, dtype=np.int64)
    return _Rows(at, who, amount, X, True, ring, known_at, needs, _luck(streams, name, number, n))


def _of_the_ring(luck: Floats, at: Floats, incidents: tuple[Incident, ...]) -> Mask:
    ring = np.zeros(len(at), dtype=np.bool_)
    for incident in incidents:
        if incident.kind == "new_tactic":
            ring |= (luck < incident.size) & (within(at, incident.at, incident.end) > 0)
    return ring


def _wave(
    streams: Streams,
    number: int,
    setting: FraudSetting,
    people: _People,
    incidents: tuple[Incident, ...],
    index: int,
) -> _Rows:
    """Draw the additional frauds of an incident; those of a conditional one lie ready for any day."""
    wave = incidents[index]
    rows = _frauds(
        streams, number, setting, people, setting.fraud_share * wave.size, incidents, f"incident/{wave.name}",
        index if wave.when else -1,
    )  # fmt: skip
    here = np.ones(len(rows.at), dtype=np.bool_) if wave.when else within(rows.at, wave.at, wave.end) > 0
    return _Rows(
        rows.at[here], rows.who[here], rows.amount[here], rows.X[here], True, rows.ring[here], rows.known_at[here],
        rows.needs, {name: draws[here] for name, draws in rows.luck.items()},
    )  # fmt: skip


def _luck(streams: Streams, kind: str, number: int, n: int) -> dict[str, Floats]:
    """Draw the luck that belongs to each payment, whatever is decided about it."""
    luck = streams.get(kind, number, "luck")
    uniform = {name: luck.random(n) for name in ("leaves", "gives_up", "stopped", "verdict", "cancels")}
    return {**uniform, "work": luck.standard_normal(n), "service": luck.standard_normal(n)}


def _joined_requests(parts: list[_Rows]) -> Requests:
    X = np.concatenate([part.X for part in parts])
    amount = np.concatenate([part.amount for part in parts])
    X[:, 0] = np.log(amount)
    return Requests(
        id=np.zeros(len(amount), dtype=np.int64),
        at=np.concatenate([part.at for part in parts]),
        entity=np.concatenate([part.who for part in parts]),
        segment=np.zeros(len(amount), dtype=np.int64),
        X=X,
        value=micros(np.round(amount, 2)),
    )


def _joined_truths(parts: list[_Rows]) -> Truths:
    sizes = [len(part.at) for part in parts]
    luck = {name: np.concatenate([part.luck[name] for part in parts]) for name in parts[0].luck}
    ring = np.concatenate([part.ring for part in parts])
    return Truths(
        label=np.repeat([part.fraud for part in parts], sizes),
        known_at=np.concatenate([part.known_at for part in parts]),
        needs=np.repeat([part.needs for part in parts], sizes),
        luck={**luck, "ring": ring.astype(np.float64)},
    )


# --- system ---------------------------------------------------------------------------------------------------


def build(system: System, setting: FraudSetting, incidents: tuple[Incident, ...]) -> Parts:
    """Wire the checkpoint into *system*."""
    checkpoint = Checkpoint(system, setting)
    return checkpoint.wired()


class Checkpoint:
    """The fraud desk: what happens to a payment between the click and the last chargeback."""

    def __init__(self, system: System, setting: FraudSetting) -> None:
        self.system, self.setting, self.design = system, setting, _own(system.design)
        self.requests, self.truths = system.tape.requests, system.tape.truths
        self.departures = Departures(setting.customers + 1)
        self.lost: list[tuple[int, float]] = []
        self.pool = Pool(servers=8)
        self.desk = Desk(hold=setting.hold_hours * HOUR)
        self.team = Team(system.clock, self.desk, setting.analysts, Hours(), self.pay)
        self.expired = 0
        self.audit_luck = system.streams.get("policy", "audit").random(len(system.tape))
        self.review_cut = math.inf
        self.surprise = Surprise(400)
        self.bell = Bell(quiet=day(7))
        month = slice(*np.searchsorted(self.requests.at, [-day(30), 0.0]))
        self.drift = Drift([FEATURES[column] for column in WATCHED], self.requests.X[month][:, WATCHED])
        self.verdicts: list[tuple[int, int, float]] = []
        design, seed = self.design, system.streams.seed
        keep = 0.1 if design.model.startswith("adaptive") else 1.0
        learner = make(design.model, balanced=design.balanced, seed=seed, keep=keep)
        recipe = Recipe(design.calibration, design.rule)
        self.workshop = Workshop(system.clock, learner, recipe, self.sample, self.went_live)
        self.registry, self.online = self.workshop.registry, self.workshop.online
        terms = Terms(setting.retrain_hours * HOUR, micro(setting.retrain_cost))
        self.trainer = self.workshop.trainer(terms, self.charge_training)

    def wired(self) -> Parts:
        """Take over the history, train the first version, and set the processes going."""
        self._take_over()
        self.workshop.fit(0.0, "take-off")()
        self._set_going()
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
            acts={"retrain": lambda: self.trainer.order("on demand"), "hire": self.hire},
            effects={"absence": (self.fall_ill, self.come_back), "feed_pause": (self.pause, self.resume)},
            versions=self.registry.facts,
        )

    def _take_over(self) -> None:
        """Before take-off everything was let through; its chargebacks have come, or are still to come."""
        start, outcomes = self.system.tape.start, self.system.outcomes
        outcomes.result[:start], outcomes.done_at[:start] = APPROVED, self.requests.at[:start]
        past = np.arange(start)
        self.owe(Ended(past, self.requests.at[:start], np.full(start, APPROVED)))
        self.learn(self.system.labels.due(0.0))

    def _set_going(self) -> None:
        if self.design.retrain_days:
            self.trainer.schedule(day(self.design.retrain_days))
        self.system.clock.every(DAY, self.at_midnight)

    # 3 score, 4 serve, 5 act

    def score(self, seen: Floats) -> Scored:
        """Score payments by the live version."""
        live = self.registry.live
        return Scored(live.score(seen), live.version.number)

    def serve(self, requests: Requests, scored: Scored, until: float) -> Served:
        """Run the scoring service: 20 ms at the median, from a pool of 8."""
        work = 0.020 * np.exp(0.3 * self.truths.luck["service"][requests.id])
        return Served(self.pool.advance(requests.at, work), np.ones(len(requests), dtype=np.int64))

    def decide(self, requests: Requests, scored: Scored, served: Served) -> Decided:
        """Choose the action for each payment from its score, its amount and the dials."""
        risk = self.risk(scored.score, requests.value)
        band = self.design.challenge
        action = np.where(risk >= 1.0, BLOCK, APPROVE)
        action = np.where((risk >= band) & (risk * band < 1.0), CHALLENGE, action)
        action = np.where(self.worth(scored.score, requests.value) >= self.review_cut, REVIEW, action)
        refused = action == BLOCK
        audited = refused & (self.audit_luck[requests.id] < self.design.audit)
        share = np.where(audited, self.design.audit, np.where(refused, 1 - self.design.audit, 1.0))
        return Decided(np.where(audited, AUDIT, action), share)

    def risk(self, p: Floats, value: Ints) -> Floats:
        """Return how far each payment is over the blocking line; 1 = on it."""
        if self.design.rule == "cost":
            return risk_over_costs(p, *self.costs(value))
        line = self.design.threshold if self.design.rule == "threshold" else self.registry.live.rest.line
        return risk_over_line(p, line)

    def worth(self, p: Floats, value: Ints) -> Floats:
        """Return what a look at each payment is worth [$]; for rules without costs, how close it is to the line."""
        if self.design.rule == "cost":
            return regret(p, *self.costs(value))
        risk = np.maximum(self.risk(p, value), 1e-12)
        return np.minimum(risk, 1 / risk)

    def costs(self, value: Ints) -> tuple[Floats, Floats]:
        """Return the expected cost [$] of refusing a good payment and of approving a fraudulent one."""
        amount: Floats = dollars(value)
        lost_sale = self.setting.margin * amount + self.setting.leave * self.setting.lifetime
        return lost_sale, amount * (1 - self.setting.margin) + self.setting.fee

    # 6 respond

    def respond(self, requests: Requests, decided: Decided, until: float) -> Ended:
        """Let customers, fraudsters and analysts do what they do, in order of time."""
        ends = Endings()
        for i in np.flatnonzero(decided.action != APPROVE).tolist():
            self._question(int(requests.id[i]), int(decided.action[i]), ends)
        self._finish_reviews(until, ends)
        plain = decided.action == APPROVE
        gone = self.departures.gone(requests.entity[plain], requests.at[plain])
        result = np.where(gone, ABSENT, APPROVED)
        return ends.with_others(requests.id[plain], requests.at[plain], result)

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
            work = self.setting.minutes * MINUTE * math.exp(0.5 * self.truths.luck["work"][id] - 0.125)
            self.desk.submit(id, at, work, float(self._priority(id)))

    def _priority(self, id: int) -> float:
        p, value = self.system.outcomes.score[id : id + 1], self.requests.value[id : id + 1]
        return float(regret(p, *self.costs(value))[0])

    def _refuse(self, id: int, at: float, ends: Endings) -> None:
        ends.add(id, at, REFUSED)
        if not self.truths.label[id]:
            self._may_leave(id, at)

    def _may_leave(self, id: int, at: float) -> None:
        who = int(self.requests.entity[id])
        if self.truths.luck["leaves"][id] < self.setting.leave and self.departures.leave(who, at):
            self.lost.append((id, at))

    def _challenge(self, id: int, at: float, ends: Endings) -> None:
        luck = self.truths.luck
        if self.truths.label[id]:
            stops = self.setting.ring_stopped if luck["ring"][id] else self.setting.challenge_stops
            ends.add(id, at, REFUSED if luck["stopped"][id] < stops else APPROVED)
        elif luck["gives_up"][id] < self.setting.gives_up:
            ends.add(id, at, GIVEN_UP)
            self._may_leave(id, at)
        else:
            ends.add(id, at, APPROVED)

    def _finish_reviews(self, until: float, ends: Endings) -> None:
        for review in self.desk.advance(until):
            self._judge(review, ends)

    def _judge(self, review: Review, ends: Endings) -> None:
        """Let the analyst's verdict - or nobody's, when the hold ran out - decide about a held payment."""
        id, at = review.id, review.done
        if review.outcome == "reviewed":
            fraud, luck = bool(self.truths.label[id]), float(self.truths.luck["verdict"][id])
            verdict = luck < self.setting.sensitivity if fraud else luck >= self.setting.specificity
            self.verdicts.append((id, int(verdict), at))
            if verdict:
                return self._refuse(id, at, ends)
        else:
            self.expired += 1
        return self._release(id, at, ends)

    def _release(self, id: int, at: float, ends: Endings) -> None:
        waited = (at - float(self.requests.at[id])) / HOUR
        patience = float(self.truths.luck["cancels"][id])
        cancels = not self.truths.label[id] and patience < self.setting.cancels * waited
        ends.add(id, at, CANCELLED if cancels else APPROVED)

    # 7 post, 8 owe, and what comes back

    def price(self, ended: Ended) -> None:
        """Post what these ends earned and cost at once; chargebacks are posted when they land."""
        ledger, setting, action = self.system.ledger, self.setting, self.system.outcomes.action[ended.id]
        sold = ended.result == APPROVED
        ids, at = ended.id[sold], ended.at[sold]
        ledger.post("margin", "approved", at, micros(setting.margin * dollars(self.requests.value[ids])), ids)
        asked = (action == CHALLENGE) & (ended.result != ABSENT)
        fee = np.full(int(asked.sum()), -micro(setting.challenge_fee))
        ledger.post("challenges", "challenged", ended.at[asked], fee, ended.id[asked])
        judged = Landed.of(self.verdicts)
        ledger.post("reviews", "reviewed", judged.at, np.full(len(judged), -micro(setting.review_cost)), judged.id)
        audits = judged.id[self.system.outcomes.action[judged.id] == AUDIT]
        ledger.post(
            "reviews",
            "audited",
            self.system.reached,
            np.full(len(audits), -micro(setting.audit_cost)),
            audits,
        )
        for id, left_at in self.lost:
            ledger.post("lost customers", "left", left_at, -micro(setting.lifetime), id)
        self.lost.clear()

    def owe(self, ended: Ended) -> None:
        """Promise the labels of approved payments: frauds by chargeback; the others by keeping quiet.

        An online learner is told of the quiet ones when they have matured; a batch job counts them itself.
        """
        sold = ended.id[ended.result == APPROVED]
        fraud = self.truths.label[sold]
        at = ended.at[ended.result == APPROVED]
        self._owe(sold[fraud], 1, np.maximum(self.truths.known_at[sold[fraud]], at[fraud]))
        if self.online:
            self._owe(sold, 0, np.maximum(self.requests.at[sold] + day(self.design.maturity_days), at))

    def _owe(self, ids: Ints, label: int, due: Floats) -> None:
        self.system.labels.owe(ids, np.full(len(ids), label), due)

    def learn(self, landed: Landed) -> None:
        """Take in what has come to light: late money, analysts' verdicts, labels for an online learner."""
        late = landed.label == 1
        self._charge_back(landed.id[late], landed.at[late])
        for id, verdict, _ in self.verdicts:
            self.surprise.see(float(self.system.outcomes.score[id]), verdict)
        judged = Landed.of(self.verdicts)
        self.verdicts.clear()
        self.system.labels.known.land(judged)
        if self.online:
            self._learn_rows(Landed.together(judged, landed))

    def _charge_back(self, ids: Ints, at: Floats, cause: str = "chargeback") -> None:
        flown = ids >= self.system.tape.start  # frauds of the history are on somebody else's books
        cost = self.requests.value[ids[flown]] + micro(self.setting.fee)
        self.system.ledger.post("fraud", cause, at[flown], -cost, ids[flown])

    def _learn_rows(self, landed: Landed) -> None:
        y = landed.label.astype(np.float64)
        self.workshop.learn(self.requests.X[landed.id], y, np.ones(len(landed)))

    # what learns

    def sample(self, at: float) -> Sample:
        """Collect what a training job may use at time *at* [s].

        Payments that were approved and have matured (a chargeback so far means fraud, none means good), and those
        an analyst has judged, however young; an audited refusal stands for all refusals like it.
        """
        first, last = np.searchsorted(self.requests.at, [at - day(WINDOW_DAYS + self.design.maturity_days), at])
        ids = np.arange(first, last)
        outcomes, known = self.system.outcomes, self.system.labels.known.label[first:last]
        matured = (outcomes.result[first:last] == APPROVED) & (
            self.requests.at[first:last] <= at - day(self.design.maturity_days)
        )
        judged = np.isin(outcomes.action[first:last], (REVIEW, AUDIT)) & (known >= 0)
        ids = ids[matured | judged]
        weight = 0.5 ** ((at - self.requests.at[ids]) / day(HALF_LIFE_DAYS))
        return Sample(self.requests.X[ids], (self.system.labels.known.label[ids] == 1).astype(np.float64), weight)

    def went_live(self, version: Version) -> None:
        """Take note that *version* serves from now on."""
        self.surprise.clear()
        self._draw_review_line()
        text = f"is live ({version.why}; {version.positives} frauds in {version.rows:,} rows)"
        self.system.say("version", f"v{version.number}", f"version {version.number} {text}")

    def _draw_review_line(self) -> None:
        """Find the worth that the wanted share of a week's payments exceeds."""
        now = self.system.clock.now
        first, last = np.searchsorted(self.requests.at, [now - day(7), now])
        p = self.registry.live.score(self.requests.X[first:last])
        self.review_cut = cut_for_share(self.worth(p, self.requests.value[first:last]), self.design.review / 100)

    def charge_training(self, at: float) -> None:
        """Pay for a training job."""
        self.system.ledger.post("training", "retrain", at, -self.trainer.terms.cost)

    def turn(self, design: Design) -> None:
        """Take over dials that were turned in flight."""
        self.design = _own(design)
        self._draw_review_line()

    # what happens to the desk

    def pay(self, hired: int) -> None:
        """Pay a day to those hired since the start; the team of the start is on another budget."""
        if hired:
            self.system.ledger.post("wages", "hired", self.system.clock.now, -micro(self.setting.wage) * hired)

    def hire(self, analysts: int) -> None:
        """Hire *analysts*; they are at work 14 days later."""
        self.team.hire(analysts, day(14), lambda: self.system.say("note", "hired", f"{analysts} new analysts start"))

    def fall_ill(self, incident: Incident) -> None:
        """Begin an absence of the share *size* of the team."""
        self.team.absent = incident.size

    def come_back(self, incident: Incident) -> None:
        """End an absence."""
        self.team.absent = 0.0

    def pause(self, incident: Incident) -> None:
        """Begin a pause of the chargeback feed."""
        self.system.labels.hold()

    def resume(self, incident: Incident) -> None:
        """End a pause of the chargeback feed: everything held up lands at once."""
        self.system.labels.release(self.system.clock.now)

    def at_midnight(self) -> None:
        """Read the instruments; an online learner publishes what it has learned."""
        if self.online:
            self.workshop.publish()
        if self.system.clock.now % day(7) == 0:
            self._draw_review_line()
        self._read_gauges()

    def _read_gauges(self) -> None:
        mark, now = self.system.mark, self.system.clock.now
        today = slice(*np.searchsorted(self.requests.at, [now - DAY, now]))
        result, action = self.system.outcomes.result[today], self.system.outcomes.action[today]
        here = result != ABSENT
        mark("payments", float(here.sum()))
        mark("approved_share", float((result[here] == APPROVED).mean()))
        mark("blocked_share", float((action[here] == BLOCK).mean()))
        mark("challenged_share", float((action[here] == CHALLENGE).mean()))
        mark("mean_score", float(np.nanmean(self.system.outcomes.score[today][here])))
        mark("waiting", float(self.desk.waiting))
        mark("review_line", self.review_cut)
        mark("released_unseen", float(self.expired))
        mark("profit", float(dollars(self.system.ledger.total())))
        self._watch(today)

    def _watch(self, today: slice) -> None:
        """Hold the day's features against the last month of the history, and the verdicts against the scores."""
        surprise = self.surprise.reading()
        self.system.mark("surprise", surprise)
        if surprise > SURPRISED:
            self._alarm("surprise", f"analysts find more fraud than the scores promise ({surprise:.1f} sd)")
        for name, reading in self.drift.readings(self.requests.X[today][:, WATCHED]).items():
            self.system.mark(f"psi_{name}", reading)
            if reading > DRIFTED:
                self._alarm(f"psi_{name}", f"PSI of {name} is {reading:.2f}, over {DRIFTED}")

    def _alarm(self, name: str, text: str) -> None:
        if self.bell.rings(name, self.system.clock.now):
            self.system.say("alarm", name, text)

    def close(self, until: float) -> None:
        """Settle at the horizon what is pending: payments on hold are released, frauds not yet charged back are."""
        held = np.flatnonzero((self.system.outcomes.result == 0) & (self.requests.at < until))
        self.system.outcomes.end(held, np.full(len(held), until), np.full(len(held), APPROVED))
        margin = micros(self.setting.margin * dollars(self.requests.value[held]))
        self.system.ledger.post("margin", CLOSE, until, margin, held)
        pending = self.system.labels.pending()
        frauds = np.concatenate([pending.id[pending.label == 1], held[self.truths.label[held]]])
        self._charge_back(frauds, np.full(len(frauds), until), CLOSE)


def _own(design: Design) -> FraudDesign:
    assert isinstance(design, FraudDesign)
    return design


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
    flown = np.arange(tape.start, int(np.searchsorted(tape.requests.at, run.until)))
    ids = flown[run.outcomes.result[flown] != ABSENT]
    return {
        **_money_kpis(run),
        **_customer_kpis(run, tape, ids),
        **_desk_kpis(run, ids),
        **_model_kpis(run, tape, ids),
    }


def _money_kpis(run: Run) -> dict[str, float]:
    book, loss = run.ledger.postings(), run.ledger.total("fraud")
    fraud = book.account == run.ledger.accounts.index("fraud") if loss else np.zeros(len(book.at), np.bool_)
    late = int(book.amount[fraud & run.ledger.caused_by(CLOSE)].sum())
    trainings = -run.ledger.total("training")
    return {
        "profit": dollars(run.profit()),
        "fraud_loss": -dollars(loss),
        "closed_share": late / loss if loss else 0.0,
        "customers_lost": float((book.cause == run.ledger.causes.index("left")).sum())
        if "left" in run.ledger.causes
        else 0.0,
        "trainings": float(len(run.versions) - 1) if trainings else 0.0,
    }


def _customer_kpis(run: Run, tape: Tape, ids: Ints) -> dict[str, float]:
    fraud, through = tape.truths.label[ids], run.outcomes.result[ids] == APPROVED
    value = tape.requests.value[ids]
    stopped = 1 - value[fraud & through].sum() / max(1, value[fraud].sum())
    return {"fraud_stopped": float(stopped), "good_approved": float(through[~fraud].mean())}


def _desk_kpis(run: Run, ids: Ints) -> dict[str, float]:
    action = run.outcomes.action[ids]
    sent = ids[np.isin(action, (REVIEW, AUDIT))]
    wait = (run.outcomes.done_at[sent] - run.requests.at[sent]) / HOUR
    unseen = run.gauges.last("released_unseen", 0.0)
    return {
        "reviews": float(len(sent)) - unseen,
        "challenges": float((action == CHALLENGE).sum()),
        "released_unseen": unseen / max(1, len(sent)),
        "review_wait": float(np.quantile(wait, 0.95)) if len(wait) else 0.0,
    }


def _model_kpis(run: Run, tape: Tape, ids: Ints) -> dict[str, float]:
    p, y = run.outcomes.score[ids], tape.truths.label[ids].astype(np.float64)
    if not 0 < y.sum() < len(y):
        return dict.fromkeys(("auc", "average_precision", "calibration_error"), math.nan)
    return {
        "auc": metrics.auc(p, y),
        "average_precision": metrics.average_precision(p, y),
        "calibration_error": metrics.ece(p, y),
    }


# --- timeline -------------------------------------------------------------------------------------------------


KINDS = {
    "new_tactic": Kind("this share of the frauds is of a ring with a tactic of its own", "share", on_tape=True),
    "fraud_wave": Kind("additional frauds", "times the fraud before", on_tape=True),
    "card_testing": Kind("a burst of additional frauds", "times the fraud before", on_tape=True),
    "holiday": Kind("good customers spend more", "times the usual amounts", on_tape=True),
    "absence": Kind("part of the analysts is away", "share"),
    "feed_pause": Kind("chargebacks are not reported; they land when it ends"),
}
TIMELINE = (
    Incident("holiday", "holiday", day(12), lasts=day(5), jitter=day(2), size=1.7, distractor=True,
             says="the holiday season begins: baskets are larger than usual"),
    Incident("analyst_absence", "absence", day(20), lasts=day(5), jitter=day(2), size=0.5,
             says="flu: half of the analysts are away for five days"),
    Incident("ring", "new_tactic", day(30), jitter=day(4), size=0.75),
    Incident("more_fraud", "fraud_wave", day(30), jitter=day(4), size=0.67),
    Incident("feed_pause", "feed_pause", day(40), lasts=day(9), jitter=day(2)),
)  # fmt: skip
LEVELS = {
    1: Level("one lever: no ring, no gaps, everybody at work", drop=("ring", "feed_pause", "analyst_absence")),
    2: Level("the standard flight"),
    3: Level("everything, audits cost extra, and the scores tell less", world={"audit_cost": 3.0, "realism": 1.1}),
}


# --- targets --------------------------------------------------------------------------------------------------


TARGETS = (
    Target("profit", 100_000.0, at_least=True, why="what the shop has to earn"),
    Target("fraud_stopped", 0.5, at_least=True, why="finance's target"),
    Target("good_approved", 0.97, at_least=True, guardrail=True, why="growth's line: good customers get through"),
    Target("released_unseen", 0.10, at_least=False, guardrail=True, why="what is held has to be looked at"),
)
PROBES: tuple[Probe, ...] = ()


# --- pars -----------------------------------------------------------------------------------------------------


WEAK = Plan(FraudDesign())
MID = Plan(FraudDesign(rule="f1", maturity_days=7, retrain_days=30, review=1.0))
STRONG = Plan(
    FraudDesign(rule="cost", calibration="platt", maturity_days=21, retrain_days=14, review=2.0, challenge=0.3)
)


def expert(view: View) -> Plan | dict[str, Any] | None:
    """Decide by expected cost, keep labels coming, and answer the desk's alarm rather than the drift chart."""
    if view.now == 0:
        return Plan(
            FraudDesign(
                rule="cost",
                calibration="isotonic",
                maturity_days=21,
                retrain_days=7,
                review=2.0,
                challenge=0.25,
                audit=0.15,
            )
        )
    alarms = {alarm.name for alarm in view.alarms(view.now)}
    if "surprise" in alarms:
        return view.plan.do(view.now, "retrain", "analysts find what the model does not know")
    return None


CASE = Case(
    name="fraud_threshold",
    title="Fraud at the checkout",
    revision=1,
    tension="Stop fraud, but not customers: every refusal is a guess whose truth you never learn.",
    topics=(
        "thresholds",
        "calibration",
        "delayed labels",
        "selective labels",
        "review capacity",
        "adversaries",
    ),
    minutes=45,
    brief=BRIEF,
    design=FraudDesign,
    acts=ACTS,
    horizon=HORIZON,
    checkpoints=tuple(day(n) for n in range(1, 60)),
    setting=FraudSetting,
    world=world,
    build=build,
    measure=measure,
    kpis=KPIS,
    kinds=KINDS,
    timeline=TIMELINE,
    levels=LEVELS,
    targets=TARGETS,
    probes=PROBES,
    pars={"weak": WEAK, "mid": MID, "strong": STRONG, "expert": expert},
    behaviours=(),
    teacher="",
    sources="",
)
