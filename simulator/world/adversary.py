"""Somebody who learns where the line is: probes, hears yes or no, and then asks for just under what passes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.errors import BadInput
from simulator.units import Floats, Ints, Mask

__all__ = ["Adversary", "probes_to_reach", "width_after"]


@dataclass(frozen=True, slots=True)
class Adversary:
    """m adversaries, each of whom knows the highest level that passed and the lowest that was refused.

    A level is whatever is compared with a line: an amount, or a score. They see answers to what they asked, and
    nothing else: not the line, not each other.
    """

    floor: float
    """a level that always passes, or is worth nothing"""
    ceiling: float
    """the highest level that can be asked for"""
    budget: int
    """probes a day"""
    margin: float
    """share of what is known to pass that they stay away from the line"""
    jitter: float
    """0 = probe the middle of what is unknown (bisection); up to 1 = anywhere in it"""
    passed: Floats
    """(m,) highest level known to pass"""
    refused: Floats
    """(m,) lowest level known to be refused; `ceiling` if none"""
    left: Ints
    """(m,) probes left today"""

    @staticmethod
    def of(m: int, floor: float, ceiling: float, budget: int, margin: float = 0.02, jitter: float = 0.0) -> Adversary:
        """Begin with *m* adversaries who know nothing."""
        if not -np.inf < floor < ceiling < np.inf:
            raise BadInput(f"floor {floor} and ceiling {ceiling} leave nothing to learn; the first must be lower")
        if budget < 0 or not 0 <= margin <= 1 or not 0 <= jitter <= 1:
            raise BadInput(f"budget {budget} must be 0 or more, margin {margin} and jitter {jitter} 0 to 1")
        known = (np.full(m, float(floor)), np.full(m, float(ceiling)))
        return Adversary(floor, ceiling, budget, margin, jitter, *known, np.full(m, budget, dtype=np.int64))

    @property
    def unknown(self) -> Floats:
        """(m,) the width of what is not known to pass or to be refused."""
        return self.refused - self.passed

    def probes(self, luck: Floats) -> Floats:
        """Return (m,) the levels to try next: in the middle of what is unknown, ± *luck* (m,) times half the jitter."""
        where = 0.5 + self.jitter * (np.asarray(luck, dtype=np.float64) - 0.5)
        return np.asarray(self.passed + where * self.unknown)

    def probed(self, who: Mask, level: Floats, passes: Mask) -> Adversary:
        """Return the state after those in *who* (m,) tried *level* (m,) and heard whether it *passes* (m,).

        Each pays with one probe of the day, and asks for no more than it has: who has none left is not in *who*,
        or BadInput.
        """
        if (who & (self.left < 1)).any():
            raise BadInput(f"adversary {int(np.argmax(who & (self.left < 1)))} has no probe left today")
        return replace(self.told(who, level, passes), left=self.left - who)

    def told(self, who: Mask, level: Floats, passes: Mask) -> Adversary:
        """Return the state after those in *who* heard an answer that cost no probe, as to their ordinary requests.

        An answer that contradicts what was known shows that the line has moved: what was believed on its other
        side is forgotten.
        """
        up, down = who & passes & (level > self.passed), who & ~passes & (level < self.refused)
        passed, refused = np.where(up, level, self.passed), np.where(down, level, self.refused)
        raised, lowered = up & (level >= self.refused), down & (level <= self.passed)
        return replace(
            self,
            passed=np.where(lowered, np.minimum(self.floor, level), passed),
            refused=np.where(raised, np.maximum(self.ceiling, level), refused),
        )

    def next_day(self) -> Adversary:
        """Return the state with a new day's budget; what was left of the old one is lost."""
        return replace(self, left=np.full(len(self.left), self.budget, dtype=np.int64))

    def shifted(self, wanted: Floats, who: Ints) -> Floats:
        """Return (n,) what is asked for in place of *wanted* (n,) by the adversaries *who* (n,): no more than passes.

        That is the highest level known to pass, less the margin (a share of its distance from the floor). Who has
        seen nothing pass asks for what it wants.
        """
        known = self.passed[who]
        safe = known - self.margin * (known - self.floor)
        return np.where(known > self.floor, np.minimum(wanted, safe), wanted)


def width_after(width: float, probes: int) -> float:
    """Return what is still unknown of *width* after *probes* by bisection: width / 2^probes."""
    return width * 0.5**probes


def probes_to_reach(width: float, unknown: float) -> int:
    """Return how many probes by bisection leave no more than *unknown* of *width*: log2 of their ratio, rounded up."""
    if not 0 < unknown <= width:
        raise BadInput(f"a rest of {unknown} cannot come of a width of {width}; it must be over 0 and at most that")
    return int(np.ceil(np.log2(width / unknown)))
