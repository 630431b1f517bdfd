"""Questions whose answer is known from the run: a number, the one of several, the false one among claims."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simulator.exhibits.words import listed, phrase, said
from simulator.probes import Asked, Check
from simulator.streams import Streams

__all__ = ["Ask", "Claim", "false_one", "figure", "least", "number", "which"]

Ask = Callable[[Asked], Check | None]

_NEAR_NOTHING = {"share": 0.05}  # what a truth of 0 may be missed by where any share of it is 0; else 1 of its unit
_MOST = 6  # options
_THREE = 3


@dataclass(frozen=True)
class Claim:
    """Something that can be said of the run, as it is, and as it is not."""

    true: str
    false: str


def number(ask: str, truth: Callable[[Asked], float], unit: str, within: float = 0.2, why: str = "") -> Ask:
    """Ask for a number that *truth* computes; right is what lies *within* that share of it to either side.

    There is no question where the truth is not a number. A truth of 0 is met by less than 1 of its *unit*, or 0.05 of
    a share.
    """

    def asking(asked: Asked) -> Check | None:
        value: float | None = truth(asked)
        if value is None or not math.isfinite(value):
            return None
        tolerance = within * (abs(float(value)) or _NEAR_NOTHING.get(unit, 1.0))
        return figure(ask, float(value), unit, tolerance, why)

    return asking


def figure(ask: str, truth: float, unit: str, tolerance: float, why: str = "") -> Check:
    """Ask for the number *truth*; right is what lies no further than *tolerance* from it [*unit*]."""
    low, high = truth - tolerance, truth + tolerance
    low, high = max(low, 0.0) if truth >= 0 else low, min(high, 1.0) if unit == "share" and truth <= 1 else high
    ends = f"from {said(low, unit)} to {said(high, unit)}"
    because = f"{why} It is {said(truth, unit)}; any answer {ends} is right.".strip()
    return Check(ask, because, truth=truth, tolerance=tolerance, unit=unit)


def which(ask: str, values: Callable[[Asked], Mapping[str, float]], unit: str = "", why: str = "") -> Ask:
    """Ask which of the named *values* is the largest; the options are their names in words, in an order by the seed.

    There is no question with fewer than two numbers, or where the two largest read the same.
    """

    return lambda asked: _one_of(asked, ask, _falling(values(asked)), unit, why)


def least(ask: str, values: Callable[[Asked], Mapping[str, float]], unit: str = "", why: str = "") -> Ask:
    """Ask which of the named *values* is the smallest; else as `which`."""

    def asking(asked: Asked) -> Check | None:
        rising = dict(reversed(_falling(values(asked)).items()))
        return _one_of(asked, ask, rising, unit, why)

    return asking


def false_one(claims: Callable[[Asked], Sequence[Claim]], ask: str = "Which of these three is false?") -> Ask:
    """Ask which of three claims about the run is false; one of them is turned round by the seed of the run.

    The three are drawn from those that say something of their own; there is no question with fewer.
    """

    def asking(asked: Asked) -> Check | None:
        apart = _apart(claims(asked))
        if len(apart) < _THREE:
            return None
        luck = Streams(asked.run.seed).get("exhibits", ask, *(claim.true for claim in apart))
        chosen = [apart[place] for place in luck.permutation(len(apart))[:_THREE].tolist()]
        turned = int(luck.integers(_THREE))
        options = tuple(claim.false if place == turned else claim.true for place, claim in enumerate(chosen))
        because = f"In truth: {chosen[turned].true} The others are so."
        return Check(ask, because, options, turned)

    return asking


def _one_of(asked: Asked, ask: str, ranked: Mapping[str, float], unit: str, why: str) -> Check | None:
    """Ask for the first of the *ranked* values."""
    numbers = list(ranked.values())
    if len(numbers) < 2 or said(numbers[0], unit) == said(numbers[1], unit):
        return None
    options = list(ranked)[:_MOST]
    right = options[0]
    Streams(asked.run.seed).get("exhibits", ask).shuffle(options)
    because = f"{why} {listed(ranked, unit, _MOST)}.".strip()
    return Check(ask, because, tuple(options), options.index(right))


def _falling(values: Mapping[str, float | None]) -> dict[str, float]:
    """Return the *values* that are numbers, the largest first."""
    finite = {phrase(name): float(v) for name, v in values.items() if v is not None and math.isfinite(v)}
    return dict(sorted(finite.items(), key=lambda item: -item[1]))


def _apart(claims: Sequence[Claim]) -> list[Claim]:
    """Return the *claims* of which no text is that of another."""
    kept, texts = [], set[str]()
    for claim in claims:
        if claim.true != claim.false and not {claim.true, claim.false} & texts:
            kept.append(claim)
            texts |= {claim.true, claim.false}
    return kept
