"""What happened in a round, line by line: phases, events, notes, questions, and what was decided, with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulator.debrief.results import Debrief, Event
from simulator.report.decided import decisions
from simulator.report.words import named
from simulator.rounds.standing import REQUIREMENT
from simulator.rounds.written_facts import After
from simulator.store.deeds import Deed
from simulator.units import MINUTE

__all__ = ["Told", "timeline"]

_MOST_LINES = 400


@dataclass(frozen=True)
class Told:
    """A line."""

    at: float
    """of the flight, as far as it was known [s]"""
    minute: float | None
    """since the round began [min]; None = not known"""
    kind: str
    text: str
    why: str = ""


def timeline(after: After) -> tuple[Told, ...]:
    """Return what happened in a round in order: in the room, and in the flight."""
    deeds, begun = after.played.deeds, min((deed.at for deed in after.played.deeds), default=0.0)
    moments = accumulate((deed.moment for deed in deeds), max)  # a screen may have gone back; the round did not
    room = (_told(after, deed, at, begun) for deed, at in zip(deeds, moments, strict=True))
    lines = [line for line in room if line is not None]
    if after.kept is not None and not any(deed.kind == "done" and deed.what == REQUIREMENT for deed in deeds):
        lines.append(Told(after.kept.at, None, "requirement", _requirement(after)))
    found = sorted([*lines, *_flown(after.debrief)], key=lambda line: line.at)
    left_out = len(found) - _MOST_LINES
    more = [Told(found[-1].at, None, "and so on", f"{left_out} lines more")] if left_out > 0 else []
    return (*found[:_MOST_LINES], *more)


# the flight


def _flown(debrief: Debrief) -> Iterator[Told]:
    """Yield what happened in a flight, and what was decided in it."""
    yield from _happened(debrief.truth.events)
    yield from (Told(one.at, None, "decision", one.what, one.why) for one in decisions(debrief))


def _happened(events: Sequence[Event]) -> Iterator[Told]:
    """Yield incidents, and alarms: one that rings on is told once."""
    rung: dict[str, int] = {}
    for event in events:
        if event.kind == "alarm":
            rung[event.name] = rung.get(event.name, 0) + 1
    told: set[str] = set()
    for event in events:
        if event.kind == "incident":
            yield Told(event.at, None, "event" if event.seen else "hidden event", event.text or named(event.name))
        elif event.kind == "alarm" and event.name not in told:
            told.add(event.name)
            again = f" (rang {rung[event.name]} times)" if rung[event.name] > 1 else ""
            yield Told(event.at, None, "alarm", (event.text or named(event.name)) + again)


# the room


def _told(after: After, deed: Deed, at: float, begun: float) -> Told | None:
    write = _WRITTEN.get(deed.kind)
    if write is None:
        return None  # marks and private notes stand elsewhere
    minute = round((deed.at - begun) / MINUTE, 2) if deed.at > 0 else None
    kind, text = write(after, deed)
    return Told(at, minute, kind, text, str(deed.data.get("why", "")))


_Line = tuple[str, str]


def _phase(after: After, deed: Deed) -> _Line:
    return "phase", "the round is over" if deed.what == "over" else f"{deed.what} begins"


def _clock(after: After, deed: Deed) -> _Line:
    if deed.kind == "hold":
        return "clock", "paused" if deed.data.get("held") else "goes on"
    if deed.kind == "extra":
        return "clock", f"extra time: {deed.data.get('factor', 1):g} times as long"
    return "clock", f"{deed.what}: {deed.data.get('minutes', 0):+g} minutes"


def _ordered(after: After, deed: Deed) -> _Line:
    what = REQUIREMENT if deed.kind == "require" else named(deed.what)
    return "order", f"{what}: {deed.data.get('do', 'say it')}"


def _done(after: After, deed: Deed) -> _Line:
    if deed.what == REQUIREMENT:
        return REQUIREMENT, _requirement(after)
    did = {"fire": "fired by hand", "skip": "left out", "delay": "put off"}.get(str(deed.data.get("do")), "done")
    return "steered", f"{named(deed.what)}: {did}"


def _requirement(after: After) -> str:
    asked = after.fitted.script.requirement
    return asked.says if asked else ""


def _note(after: After, deed: Deed) -> _Line:
    sender = str(deed.data.get("from", ""))
    return "note", f"{sender}: {deed.data.get('text', '')}" if sender else str(deed.data.get("text", ""))


def _probe(after: After, deed: Deed) -> _Line:
    card = after.card(deed.what)
    question = card.probe.question if card else named(deed.what)
    if deed.kind == "rescue":
        return "hint", f"{question} {card.rescue if card else ''}".strip()
    return ("question", question) if deed.kind == "ask" else ("answer", f"{question} {_reply(deed.data)}")


def _reply(data: Mapping[str, object]) -> str:
    said = [str(data.get(name, "")) for name in ("choice", "words")]
    number = data.get("number")
    figures = [f"{number:g}"] if isinstance(number, int | float) else []
    return " · ".join(f"“{part}”" for part in (*figures, *said) if part)


def _fact(after: After, deed: Deed) -> _Line:
    facts = after.fitted.script.fact
    place = int(deed.what) if deed.what.isdecimal() else len(facts)
    return "asked", f"{facts[place].ask} {facts[place].answer}" if place < len(facts) else f"question {deed.what}"


def _hint(after: After, deed: Deed) -> _Line:
    hints = after.fitted.case.behaviours
    place = int(deed.what) if deed.what.isdecimal() else len(hints)
    return "hint", hints[place].text if place < len(hints) else f"hint {deed.what}"


def _vote(after: After, deed: Deed) -> _Line:
    if deed.kind == "vote":
        return "vote", f"{deed.what}: {'open' if deed.data.get('open') else 'closed'}"
    number, _, voter = deed.what.partition("/")
    return "vote", f"{number}: {voter} for {deed.data.get('choice', '')}"


def _flight(after: After, deed: Deed) -> _Line:
    return "flight", "take-off"


_WRITTEN: Mapping[str, Callable[[After, Deed], _Line]] = {
    "phase": _phase, "hold": _clock, "extend": _clock, "extra": _clock, "order": _ordered, "require": _ordered,
    "done": _done, "note": _note, "ask": _probe, "rescue": _probe, "reply": _probe, "fact": _fact, "hint": _hint,
    "vote": _vote, "ballot": _vote, "flight": _flight,
}  # fmt: skip
