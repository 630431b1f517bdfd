"""Checks of the whiteboard: it holds each decision once, and names nothing that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.case import Case
from simulator.check.short import must, short

__all__ = ["board"]


def board(case: Case) -> str:
    """The boxes hold every decision once, and name nothing that is not there."""
    places = case.places()
    must(*_all_once("place", [place.name for place in places]))
    must(*_each_in_one("dial", [d for p in places for d in p.dials], [d.name for d in case.design.dials()]))
    must(*_each_in_one("act", [a for p in places for a in p.acts], list(case.acts)))
    for place in places:
        must(not (lost := set(place.to) - {p.name for p in places}), f"place {place.name} hands on to {_named(lost)}")
    _gauges_are_read(case)
    _answers(case)
    _names_reach(case)
    return f"{len(places)} places, {len(case.board.questions)} questions"


def _all_once(what: str, names: list[str]) -> tuple[bool, str]:
    twice = {name for name in names if names.count(name) > 1}
    return not twice, f"{what} {_named(twice)} stands on the board twice"


def _each_in_one(what: str, placed: list[str], there: list[str]) -> tuple[bool, str]:
    """Tell whether what is *there* is *placed* once, each, and what is wrong if it is not."""
    once, why = _all_once(what, placed)
    if not once:
        return once, why
    missing, odd = set(there) - set(placed), set(placed) - set(there)
    return not missing | odd, f"{what} {_named(missing or odd)} {'is in no place' if missing else 'is unknown'}"


def _gauges_are_read(case: Case) -> None:
    shown = {gauge for place in case.places() for gauge in place.gauges}
    if shown:
        unread = shown - set(short(case).gauges.names())
        must(not unread, f"gauge {_named(unread)} is never read")


def _answers(case: Case) -> None:
    setting = case.world_setting().values()
    for question in case.board.questions:
        try:
            question.answered(setting)
        except (KeyError, ValueError) as error:
            raise AssertionError(f"the answer to {question.ask!r} has a wrong placeholder: {error}") from None
        must(0 <= question.after < case.horizon, f"the answer to {question.ask!r} comes after the flight")


def _names_reach(case: Case) -> None:
    """Whatever a short flight shows has a name, where names are given."""
    board, run = case.board, short(case)
    counted = {
        "actions": (board.actions, int(max(run.outcomes.action.max(initial=0), *board.acted, 0))),
        "results": (board.results, int(run.outcomes.result.max(initial=0))),
        "segments": (board.segments, int(run.requests.segment.max(initial=0))),
        "features": (board.features, run.requests.X.shape[1] - 1),
    }
    for what, (names, most) in counted.items():
        must(not names or most < len(names), f"{len(names)} names of {what} are too few: there are {most + 1}")


def _named(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
