"""People at a desk: their hours, hires and absences, as processes on the clock."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

from simulator.clock import Clock
from simulator.units import DAY, HOUR

__all__ = ["Hours", "Staffed", "Team"]


class Staffed(Protocol):
    """Something that is done by the people present."""

    def staff(self, at: float, n: int) -> None:
        """Have *n* people present from time *at* [s] on."""


@dataclass(frozen=True)
class Hours:
    """When people work, every day: from *opens* to *closes*, in seconds after midnight."""

    opens: float = 9 * HOUR
    closes: float = 17 * HOUR


class Team:
    """*size* people who staff a *desk* in their *hours*.

    *paid(n)* is called at each closing with the number of people hired since the start who were there at the opening.
    """

    def __init__(self, clock: Clock, desk: Staffed, size: int, hours: Hours, paid: Callable[[int], object]) -> None:
        self.clock, self.desk, self.size, self.hours, self._paid = clock, desk, size, hours, paid
        self.hired = 0
        self._absent = 0.0
        clock.process(self._days())

    def hire(self, n: int, after: float, arrived: Callable[[], object] = lambda: None) -> None:
        """Have *n* more people on the team *after* so many seconds."""
        self.clock.call(self.clock.now + after, lambda: self._start(n, arrived))

    def miss(self, share: float) -> None:
        """Have a *share* of the team stay at home from the next opening on; 0 = everybody is back."""
        self._absent = share

    def _start(self, n: int, arrived: Callable[[], object]) -> None:
        self.hired += n
        arrived()

    def _days(self) -> Generator[Any, Any, None]:
        day = 0
        while True:
            yield self.clock.at(day * DAY + self.hours.opens)
            self.desk.staff(self.clock.now, self.present)
            hired = self.hired
            yield self.clock.at(day * DAY + self.hours.closes)
            self.desk.staff(self.clock.now, 0)
            self._paid(hired)
            day += 1

    @property
    def present(self) -> int:
        """How many come to work, rounded to whole people."""
        return round((self.size + self.hired) * (1 - self._absent))
