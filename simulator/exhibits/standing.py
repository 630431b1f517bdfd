"""The four probes that every case is asked, and all the probes of a case."""

from __future__ import annotations

from simulator.case import Case
from simulator.exhibits.balance import CLASS_BALANCE
from simulator.exhibits.degrading import HOW_IT_DEGRADES
from simulator.exhibits.hindsight import DIFFERENTLY_NOW
from simulator.exhibits.metric import WHY_THAT_METRIC
from simulator.probes import Probe

__all__ = ["STANDING", "probes_of"]

STANDING: tuple[Probe, ...] = (WHY_THAT_METRIC, CLASS_BALANCE, HOW_IT_DEGRADES, DIFFERENTLY_NOW)
"""asked of every case"""


def probes_of(case: Case) -> tuple[Probe, ...]:
    """Return the standing probes, then those of *case*; one of the same name stands in for the standing one."""
    own = {probe.name: probe for probe in case.probes}
    standing = {probe.name: own.pop(probe.name, probe) for probe in STANDING}
    return (*standing.values(), *own.values())
