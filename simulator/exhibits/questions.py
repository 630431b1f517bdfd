"""Questions that many cases ask of a run, with answers that are computed from it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from simulator.books.tallies import flown
from simulator.exhibits import Claim, number
from simulator.learning.metrics import precision_at
from simulator.probes import Asked, Check
from simulator.units import Ints, dollars

__all__ = ["among_the_highest", "break_even", "either", "stopped_by"]

_Ask = Callable[[Asked], Check | None]


def either(it_is: bool, text: str, so: str, otherwise: str) -> Claim:
    """Return the claim that *text* makes with *so* in it, or with *otherwise* where it is not so."""
    said = text.format(so), text.format(otherwise)
    return Claim(*(said if it_is else said[::-1]))


def break_even(acting: str) -> _Ask:
    """_Ask from which probability on *acting* on the flight's median request was worth it, by the case's stakes."""

    def asking(asked: Asked) -> Check | None:
        ids, stakes = _flown(asked), asked.case.board.stakes
        if stakes is None or not len(ids):
            return None
        value = float(np.median(dollars(asked.run.requests.value[ids])))
        worth = stakes(asked.case.world_setting(), np.array([value]))
        gain, loss = float(worth.positive[0]), -float(worth.negative[0])
        ask = f"From which probability on was it better to {acting} of ${value:,.2f}, the median of this flight?"
        why = f"It is worth ${gain:,.2f} where that is right and costs ${loss:,.2f} where it is wrong."
        return number(ask, lambda _: loss / (gain + loss), "share", why=why)(asked)

    return asking


def among_the_highest(share: float, ask: str) -> _Ask:
    """_Ask for the share of positives among the *share* of requests with the highest scores, by the truth."""

    def truth(asked: Asked) -> float:
        ids = _flown(asked)
        top = max(1, round(share * len(ids)))
        labels = asked.tape.truths.label[ids]
        return precision_at(asked.run.outcomes.score[ids], labels, top) if len(ids) else math.nan

    return number(ask, truth, "share")


def stopped_by(cause: str, result: int, ask: str) -> _Ask:
    """_Ask for the value of the positives that ended in *result* after a posting made because of *cause*, for each
    such posting [$]; there is no question where there was none."""

    def truth(asked: Asked) -> float:
        run = asked.run
        ids = run.ledger.postings().request[run.ledger.caused_by(cause)]
        caught = ids[asked.tape.truths.label[ids] & (run.outcomes.result[ids] == result)]
        return float(dollars(run.requests.value[caught].sum())) / len(ids) if len(ids) else math.nan

    return number(ask, truth, "$")


def _flown(asked: Asked) -> Ints:
    ids = flown(asked.run.requests, asked.run.outcomes, asked.run.until)
    return ids[np.isfinite(asked.run.outcomes.score[ids])]
