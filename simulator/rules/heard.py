"""Further behaviours in a few words: rules that are asked of some flights only, and whether a model heard of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.rubric import Log, Occasion
from simulator.rules.decided import Rule
from simulator.units import date, length

__all__ = ["relearned", "where"]


def where(kpi: str, *rules: Rule) -> Rule:
    """Ask all of the *rules*, but only of flights in which there was some of a *kpi*."""
    return lambda log: [one for rule in rules for one in rule(log)] if log.run.kpis().get(kpi, 0.0) > 0 else []


def relearned(incident: str, soon: float, within: float, at_once: Callable[[Any], bool]) -> Rule:
    """Ask, once *within* [s] have gone by since *incident* began, whether what it changed had been learned.

    A version was trained on data cut between *soon* [s] and then, or the design learned from each label *at_once*.
    """

    def occasions(log: Log) -> list[Occasion]:
        happened = log.happened(incident)
        if happened is None or happened.at + within > log.run.until:
            return []
        first, last = happened.at + soon, happened.at + within
        made = [version for version in log.run.versions if first <= version.trained_at <= last]
        online = at_once(log.design_at(happened.at))
        told = "each label was learned as it landed" if online else f"no version was made within {_long(within, log)}"
        if made and not online:
            told = f"version {made[0].number} was made {_long(made[0].trained_at - happened.at, log)} later"
        name = incident.replace("_", " ")
        return [Occasion(happened.at, bool(made) or online, f"{name} ({date(happened.at, log.tick)}): {told}")]

    return occasions


def _long(time: float, log: Log) -> str:
    return length(round(time / log.tick) * log.tick, log.tick)
