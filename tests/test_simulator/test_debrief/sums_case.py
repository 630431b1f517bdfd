"""The toy stall with other books: what is earned is a sum that a test gives, so that each share of it is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from toy_case import CASE, Stall, ToyDesign

from simulator.case import Act, Case
from simulator.design import Dial, choice, integer, switch
from simulator.errors import BadInput
from simulator.plan import Plan

SIZE = Dial("integer", "Size", 1, name="size", low=0, high=9)
ACTS = {"bonus": Act("Bonus", "posts something", (SIZE,)), "needy": Act("Needy", "cannot be done without a", (SIZE,))}


@dataclass(frozen=True)
class SumsDesign(ToyDesign):
    """Dials that mean what a test says, and one that means nothing."""

    a: int = integer(0, 0, 9, "A")
    b: int = integer(0, 0, 9, "B")
    c: int = integer(0, 0, 9, "C")
    live: int = integer(0, 0, 9, "Live", live=True)
    idle: bool = switch(False, "Idle")
    colour: str = choice("red", ("red", "green", "blue"), "Colour")


@dataclass
class Made:
    """What a flight of the sums came to: what the worth is a function of."""

    seed: int
    first: SumsDesign
    last: SumsDesign
    turns: list[tuple[float, int]]
    """time [s], what the live dial was turned to"""
    acts: list[tuple[float, str, int]]
    """time [s], name, size"""


Worth = Callable[[Made], int]
"""profit [µ$]"""


def sums(worth: Worth, fits=lambda design, setting: "", **more) -> Case:
    """Return a case of which each flight earns its *worth*."""

    def build(system, setting, incidents):
        stall, first = Stall(system, setting), system.design
        made = Made(system.streams.seed, first, first, [], [])

        def turn(design) -> None:
            made.turns.append((system.clock.now, design.live))
            made.last = design

        def do(name: str):
            def done(size: int) -> None:
                if name == "needy" and not first.a:
                    raise BadInput("needy: there is no a")
                made.acts.append((system.clock.now, name, size))

            return done

        def close(until: float) -> None:
            inside = np.array([id for _, id, _ in sorted(stall.inside)], np.int64)
            system.outcomes.end(inside, np.full(len(inside), until), np.full(len(inside), 2))
            system.ledger.post("sum", "made", until, worth(made))

        free = {"price": lambda ended: None, "learn": lambda landed: None, "turn": turn, "close": close}
        return dataclasses.replace(stall.parts(), **free, acts={name: do(name) for name in ACTS})

    fields = {"name": "sums", "design": SumsDesign, "acts": ACTS, "build": build, "fits": fits, "probes": ()}
    pars = {
        "weak": Plan(SumsDesign()),
        "mid": Plan(SumsDesign(a=1)),
        "strong": Plan(SumsDesign(a=2, b=1)),
        "expert": Plan(SumsDesign(a=3, b=2)),
    }
    return dataclasses.replace(CASE, **{**fields, "pars": pars, **more})
