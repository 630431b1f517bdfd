"""A flight that stops at control points and waits to be told how to go on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread

from simulator.case import Case
from simulator.errors import Cancelled
from simulator.plan import Plan
from simulator.run import Run
from simulator.simulation import simulate
from simulator.view import View

__all__ = ["Flight"]


class Flight:
    """The flight of a *case* under a *seed*, in a thread of its own, up to *until* [s]; `stop` it before its end.

    It is one `simulate` with a pilot that hands on the view and waits: nothing is resumed, and the run is the one
    that its plan gives when it is flown again.
    """

    def __init__(self, case: Case, seed: int, points: Collection[float], until: float) -> None:
        self._case, self._seed, self._until = replace(case, checkpoints=tuple(points)), seed, until
        self._points = frozenset(points)
        self._told: SimpleQueue[View | Run | BaseException] = SimpleQueue()
        self._plans: SimpleQueue[Plan] = SimpleQueue()
        self._thread = Thread(target=self._fly, name=f"{case.name}, seed {seed}", daemon=True)
        self._stopped = self._begun = False

    def next(self, plan: Plan) -> View | Run:
        """Go on with *plan*, and return the view at the next control point, or the run when it is over.

        Raises what the flight raises: BadInput for a plan that does not fit, BrokenInvariant for a broken law.
        """
        self._plans.put(plan)
        if self._thread.ident is None:
            self._thread.start()
        found = self._told.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def stop(self) -> None:
        """End the flight where it is, and wait until it has ended."""
        self._stopped = True
        self._plans.put(Plan(self._case.design()))  # what wakes it is not flown
        if self._thread.is_alive():
            self._thread.join()

    def _fly(self) -> None:
        try:
            run = simulate(self._case, None, self._seed, until=self._until, pilot=self._pilot, progress=self._going)
            self._told.put(run)
        except BaseException as error:
            self._told.put(error)

    def _pilot(self, view: View) -> Plan | None:
        if self._begun and view.now not in self._points:
            return None  # an alarm
        if self._begun:
            self._told.put(view)
        self._begun = True
        plan = self._plans.get()
        self._going(0.0)
        return plan

    def _going(self, share: float) -> None:
        if self._stopped:
            raise Cancelled(f"the flight of {self._thread.name} was stopped")
