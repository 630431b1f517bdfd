"""The replicas of one pool as the control plane sees them: booting, up, draining, lost - and paid for."""

from __future__ import annotations

import math
from collections.abc import Callable

from simulator.clock import Clock
from simulator.errors import BrokenInvariant
from simulator.serving.kernel import orders
from simulator.serving.plane import DataPlane
from simulator.serving.topology import Pool

__all__ = ["Fleet"]

_DOWN, _BOOTING, _UP, _DRAINING, _GONE = "down", "booting", "up", "draining", "gone"


class Fleet:
    """Brings replicas of the pool at *stage* up and down, up to the `most` that it was laid out for.

    A replica is paid for from the order to boot it until it is shut down, idle or not. Draining, it takes no new
    work and shuts down as soon as `sweep` finds it empty.
    """

    def __init__(self, clock: Clock, plane: DataPlane, stage: int) -> None:
        self.clock, self.plane, self.stage = clock, plane, stage
        self.first = plane.first_replica(stage)
        pool = plane.topology.stages[stage]
        if not isinstance(pool, Pool):
            raise BrokenInvariant(f"stage {pool.name} has no replicas")
        self._state = [_UP if place < pool.replicas else _DOWN for place in range(pool.capacity)]
        self._booted = [0] * pool.capacity  # generation of the boot under way, so that a cancelled one does nothing
        self._counted_until, self._paid_seconds, self._serving_seconds = 0.0, 0.0, 0.0
        self._replacing: set[int] = set()
        self.boots = 0
        self.slots = 0
        """slots that each replica is given when it comes up; 0 = as laid out"""
        self.changed: Callable[[], None] = lambda: None
        """called after each change of the replicas that accept work"""

    @property
    def up(self) -> int:
        """How many accept work."""
        return self._state.count(_UP)

    @property
    def coming(self) -> int:
        """How many are booting, or about to."""
        return self._state.count(_BOOTING) + len(self._replacing)

    @property
    def most(self) -> int:
        """How many there can be."""
        return len(self._state)

    def is_up(self, place: int) -> bool:
        """Tell whether the replica at *place* accepts work."""
        return self._state[place] == _UP

    def paid_seconds(self) -> float:
        """Return the replica-seconds paid for so far."""
        self._count()
        return self._paid_seconds

    @property
    def serving(self) -> int:
        """How many can be at work: those that accept it, and those that drain."""
        return self.up + self._state.count(_DRAINING)

    def serving_seconds(self) -> float:
        """Return the replica-seconds so far in which replicas could be at work."""
        self._count()
        return self._serving_seconds

    def _count(self) -> None:
        paid = len(self._state) - self._state.count(_DOWN) - self._state.count(_GONE)
        passed = self.clock.now - self._counted_until
        self._paid_seconds += paid * passed
        self._serving_seconds += self.serving * passed
        self._counted_until = self.clock.now

    def scale(self, to: int, boot: float) -> None:
        """Go for *to* replicas: new ones accept work *boot* seconds later, superfluous ones drain at once.

        Boots under way are called off first, then replacements; then the replicas with the highest numbers go.
        """
        self.sweep()
        to = max(0, min(to, self.most))
        while self.up + self.coming < to and self._boot(boot):
            pass
        while self.up + self.coming > to and self.coming:
            self._call_off()
        while self.up > to:
            self._drain(self._last(_UP))

    def _call_off(self) -> None:
        if _BOOTING in self._state:
            self._put(self._last(_BOOTING), _DOWN)
        else:
            self._replacing.discard(max(self._replacing))

    def sweep(self) -> None:
        """Shut down the draining replicas that have run empty."""
        for place, state in enumerate(self._state):
            if state == _DRAINING and self.plane.is_idle(self.first + place):
                self._put(place, _DOWN)
                self.changed()

    def lose(self, places: list[int]) -> None:
        """Lose the replicas at *places* with everything on them; they cannot be booted until they are back."""
        self._replacing -= set(places)
        for place in places:
            self._put(place, _GONE)
        for place in places:
            self.plane.order(orders.KILL, self.first + place)
        self.changed()

    def bring_back(self, places: list[int]) -> None:
        """Make the replicas at *places* available again; they have to be booted."""
        for place in places:
            if self._state[place] == _GONE:
                self._put(place, _DOWN)

    def zone(self, share: float) -> list[int]:
        """Return the places of a zone that holds a *share* of all, spread evenly over the fleet."""
        if not 0 < share <= 1:
            raise BrokenInvariant(f"a zone is a share of the replicas, not {share}")
        ends = [math.floor((place + 1) * share + 1e-9) for place in range(self.most)]
        return [place for place in range(self.most) if ends[place] > math.floor(place * share + 1e-9)]

    def restart(self, place: int, drain: float, boot: float) -> bool:
        """Deploy to the replica at *place*: drain it for *drain* s, lose what is left, boot it in *boot* s.

        False = no replica there accepts work.
        """
        if not 0 <= place < self.most or self._state[place] != _UP:
            return False
        self._drain(place)
        self._replacing.add(place)
        self.clock.call(self.clock.now + drain, lambda: self._replace(place, boot))
        return True

    def _replace(self, place: int, boot: float) -> None:
        if place in self._replacing:
            self._replacing.discard(place)
            self.plane.order(orders.KILL, self.first + place)
            self._begin(place, boot)

    def _boot(self, boot: float) -> bool:
        free = [place for place, state in enumerate(self._state) if state == _DOWN and place not in self._replacing]
        if not free:
            return False
        self._begin(free[0], boot)
        return True

    def _begin(self, place: int, boot: float) -> None:
        self._put(place, _BOOTING)
        self.boots += 1
        generation = self._booted[place]
        if boot <= 0:
            self._accept(place, generation)
        else:
            self.clock.call(self.clock.now + boot, lambda: self._accept(place, generation))

    def _accept(self, place: int, generation: int) -> None:
        if self._booted[place] != generation or self._state[place] != _BOOTING:
            return
        self._put(place, _UP)
        self.plane.order(orders.SLOW, self.first + place, 1.0)
        if self.slots:
            self.plane.order(orders.SLOTS, self.first + place, self.slots)
        self.plane.order(orders.ACCEPT, self.first + place)
        self.changed()

    def _drain(self, place: int) -> None:
        self._put(place, _DRAINING)
        self.plane.order(orders.REFUSE, self.first + place)
        if self.plane.is_idle(self.first + place):
            self._put(place, _DOWN)
        self.changed()

    def _put(self, place: int, state: str) -> None:
        self._count()
        self._state[place] = state
        self._booted[place] += 1

    def _last(self, state: str) -> int:
        return max(place for place, its in enumerate(self._state) if its == state)
