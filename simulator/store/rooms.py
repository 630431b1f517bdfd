"""The rooms of a store: opened, found by a key, written to - a deed once, whoever presses twice - and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from simulator.store.deeds import DeedKind, Room, Side
from simulator.store.disk import Disk
from simulator.store.records import Flight

if TYPE_CHECKING:
    from simulator.case import Case
    from simulator.plan import Plan
    from simulator.record import Forecast

__all__ = ["Rooms"]


class Rooms:
    """Rooms, beside the flights of the same store; every change is on disk when its call returns."""

    def __init__(self, disk: Disk, clock: Callable[[], float], token: Callable[[], str]) -> None:
        self._disk, self._clock, self._token = disk, clock, token

    def open(self, token: str, script: str, seed: int, *, name: str = "", alone: bool = False) -> Room:
        """Open a room for the text of a *script*; the same *token* again returns the room that it opened.

        *alone*: there is no interviewer, and the candidate may write what the script would have an interviewer write.
        """
        raise NotImplementedError

    def room(self, id: str) -> Room:
        """Return a room; BadInput when there is none with this *id*."""
        raise NotImplementedError

    def entered(self, key: str) -> tuple[Room, Side]:
        """Return the room that *key* opens, and from which side; BadInput when it opens none."""
        raise NotImplementedError

    def of_flight(self, flight: str) -> Room | None:
        """Return the room in which *flight* is flown, if it is one of a room."""
        raise NotImplementedError

    def rooms(self, limit: int = 200) -> list[Room]:
        """Return rooms, the newest first."""
        raise NotImplementedError

    def do(  # noqa: PLR0913  a deed has so many sides
        self, id: str, token: str, kind: DeedKind, what: str = "", *, who: Side, moment: float = 0.0,
        data: Mapping[str, Any] | None = None, was: int | None = None,
    ) -> Room:  # fmt: skip
        """Write a deed and return the room; the deed is on disk then.

        The same *token* again changes nothing. *was* is the turn of the last deed of this kind about the same thing
        that its author knew of, -1 = none: Stale when there is another one by now.
        """
        raise NotImplementedError

    def take_off(
        self, id: str, token: str, case: Case, plan: Plan, forecasts: tuple[Forecast, ...] = ()
    ) -> tuple[Room, Flight]:
        """Begin the flight of a room, in check mode under its seed, in one transaction; the one that it has where it
        has one."""
        raise NotImplementedError

    def steer(  # noqa: PLR0913  the same
        self, id: str, token: str, flight: Flight, scenario: Mapping[str, Any], *, what: str, moment: float,
        data: Mapping[str, Any],
    ) -> tuple[Room, Flight]:  # fmt: skip
        """Put the room's *flight* under another *scenario*, and write the deed `done`, in one transaction.

        The flight gets a version more; Stale when it has another one than *flight* by now. The same *token* again, or
        a *what* that is done already, changes nothing.
        """
        raise NotImplementedError

    def looked(self, id: str, who: Side, seen: Mapping[str, Any]) -> None:
        """Note what a side has on its screen now, in place of what it had before."""
        raise NotImplementedError

    def looks(self, id: str) -> dict[Side, tuple[dict[str, Any], float]]:
        """Return what each side had on its screen last, and when [unix s]."""
        raise NotImplementedError

    def delete(self, id: str) -> None:
        """Remove a room, its deeds and its flight."""
        raise NotImplementedError
