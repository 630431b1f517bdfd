"""What a script will cost to fly: estimated from the settings of its world and its events, before anything is drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from simulator.case import Case
from simulator.conditions import Condition
from simulator.errors import BadInput
from simulator.incidents import Incident
from simulator.units import DAY, HOUR, MINUTE

__all__ = ["Cost", "estimate", "refuse"]

_MOST_REQUESTS, _MOST_INCIDENTS, _MOST_LOOKS = 2_000_000, 100, 1_000_000
_LOOKS = 24  # at a condition, in each tick of a case
_RATE = re.compile(r"(?:.*/|(?:.* )?(?:a|an|per) )(s|second|minute|hour|day)")
_PERIOD = {"s": 1.0, "second": 1.0, "minute": MINUTE, "hour": HOUR, "day": DAY}
_COMPARED = re.compile(r"[<>]|changed")


@dataclass(frozen=True)
class Cost:
    """What flying a case takes, roughly."""

    usual: Mapping[str, float]
    """world setting that is a rate -> requests of the flight"""
    added: Mapping[str, float]
    """incident -> requests that are drawn for it: for any moment of the flight, if it waits for one"""
    incidents: int
    looks: float
    """at the conditions of incidents: comparisons in all"""

    @property
    def requests(self) -> float:
        """All requests that are drawn for the flight."""
        return math.fsum([*self.usual.values(), *self.added.values()])


def estimate(case: Case) -> Cost:
    """Estimate what flying *case* takes, under its scenario.

    What comes as requests is told by the units of its settings: a rate that is no price, such as `a day`.
    """
    values, incidents = case.world_setting().values(), case.incidents(0)
    usual = {
        dial.name: float(values[dial.name]) * case.horizon / period
        for dial in case.setting.dials()
        if dial.kind in ("number", "integer") and (period := _period(dial.unit))
    }
    base = math.fsum(usual.values())
    added = {one.name: base * _share(case, values, one) for one in incidents if _adds(case, one)}
    looks = math.fsum(_comparisons(one) for one in incidents) * _LOOKS * case.horizon / case.tick
    return Cost(usual, added, len(incidents), looks)


def refuse(case: Case) -> None:
    """Raise BadInput for a case that costs too much; it names the setting or the incident that most of it is for."""
    cost = estimate(case)
    if cost.incidents > _MOST_INCIDENTS:
        raise BadInput(f"{cost.incidents} events and incidents are too many; at most {_MOST_INCIDENTS} are allowed")
    if cost.requests > _MOST_REQUESTS:
        what = _largest(case, cost)
        raise BadInput(f"{what}: {cost.requests:,.0f} requests would be drawn; at most {_MOST_REQUESTS:,} are allowed")
    if cost.looks > _MOST_LOOKS:
        raise BadInput(
            f"conditions of events: {cost.looks:,.0f} comparisons would be made; at most {_MOST_LOOKS:,} are allowed"
        )


def _period(unit: str) -> float:
    """Return the time [s] in which a setting with this *unit* counts requests; 0 = it does not."""
    found = None if "$" in unit else _RATE.fullmatch(unit)
    return _PERIOD[found[1]] if found else 0.0


def _adds(case: Case, incident: Incident) -> bool:
    """Tell whether an incident adds requests: what is on the tape and cannot wait only changes those there are."""
    kind = case.kinds[incident.kind]
    return kind.on_tape and not kind.always


def _share(case: Case, values: Mapping[str, object], incident: Incident) -> float:
    """Return how many requests an incident adds, as a share of the usual ones of the flight."""
    of = values.get(case.kinds[incident.kind].of, 1.0)
    size = incident.size * (of if isinstance(of, int | float) else 1.0)
    lasts = min(incident.end, case.horizon) - incident.at
    return size * (1.0 if incident.when else max(lasts, 0.0) / case.horizon)


def _comparisons(incident: Incident) -> int:
    if isinstance(incident.when, Condition):
        return 1 + len(_COMPARED.findall(incident.when.text))
    return 1 if incident.when else 0


def _largest(case: Case, cost: Cost) -> str:
    """Name what most requests are for, with its value."""
    setting = max(cost.usual, key=lambda name: cost.usual[name])
    event = max(cost.added, key=lambda name: cost.added[name], default="")
    if event and cost.added[event] > cost.usual[setting]:
        size = next(incident.size for incident in case.incidents(0) if incident.name == event)
        return f"event {event!r} of size {size:g}"
    return f"scenario.world.{setting} = {case.world_setting().values()[setting]:g}"
