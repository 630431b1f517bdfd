"""A script on its case: whatever it names has been found there, or said to be wrong in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.case import Case
from simulator.conditions import Condition
from simulator.probes import Probe
from simulator.rounds.script import Script

__all__ = ["Card", "Fitted", "Planned", "dressed", "fitted"]


@dataclass(frozen=True)
class Planned:
    """An event that can be steered: fired now, put off, or left out."""

    name: str
    about: str
    """what it does, in a sentence"""
    says: str
    """what the candidate is told; empty = nothing"""
    at: float
    """when it is due, or no sooner than [s]"""
    lasts: float
    """[s]; 0 = for good"""
    when: str
    """its condition in the scenario as long as nobody steers it: `since ...`, `never` (by hand), or what is written"""
    by_hand: bool
    note: str
    """for the interviewer"""


@dataclass(frozen=True)
class Card:
    """A probe with what an interviewer needs besides."""

    probe: Probe
    when: Condition | None
    """worth asking once it held; None = always"""
    show: tuple[str, ...]
    """gauges whose readings are the evidence"""
    rescue: str


@dataclass(frozen=True)
class Fitted:
    """A script on its case."""

    script: Script
    case: Case
    """under the script's scenario, its events latent in it; it asks the script's probes and knows its facts"""
    events: tuple[Planned, ...]
    cards: tuple[Card, ...]
    """the script's, or all of the case where the script names none"""


def fitted(script: Script, load: Callable[[str], Case], *, alone: bool = False) -> Fitted:
    """Put *script* on its case; BadInput names what the case does not have, and what it has.

    *alone*: nobody sits there, so what is `by hand` happens when it is due, and the requirement holds.
    """
    raise NotImplementedError


def dressed(case: Case, script: Script) -> Case:
    """Return *case*, under whatever scenario, with the facts and probes of *script*."""
    raise NotImplementedError
