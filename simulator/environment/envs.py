"""Gymnasium's contract, kept by any case: reset, step, and spaces made of its dials."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from simulator.case import Case
from simulator.design import Design, Dial, Value
from simulator.environment.controls import Controls, booked, bounds, place
from simulator.environment.flights import Flight
from simulator.environment.pilots import First, first_view, fitting
from simulator.errors import BadInput, shown, unknown
from simulator.plan import Plan
from simulator.run import Run
from simulator.streams import Streams
from simulator.units import Floats, dollars
from simulator.view import View

__all__ = ["Action", "Environment", "Flat"]

Action = Mapping[str, Any]
_OPTIONS = ("par", "seed")
_WORLDS = 2**31  # that an episode nobody asked for a seed of may meet


class Environment(gymnasium.Env[Floats, Action]):
    """A case as an environment.

    **Observation**: a row of float64, finite, laid out by `controls.names`; see `Controls`.

    **Action**: a Dict with one entry for each live dial - a Box for a number, a Discrete for a whole number, a choice
    or a switch - and a Discrete(2) `do/ACT` for each act. Entries may be left out; see `Controls.steered`. The first
    action is taken before take-off and so sets the first live dials, each later one at a control point.

    **Reward**: the dollars that were booked between two control points. The last one holds what closing the books
    posts, so that the rewards of an episode add up to the profit of its run, to the µ$.

    **Start**: the first design of *par* (see `First`). **End**: terminated at *until* [s], by default the horizon;
    never truncated.

    **Seed**: `reset(seed=s)` flies the world of seed s, and each reset without a seed after it another one, drawn by
    name from s; where no seed was ever given, s is *seed*. `options` of a reset: `par` and `seed`, for that episode.

    **Info**: the `seed` of the world, the time `now` [s], the `plan` so far - flown by `simulate` it gives the same
    run -, dials that were `refused` since the design would not fit, with why; at the end `run`: its `digest` and
    `kpis`.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  as Gymnasium declares it

    def __init__(
        self, case: Case, *, seed: int = 0, par: First = None, until: float | None = None,
        controls: Controls | None = None,
    ) -> None:  # fmt: skip
        self.case, self.controls = case, controls or Controls.of(case)
        self._seed, self._par, self._fits = seed, par, fitting(case)
        self._until = case.horizon if until is None else until
        first_view(case, par)  # a par that cannot be flown is refused here
        self.observation_space = spaces.Box(*self.controls.limits, dtype=np.float64)
        self.action_space = spaces.Dict({n: _space(d) for n, d in self.controls.entries.items()})
        self._worlds: Streams | None = None
        self._flight: Flight | None = None
        self._landing: weakref.finalize[..., Any] | None = None
        self._view: View | None = None

    @property
    def view(self) -> View:
        """All that is known at the desk, for who wants more than the observation; BadInput before a reset."""
        if self._view is None:
            raise BadInput("the environment has to be reset first")
        return self._view

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Floats, dict[str, Any]]:
        """Put a design on the runway; *seed* and *options* as the class says. BadInput for an unknown option."""
        for name in options or {}:
            if name not in _OPTIONS:
                raise unknown("option of reset", name, _OPTIONS)
        given = {name: value for name, value in (options or {}).items() if value is not None}
        self.close()
        self._world = _checked(given.get("seed", self._next_world(seed)))
        self._view = first_view(self.case, given.get("par", self._par))
        flight = Flight(self.case, self._world, self.controls.points, self._until)
        self._flight, self._landing = flight, weakref.finalize(self, flight.stop)
        return self.controls.observed(self._view), self._info(self._view, {})

    def step(self, action: Action) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Take *action* and fly to the next control point; BadInput when no flight is under way."""
        before = self.view
        if self._flight is None:
            raise BadInput("the flight is over; reset the environment")
        plan, refused = self.controls.steered(before, action, self._fits)
        found = self._flown(self._flight, plan)
        self._view = view = self._landed(found) if isinstance(found, Run) else found
        info = self._info(view, refused)
        if isinstance(found, Run):
            self.close()
            info["run"] = {"digest": found.digest(), "kpis": found.kpis()}
        reward = float(dollars(booked(view) - booked(before)))
        return self.controls.observed(view, before), reward, isinstance(found, Run), False, info

    def close(self) -> None:
        """End the flight that is under way, if there is one."""
        if self._landing is not None:
            self._landing()
        self._flight = self._landing = None

    def _flown(self, flight: Flight, plan: Plan) -> View | Run:
        """Fly on; what goes wrong ends the flight."""
        try:
            return flight.next(plan)
        except BaseException:
            self.close()
            raise

    def _next_world(self, seed: int | None) -> int:
        """Return the seed of the world that comes next."""
        if seed is None and self._worlds is not None:
            super().reset()
            return int(self._worlds.get("environment", "worlds").integers(_WORLDS))
        first = _checked(self._seed if seed is None else seed)
        super().reset(seed=first)
        self._worlds = Streams(first)
        return first

    def _info(self, view: View, refused: dict[str, str]) -> dict[str, Any]:
        return {"seed": self._world, "now": view.now, "plan": view.plan, "refused": refused}

    def _landed(self, run: Run) -> View:
        """Return what the desk knows when the books are closed."""
        told, by_account = tuple(run.journal.seen()), run.ledger.by_account()
        return View(run.until, run.plan, self.case.horizon, run.gauges, told, by_account, (run.landed,), run.versions)


class Flat(gymnasium.ActionWrapper[Floats, Floats, Action]):
    """An `Environment` whose actions are one row of numbers from 0 to 1, for agents that know no other.

    Each number is a share of the range of an entry of the action, in the order of `entries`: a number grows evenly
    with it, and whole numbers, options and switches get equal parts of [0, 1]. An act is done from 0.5 on.
    """

    def __init__(self, env: gymnasium.Env[Floats, Action]) -> None:
        super().__init__(env)
        controls: Controls = env.get_wrapper_attr("controls")
        self.entries: dict[str, Dial] = controls.entries
        self.action_space = spaces.Box(0.0, 1.0, (len(self.entries),), np.float64)

    def action(self, action: Floats) -> Action:
        """Return what a row of shares means."""
        shares = np.clip(action, 0.0, 1.0).tolist()
        return {name: _at(dial, share) for (name, dial), share in zip(self.entries.items(), shares, strict=True)}

    def shares(self, design: Design) -> Floats:
        """Return the row that means the live dials of *design* and no act; where there are parts, their middle."""
        values = design.values()
        return np.array([_share(dial, values.get(name, dial.default)) for name, dial in self.entries.items()])


def _space(dial: Dial) -> spaces.Space[Any]:
    low, high = bounds(dial)
    if dial.kind == "number":
        return spaces.Box(low, high, (), np.float64)
    return spaces.Discrete(int(high - low) + 1, start=int(low))


def _at(dial: Dial, share: float) -> Value:
    """Return the number that stands for a value of *dial*, a *share* of its range above the lowest."""
    low, high = bounds(dial)
    if dial.kind == "number":
        return low + (high - low) * share
    return int(low) + min(int(share * (high - low + 1)), int(high - low))


def _share(dial: Dial, value: Value) -> float:
    low, high = bounds(dial)
    above = place(dial, value) - low
    return above / (high - low) if dial.kind == "number" else (above + 0.5) / (high - low + 1)


def _checked(seed: object) -> int:
    plain = seed.item() if isinstance(seed, np.integer) else seed
    if isinstance(plain, bool) or not isinstance(plain, int) or not 0 <= plain < 2**63:
        raise BadInput(f"seed {shown(seed)} is not a whole number from 0 to 2^63 - 1")
    return plain
