"""Votes on the next decision: what may be chosen, what the flyer did then, and how the two compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboard import words
from dashboard.rooms import Entry
from simulator.case import Case
from simulator.design import Dial
from simulator.plan import Act, Change, Plan
from simulator.rounds.standing import Ballot
from simulator.store import Flight

__all__ = [
    "NOTHING", "Choice", "choices", "decided", "is_over", "opening", "snapshot", "steps_since", "tally", "told",
    "told_in_short",
]  # fmt: skip

NOTHING = "nothing"
"""the choice to leave it alone"""
_WAYS = {"up": "up", "down": "down"}


@dataclass(frozen=True)
class Choice:
    """Something that may be done next."""

    what: str
    """`turn DIAL`, `do ACT` or NOTHING"""
    label: str
    ways: Mapping[str, str]
    """way -> how it is written; empty = there is but one"""


def choices(case: Case) -> list[Choice]:
    """Return what may be decided in flight: turn a live dial, do an act, or leave it alone."""
    dials = [Choice(f"turn {dial.name}", dial.label, _ways(dial)) for dial in case.design.dials() if dial.live]
    acts = [Choice(f"do {name}", act.label, {}) for name, act in case.acts.items()]
    return [*dials, *acts, Choice(NOTHING, "Leave it alone", {})]


def _ways(dial: Dial) -> Mapping[str, str]:
    if dial.kind in ("number", "integer"):
        return _WAYS
    if dial.kind == "switch":
        return {"True": "on", "False": "off"}
    return {option: option.replace("_", " ") for option in dial.options}


def told(case: Case, choice: str) -> str:
    """Write a choice for people; one that says nothing of this *case* is written as it stands."""
    what, _, way = choice.partition(" to ")
    found = next((one for one in choices(case) if one.what == what), None)
    if found is None:
        return choice
    return f"{found.label}: {found.ways.get(way, way)}" if way else found.label


# --- what the flyer did ----------------------------------------------------------------------------------------


def snapshot(flight: Flight | None) -> dict[str, Any]:
    """Return how much had been decided when a ballot was opened, as its deed keeps it."""
    plan = flight.plan if flight else {}
    return {"open": True, "changes": len(plan.get("changes", ())), "acts": len(plan.get("acts", ()))}


def opening(entry: Entry, number: str) -> tuple[int, int]:
    """Return how many changes and acts had been decided when ballot *number* was opened."""
    deeds = (deed for deed in entry.room.deeds if deed.kind == "vote" and deed.what == number and deed.data.get("open"))
    data: Mapping[str, Any] = next((deed.data for deed in deeds), {})
    return _count(data.get("changes")), _count(data.get("acts"))


def _count(said: object) -> int:
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else 0


def steps_since(entry: Entry, ballot: Ballot, plan: Plan) -> tuple[Change | Act, ...]:
    """Return what was decided first after a *ballot* was opened, and before the next one was: all of that moment."""
    changes, acts = opening(entry, ballot.number)
    later = entry.standing.ballots[entry.standing.ballots.index(ballot) + 1 :]
    ends = opening(entry, later[0].number) if later else (None, None)
    fresh: list[Change | Act] = [*plan.changes[changes : ends[0]], *plan.acts[acts : ends[1]]]
    first = min((step.at for step in fresh), default=0.0)
    return tuple(step for step in fresh if step.at == first)


def is_over(entry: Entry, ballot: Ballot, plan: Plan | None) -> bool:
    """Tell whether a *ballot* is closed: by hand, or since the flyer has decided."""
    return not ballot.open or (plan is not None and bool(steps_since(entry, ballot, plan)))


def decided(plan: Plan, steps: Sequence[Change | Act]) -> list[str]:
    """Return the choices that the *steps* of a *plan* come to."""
    return [choice for step in steps for choice in _choices_of(plan, step)]


def _choices_of(plan: Plan, step: Change | Act) -> Iterator[str]:
    if isinstance(step, Act):
        yield f"do {step.name}"
        return
    stood = plan.design.values()
    for change in plan.changes[: plan.changes.index(step)]:
        stood |= change.dials
    for name, value in step.dials.items():
        if value != stood[name]:
            yield f"turn {name} to {_way(stood[name], value)}"


def _way(before: Any, after: Any) -> str:
    if isinstance(after, bool) or not isinstance(after, int | float):
        return str(after)
    return "up" if after > before else "down"


# --- side by side ----------------------------------------------------------------------------------------------


def tally(case: Case, ballot: Ballot, done: Sequence[str]) -> str:
    """Write the votes as bars, the most first, beside what was *done*; whatever is text in it is escaped."""
    counts = Counter(choice for choice, _ in ballot.votes.values())
    rows = [*counts, *(choice for choice in done if choice not in counts)]
    items = "".join(
        _item(case, ballot, choice, counts[choice], choice in done) for choice in sorted(rows, key=_by(counts))
    )
    return f'<ol class="tally" aria-label="Votes">{items}</ol>'


def _by(counts: Mapping[str, int]) -> Any:
    return lambda choice: (-counts.get(choice, 0), choice)


def _item(case: Case, ballot: Ballot, choice: str, count: int, taken: bool) -> str:
    whole = max(1, len(ballot.votes))
    label = escape(told(case, choice)) + (" <span>✓ the flyer did this</span>" if taken else "")
    reasons = [why for said, why in ballot.votes.values() if said == choice and why]
    quoted = "".join(f"<li>{escape(why)}</li>" for why in reasons)
    return (
        f'<li class="{"taken" if taken else ""}"><div><span>{label}</span><span>{count}</span></div>'
        f'<div class="bar"><span style="width:{100 * count / whole:.1f}%"></span></div>'
        f"{f'<ul>{quoted}</ul>' if quoted else ''}</li>"
    )


def told_in_short(case: Case, ballot: Ballot, done: Sequence[str]) -> str:
    """Say in a sentence how many voted, and how many of them for what the flyer did."""
    votes = len(ballot.votes)
    with_it = sum(choice in done for choice, _ in ballot.votes.values())
    cast = f"{words.count(votes)} vote{'s' * (votes != 1)}"
    if not done:
        return f"{cast}; the flyer has decided nothing since."
    return f"{cast}, {with_it} for what the flyer did: {', '.join(told(case, choice) for choice in done)}."
