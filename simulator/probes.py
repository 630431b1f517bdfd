"""Follow-up questions about the run that has just been flown: evidence from it, a check, anchored answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.record import Answer, Record
from simulator.rubric import Dimension
from simulator.run import Run
from simulator.world.tape import Tape

__all__ = ["Asked", "Chart", "Check", "Exhibit", "Posed", "Probe"]


@dataclass(frozen=True)
class Chart:
    """A picture as data: one of lines or bars over the same places."""

    kind: Literal["line", "bar"]
    title: str
    unit: str
    """of all series"""
    x: tuple[float, ...] | tuple[str, ...]
    """times [s] where `over_time`, else numbers (lines) or names (bars)"""
    series: Mapping[str, tuple[float | None, ...]]
    over_time: bool = False
    x_title: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    """vertical lines: place, what is there"""


@dataclass(frozen=True)
class Exhibit:
    """What a probe leans on, from one run."""

    text: str
    """a sentence or two with this run's numbers"""
    chart: Chart | None = None


@dataclass(frozen=True)
class Check:
    """A question whose answer is known from the run: one of *options*, or a number."""

    ask: str
    why: str
    """shown after committing, with the numbers that it is so by"""
    options: tuple[str, ...] = ()
    right: int = -1
    """index of the right option"""
    truth: float = math.nan
    tolerance: float = 0.0
    """in the unit of the truth, to either side"""
    unit: str = ""

    def grade(self, answer: Answer) -> bool:
        """Tell whether *answer* is right; none given is not."""
        if self.options:
            return answer.choice == self.options[self.right]
        return answer.number is not None and abs(answer.number - self.truth) <= self.tolerance


@dataclass(frozen=True)
class Asked:
    """What a probe may read, after the landing."""

    case: Any
    """the `Case`"""
    run: Run
    tape: Tape
    record: Record | None = None


@dataclass(frozen=True)
class Probe:
    """A question an interviewer asks afterwards, and what answers of four levels sound like."""

    name: str
    """letters, digits and _; no two of a case are the same"""
    question: str
    dimension: Dimension
    exhibit: Callable[[Asked], Exhibit]
    weak: str
    mid: str
    strong: str
    expert: str
    check: Callable[[Asked], Check | None] = field(default=lambda asked: None)
    """None where this run has no answer to it"""
    when: Callable[[Asked], bool] = field(default=lambda asked: True)
    """whether it is worth asking of this run"""
    follow_up: str = ""


@dataclass(frozen=True)
class Posed:
    """A probe, asked of one run."""

    name: str
    question: str
    dimension: Dimension
    worth_asking: bool
    exhibit: Exhibit
    check: Check | None
    anchors: Mapping[str, str]
    """level -> answer"""
    follow_up: str

    @staticmethod
    def of(probe: Probe, asked: Asked) -> Posed:
        """Ask *probe* of a run."""
        anchors = {level: str(getattr(probe, level)) for level in ("weak", "mid", "strong", "expert")}
        return Posed(
            probe.name, probe.question, probe.dimension, bool(probe.when(asked)), probe.exhibit(asked),
            probe.check(asked), anchors, probe.follow_up,
        )  # fmt: skip
