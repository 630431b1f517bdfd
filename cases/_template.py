"""Which claims should somebody check before they are paid? A minimal case to start from; read it top to bottom."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.board import Board, Place, Question, Stakes
from simulator.books.requests import Requests, Truths
from simulator.case import Case
from simulator.design import Design, number
from simulator.exhibits import figures
from simulator.exhibits.questions import break_even
from simulator.incidents import Incident
from simulator.learning.batch import Batch, logistic
from simulator.learning.intake import Setup
from simulator.plan import Plan
from simulator.probes import Probe
from simulator.rubric import Anchors, Behaviour, Dimension
from simulator.rules import stood
from simulator.run import Run
from simulator.streams import Streams
from simulator.system import Decided, Ended, Parts, Scored, Served, System
from simulator.targets import Kpi, Target
from simulator.units import DAY, day, dollars, micro
from simulator.view import View
from simulator.world.arrivals import poisson_times
from simulator.world.tape import Block, Tape

PAID, STOPPED = 2, 3  # how a claim ends (0 and 1 are the engine's: still open, never asked)


@dataclass(frozen=True)
class Decisions(Design):
    """What a player decides: each dial knows its range, its unit and whether it can be turned in flight."""

    line: float = number(0.5, 0.0, 1.0, "Check from", unit="probability", live=True, cost="$4 a check")


@dataclass(frozen=True)
class Setting(Design):
    """What a scenario may change about the world."""

    claims: float = number(400.0, 10.0, 10_000.0, "Claims", unit="a day")


def world(seed: int, horizon: float, setting: Setting, incidents: tuple[Incident, ...]) -> Tape:
    """Draw ten days of history and the flight, a block a day; nothing here knows the design."""
    streams = Streams(seed)
    days = range(-10, round(horizon / DAY))
    return Tape.of([_day(streams.get("claims", n), n, setting) for n in days], 1, streams.unseed())


def _day(luck: np.random.Generator, n: int, setting: Setting) -> Block:
    at = poisson_times(luck, day(n), np.full(24, setting.claims / DAY))
    false, none = luck.random(len(at)) < 0.08, np.zeros(len(at), dtype=np.int64)
    X = luck.standard_normal((len(at), 3)) + false[:, None] * np.array([1.2, 0.8, 0.0])
    requests = Requests(id=none, at=at, entity=none, segment=none, X=X, value=none + micro(60.0))
    return Block(requests, Truths(label=false, known_at=at + day(3), needs=none - 1, luck={}))


def build(system: System, setting: Setting, incidents: tuple[Incident, ...]) -> Parts:
    """Train a model on what is known at take-off, and wire the steps that each claim goes through."""
    requests, truths = system.tape.requests, system.tape.truths
    known = truths.known_at < 0.0
    model = Batch("logistic", Setup(), logistic).fit(requests.X[known], truths.label[known], np.ones(known.sum()))

    def decide(asked: Requests, scored: Scored, served: Served) -> Decided:
        line = float(system.design.values()["line"])  # read each time: it is a live dial
        return Decided((scored.score >= line).astype(np.int64), np.ones(len(asked)))

    def respond(asked: Requests, decided: Decided, until: float) -> Ended:
        caught = (decided.action == 1) & truths.label[asked.id]
        return Ended(asked.id, asked.at, np.where(caught, STOPPED, PAID))

    def price(ended: Ended) -> None:
        lost = truths.label[ended.id] & (ended.result == PAID)
        for account, rows, usd in (
            ("fees", np.ones(len(lost), dtype=np.bool_), 5.0),
            ("checks", system.outcomes.action[ended.id] == 1, -4.0),
            ("false claims", lost, -60.0),
        ):
            system.ledger.post(account, "claim", ended.at[rows], np.full(rows.sum(), micro(usd)), ended.id[rows])

    return Parts(
        see=lambda asked: asked.X,
        score=lambda seen: Scored(model(seen), version=1),
        serve=lambda asked, scored, until: Served(np.zeros(len(asked)), np.ones(len(asked), dtype=np.int64)),
        decide=decide, respond=respond, price=price,
        owe=lambda ended: None,  # here a label that comes late would be promised ...
        learn=lambda landed: None,  # ... and here it would land
        turn=lambda design: None, close=lambda until: None,
    )  # fmt: skip


def measure(run: Run, tape: Tape) -> dict[str, float]:
    """Work out the KPIs; after the flight the truth may be read."""
    flown = (tape.requests.at >= 0) & (tape.requests.at < run.until)
    return {"profit": dollars(run.profit()), "checked": float(run.outcomes.action[flown].mean())}


BOARD = Board(
    places=(  # the boxes of the system; each dial and each act stands in one of them
        Place("claims", "Claims", "They come all day.", ("model",), group="business"),
        Place("model", "Model", "It was trained on ten days of history.", ("rule",), group="model"),
        Place("rule", "Rule", "It pays claims, or has them checked.", ("till",), dials=("line",)),
        Place("till", "Till", "Fees come in, checks and false claims go out.", group="business"),
    ),
    questions=(Question("How many claims a day?", "About ${claims}: a setting of the world stands in for itself."),),
    actions=("pay", "check"), acted=(1,), results=("open", "absent", "paid", "stopped"),
    stakes=lambda setting, amount: Stakes(amount - 4.0, np.full(len(amount), -4.0)),  # of a check, against paying
)  # fmt: skip


# What is judged besides the money: what a person did, and what they can say of it; a few sentences each.
BEHAVIOURS = (
    Behaviour("draws the line by what a check costs and finds", "metrics",
              stood(lambda design: 0.02 < design.line < 0.2, lambda design: f"checked from {design.line:g} on")),
)  # fmt: skip
PROBES = (
    Probe("where_is_the_line", "Why there?", "metrics", figures("checked"), weak="Half is fair.", mid="It looked good.",
          strong="A check pays from 4 / 60 on.", expert="The same, while the scores mean what they say.",
          check=break_even("check a claim")),
)  # fmt: skip
ANCHORS: dict[Dimension, Anchors] = {  # all eight dimensions, or none; weak, mid, strong, expert
    "framing": Anchors("To find liars.", "To pay less.", "To spend checks well.", "The same, and what honesty costs."),
    "metrics": Anchors("Accuracy.", "Recall.", "Dollars a claim.", "The same, and when the prices move."),
    "data": Anchors("All of it.", "The newest.", "Those whose answer has come.", "The same, and who was not checked."),
    "features": Anchors("All of them.", "The strongest.", "Those known at the claim.", "The same, tested one by one."),
    "model": Anchors("The deepest.", "The best by AUC.", "One that is calibrated.", "The simplest that is."),
    "evaluation": Anchors("One number.", "A held-out part.", "Money by threshold.", "The same, with an interval."),
    "serving": Anchors("It will do.", "It is quick.", "Checkers can keep up.", "The same, and what waits if not."),
    "monitoring": Anchors("None.", "The share checked.", "What checks find.", "The same, against what was promised."),
}  # fmt: skip


def expert(view: View) -> dict[str, Any] | None:
    """Decide in flight: asked before take-off and at the checkpoints, a pilot sees the desk and turns dials."""
    return {"line": 0.07} if view.now == 0 else None


CASE = Case(
    name="template", title="Claims to check", revision=1, topics=("thresholds",), minutes=10,
    tension="A check costs $4 whatever it finds; a false claim that is paid costs $60.",
    brief="Of 400 claims a day 8 % are false. From which score on do you have a claim checked?",
    design=Decisions, horizon=day(20), checkpoints=(day(10),), setting=Setting,  # for a flight of minutes: + tick=15.0
    world=world, build=build, measure=measure, board=BOARD,
    kpis={"profit": Kpi("$", "sum of all postings", "more"), "checked": Kpi("share", "of claims", "less")},
    targets=(Target("profit", 20_000.0, at_least=True), Target("checked", 0.6, at_least=False, guardrail=True)),
    pars={"weak": Plan(Decisions()), "mid": Plan(Decisions(line=0.3)), "strong": Plan(Decisions(line=0.12)),
          "expert": expert},
    traps={"check_all": Plan(Decisions(line=0.0))}, behaviours=BEHAVIOURS, anchors=ANCHORS, probes=PROBES,
    teacher="A check pays where its price is below the expected loss: from a probability of 4 / 60 on.",
    sources="All numbers are made up; say here where yours are from.",
)  # fmt: skip
