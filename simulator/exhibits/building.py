"""Builds exhibits: figures, readings of gauges, accounts, and the charts of the evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from simulator.errors import unknown
from simulator.evidence import EVIDENCE, compute
from simulator.evidence.plain import number
from simulator.exhibits.pictures import PICTURES
from simulator.exhibits.series import lines, recited
from simulator.exhibits.words import listed, phrase, said, told
from simulator.probes import Asked, Chart, Exhibit
from simulator.units import dollars

__all__ = ["Build", "accounts", "charted", "compared", "figures", "readings", "spread"]

Build = Callable[[Asked], Exhibit]

_RESTS_ON = {
    "thresholds": "a score that is acted on, labels, and what acting is worth",
    "calibration": "a score that is acted on, and labels",
    "scores": "a score that is acted on, and labels",
    "maturity": "labels",
    "drift": "features",
    "waterfall": "stages that requests are followed through",
    "latency": "answers that take time",
}
_QUANTILES = {"5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95}


def figures(*kpis: str, say: str = "") -> Build:
    """Show KPIs of the run, a bar each where their units agree; *say* goes first."""

    def built(asked: Asked) -> Exhibit:
        found = asked.run.kpis()
        units = {name: asked.case.kpis[name].unit if name in asked.case.kpis else "" for name in kpis}
        words = ", ".join(told(name, found.get(name), unit) for name, unit in units.items())
        text = _sentences(say, words)
        if len(units) < 2 or len(set(units.values())) > 1:
            return Exhibit(text)
        unit = next(iter(units.values()))
        return Exhibit(text, _bars("Figures of this flight", unit, {name: found.get(name) for name in units}))

    return built


def readings(*gauges: str, say: str = "") -> Build:
    """Show gauges (of one unit) over the flight, with the incidents that happened, and few decisions."""

    def built(asked: Asked) -> Exhibit:
        return Exhibit(_sentences(say, *(recited(asked, name) for name in gauges)), lines(asked, gauges))

    return built


def accounts(*names: str, say: str = "") -> Build:
    """Show what stands on the accounts called *names*, or on all [$]."""

    def built(asked: Asked) -> Exhibit:
        booked = asked.run.ledger.by_account()
        usd = {name: float(dollars(booked.get(name, 0))) for name in names or booked}
        if not usd:
            return Exhibit(_sentences(say, "nothing was posted to any account"))
        return Exhibit(_sentences(say, listed(usd, "$", len(usd))), _bars("Accounts", "$", usd))

    return built


def charted(evidence: str, say: str = "", **options: Any) -> Build:
    """Show a chart of `simulator.evidence` as it was at the end of the run.

    *options* are those of the evidence, and `measure` for the column that is shown of scores or slices, or `by` for
    the way in which slices are cut.
    """
    if evidence not in PICTURES:
        raise unknown("chart of the evidence", evidence, PICTURES)
    shown = {name: options.pop(name) for name in ("measure", "by") if name in options}

    def built(asked: Asked) -> Exhibit:
        offer, run = EVIDENCE[evidence], asked.run
        if not offer.has(asked.case, run):
            return Exhibit(_sentences(say, f"{offer.label}: this flight lacks {_RESTS_ON.get(evidence, offer.needs)}"))
        found = compute(evidence, asked.case, run, asked.tape, run.until, **options)
        exhibit = None if found is None else PICTURES[evidence](asked, found, **shown)
        if exhibit is None:
            return Exhibit(_sentences(say, f"{offer.label}: {offer.needs}"))
        return Exhibit(_sentences(say, exhibit.text), exhibit.chart)

    return built


def compared(values: Callable[[Asked], Mapping[str, float]], title: str, unit: str, say: str = "") -> Build:
    """Show named *values* of the run, a bar each; their names are put into words."""

    def built(asked: Asked) -> Exhibit:
        found = dict(values(asked))
        if not found:
            return Exhibit(_sentences(say, f"{title}: there is nothing to compare in this flight"))
        return Exhibit(_sentences(say, f"{title}: {listed(found, unit)}"), _bars(title, unit, found))

    return built


def spread(values: Callable[[Asked], Any], title: str, unit: str, say: str = "") -> Build:
    """Show how *values* (n,) of the run are spread: their quantiles."""

    def built(asked: Asked) -> Exhibit:
        given = np.asarray(values(asked), dtype=np.float64).ravel()
        there = given[np.isfinite(given)]
        if not len(there):
            return Exhibit(_sentences(say, f"{title}: there is no value in this flight"))
        found = {name: float(np.quantile(there, q)) for name, q in _QUANTILES.items()}
        half = f"half of {len(there):,} lie between {said(found['25 %'], unit)} and {said(found['75 %'], unit)}"
        text = f"{title}: {half}, the median is {said(found['median'], unit)}, one in twenty is over"
        return Exhibit(_sentences(say, f"{text} {said(found['95 %'], unit)}"), _bars(title, unit, found))

    return built


def _bars(title: str, unit: str, values: Mapping[str, float | None]) -> Chart:
    heights = tuple(None if value is None else number(value) for value in values.values())
    return Chart("bar", title, unit, tuple(phrase(name) for name in values), {title: heights})


def _sentences(*parts: str) -> str:
    """Join *parts* to text: each begins with a capital letter and ends with a stop."""
    told_ = (part.strip() for part in parts if part.strip())
    return " ".join(part[0].upper() + part[1:] + ("" if part[-1] in ".!?:" else ".") for part in told_)
