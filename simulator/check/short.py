"""The short flights of the checks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from simulator.case import Case, Par
from simulator.run import Run
from simulator.simulation import fly

__all__ = ["end", "must", "named", "short"]

_TICKS = 5  # of a flight


def short(case: Case, par: Par | None = None, seed: int = 0, until: float | None = None) -> Run:
    """Fly a few ticks, with the strong answer or *par*."""
    return fly(case, par or case.pars["strong"], seed, until=until or end(case))


def end(case: Case) -> float:
    """Return how long the flights of the checks are [s]."""
    return min(_TICKS * case.tick, case.horizon)


def must(holds: bool, otherwise: str) -> None:
    """Raise AssertionError, which says *otherwise*, unless something *holds*."""
    if not holds:
        raise AssertionError(otherwise)


@contextlib.contextmanager
def named(thing: str) -> Iterator[None]:
    """Say of what goes wrong inside that it is *thing* that does."""
    try:
        yield
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"{thing} fails: {type(error).__name__}: {error}") from error
