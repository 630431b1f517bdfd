"""Finds in a case what a script names: its gauges and figures, moments of its flight."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.case import Case
from simulator.conditions import Condition, read_condition
from simulator.errors import BadInput, unknown
from simulator.rounds.fitting_words import of_key, span, wrong
from simulator.simulation import fly
from simulator.units import typed

__all__ = ["checked_condition", "checked_gauge", "gauges_of", "moment"]

_PEEK = 10  # ticks of a flight in which a case without a board shows its gauges


def moment(key: str, value: object, case: Case) -> float:
    """Read a moment of a flight of *case* [s]."""
    at = span(key, value)
    if at >= case.horizon:
        raise wrong(key, value, f"a time before the end of the flight, {typed(case.horizon, case.tick)}")
    return at


def gauges_of(case: Case) -> tuple[str, ...]:
    """List the gauges that *case* reads: as its screens have them, or as they show up soon after a take-off."""
    told = dict.fromkeys([*case.watched, *(gauge for place in case.places() for gauge in place.gauges)])
    return tuple(told) or _seen(_Peek(case.build, case))


@dataclass(frozen=True)
class _Peek:
    """A case to look into; its parts say what is read there, whatever its scenario."""

    build: Callable[..., object]
    case: Case = field(compare=False)


@functools.lru_cache(maxsize=16)
def _seen(peek: _Peek) -> tuple[str, ...]:
    case, until = peek.case, min(_PEEK * peek.case.tick, peek.case.horizon)
    return tuple(fly(case, next(iter(case.pars)), until=until).gauges.names()) if case.pars else ()


def checked_gauge(key: str, value: str, case: Case) -> str:
    """Return *value* if it is a gauge of *case*."""
    with of_key(key, value):
        known = gauges_of(case)
        if value not in known:
            raise unknown("gauge", value, known)
    return value


def checked_condition(key: str, text: str, case: Case, landed: bool = False) -> Condition:
    """Read a condition on a run of *case*; one that is asked when it has *landed* may name its figures as well."""
    with of_key(key, text):
        test = read_condition(text)
        test.checked_dials([dial.name for dial in case.design.dials()])
        _checked_names(sorted(test.names), case, landed)
    return test


def _checked_names(names: Sequence[str], case: Case, landed: bool) -> None:
    gauges = gauges_of(case) if names else ()
    for name in names:
        if name in gauges or (landed and name in case.kpis):
            continue
        if name in case.kpis:
            raise BadInput(f"{name} is known only when the flight has landed; gauges: {', '.join(gauges) or 'none'}")
        raise unknown("gauge", name, [*gauges, *case.kpis] if landed else gauges)
