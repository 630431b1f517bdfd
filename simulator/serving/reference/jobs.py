"""What moves through the system: a request as its client sees it, and the copies of it that are worked on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simpy.events import Event

from simulator.serving.kernel.codes import (
    CHILD_BITS,
    COPY_BITS,
    KIND_SHIFT,
    NEVER,
    ROUTE_MODEL,
    SERVED,
    STAGE_BITS,
)

__all__ = ["Call", "Job", "Split"]


@dataclass(eq=False, slots=True)
class Call:
    """A request as its client sees it."""

    row: int
    klass: int
    size: float
    """items it brings"""
    verdict: Event
    """how the attempt under way went; made anew for each attempt"""
    is_open: bool = True
    turn: int = 0
    """attempts that are over"""
    copies: int = 0
    """copies sent so far, hedges and retries included"""
    flying: int = 0
    """copies of this attempt that have neither answered nor failed"""
    avoid: Any = None
    """replica that the latest copy went to"""
    route: int = ROUTE_MODEL
    """how the answer came about"""

    def ident(self, number: int) -> int:
        """Return the number of this request and its attempt or copy *number* in one."""
        return self.row << (COPY_BITS + CHILD_BITS) | number << CHILD_BITS

    def plead(self, why: int) -> None:
        """Hear that a copy has failed; with the last one in flight the attempt fails."""
        self.flying -= 1
        if self.flying == 0:
            self.verdict.succeed(why)


@dataclass(eq=False, slots=True)
class Job:
    """A copy of a request on its way, or a copy of such a copy where a pool fans out."""

    ident: int
    """request, copy and child in one number"""
    call: Call
    turn: int
    """attempt that it belongs to"""
    over: Event | None = None
    """when it is through with its stage, and how"""
    split: Split | None = None
    """what it is a child of"""
    entered: float = 0.0
    """its stage [s]"""
    started: float = 0.0
    """to be served [s]"""
    due: float = NEVER
    """when its service, or its patience, ends [s]"""
    left: float = -1.0
    """of a service that was broken off [s], or virtual time at which a shared one is done; negative = fresh"""
    replica: Any = None
    is_cached: bool = False
    missed: list[Any] = field(default_factory=list)
    """caches that are to hold its answer"""

    @property
    def row(self) -> int:
        """Row of the request."""
        return self.call.row

    @property
    def is_first(self) -> bool:
        """Whether draws that are given from outside are meant for it."""
        return self.ident & 0xFFFF == 0

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits for what it does."""
        if self.split is not None and self.split.over.triggered:
            return False
        return self.call.is_open and self.call.turn == self.turn

    def key(self, kind: int, stage: int) -> int:
        """Return the key of an event of this job at a *stage*: its first child has the same number."""
        return kind << KIND_SHIFT | self.ident << STAGE_BITS | stage

    def enter(self, now: float) -> None:
        """Come to the next stage."""
        self.entered = self.started = now
        self.left, self.due = -1.0, NEVER

    def end(self, outcome: int) -> None:
        """Be through with the stage."""
        if self.split is not None:
            self.split.hear(outcome)
        elif self.over is not None:
            self.over.succeed(outcome)


@dataclass(eq=False, slots=True)
class Split:
    """A job that waits for enough of its children to come back."""

    job: Job
    over: Event
    """when enough have come back, or too few are left"""
    need: int = 0
    """children that must still come back; none while they are being sent"""
    flying: int = 0
    """children on their way"""
    first: Any = None
    """replica of the first child"""

    def hear(self, outcome: int) -> None:
        """Hear from a child; those that come too late mean nothing."""
        if self.over.triggered:
            return
        self.flying -= 1
        if outcome == SERVED:
            self.need -= 1
        if (outcome == SERVED and self.need == 0) or self.flying < self.need:
            self.over.succeed(outcome)
