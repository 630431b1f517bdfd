"""Versions of a model with their lineage: which is live, which is tried on a share, which only looks on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints

__all__ = ["Model", "Registry", "Version"]

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Version:
    """What a person may know of a version."""

    number: int
    trained_at: float
    """when its training data were cut [s]"""
    why: str
    rows: int
    positives: int
    facts: Mapping[str, float] = field(default_factory=dict)
    """what its validation said"""
    since: float = math.nan
    """start of the window that it was trained on [s]; NaN = not known"""
    parent: int = 0
    """the version that was live when it was made; 0 = none"""


@dataclass(frozen=True)
class Model(Generic[_Part]):
    """A version with what is needed to serve it: *score* gives P(label = 1), *rest* is what decisions need."""

    version: Version
    score: Callable[[Floats], Floats]
    rest: _Part


class Registry(Generic[_Part]):
    """The versions of one model, numbered 1, 2, …

    One is *live*; one may be the *canary*, which serves a share of the requests; *shadows* score everything and
    decide nothing. The last *keep* versions that were live can be rolled back to; older ones are thrown away, but
    what is known of them stays in `facts`.
    """

    def __init__(self, keep: int | None = None) -> None:
        if keep is not None and keep < 1:
            raise BadInput(f"keep = {keep}: a registry keeps at least the version that is live")
        self.facts: list[Version] = []
        self.shadows: list[int] = []
        self._keep = keep
        self._kept: dict[int, Model[_Part]] = {}
        self._line: list[int] = []
        self._canary, self._share = 0, 0.0

    @property
    def next_number(self) -> int:
        """The number that the next version will get."""
        return len(self.facts) + 1

    @property
    def serving(self) -> bool:
        """Whether a version is live."""
        return bool(self._line)

    @property
    def live(self) -> Model[_Part]:
        """The version that serves; BadInput before the first one."""
        if not self._line:
            raise BadInput("no version is live yet")
        return self._kept[self._line[-1]]

    @property
    def canary(self) -> Model[_Part] | None:
        """The version that serves a share of the requests, if there is one."""
        return self._kept.get(self._canary)

    def kept(self) -> list[int]:
        """List the versions that can still be served."""
        return sorted(self._kept)

    def register(self, model: Model[_Part]) -> None:
        """Take in a version that serves nobody yet."""
        if model.version.number != self.next_number:
            raise BadInput(f"version {model.version.number} is out of turn; the next one is {self.next_number}")
        self._kept[model.version.number] = model
        self.facts.append(model.version)

    def promote(self, model: Model[_Part]) -> None:
        """Make *model* live, registering it if it is new; a canary of it ends."""
        number = model.version.number
        if number not in self._kept:
            self.register(model)
        if number == self._canary:
            self._canary, self._share = 0, 0.0
        self._line.append(number)
        self._tidy()

    def publish(self, model: Model[_Part]) -> None:
        """Replace the live version by a later snapshot of itself: same number, same lineage."""
        self._kept[self._line[-1]] = model

    def roll_back(self) -> int:
        """Make the version live again that was live before this one, and return its number.

        BadInput where there was none, or it was not kept.
        """
        if len(self._line) < 2:
            raise BadInput("there is no earlier version to roll back to")
        self._line.pop()
        return self._line[-1]

    def try_out(self, number: int, share: float) -> None:
        """Let version *number* serve a *share* of the requests, over 0 and under 1, in place of any other canary."""
        if not 0 < share < 1:
            raise BadInput(f"a canary share of {share} is not allowed; it lies over 0 and under 1")
        if number not in self._kept:
            raise BadInput(f"version {number} is not kept; kept: {', '.join(map(str, self.kept()))}")
        self._canary, self._share = number, share
        self._tidy()

    def drop_canary(self) -> None:
        """End a canary without promoting it; the version is thrown away."""
        self._canary, self._share = 0, 0.0
        self._tidy()

    def shadow(self, number: int) -> None:
        """Let version *number* score along with the live one, and decide nothing."""
        if number not in self._kept:
            raise BadInput(f"version {number} is not kept; kept: {', '.join(map(str, self.kept()))}")
        self.shadows.append(number)

    def score(self, X: Floats, luck: Floats) -> tuple[Floats, Ints]:
        """Return (n,) scores of *X* (n, f) and the versions that gave them.

        *luck* (n,) uniforms of the requests decide who meets the canary: the same ones whatever else is decided.
        """
        scores, versions = self.live.score(X), np.full(len(X), self._line[-1], dtype=np.int64)
        if (tried := self.canary) is not None:
            meets = luck < self._share
            scores[meets], versions[meets] = tried.score(X[meets]), tried.version.number
        return scores, versions

    def shadow_scores(self, X: Floats) -> dict[int, Floats]:
        """Return shadow version -> (n,) its scores of *X* (n, f)."""
        return {number: self._kept[number].score(X) for number in self.shadows}

    def _tidy(self) -> None:
        """Throw away what can no longer serve: nothing where everything is kept."""
        if self._keep is None:
            return
        self._line = self._line[-self._keep :]
        wanted = {*self._line, self._canary, *self.shadows}
        self._kept = {number: model for number, model in self._kept.items() if number in wanted}
