"""Behaviours that show in what becomes of a model's versions: trained for nothing, in time, or given up too early."""

from __future__ import annotations

from simulator.learning.models import MODELS
from simulator.rubric import Log, Occasion
from simulator.rules.decided import Rule
from simulator.units import date, length

__all__ = ["learned_anew", "not_trained_for", "stayed_with"]


def not_trained_for(incident: str, after: float) -> Rule:
    """Ask whether nothing but the calendar ordered a training from *incident* on until *after* [s] its end."""

    def occasions(log: Log) -> list[Occasion]:
        happened = log.happened(incident)
        if happened is None:
            return []
        notes = [e for e in log.run.journal if happened.at <= e.at < happened.end + after]
        jobs = [e.text for e in notes if e.name in ("ordered", "retrain") and "(schedule)" not in e.text]
        said = f"{len(jobs)} ordered, first: {jobs[0]}" if jobs else "no training was ordered but by the calendar"
        return [Occasion(happened.at, not jobs, f"{_told(log, incident, happened.at)}: {said}")]

    return occasions


def learned_anew(incident: str, within: float, delay: float) -> Rule:
    """Ask whether *within* [s] after *incident* a version was live that had mostly learned of what came after it.

    Labels take *delay* [s]. An online model learns of them as they come.
    """

    def occasions(log: Log) -> list[Occasion]:
        happened = log.happened(incident)
        if happened is None or happened.at + within > log.run.until:
            return []
        soon = [e.name for e in log.run.journal if e.kind == "version" and e.at <= happened.at + within]
        live = [version for version in log.run.versions if f"v{version.number}" in soon]
        new = [v for v in live if v.since + v.trained_at - delay > 2 * happened.at]
        online = MODELS[str(log.run.plan.design.values()["model"])].online
        said = "an online model" if online else f"version {new[0].number}" if new else "none"
        text = (
            f"{_told(log, incident, happened.at)}: live {length(within, log.tick)} later with mostly newer rows: {said}"
        )
        return [Occasion(happened.at, online or bool(new), text)]

    return occasions


def stayed_with(incident: str, within: float, unless: str) -> Rule:
    """Ask whether nobody rolled back *within* [s] after *incident*; while the incident *unless* lasts one may."""

    def occasions(log: Log) -> list[Occasion]:
        happened, fault = log.happened(incident), log.happened(unless)
        if happened is None:
            return []
        steps = [s for s in log.steps("roll_back") if happened.at <= s.at < happened.at + within]
        back = [s for s in steps if fault is None or not fault.at <= s.at <= fault.end]
        said = f"rolled back on {date(back[0].at, log.tick)}" if back else "nobody rolled back"
        return [Occasion(happened.at, not back, f"{_told(log, incident, happened.at)}: {said}")]

    return occasions


def _told(log: Log, incident: str, at: float) -> str:
    return f"{incident.replace('_', ' ')} ({date(at, log.tick)})"
