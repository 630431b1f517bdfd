"""Designs to be tried, from the dials themselves: grids, random ones, Latin hypercubes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import numpy as np

from simulator.case import Case
from simulator.design import Dial, Value
from simulator.errors import BadInput, shown
from simulator.plan import Plan
from simulator.streams import Streams
from simulator.units import Floats

__all__ = ["MOST", "Designs", "Slice", "drawn", "grid", "levels", "misfit", "read_levels", "read_slice", "value_at"]

MOST = 10_000
"""designs in one sweep"""
Slice = Sequence[object] | None
"""the part of a dial that is tried: (low, high) of a number, options of a choice; None = all of it"""


@dataclass(frozen=True)
class Designs:
    """Plans that differ in some dials of their first design."""

    varied: tuple[str, ...]
    """the dials in which they differ"""
    plans: Mapping[str, Plan]
    """name -> plan; the names are numbers in the order in which the designs were made"""
    left_out: int = 0
    """how many were made but do not fit the world"""

    def dials(self, name: str) -> dict[str, Value]:
        """Return the varied dials of one of the plans."""
        known = self.plans[name].design.values()
        return {dial: known[dial] for dial in self.varied}


def grid(case: Case, over: Mapping[str, Sequence[object]], base: Plan | None = None) -> Designs:
    """Return each combination of the values in *over* (dial -> values), the other decisions as in *base*.

    The first dial varies slowest. Live dials that *base* turns in flight are turned all the same. BadInput for a
    dial or a value that there is not, for more than `MOST` designs, and where none fits the world.
    """
    _some(over)
    values = {name: _once(case.design.dial(name), list(given)) for name, given in over.items()}
    _few(math.prod(len(one) for one in values.values()))
    return _fitting(case, base, tuple(over), itertools.product(*values.values()))


def drawn(
    case: Case,
    over: Mapping[str, Slice],
    n: int,
    base: Plan | None = None,
    *,
    how: Literal["random", "latin"] = "random",
    seed: int = 0,
) -> Designs:
    """Return *n* designs spread over the dials in *over* (dial -> `Slice`), the other decisions as in *base*.

    `random` draws each dial evenly and alone. `latin` cuts each into *n* equal parts and takes every part once
    (Latin hypercube; McKay, Beckman and Conover 1979; scipy). Whole numbers, options and switches have equal shares
    of a dial; two designs that come out the same are flown once. BadInput as for `grid`.
    """
    _some(over)
    _few(n)
    slices = {name: _slice(case.design.dial(name), given) for name, given in over.items()}
    shares = _shares(n, len(over), how, seed)
    dials = [case.design.dial(name) for name in over]
    rows = ([value_at(d, u, slices[d.name]) for d, u in zip(dials, row, strict=True)] for row in shares)
    return _fitting(case, base, tuple(over), rows)


def _shares(n: int, dials: int, how: str, seed: int) -> Floats:
    """Return (n, dials) where in its range each dial stands, from 0 to 1."""
    luck = Streams(seed).get("study", "designs", how)
    if how == "random":
        return luck.random((n, dials))
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(dials, rng=luck).random(n))


def value_at(dial: Dial, share: float, given: Slice = None) -> Value:
    """Return the value of *dial* at a *share* in [0, 1] of its slice: every option or whole number has as much of it.

    BadInput for a slice that the dial does not have.
    """
    values = _slice(dial, given)
    if dial.kind in ("choice", "switch"):
        return values[min(int(share * len(values)), len(values) - 1)]
    low, high = float(values[0]), float(values[1])
    if dial.kind == "integer":
        return dial.read(min(low + math.floor(share * (high - low + 1)), high))
    return dial.read(min(low + share * (high - low), high))


def _slice(dial: Dial, given: Slice) -> list[Value]:
    """Return (low, high) of a number, options of a choice."""
    whole = dial.kind in ("number", "integer")
    if given is None:
        return [dial.read(dial.low), dial.read(dial.high)] if whole else levels(dial)
    values = [dial.read(value) for value in given]
    if whole and (len(values) != 2 or values[0] >= values[1]):  # type: ignore[operator]
        raise BadInput(f"{dial.name} is drawn from LOW to a larger HIGH; it takes {dial.allowed()}")
    return values if whole else _once(dial, values)


def levels(dial: Dial, n: int = 5) -> list[Value]:
    """Return all options of a choice or a switch, or *n* values of a number from its lowest to its highest.

    A whole number has fewer where there are not so many. BadInput for fewer than two.
    """
    if dial.kind == "choice":
        return list(dial.options)
    if dial.kind == "switch":
        return [False, True]
    if n < 2:
        raise BadInput(f"{dial.name} in {n} steps: at least 2 are needed")
    values = np.linspace(float(dial.low or 0.0), float(dial.high or 0.0), n).tolist()
    return list(dict.fromkeys(dial.read(round(v) if dial.kind == "integer" else v) for v in values))


def read_levels(dial: Dial, text: str) -> list[Value]:
    """Read the values of a *dial*: `a,b,c`, `low:high:step`, or `all` (numbers: `all:N`, N of them; else 5).

    BadInput says what is allowed.
    """
    head, _, count = text.partition(":")
    if head == "all" and "all" not in dial.options:
        if count and not (count.isdecimal() and len(count) < 6):
            raise BadInput(f"{dial.name}={shown(text)} cannot be read; write all or all:5")
        return levels(dial, int(count or 5))
    if ":" in text and dial.kind in ("number", "integer"):
        return [dial.read(value) for value in _stepped(dial, text)]
    return _once(dial, [part.strip() for part in text.split(",")])


def _stepped(dial: Dial, text: str) -> list[float]:
    """Read `low:high:step` in decimals, so that 0.1:0.3:0.1 ends at 0.3."""
    try:
        low, high, step = (Decimal(part.strip()) for part in text.split(":"))
        n = int(min((high - low) / step, Decimal(MOST))) if step > 0 and high >= low else -1
    except (ArithmeticError, ValueError):
        n = -1
    if n < 0:
        raise BadInput(f"{dial.name}={shown(text)} cannot be read; write LOW:HIGH:STEP with a step above 0")
    _few(n + 1)
    return [float(low + place * step) for place in range(n + 1)]


def read_slice(dial: Dial, text: str) -> list[Value]:
    """Read the part of a *dial* that is drawn from: `low:high` of a number, `a,b` of a choice."""
    return _slice(dial, text.split(":" if dial.kind in ("number", "integer") else ","))


def _once(dial: Dial, given: Sequence[object]) -> list[Value]:
    values = [dial.read(value) for value in given]
    if not values or len(set(values)) != len(values):
        raise BadInput(f"{dial.name} needs values to be tried, each once; it takes {dial.allowed()}")
    return values


def _some(over: Mapping[str, object]) -> None:
    if not over:
        raise BadInput("a sweep needs at least one dial")


def _few(n: int) -> None:
    if not 1 <= n <= MOST:
        raise BadInput(f"{n:,} designs cannot be swept; from 1 to {MOST:,} can")


def _fitting(case: Case, base: Plan | None, varied: tuple[str, ...], rows: Iterable[Sequence[object]]) -> Designs:
    """Return what fits the world, each design once."""
    start = case.plan(base, to_fly=False)
    made: dict[tuple[Value, ...], Plan] = {}
    for row in rows:
        design = start.design.but(**dict(zip(varied, row, strict=True)))
        made.setdefault(tuple(design.values().values()), replace(start, design=design))
    wrong = [misfit(case, plan) for plan in made.values()]
    fitting = [plan for plan, why in zip(made.values(), wrong, strict=True) if not why]
    if not fitting:
        raise BadInput(f"no design of the sweep fits the world: {wrong[0]}")
    width = len(str(len(fitting)))
    plans = {f"{number:0{width}d}": plan for number, plan in enumerate(fitting, start=1)}
    return Designs(varied, plans, len(made) - len(fitting))


def misfit(case: Case, plan: Plan) -> str:
    """Say why *plan* does not fit the world of *case*; nothing = it fits."""
    try:
        case.plan(plan)
    except BadInput as error:
        return str(error)
    return ""
