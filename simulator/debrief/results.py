"""What a debrief finds, as plain data: each section can be written as JSON, kept, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.probes import Posed
from simulator.record import Answer
from simulator.rubric import Dimension
from simulator.score import Scorecard

__all__ = [
    "Attribution", "Bar", "Bridge", "Debrief", "Event", "Ghost", "Instead", "Knowable", "Luck", "Moves", "Practise",
    "Regret", "Truth", "WorstHour", "Worth",
]  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """An account, as three answers left it [µ$]."""

    account: str
    weak: int
    yours: int
    expert: int


@dataclass(frozen=True)
class Bridge:
    """From weak to this run and on to expert, account by account; the bars add up to the profits [µ$]."""

    bars: tuple[Bar, ...]
    weak: int
    yours: int
    expert: int


@dataclass(frozen=True)
class Ghost:
    """The profit so far of this run and of the reference answers in the same world, a point a tick."""

    at: tuple[float, ...]
    """[s]"""
    yours: tuple[float, ...]
    """[$]"""
    weak: tuple[float, ...]
    """[$]"""
    expert: tuple[float, ...]
    """[$]"""


@dataclass(frozen=True)
class Worth:
    """A decision: what it was worth in this very world, and what it is worth elsewhere."""

    key: str
    """what it is known by: `dial:NAME`, `turn:NUMBER:NAME`, `act:NUMBER`, `turns:NAME`, `acts:NAME`; NUMBER counts the
    plan's changes, or its acts, from 0. `design` = all dials of the first design as one, where orders cannot be flown
    with some of them alone: then it has their Shapley value"""
    told: str
    """in words, with the moment where it was made in flight"""
    at: float
    """[s]; 0 = at take-off"""
    alone: int | None
    """profit less that of the same flight without it [µ$]; None = the rest cannot be flown without it"""
    shared: int | None
    """its Shapley value [µ$]; None where there were too many orders, or one could not be flown"""
    mean: float | None
    """of `alone` over sibling seeds and this one [$]"""
    low: float | None
    """95 % Student-t interval of that mean [$]"""
    high: float | None
    why: str = ""
    """why it could not be taken out"""


@dataclass(frozen=True)
class Attribution:
    """What each decision was worth, against the case's default design with nothing decided in flight."""

    worths: tuple[Worth, ...]
    nothing: int | None
    """profit where none of them is made [µ$]; None = that cannot be flown"""
    yours: int
    """[µ$]"""
    exact: bool
    """whether `shared` is over all orders; else it is over `orders` of them, drawn at random"""
    orders: int
    siblings: tuple[int, ...]
    """seeds that `mean`, `low` and `high` are over, this one included"""


@dataclass(frozen=True)
class Instead:
    """One thing done otherwise: earlier, later, not at all, or at the best value found."""

    key: str
    """of the decision, as in `Worth`; `dial:NAME` also for one that was not made"""
    told: str
    gain: int | None
    """profit more than that of this run [µ$]; None = it cannot be flown"""
    plan: Mapping[str, Any] | None
    """as `Plan.to_data` gives it"""
    why: str = ""


@dataclass(frozen=True)
class Moves:
    """What one change of what was decided would have brought in this very world, the best first."""

    instead: tuple[Instead, ...]


@dataclass(frozen=True)
class Regret:
    """How much of what could be earned in this world was earned [µ$]."""

    weak: int
    yours: int
    best_par: str
    best_par_profit: int
    best_found: int
    """by the best fixed design that was found"""
    best_design: Mapping[str, Any]
    tried: int
    """designs flown to find it"""
    bound: int | None
    """what nobody could exceed, knowing everything"""
    captured: float | None
    """(yours - weak) / (best - weak), best = the most that any of them earned; None where weak is the best"""
    best_change: int | None = None
    """with the best of the `Moves`, where those were flown"""


