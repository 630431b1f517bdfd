"""Which probes are worth asking by a moment of a flight, and since when: nothing that is known only later counts."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.case import Case
from simulator.rounds import asking
from simulator.rounds.asking import Card
from simulator.run import Run

__all__ = ["lit"]


def lit(cards: Sequence[Card], run: Run, case: Case, until: float) -> dict[str, float]:
    """Return those of *cards* that were worth asking by *until* [s]: name -> the first moment at which it was so [s].

    A condition reads what had been read by the moment at which it is looked at, so the rest of *run* is of no weight;
    the figures of the landing are read at the landing. A card without a condition is worth asking from the start.
    """
    found = ((card.probe.name, _first(card, run, case)) for card in cards)
    return {name: at for name, at in found if at is not None and at <= until}


def _first(card: Card, run: Run, case: Case) -> float | None:
    return 0.0 if card.when is None else asking.lit(card.when, run, case)
