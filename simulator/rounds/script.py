"""The script of a round, as it is written in a TOML file: plain data, safe to exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

__all__ = [
    "BY_HAND", "COMMUNICATION", "PHASES", "Event", "Fact", "Kind", "Limit", "Minutes", "Phase", "Question",
    "Requirement", "Script", "ScriptCheck",
]  # fmt: skip

Kind = Literal["interview", "drill", "warm-up", "group"]
Phase = Literal["brief", "design", "play", "probes", "debrief"]

PHASES: tuple[Phase, ...] = ("brief", "design", "play", "probes", "debrief")
"""in their order"""

BY_HAND = "by hand"
"""the condition of what happens when the interviewer says so"""

COMMUNICATION = "communication"
"""the ninth row of a score sheet: for people alone, no run can show it"""

_STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)


@dataclass(frozen=True)
class Minutes:
    """How long each phase takes [min]."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    brief: float = 5
    design: float = 5
    play: float = 20
    probes: float = 5
    debrief: float = 10


@dataclass(frozen=True)
class Event:
    """Something that happens in the flight: an incident of the case, by its name, or one of its own, with a kind."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    kind: str = ""
    """what it does, in the case's own list; left out: an incident of the case itself"""
    at: float | str = 0.0
    """no sooner than this; without `when` just then; `by hand`: when it is due if nobody sits there (12d, 90s)"""
    lasts: float | str = 0.0
    """0 = for good; left out for an incident of the case: as it is there"""
    size: float | None = None
    says: str = ""
    """what the candidate is told when it begins; empty = nothing"""
    when: str = ""
    """a condition on the run, or `by hand`; empty = at `at`"""
    note: str = ""
    """for the interviewer"""


@dataclass(frozen=True)
class Limit:
    """Where a dial may stand from the requirement on; only what is given counts."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    least: float | None = None
    most: float | None = None
    only: tuple[str, ...] = ()
    """of a choice: these options"""


@dataclass(frozen=True)
class Requirement:
    """The one thing that is asked otherwise in mid-round."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    says: str
    """to the candidate: "The CFO writes: ..." """
    at: float | str = 0.0
    """when it is said [s]; `by hand`: when it is due if nobody sits there"""
    when: str = ""
    """`by hand`, or empty = at `at`"""
    targets: Mapping[str, float] = field(default_factory=dict)
    """KPI of a target -> its new limit, for the whole flight"""
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """live dial -> where it may stand from then on"""
    grace: float | str = 0.0
    """within what time the dials have to be there"""
    event: str = ""
    """an event of this script, `by hand`, that begins with it"""
    note: str = ""
    """for the interviewer"""


@dataclass(frozen=True)
class Fact:
    """Something that the candidate learns on asking."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    ask: str
    answer: str
    after: float | str = 0.0
    """the answer comes at this time of the flight; 0 = at once"""


@dataclass(frozen=True)
class ScriptCheck:
    """A question whose answer is known: one of `options`, or a KPI of the run."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    ask: str
    options: tuple[str, ...] = ()
    right: str = ""
    """the right option"""
    figure: str = ""
    """the KPI that is asked for"""
    within: float = 0.0
    """how far off an answer may be, in the unit of the KPI"""


@dataclass(frozen=True)
class Question:
    """A probe: one of the case, by its name, or one of its own, with a question."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    question: str = ""
    """left out: a probe of the case, or one of the four that every case has"""
    dimension: str = ""
    weak: str = ""
    mid: str = ""
    strong: str = ""
    expert: str = ""
    follow_up: str = ""
    rescue: str = ""
    """a hint for a candidate who is stuck; that it was given is noted"""
    when: str = ""
    """a condition on the run: it is worth asking once that held; empty = always"""
    show: tuple[str, ...] = ()
    """gauges whose readings are the evidence"""
    check: ScriptCheck | None = None


@dataclass(frozen=True)
class Script:
    """A mock round."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    round: Literal[1]
    """the version of this form"""
    title: str
    case: str
    kind: Kind = "interview"
    seed: int | Literal["hidden", "room"] = "room"
    """a number; `room`: each room its own, shown; `hidden`: each room its own, told when the report is released"""
    hints: Literal["none", "asked", "free"] = "none"
    """`asked`: one at a time, and it is noted"""
    intro: str = ""
    """to the candidate, before the brief"""
    notes: str = ""
    """to the interviewer"""
    minutes: Minutes = Minutes()
    scenario: Mapping[str, Any] = field(default_factory=dict)
    """the words of a [scenario] table: level, world, add, drop, move, when, targets"""
    event: tuple[Event, ...] = ()
    requirement: Requirement | None = None
    fact: tuple[Fact, ...] = ()
    probe: tuple[Question, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """dimension, or communication -> how much its mark counts; 1 where nothing is said"""
