"""All that the reports of a round are written from, put together: what was flown, done, said, marked and found out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from simulator.debrief.results import Debrief
from simulator.probes import Posed
from simulator.record import Answer, Record
from simulator.report.decided import decisions
from simulator.report.words import tick_of
from simulator.rounds.fitted import Card, Fitted
from simulator.rounds.keeping import Kept, asked_at, kept
from simulator.rounds.recorded import Recorded
from simulator.rounds.sheet import Sheet, Sighting, sheet_of, sighted
from simulator.rounds.standing import Standing, stood
from simulator.run import Run
from simulator.score import Yardstick, score

__all__ = ["After", "after", "sitting"]

_REQUIREMENT_SHOWS = "framing"  # what is asked for has changed: whoever notices frames the problem anew


@dataclass(frozen=True)
class After:
    """A round that is over."""

    played: Recorded
    fitted: Fitted
    debrief: Debrief
    """the whole, or only what it begins with"""
    standing: Standing
    kept: Kept | None
    """what became of the requirement; None = there was none, or it was not said"""
    sheet: Sheet

    @property
    def tick(self) -> float:
        """The step [s] in which the case is told."""
        return tick_of(self.debrief)

    def card(self, probe: str) -> Card | None:
        """Return the card of a *probe*, if the script has one."""
        return next((card for card in self.fitted.cards if card.probe.name == probe), None)

    def posed(self, probe: str) -> Posed | None:
        """Return a *probe* as asked of this run."""
        return next((posed for posed in self.debrief.posed if posed.name == probe), None)


def after(
    played: Recorded, fitted: Fitted, run: Run, debrief: Debrief, known: Yardstick | None = None
) -> After:  # fmt: skip
    """Put together what is known of a round that was *played* and flown again as *run*; *debrief* belongs to that run,
    and to who was `sitting` in it. *known* saves flying weak and expert again."""
    standing = stood(fitted.script.minutes, played.deeds, max((deed.at for deed in played.deeds), default=0.0))
    requirement, at = fitted.script.requirement, asked_at(fitted, played.deeds, alone=played.alone)
    found = kept(fitted.case, run, requirement, at) if requirement else None
    fair = _fair(played, fitted, run, debrief, known)
    bare = After(played, fitted, fair, standing, found, Sheet(()))
    seen = sighted(fitted.case, run, fair.score, sitting(played))
    for dimension, one in _besides(bare):
        seen.setdefault(dimension, []).append(one)
    return replace(bare, sheet=sheet_of(fitted.script, fair.score, standing.marks, _heard(bare), seen))


def sitting(played: Recorded) -> Record | None:
    """Return what is known of who sat in a flight, with what they replied in the room; None = nobody did."""
    if not played.sat:
        return None
    known = {answer.probe for answer in played.record.answers}
    replies = {deed.what: deed.data for deed in played.deeds if deed.kind == "reply"}
    more = (_answer(probe, reply) for probe, reply in replies.items() if probe not in known)
    return replace(played.record, answers=(*played.record.answers, *more))


def _answer(probe: str, reply: Mapping[str, object]) -> Answer:
    number = reply.get("number")
    said = float(number) if isinstance(number, int | float) else None
    return Answer(probe, str(reply.get("choice", "")), said, str(reply.get("words", "")))


def _fair(played: Recorded, fitted: Fitted, run: Run, debrief: Debrief, known: Yardstick | None) -> Debrief:
    """Return the *debrief* with the score of a round: a question that was not put to the candidate counts for
    nothing."""
    record = sitting(played)
    if record is None:
        return debrief
    put = {deed.what for deed in played.deeds if deed.kind == "ask"} | {answer.probe for answer in record.answers}
    asked = [posed for posed in debrief.posed if posed.name in put]
    if not any(posed.check and posed.worth_asking and posed.name not in put for posed in debrief.posed):
        return debrief
    return replace(debrief, score=score(fitted.case, run, record, asked, known))


# what the score card does not have


def _besides(after: After) -> Iterator[tuple[str, Sighting]]:
    """Yield what else was seen, and where it belongs: the requirement, and hints that were needed."""
    if after.kept is not None:
        for told, good in _parts(after.kept):
            yield _REQUIREMENT_SHOWS, Sighting(after.kept.at, f"the requirement: {told}", good)
    for probe in after.standing.rescued:
        if (card := after.card(probe)) is not None:
            yield card.probe.dimension, Sighting(None, f"needed the hint: {card.probe.question}", False)


def _parts(found: Kept) -> Iterator[tuple[str, bool | None]]:
    yield from ((one.told, one.kept) for one in found.held)
    yield from ((one.told, one.kept) for one in found.met)


def _heard(after: After) -> list[Sighting]:
    """Return what was said: how many decisions came with a reason, the reasons, and replies in words."""
    made = decisions(after.debrief)
    reasons = [Sighting(one.at, f"{one.what}: “{one.why}”", None) for one in made if one.why]
    count = (
        [Sighting(None, f"{len(reasons)} of {len(made)} decisions in flight came with a reason", None)] if made else []
    )
    return [*count, *reasons, *_replies(after)]


def _replies(after: After) -> Iterator[Sighting]:
    for probe, reply in after.standing.replies.items():
        posed, words = after.posed(probe), str(reply.get("words", ""))
        if posed is not None and words:
            yield Sighting(None, f"{posed.question} “{words}”", None)