@dataclass(frozen=True)
class Event:
    """A line of the true story: an incident, an alarm, a version, a decision."""

    at: float
    """[s]"""
    end: float | None
    """[s]; None = a moment, or for good"""
    kind: str
    """incident, alarm, version, decision or note"""
    name: str
    text: str
    seen: bool
    """whether the people at the desk were told"""


@dataclass(frozen=True)
class Truth:
    """What really happened, and what the player believes did."""

    events: tuple[Event, ...]
    causes: Mapping[str, str]
    """what a belief may name: kind of incident -> in words; more than did happen"""
    believed: str
    """kind of incident, or `record.NOTHING`; empty = nothing was said"""
    believed_at: float | None
    """[s]"""
    nearest: str
    """the incident of that kind that lies nearest; empty = there was none"""
    off_by: float | None
    """how far from it [s]"""


@dataclass(frozen=True)
class Knowable:
    """An incident: when it could be told from the screen, and when something was done."""

    incident: str
    told: bool
    """whether the people at the desk were told when it began"""
    distractor: bool
    at: float
    """[s]"""
    end: float | None
    """[s]"""
    gauge: str
    """the first gauge on the screen that left its normal band because of it; empty = none did"""
    unit: str
    known_at: float | None
    """when it did [s]"""
    low: float | None
    """of the normal band"""
    high: float | None
    reading: float | None
    """what it showed then"""
    alarm: str
    """the first alarm that rang because of it; empty = none"""
    alarm_at: float | None
    """[s]"""
    reaction: str
    """what was decided first after one could have known (or was told); empty = nothing"""
    reaction_at: float | None
    """[s]"""


@dataclass(frozen=True)
class Luck:
    """The same plan in sibling worlds."""

    seeds: tuple[int, ...]
    """this one first"""
    profits: tuple[int, ...]
    """[µ$]"""
    below: float
    """share of the siblings that earned less than this one"""

    @property
    def fewer(self) -> int:
        """How many of the siblings earned less than this one."""
        return round(self.below * (len(self.profits) - 1))


@dataclass(frozen=True)
class WorstHour:
    """The step of the case that fell furthest behind the expert's."""

    at: float
    """its beginning [s]"""
    end: float
    """[s]"""
    profit: int
    """[µ$]"""
    median: int
    """of all steps [µ$]"""
    accounts: Mapping[str, int]
    """[µ$]"""
    requests: tuple[int, ...]
    """some of those that earned least in it, for the request inspector"""
    expert: int
    """what the expert made in the same step [µ$]"""


@dataclass(frozen=True)
class Practise:
    """What to practise next."""

    dimension: Dimension
    label: str
    shown: float
    required: float
    next_level: str
    """what an answer of the next level is like"""
    cases: tuple[str, ...]
    """cases that ask for it"""


@dataclass(frozen=True)
class Debrief:
    """A flight understood; a section that was not asked for is None."""

    case: str
    title: str
    revision: int
    scenario: Mapping[str, Any]
    seed: int
    plan: Mapping[str, Any]
    until: float
    """[s]"""
    digest: str
    kpis: Mapping[str, float]
    units: Mapping[str, str]
    labels: Mapping[str, str]
    """dial or act -> what it is called"""
    targets: tuple[Mapping[str, Any], ...]
    """name, value, limit, met, guardrail"""
    score: Scorecard
    bridge: Bridge
    ghost: Ghost
    truth: Truth
    worst: WorstHour
    attribution: Attribution | None = None
    moves: Moves | None = None
    regret: Regret | None = None
    knowable: tuple[Knowable, ...] | None = None
    luck: Luck | None = None
    practise: tuple[Practise, ...] = ()
    posed: tuple[Posed, ...] = ()
    """the probes as asked of this run"""
    answers: tuple[Answer, ...] = ()
    """what was answered to them, and the belief"""
    sat: bool = False
    """whether somebody sat in the flight; then what they have not answered yet is not given away"""
